"""Residual networks: what a block has learned is added to what it was given.

Not for: networks whose shortcuts end in a concatenation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.declare import Json
from engine.graph.edits import Definition
from engine.graph.model import Graph, Parameter
from tools.presets.pencil import Sheet, about, named, recipe, switch, whole

# The paper's: learning rate 0.1, a tenth of it after every 30 of 90 epochs.
_IMAGENET = recipe(
    epochs=90, batch_size=256, optimizer="sgd", learning_rate=0.1, schedule="step", step_epochs=30, weight_decay=1e-4
)
# The paper's 64,000 steps of 128 pictures, a tenth of the rate after 32,000 and 48,000.
_CIFAR = recipe(
    epochs=164, batch_size=128, optimizer="sgd", learning_rate=0.1, schedule="step", step_epochs=82, weight_decay=1e-4
)
_NOTE = (
    "**Double-click a stage** to open the block that it repeats. All stages are one drawing: what you change there changes in each "
    "of them. What differs is in their settings: *width*, *repeat*, and what the first repetition does otherwise."
)
_SETTINGS = (
    whole("width", 64, "channels of the 3 × 3 convolutions"),
    Parameter("stride", "size", 1, lo=1, help="stride of the 3 × 3 convolution that makes the map smaller"),
    switch("projection", "whether the shortcut is a convolution, because the shape changes"),
)


# What torchvision and timm call the two layers of a shortcut; all else has the same names there.
_NAMES = {"{block...}.downsample": "{block}.downsample.0", "{block...}.downsample_bn": "{block}.downsample.1"}


@dataclass(frozen=True)
class _Net:
    """A network of the ImageNet kind.

    Attributes:
        repeats: Blocks of the four stages.
        basic: Whether its blocks are two 3 × 3 convolutions instead of a bottleneck.
        inner: How many times as wide as the stage the 3 × 3 convolutions are.
        groups: Groups of the 3 × 3 convolutions.
        squeeze: Whether channels are weighed before the addition.
    """

    repeats: tuple[int, ...]
    basic: bool = False
    inner: int = 1
    groups: int = 1
    squeeze: bool = False


_NETS: Mapping[str, _Net] = {
    "resnet18": _Net((2, 2, 2, 2), basic=True),
    "resnet34": _Net((3, 4, 6, 3), basic=True),
    "resnet50": _Net((3, 4, 6, 3)),
    "resnet101": _Net((3, 4, 23, 3)),
    "resnet152": _Net((3, 8, 36, 3)),
    "resnext50_32x4d": _Net((3, 4, 6, 3), inner=2, groups=32),
    "wide_resnet50_2": _Net((3, 4, 6, 3), inner=2),
    "seresnet50": _Net((3, 4, 6, 3), squeeze=True),
}


def _conv(
    sheet: Sheet, name: str, *sources: str, width: Json, size: int = 1, bypassed: str = "", **settings: Json
) -> None:
    """A convolution without bias, begun as the papers do."""
    padding: dict[str, Json] = {"padding": size // 2} if size > 1 else {}
    sheet.put(
        name, "conv2d", *sources, bypassed=bypassed, out_channels=width, kernel_size=size, bias=False,
        init="kaiming_normal", init_fan="fan_out", **padding, **settings,
    )  # fmt: skip


def _shortcut(sheet: Sheet, width: str) -> None:
    sheet.row("Shortcut: 1 × 1 where shapes differ", colour="Merge", column=1)
    _conv(sheet, "downsample", "x", width=width, stride="=stride", bypassed="=not projection")
    sheet.put("downsample_bn", "batchnorm2d", bypassed="=not projection")


def basic() -> Definition:
    """Two 3 × 3 convolutions beside a shortcut."""
    sheet = Sheet()
    sheet.row("3 × 3, the stride is here", column=1)
    sheet.enter("x")
    _conv(sheet, "conv1", "x", width="=width", size=3, stride="=stride")
    sheet.put("bn1", "batchnorm2d")
    sheet.put("relu1", "relu")
    sheet.row("3 × 3", column=1)
    _conv(sheet, "conv2", width="=width", size=3)
    sheet.put("bn2", "batchnorm2d")
    _shortcut(sheet, "=width")
    sheet.beside("bn2")
    sheet.put("add", "add", "bn2", "downsample_bn")
    sheet.put("relu2", "relu")
    sheet.put("y", "port_out")
    return sheet.definition(
        "basic", "BasicBlock", "Two 3 × 3 convolutions, whose answer is added to what arrived.", _SETTINGS
    )


def squeeze_excite() -> Definition:
    """A number between 0 and 1 for every channel, and the multiplication by it."""
    sheet = Sheet()
    sheet.row("A number for each channel", column=1)
    sheet.enter("x")
    sheet.put("squeeze", "global_avgpool", "x", keepdim=True)
    sheet.put("fc1", "conv2d", out_channels="=width // reduction", kernel_size=1)
    sheet.put("relu", "relu")
    sheet.put("fc2", "conv2d", out_channels="=width", kernel_size=1)
    sheet.put("gate", "sigmoid")
    sheet.beside("gate")
    sheet.put("scale", "multiply", "gate", "x", under="x")
    sheet.put("y", "port_out")
    settings = (whole("width", 256, "channels that arrive"), whole("reduction", 16, "how much narrower the middle is"))
    return sheet.definition(
        "se", "SqueezeExcite", "Weighs every channel by a number that is worked out from the means of all.", settings
    )


def bottleneck(net: _Net) -> Sheet:
    """1 × 1, 3 × 3 and 1 × 1 convolutions beside a shortcut."""
    inner = "=width" if net.inner == 1 else f"=width * {net.inner}"
    sheet = Sheet([squeeze_excite()] if net.squeeze else [])
    sheet.row("Narrow: 1 × 1", column=1)
    sheet.enter("x")
    _conv(sheet, "conv1", "x", width=inner)
    sheet.put("bn1", "batchnorm2d")
    sheet.put("relu1", "relu")
    sheet.row("Look around: 3 × 3, the stride is here", column=1)
    groups: dict[str, Json] = {"groups": net.groups} if net.groups > 1 else {}
    _conv(sheet, "conv2", width=inner, size=3, stride="=stride", **groups)
    sheet.put("bn2", "batchnorm2d")
    sheet.put("relu2", "relu")
    sheet.row("Widen: 1 × 1 to four times the width", column=1)
    _conv(sheet, "conv3", width="=width * 4")
    # timm lets every block of this network begin as nothing but its shortcut.
    begin: dict[str, Json] = {"init": "constant", "init_value": 0.0} if net.squeeze else {}
    last = sheet.put("bn3", "batchnorm2d", **begin)
    if net.squeeze:
        last = sheet.put("se", "se", width="=width * 4")
    _shortcut(sheet, "=width * 4")
    sheet.beside(last)
    sheet.put("add", "add", last, "downsample_bn")
    sheet.put("relu3", "relu")
    sheet.put("y", "port_out")
    return sheet


def _bottleneck(net: _Net) -> list[Definition]:
    sheet = bottleneck(net)
    made = sheet.definition(
        "bottleneck", "Bottleneck", "A narrow 3 × 3 convolution between two 1 × 1 ones, whose answer is added to what arrived.",
        _SETTINGS,
    )  # fmt: skip
    return [*sheet.composites.values(), made]


def imagenet(name: str) -> Graph:
    """A network with a stem, four stages and a head."""
    net = _NETS[name]
    kind = "basic" if net.basic else "bottleneck"
    sheet = Sheet([basic()] if net.basic else _bottleneck(net))
    sheet.row("Stem: to a quarter of the size")
    sheet.put("image", "image_input", channels=3, height=224, width=224)
    _conv(sheet, "conv1", width=64, size=7, stride=2)
    sheet.put("bn1", "batchnorm2d")
    sheet.put("relu", "relu")
    sheet.put("maxpool", "maxpool2d", kernel_size=3, stride=2, padding=1)
    sheet.row("Four stages: from one to the next half the size and twice the channels", colour="Composites")
    for index, times in enumerate(net.repeats):
        settings: dict[str, Json] = {"width": 64 * 2**index, "repeat": times}
        settings |= {"first_stride": 2} if index else {}
        # A basic block's first stage takes 64 channels and gives 64: its shortcut has nothing to fit.
        settings |= {"first_projection": "on"} if index or not net.basic else {}
        sheet.put(f"layer{index + 1}", kind, **settings)
    sheet.row("Head: a number for each class")
    sheet.put("avgpool", "global_avgpool")
    sheet.put("fc", "linear", out_features=1000)
    sheet.put("output", "output")
    sheet.note(_NOTE)
    where = "timm" if net.squeeze else "torchvision"
    return sheet.network(about("residual", name), data="folder", training=_IMAGENET, sections=named(where, _NAMES))


def _plain_shortcut() -> Definition:
    """A basic block whose shortcut has no weights: every second pixel, and zeros for the new channels."""
    sheet = Sheet()
    sheet.row("3 × 3, the stride is here", column=1)
    sheet.enter("x")
    _conv(sheet, "conv1", "x", width="=width", size=3, stride="=2 if halve else 1")
    sheet.put("bn1", "batchnorm2d")
    sheet.put("relu1", "relu")
    sheet.row("3 × 3", column=1)
    _conv(sheet, "conv2", width="=width", size=3)
    sheet.put("bn2", "batchnorm2d")
    sheet.row("Shortcut without weights: every second pixel, zeros for new channels", colour="Merge", column=1)
    sheet.put("rows", "slice", "x", dim=2, step=2, bypassed="=not halve")
    sheet.put("columns", "slice", dim=3, step=2, bypassed="=not halve")
    sheet.put("zeros", "pad", right=0, bottom=0, front="=width // 4", back="=width // 4", bypassed="=not halve")
    sheet.beside("bn2", 2)
    sheet.put("add", "add", "bn2", "zeros")
    sheet.put("relu2", "relu")
    sheet.put("y", "port_out")
    settings = (
        whole("width", 16, "channels of the convolutions"),
        switch("halve", "whether the map is halved and the channels doubled"),
    )
    return sheet.definition(
        "basic", "BasicBlock", "Two 3 × 3 convolutions, whose answer is added to what arrived.", settings
    )


def cifar(name: str, repeat: int) -> Graph:
    """A network for pictures of 32 × 32."""
    sheet = Sheet([_plain_shortcut()])
    sheet.row("Stem")
    sheet.put("image", "image_input", channels=3, height=32, width=32)
    _conv(sheet, "conv1", width=16, size=3)
    sheet.put("bn1", "batchnorm2d")
    sheet.put("relu", "relu")
    sheet.row("Three stages: 32 × 32, 16 × 16, 8 × 8", colour="Composites")
    for index in range(3):
        halve: dict[str, Json] = {"first_halve": "on"} if index else {}
        sheet.put(f"layer{index + 1}", "basic", width=16 * 2**index, repeat=repeat, **halve)
    sheet.row("Head: a number for each class")
    sheet.put("avgpool", "global_avgpool")
    sheet.put("fc", "linear", out_features=10)
    sheet.put("output", "output")
    sheet.note(_NOTE)
    return sheet.network(about("residual", name), data={"name": "figures", "classes": 10}, training=_CIFAR)


def _imagenet(name: str) -> Callable[[], Graph]:
    return lambda: imagenet(name)


NETWORKS: Mapping[str, Callable[[], Graph]] = {
    "resnet20_cifar": lambda: cifar("resnet20_cifar", 3),
    "resnet56_cifar": lambda: cifar("resnet56_cifar", 9),
    **{name: _imagenet(name) for name in _NETS},
}
