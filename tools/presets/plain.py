"""Chains of convolutions: AlexNet and VGG.

Not for: networks with branches or shortcuts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.declare import Json
from engine.graph.edits import Definition
from engine.graph.model import Graph
from tools.presets.pencil import Sheet, about, recipe, switch, whole

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
    return sheet.network(about("plain", name), data="folder", training=_VGG_RECIPE)


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
    return sheet.network(about("plain", "alexnet"), data="folder", training=training)


def _vgg(name: str) -> Callable[[], Graph]:
    return lambda: vgg(name)


NETWORKS: Mapping[str, Callable[[], Graph]] = {"alexnet": alexnet, **{name: _vgg(name) for name in _VGG}}
