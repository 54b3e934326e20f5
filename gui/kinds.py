"""What can be placed in the drawing that is open: the declared blocks, the project's composites, the person's own.

Not for: how a kind looks in a list (`gui.kind_row`), nor for placing it.
"""

from __future__ import annotations

from engine.blocks.spec import FAMILIES, Block, kinds
from engine.errors import GraphError
from engine.graph.edits import COMPOSITE
from engine.graph.linked import check_no_loop
from engine.graph.model import Graph
from gui.document import Document
from gui.mine import MINE

MY_COMPOSITES = "My composites"  # the last section of the palette
OUTSIDE = ("input", "output", "loss", "metric")  # roles of what stands in the network itself
INSIDE = ("entry", "exit")  # of what stands inside a composite


def offered(document: Document) -> dict[str, type[Block]]:
    """Kinds in the order of the palette, with the class of what they place."""
    graph = document.graph
    unwanted = OUTSIDE if graph.owner is not None else INSIDE
    order = {family: place for place, family in enumerate(FAMILIES)}
    found = [(kind, spec) for kind, spec in kinds().items() if spec.role not in unwanted]
    made = dict(sorted(found, key=lambda item: order[item[1].family]))
    for id_, composite in graph.composites.items():
        if _fits(graph, id_):
            made[COMPOSITE + id_] = composite.spec
    for name, kept in document.mine.held.items():
        made[MINE + name] = kept.spec
    return made


def section_of(kind: str, spec: type[Block]) -> str:
    """The heading that a kind stands under."""
    return MY_COMPOSITES if kind.startswith(MINE) else spec.family


def _fits(graph: Graph, composite: str) -> bool:
    try:
        check_no_loop(graph, composite)
    except GraphError:
        return False
    return True
