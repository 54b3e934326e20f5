"""Networks whose layers look at the same maps in several ways at once: GoogLeNet, SqueezeNet, DenseNet.

Not for: Inception v3, whose modules are of five kinds (`inception`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.declare import Json
from engine.graph.edits import Definition
from engine.graph.model import Graph, Parameter
from tools.presets.pencil import Sheet, about, named, recipe, size, whole

# name -> 1 × 1, narrowed and 3 × 3, narrowed and 5 × 5, behind the pooling (Szegedy and others 2015, table 1).
_INCEPTIONS: Mapping[str, tuple[int, int, int, int, int, int]] = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}
_WIDTHS = ("one", "reduce3", "three", "reduce5", "five", "pool")
# The paper says momentum 0.9 and 4 % less every 8 epochs, and not where that begins.
_GOOGLENET_RECIPE = recipe(
    epochs=90,
    batch_size=128,
    optimizer="sgd",
    learning_rate=0.01,
    schedule="step",
    step_epochs=8,
    gamma=0.96,
    weight_decay=2e-4,
)
_POOL: dict[str, Json] = {"kernel_size": 3, "stride": 2, "ceil_mode": True}
_SMALL_POOL: dict[str, Json] = {"kernel_size": 2, "ceil_mode": True}
_CAFFE: dict[str, Json] = {"init": "xavier_uniform", "init_bias": 0.2}
_LIBRARY: dict[str, Json] = {"init": "normal", "init_value": 0.01}


# What a branch of two convolutions calls them in torchvision.
_GOOGLENET_NAMES = {
    "{block}.branch{n}_reduce": "{block}.branch{n}.0",
    "{block}.branch1": "{block}.branch1",
    "{block}.branch{n}": "{block}.branch{n}.1",
}


def convolution(*, norm: bool, begin: Mapping[str, Json] | None = None, more: tuple[Parameter, ...] = ()) -> Definition:
    """A convolution with what always follows it.

    Args:
        norm: Whether batch norm follows, which makes a bias superfluous.
        begin: How its weights begin; as in GoogLeNet where nothing is said.
        more: Further settings, which `begin` reads.
    """
    sheet = Sheet()
    sheet.put("x", "port_in")
    said = dict(begin or (_LIBRARY if norm else _CAFFE))
    plain: dict[str, Json] = {"bias": False} if norm else {}
    sheet.put("conv", "conv2d", out_channels="=width", kernel_size="=kernel", stride="=stride", padding="=padding",
              **plain, **said)  # fmt: skip
    if norm:
        sheet.put("bn", "batchnorm2d", eps=0.001)
    sheet.put("relu", "relu")
    sheet.put("y", "port_out")
    name, help_ = (
        ("ConvBNReLU", "A convolution without bias, batch norm and ReLU.") if norm else ("ConvReLU", "A convolution and its ReLU.")
    )  # fmt: skip
    return sheet.definition("conv_bn_relu" if norm else "conv_relu", name, help_, (*CONVOLUTION, *more))


CONVOLUTION = (
    whole("width", 64, "channels that come out"),
    size("kernel", 1, "size of the filters"),
    size("stride", 1, "pixels from one place of a filter to the next"),
    size("padding", 0, "rim of zeros on each side", lo=0),
)


def _inception(conv: Definition, *, paper: bool) -> Definition:
    """Four ways through the same maps, side by side."""
    sheet = Sheet([conv])
    kind = conv.id
    sheet.row()
    sheet.place(0, 1.5)
    sheet.put("x", "port_in")
    sheet.place(1, 0)
    sheet.put("branch1", kind, "x", width="=one")
    sheet.place(1, 1)
    sheet.put("branch2_reduce", kind, "x", width="=reduce3")
    sheet.put("branch2", kind, width="=three", kernel=3, padding=1)
    sheet.place(1, 2)
    sheet.put("branch3_reduce", kind, "x", width="=reduce5")
    sheet.put("branch3", kind, width="=five", kernel=5 if paper else 3, padding=2 if paper else 1)
    sheet.place(1, 3)
    sheet.put("branch4_pool", "maxpool2d", "x", kernel_size=3, stride=1, padding=1)
    sheet.put("branch4", kind, width="=pool")
    sheet.place(3, 1.2)
    sheet.put("concat", "concat", "branch1", "branch2", "branch3", "branch4", count=4)
    sheet.put("y", "port_out")
    sheet.bend("branch1", "concat", (2.7, 0))
    third = "5 × 5" if paper else "second 3 × 3"
    helps = (
        "filters of the 1 × 1 branch", "filters that narrow in front of the 3 × 3 ones", "3 × 3 filters",
        f"filters that narrow in front of the {third} ones", f"{third} filters", "filters behind the pooling",
    )  # fmt: skip
    settings = [whole(name, 32, help_) for name, help_ in zip(_WIDTHS, helps, strict=True)]
    return sheet.definition(
        "inception", "Inception", "Four ways through the same maps, stacked behind each other.", settings
    )


def _head(conv: Definition, *, paper: bool) -> Definition:
    """The classifier that hangs in the middle of the network while it trains."""
    begin = _CAFFE if paper else {}
    sheet = Sheet([conv])
    sheet.put("x", "port_in")
    if paper:
        sheet.put("pool", "avgpool2d", kernel_size=5, stride=3)
    else:
        sheet.put("pool", "adaptive_avgpool2d", output_size=4)
    sheet.put("conv", conv.id, width=128)
    sheet.put("flatten", "flatten")
    sheet.row(column=1)
    sheet.put("fc1", "linear", out_features=1024, **(begin or _LIBRARY))
    sheet.put("relu", "relu")
    sheet.put("drop", "dropout", p=0.7)
    sheet.put("fc2", "linear", out_features=1000, **(begin or _LIBRARY))
    sheet.put("y", "port_out")
    return sheet.definition("aux", "InceptionAux", "A small classifier, there in training only.")


def googlenet(name: str, *, paper: bool, auxiliary: bool) -> Graph:
    """GoogLeNet.

    Args:
        name: The preset's.
        paper: As published: biases, response normalisation, true 5 × 5 filters; otherwise as libraries have it.
        auxiliary: Whether the two classifiers in the middle are there.
    """
    conv = convolution(norm=not paper)
    sheet = Sheet([conv, _inception(conv, paper=paper), *([_head(conv, paper=paper)] if auxiliary else [])])
    kind = conv.id
    sheet.row("Stem: from 224 × 224 to 28 × 28")
    sheet.put("image", "image_input", channels=3, height=224, width=224)
    sheet.put("conv1", kind, width=64, kernel=7, stride=2, padding=3)
    sheet.put("maxpool1", "maxpool2d", **_POOL)
    if paper:
        sheet.put("norm1", "local_response_norm")
    sheet.put("conv2", kind, width=64)
    sheet.put("conv3", kind, width=192, kernel=3, padding=1)
    if paper:
        sheet.put("norm2", "local_response_norm")
    sheet.put("maxpool2", "maxpool2d", **_POOL)
    _stage(sheet, "3", "28 × 28: two modules")
    sheet.put("maxpool3", "maxpool2d", **_POOL)
    _stage(sheet, "4", "14 × 14: five modules")
    sheet.put("maxpool4", "maxpool2d", **(_POOL if paper else _SMALL_POOL))
    if auxiliary:
        sheet.row("Training only: classifiers in the middle, so that early layers learn too", colour="Loss and metric")
        sheet.put("aux1", "aux", "inception4a")
        sheet.put("loss1", "aux_output")
        sheet.skip()
        sheet.put("aux2", "aux", "inception4d")
        sheet.put("loss2", "aux_output")
    _stage(sheet, "5", "7 × 7: two modules, and the answer", source="maxpool4")
    if auxiliary:
        sheet.last("aux1", "loss1", "aux2", "loss2")
        sheet.bend("maxpool4", "inception5a", (5.71, -0.65), (-0.085, -0.65))
    sheet.put("avgpool", "global_avgpool", "inception5b")
    sheet.put("drop", "dropout", p=0.4 if paper else 0.2)
    sheet.put("fc", "linear", out_features=1000, **(_CAFFE if paper else _LIBRARY))
    sheet.put("output", "output")
    names = {} if paper else named("torchvision", _GOOGLENET_NAMES)
    return sheet.network(about("paths", name), data="folder", training=_GOOGLENET_RECIPE, sections=names)


def _stage(sheet: Sheet, stage: str, title: str, *, source: str = "") -> None:
    """The modules of one size of map."""
    sheet.row(title)
    for name, widths in _INCEPTIONS.items():
        if name.startswith(stage):
            sources = (source,) if source else ()
            settings: dict[str, Json] = dict(zip(_WIDTHS, widths, strict=True))
            sheet.put(f"inception{name}", "inception", *sources, **settings)
            source = ""


def _fire() -> Definition:
    """SqueezeNet's module."""
    begin: dict[str, Json] = {"init": "kaiming_uniform", "init_bias": 0}
    sheet = Sheet()
    sheet.row()
    sheet.place(0, 0.5)
    sheet.put("x", "port_in")
    sheet.put("squeeze", "conv2d", out_channels="=squeeze", kernel_size=1, **begin)
    sheet.put("squeeze_relu", "relu")
    sheet.place(3, 0)
    sheet.put("expand1x1", "conv2d", out_channels="=expand", kernel_size=1, **begin)
    sheet.put("expand1x1_relu", "relu")
    sheet.place(3, 1)
    sheet.put("expand3x3", "conv2d", "squeeze_relu", out_channels="=expand", kernel_size=3, padding=1, **begin)
    sheet.put("expand3x3_relu", "relu")
    sheet.place(5, 0.5)
    sheet.put("concat", "concat", "expand1x1_relu", "expand3x3_relu")
    sheet.put("y", "port_out")
    settings = (
        whole("squeeze", 16, "1 × 1 filters that narrow"),
        whole("expand", 64, "filters of each of the two kinds that widen again"),
    )
    return sheet.definition(
        "fire", "Fire", "Narrow with 1 × 1 filters, widen with 1 × 1 and 3 × 3 ones side by side.", settings
    )


