"""What the Inspect place can ask about: the blocks of a network and the samples of a data set, in plain terms.

Not for: asking (the session does) nor for showing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from engine.blocks.spec import Shape
from engine.data.dataset import DataSet
from engine.graph.check import check
from engine.graph.facts import Column
from engine.graph.model import Graph
from engine.probes.render import colour
from gui.pictures import number, sample_image, to_qimage

WITH_WEIGHTS = frozenset({"conv2d", "linear"})
PARTS = (("val", "Validation"), ("test", "Test"), ("train", "Training"))

Sample = tuple[NDArray[Any], ...]


@dataclass(frozen=True)
class BlockRow:
    """A block that can be looked into.

    Attributes:
        id, name, title: The block.
        family: Its family, for its colour.
        shape: What it gives for one sample, None where it is not known.
        parameters: Learned numbers.
    """

    id: str
    name: str
    title: str
    family: str
    shape: Shape | None
    parameters: int

    @property
    def size(self) -> str:
        """Its shape without the batch: "6×28×28"."""
        return "×".join(map(str, self.shape.dims)) if self.shape is not None else ""


def rows(graph: Graph) -> list[BlockRow]:
    """The blocks of a network from its inputs to its outputs, losses and metrics left out."""
    report = check(graph)
    out = []
    for id_ in report.order:
        node = graph.node(id_)
        block = node.block()
        if block.role in ("layer", "input", "output"):
            said = report.blocks[id_]
            out.append(BlockRow(id_, node.name, block.title, block.family, said.output, said.parameters))
    return out


def weights_before(graph: Graph, id_: str) -> str | None:
    """Name of the block itself, or of the nearest one before it, that has filters to show."""
    waiting, seen = [id_], {id_}
    while waiting:
        here = waiting.pop(0)
        node = graph.node(here)
        if node.kind in WITH_WEIGHTS:
            return node.name
        for wire in graph.wires_into(here):
            if wire.source.block not in seen:
                seen.add(wire.source.block)
                waiting.append(wire.source.block)
    return None


def columns(graph: Graph) -> tuple[str, ...]:
    """The data set's columns that the network reads, in the order of its inputs."""
    return tuple(str(getattr(node.block(), "column", "")) for node in graph if node.block().role == "input")


def sample_in(dataset: DataSet, graph: Graph, row: int) -> Sample | None:
    """One sample as the network's inputs want it, not normalised; None where the data set has no such columns.

    What is drawn at random in a training is drawn by the row's number here.
    """
    found = []
    for node in graph:
        block = node.block()
        if block.role != "input":
            continue
        draw, name = getattr(block, "draw", None), str(getattr(block, "column", ""))
        if draw is not None:
            found.append(_drawn(draw, block.shape().dims, row))
        elif name in dataset.columns:
            found.append(dataset.columns[name][row])
        else:
            return None
    return tuple(found) or None


def _drawn(draw: tuple[str, int], dims: tuple[int, ...], row: int) -> NDArray[Any]:
    generator = np.random.default_rng(row)
    match draw[0]:
        case "index":
            return np.asarray(generator.integers(0, draw[1], dims), np.int64)
        case "uniform":
            return generator.uniform(-1, 1, dims).astype(np.float32)
        case _:
            return generator.standard_normal(dims).astype(np.float32)


def label_column(dataset: DataSet) -> str | None:
    """Name of the column that holds the classes, if there is one."""
    target = dataset.facts.target
    return target.name if target is not None and target.kind == "label" else None


def target_words(dataset: DataSet, row: int, column: Column | None = None) -> str:
    """What a sample is to be answered with by a column (None: the first to be predicted), as a line; empty where there is none."""
    target = column if column is not None else dataset.facts.target
    if target is None:
        return ""
    value = dataset.columns[target.name][row]
    if target.kind == "label":
        return f"True class: {target.classes[int(value)]}"
    if target.kind in ("mask", "tags"):
        there = [int(index) for index in np.unique(value) if index != target.pad and index < len(target.classes)]
        return "Classes: " + ", ".join(target.classes[index] for index in there[:6]) + (", …" if len(there) > 6 else "")
    shown = ", ".join(number(float(part)) for part in np.ravel(value)[:4])
    return f"Target: {shown}" + (", …" if np.size(value) > 4 else "")


def picture_of(dataset: DataSet, row: int) -> QImage | None:
    """A sample as a picture: itself, or its numbers as a row of colours."""
    column = dataset.facts.input
    if column is None:
        return None
    values = dataset.columns[column.name][row]
    if column.kind == "image":
        return sample_image(values)
    return number_image(values)


def number_image(values: NDArray[np.float32]) -> QImage:
    """A vector as a block of colours, zero in the neutral one."""
    values = np.ravel(values)
    size = len(values)
    width = max(1, int(np.ceil(size**0.5)))
    height = -(-size // width)
    padded = np.zeros(width * height, np.float32)
    padded[:size] = values
    peak = float(np.abs(padded).max(initial=0))
    return to_qimage(colour(padded.reshape(height, width), hi=peak, signed=True))
