"""Composites made and taken apart as steps of the document: what the canvas and the form have in common.

Not for: how blocks become a composite (`engine.graph.grouping`, `engine.graph.dissolving`).
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.errors import GraphError
from engine.graph import dissolving, grouping, redefining, tying
from engine.graph.edits import Batch, Edit, Rename
from gui.document import Document
from gui.scope import drawing


def group(document: Document) -> str | None:
    """Make a composite of the selected blocks and select its instance; gives its id, None where it was refused."""
    try:
        edit, instance = grouping.group(document.graph, document.selection)
    except GraphError as error:
        document.refused.emit(str(error))
        return None
    if not document.do(edit, "Make a composite"):
        return None
    document.select([instance])
    return instance


def dissolve(document: Document, blocks: Iterable[str]) -> tuple[str, ...]:
    """Take the composites among some blocks apart, as one step, and select what was inside; gives its ids."""
    nodes = document.graph.nodes
    instances = [id_ for id_ in blocks if id_ in nodes and nodes[id_].composite is not None]
    # Each is worked out on a copy where those before it are gone already.
    here = drawing(document.root.copy(), document.graph.owner) if len(instances) > 1 else document.graph
    edits: list[Edit] = []
    placed: list[str] = []
    try:
        for id_ in instances:
            edit, ids = dissolving.dissolve(here, id_, dissolving.MOST_BLOCKS - len(placed))
            if here is not document.graph:
                here.run(edit)
            edits.append(edit)
            placed += ids
    except GraphError as error:
        document.refused.emit(str(error))
        return ()
    title = "Dissolve composite" if len(instances) == 1 else "Dissolve composites"
    if not edits or not document.do(Batch(tuple(edits)), title):
        return ()
    document.select(placed)
    return tuple(placed)


def rename(document: Document, block: str, name: str) -> bool:
    """Give a block of the open drawing another name; of a composite's port, the wires of all instances stay on it."""
    node = document.graph.node(block)
    owner = document.graph.owner
    if owner is not None and node.spec.role in ("entry", "exit"):
        edit = redefining.renamed_port(document.root, document.root.composite(owner), block, name)
        return document.do(edit, "Rename", whole=True)
    return document.do(tying.renamed(document.graph, block, name), "Rename")


def rename_refusal(document: Document, block: str, name: str) -> str:
    """Why a block cannot be called that; empty where it can."""
    return document.refusal(Rename(block, name))
