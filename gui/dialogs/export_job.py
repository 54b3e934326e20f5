"""What the export dialog has done on another thread: listing runs, preparing a preview, writing and checking.

Not for: widgets. Everything here may take seconds and touches none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from engine.errors import StoreError
from engine.export import targets
from engine.graph import store
from engine.graph.model import Graph
from engine.training.runs import Run, list_runs

if TYPE_CHECKING:
    from engine.compiler.module import Network
    from engine.data.normalisation import Normalisation

PROJECT = "project"


@dataclass(frozen=True)
class Weights:
    """Where the weights of an export are from.

    Attributes:
        label: What a person reads.
        run: Path of the run; None for fresh weights of the drawing.
        which: Which checkpoint of the run.
    """

    label: str
    run: str | None = None
    which: Literal["best", "last"] = "best"


UNTRAINED = Weights("Untrained weights of the drawing")


@dataclass(frozen=True)
class Order:
    """What is to be written.

    Attributes:
        graph: The drawing, used where the weights are untrained, and for the project file.
        weights: Which weights.
        to: Name of the target, or "project".
        title: What it is called.
        classes, normalisation: Of the data on show, for untrained weights; a run brings its own.
        imported: File of the weights that the drawing begins with, None where it begins fresh.
    """

    graph: Graph
    weights: Weights
    to: str
    title: str
    classes: tuple[str, ...] = ()
    normalisation: Normalisation | None = None
    imported: Path | None = None

    def about(self) -> tuple[Graph, tuple[str, ...], Normalisation | None]:
        """Graph, classes and normalisation that belong to the weights."""
        if self.weights.run is None:
            return self.graph, self.classes, self.normalisation
        run = Run(self.weights.run)
        return run.graph(), run.classes, run.normalisation


@dataclass(frozen=True)
class Written:
    """A finished export.

    Attributes:
        files: What was written.
        check: What was compared, in a sentence.
    """

    files: tuple[Path, ...]
    check: str


def offers(folder: Path, shown: str | None) -> list[Weights]:
    """The weights that can be taken: the run on show first, then the others, the newest first; the untrained last."""
    paths = [str(run.path) for run in reversed(list_runs(folder))]
    if shown is not None:
        paths = [shown, *(path for path in paths if Path(path) != Path(shown))]
    out = []
    for path in paths:
        name = _words(Path(path).name)
        out += [Weights(f"Best of {name}", path, "best"), Weights(f"Last of {name}", path, "last")]
    return [*out, UNTRAINED]


def _words(folder: str) -> str:
    """A run's folder as a person reads it: "2026-11-22 15:18, lenet-5"."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)_(\d\d)-(\d\d)-\d\d_(.+)", folder)
    return f"{found[1]} {found[2]}:{found[3]}, {found[4]}" if found else folder


def preview(order: Order) -> str:
    """What the file will hold, as text.

    Raises:
        EngineError: The drawing cannot be built, or the run cannot be read.
    """
    if order.to == PROJECT:
        return store.dumps(order.graph)
    from engine.compiler.plan import plan
    from engine.compiler.source import source

    graph, classes, normalisation = order.about()
    planned = plan(graph)
    if order.to == "source":
        return source(planned, title=order.title, normalisation=normalisation, classes=classes)
    from engine.probes.where import private_copy

    state = private_copy(planned).state_dict()
    wide = max((len(name) for name in state), default=0)
    lines = [f"{name:<{wide}}   {'×'.join(map(str, value.shape)) or 'number'}" for name, value in state.items()]
    total = sum(value.numel() for value in state.values())
    return "\n".join([*lines, "", f"# {total:,} numbers in {len(lines)} tensors"])


def write(order: Order, path: Path, *, beside: bool = False) -> Written:
    """Write a target, checked; with `beside` the weights go beside the source, as safetensors.

    Raises:
        EngineError: The drawing has errors, the run cannot be read, the check failed, or the file cannot be written.
    """
    if order.to == PROJECT:
        return _write_project(order.graph, path)
    from engine.export import export

    graph, classes, normalisation = order.about()
    weights = order.weights
    network = Run(weights.run).network(weights.which) if weights.run is not None else _begun(graph, order.imported)
    done = export(
        graph, network, to=order.to, out=path, title=order.title, classes=classes, normalisation=normalisation
    )
    files, check = [done.path], done.check
    if beside and order.to == "source":
        second = export(
            graph, network, to="safetensors", out=done.path.with_suffix(".safetensors"), title=order.title,
            classes=classes, normalisation=normalisation,
        )  # fmt: skip
        files.append(second.path)
    return Written(tuple(files), check)


def _begun(graph: Graph, imported: Path | None) -> Network | None:
    """The drawing's network with its imported weights; None where it has none."""
    if imported is None:
        return None
    from engine.compiler.module import build
    from engine.compiler.plan import plan
    from engine.training.imported import fill

    network = build(plan(graph), seed=0)
    fill(network, imported)
    return network


def suffix(to: str) -> str:
    """The ending of a target's files."""
    return ".loom" if to == PROJECT else targets()[to].suffix


def _write_project(graph: Graph, path: Path) -> Written:
    if not path.suffix:
        path = path.with_name(path.name + ".loom")
    store.save(graph, path)
    if not store.load(path).same_as(graph):
        raise StoreError(f"{path} was read back and is not the same project; save it elsewhere.", path=str(path))
    return Written((path,), "The file was read back: it holds the same blocks, wires and settings.")
