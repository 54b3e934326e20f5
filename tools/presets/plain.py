"""Chains of convolutions: AlexNet and VGG.

Not for: networks with branches or shortcuts, but for AlexNet's two towers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.declare import Json
from engine.graph.edits import Definition
from engine.graph.model import Graph
from engine.training.settings import TrainingSettings
from tools.presets.pencil import Sheet, about, named, recipe, switch, whole

# The paper's: batch 256, momentum 0.9, weight decay 5e-4, learning rate 0.01, a tenth of it three times in 74 epochs.
_VGG_RECIPE = recipe(
    epochs=74, batch_size=256, optimizer="sgd", learning_rate=0.01, schedule="step", step_epochs=20, weight_decay=5e-4
)
# name -> convolutions of the five stages, whether batch norm follows each.
_VGG: Mapping[str, tuple[tuple[int, ...], bool]] = {
    "vgg11": ((1, 1, 2, 2, 2), False),
    "vgg16": ((2, 2, 3, 3, 3), False),
    "vgg19": ((2, 2, 4, 4, 4), False),
    "vgg16_bn": ((2, 2, 3, 3, 3), True),
    "vgg19_bn": ((2, 2, 4, 4, 4), True),
}
# Stage with which a row begins -> the row's title.
_VGG_ROWS = {0: "From 224 × 224 to 56 × 56", 2: "From 56 × 56 to 14 × 14", 4: "To 7 × 7"}


def _convolution() -> Definition:
    """A 3 × 3 convolution and its ReLU."""
    sheet = Sheet()
    sheet.put("x", "port_in")
    sheet.put(
        "conv",
        "conv2d",
        out_channels="=width",
        kernel_size=3,
        padding=1,
        init="kaiming_normal",
        init_fan="fan_out",
        init_bias=0,
    )
    sheet.put("bn", "batchnorm2d", bypassed="=not norm")
    sheet.put("relu", "relu")
    sheet.put("y", "port_out")
    settings = (
        whole("width", 64, "channels that come out"),
        switch("norm", "whether batch norm follows the convolution"),
    )
    return sheet.definition("conv_relu", "ConvReLU", "A 3 × 3 convolution that keeps the size, and its ReLU.", settings)


def _classifier(sheet: Sheet, hidden: int, *, dropout_first: bool) -> None:
    """Two hidden linear layers with dropout, and a number a class."""
    begin: dict[str, Json] = {"init": "normal", "init_value": 0.01, "init_bias": 0} if not dropout_first else {}
    sheet.row("Classifier: two hidden layers, and a number for each class")
    sheet.put("flatten", "flatten")
    for number in (1, 2):
        if dropout_first:
            sheet.put(f"drop{number}", "dropout")
        sheet.put(f"fc{number}", "linear", out_features=hidden, **begin)
        sheet.put(f"relu_fc{number}", "relu")
        if not dropout_first:
            sheet.put(f"drop{number}", "dropout")
    sheet.put("fc3", "linear", out_features=1000, **begin)
    sheet.put("output", "output")


def vgg(name: str) -> Graph:
    """One of the VGG networks."""
    repeats, norm = _VGG[name]
    sheet = Sheet([_convolution()])
    for index, times in enumerate(repeats):
        if index in _VGG_ROWS:
            sheet.row(_VGG_ROWS[index])
        if index == 0:
            sheet.put("image", "image_input", channels=3, height=224, width=224)
        settings: dict[str, Json] = {"width": min(512, 64 << index), "repeat": times} | ({"norm": True} if norm else {})
        sheet.put(f"stage{index + 1}", "conv_relu", **settings)
        sheet.put(f"pool{index + 1}", "maxpool2d", kernel_size=2)
    sheet.put("avgpool", "adaptive_avgpool2d", output_size=7)
    _classifier(sheet, 4096, dropout_first=False)
    return sheet.network(
        about("plain", name),
        data="folder",
        training=_VGG_RECIPE,
        sections=named("torchvision", _vgg_names(repeats, norm=norm)),
    )


def _vgg_names(repeats: tuple[int, ...], *, norm: bool) -> dict[str, str]:
    """What torchvision calls the layers: it counts them, ReLUs and poolings too."""
    names, place, step = {"fc{n}": "classifier.{3 * (n - 1)}"}, 0, 3 if norm else 2
    for stage, times in enumerate(repeats, start=1):
        for layer, offset in (("conv", 0), *([("bn", 1)] if norm else [])):
            if times == 1:
                names[f"stage{stage}.{layer}"] = f"features.{place + offset}"
            else:
                names[f"stage{stage}.{{i}}.{layer}"] = f"features.{{{place + offset} + {step} * i}}"
        place += step * times + 1
    return names


def alexnet() -> Graph:
    """AlexNet as libraries offer it today."""
    sheet = Sheet()
    sheet.row("Features: from 224 × 224 to 6 × 6")
    sheet.put("image", "image_input", channels=3, height=224, width=224)
    sheet.put("conv1", "conv2d", out_channels=64, kernel_size=11, stride=4, padding=2)
    sheet.put("relu1", "relu")
    sheet.put("pool1", "maxpool2d", kernel_size=3, stride=2)
    sheet.put("conv2", "conv2d", out_channels=192, kernel_size=5, padding=2)
    sheet.put("relu2", "relu")
    sheet.put("pool2", "maxpool2d", kernel_size=3, stride=2)
    sheet.lane(1)
    for number, width in ((3, 384), (4, 256), (5, 256)):
        sheet.put(f"conv{number}", "conv2d", out_channels=width, kernel_size=3, padding=1)
        sheet.put(f"relu{number}", "relu")
    sheet.put("pool5", "maxpool2d", kernel_size=3, stride=2)
    sheet.put("avgpool", "adaptive_avgpool2d", output_size=6)
    _classifier(sheet, 4096, dropout_first=True)
    training = recipe(
        epochs=90,
        batch_size=256,
        optimizer="sgd",
        learning_rate=0.01,
        schedule="step",
        step_epochs=30,
        weight_decay=1e-4,
    )
    names = {f"conv{number}": f"features.{place}" for number, place in enumerate((0, 3, 6, 8, 10), start=1)}
    names |= {"fc1": "classifier.1", "fc2": "classifier.4", "fc3": "classifier.6"}
    return sheet.network(
        about("plain", "alexnet"), data="folder", training=training, sections=named("torchvision", names)
    )


@dataclass(frozen=True)
class _Alex:
    """What differs between the network of 2012 and its replica.

    Attributes:
        norm: Settings of the response normalisation. torch divides alpha by the size and the paper does not: its 1e-4 is 5e-4 here.
        bias: First value of the biases of convolutions 2, 4, 5 and of the hidden linear layers, and no others.
        hidden: Deviation of the hidden linear layers' first weights.
        training: The recipe.
    """

    norm: Mapping[str, Json]
    bias: float
    hidden: float
    training: TrainingSettings


def _alex_recipe(batch: int) -> TrainingSettings:
    return recipe(
        epochs=90, batch_size=batch, optimizer="sgd", learning_rate=0.01, schedule="step", step_epochs=25 if batch == 128 else 20,
        weight_decay=5e-4,
    )  # fmt: skip


_PAPER = _Alex({"alpha": 5e-4, "k": 2}, 1, 0.01, _alex_recipe(128))
_CAFFE = _Alex({}, 0.1, 0.005, _alex_recipe(256))
_ALEX_POOL: dict[str, Json] = {"kernel_size": 3, "stride": 2}


def _alex_conv(sheet: Sheet, kind: _Alex, number: int, *sources: str, **settings: Json) -> None:
    """A convolution of the network of 2012 and its ReLU."""
    bias = kind.bias if number in (2, 4, 5) else 0
    sheet.put(f"conv{number}", "conv2d", *sources, init="normal", init_value=0.01, init_bias=bias, **settings)
    sheet.put(f"relu{number}", "relu")


def _alex_front(sheet: Sheet, kind: _Alex, widths: tuple[int, int], **groups: Json) -> None:
    """The first two convolutions, with response normalisation and overlapping poolings."""
    _alex_conv(sheet, kind, 1, out_channels=widths[0], kernel_size=11, stride=4)
    sheet.put("norm1", "local_response_norm", **kind.norm)
    sheet.put("pool1", "maxpool2d", **_ALEX_POOL)
    sheet.lane(1)
    _alex_conv(sheet, kind, 2, out_channels=widths[1], kernel_size=5, padding=2, **groups)
    sheet.put("norm2", "local_response_norm", **kind.norm)
    sheet.put("pool2", "maxpool2d", **_ALEX_POOL)


def _alex_back(sheet: Sheet, kind: _Alex, widths: tuple[int, int, int], **groups: Json) -> None:
    """The other three convolutions."""
    for number, width in zip((3, 4, 5), widths, strict=True):
        if number == 5:
            sheet.lane(1)
        _alex_conv(sheet, kind, number, out_channels=width, kernel_size=3, padding=1, **(groups if number > 3 else {}))
    sheet.put("pool5", "maxpool2d", **_ALEX_POOL)


def _alex_classifier(sheet: Sheet, kind: _Alex) -> None:
    sheet.row("Classifier: two hidden layers, and a number for each class")
    sheet.put("flatten", "flatten")
    for number in (6, 7):
        sheet.put(
            f"fc{number}", "linear", out_features=4096, init="normal", init_value=kind.hidden, init_bias=kind.bias
        )
        sheet.put(f"relu{number}", "relu")
        sheet.put(f"drop{number}", "dropout")
        if number == 6:
            sheet.lane(1)
    sheet.put("fc8", "linear", out_features=1000, init="normal", init_value=0.01, init_bias=0)
    sheet.put("output", "output")


def alexnet_2012(name: str, kind: _Alex) -> Graph:
    """The network of 2012, its towers written as groups.

    Args:
        name: The preset's.
        kind: The paper's or Caffe's.
    """
    sheet = Sheet()
    sheet.row("From 227 × 227 to 13 × 13")
    sheet.put("image", "image_input", channels=3, height=227, width=227)
    _alex_front(sheet, kind, (96, 256), groups=2)
    sheet.row("13 × 13: the towers meet in convolution 3 alone")
    _alex_back(sheet, kind, (384, 384, 256), groups=2)
    _alex_classifier(sheet, kind)
    return sheet.network(about("plain", name), data="folder", training=kind.training)


def alexnet_towers() -> Graph:
    """The network of 2012 as its figure draws it: two towers, one a graphics card."""
    front, back = Sheet(), Sheet()
    front.put("x", "port_in")
    _alex_front(front, _PAPER, (48, 128))
    front.put("y", "port_out")
    back.put("x", "port_in")
    _alex_back(back, _PAPER, (192, 192, 128))
    back.put("y", "port_out")
    sheet = Sheet(
        (
            front.definition("front", "Front", "Convolutions 1 and 2 of one tower."),
            back.definition("back", "Back", "Convolutions 3 to 5 of one tower; the first of them sees both towers."),
        )
    )
    sheet.row("Two towers: they meet in convolution 3, and at the end")
    sheet.place(0, 0.5)
    sheet.put("image", "image_input", channels=3, height=227, width=227)
    sources, column = ["image", "image"], 1
    for stage in ("front", "back"):
        for line in (0, 1):
            sheet.place(column, line)
            sheet.put(f"{stage}{line + 1}", stage, sources[line])
        sheet.place(column + 1, 0.5)
        sheet.put(f"both_{stage}s", "concat", f"{stage}1", f"{stage}2")
        sources, column = [f"both_{stage}s"] * 2, column + 2
    _alex_classifier(sheet, _PAPER)
    return sheet.network(about("plain", "alexnet_2012_towers"), data="folder", training=_PAPER.training)


def _vgg(name: str) -> Callable[[], Graph]:
    return lambda: vgg(name)


NETWORKS: Mapping[str, Callable[[], Graph]] = {
    "alexnet_2012": lambda: alexnet_2012("alexnet_2012", _PAPER),
    "alexnet_2012_towers": alexnet_towers,
    "alexnet_caffe": lambda: alexnet_2012("alexnet_caffe", _CAFFE),
    "alexnet": alexnet,
    **{name: _vgg(name) for name in _VGG},
}
