"""Networks of attention, and the convolutional network that answers them: ViT, Swin, GPT, ConvNeXt.

Not for: recurrent networks (`tools.presets.sequence`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.declare import Json
from engine.graph.edits import Definition
from engine.graph.model import Graph
from tools.presets import names
from tools.presets.pencil import Sheet, about, recipe, share, whole

_XAVIER: dict[str, Json] = {"init": "xavier_uniform", "init_bias": 0}
_TRUNCATED: dict[str, Json] = {"init": "trunc_normal", "init_value": 0.02, "init_bias": 0}
_NORMAL: dict[str, Json] = {"init": "normal", "init_value": 0.02}


def transformer_block(
    *, norm: Mapping[str, Json], attention: Mapping[str, Json], linear: Mapping[str, Json]
) -> Definition:
    """Attention and two linear layers, each with its normalisation before and its shortcut around it.

    Args:
        norm: Settings of the layer norms.
        attention: Settings of the attention, besides its heads.
        linear: Settings of the linear layers, besides their widths.
    """
    sheet = Sheet()
    sheet.row("Each token looks at the others", column=1)
    sheet.enter("x")
    sheet.put("ln_1", "layer_norm", "x", **norm)
    sheet.put("attention", "multihead_attention", heads="=heads", **attention)
    sheet.beside("attention")
    sheet.put("add_1", "add", "attention", "x", under="x")
    sheet.row("Each token by itself", column=1)
    sheet.put("ln_2", "layer_norm", **norm)
    sheet.put("fc1", "linear", out_features="=width * 4", **linear)
    sheet.put("gelu", "gelu")
    sheet.put("fc2", "linear", out_features="=width", **linear)
    sheet.beside("fc2")
    sheet.put("add_2", "add", "fc2", "add_1", under="add_1")
    sheet.put("y", "port_out")
    settings = (
        whole("width", 768, "numbers that stand for a token"),
        whole("heads", 12, "heads of the attention; they divide the width"),
    )
    return sheet.definition(
        "transformer",
        "TransformerBlock",
        "Attention, then two linear layers; what arrives at each is added to its answer.",
        settings,
    )


# name -> picture size, patch size, width, heads, classes
_VITS: Mapping[str, tuple[int, int, int, int, int]] = {
    "vit_tiny_cifar": (32, 4, 192, 3, 10),
    "vit_tiny_patch16_224": (224, 16, 192, 3, 1000),
    "vit_b_16": (224, 16, 768, 12, 1000),
}


def vit(name: str) -> Graph:
    """A vision transformer."""
    size, patch, width, heads, classes = _VITS[name]
    block = transformer_block(norm={"eps": 1e-6}, attention={"init_bias": 0}, linear=_XAVIER)
    sheet = Sheet([block])
    sheet.row("Patches become tokens")
    sheet.put("image", "image_input", channels=3, height=size, width=size)
    begin: dict[str, Json] = {"init": "trunc_normal", "init_value": (3 * patch * patch) ** -0.5, "init_bias": 0}
    sheet.put("patches", "patch_embed", patch_size=patch, embedding_dim=width, **begin)
    sheet.put("class_token", "class_token")
    sheet.put("positions", "position_embedding", **_NORMAL)
    sheet.row("Twelve transformer blocks", colour="Composites")
    wider: dict[str, Json] = {} if width == 768 else {"width": width, "heads": heads}
    sheet.put("blocks", "transformer", repeat=12, **wider)
    sheet.put("ln", "layer_norm", eps=1e-6)
    sheet.row("The class token alone is asked")
    sheet.put("token", "select", dim=1, index=0)
    sheet.put("head", "linear", out_features=classes, init="constant", init_value=0.0, init_bias=0)
    sheet.put("output", "output")
    if size == 32:
        training = recipe(
            epochs=150,
            batch_size=128,
            optimizer="adamw",
            learning_rate=1e-3,
            weight_decay=0.05,
            schedule="cosine",
            warmup_epochs=5,
        )
    else:
        training = recipe(
            epochs=300,
            batch_size=512,
            optimizer="adamw",
            learning_rate=3e-3,
            weight_decay=0.3,
            schedule="cosine",
            warmup_epochs=30,
        )
    said = names.sections(torchvision=names.VIT, timm=names.VIT_TIMM)
    data: dict[str, Json] = {"name": "figures", "classes": classes} if size == 32 else {"name": "folder"}
    return sheet.network(about("attention", name), data=data, training=training, sections=said)


def mini_gpt() -> Graph:
    """A small language model over characters."""
    plain: dict[str, Json] = {**_NORMAL, "bias": False}
    block = transformer_block(norm={"bias": False}, attention={"causal": True, **plain}, linear=plain)
    sheet = Sheet([block])
    sheet.row("Letters become tokens")
    sheet.put("letters", "token_input", steps=64, vocabulary=65)
    sheet.put("tokens", "embedding", num_embeddings=65, embedding_dim=384, **_NORMAL)
    sheet.put("positions", "position_embedding", max_len=256, **_NORMAL)
    sheet.row("Six transformer blocks that do not look ahead", colour="Composites")
    sheet.put("blocks", "transformer", repeat=6, width=384, heads=6)
    sheet.put("ln", "layer_norm", bias=False)
    sheet.row("A number for each letter that may come next")
    sheet.put("head", "linear", out_features=65, bias=False, tied="tokens")
    sheet.put("output", "output")
    training = recipe(
        epochs=20,
        batch_size=64,
        optimizer="adamw",
        learning_rate=1e-3,
        weight_decay=0.1,
        schedule="cosine",
        warmup_epochs=1,
    )
    return sheet.network(
        about("attention", "mini_gpt"), data={"name": "pydoc", "length": 64, "vocabulary": 65}, training=training
    )


def _swin_block() -> Definition:
    sheet = Sheet()
    sheet.row("Each pixel looks at its window", column=1)
    sheet.enter("x")
    sheet.put("norm1", "layer_norm", "x")
    sheet.put("attn", "window_attention", heads="=heads", window_size=7, shift="=i % 2 * 3", **_TRUNCATED)
    sheet.put("drop1", "stochastic_depth", p="=drop * k / (total - 1)")
    sheet.beside("drop1")
    sheet.put("add1", "add", "drop1", "x", under="x")
    sheet.row("Each pixel by itself", column=1)
    sheet.put("norm2", "layer_norm")
    sheet.put("fc1", "linear", out_features="=width * 4", per_position=True, **_TRUNCATED)
    sheet.put("gelu", "gelu")
    sheet.put("fc2", "linear", out_features="=width", per_position=True, **_TRUNCATED)
    sheet.put("drop2", "stochastic_depth", p="=drop * k / (total - 1)")
    sheet.beside("drop2")
    sheet.put("add2", "add", "drop2", "add1", under="add1")
    sheet.put("y", "port_out")
    settings = (
        whole("width", 96, "channels"),
        whole("heads", 3, "heads of the attention"),
        share(
            "drop",
            0.2,
            "probability with which the last block of the network is left out while training; the first never is",
        ),
    )
    return sheet.definition(
        "swin",
        "SwinBlock",
        "Attention within windows of 7 × 7, shifted by 3 in every second block; then two linear layers.",
        settings,
    )


def swin_t() -> Graph:
    """Swin-T."""
    sheet = Sheet([_swin_block()])
    sheet.row("Patches of 4 × 4 become pixels with 96 channels")
    sheet.put("image", "image_input", channels=3, height=224, width=224)
    sheet.put("patches", "patch_embed", patch_size=4, embedding_dim=96, layout="NHWC", norm=True)
    sheet.row("Four stages: windows of 7 × 7, merged by fours from stage to stage", colour="Composites")
    for number, (repeat, heads) in enumerate(((2, 3), (2, 6), (6, 12), (2, 24)), start=1):
        if number == 3:
            sheet.lane(0)
        if number > 1:
            sheet.put(f"merging{number}", "patch_merging", **_TRUNCATED_WEIGHTS)
        settings: dict[str, Json] = {"width": 48 << number, "heads": heads} if number > 1 else {}
        sheet.put(f"stage{number}", "swin", repeat=repeat, **settings)
    sheet.row("Head: a number for each class")
    sheet.put("norm", "layer_norm")
    sheet.put("permute", "permute", order=[3, 1, 2])
    sheet.put("avgpool", "global_avgpool")
    sheet.put("head", "linear", out_features=1000, **_TRUNCATED)
    sheet.put("output", "output")
    training = recipe(
        epochs=300,
        batch_size=1024,
        optimizer="adamw",
        learning_rate=1e-3,
        weight_decay=0.05,
        schedule="cosine",
        warmup_epochs=20,
    )
    said = names.sections(torchvision=names.SWIN, timm=names.SWIN_TIMM)
    return sheet.network(about("attention", "swin_t"), data="folder", training=training, sections=said)


_TRUNCATED_WEIGHTS: dict[str, Json] = {"init": "trunc_normal", "init_value": 0.02}


def _convnext_block() -> Definition:
    sheet = Sheet()
    sheet.row("Each channel looks around by itself", column=1)
    sheet.enter("x")
    sheet.put("depthwise", "depthwise_conv2d", "x", kernel_size=7, padding=3, **_TRUNCATED)
    sheet.put("channels_last", "permute", order=[2, 3, 1])
    sheet.put("norm", "layer_norm", eps=1e-6)
    sheet.row("Each pixel by itself: four times as wide, and back", column=1)
    sheet.put("fc1", "linear", out_features="=width * 4", per_position=True, **_TRUNCATED)
    sheet.put("gelu", "gelu")
    sheet.put("fc2", "linear", out_features="=width", per_position=True, **_TRUNCATED)
    sheet.put("channels_first", "permute", order=[3, 1, 2])
    sheet.row("Hardly there at first, now and then left out", column=1)
    sheet.put("layer_scale", "layer_scale")
    sheet.put("drop", "stochastic_depth", p="=drop * k / (total - 1)")
    sheet.beside("drop")
    sheet.put("add", "add", "drop", "x", under="x")
    sheet.put("y", "port_out")
    settings = (
        whole("width", 96, "channels"),
        share(
            "drop",
            0.1,
            "probability with which the last block of the network is left out while training; the first never is",
        ),
    )
    return sheet.definition(
        "convnext",
        "ConvNeXtBlock",
        "A depthwise 7 × 7 convolution, then two linear layers over the channels of each pixel.",
        settings,
    )


def convnext_tiny() -> Graph:
    """ConvNeXt-T."""
    sheet = Sheet([_convnext_block()])
    sheet.row("Stem: patches of 4 × 4")
    sheet.put("image", "image_input", channels=3, height=224, width=224)
    sheet.put("stem", "conv2d", out_channels=96, kernel_size=4, stride=4, **_TRUNCATED)
    sheet.put("stem_norm", "layer_norm2d")
    sheet.row("Four stages, between them a normalisation and a 2 × 2 convolution", colour="Composites")
    for number, repeat in enumerate((3, 3, 9, 3), start=1):
        width = 48 << number
        if number == 3:
            sheet.lane(0)
        if number > 1:
            sheet.put(f"norm{number}", "layer_norm2d")
            sheet.put(f"down{number}", "conv2d", out_channels=width, kernel_size=2, stride=2, **_TRUNCATED)
        settings: dict[str, Json] = {"width": width} if number > 1 else {}
        sheet.put(f"stage{number}", "convnext", repeat=repeat, **settings)
    sheet.row("Head: a number for each class")
    sheet.put("avgpool", "global_avgpool", keepdim=True)
    sheet.put("norm", "layer_norm2d")
    sheet.put("flatten", "flatten")
    sheet.put("head", "linear", out_features=1000, **_TRUNCATED)
    sheet.put("output", "output")
    training = recipe(
        epochs=300,
        batch_size=256,
        optimizer="adamw",
        learning_rate=4e-3,
        weight_decay=0.05,
        schedule="cosine",
        warmup_epochs=20,
    )
    said = names.sections(torchvision=names.CONVNEXT, timm=names.CONVNEXT_TIMM)
    return sheet.network(about("attention", "convnext_tiny"), data="folder", training=training, sections=said)


def _vit(name: str) -> Callable[[], Graph]:
    return lambda: vit(name)


NETWORKS: Mapping[str, Callable[[], Graph]] = {
    **{name: _vit(name) for name in _VITS},
    "swin_t": swin_t,
    "convnext_tiny": convnext_tiny,
    "mini_gpt": mini_gpt,
}
