"""What can be placed in the drawing that is open: the declared blocks, the project's composites, the person's own.

Not for: how a kind looks in a list (`gui.kind_row`), nor for placing it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence

from engine.blocks.spec import FAMILIES, Block, kinds
from engine.blocks.words import COMMON, words_of
from engine.errors import GraphError
from engine.graph.edits import COMPOSITE
from engine.graph.linked import check_no_loop
from engine.graph.model import Graph
from gui import search
from gui.document import Document
from gui.mine import MINE

MY_COMPOSITES = "My composites"  # the last section of the palette
# What mostly follows a block of a family in published networks, the likeliest first.
FOLLOWS: Mapping[str, tuple[str, ...]] = {
    "Input and output": ("conv2d", "flatten", "linear", "embedding", "lstm", "conv1d"),
    "Convolution": ("relu", "batchnorm2d", "maxpool2d", "conv2d", "add", "concat", "global_avgpool", "dropout"),
    "Pooling": ("conv2d", "flatten", "linear", "relu", "dropout", "concat"),
    "Linear": ("relu", "dropout", "linear", "output", "layer_norm", "add"),
    "Activation": ("conv2d", "linear", "maxpool2d", "dropout", "batchnorm2d", "flatten", "output", "add"),
    "Normalisation": ("relu", "conv2d", "linear", "multihead_attention", "dropout", "add"),
    "Regularisation": ("conv2d", "linear", "flatten", "output", "add"),
    "Shape": ("linear", "conv2d", "relu", "output"),
    "Merge": ("relu", "conv2d", "batchnorm2d", "layer_norm", "linear"),
    "Sequence": ("last_step", "linear", "lstm", "gru", "dropout", "output"),
    "Attention": ("add", "layer_norm", "linear", "dropout"),
    "Composites": ("conv2d", "relu", "global_avgpool", "linear", "output"),
}
OUTSIDE = ("input", "output", "loss", "metric")  # roles of what stands in the network itself
INSIDE = ("entry", "exit")  # of what stands inside a composite
CALLED, BEGINS, HOLDS, ALL_WORDS = (
    80.0,
    30.0,
    14.0,
    20.0,
)  # how well a query fits a word that is another name of a block
ITSELF = 1000.0  # a query that is a block's very title or kind
USUAL = 6.0  # what a common block has before a rare one that fits as well
NEAR = 20.0  # what fits so well leaves no room for letters that are only somewhere in a title


def offered(document: Document) -> dict[str, type[Block]]:
    """Kinds in the order of the palette, with the class of what they place."""
    graph = document.graph
    made = dict(_declared(OUTSIDE if graph.owner is not None else INSIDE, len(kinds())))
    for id_, composite in graph.composites.items():
        if _fits(graph, id_):
            made[COMPOSITE + id_] = composite.spec
    for name, kept in document.mine.held.items():
        made[MINE + name] = kept.spec
    return made


@functools.cache
def _declared(unwanted: tuple[str, ...], _count: int) -> Mapping[str, type[Block]]:
    """The declared blocks in their order, without some roles; asked for after each edit, and always the same."""
    order = {family: place for place, family in enumerate(FAMILIES)}
    rank = {kind: place for place, kind in enumerate(COMMON)}
    found = [(kind, spec) for kind, spec in kinds().items() if spec.role not in unwanted]
    return dict(sorted(found, key=lambda item: (order[item[1].family], rank.get(item[0], len(rank)))))


def section_of(kind: str, spec: type[Block]) -> str:
    """The heading that a kind stands under."""
    return MY_COMPOSITES if kind.startswith(MINE) else spec.family


def likely_first(kinds_: Sequence[str], after: str) -> list[str]:
    """Kinds with those first that mostly follow a block of a family, then the common ones."""
    follows = FOLLOWS.get(after, ())
    rank = {kind: place for place, kind in enumerate((*follows, *(kind for kind in COMMON if kind not in follows)))}
    return sorted(kinds_, key=lambda kind: rank.get(kind, len(rank)))


def found(query: str, among: Mapping[str, type[Block]]) -> list[str]:
    """The kinds that a query means, best first: by title, by kind, by family and by what else the field calls them."""
    query = " ".join(query.casefold().split())
    if not query:
        return list(among)
    scored = []
    for place, (kind, spec) in enumerate(among.items()):
        value = _score(query, kind, spec)
        if value is not None:
            scored.append((-value, place, kind))
    scored.sort()
    near = [kind for value, _, kind in scored if -value >= NEAR]
    return near or [kind for _, _, kind in scored]


def _score(query: str, kind: str, spec: type[Block]) -> float | None:
    section = section_of(kind, spec).casefold()
    values = [
        search.score(query, spec.title),
        _minus(search.score(query, kind), 3.0),
        _by_words(query, words_of(kind)),
        BEGINS if section.startswith(query) else None,
        ALL_WORDS if _all_there(query, f"{spec.title} {kind} {section} {' '.join(words_of(kind))}") else None,
    ]
    if query in (spec.title.casefold(), kind):
        return ITSELF
    best = max((value for value in values if value is not None), default=None)
    return _minus(best, -USUAL if kind in COMMON else 0.0)


def _minus(value: float | None, less: float) -> float | None:
    return None if value is None else value - less


def _by_words(query: str, words: Sequence[str]) -> float | None:
    """How well a query fits another name; the first names are the commonest."""
    best = None
    for place, word in enumerate(words):
        if word == query:
            value = CALLED
        elif word.startswith(query):
            value = BEGINS
        elif len(query) > 2 and query in word:
            value = HOLDS
        else:
            continue
        value -= 0.1 * place
        best = value if best is None else max(best, value)
    return best


def _all_there(query: str, text: str) -> bool:
    """Whether each word of a query begins a word of a text."""
    asked, held = re.findall(r"\w+", query), re.findall(r"[^\W_]+", text.casefold())
    return len(asked) > 1 and all(any(word.startswith(one) for word in held) for one in asked)


def _fits(graph: Graph, composite: str) -> bool:
    try:
        check_no_loop(graph, composite)
    except GraphError:
        return False
    return True
