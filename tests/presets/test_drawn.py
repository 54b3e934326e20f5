"""The files of `presets/` are what `tools.presets` draws."""

import pytest

import presets
from engine.graph import store
from tools.presets.catalogue import NETWORKS

# Drawn with the mouse, before there was a pencil.
BY_HAND = {
    "perceptron",
    "mlp_xor_2_2_1",
    "mlp_784_16_16_10_sigmoid",
    "mlp_784_30_10_sigmoid",
    "mlp_784_512_512_10",
    "lenet5",
    "lenet5_sigmoid_avg",
    "lenet5_relu_max",
    "keras_mnist_cnn",
    "tiny_vgg",
}


def test_every_preset_is_drawn_by_hand_or_by_the_tool():
    assert set(presets.names()) - NETWORKS.keys() <= BY_HAND
    assert set(NETWORKS) <= set(presets.names())


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_the_file_is_what_the_tool_draws(name):
    assert store.dumps(NETWORKS[name]()) == presets.read(name), f"run `python -m tools.presets {name}`"
