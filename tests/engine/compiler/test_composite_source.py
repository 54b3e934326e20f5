"""Composites in exported source: classes of their own that compute the same to the bit, and read like a person's."""

import warnings

import pytest
import torch
from composites import definition, place, resnet, setting
from hypothesis import HealthCheck, given, settings
from random_composites import drawings, planned

from engine.compiler.module import build
from engine.compiler.plan import plan
from engine.compiler.source import source
from engine.graph.model import Define, Graph


def network_class(text):
    space = {"__name__": "exported"}
    exec(compile(text, "exported.py", "exec"), space)
    return [each for each in space.values() if isinstance(each, type) and each.__module__ == "exported"][-1]


def batch(made, count=3):
    generator = torch.Generator().manual_seed(1)
    return [torch.randn((count, *spec.shape.dims), generator=generator) for spec in made.inputs]


def listed(found):
    return list(found) if isinstance(found, tuple) else [found]


def exported(graph):
    """The classes, after network and exported class have agreed to the bit, also in the averages that they learn."""
    made = plan(graph)
    network = build(made, seed=3)
    text = source(made)
    twin = network_class(text)()
    assert list(twin.state_dict()) == list(network.state_dict())
    twin.load_state_dict(network.state_dict())
    for mode in (True, False):
        network.train(mode), twin.train(mode)
        torch.manual_seed(4)  # for dropout
        expected = listed(network(*batch(made)))
        torch.manual_seed(4)
        assert all(map(torch.equal, expected, listed(twin(*batch(made)))))
    assert all(map(torch.equal, network.state_dict().values(), twin.state_dict().values()))
    return text[text.index("class ") : text.index("def read_weights")]


def test_random_composites_give_equal_bits():
    @settings(suppress_health_check=list(HealthCheck))
    @given(drawings())
    def holds(graph):
        if planned(graph) is not None:
            exported(graph)

    holds()


def test_a_residual_network_reads_like_a_persons():
    text = exported(resnet((2, 3), classes=5, side=16, width=4))
    assert text.count("class ") == 2
    for line in (
        '    """A residual block with a narrow waist (He, Zhang, Ren and Sun, 2015)."""',
        "    def __init__(self, in_channels: int, width: int, stride: int = 1, projection: bool = False) -> None:",
        "        self.conv1 = nn.Conv2d(in_channels, width, kernel_size=1, bias=False)",
        "        self.conv3 = nn.Conv2d(width, width * 4, kernel_size=1, bias=False)",
        "        self.norm3 = nn.BatchNorm2d(4 * width)",
        "        self.shortcut_norm = nn.BatchNorm2d(4 * width) if projection else nn.Identity()",
        "        h = self.shortcut(x)",
        "        h = norm3 + h",
        "            Bottleneck(16, 8, stride=2, projection=True),",
        "            *(Bottleneck(32, 8) for _ in range(2)),",
    ):
        assert line in text.splitlines(), line


def test_the_same_seed_gives_the_exported_classes_the_same_weights():
    graph = resnet((2, 1), classes=5, side=16, width=4)
    network = build(plan(graph), seed=9)
    cls = network_class(source(graph))
    with torch.random.fork_rng():
        torch.manual_seed(9)
        twin = cls()
    assert all(map(torch.equal, network.state_dict().values(), twin.state_dict().values()))


def test_a_large_network_stays_a_page():
    text = source(resnet((3, 8, 36, 3)))
    classes = text[text.index("class ") : text.index("def read_weights")]
    assert len(classes.splitlines()) < 90
    assert "*(Bottleneck(1024, 256) for _ in range(35))," in classes
    assert max(map(len, text.splitlines())) <= 120


def layer(*rows, settings=(), id_="block", name="Block"):
    return definition(id_, name, settings, ("x", "port_in"), *rows)


def drawing(*definitions, channels=4, side=4):
    graph = Graph()
    for each in definitions:
        graph.apply(Define(each))
    return graph, place(graph, "image_input", channels=channels, height=side, width=side)