# name -> first convolution, and the fire modules (squeeze, expand) between the poolings.
_SQUEEZENETS: Mapping[str, tuple[tuple[int, int], tuple[tuple[tuple[int, int], ...], ...]]] = {
    "squeezenet1_0": (
        (96, 7),
        (((16, 64), (16, 64), (32, 128)), ((32, 128), (48, 192), (48, 192), (64, 256)), ((64, 256),)),
    ),
    "squeezenet1_1": (
        (64, 3),
        (((16, 64), (16, 64)), ((32, 128), (32, 128)), ((48, 192), (48, 192), (64, 256), (64, 256))),
    ),
}


def squeezenet(name: str) -> Graph:
    """SqueezeNet 1.0 or 1.1."""
    (width, kernel), stages = _SQUEEZENETS[name]
    names, place = {"conv1": "features.0", "conv10": "classifier.1"}, 3  # torchvision counts the layers
    sheet = Sheet([_fire()])
    sheet.row("Stem")
    sheet.put("image", "image_input", channels=3, height=224, width=224)
    sheet.put("conv1", "conv2d", out_channels=width, kernel_size=kernel, stride=2, init="kaiming_uniform", init_bias=0)
    sheet.put("relu1", "relu")
    sheet.put("maxpool1", "maxpool2d", **_POOL)
    number = 2
    for index, stage in enumerate(stages):
        side = (54, 27, 13)[index] if name == "squeezenet1_0" else (55, 27, 13)[index]
        sheet.row(f"{side} × {side}")
        for squeeze, expand in stage:
            sheet.put(f"fire{number}", "fire", squeeze=squeeze, expand=expand)
            names[f"fire{number}"] = f"features.{place}"
            number, place = number + 1, place + 1
        place += 1
        if index < 2:
            sheet.put(f"maxpool{number - 1}", "maxpool2d", **_POOL)
    sheet.row("Classifier: a map for each class, and its mean")
    sheet.put("drop", "dropout")
    sheet.put("conv10", "conv2d", out_channels=1000, kernel_size=1, init="normal", init_value=0.01, init_bias=0)
    sheet.put("relu10", "relu")
    sheet.put("avgpool", "global_avgpool")
    sheet.put("output", "output")
    # The library's: 90 epochs from 0.001, cosine in its later recipes.
    training = recipe(epochs=90, batch_size=256, optimizer="sgd", learning_rate=0.001, schedule="step", step_epochs=30,
                      weight_decay=2e-4)  # fmt: skip
    return sheet.network(about("paths", name), data="folder", training=training, sections=named("torchvision", names))


