"""The data sets that are made on the spot, from a fixed seed: points, pictures, series, sentences. Each is declared once.

A maker imports what it needs when it is called, so that listing the data sets costs nothing.

Not for: how they are made (`points`, `scenes`, `sequences`). No numpy, no torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.data.registry import Request, dataset

if TYPE_CHECKING:
    from engine.data.table import Table


@dataset(
    "blobs",
    title="Heaps",
    help="Three heaps of points that lines can part.",
    source="generated",
    group="Points",
    settings=("count", "noise"),
)
def blobs(request: Request) -> Table:
    """Make the points."""
    from engine.data.points import blobs as shape
    from engine.data.points import read

    return read(request, "Heaps", shape, noise=0.28, classes=("orange", "blue", "green"))


@dataset(
    "and",
    title="AND",
    help="Points around four corners; class 1 where both numbers are 1. A perceptron learns it.",
    source="F. Rosenblatt: The perceptron (1958); generated",
    group="Points",
    settings=("count", "noise"),
)
def and_(request: Request) -> Table:
    """Make the points."""
    from engine.data.points import both as shape
    from engine.data.points import read

    return read(request, "AND", shape, noise=0.12, classes=("0", "1"))


@dataset(
    "or",
    title="OR",
    help="Points around four corners; class 1 where one number is 1 or both are. A perceptron learns it.",
    source="F. Rosenblatt: The perceptron (1958); generated",
    group="Points",
    settings=("count", "noise"),
)
def or_(request: Request) -> Table:
    """Make the points."""
    from engine.data.points import either as shape
    from engine.data.points import read

    return read(request, "OR", shape, noise=0.12, classes=("0", "1"))


@dataset(
    "xor",
    title="XOR",
    help="Four squares, those across from each other of one class: no line parts them, so a hidden layer is needed.",
    source="M. Minsky, S. Papert: Perceptrons (1969); generated",
    group="Points",
    settings=("count", "noise"),
)
def xor(request: Request) -> Table:
    """Make the points."""
    from engine.data.points import read
    from engine.data.points import xor as shape

    return read(request, "XOR", shape, noise=0.0, classes=("orange", "blue"))


@dataset(
    "rings",
    title="Rings",
    help="A disc of points inside a ring of others.",
    source="generated",
    group="Points",
    settings=("count", "noise"),
)
def rings(request: Request) -> Table:
    """Make the points."""
    from engine.data.points import read
    from engine.data.points import rings as shape

    return read(request, "Rings", shape, noise=0.03, classes=("orange", "blue"))


@dataset(
    "moons",
    title="Moons",
    help="Two half moons that reach into each other.",
    source="generated, as in scikit-learn's make_moons",
    group="Points",
    settings=("count", "noise"),
)
def moons(request: Request) -> Table:
    """Make the points."""
    from engine.data.points import moons as shape
    from engine.data.points import read

    return read(request, "Moons", shape, noise=0.1, classes=("orange", "blue"))


@dataset(
    "spirals",
    title="Spirals",
    help="Two spirals that wind around each other: a test for depth and width.",
    source="K. Lang, M. Witbrock: Learning to tell two spirals apart (1988); generated",
    group="Points",
    settings=("count", "noise"),
)
def spirals(request: Request) -> Table:
    """Make the points."""
    from engine.data.points import read
    from engine.data.points import spirals as shape

    return read(request, "Spirals", shape, noise=0.02, classes=("orange", "blue"))
