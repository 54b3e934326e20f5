"""Small projects and data for the tests of training: made in place, nothing to read."""

from __future__ import annotations

import json

import numpy as np

from engine.data.dataset import DataSet, digest
from engine.data.normalisation import measure
from engine.graph.facts import Column, DataFacts
from engine.graph.model import Graph
from engine.graph.store import loads


def chain(*blocks: tuple[str, dict], title: str = "small") -> Graph:
    """A project whose blocks feed each other in order."""
    rows, wires = [], []
    for number, (kind, settings) in enumerate(blocks, 1):
        rows.append({"id": f"b{number}", "kind": kind, "name": f"{kind}{number}", "settings": settings, "at": [0, 0]})
        if number > 1:
            port = "prediction" if kind in ("mse", "cross_entropy", "accuracy") else "x"
            wires.append([f"b{number - 1}.y", f"b{number}.{port}"])
    text = {"loom": 1, "about": {"title": title}, "blocks": rows, "wires": wires, "data": {}, "training": {}}
    return loads(json.dumps(text))


def net() -> Graph:
    """A small network with everything that has a state of its own: dropout, batch norm, two layouts."""
    return chain(
        ("image_input", {"channels": 2, "height": 6, "width": 6}),
        ("conv2d", {"out_channels": 4, "kernel_size": 3}),
        ("batchnorm2d", {}),
        ("relu", {}),
        ("maxpool2d", {}),
        ("dropout", {"p": 0.25}),
        ("flatten", {}),
        ("linear", {"out_features": 3}),
        ("output", {}),
    )


def pictures(samples: int = 60, classes: int = 3, *, val: int = 15, seed: int = 0) -> DataSet:
    """Pictures whose class is the brightest of `classes` columns; the last `val` of them are for validation."""
    draw = np.random.default_rng(seed)
    label = draw.integers(0, classes, samples)
    image = draw.integers(0, 120, (samples, 2, 6, 6)).astype(np.uint8)
    image[np.arange(samples), :, :, label] += 100
    return _set({"image": image, "label": label}, tuple("abcdefghij"[:classes]), val)


def numbers(samples: int = 60, *, val: int = 15) -> DataSet:
    """Four features and their sum and difference as the target."""
    x = np.random.default_rng(0).normal(size=(samples, 4)).astype(np.float32)
    y = np.stack([x.sum(1), x[:, 0] - x[:, 1]], 1).astype(np.float32)
    return _set({"features": x, "target": y}, (), val)


def _set(columns: dict[str, np.ndarray], classes: tuple[str, ...], val: int) -> DataSet:
    count = len(next(iter(columns.values())))
    rows = np.arange(count, dtype=np.int64)
    described = []
    for name, values in columns.items():
        kind = "image" if values.ndim == 4 else "label" if values.ndim == 1 else "number"
        described.append(Column(name, kind, values.shape[1:], classes if kind == "label" else ()))
    facts = DataFacts("made up", count, tuple(described))
    splits = {"train": rows[: count - val], "val": rows[count - val :], "test": rows[:0]}
    first = next(iter(columns.values()))
    return DataSet(facts, columns, splits, measure(first, splits["train"], "standard"), (), digest(columns, classes))
