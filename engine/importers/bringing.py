"""Bringing a matched checkpoint into a project: the file of weights, and the one edit that makes the project begin with it.

Not for: finding out what matches (`engine.importers.matching`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from engine.compiler.plan import Plan
from engine.declare import Json
from engine.errors import StoreError
from engine.graph.check import Report
from engine.graph.frozen import freeze_up_to, learning
from engine.graph.model import Batch, Configure, Edit, Graph, SetSection
from engine.importers.matching import Match
from engine.importers.reading import Checkpoint
from engine.training.imported import keep

WIDTHS = ("out_features", "out_channels")  # settings that say how many classes a head tells apart


@dataclass(frozen=True)
class Head:
    """The last block that learns.

    Attributes:
        id, name: The block.
        setting: Its setting for the number of classes.
        classes: What that is now.
    """

    id: str
    name: str
    setting: str
    classes: int


def head_of(graph: Graph, report: Report) -> Head | None:
    """The head of a network, None where its last learning block is a composite or has no number of classes."""
    order = learning(report)
    if not order:
        return None
    node = graph.node(order[-1])
    for setting in WIDTHS:
        if setting in node.spec.settings and node.composite is None:
            return Head(node.id, node.name, setting, int(getattr(node.block(), setting)))
    return None


def recorded_maps(graph: Graph) -> Mapping[str, Mapping[str, str]]:
    """The name maps that a project carries: reference implementation -> pattern -> name there."""
    names: Any = graph.sections["weights"].get("names")
    return names if isinstance(names, Mapping) else {}


def tensors_of(match: Match, checkpoint: Checkpoint) -> dict[str, Tensor]:
    """What is to be loaded, by our names and in our shapes."""
    return {
        pair.ours: checkpoint.tensors[pair.theirs].reshape(pair.our_sizes)
        for pair in match.pairs
        if pair.state == "loaded"
    }


def bring(match: Match, checkpoint: Checkpoint, planned: Plan, graph: Graph, project: Path | None) -> dict[str, Json]:
    """Write the weights that are to be loaded, and give the section "weights" that names them.

    Takes seconds for a large network.

    Raises:
        StoreError: Nothing matches, or the file could not be written.
    """
    state = tensors_of(match, checkpoint)
    if not state:
        raise StoreError(
            f"no tensor of {checkpoint.file} matches this network; open the network that the weights were made for."
        )
    file = keep(state, planned, project, origin=checkpoint.file)
    section = {name: value for name, value in graph.sections["weights"].items() if name == "names"}
    return {**section, "file": file, "from": checkpoint.file[:200], "by": match.way}


def edit(
    graph: Graph, report: Report, section: Mapping[str, Json], *, head: Head | None = None, classes: int | None = None,
    freeze: str | None = "",
) -> Edit:  # fmt: skip
    """The import as one step that can be undone.

    Args:
        graph: The project.
        report: What `check` said of it.
        section: Of `bring`.
        head: The block that gets another number of classes, with `classes`.
        classes: How many.
        freeze: Id of the last block to freeze; None thaws all; empty leaves all as it is.
    """
    edits: list[Edit] = [SetSection("weights", section)]
    if head is not None and classes is not None and classes != head.classes:
        edits.append(Configure(head.id, {head.setting: classes}))
    if freeze != "":
        edits += freeze_up_to(graph, report, freeze)
    return Batch(tuple(edits))


def forget(graph: Graph) -> Edit:
    """Begin fresh again; the maps of names stay."""
    return SetSection("weights", {name: value for name, value in graph.sections["weights"].items() if name == "names"})
