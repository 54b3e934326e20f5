"""Blocks that share a weight: whether they can, which could, and that they go on doing so when one of them is renamed.

Not for: sharing them (`engine.compiler.module`).
"""

from __future__ import annotations

from engine.blocks.embedding import Embedding
from engine.blocks.linear import Linear
from engine.blocks.spec import Shape
from engine.declare import unknown
from engine.errors import Problem
from engine.graph.edits import Batch, Configure, Edit, Rename
from engine.graph.model import Graph, Node
from engine.graph.walk import Walk


def check_ties(walk: Walk, nodes: tuple[Node, ...]) -> None:
    """Say what is wrong with the blocks that share a weight.

    Args:
        walk: The drawing, with all shapes that are known.
        nodes: Its blocks.
    """
    made = walk.made.values()
    different = dict(
        zip(map(id, made), made, strict=True)
    ).values()  # equal blocks are one object; an edit has no time for all
    if not any(getattr(block, "tied", "") for block in different):
        return
    tied = [node for node in nodes if node.settings.get("tied") and getattr(walk.made[node.id], "tied", "")]
    if not tied:
        return
    named = {node.name: node for node in nodes if isinstance(walk.made[node.id], (Embedding, Linear))}
    for node in tied:
        wrong = _wrong(walk, node, str(node.settings["tied"]), named)
        if wrong:
            walk.problems.append(Problem("cannot-share", f"{node.name}: {wrong}", block=node.id, setting="tied"))


def _wrong(walk: Walk, node: Node, name: str, named: dict[str, Node]) -> str:
    other = named.get(name)
    if other is None:
        rest = [each for each, there in named.items() if there is not node]
        return unknown(name, rest, "embedding or linear layer beside it called")
    if other is node:
        return "it cannot share its weight with itself; name another block, or none."
    if other.settings.get("tied"):
        return f"it shares the weight of {name}, which shares that of {other.settings['tied']}; name {other.settings['tied']}."
    if node.bypassed is not False or other.bypassed is not False:
        return f"it shares the weight of {name}, and one of the two is bypassed; switch both on, or share nothing."
    mine, theirs = _weight(walk, node), _weight(walk, other)
    if mine and theirs and mine != theirs:
        return (
            f"it has a weight of {mine[0]}×{mine[1]} (outputs × inputs), but {name} has one of {theirs[0]}×{theirs[1]}; to share "
            "it both must be equal."
        )
    return ""


def _weight(walk: Walk, node: Node) -> tuple[int, int] | None:
    """Rows and columns of a block's weight, where what arrives is known."""
    block = walk.made[node.id]
    if isinstance(block, Embedding):
        return block.num_embeddings, block.embedding_dim
    report = walk.blocks.get(node.id)
    x: Shape | None = report.inputs[0] if report is not None and report.inputs else None
    if not isinstance(block, Linear) or x is None or not x.dims:
        return None
    return block.out_features, x.dims[-1]


def partners(graph: Graph, block: str) -> tuple[str, ...]:
    """Names of the blocks beside a block whose weight it could share."""
    return tuple(
        node.name for node in graph
        if node.id != block and node.kind in ("embedding", "linear") and not node.settings.get("tied")
    )  # fmt: skip


def renamed(graph: Graph, block: str, name: str) -> Edit:
    """Another name for a block; those that share its weight name it so, too."""
    before = graph.node(block).name
    edits = [
        Configure(node.id, {"tied": name}) for node in graph if node.id != block and node.settings.get("tied") == before
    ]
    return Batch((Rename(block, name), *edits)) if edits else Rename(block, name)
