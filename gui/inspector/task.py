"""What the network's first answer is compared with, and how one sample is asked about it.

An answer is right or wrong only where classes are asked for; numbers, pictures, masks and tags are so far off.

Not for: asking (the session does) nor for showing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from engine.compiler.plan import Term, objective, plan
from engine.data.dataset import DataSet
from engine.errors import EngineError
from engine.graph.check import check
from engine.graph.facts import Column
from engine.graph.model import Graph

Kind = Literal["classes", "single", "number", "again", "mask", "tags", ""]
TOP = 5  # answers that are listed
_MADE = ("gan_loss", "diffusion_loss")  # what makes new pictures is compared with no sample


@dataclass(frozen=True)
class Task:
    """What is asked of the first output.

    Attributes:
        kind: One number a class; a single number for one of two; numbers; the input again; a class for every pixel or step; ""
            where nothing of the data is compared with it.
        column: The column it is compared with.
        logit: Whether a single number is a logit, so that 0 is in the middle, not one half.
        scale: How a picture made again is scaled.
    """

    kind: Kind = ""
    column: Column | None = None
    logit: bool = False
    scale: str = "network"

    @property
    def single(self) -> str:
        """How a single number says which of two classes: "logit", "share", or "" where it does not."""
        return "" if self.kind != "single" else "logit" if self.logit else "share"

    def truth(self, dataset: DataSet, row: int) -> int | None:
        """Index of the class that is right, None where none is asked for."""
        if self.column is None or self.kind not in ("classes", "single"):
            return None
        return int(dataset.columns[self.column.name][row])

    def question(self, dataset: DataSet | None, row: int | None, own: Any = None) -> tuple[str, Mapping[str, Any]]:
        """The probe that answers and its options; `row`: a sample of the data set, None for a picture of a person's `own`."""
        if self.column is None or dataset is None:
            return "answers", {"classes": (), "top": TOP}
        column = self.column
        if self.kind in ("classes", "single"):
            return "answers", {"classes": column.classes, "top": TOP, "single": self.single}
        if row is None and (self.kind != "again" or own is None):
            return "answers", {"classes": (), "top": TOP}
        target = dataset.columns[column.name][row] if row is not None else own
        names = column.classes or column.fields
        return "comparison", {"task": self.kind, "target": target, "classes": names, "pad": column.pad, "scale": self.scale,
                              "threshold": 0.0 if self.logit else 0.5}  # fmt: skip


def task_of(graph: Graph | None, dataset: DataSet | None) -> Task:
    """What is asked of a drawing's first output by these data."""
    if graph is None or dataset is None:
        return Task()
    report = check(graph, dataset.facts)
    if not report.ok:
        return Task()
    try:
        first = plan(graph, report).outputs[0].slot
        terms = objective(graph, report, dataset.facts).terms
    except (EngineError, IndexError):
        return Task()
    term = next((term for term in terms if term.slot == first and not term.train_only), None)
    column = dataset.facts.column(term.target_column) if term is not None else None
    if term is None or column is None or term.kind in _MADE:
        return Task()
    logit = term.kind in ("bce_with_logits", "dice", "focal") and term.last != "sigmoid"
    return Task(_kind(term, column), column, logit, term.scale)


def _kind(term: Term, column: Column) -> Kind:
    match column.kind:
        case "label" if len(column.classes) > 1 and term.dims == (len(column.classes),):
            return "classes"
        case "label" if len(column.classes) == 2:
            return "single"
        case "mask":
            return "mask"
        case "tags":
            return "tags"
        case "image" | "number" if not column.target:
            return "again"
        case "number":
            return "number"
        case _:
            return ""
