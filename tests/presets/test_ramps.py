"""What draws at random while presets are trained: stochastic depth with its ramp, and the places of dropout."""

import pytest
import torch
from torch import nn

import presets
from engine.compiler.module import build
from engine.compiler.plan import plan
from engine.graph import store


def layers(name):
    """The layers of a preset by name; no numbers are drawn."""
    with torch.device("meta"):
        network = build(plan(store.loads(presets.read(name))))
    return dict(network.named_modules())


def drops(name):
    return {key: layer.p for key, layer in layers(name).items() if type(layer).__name__ == "StochasticDepth"}


def test_swin_leaves_out_more_and_more_up_to_a_fifth():
    found = drops("swin_t")
    blocks = [(stage, index) for stage, times in ((1, 2), (2, 2), (3, 6), (4, 2)) for index in range(times)]
    wanted = {
        f"stage{stage}.{index}.drop{half}": pytest.approx(0.2 * place / 11)
        for place, (stage, index) in enumerate(blocks)
        for half in (1, 2)
    }
    assert found == wanted


def test_convnext_leaves_out_more_and_more_up_to_a_tenth():
    blocks = [(stage, index) for stage, times in ((1, 3), (2, 3), (3, 9), (4, 3)) for index in range(times)]
    assert drops("convnext_tiny") == {
        f"stage{stage}.{index}.drop": pytest.approx(0.1 * place / 17) for place, (stage, index) in enumerate(blocks)
    }


def test_efficientnet_counts_all_sixteen_blocks_and_leaves_out_those_with_a_shortcut():
    repeats = (1, 2, 2, 3, 3, 4, 1)
    blocks = [(stage, index) for stage, times in enumerate(repeats, start=1) for index in range(times)]
    assert drops("efficientnet_b0") == {
        f"stage{stage}.{index}.drop": pytest.approx(0.2 * place / 16)
        for place, (stage, index) in enumerate(blocks)
        if index  # the first block of a stage has no shortcut
    }


def test_all_of_them_decide_sample_by_sample():
    modes = {
        layer.mode
        for name in ("swin_t", "convnext_tiny", "efficientnet_b0")
        for layer in layers(name).values()
        if type(layer).__name__ == "StochasticDepth"
    }
    assert modes == {"row"}


# Which probabilities of dropout a preset has, from the picture to the answer, by the papers and the implementations.
DROPOUT = {
    "alexnet": (0.5, 0.5), "alexnet_2012": (0.5, 0.5), "vgg16": (0.5, 0.5), "googlenet_noaux": (0.2,), "googlenet": (0.7, 0.7, 0.2),
    "googlenet_paper": (0.7, 0.7, 0.4), "inception_v3": (0.5,), "squeezenet1_0": (0.5,), "mobilenet_v2": (0.2,),
    "mobilenet_v3_large": (0.2,), "efficientnet_b0": (0.2,), "fcn8s": (0.5, 0.5), "fcn_resnet50": (0.1, 0.1),
    "deeplabv3_resnet50": (0.5, 0.1), "deepface": (0.5,), "keras_mnist_cnn": (0.25, 0.5), "mlp_784_512_512_10": (0.2, 0.2),
    "resnet50": (), "densenet121": (), "mobilenet_v1": (), "shufflenet_v2_x1_0": (), "vit_b_16": (), "unet_bn": (),
    "age_gender_levi": (0.5, 0.5), "age_gender_small": (0.5,),
}  # fmt: skip


@pytest.mark.parametrize("name", DROPOUT)
def test_dropout_is_where_and_as_much_as_it_is_published(name):
    kinds = (nn.Dropout, nn.Dropout2d)
    found = [layer.p for key, layer in layers(name).items() if isinstance(layer, kinds) and layer.p > 0]
    assert sorted(found) == sorted(DROPOUT[name])


# Epsilon and momentum of the batch norms where they are not torch's.
NORMS = {
    "googlenet": (1e-3, 0.1), "inception_v3": (1e-3, 0.1), "mobilenet_v3_large": (1e-3, 0.01), "resnet50": (1e-5, 0.1),
    "densenet121": (1e-5, 0.1), "mobilenet_v2": (1e-5, 0.1), "efficientnet_b0": (1e-5, 0.1), "shufflenet_v2_x1_0": (1e-5, 0.1),
}  # fmt: skip


@pytest.mark.parametrize("name", NORMS)
def test_all_batch_norms_have_the_published_epsilon_and_momentum(name):
    found = {(layer.eps, layer.momentum) for layer in layers(name).values() if isinstance(layer, nn.BatchNorm2d)}
    assert found == {NORMS[name]}


EPSILON = {"vit_b_16": 1e-6, "vit_tiny_cifar": 1e-6, "swin_t": 1e-5, "convnext_tiny": 1e-6}


@pytest.mark.parametrize("name", EPSILON)
def test_all_layer_norms_have_the_published_epsilon(name):
    assert {layer.eps for layer in layers(name).values() if isinstance(layer, nn.LayerNorm)} == {EPSILON[name]}
