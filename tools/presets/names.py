"""What torchvision, timm and others call the weights of the presets, as rules from our names to theirs.

Not for: the language of the rules (`engine.importers.names`), nor for networks whose own module knows a few rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from engine.declare import Json

Names = dict[str, str]


def sections(**maps: Mapping[str, str]) -> dict[str, dict[str, Json]]:
    """The section of a project file: a map for each implementation."""
    return {"weights": {"names": {where: dict(rules) for where, rules in maps.items()}}}


def under(ours: str, theirs: str, rules: Mapping[str, str]) -> Names:
    """Rules for what is inside something: both sides with their prefix."""
    return {f"{ours}.{mine}": f"{theirs}.{other}" for mine, other in rules.items()}


def _inverted(*, widen: bool, weighed: bool, deep: bool) -> Names:
    """The parts of an inverted residual; `deep`: the last convolution and its norm are one part, as the others are."""
    rules: Names = {}
    place = 0
    for part in (*(["expand"] if widen else []), "depthwise"):
        rules |= {part: f"{place}.0", f"{part}_bn": f"{place}.1"}
        place += 1
    if weighed:
        rules["se"] = str(place)
        place += 1
    last = (f"{place}.0", f"{place}.1") if deep else (str(place), str(place + 1))
    return {**rules, "project": last[0], "project_bn": last[1]}


def _ends(last: int, **heads: str) -> Names:
    stem = {"conv": "features.0.0", "bn": "features.0.1"}
    return {**stem, "last": f"features.{last}.0", "last_bn": f"features.{last}.1", **heads}


def mobilenet_v2(repeats: Sequence[int]) -> Names:
    """torchvision counts the blocks through all stages."""
    rules: Names = {}
    place = 1
    for stage, times in enumerate(repeats, start=1):
        parts = _inverted(widen=stage > 1, weighed=False, deep=False)
        ours, theirs = (f"stage{stage}.{{i}}", f"{{{place} + i}}") if times > 1 else (f"stage{stage}", f"{place}")
        rules |= under(ours, f"features.{theirs}.conv", parts)
        place += times
    return {**rules, **_ends(place, fc="classifier.1")}


def mobilenet_v3(blocks: Iterable[tuple[int, bool, bool]]) -> Names:
    """torchvision counts the blocks.

    Args:
        blocks: How many there are of each drawn one, whether it widens, whether it weighs channels.
    """
    rules: Names = {}
    place = 1
    for number, (times, widen, weighed) in enumerate(blocks, start=1):
        parts = _inverted(widen=widen, weighed=weighed, deep=True)
        ours, theirs = (f"block{number}.{{i}}", f"{{{place} + i}}") if times > 1 else (f"block{number}", f"{place}")
        rules |= under(ours, f"features.{theirs}.block", parts)
        place += times
    return {**rules, **_ends(place, fc1="classifier.0", fc2="classifier.3")}


def efficientnet(repeats: Sequence[int]) -> Names:
    """torchvision counts stages, and blocks within each."""
    rules: Names = {}
    for stage, times in enumerate(repeats, start=1):
        parts = _inverted(widen=stage > 1, weighed=True, deep=True)
        ours, theirs = (f"stage{stage}.{{i}}", "{i}") if times > 1 else (f"stage{stage}", "0")
        rules |= under(ours, f"features.{stage}.{theirs}.block", parts)
    return {**rules, **_ends(len(repeats) + 1, fc="classifier.1")}


_SEPARABLE = {"depthwise": "conv_dw", "bn1": "bn1", "pointwise": "conv_pw", "bn2": "bn2"}
MOBILENET_V1_TIMM: Names = {
    **under("stage1", "blocks.0.0", _SEPARABLE),
    **under("stage{s}.{i}", "blocks.{s - 1}.{i}", _SEPARABLE),
    "conv": "conv_stem", "bn": "bn1", "fc": "classifier",
}  # fmt: skip

_LEFT = {"left_depthwise": "0", "left_bn1": "1", "left_conv": "2", "left_bn2": "3"}
_RIGHT = {"conv1": "0", "bn1": "1", "depthwise": "3", "bn2": "4", "conv2": "5", "bn3": "6"}
SHUFFLENET_V2: Names = {
    "conv": "conv1.0", "bn": "conv1.1",
    **under("down{s}", "stage{s}.0.branch1", _LEFT),
    **under("down{s}", "stage{s}.0.branch2", _RIGHT),
    **under("stage{s}.{i}", "stage{s}.{i + 1}.branch2", _RIGHT),
    "last": "conv5.0", "last_bn": "conv5.1",
}  # fmt: skip


def shufflenet_v1(repeats: Sequence[int]) -> Names:
    """The authors' code counts the units through all stages."""
    parts = {"conv1": "branch_main_1.0", "bn1": "branch_main_1.1", "depthwise": "branch_main_1.3", "bn2": "branch_main_1.4",
             "conv2": "branch_main_2.0", "bn3": "branch_main_2.1"}  # fmt: skip
    rules: Names = {"conv": "first_conv.0", "bn": "first_conv.1", "fc": "classifier.0"}
    place = 0
    for stage, times in enumerate(repeats, start=2):
        rules |= under(f"down{stage}", f"features.{place}", parts)
        rules |= under(f"stage{stage}.{{i}}", f"features.{{{place + 1} + i}}", parts)
        place += times
    return rules