def _dense_layer() -> Definition:
    """What a dense block repeats: new maps behind all that came before."""
    begin: dict[str, Json] = {"bias": False, "init": "kaiming_normal"}
    sheet = Sheet()
    sheet.put("x", "port_in")
    sheet.row("Narrow: 1 × 1", column=1)
    sheet.put("norm1", "batchnorm2d", "x")
    sheet.put("relu1", "relu")
    sheet.put("conv1", "conv2d", out_channels="=growth * 4", kernel_size=1, **begin)
    sheet.row("New maps: 3 × 3", column=1)
    sheet.put("norm2", "batchnorm2d")
    sheet.put("relu2", "relu")
    sheet.put("conv2", "conv2d", out_channels="=growth", padding=1, **begin)
    sheet.beside("x", 4.3)
    sheet.put("concat", "concat", "x", "conv2")
    sheet.put("y", "port_out")
    settings = (whole("growth", 32, "maps that each layer adds"),)
    return sheet.definition("dense_layer", "DenseLayer", "All that arrives, with some new maps behind it.", settings)


def _transition() -> Definition:
    """What makes the maps fewer and smaller between two dense blocks."""
    sheet = Sheet()
    sheet.put("x", "port_in")
    sheet.put("norm", "batchnorm2d")
    sheet.put("relu", "relu")
    sheet.put("conv", "conv2d", out_channels="=width", kernel_size=1, bias=False, init="kaiming_normal")
    sheet.put("pool", "avgpool2d", kernel_size=2)
    sheet.put("y", "port_out")
    settings = (whole("width", 128, "maps that come out, half of those that arrive"),)
    return sheet.definition("transition", "Transition", "Half as many maps, half as high and wide.", settings)