CONV = ("conv", "conv2d", {"out_channels": "=width", "kernel_size": 3, "padding": 1}, ["x"])
END = ("y", "port_out", {}, ["conv"])
WIDTH = setting("width", 4, lo=1)


def test_what_is_the_same_everywhere_is_a_constant():
    graph, at = drawing(layer(CONV, END, settings=[WIDTH]))
    place(graph, "output", place(graph, "composite:block", place(graph, "composite:block", at)))
    text = exported(graph)
    assert (
        "def __init__(self) -> None:\n        super().__init__()\n        self.conv = nn.Conv2d(4, 4, kernel_size=3"
        in text
    )
    assert "self.block2 = Block()" in text


def test_equal_repetitions_are_counted_and_nested_composites_call_nested_classes():
    inner = layer(CONV, END, settings=[WIDTH])
    stage = layer(
        ("blocks", "composite:block", {"width": "=width", "repeat": "=depth"}, ["x"]),
        ("y", "port_out", {}, ["blocks"]),
        settings=[WIDTH, setting("depth", 2, lo=1)],
        id_="stage",
        name="Stage",
    )
    graph, at = drawing(inner, stage, channels=2)
    at = place(graph, "composite:stage", at, width=4, depth=2, name="first")
    at = place(graph, "composite:stage", at, width=8, depth=4, name="second")
    place(graph, "output", at)
    text = exported(graph)
    assert text.index("class Block(") < text.index("class Stage(")
    assert "def __init__(self, in_channels: int, width: int, depth: int) -> None:" in text
    assert (
        "            Block(in_channels, width),\n            *(Block(width, width) for _ in range(depth - 1)),\n"
        in text
    )
    assert "self.second = Stage(4, 8, 4)" in text


def test_a_ramp_over_the_whole_network_is_a_row_of_numbers():
    drop = ("drop", "dropout", {"p": "=0.5 * k / total"}, ["conv"])
    graph, at = drawing(layer(CONV, drop, ("y", "port_out", {}, ["drop"]), settings=[WIDTH]))
    place(graph, "output", place(graph, "composite:block", at, repeat=4))
    assert "*(Block(drop_p=drop_p) for drop_p in (0.0, 0.125, 0.25, 0.375))" in exported(graph)


def test_what_is_left_out_in_some_uses_is_an_argument():
    block = layer(
        CONV,
        ("act", "elu", {"alpha": "=alpha"}, ["conv"], "=not active"),
        ("mean", "global_avgpool", {"keepdim": "=keep"}, ["act"], "=not pooled"),
        ("y", "port_out", {}, ["mean"]),
        settings=[
            WIDTH,
            setting("active", True),
            setting("pooled", False),
            setting("keep", True),
            setting("alpha", 1.0),
        ],
    )
    graph, at = drawing(block)
    at = place(graph, "composite:block", at, active=False)
    at = place(graph, "composite:block", at)
    at = place(graph, "composite:block", at, pooled=True)
    place(graph, "output", at)
    text = exported(graph)
    assert "self.act = nn.ELU() if active else nn.Identity()" in text
    assert "self.pooled = pooled" in text
    assert "torch.mean(x, dim=(2, 3), keepdim=True) if self.pooled else x" in text
    assert "def __init__(self, active: bool = True, pooled: bool = False) -> None:" in text


def test_uses_of_another_structure_are_another_class():
    norm = ("norm", "batchnorm2d", {}, ["x"])
    merge = ("both", "add", {}, ["x", "norm"], "=not residual")
    block = layer(norm, merge, ("y", "port_out", {}, ["both"]), settings=[setting("residual", True)])
    graph, at = drawing(block)
    at = place(graph, "composite:block", place(graph, "composite:block", at), residual=False)
    place(graph, "output", place(graph, "composite:block", at))
    text = exported(graph)
    assert text.count("class Block(") == text.count("class Block2(") == 1
    assert "self.norm = nn.BatchNorm2d(4)  # 8 parameters, not used" in text


