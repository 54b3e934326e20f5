"""What two drawings that are compared can be: this one, a preset, a run of this project, a file.

Reading is for another thread; nothing here is a widget. Not for: comparing (`engine.graph.diff`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import presets
from engine.errors import EngineError
from engine.graph.check import Report, check
from engine.graph.diff import Difference, diff
from engine.graph.model import Graph
from engine.project import PRESET, open_project
from engine.training.runs import Run, list_runs
from gui.figure.plan import Plan, Request, plan
from gui.figure.style import Show

SHOW = Show(title=False, caption=False, problems=False)  # what two drawings that stand side by side show
Kind = Literal["this", "preset", "run", "file"]


@dataclass(frozen=True)
class Side:
    """One of two drawings.

    Attributes:
        label: What a person chooses.
        kind: Where it comes from.
        reference: "preset:NAME", or the path of a file or of a run's folder.
        graph: A drawing that is at hand, a copy; None means that it has to be read.
    """

    label: str
    kind: Kind
    reference: str = ""
    graph: Graph | None = field(default=None, compare=False)

    def read(self) -> Graph:
        """The drawing.

        Raises:
            StoreError: It cannot be read.
        """
        if self.graph is not None:
            return self.graph
        if self.kind == "run":
            return Run(self.reference).graph()
        return open_project(self.reference).graph


@dataclass(frozen=True)
class Compared:
    """Two drawings with all that is known about them.

    Attributes:
        sides: Where they come from.
        graphs, reports: What they are.
        difference: What is different.
        plans: How they are shown, with what is different marked.
    """

    sides: tuple[Side, Side]
    graphs: tuple[Graph, Graph]
    reports: tuple[Report, Report]
    difference: Difference
    plans: tuple[Plan, Plan]


def compared(before: Side, after: Side) -> Compared:
    """Read two drawings and compare them.

    Raises:
        StoreError: One cannot be read.
    """
    graphs = before.read(), after.read()
    reports = check(graphs[0]), check(graphs[1])
    difference = diff(*graphs)
    marks, wires = difference.marks(), difference.wire_marks()
    first, second = (
        plan(graphs[side], reports[side], Request(SHOW, patterned=False, marks=marks[side], wire_marks=wires[side]))
        for side in (0, 1)
    )
    return Compared((before, after), graphs, reports, difference, (first, second))


def laid_out(side: Side) -> Plan:
    """How a drawing is shown while there is nothing to compare it with."""
    graph = side.read()
    return plan(graph, check(graph), Request(SHOW, patterned=False))


def preset_sides() -> list[Side]:
    """The networks that come with the program."""
    return [preset_side(PRESET + name) for name in presets.names()]


def preset_side(reference: str) -> Side:
    """The network "preset:NAME".

    Raises:
        StoreError: There is none.
    """
    return Side(open_project(reference).title, "preset", reference)


def run_sides(folder: Path) -> list[Side]:
    """The runs of a project, the latest first."""
    found = []
    for run in reversed(list_runs(folder)):
        try:
            found.append(run_side(run.path))
        except EngineError:  # it has gone meanwhile
            continue
    return found


def run_side(path: Path) -> Side:
    """A run.

    Raises:
        StoreError: It cannot be read.
    """
    run = Run(path)
    began = str(run.info.get("created", ""))[:16].replace("T", " ")
    return Side(f"{run.title}, {began}" if began else run.title, "run", str(path))


def offers(folder: Path, more: Sequence[Side] = ()) -> list[Side]:
    """All that can be compared with, besides a file."""
    return [*more, *run_sides(folder), *preset_sides()]
