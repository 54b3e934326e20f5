"""Networks that give a class to every pixel: U-Net, FCN, DeepLab.

Not for: classifiers of whole pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.declare import Json
from engine.graph.edits import Definition
from engine.graph.model import Graph, Parameter
from tools.presets import names
from tools.presets.pencil import Sheet, about, recipe, switch, whole

_WIDTH = whole("width", 64, "channels that come out")


def _drawn(classes: int) -> dict[str, Json]:
    """Drawn shapes with masks of so many classes, the ground among them."""
    return {"name": "shapes", "classes": classes}


# --- U-Net


@dataclass(frozen=True)
class _UNet:
    """A network in the shape of a U.

    Attributes:
        size: Side of the picture.
        channels: Of the picture.
        base: Channels of the first level; from level to level twice as many.
        out: Channels of the answer.
        padded: Whether convolutions keep the size and are followed by batch norm; otherwise skips are cropped.
        deeper_first: Whether what comes from below stands before the skip.
    """

    size: int
    channels: int
    base: int
    out: int
    padded: bool = True
    deeper_first: bool = False


_UNETS: Mapping[str, _UNet] = {
    "unet_2015": _UNet(572, 1, 64, 2, padded=False),
    "unet_bn": _UNet(256, 3, 64, 2),
    "unet_bn32": _UNet(256, 3, 32, 1, deeper_first=True),
}


def _double_conv(*, padded: bool) -> Definition:
    """Two 3 × 3 convolutions."""
    sheet = Sheet()
    for number in (1, 2):
        sheet.row("3 × 3" if number == 1 else "3 × 3 again", column=1)
        if number == 1:
            sheet.enter("x")
        settings: dict[str, Json] = (
            {"padding": 1, "bias": False} if padded else {"init": "kaiming_normal", "init_bias": 0}
        )
        sheet.put(f"conv{number}", "conv2d", out_channels="=width", kernel_size=3, **settings)
        if padded:
            sheet.put(f"bn{number}", "batchnorm2d")
        sheet.put(f"relu{number}", "relu")
    sheet.beside("relu2")
    sheet.put("y", "port_out")
    return sheet.definition("double", "DoubleConv", "Two 3 × 3 convolutions, each with its activation.", (_WIDTH,))


def _down(double: Definition) -> Definition:
    """Half the size, then two convolutions."""
    sheet = Sheet([double])
    sheet.row("Half the size, twice the channels", column=1)
    sheet.enter("x")
    sheet.put("pool", "maxpool2d", "x", kernel_size=2)
    sheet.put("conv", "double", width="=width")
    sheet.beside("conv")
    sheet.put("y", "port_out")
    return sheet.definition("down", "UNetDown", "Halves the map, then two convolutions.", (_WIDTH,))


def _up(double: Definition, net: _UNet) -> Definition:
    """Twice the size, joined with what was there before it was halved."""
    sheet = Sheet([double])
    sheet.row("Twice the size", column=1)
    sheet.enter("x", "skip")
    sheet.put("up", "conv_transpose2d", "x", out_channels="=width", kernel_size=2, stride=2)
    skip = "skip"
    if not net.padded:
        sheet.place(2, 1)
        skip = sheet.put("crop", "crop", "skip", "up")
    sheet.place(3, 0)
    sheet.put("join", "concat", *(("up", skip) if net.deeper_first else (skip, "up")))
    sheet.put("conv", "double", width="=width")
    sheet.put("y", "port_out")
    return sheet.definition(
        "up", "UNetUp", "Doubles the map and joins it with the one of equal size from the way down.", (_WIDTH,)
    )


def unet(name: str) -> Graph:
    """A U-Net."""
    net = _UNETS[name]
    double = _double_conv(padded=net.padded)
    sheet = Sheet([double, _down(double), _up(double, net)])
    sheet.put("image", "image_input", channels=net.channels, height=net.size, width=net.size)
    skips = [sheet.put("inside", "double", width=net.base)]
    for level in range(1, 5):
        sheet.place(1 + level, level)
        skips.append(sheet.put(f"down{level}", "down", width=net.base << level))
    for level in range(3, -1, -1):
        sheet.place(9 - level, level)
        sheet.put(
            f"up{level + 1}", "up", "down4" if level == 3 else f"up{level + 2}", skips[level], width=net.base << level
        )
    sheet.put("head", "conv2d", out_channels=net.out, kernel_size=1)
    sheet.put("output", "output")
    if net.out == 1:
        sheet.put("loss", "dice", "head")
        training = recipe(epochs=100, batch_size=16, optimizer="adam", learning_rate=1e-4)
    elif net.padded:
        training = recipe(epochs=20, batch_size=2, optimizer="adam", learning_rate=1e-4)
    else:
        training = recipe(epochs=20, batch_size=1, optimizer="sgd", momentum=0.99, learning_rate=1e-3)
    maps = {"unet_bn": {"milesial": names.UNET_MILESIAL}, "unet_bn32": {"hub": names.UNET_HUB}}.get(name, {})
    said = names.sections(**maps) if maps else None
    return sheet.network(about("segmentation", name), data=_drawn(2), training=training, sections=said)


# --- FCN over VGG-16


def _vgg_stage() -> Definition:
    sheet = Sheet()
    sheet.row("3 × 3", column=1)
    sheet.enter("x")
    sheet.put("conv", "conv2d", "x", out_channels="=width", kernel_size=3, padding="=padding")
    sheet.put("relu", "relu")
    sheet.beside("relu")
    sheet.put("y", "port_out")
    settings = (_WIDTH, Parameter("padding", "integer", 1, lo=0, help="rim added on each side, pixels"))
    return sheet.definition("conv_relu", "ConvReLU", "A 3 × 3 convolution and its ReLU.", settings)


def _upsampled(sheet: Sheet, name: str, source: str, *, factor: int) -> str:
    """A transposed convolution that begins as bilinear interpolation."""
    return sheet.put(
        name,
        "conv_transpose2d",
        source,
        out_channels=21,
        kernel_size=2 * factor,
        stride=factor,
        bias=False,
        init="bilinear",
    )


def fcn(name: str, *, fine: bool) -> Graph:
    """FCN-32s, or (`fine`) FCN-8s, which fuses the scores of three depths."""
    sheet = Sheet([_vgg_stage()])
    sheet.row("VGG-16 without its classifier; a rim of 100 pixels lets small pictures through")
    sheet.put("image", "image_input", channels=3, height=500, width=500)
    for number, (width, times) in enumerate(((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)), start=1):
        if number == 4:
            sheet.lane(0)
        first: dict[str, Json] = {"first_padding": 100} if number == 1 else {}
        sheet.put(f"stage{number}", "conv_relu", width=width, repeat=times, **first)
        sheet.put(f"pool{number}", "maxpool2d", kernel_size=2, ceil_mode=True)
    sheet.row("The linear layers of VGG as convolutions: one number a class at each place")
    for number, size in ((6, 7), (7, 1)):
        sheet.put(f"fc{number}", "conv2d", out_channels=4096, kernel_size=size)
        sheet.put(f"relu{number}", "relu")
        sheet.put(f"drop{number}", "dropout2d")
    sheet.put("score", "conv2d", out_channels=21, kernel_size=1, **_ZERO)
    if fine:
        for number, pool, factor, offset in ((2, "pool4", 2, 5), (3, "pool3", 2, 9)):
            before = "score" if number == 2 else "fuse2"
            sheet.row(f"Twice as fine: joined with the scores of {pool}", colour="Merge")
            _upsampled(sheet, f"up{number}", before, factor=factor)
            sheet.put(f"score{number}", "conv2d", pool, out_channels=21, kernel_size=1, **_ZERO)
            sheet.put(f"crop{number}", "crop", f"score{number}", f"up{number}", centre=False, top=offset, left=offset)
            sheet.put(f"fuse{number}", "add", f"up{number}", f"crop{number}", straight=f"up{number}")
    sheet.row("Back to the size of the picture")
    _upsampled(sheet, "up", "fuse3" if fine else "score", factor=8 if fine else 32)
    rim = 31 if fine else 19
    sheet.put("crop", "crop", "up", "image", centre=False, top=rim, left=rim)
    sheet.put("output", "output")
    training = recipe(epochs=50, batch_size=1, optimizer="sgd", momentum=0.99, learning_rate=1e-4, weight_decay=5e-4)
    return sheet.network(about("segmentation", name), data=_drawn(21), training=training)


_ZERO: dict[str, Json] = {"init": "constant", "init_value": 0.0, "init_bias": 0}


# --- over a dilated ResNet-50

_KAIMING: dict[str, Json] = {"init": "kaiming_normal", "init_fan": "fan_out", "bias": False}


def _dilated_bottleneck() -> Definition:
    """The bottleneck of ResNet-50 whose 3 × 3 convolution may look past its neighbours."""
    sheet = Sheet()
    sheet.row("Narrow: 1 × 1", column=1)
    sheet.enter("x")
    sheet.put("conv1", "conv2d", "x", out_channels="=width", kernel_size=1, **_KAIMING)
    sheet.put("bn1", "batchnorm2d")
    sheet.put("relu1", "relu")
    sheet.row("Look around: 3 × 3, with holes", column=1)
    wide: dict[str, Json] = {"padding": "=dilation", "dilation": "=dilation", "stride": "=stride"}
    sheet.put("conv2", "conv2d", out_channels="=width", kernel_size=3, **wide, **_KAIMING)
    sheet.put("bn2", "batchnorm2d")
    sheet.put("relu2", "relu")
    sheet.row("Widen: 1 × 1 to four times the width", column=1)
    sheet.put("conv3", "conv2d", out_channels="=width * 4", kernel_size=1, **_KAIMING)
    sheet.put("bn3", "batchnorm2d")
    sheet.row("Shortcut: 1 × 1 where shapes differ", colour="Merge", column=1)
    sheet.put(
        "downsample",
        "conv2d",
        "x",
        bypassed="=not projection",
        out_channels="=width * 4",
        kernel_size=1,
        stride="=stride",
        **_KAIMING,
    )
    sheet.put("downsample_bn", "batchnorm2d", bypassed="=not projection")
    sheet.beside("bn3")
    sheet.put("add", "add", "bn3", "downsample_bn")
    sheet.put("relu3", "relu")
    sheet.put("y", "port_out")
    settings = (
        whole("width", 64, "channels of the 3 × 3 convolution"),
        whole("stride", 1, "stride of the 3 × 3 convolution"),
        whole("dilation", 1, "pixels between the taps of the 3 × 3 convolution"),
        switch("projection", "whether the shortcut is a convolution, because the shape changes"),
    )
    return sheet.definition(
        "bottleneck",
        "Bottleneck",
        "A narrow 3 × 3 convolution, with holes in the last stages, between two 1 × 1 ones.",
        settings,
    )


def _aspp() -> list[Definition]:
    """Five looks at the same map, from near to far."""
    branch = Sheet()
    branch.row("3 × 3 with holes", column=1)
    branch.enter("x")
    branch.put("conv", "conv2d", "x", out_channels=256, kernel_size=3, padding="=rate", dilation="=rate", bias=False)
    branch.put("bn", "batchnorm2d")
    branch.put("relu", "relu")
    branch.beside("relu")
    branch.put("y", "port_out")
    rate = branch.definition(
        "rate",
        "ASPPBranch",
        "A 3 × 3 convolution whose taps lie far apart.",
        (whole("rate", 12, "pixels between its taps"),),
    )
    sheet = Sheet([rate])
    sheet.row("Near: 1 × 1", column=1)
    sheet.enter("x")
    sheet.put("near", "conv2d", "x", out_channels=256, kernel_size=1, bias=False)
    sheet.put("near_bn", "batchnorm2d")
    sheet.put("near_relu", "relu")
    sheet.row("Far, farther, farthest", column=1)
    for number, far in enumerate((12, 24, 36), start=1):
        if number > 1:
            sheet.lane(1)
        sheet.put(f"far{number}", "rate", "x", rate=far)
    sheet.row("The whole picture", column=1)
    sheet.put("whole", "global_avgpool", "x", keepdim=True)
    sheet.put("whole_conv", "conv2d", out_channels=256, kernel_size=1, bias=False)
    sheet.put("whole_bn", "batchnorm2d")
    sheet.put("whole_relu", "relu")
    sheet.put("whole_up", "upsample", "whole_relu", "x", mode="bilinear")
    sheet.beside("near_relu", 3)
    sheet.put("join", "concat", "near_relu", "far1", "far2", "far3", "whole_up", count=5)
    sheet.put("project", "conv2d", out_channels=256, kernel_size=1, bias=False)
    sheet.put("project_bn", "batchnorm2d")
    sheet.put("project_relu", "relu")
    sheet.put("drop", "dropout")
    sheet.put("y", "port_out")
    return [
        rate,
        sheet.definition("aspp", "ASPP", "Looks at a map from five distances at once, and joins what it saw."),
    ]


def _head(sheet: Sheet, prefix: str, source: str, width: int) -> str:
    """A small convolutional head: a number a class at each place."""
    sheet.put(f"{prefix}conv", "conv2d", source, out_channels=width, kernel_size=3, padding=1, bias=False)
    sheet.put(f"{prefix}bn", "batchnorm2d")
    sheet.put(f"{prefix}relu", "relu")
    sheet.put(f"{prefix}drop", "dropout", p=0.1)
    return sheet.put(f"{prefix}score", "conv2d", out_channels=21, kernel_size=1)


def dilated(name: str, *, deeplab: bool) -> Graph:
    """A segmentation network over ResNet-50 whose last two stages keep the size."""
    sheet = Sheet([_dilated_bottleneck(), *(_aspp() if deeplab else [])])
    sheet.row("Stem: to a quarter of the size")
    sheet.put("image", "image_input", channels=3, height=520, width=520)
    sheet.put("conv1", "conv2d", out_channels=64, kernel_size=7, stride=2, padding=3, **_KAIMING)
    sheet.put("bn1", "batchnorm2d")
    sheet.put("relu", "relu")
    sheet.put("maxpool", "maxpool2d", kernel_size=3, stride=2, padding=1)
    sheet.row("ResNet-50; stages three and four keep the size and look farther instead", colour="Composites")
    # The first block of a stage still looks as far as the stage before.
    stages: tuple[dict[str, Json], ...] = (
        {"repeat": 3},
        {"width": 128, "repeat": 4, "first_stride": 2},
        {"width": 256, "repeat": 6, "dilation": 2, "first_dilation": 1},
        {"width": 512, "repeat": 3, "dilation": 4, "first_dilation": 2},
    )
    for number, settings in enumerate(stages, start=1):
        sheet.put(f"layer{number}", "bottleneck", first_projection="on", **settings)
    sheet.row("Head: a number for each class at each place")
    if deeplab:
        sheet.put("aspp", "aspp")
        sheet.put("head_conv", "conv2d", out_channels=256, kernel_size=3, padding=1, bias=False)
        sheet.put("head_bn", "batchnorm2d")
        sheet.put("head_relu", "relu")
        score = sheet.put("head_score", "conv2d", out_channels=21, kernel_size=1)
    else:
        score = _head(sheet, "head_", "layer4", 512)
    sheet.put("up", "upsample", score, scale=8.0, mode="bilinear")
    sheet.put("output", "output")
    sheet.put("loss", "cross_entropy", "up")
    sheet.row("A second head at the third stage: a better gradient while training", colour="Loss and metric")
    aux = _head(sheet, "aux_", "layer3", 256)
    sheet.put("aux_up", "upsample", aux, scale=8.0, mode="bilinear")
    sheet.put("aux", "output")
    sheet.put("loss_aux", "cross_entropy", "aux_up", weight=0.5)
    training = recipe(
        epochs=30, batch_size=8, optimizer="sgd", learning_rate=0.02, weight_decay=1e-4, schedule="cosine"
    )
    said = names.sections(torchvision=names.DEEPLAB if deeplab else names.FCN_RESNET)
    return sheet.network(about("segmentation", name), data=_drawn(21), training=training, sections=said)


def _unet(name: str) -> Callable[[], Graph]:
    return lambda: unet(name)


NETWORKS: Mapping[str, Callable[[], Graph]] = {
    **{name: _unet(name) for name in _UNETS},
    "fcn32s": lambda: fcn("fcn32s", fine=False),
    "fcn8s": lambda: fcn("fcn8s", fine=True),
    "fcn_resnet50": lambda: dilated("fcn_resnet50", deeplab=False),
    "deeplabv3_resnet50": lambda: dilated("deeplabv3_resnet50", deeplab=True),
}
