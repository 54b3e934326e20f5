"""Networks that make pictures: autoencoders, VAE, DCGAN, diffusion.

Not for: networks that judge them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from engine.declare import Json
from engine.graph.edits import Definition
from engine.graph.model import Graph
from engine.training.settings import TrainingSettings
from tools.presets.pencil import Sheet, about, recipe, switch, whole

_DIGITS: Mapping[str, Json] = {"name": "digits", "normalise": "unit"}
_XAVIER: dict[str, Json] = {"init": "xavier_uniform", "init_bias": 0}


def _adam(epochs: int, batch: int, *, rate: float = 1e-3) -> TrainingSettings:
    return recipe(epochs=epochs, batch_size=batch, optimizer="adam", learning_rate=rate)


# --- autoencoders

# name -> neurons of the layers inside, the code among them
_DENSE: Mapping[str, tuple[int, ...]] = {"ae_dense_32": (32,), "ae_deep": (128, 64, 32, 64, 128)}


def dense(name: str) -> Graph:
    """An autoencoder of linear layers."""
    inside = _DENSE[name]
    sheet = Sheet()
    sheet.row("Encoder: down to 32 numbers")
    sheet.put("image", "image_input")
    sheet.put("flatten", "flatten")
    for number, width in enumerate(inside, start=1):
        if number == len(inside) // 2 + 2:
            sheet.row("Decoder: back to 784 pixels", colour="Generative")
        code = width == 32
        sheet.put("code" if code else f"fc{number}", "linear", out_features=width, **_XAVIER)
        sheet.put("relu_code" if code else f"relu{number}", "relu")
    if len(inside) == 1:
        sheet.row("Decoder: back to 784 pixels", colour="Generative")
    sheet.put("pixels", "linear", out_features=784, **_XAVIER)
    sheet.put("sigmoid", "sigmoid")
    sheet.put("output", "output", task="reconstruct")
    sheet.put("loss", "bce", "sigmoid", target="image")
    training = _adam(50 if len(inside) == 1 else 100, 256)
    return sheet.network(about("generative", name), data=_DIGITS, training=training)


def conv() -> Graph:
    """An autoencoder of convolutions."""
    sheet = Sheet()
    sheet.row("Encoder: 28 × 28 to 4 × 4")
    sheet.put("image", "image_input")
    for number, width in enumerate((16, 8, 8), start=1):
        sheet.put(f"conv{number}", "conv2d", out_channels=width, kernel_size=3, padding=1, **_XAVIER)
        sheet.put(f"relu{number}", "relu")
        sheet.put(f"pool{number}", "maxpool2d", kernel_size=2, ceil_mode=number == 3)
        if number == 2:
            sheet.lane(1)
    sheet.row("Decoder: 4 × 4 to 28 × 28; the third convolution has no rim, so 16 becomes 14", colour="Generative")
    for number, (width, padding) in enumerate(((8, 1), (8, 1), (16, 0)), start=4):
        sheet.put(f"conv{number}", "conv2d", out_channels=width, kernel_size=3, padding=padding, **_XAVIER)
        sheet.put(f"relu{number}", "relu")
        sheet.put(f"up{number}", "upsample")
        if number == 5:
            sheet.lane(1)
    sheet.lane(1)
    sheet.put("pixels", "conv2d", out_channels=1, kernel_size=3, padding=1, **_XAVIER)
    sheet.put("sigmoid", "sigmoid")
    sheet.put("output", "output", task="reconstruct")
    sheet.put("loss", "bce", "sigmoid", target="image")
    return sheet.network(about("generative", "ae_conv"), data=_DIGITS, training=_adam(50, 128))


def vae() -> Graph:
    """A variational autoencoder."""
    sheet = Sheet()
    sheet.row("Encoder: where a picture may lie, as means and spreads")
    sheet.put("image", "image_input")
    sheet.put("flatten", "flatten")
    sheet.put("fc1", "linear", out_features=400)
    sheet.put("relu1", "relu")
    sheet.put("mu", "linear", "relu1", out_features=20)
    sheet.place(4, 1)
    sheet.put("logvar", "linear", "relu1", out_features=20)
    sheet.beside("mu")
    sheet.put("z", "reparameterize", "mu", "logvar")
    sheet.row("Decoder: the picture that lies there", colour="Generative")
    sheet.put("fc3", "linear", "z", out_features=400)
    sheet.put("relu3", "relu")
    sheet.put("fc4", "linear", out_features=784)
    sheet.put("sigmoid", "sigmoid")
    sheet.put("output", "output", task="reconstruct")
    sheet.put("loss", "vae_loss", "sigmoid", "mu", "logvar", target="image")
    return sheet.network(about("generative", "vae_mlp"), data=_DIGITS, training=_adam(10, 128))


# --- DCGAN

_GAN: dict[str, Json] = {"init": "normal", "init_value": 0.02}
_GAN_NORM: dict[str, Json] = {"init": "normal", "init_mean": 1.0, "init_value": 0.02, "init_bias": 0}


def _up() -> Definition:
    sheet = Sheet()
    sheet.row("Twice the size", column=1)
    sheet.enter("x")
    sheet.put("conv", "conv_transpose2d", "x", out_channels="=width", kernel_size=4, stride="=2 if grow else 1",
              padding="=1 if grow else 0", bias=False, **_GAN)  # fmt: skip
    sheet.put("bn", "batchnorm2d", **_GAN_NORM)
    sheet.put("relu", "relu")
    sheet.beside("relu")
    sheet.put("y", "port_out")
    settings = (
        whole("width", 256, "channels that come out"),
        switch("grow", "whether the size is doubled; the first makes 4 × 4 out of a point", default=True),
    )
    return sheet.definition(
        "up", "DCGANUp", "A transposed convolution that doubles the map, batch norm, ReLU.", settings
    )


def _down() -> Definition:
    sheet = Sheet()
    sheet.row("Half the size", column=1)
    sheet.enter("x")
    sheet.put("conv", "conv2d", "x", out_channels="=width", kernel_size=4, stride=2, padding=1, bias=False, **_GAN)
    sheet.put("bn", "batchnorm2d", bypassed="=not norm", **_GAN_NORM)
    sheet.put("act", "leaky_relu", negative_slope=0.2)
    sheet.beside("act")
    sheet.put("y", "port_out")
    settings = (
        whole("width", 64, "channels that come out"),
        switch("norm", "whether batch norm follows the convolution", default=True),
    )
    return sheet.definition(
        "down",
        "DCGANDown",
        "A convolution that halves the map, batch norm, ReLU with a slope for negative numbers.",
        settings,
    )


def _generator(sheet: Sheet) -> None:
    sheet.row("Generator: from a hundred random numbers to a picture of 64 × 64", colour="Generative")
    sheet.put("noise", "noise_input")
    for number, width in enumerate((512, 256, 128, 64), start=1):
        sheet.put(f"up{number}", "up", width=width, grow=number > 1)
    sheet.put("picture", "conv_transpose2d", out_channels=3, kernel_size=4, stride=2, padding=1, bias=False, **_GAN)
    sheet.put("tanh", "tanh")


def _discriminator(sheet: Sheet) -> None:
    for number, width in enumerate((64, 128, 256, 512), start=1):
        sheet.put(f"down{number}", "down", width=width, norm=number > 1)
    sheet.put("judge", "conv2d", out_channels=1, kernel_size=4, bias=False, **_GAN)
    sheet.put("flatten", "flatten")
    sheet.put("sigmoid", "sigmoid")


def dcgan(name: str) -> Graph:
    """The generator, the discriminator, or both against each other."""
    parts = {"dcgan_g": [_up()], "dcgan_d": [_down()]}.get(name, [_up(), _down()])
    sheet = Sheet(parts)
    if name != "dcgan_d":
        _generator(sheet)
    if name != "dcgan_g":
        sheet.row("Discriminator: is it real?")
        if name == "dcgan_d":
            sheet.put("image", "image_input", channels=3, height=64, width=64)
        _discriminator(sheet)
    sheet.put("output", "output")
    if name == "dcgan":
        sheet.lane(7)
        sheet.put("real", "image_input", channels=3, height=64, width=64)
        sheet.beside("output")
        sheet.put("loss", "gan_loss", "sigmoid", "tanh", "real", under="tanh")
    training = recipe(epochs=25, batch_size=128, optimizer="adam", learning_rate=2e-4)
    return sheet.network(about("generative", name), data="shapes", training=training)


# --- diffusion


@dataclass(frozen=True)
class _Denoiser:
    """A U-Net that sees the noise in a picture.

    Attributes:
        size, channels: Of the picture.
        base: Channels of the first level.
        factors: How many times as many the levels have.
        blocks: Residual blocks of a level on the way down; one more on the way up.
        attends: Levels with attention, counted from 0.
        groups: Of the group norms.
        dropout: In the residual blocks.
    """

    size: int
    channels: int
    base: int
    factors: tuple[int, ...]
    blocks: int
    attends: tuple[int, ...]
    groups: int
    dropout: float


_DENOISERS: Mapping[str, _Denoiser] = {
    "ddpm_cifar10": _Denoiser(32, 3, 128, (1, 2, 2, 2), 2, (1,), 32, 0.1),
    "ddpm_tiny_mnist": _Denoiser(28, 1, 32, (1, 2, 2), 1, (1,), 8, 0.1),
}


def _res_block(net: _Denoiser) -> Definition:
    norm: dict[str, Json] = {"groups": net.groups, "eps": 1e-6}
    sheet = Sheet()
    sheet.row("What the picture says", column=1)
    sheet.enter("x", "t")
    sheet.put("norm1", "group_norm", "x", **norm)
    sheet.put("silu1", "silu")
    sheet.put("conv1", "conv2d", out_channels="=width", kernel_size=3, padding=1)
    sheet.place(1, 1)
    sheet.put("silu_t", "silu", "t")
    sheet.put("time", "linear", out_features="=width")
    sheet.put("spread", "reshape", sizes=[-1, 1, 1])
    sheet.beside("conv1", 1)
    sheet.put("add_t", "add", "conv1", "spread", broadcast=True)
    sheet.row("Again, and the shortcut", column=1)
    sheet.put("norm2", "group_norm", "add_t", **norm)
    sheet.put("silu2", "silu")
    sheet.put("drop", "dropout", p=net.dropout)
    sheet.put("conv2", "conv2d", out_channels="=width", kernel_size=3, padding=1)
    sheet.place(4, 1)
    sheet.put("skip", "conv2d", "x", out_channels="=width", kernel_size=1, bypassed="=not fit")
    sheet.beside("conv2")
    sheet.put("add", "add", "conv2", "skip")
    sheet.put("attention", "spatial_attention", bypassed="=not attend", **norm)
    sheet.put("y", "port_out")
    settings = (
        whole("width", net.base, "channels that come out"),
        switch("fit", "whether the shortcut is a 1 × 1 convolution, because the channels change"),
        switch("attend", "whether every place looks at all others afterwards"),
    )
    return sheet.definition(
        "res",
        "ResBlock",
        "Two convolutions, between which the time is added; what arrived is added to their answer.",
        settings,
    )


def _down_level(net: _Denoiser, res: Definition) -> Definition:
    """Residual blocks, each of whose answers goes across, then half the size."""
    sheet = Sheet([res])
    sheet.row("Residual blocks; what they say goes across too", column=1)
    sheet.enter("x", "t")
    last = "x"
    for number in range(1, net.blocks + 1):
        fit: dict[str, Json] = {"fit": "=fit"} if number == 1 else {}
        last = sheet.put(f"res{number}", "res", last, "t", width="=width", attend="=attend", **fit)
    sheet.put(
        "down",
        "conv2d",
        out_channels="=width",
        kernel_size=3,
        stride=2,
        extra_padding=[0, 1, 0, 1],
        bypassed="=not halve",
    )
    sheet.beside("down")
    sheet.put("y", "port_out")
    for number in range(1, net.blocks + 1):
        sheet.lane(net.blocks + 2)
        sheet.put(f"skip{number}", "port_out", f"res{number}")
    settings = (
        whole("width", net.base, "channels"),
        switch("fit", "whether more channels come out than arrive"),
        switch("attend", "whether every place looks at all others"),
        switch("halve", "whether the map is halved at the end", default=True),
    )
    return sheet.definition("down", "DownLevel", "Residual blocks of one size, then half of it.", settings)


def _up_level(net: _Denoiser, res: Definition) -> Definition:
    """Residual blocks, each joined with what came across, then twice the size."""
    skips = [f"skip{number}" for number in range(1, net.blocks + 2)]
    sheet = Sheet([res])
    sheet.row("Each block is joined with what came across", column=1)
    sheet.enter("x", "t", *skips)
    last = "x"
    for number, skip in enumerate(skips, start=1):
        sheet.put(f"join{number}", "concat", last, skip)
        last = sheet.put(f"res{number}", "res", f"join{number}", "t", width="=width", fit=True, attend="=attend")
    sheet.row("Twice the size", column=1)
    sheet.put("twice", "upsample", last, bypassed="=not grow")
    sheet.put("conv", "conv2d", out_channels="=width", kernel_size=3, padding=1, bypassed="=not grow")
    sheet.beside("conv")
    sheet.put("y", "port_out")
    settings = (
        whole("width", net.base, "channels"),
        switch("attend", "whether every place looks at all others"),
        switch("grow", "whether the map is doubled at the end", default=True),
    )
    return sheet.definition(
        "up", "UpLevel", "Residual blocks of one size, joined with those of the way down, then twice it.", settings
    )


def _middle(net: _Denoiser, res: Definition) -> Definition:
    sheet = Sheet([res])
    sheet.row("At the bottom: every place looks at all others", column=1)
    sheet.enter("x", "t")
    sheet.put("res1", "res", "x", "t", width="=width", attend=True)
    sheet.put("res2", "res", "res1", "t", width="=width")
    sheet.beside("res2")
    sheet.put("y", "port_out")
    return sheet.definition(
        "middle", "Middle", "Two residual blocks with attention between them.", (whole("width", net.base, "channels"),)
    )


def ddpm(name: str) -> Graph:
    """A denoiser."""
    net = _DENOISERS[name]
    res = _res_block(net)
    sheet = Sheet([res, _down_level(net, res), _middle(net, res), _up_level(net, res)])
    levels = len(net.factors)
    sheet.place(0, levels + 1)
    sheet.put("t", "timestep_input")
    sheet.put("sines", "timestep_embedding", dim=net.base)
    sheet.put("time1", "linear", out_features=4 * net.base)
    sheet.put("time_silu", "silu")
    sheet.put("time2", "linear", out_features=4 * net.base)
    sheet.place(0, 0)
    sheet.put("image", "image_input", channels=net.channels, height=net.size, width=net.size)
    before, width = sheet.put("first", "conv2d", out_channels=net.base, kernel_size=3, padding=1), net.base
    skips: list[Sequence[str]] = []
    for level, factor in enumerate(net.factors):
        sheet.place(2 + level, level)
        settings = _changed(net, level) | ({"fit": True} if net.base * factor != width else {})
        settings |= {"halve": False} if level == levels - 1 else {}
        after = sheet.put(f"down{level + 1}", "down", before, "time2", **settings)
        skips.append([*(f"{after}.skip{number}" for number in range(net.blocks, 0, -1)), before])
        before, width = after, net.base * factor
    sheet.place(2 + levels, levels)
    before = sheet.put("middle", "middle", before, "time2", width=width)
    for level in range(levels - 1, -1, -1):
        sheet.place(2 + 2 * levels - level, level)
        settings = _changed(net, level) | ({"grow": False} if level == 0 else {})
        before = sheet.put(f"up{level + 1}", "up", before, "time2", *skips[level], **settings)
    sheet.put("norm", "group_norm", groups=net.groups, eps=1e-6)
    sheet.put("silu", "silu")
    sheet.put("noise", "conv2d", out_channels=net.channels, kernel_size=3, padding=1)
    sheet.put("output", "output")
    sheet.put("loss", "diffusion_loss", "noise", "image", straight="noise")
    data: Json = {"name": "digits" if net.channels == 1 else "figures", "normalise": "unit"}
    training = _adam(20, 128, rate=1e-3 if net.channels == 1 else 2e-4)
    return sheet.network(about("generative", name), data=data, training=training)


def _changed(net: _Denoiser, level: int) -> dict[str, Json]:
    """Settings of a level that are not as usual."""
    settings: dict[str, Json] = {} if net.factors[level] == 1 else {"width": net.base * net.factors[level]}
    return settings | ({"attend": True} if level in net.attends else {})


def _dcgan(name: str) -> Callable[[], Graph]:
    return lambda: dcgan(name)


def _ddpm(name: str) -> Callable[[], Graph]:
    return lambda: ddpm(name)


NETWORKS: Mapping[str, Callable[[], Graph]] = {
    "ae_dense_32": lambda: dense("ae_dense_32"),
    "ae_deep": lambda: dense("ae_deep"),
    "ae_conv": conv,
    "vae_mlp": vae,
    **{name: _dcgan(name) for name in ("dcgan_g", "dcgan_d", "dcgan")},
    **{name: _ddpm(name) for name in _DENOISERS},
}
