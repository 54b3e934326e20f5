"""Vision transformers, Swin and ConvNeXt, compared with references written by hand."""

from __future__ import annotations

import pytest

import engine
from engine.graph.model import Configure, Graph, Inside
from tests.exactness.compare import agree
from tests.exactness.references.attention import ConvNeXtT, SwinT, TimmViT, ViT


def sized(name: str, side: int, **repeats: int) -> Graph:
    """A preset with smaller pictures and fewer of the blocks that are all alike."""
    graph = engine.open(f"preset:{name}").graph
    graph.apply(Configure("image", {"height": side, "width": side}))
    for stage, times in repeats.items():
        graph.apply(Configure(stage, {"repeat": times}))
    return graph


def test_vit_is_the_reference_to_the_last_digits() -> None:
    graph = sized("vit_tiny_patch16_224", 64, blocks=3)
    agree(graph, ViT(64, 16, 192, 3, 3), (3, 64, 64), by=("torchvision",))


def test_vit_is_the_one_of_timm_too() -> None:
    graph = sized("vit_tiny_cifar", 32, blocks=2)
    # Its position embedding comes before its patches, so order and shape do not tell.
    agree(graph, TimmViT(32, 4, 192, 3, 2, classes=10), (3, 32, 32), by=("timm",), order=False)


def test_vit_b_takes_twelve_heads() -> None:
    agree(sized("vit_b_16", 32, blocks=2), ViT(32, 16, 768, 12, 2), (3, 32, 32), by=("torchvision",))


def test_another_epsilon_of_a_layer_norm_is_seen() -> None:
    graph = sized("vit_tiny_cifar", 32, blocks=2)
    graph.apply(Inside("transformer", Configure("ln_1", {"eps": 1e-5})))
    with pytest.raises(AssertionError, match="apart"):
        agree(graph, ViT(32, 4, 192, 3, 2, classes=10), (3, 32, 32), by=("torchvision",), trained=False)


def test_another_flavour_of_gelu_is_seen() -> None:
    graph = sized("vit_tiny_cifar", 32, blocks=2)
    graph.apply(Inside("transformer", Configure("gelu", {"approximate": "tanh"})))
    with pytest.raises(AssertionError, match="apart"):
        agree(graph, ViT(32, 4, 192, 3, 2, classes=10), (3, 32, 32), by=("torchvision",), trained=False)


# 72: maps of 18, 9, 5 and 3, so that windows are shifted, filled up, and, in the last two stages, larger than the map.
@pytest.mark.parametrize("side", [56, 72])
def test_swin_is_the_reference_to_the_last_digits(side: int) -> None:
    graph = sized("swin_t", side, stage3=2)
    agree(graph, SwinT((2, 2, 2, 2)), (3, side, side), by=("torchvision",))


def test_a_shift_by_another_number_is_seen() -> None:
    graph = sized("swin_t", 56, stage3=2)
    graph.apply(Inside("swin", Configure("attn", {"shift": "=i % 2 * 2"})))
    with pytest.raises(AssertionError, match="apart"):
        agree(graph, SwinT((2, 2, 2, 2)), (3, 56, 56), by=("torchvision",), trained=False)


def test_convnext_is_the_reference_to_the_last_digits() -> None:
    graph = sized("convnext_tiny", 64, stage1=2, stage2=2, stage3=2, stage4=2)
    agree(graph, ConvNeXtT((2, 2, 2, 2)), (3, 64, 64), by=("torchvision",))


@pytest.mark.parametrize(
    ("name", "reference", "block"), [("swin_t", SwinT, "swin"), ("convnext_tiny", ConvNeXtT, "convnext")]
)
def test_another_ramp_of_stochastic_depth_is_seen_in_training_only(name: str, reference: type, block: str) -> None:
    graph = sized(name, 64, stage1=2, stage2=2, stage3=2, stage4=2)
    for drop in ("drop", "drop1", "drop2"):
        if drop in graph.composite(block).body.nodes:
            graph.apply(Inside(block, Configure(drop, {"p": "=drop * k / total"})))
    agree(graph, reference((2, 2, 2, 2)), (3, 64, 64), by=("torchvision",), trained=False)
    with pytest.raises(AssertionError, match="apart"):
        agree(graph, reference((2, 2, 2, 2)), (3, 64, 64), by=("torchvision",))
