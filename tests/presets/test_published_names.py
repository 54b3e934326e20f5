"""What torchvision calls the weights of chains of layers, and in which order and shapes they come."""

import pytest
import torch

import presets
from engine.compiler.plan import plan
from engine.graph import store
from engine.importers.bringing import recorded_maps
from engine.importers.matching import places
from engine.importers.names import renamed, rules

COLUMNS = {
    "vgg11": (1, 1, 2, 2, 2),
    "vgg16": (2, 2, 3, 3, 3),
    "vgg19": (2, 2, 4, 4, 4),
    "vgg16_bn": (2, 2, 3, 3, 3),
    "vgg19_bn": (2, 2, 4, 4, 4),
}


def numbered(name):
    """The layers as torchvision makes them, one after the other: name and shapes of each one's tensors."""
    layers, channels = [], 3
    if name == "alexnet":
        for width, kernel, pooled in ((64, 11, True), (192, 5, True), (384, 3, False), (256, 3, False), (256, 3, True)):
            layers += [
                [("weight", (width, channels, kernel, kernel)), ("bias", (width,))],
                [],
                *([[]] if pooled else []),
            ]
            channels = width
        sides = 6
    else:
        norm = [("weight", 1), ("bias", 1), ("running_mean", 1), ("running_var", 1), ("num_batches_tracked", 0)]
        for stage, times in enumerate(COLUMNS[name]):
            width = min(512, 64 << stage)
            for _ in range(times):
                layers.append([("weight", (width, channels, 3, 3)), ("bias", (width,))])
                if name.endswith("bn"):
                    layers.append([(tensor, (width,) * axes) for tensor, axes in norm])
                layers.append([])
                channels = width
            layers.append([])
        sides = 7
    found = [(f"features.{i}.{tensor}", sizes) for i, layer in enumerate(layers) for tensor, sizes in layer]
    places_ = (1, 4, 6) if name == "alexnet" else (0, 3, 6)
    for place, (out, into) in zip(places_, ((4096, channels * sides**2), (4096, 4096), (1000, 4096)), strict=True):
        found += [(f"classifier.{place}.weight", (out, into)), (f"classifier.{place}.bias", (out,))]
    return found


@pytest.mark.parametrize("name", [*COLUMNS, "alexnet"])
def test_weights_of_a_chain_are_those_of_torchvision_by_name_order_and_shape(name):
    graph = store.loads(presets.read(name))
    known = rules(recorded_maps(graph)["torchvision"])
    with torch.device("meta"):
        ours = places(plan(graph))
    assert [(renamed(place.name, known), place.sizes) for place in ours] == numbered(name)