def densenet121() -> Graph:
    """DenseNet-121."""
    sheet = Sheet([_dense_layer(), _transition()])
    sheet.row("Stem: from 224 × 224 to 56 × 56")
    sheet.put("image", "image_input", channels=3, height=224, width=224)
    sheet.put("conv0", "conv2d", out_channels=64, kernel_size=7, stride=2, padding=3, bias=False, init="kaiming_normal")
    sheet.put("norm0", "batchnorm2d")
    sheet.put("relu0", "relu")
    sheet.put("pool0", "maxpool2d", kernel_size=3, stride=2, padding=1)
    channels = 64
    for number, layers in enumerate((6, 12, 24, 16), start=1):
        if number in (1, 3):
            sheet.row("56 × 56 and 28 × 28" if number == 1 else "14 × 14 and 7 × 7")
        sheet.put(f"denseblock{number}", "dense_layer", repeat=layers)
        channels += 32 * layers
        if number < 4:
            channels //= 2
            sheet.put(f"transition{number}", "transition", width=channels)
    sheet.row("Classifier")
    sheet.put("norm5", "batchnorm2d")
    sheet.put("relu5", "relu")
    sheet.put("avgpool", "global_avgpool")
    sheet.put("classifier", "linear", out_features=1000, init_bias=0)
    sheet.put("output", "output")
    training = recipe(epochs=90, batch_size=256, optimizer="sgd", learning_rate=0.1, schedule="step", step_epochs=30,
                      weight_decay=1e-4, nesterov=True)  # fmt: skip
    names = {
        "denseblock{b}.{i}": "features.denseblock{b}.denselayer{i + 1}",
        "classifier": "classifier",
        "{layer}": "features.{layer}",
    }
    return sheet.network(
        about("paths", "densenet121"), data="folder", training=training, sections=named("torchvision", names)
    )


def _squeezenet(name: str) -> Callable[[], Graph]:
    return lambda: squeezenet(name)


NETWORKS: Mapping[str, Callable[[], Graph]] = {
    "googlenet": lambda: googlenet("googlenet", paper=False, auxiliary=True),
    "googlenet_noaux": lambda: googlenet("googlenet_noaux", paper=False, auxiliary=False),
    "googlenet_paper": lambda: googlenet("googlenet_paper", paper=True, auxiliary=True),
    **{name: _squeezenet(name) for name in _SQUEEZENETS},
    "densenet121": densenet121,
}
