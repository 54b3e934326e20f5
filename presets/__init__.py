"""Models as plain project files: what a person could have drawn. This is their reader.

Not for: understanding them; that is `engine.graph.store`'s work. Imports nothing of ours.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
# The order in which they are offered: from one neuron to deep residual networks.
_FIRST = (
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
    "resnet18",
    "resnet34",
    "resnet50",
    "resnet101",
    "resnet152",
)


def names() -> tuple[str, ...]:
    """Names of all presets, the simplest first."""
    found = {file.stem for file in FOLDER.glob("*.loom")}
    return (*(name for name in _FIRST if name in found), *sorted(found.difference(_FIRST)))


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
