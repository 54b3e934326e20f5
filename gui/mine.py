"""The person's own palette: composites kept as files in the user's data folder, at hand in every project.

Each file is a project that holds one composite and what that is made of. Reading and writing happen off the window's thread.
Not for: what the palette shows (`gui.palette`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine.blocks.spec import Block
from engine.errors import EngineError, StoreError
from engine.files import write_atomic
from engine.folders import user_folder
from engine.graph import store
from engine.graph.carrying import brought, collection, with_parts
from engine.graph.edits import COMPOSITE, Batch, Definition
from engine.graph.model import Graph
from gui.background import in_background

if TYPE_CHECKING:
    from gui.document import Document

MINE = "mine:"  # what the kind of such a composite starts with in lists; its name follows
ENDING = ".loom"


def folder() -> Path:
    """Where the files lie."""
    return user_folder() / "composites"


@dataclass(frozen=True)
class Kept:
    """A composite of the palette.

    Attributes:
        name: Of the composite, and of its file.
        definitions: It, and before it what it is made of.
        spec: What it looks like in a list.
    """

    name: str
    definitions: tuple[Definition, ...]
    spec: type[Block]


class MyComposites(QObject):
    """What is on the person's own palette.

    Attributes:
        held: By name, in the order of the alphabet.
        changed: Something came or went.
        said: Emits a sentence about what was done, or why it could not be.
    """

    changed = Signal()
    said = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.held: dict[str, Kept] = {}

    def read(self) -> None:
        """Look what is there."""
        in_background(self, read_all, self._came, self._failed)

    def _came(self, found: dict[str, Kept]) -> None:
        if found.keys() != self.held.keys() or any(found[n].definitions != k.definitions for n, k in self.held.items()):
            self.held = found
            self.changed.emit()

    def keep(self, graph: Graph, composite: str) -> None:
        """Put a composite of a project on the palette; one of its name that is there is replaced."""
        definitions = with_parts(graph, [composite])
        name = definitions[-1].name
        text = store.dumps(collection(definitions))
        in_background(self, partial(_write, name, text), self._kept, self._failed)

    def _failed(self, text: str) -> None:
        self.said.emit(text)

    def _kept(self, name: str) -> None:
        self.said.emit(f"{name} is on your palette now, in every project.")
        self.read()

    def drop(self, name: str) -> None:
        """Take a composite off the palette; projects that use it keep theirs."""
        in_background(self, partial(_remove, name), self._dropped, self._failed)

    def _dropped(self, name: str) -> None:
        self.said.emit(f"{name} is off your palette; projects that use it keep it.")
        self.read()


@contextlib.contextmanager
def bringing(document: Document, kind: str, text: str) -> Iterator[str]:
    """Within it, the kind of a composite of the person's own palette is one of the project's.

    Bringing its definition in and what is done within are one undo step, called `text`.
    """
    kept = document.mine.held.get(kind.removeprefix(MINE)) if kind.startswith(MINE) else None
    if kept is None:
        yield kind
        return
    edits, ids = brought(document.root, kept.definitions)
    kind = COMPOSITE + ids[kept.definitions[-1].id]
    if not edits:
        yield kind
        return
    document.stack.beginMacro(text)
    try:
        document.do(Batch(edits), text)
        yield kind
    finally:
        document.stack.endMacro()


def read_all() -> dict[str, Kept]:
    """All that can be read; what cannot is left alone."""
    out: dict[str, Kept] = {}
    files = sorted(folder().glob(f"*{ENDING}")) if folder().is_dir() else []
    for file in files:
        with contextlib.suppress(EngineError):
            graph = store.load(file)
            composite = next((c for c in graph.composites.values() if c.name == file.stem), None)
            if composite is not None:
                out[composite.name] = Kept(composite.name, tuple(with_parts(graph, [composite.id])), composite.spec)
    return out


def _write(name: str, text: str) -> str:
    try:
        folder().mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{folder()} could not be made: {error.strerror}.") from error
    write_atomic(folder() / f"{name}{ENDING}", text)
    return name


def _remove(name: str) -> str:
    try:
        (folder() / f"{name}{ENDING}").unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"{name} could not be taken off your palette: {error.strerror}.") from error
    return name
