"""Drawn pictures in place of a person's own that are not at hand: the data, and what the drawing has to change for them.

Not for: reading or drawing them (`engine.data.scenes`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.data.choice import DataChoice
from engine.data.figures import MOST, kinds
from engine.declare import from_json, to_json
from engine.errors import Fix
from engine.graph.check import check
from engine.graph.facts import Column, DataFacts
from engine.graph.model import Batch, Graph, SetSection
from engine.graph.picture import image_shape
from engine.training.settings import TrainingSettings

INSTEAD: Mapping[str, str] = {"folder": "figures", "masks": "shapes"}  # what stands in for a person's own pictures
CLASSES = 10  # where the network tells apart more than can be drawn
BATCH = 16  # pictures at most: a few hundred are drawn, where recipes are made for a million
_ROUNDS = 8  # heads that are mended, one after the other


def stand_in(graph: Graph) -> Fix | None:
    """The edits that let a drawing learn from drawn pictures; None where it does not want pictures of a person's own.

    The number of classes is the network's where so many can be drawn, else its last layers get ten. The batch is made
    smaller, and the learning rate with it.
    """
    choice: DataChoice = from_json(DataChoice, dict(graph.sections["data"]))
    name, image = INSTEAD.get(choice.name), image_shape(graph)
    if name is None or image is None:
        return None
    count = _answers(graph)
    masked = name == "shapes"
    classes = max(2, count) if count <= MOST - masked else CLASSES
    held = {**graph.sections["data"], "name": name, "path": "", "classes": classes}
    edits: list[Any] = [
        SetSection("data", to_json(from_json(DataChoice, held))),
        SetSection("training", _gentler(graph.sections["training"])),
    ]
    trial = graph.copy()
    trial.apply(Batch(tuple(edits)))
    facts = _facts(classes, image, masked=masked)
    for _ in range(_ROUNDS):
        faults = [fault for fault in check(trial, facts).problems if fault.severity == "error" and fault.fixes]
        if not faults:
            break
        mend = Batch(faults[0].fixes[0].edits)
        trial.apply(mend)
        edits.append(mend)
    return Fix("Use drawn figures", tuple(edits))


def _answers(graph: Graph) -> int:
    """How many classes the first output tells apart."""
    report = check(graph)
    shapes = [report.blocks[id_].inputs[0] for id_, role in report.roles.items() if role == "output"]
    return next((shape.dims[0] for shape in shapes if shape is not None and shape.dims), CLASSES)


def _gentler(training: Mapping[str, Any]) -> dict[str, Any]:
    """A recipe for few pictures: a smaller batch; steps are shorter in the same measure, with Adam by its root."""
    recipe: TrainingSettings = from_json(TrainingSettings, dict(training))
    if recipe.batch_size <= BATCH:
        return dict(training)
    share = BATCH / recipe.batch_size
    rate = recipe.learning_rate * (share**0.5 if recipe.optimizer.startswith(("adam", "nadam")) else share)
    return to_json(replace(recipe, batch_size=BATCH, learning_rate=float(f"{rate:.2g}")))


def _facts(classes: int, image: tuple[int, int, int], *, masked: bool) -> DataFacts:
    """What a checker will be told of the drawn pictures."""
    names = kinds(classes)
    answer = Column("mask", "mask", image[1:], names) if masked else Column("label", "label", (), names)
    return DataFacts("Drawn figures", CLASSES, (Column("image", "image", image), answer))
