"""Models as plain project files: what a person could have drawn. This is their reader.

Not for: understanding them; that is `engine.graph.store`'s work. Imports nothing of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parent
# The halls of the gallery, and in which order their presets are offered.
HALLS: Mapping[str, tuple[str, ...]] = {
    "Perceptrons": (
        "perceptron",
        "mlp_xor_2_2_1",
        "mlp_784_16_16_10_sigmoid",
        "mlp_784_30_10_sigmoid",
        "mlp_784_512_512_10",
    ),
    "First convolutions": (
        "lenet5",
        "lenet5_1998",
        "lenet5_1998_dense",
        "lenet5_1998_nodes",
        "lenet5_sigmoid_avg",
        "lenet5_relu_max",
        "keras_mnist_cnn",
        "tiny_vgg",
    ),
    "Deep chains": (
        "alexnet_2012",
        "alexnet_2012_towers",
        "alexnet_caffe",
        "alexnet",
        "vgg11",
        "vgg16",
        "vgg19",
        "vgg16_bn",
        "vgg19_bn",
    ),
    "Many paths": (
        "googlenet",
        "googlenet_noaux",
        "googlenet_paper",
        "inception_v3",
        "squeezenet1_0",
        "squeezenet1_1",
        "densenet121",
    ),
    "Shortcuts": (
        "resnet20_cifar",
        "resnet56_cifar",
        "resnet18",
        "resnet34",
        "resnet50",
        "resnet101",
        "resnet152",
        "resnext50_32x4d",
        "wide_resnet50_2",
        "seresnet50",
    ),
    "Small and quick": (
        "mobilenet_v1",
        "mobilenet_v2",
        "mobilenet_v3_large",
        "shufflenet_v1_g3",
        "shufflenet_v1_g3_paper",
        "shufflenet_v2_x1_0",
        "efficientnet_b0",
    ),
    "Attention, and an answer to it": (
        "vit_tiny_cifar",
        "vit_tiny_patch16_224",
        "vit_b_16",
        "swin_t",
        "convnext_tiny",
    ),
    "A class for every pixel": (
        "unet_2015",
        "unet_bn",
        "unet_bn32",
        "fcn32s",
        "fcn8s",
        "fcn_resnet50",
        "deeplabv3_resnet50",
    ),
    "Sequences": (
        "rnn_sentiment",
        "lstm_sentiment",
        "gru_sentiment",
        "bilstm_sentiment",
        "bilstm_tagger",
        "char_rnn",
        "char_lm",
        "char_lstm2",
        "word_lm",
        "seq2seq_gru",
        "mini_gpt",
        "forecast_lstm",
        "forecast_sine",
    ),
    "Autoencoders and generators": (
        "ae_dense_32",
        "ae_deep",
        "ae_conv",
        "vae_mlp",
        "dcgan",
        "dcgan_g",
        "dcgan_d",
        "ddpm_tiny_mnist",
        "ddpm_cifar10",
    ),
    "Faces": (
        "deepface",
        "age_gender_levi",
        "age_gender_small",
    ),
}
# What a visitor reads over the door of a hall.
SENTENCES: Mapping[str, str] = {
    "Perceptrons": "A weighted sum and a threshold, and what a layer in between adds to them.",
    "First convolutions": "One small filter, shared by every place of the picture.",
    "Deep chains": "The same few layers again and again, on large pictures and on fast machines.",
    "Many paths": "Filters of several sizes look at once, and their answers are stacked.",
    "Shortcuts": "What a block has learned is added to what it was given.",
    "Small and quick": "Each channel is looked at by itself, so that a telephone can do the sums.",
    "Attention, and an answer to it": "Patches of a picture look at one another; then convolutions learn from them.",
    "A class for every pixel": "Down to see what it is, up again to say where.",
    "Sequences": "One step after another with a memory, or all steps at once.",
    "Autoencoders and generators": "Through a narrow place and back; then pictures out of noise.",
    "Faces": "Whose face it is, and of what age.",
}
ELSEWHERE = "More"  # the hall of presets that hang in none
_ORDER = tuple(name for hall in HALLS.values() for name in hall)
_HALL_OF = {name: hall for hall, names in HALLS.items() for name in names}


def hall_of(name: str) -> str:
    """The hall that a preset hangs in."""
    return _HALL_OF.get(name, ELSEWHERE)


def names() -> tuple[str, ...]:
    """Names of all presets, hall by hall."""
    found = {file.stem for file in FOLDER.glob("*.loom")}
    return (*(name for name in _ORDER if name in found), *sorted(found.difference(_ORDER)))


def path(name: str) -> Path:
    """The file of a preset.

    Raises:
        KeyError: There is no preset of that name.
    """
    if name not in names():
        raise KeyError(name)
    return FOLDER / f"{name}.loom"


def read(name: str) -> str:
    """The text of a preset's project file.

    Raises:
        KeyError: There is no preset of that name.
    """
    return path(name).read_text(encoding="utf-8")
