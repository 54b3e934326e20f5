"""What the dialog for importing weights has done on another thread: reading a file, matching it, writing what is to be loaded.

Not for: widgets. Everything here may take seconds and touches none; torch is imported when it is first called.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.declare import Json
from engine.graph.model import Graph
from engine.torch_import import ready

if TYPE_CHECKING:
    from engine.compiler.plan import Plan
    from engine.importers.matching import Match, Place
    from engine.importers.reading import Checkpoint


@dataclass(frozen=True)
class Subject:
    """A file, and the network that it is to be loaded into.

    Attributes:
        checkpoint: What the file holds.
        graph: The network, a copy.
        planned: What it does.
        places: Its tensors.
    """

    checkpoint: Checkpoint
    graph: Graph
    planned: Plan
    places: tuple[Place, ...]


def read(path: Path, graph: Graph) -> Subject:
    """Read a file for a network.

    Raises:
        EngineError: The drawing has errors, or the file cannot be read.
    """
    ready()
    from engine.compiler.plan import plan
    from engine.importers.matching import places
    from engine.importers.reading import read_checkpoint

    planned = plan(graph)
    return Subject(read_checkpoint(path), graph, planned, places(planned))


def matches(subject: Subject, fresh: Collection[str]) -> tuple[Match, ...]:
    """Every way in which the file matches, the best first; blocks of these names are left out.

    Raises:
        EngineError: The project's map of names cannot be understood.
    """
    from engine.importers.bringing import recorded_maps
    from engine.importers.matching import ways

    return ways(subject.places, subject.checkpoint, recorded_maps(subject.graph), fresh)


def bring(subject: Subject, match: Match, project: Path | None) -> Mapping[str, Json]:
    """Write what is to be loaded; gives the project's section that names it.

    Raises:
        EngineError: Nothing matches, or it could not be written.
    """
    from engine.importers.bringing import bring as write

    return write(match, subject.checkpoint, subject.planned, subject.graph, project)