def test_several_values_go_from_repetition_to_repetition_in_a_loop():
    pair = definition(
        "pair",
        "Pair",
        [],
        ("x", "port_in"),
        ("y", "port_in"),
        ("left", "conv2d", {"out_channels": 4, "kernel_size": 1}, ["x"]),
        ("both", "add", {}, ["left", "y"]),
        ("a", "port_out", {}, ["both"]),
        ("b", "port_out", {}, ["left"]),
    )
    graph, at = drawing(pair)
    made = place(graph, "composite:pair", at, at, name="pair", repeat=3)
    place(graph, "output", place(graph, "add", (made, "a"), (made, "b")))
    text = exported(graph)
    assert "self.pair = nn.ModuleList([Pair(), Pair(), Pair()])" in text or "for _ in range(3)" in text
    assert "        for block in self.pair:\n            pair_a, pair_b = block(pair_a, pair_b)" in text


def test_a_last_output_that_the_others_keep_to_themselves():
    split = definition(
        "split",
        "Split",
        [],
        ("x", "port_in"),
        ("norm", "batchnorm2d", {}, ["x"]),
        ("side", "batchnorm2d", {}, ["x"]),
        ("a", "port_out", {}, ["norm"]),
        ("b", "port_out", {}, ["side"]),
    )
    graph, at = drawing(split)
    made = place(graph, "composite:split", at, name="split", repeat=3)
    place(graph, "output", place(graph, "add", (made, "a"), (made, "b")))
    text = exported(graph)
    assert "for block in self.split[0:2]:" in text
    assert "split_a, split_b = self.split[2](split_a)" in text


@pytest.mark.parametrize("name", ["range", "block", "conv", "Tensor", "Block", "x", "print"])
def test_awkward_names_hide_nothing(name):
    rows = (
        ("conv", "conv2d", {"out_channels": f"={name}", "kernel_size": 1}, ["x"]),
        ("mean", "global_avgpool", {"keepdim": f"={name} > 4"}, ["conv"], f"={name} == 8"),
        ("y", "port_out", {}, ["mean"]),
    )
    graph, at = drawing(layer(*rows, settings=[setting(name, 4, lo=1)]))
    first = place(graph, "composite:block", at, repeat=2, **{name: 8})
    second = place(graph, "composite:block", first, repeat=2, **{f"first_{name}": 6})
    place(graph, "output", second)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        exported(graph)


def test_a_composite_that_only_a_side_loss_needs_is_there_so_that_the_weights_fit():
    graph, at = drawing(layer(CONV, END, settings=[WIDTH]))
    place(graph, "output", place(graph, "flatten", at))
    place(graph, "mse", place(graph, "composite:block", at, name="side"))
    text = exported(graph)
    assert "self.side = Block()  # 148 parameters, used only while training" in text
    assert "self.side(" not in text


def test_what_only_a_later_repetition_takes_is_not_asked_of_the_blocks_before():
    pair = definition(
        "pair",
        "Pair",
        [],
        ("x", "port_in"),
        ("y", "port_in"),
        ("both", "add", {}, ["x", "y"], "=i == 0"),
        ("conv", "conv2d", {"out_channels": 4, "kernel_size": 1}, ["x"]),
        ("a", "port_out", {}, ["both"]),
        ("b", "port_out", {}, ["conv"]),
    )
    graph, at = drawing(pair)
    unread = place(graph, "batchnorm2d", at, name="unread")
    made = place(graph, "composite:pair", at, unread, name="pair", repeat=2)
    place(graph, "output", (made, "a"))
    assert "self.unread(" not in exported(graph)


def test_uses_that_would_leave_each_others_sources_out_do_not_share_a_class():
    block = layer(
        ("norm", "batchnorm2d", {}, ["x"], "=not flag"),
        ("both", "add", {}, ["x", "norm"], "=flag"),
        ("y", "port_out", {}, ["both"]),
        settings=[setting("flag", False)],
    )
    graph, at = drawing(block)
    at = place(graph, "composite:block", place(graph, "composite:block", at), flag=True)
    place(graph, "output", at)
    assert "class Block2(" in exported(graph)
