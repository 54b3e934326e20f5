"""Composites through plan, module and exported source."""

import pytest
import torch
from composites import BOTTLENECK, definition, place, resnet, setting

from engine.compiler.module import build
from engine.compiler.plan import objective, plan
from engine.compiler.source import source
from engine.errors import CompileError
from engine.graph.check import check
from engine.graph.model import Configure, Define, End, Graph, Inside, SetFlags, Wire


def small_resnet():
    return resnet((2, 2), classes=5, side=16, width=4)


def network_class(text):
    space = {"__name__": "exported"}
    exec(compile(text, "exported.py", "exec"), space)
    return [each for each in space.values() if isinstance(each, type) and each.__module__ == "exported"][-1]


def batch(made, count=3):
    generator = torch.Generator().manual_seed(1)
    return [torch.randn((count, *spec.shape.dims), generator=generator) for spec in made.inputs]


def listed(found):
    return list(found) if isinstance(found, tuple) else [found]


def agrees(graph):
    """Whether network and exported class agree to the bit, also in what they learn on the way; gives the text."""
    made = plan(graph)
    network = build(made, seed=3)
    text = source(made)
    twin = network_class(text)()
    assert list(twin.state_dict()) == list(network.state_dict())
    twin.load_state_dict(network.state_dict())
    for mode in (True, False):
        network.train(mode), twin.train(mode)
        torch.manual_seed(4)
        expected = listed(network(*batch(made)))
        torch.manual_seed(4)
        assert all(map(torch.equal, expected, listed(twin(*batch(made)))))
    assert all(map(torch.equal, network.state_dict().values(), twin.state_dict().values()))
    return text


def test_a_residual_network_is_one_class_with_what_differs_as_arguments():
    text = agrees(small_resnet())
    assert (
        "def __init__(self, in_channels: int, width: int, stride: int = 1, projection: bool = False) -> None:" in text
    )
    assert "self.layer2 = nn.Sequential(Bottleneck(16, 8, stride=2, projection=True), Bottleneck(32, 8))" in text
    print(text)
