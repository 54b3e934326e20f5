"""Networks for small machines: depthwise convolutions and inverted residuals.

Not for: the residual networks that they are measured by (`tools.presets.residual`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.declare import Json
from engine.graph.edits import Definition
from engine.graph.model import Graph, Parameter
from tools.presets import names
from tools.presets.pencil import Sheet, about, recipe, share, switch, whole

_STRIDE = Parameter("stride", "size", 1, lo=1, help="stride of the depthwise convolution")
_FAN_OUT: dict[str, Json] = {"init": "kaiming_normal", "init_fan": "fan_out"}
_HEAD: dict[str, Json] = {"init": "normal", "init_value": 0.01, "init_bias": 0}


# --- MobileNet v1

_V1 = ((64, 1, 1), (128, 2, 2), (256, 2, 2), (512, 2, 6), (1024, 2, 2))  # channels, stride of the first, how many


def _separable() -> Definition:
    sheet = Sheet()
    sheet.row("Depthwise: each channel by itself", column=1)
    sheet.enter("x")
    sheet.put(
        "depthwise", "depthwise_conv2d", "x", kernel_size=3, stride="=stride", padding=1, bias=False, **_TRUNCATED
    )
    sheet.put("bn1", "batchnorm2d")
    sheet.put("relu1", "relu6")
    sheet.row("Pointwise: 1 × 1 mixes the channels", column=1)
    sheet.put("pointwise", "pointwise_conv", out_channels="=width", bias=False, **_TRUNCATED)
    sheet.put("bn2", "batchnorm2d")
    sheet.put("relu2", "relu6")
    sheet.beside("relu2")
    sheet.put("y", "port_out")
    return sheet.definition(
        "separable", "DepthwiseSeparable", "A 3 × 3 convolution of each channel by itself, then a 1 × 1 one over all of them.",
        (whole("width", 64, "channels that come out"), _STRIDE),
    )  # fmt: skip


_TRUNCATED: dict[str, Json] = {"init": "trunc_normal", "init_value": 0.09}


def mobilenet_v1() -> Graph:
    """MobileNet v1."""
    sheet = Sheet([_separable()])
    sheet.row("Stem")
    sheet.put("image", "image_input", channels=3, height=224, width=224)
    sheet.put("conv", "conv2d", out_channels=32, kernel_size=3, stride=2, padding=1, bias=False, **_TRUNCATED)
    sheet.put("bn", "batchnorm2d")
    sheet.put("relu", "relu6")
    sheet.row("Thirteen separable convolutions: half the size, twice the channels", colour="Composites")
    for number, (width, stride, times) in enumerate(_V1, start=1):
        settings: dict[str, Json] = {"first_stride": stride} if times > 1 else {"stride": stride} if stride > 1 else {}
        settings |= {"repeat": times} if times > 1 else {}
        sheet.put(f"stage{number}", "separable", width=width, **settings)
    sheet.row("Head: a number for each class")
    sheet.put("avgpool", "global_avgpool")
    sheet.put("fc", "linear", out_features=1000)
    sheet.put("output", "output")
    training = recipe(
        epochs=100,
        batch_size=96,
        optimizer="sgd",
        learning_rate=0.045,
        schedule="step",
        step_epochs=1,
        gamma=0.98,
        weight_decay=4e-5,
    )
    said = names.sections(timm=names.MOBILENET_V1_TIMM)
    return sheet.network(about("mobile", "mobilenet_v1"), data="folder", training=training, sections=said)


# --- inverted residuals: MobileNet v2 and v3, EfficientNet

# How many times as wide, channels, how many, stride of the first.
_V2 = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
# Kernel, width inside, channels, channels of the squeezed vector (0: none), hard swish, stride; equal neighbours are one stage.
_V3 = (
    (3, 16, 16, 0, False, 1), (3, 64, 24, 0, False, 2), (3, 72, 24, 0, False, 1), (5, 72, 40, 24, False, 2),
    (5, 120, 40, 32, False, 1), (5, 120, 40, 32, False, 1), (3, 240, 80, 0, True, 2), (3, 200, 80, 0, True, 1),
    (3, 184, 80, 0, True, 1), (3, 184, 80, 0, True, 1), (3, 480, 112, 120, True, 1), (3, 672, 112, 168, True, 1),
    (5, 672, 160, 168, True, 2), (5, 960, 160, 240, True, 1), (5, 960, 160, 240, True, 1),
)  # fmt: skip
# How many times as wide, kernel, stride of the first, channels, how many.
_B0 = (
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)


def squeeze_excite(inside: str, gate: str) -> Definition:
    """A number between 0 and 1 for every channel, and the multiplication by it.

    Args:
        inside: The activation between the two layers.
        gate: What makes the numbers.
    """
    sheet = Sheet()
    sheet.row("A number for each channel", column=1)
    sheet.enter("x")
    sheet.put("avgpool", "global_avgpool", "x", keepdim=True)
    sheet.put("fc1", "conv2d", out_channels="=squeeze", kernel_size=1, **_FAN_OUT, init_bias=0)
    sheet.put("act", inside)
    sheet.put("fc2", "conv2d", out_channels="=width", kernel_size=1, **_FAN_OUT, init_bias=0)
    sheet.put("gate", gate)
    sheet.beside("gate")
    sheet.put("scale", "multiply", "gate", "x", under="x")
    sheet.put("y", "port_out")
    settings = (whole("width", 72, "channels that arrive"), whole("squeeze", 24, "numbers in the narrow middle"))
    return sheet.definition(
        "se", "SqueezeExcite", "Weighs every channel by a number that is worked out from the means of all.", settings
    )


def _inverted(
    *, activations: Mapping[str, str], settings: tuple[Parameter, ...], norm: Mapping[str, Json] | None = None,
    weighed: Definition | None = None, always: bool = False, dropped: str = "", name: str = "InvertedResidual",
) -> list[Definition]:  # fmt: skip
    """The block of MobileNet v2 and those after it.

    Args:
        activations: Kind of an activation -> when it is left out ("" for never).
        settings: Settings besides the common ones.
        norm: Settings of the batch norms.
        weighed: The composite that weighs channels.
        always: Whether it stands in every block.
        dropped: Probability with which a training leaves the block out, as an expression.
        name: What it is called.
    """
    norms = dict(norm or {})
    sheet = Sheet([weighed] if weighed is not None else [])
    sheet.row("Widen: 1 × 1", column=1)
    sheet.enter("x")
    sheet.put(
        "expand", "conv2d", "x", bypassed="=not widen", out_channels="=inside", kernel_size=1, bias=False, **_FAN_OUT
    )
    sheet.put("expand_bn", "batchnorm2d", bypassed="=not widen", **norms)
    for kind, when in activations.items():
        both = f"=not widen or ({when.removeprefix('=')})" if when else "=not widen"
        sheet.put(f"{kind}_1" if len(activations) > 1 else "act1", kind, bypassed=both)
    sheet.row("Look around: each channel by itself", column=1)
    kernel: dict[str, Json] = {"kernel_size": "=kernel", "padding": "=kernel // 2"}
    if not any(setting.name == "kernel" for setting in settings):
        kernel = {"kernel_size": 3, "padding": 1}
    sheet.put("depthwise", "depthwise_conv2d", stride="=stride", bias=False, **kernel, **_FAN_OUT)
    sheet.put("depthwise_bn", "batchnorm2d", **norms)
    for kind, when in activations.items():
        sheet.put(f"{kind}_2" if len(activations) > 1 else "act2", kind, bypassed=when)
    if weighed is not None:
        when = "" if always else "=squeeze == 0"
        sheet.put("se", "se", bypassed=when, width="=inside", squeeze="=squeeze" if always else "=max(squeeze, 1)")
    sheet.row("Narrow: 1 × 1, no activation", column=1)
    sheet.put("project", "conv2d", out_channels="=width", kernel_size=1, bias=False, **_FAN_OUT)
    last = sheet.put("project_bn", "batchnorm2d", **norms)
    if dropped:
        last = sheet.put("drop", "stochastic_depth", p=dropped, bypassed="=not shortcut")
    sheet.beside(last)
    sheet.put("add", "add", last, "x", under="x", bypassed="=not shortcut")
    sheet.put("y", "port_out")
    common = (
        whole("width", 24, "channels that come out"),
        whole("inside", 144, "channels of the wide middle"),
        _STRIDE,
        switch("widen", "whether a 1 × 1 convolution makes it wide first", default=True),
        switch("shortcut", "whether what arrived is added", default=True),
    )
    made = sheet.definition(
        "inverted", name, "Wide in the middle and narrow at both ends; what arrived is added where shapes agree.",
        (*common, *settings),
    )  # fmt: skip
    return [*sheet.composites.values(), made]


def _stage(reaching: int, factor: int, width: int, times: int, stride: int) -> dict[str, Json]:
    """Settings of a stage whose first block differs from the others in what reaches it."""
    out: dict[str, Json] = {"width": width, "inside": factor * (width if times > 1 else reaching)}
    first = "first_" if times > 1 else ""
    out |= {"repeat": times, "first_inside": factor * reaching} if times > 1 else {}
    out |= {f"{first}stride": stride} if stride > 1 else {}
    out |= {"widen": False} if factor == 1 else {}
    out |= {f"{first}shortcut": "off" if times > 1 else False} if reaching != width or stride > 1 else {}
    return out


def _stem(sheet: Sheet, width: int, activation: str, norm: Mapping[str, Json] | None = None) -> None:
    sheet.row("Stem")
    sheet.put("image", "image_input", channels=3, height=224, width=224)
    sheet.put("conv", "conv2d", out_channels=width, kernel_size=3, stride=2, padding=1, bias=False, **_FAN_OUT)
    sheet.put("bn", "batchnorm2d", **(norm or {}))
    sheet.put("act", activation)


def mobilenet_v2() -> Graph:
    """MobileNet v2."""
    sheet = Sheet(_inverted(activations={"relu6": ""}, settings=()))
    _stem(sheet, 32, "relu6")
    sheet.row("Seventeen inverted residuals in seven stages", colour="Composites")
    reaching = 32
    for number, (factor, width, times, stride) in enumerate(_V2, start=1):
        if number == 5:
            sheet.lane(0)
        sheet.put(f"stage{number}", "inverted", **_stage(reaching, factor, width, times, stride))
        reaching = width
    sheet.row("Head: a number for each class")
    sheet.put("last", "conv2d", out_channels=1280, kernel_size=1, bias=False, **_FAN_OUT)
    sheet.put("last_bn", "batchnorm2d")
    sheet.put("last_act", "relu6")
    sheet.put("avgpool", "global_avgpool")
    sheet.put("dropout", "dropout", p=0.2)
    sheet.put("fc", "linear", out_features=1000, **_HEAD)
    sheet.put("output", "output")
    training = recipe(
        epochs=300,
        batch_size=256,
        optimizer="sgd",
        learning_rate=0.045,
        schedule="step",
        step_epochs=1,
        gamma=0.98,
        weight_decay=4e-5,
    )
    said = names.sections(torchvision=names.mobilenet_v2([times for _, _, times, _ in _V2]))
    return sheet.network(about("mobile", "mobilenet_v2"), data="folder", training=training, sections=said)


def mobilenet_v3_large() -> Graph:
    """MobileNet v3, the large one."""
    norm: dict[str, Json] = {"eps": 1e-3, "momentum": 0.01}
    settings = (
        whole("kernel", 3, "size of the depthwise convolution"),
        whole("squeeze", 0, "numbers in the narrow middle of the weighing; 0: channels are not weighed", lo=0),
        switch("hard", "whether its activations are hard swish instead of ReLU"),
    )
    weighed = squeeze_excite("relu", "hardsigmoid")
    activations = {"relu": "=hard", "hardswish": "=not hard"}
    sheet = Sheet(_inverted(activations=activations, settings=settings, norm=norm, weighed=weighed))
    _stem(sheet, 16, "hardswish", norm)
    sheet.row("Fifteen inverted residuals, as an automatic search found them", colour="Composites")
    reaching = 16
    place = 0
    drawn = []
    for number, (kernel, inside, width, squeeze, hard, stride) in enumerate(_V3):
        if number and _V3[number - 1] == _V3[number]:
            continue
        if place in (4, 8):
            sheet.lane(0)
        values: dict[str, Json] = {"kernel": kernel, "inside": inside, "width": width, "stride": stride}
        values |= {"squeeze": squeeze, "hard": hard, "widen": inside != reaching}
        values["shortcut"] = stride == 1 and reaching == width
        times = 2 if number + 1 < len(_V3) and _V3[number + 1] == _V3[number] else 1
        values |= {"repeat": times} if times > 1 else {}
        sheet.put(f"block{place + 1}", "inverted", **{k: v for k, v in values.items() if v != _USUAL.get(k)})
        drawn.append((times, inside != reaching, squeeze > 0))
        reaching = width
        place += 1
    sheet.row("Head: a number for each class")
    sheet.put("last", "conv2d", out_channels=960, kernel_size=1, bias=False, **_FAN_OUT)
    sheet.put("last_bn", "batchnorm2d", **norm)
    sheet.put("last_act", "hardswish")
    sheet.put("avgpool", "global_avgpool")
    sheet.put("fc1", "linear", out_features=1280, **_HEAD)
    sheet.put("fc1_act", "hardswish")
    sheet.put("dropout", "dropout", p=0.2)
    sheet.lane(0)
    sheet.put("fc2", "linear", out_features=1000, **_HEAD)
    sheet.put("output", "output")
    training = recipe(
        epochs=600,
        batch_size=128,
        optimizer="rmsprop",
        learning_rate=0.064,
        schedule="step",
        step_epochs=2,
        gamma=0.973,
        weight_decay=1e-5,
    )
    said = names.sections(torchvision=names.mobilenet_v3(drawn))
    return sheet.network(about("mobile", "mobilenet_v3_large"), data="folder", training=training, sections=said)


_USUAL: Mapping[str, Json] = {
    "kernel": 3, "inside": 144, "width": 24, "stride": 1, "squeeze": 0, "hard": False, "widen": True, "shortcut": True,
}  # fmt: skip


def efficientnet_b0() -> Graph:
    """EfficientNet-B0."""
    settings = (
        whole("kernel", 3, "size of the depthwise convolution"),
        whole("squeeze", 6, "numbers in the narrow middle of the weighing"),
        share("drop", 0.2, "probability of being left out that the last block of the network comes near"),
    )
    weighed = squeeze_excite("silu", "sigmoid")
    sheet = Sheet(
        _inverted(
            activations={"silu": ""},
            settings=settings,
            weighed=weighed,
            always=True,
            dropped="=drop * k / total",
            name="MBConv",
        )
    )
    _stem(sheet, 32, "silu")
    sheet.row("Sixteen MBConv blocks in seven stages", colour="Composites")
    reaching = 32
    for number, (factor, kernel, stride, width, times) in enumerate(_B0, start=1):
        if number == 5:
            sheet.lane(0)
        values = _stage(reaching, factor, width, times, stride)
        values |= {"kernel": kernel} if kernel != 3 else {}
        values |= {"squeeze": width // 4, "first_squeeze": reaching // 4} if times > 1 else {"squeeze": reaching // 4}
        sheet.put(f"stage{number}", "inverted", **values)
        reaching = width
    sheet.row("Head: a number for each class")
    sheet.put("last", "conv2d", out_channels=1280, kernel_size=1, bias=False, **_FAN_OUT)
    sheet.put("last_bn", "batchnorm2d")
    sheet.put("last_act", "silu")
    sheet.put("avgpool", "global_avgpool")
    sheet.put("dropout", "dropout", p=0.2)
    sheet.put("fc", "linear", out_features=1000, init="uniform", init_value=1000**-0.5, init_bias=0)
    sheet.put("output", "output")
    training = recipe(
        epochs=350,
        batch_size=128,
        optimizer="rmsprop",
        learning_rate=0.016,
        schedule="step",
        step_epochs=2,
        gamma=0.97,
        weight_decay=1e-5,
    )
    said = names.sections(torchvision=names.efficientnet([times for *_, times in _B0]))
    return sheet.network(about("mobile", "efficientnet_b0"), data="folder", training=training, sections=said)


NETWORKS: Mapping[str, Callable[[], Graph]] = {
    "mobilenet_v1": mobilenet_v1,
    "mobilenet_v2": mobilenet_v2,
    "mobilenet_v3_large": mobilenet_v3_large,
    "efficientnet_b0": efficientnet_b0,
}