VIT: Names = {
    "class_token.class_token": "class_token", "patches.proj": "conv_proj", "positions.weight": "encoder.pos_embedding",
    **under("blocks.{i}", "encoder.layers.encoder_layer_{i}", {
        "ln_1": "ln_1", "attention": "self_attention", "ln_2": "ln_2", "fc1": "mlp.0", "fc2": "mlp.3",
    }),
    "ln": "encoder.ln", "head": "heads.head",
}  # fmt: skip
VIT_TIMM: Names = {
    "class_token.class_token": "cls_token", "patches.proj": "patch_embed.proj", "positions.weight": "pos_embed",
    **under("blocks.{i}", "blocks.{i}", {
        "ln_1": "norm1", "attention.in_proj_weight": "attn.qkv.weight", "attention.in_proj_bias": "attn.qkv.bias",
        "attention.out_proj": "attn.proj", "ln_2": "norm2", "fc1": "mlp.fc1", "fc2": "mlp.fc2",
    }),
    "ln": "norm",
}  # fmt: skip
SWIN: Names = {
    "patches.proj": "features.0.0", "patches.norm": "features.0.2", "merging{s}": "features.{2 * s - 2}",
    "stage{s}.{i}.fc1": "features.{2 * s - 1}.{i}.mlp.0", "stage{s}.{i}.fc2": "features.{2 * s - 1}.{i}.mlp.3",
    "stage{s}": "features.{2 * s - 1}",
}  # fmt: skip
SWIN_TIMM: Names = {
    "patches": "patch_embed", "merging{s}": "layers.{s - 1}.downsample",
    "stage{s}.{i}.fc{n}": "layers.{s - 1}.blocks.{i}.mlp.fc{n}", "stage{s}": "layers.{s - 1}.blocks", "head": "head.fc",
}  # fmt: skip
CONVNEXT: Names = {
    "stem": "features.0.0", "stem_norm": "features.0.1",
    **under("stage{s}.{i}", "features.{2 * s - 1}.{i}", {
        "layer_scale.weight": "layer_scale", "depthwise": "block.0", "norm": "block.2", "fc1": "block.3", "fc2": "block.5",
    }),
    "norm{s}": "features.{2 * s - 2}.0", "down{s}": "features.{2 * s - 2}.1", "norm": "classifier.0", "head": "classifier.2",
}  # fmt: skip
CONVNEXT_TIMM: Names = {
    "stem": "stem.0", "stem_norm": "stem.1",
    **under("stage{s}.{i}", "stages.{s - 1}.blocks.{i}", {
        "layer_scale.weight": "gamma", "depthwise": "conv_dw", "norm": "norm", "fc1": "mlp.fc1", "fc2": "mlp.fc2",
    }),
    "norm{s}": "stages.{s - 1}.downsample.0", "down{s}": "stages.{s - 1}.downsample.1", "norm": "head.norm", "head": "head.fc",
}  # fmt: skip

_BACKBONE: Names = {
    "{block...}.downsample": "backbone.{block}.downsample.0", "{block...}.downsample_bn": "backbone.{block}.downsample.1",
    "layer{n}": "backbone.layer{n}", "conv1": "backbone.conv1", "bn1": "backbone.bn1",
    "aux_conv": "aux_classifier.0", "aux_bn": "aux_classifier.1", "aux_score": "aux_classifier.4",
}  # fmt: skip
FCN_RESNET: Names = {
    **_BACKBONE, "head_conv": "classifier.0", "head_bn": "classifier.1", "head_score": "classifier.4",
}  # fmt: skip
DEEPLAB: Names = {
    **_BACKBONE,
    **under("aspp", "classifier.0", {
        "near": "convs.0.0", "near_bn": "convs.0.1", "far{n}.conv": "convs.{n}.0", "far{n}.bn": "convs.{n}.1",
        "whole_conv": "convs.4.1", "whole_bn": "convs.4.2", "project": "project.0", "project_bn": "project.1",
    }),
    "head_conv": "classifier.1", "head_bn": "classifier.2", "head_score": "classifier.4",
}  # fmt: skip
_DOUBLE = {"conv1": "double_conv.0", "bn1": "double_conv.1", "conv2": "double_conv.3", "bn2": "double_conv.4"}
UNET_MILESIAL: Names = {
    **under("inside", "inc", _DOUBLE),
    **under("down{n}.conv", "down{n}.maxpool_conv.1", _DOUBLE),
    "up{n}.up": "up{5 - n}.up",
    **under("up{n}.conv", "up{5 - n}.conv", _DOUBLE),
    "head": "outc.conv",
}  # fmt: skip
UNET_HUB: Names = {
    "inside.conv{n}": "encoder1.enc1conv{n}", "inside.bn{n}": "encoder1.enc1norm{n}",
    "down4.conv.conv{n}": "bottleneck.bottleneckconv{n}", "down4.conv.bn{n}": "bottleneck.bottlenecknorm{n}",
    "down{d}.conv.conv{n}": "encoder{d + 1}.enc{d + 1}conv{n}", "down{d}.conv.bn{n}": "encoder{d + 1}.enc{d + 1}norm{n}",
    "up{u}.up": "upconv{u}", "up{u}.conv.conv{n}": "decoder{u}.dec{u}conv{n}", "up{u}.conv.bn{n}": "decoder{u}.dec{u}norm{n}",
    "head": "conv",
}  # fmt: skip
