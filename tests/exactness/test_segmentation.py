"""U-Nets, FCN and DeepLabv3, compared with references written by hand."""

from __future__ import annotations

import pytest

import engine
from engine.graph.model import Batch, Configure, Connect, End, Graph, Inside, Wire
from tests.exactness.compare import agree
from tests.exactness.references.segmentation import OverResNet, UNet2015, UNetHub, UNetMilesial


def sized(name: str, side: int) -> Graph:
    graph = engine.open(f"preset:{name}").graph
    graph.apply(Configure("image", {"height": side, "width": side}))
    return graph


def narrow(name: str, side: int, base: int) -> Graph:
    """A U-Net with fewer channels."""
    graph = sized(name, side)
    widths = (
        {"inside": base}
        | {f"down{n}": base << n for n in range(1, 5)}
        | {f"up{n}": base << (n - 1) for n in range(1, 5)}
    )
    for block, width in widths.items():
        graph.apply(Configure(block, {"width": width}))
    return graph


def test_the_unet_of_2015_is_the_reference_to_the_last_digits() -> None:
    agree(narrow("unet_2015", 204, 4), UNet2015(4), (1, 204, 204))


def test_a_padded_unet_is_milesials() -> None:
    agree(narrow("unet_bn", 48, 16), UNetMilesial(16), (3, 48, 48), by=("milesial",))


def test_the_unet_of_the_hub_is_the_reference_to_the_last_digits() -> None:
    agree(narrow("unet_bn32", 48, 16), UNetHub(16), (3, 48, 48), by=("hub",))


def test_the_other_order_of_what_is_joined_is_seen() -> None:
    graph = narrow("unet_bn", 48, 8)
    wires = {wire.target.port: wire.source for wire in graph.composite("up").body.wires_into("join")}
    swapped = [Connect(Wire(wires[port], End("join", other))) for port, other in (("x1", "x2"), ("x2", "x1"))]
    graph.apply(Inside("up", Batch(tuple(swapped))))
    with pytest.raises(AssertionError, match="apart"):
        agree(graph, UNetMilesial(8), (3, 48, 48), by=("milesial",), trained=False)


def narrow_resnet(name: str) -> Graph:
    """A network over a ResNet with an eighth of its channels."""
    graph = sized(name, 64)
    graph.apply(Configure("conv1", {"out_channels": 8}))
    for stage in range(4):
        graph.apply(Configure(f"layer{stage + 1}", {"width": 8 << stage}))
    return graph


@pytest.mark.parametrize("name", ["fcn_resnet50", "deeplabv3_resnet50"])
def test_a_network_over_resnet_is_the_reference_to_the_last_digits(name: str) -> None:
    reference = OverResNet(deeplab=name.startswith("deeplab"), base=8)
    agree(narrow_resnet(name), reference, (3, 64, 64), by=("torchvision",))


def test_a_first_block_with_its_stages_own_dilation_is_seen() -> None:
    graph = narrow_resnet("fcn_resnet50")
    graph.apply(Configure("layer4", {"first_dilation": 4}))
    with pytest.raises(AssertionError, match="apart"):
        agree(graph, OverResNet(deeplab=False, base=8), (3, 64, 64), by=("torchvision",), trained=False)
