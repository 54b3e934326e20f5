"""The tensors of presets have the order and shapes of a reference implementation's and, through the recorded maps, its names.

The references are those of `tests/exactness`, here at their full size and without memory.
"""

import pytest
import torch

import presets
from engine.compiler.plan import plan
from engine.graph import store
from engine.importers.bringing import recorded_maps
from engine.importers.matching import BY_ORDER, places, ways
from engine.importers.names import renamed, rules
from engine.importers.reading import Checkpoint
from tests.exactness.references.attention import ConvNeXtT, SwinT, TimmViT, ViT
from tests.exactness.references.inception import InceptionV3
from tests.exactness.references.mobile import (
    EfficientNetB0,
    MobileNetV1,
    MobileNetV2,
    MobileNetV3Large,
    ShuffleNetV1,
    ShuffleNetV2,
)
from tests.exactness.references.paths import DenseNet, GoogLeNet, SqueezeNet
from tests.exactness.references.residual import BasicBlock, Bottleneck, ResNet
from tests.exactness.references.segmentation import OverResNet, UNetHub, UNetMilesial

# preset, whose names -> how the reference is made.
REFERENCES = {
    ("googlenet", "torchvision"): lambda: GoogLeNet(auxiliary=True),
    ("googlenet_noaux", "torchvision"): GoogLeNet,
    ("squeezenet1_0", "torchvision"): lambda: SqueezeNet("1_0"),
    ("squeezenet1_1", "torchvision"): lambda: SqueezeNet("1_1"),
    ("densenet121", "torchvision"): lambda: DenseNet((6, 12, 24, 16)),
    ("resnet18", "torchvision"): lambda: ResNet(BasicBlock, (2, 2, 2, 2)),
    ("resnet34", "torchvision"): lambda: ResNet(BasicBlock, (3, 4, 6, 3)),
    ("resnet50", "torchvision"): lambda: ResNet(Bottleneck, (3, 4, 6, 3)),
    ("resnet101", "torchvision"): lambda: ResNet(Bottleneck, (3, 4, 23, 3)),
    ("resnet152", "torchvision"): lambda: ResNet(Bottleneck, (3, 8, 36, 3)),
    ("resnext50_32x4d", "torchvision"): lambda: ResNet(Bottleneck, (3, 4, 6, 3), groups=32, base=4),
    ("wide_resnet50_2", "torchvision"): lambda: ResNet(Bottleneck, (3, 4, 6, 3), base=128),
    ("seresnet50", "timm"): lambda: ResNet(Bottleneck, (3, 4, 6, 3), squeeze=True),
    ("mobilenet_v1", "timm"): MobileNetV1,
    ("mobilenet_v2", "torchvision"): MobileNetV2,
    ("mobilenet_v3_large", "torchvision"): MobileNetV3Large,
    ("efficientnet_b0", "torchvision"): EfficientNetB0,
    ("shufflenet_v2_x1_0", "torchvision"): ShuffleNetV2,
    ("shufflenet_v1_g3", "authors"): lambda: ShuffleNetV1(paper=False),
    ("vit_b_16", "torchvision"): lambda: ViT(224, 16, 768, 12, 12),
    ("vit_tiny_patch16_224", "torchvision"): lambda: ViT(224, 16, 192, 3, 12),
    ("vit_tiny_cifar", "torchvision"): lambda: ViT(32, 4, 192, 3, 12, classes=10),
    ("swin_t", "torchvision"): SwinT,
    ("convnext_tiny", "torchvision"): ConvNeXtT,
    ("fcn_resnet50", "torchvision"): lambda: OverResNet(deeplab=False),
    ("deeplabv3_resnet50", "torchvision"): lambda: OverResNet(deeplab=True),
    ("unet_bn", "milesial"): UNetMilesial,
    ("unet_bn32", "hub"): UNetHub,
}
# Theirs have the same numbers in another order, so that only names tell.
NAMES_ALONE = {("vit_b_16", "timm"): lambda: TimmViT(224, 16, 768, 12, 12)}


def made(reference):
    with torch.device("meta"):
        return {name: tuple(value.shape) for name, value in reference().state_dict().items()}


def ours(name, where):
    graph = store.loads(presets.read(name))
    known = rules(recorded_maps(graph)[where])
    return [(renamed(place.name, known), place.sizes) for place in places(plan(graph))]


@pytest.mark.parametrize(("name", "where"), REFERENCES)
def test_order_names_and_shapes_are_those_of_the_reference(name, where):
    assert ours(name, where) == list(made(REFERENCES[name, where]).items())


@pytest.mark.parametrize(("name", "where"), NAMES_ALONE)
def test_names_and_shapes_are_those_of_the_reference(name, where):
    assert sorted(ours(name, where)) == sorted(made(NAMES_ALONE[name, where]).items())


def test_inception_has_the_order_and_the_names_of_the_reference_but_for_the_head():
    found = [each for each in ours("inception_v3", "torchvision") if not each[0].startswith("AuxLogits")]
    assert found == list(made(InceptionV3).items())


# How timm, whose order differs, calls what torchvision calls otherwise: a first, a middle and a last tensor.
TIMM = {
    "swin_t": {
        "patches.norm.weight": "patch_embed.norm.weight",
        "stage1.1.attn.relative_position_bias_table": "layers.0.blocks.1.attn.relative_position_bias_table",
        "merging2.reduction.weight": "layers.1.downsample.reduction.weight",
        "stage3.5.fc2.bias": "layers.2.blocks.5.mlp.fc2.bias",
        "norm.weight": "norm.weight",
        "head.weight": "head.fc.weight",
    },
    "convnext_tiny": {
        "stem.weight": "stem.0.weight",
        "stem_norm.bias": "stem.1.bias",
        "stage1.0.layer_scale.weight": "stages.0.blocks.0.gamma",
        "norm2.weight": "stages.1.downsample.0.weight",
        "down4.bias": "stages.3.downsample.1.bias",
        "stage3.8.depthwise.weight": "stages.2.blocks.8.conv_dw.weight",
        "stage4.2.fc1.weight": "stages.3.blocks.2.mlp.fc1.weight",
        "norm.weight": "head.norm.weight",
        "head.bias": "head.fc.bias",
    },
}


@pytest.mark.parametrize("name", TIMM)
def test_timms_names_are_known(name):
    graph = store.loads(presets.read(name))
    known = rules(recorded_maps(graph)["timm"])
    mine = [place.name for place in places(plan(graph))]
    assert {each: renamed(each, known) for each in TIMM[name]} == TIMM[name]
    assert set(TIMM[name]) <= set(mine)
    assert len({renamed(each, known) for each in mine}) == len(mine)


def test_a_checkpoint_without_the_table_of_distances_loads_by_order_and_by_name():
    graph = store.loads(presets.read("swin_t"))
    with torch.device("meta"):
        tensors = {name: value for name, value in SwinT().state_dict().items() if value.is_floating_point()}
    found = {
        match.way: match for match in ways(places(plan(graph)), Checkpoint("swin.pth", tensors), recorded_maps(graph))
    }
    for way in ("torchvision", BY_ORDER):
        assert found[way].count("loaded") == len(tensors) == found[way].ours
