"""Which block of one drawing is which block of another.

By id where both drawings have one history, then by name and kind, then by place in the order of the network. Not for: what
differs between two blocks that belong together (`engine.graph.diff`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise, takewhile

from engine.graph.model import Graph, Node

KINSHIP = 0.5  # share of common ids that have to mean the same block, for two drawings to have one history
LARGEST_TABLE = 1_000_000  # cells; longer stretches are matched piece by piece
PIECE = 300  # blocks
SAME_KIND, SAME_FAMILY, SAME_NEIGHBOUR = 4.0, 2.0, 1.0  # how well two blocks fit each other

Pairs = dict[str, str]  # id before -> id after


def match(before: Graph, after: Graph, kinds: Mapping[str, str] | None = None) -> Pairs:
    """Blocks that belong together, ids of `before` to ids of `after`; every block at most once.

    `kinds` says what kinds of `before` are called in `after`: composites have ids of their own in every file.
    """
    kinds = kinds or {}
    pairs = _by_id(before, after, kinds)
    _by_name(before, after, pairs, kinds)
    _by_order(before, after, pairs, kinds)
    return pairs


def related(before: Graph, after: Graph) -> bool:
    """Whether one drawing was made from the other, so that ids can be trusted."""
    common = [(node, after.nodes[id_]) for id_, node in before.nodes.items() if id_ in after.nodes]
    same = sum(one.name == other.name and one.kind == other.kind for one, other in common)
    return bool(common) and same >= KINSHIP * len(common)


def _by_id(before: Graph, after: Graph, kinds: Mapping[str, str]) -> Pairs:
    """Common ids, where they mean something: an id is given once in a drawing, but every drawing begins with b1."""
    if not related(before, after):
        return {}
    pairs = {}
    for id_, node in before.nodes.items():
        other = after.nodes.get(id_)
        if other is not None and (kinds.get(node.kind, node.kind) == other.kind or node.name == other.name):
            pairs[id_] = id_
    return pairs


def _by_name(before: Graph, after: Graph, pairs: Pairs, kinds: Mapping[str, str]) -> None:
    taken = set(pairs.values())
    names = {(node.name, node.kind): node.id for node in after if node.id not in taken}
    for node in before:
        found = names.get((node.name, kinds.get(node.kind, node.kind)))
        if node.id not in pairs and found is not None:
            pairs[node.id] = found


def _by_order(before: Graph, after: Graph, pairs: Pairs, kinds: Mapping[str, str]) -> None:
    """The rest, between the pairs that are known: the longest common sequence of blocks that fit."""
    first, second = sequence(before), sequence(after)
    place = {id_: index for index, id_ in enumerate(second)}
    anchors = [(-1, -1)]
    known = [(index, place[pairs[id_]]) for index, id_ in enumerate(first) if id_ in pairs]
    anchors += _rising(known)
    anchors.append((len(first), len(second)))
    near = _neighbours(before, kinds), _neighbours(after, {})
    taken = set(pairs.values())
    for (left, below), (right, above) in pairwise(anchors):
        one = [_renamed(before.nodes[id_], kinds) for id_ in first[left + 1 : right] if id_ not in pairs]
        other = [after.nodes[id_] for id_ in second[below + 1 : above] if id_ not in taken]
        aligned = _aligned if len(one) * len(other) <= LARGEST_TABLE else _by_pieces
        found = aligned(one, other, near)
        pairs.update(found)
        taken.update(found.values())


def _renamed(node: Node, kinds: Mapping[str, str]) -> Node:
    return replace(node, kind=kinds[node.kind]) if kinds.get(node.kind, node.kind) != node.kind else node


def sequence(graph: Graph) -> list[str]:
    """Ids in the order of the network; what lies on a loop comes last."""
    order = graph.order()
    placed = set(order)
    return [*order, *(id_ for id_ in graph.nodes if id_ not in placed)]


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of `pairs`, sorted by their first number, whose second numbers rise, too."""
    ends: list[int] = []  # the smallest end of a rising part of each length
    at: list[int] = []
    before: list[int] = []
    for index, (_, value) in enumerate(pairs):
        length = bisect_left(ends, value)
        before.append(at[length - 1] if length else -1)
        if length == len(ends):
            ends.append(value)
            at.append(index)
        else:
            ends[length], at[length] = value, index
    out = []
    here = at[-1] if at else -1
    while here >= 0:
        out.append(pairs[here])
        here = before[here]
    return out[::-1]


_Near = Mapping[str, tuple[frozenset[str], frozenset[str]]]


def _neighbours(graph: Graph, kinds: Mapping[str, str]) -> _Near:
    """The kinds of what feeds each block, and of what it feeds."""
    feeding: dict[str, set[str]] = {id_: set() for id_ in graph.nodes}
    fed: dict[str, set[str]] = {id_: set() for id_ in graph.nodes}
    for wire in graph.wires.values():
        source, target = wire.source.block, wire.target.block
        feeding[target].add(kinds.get(graph.nodes[source].kind, graph.nodes[source].kind))
        fed[source].add(kinds.get(graph.nodes[target].kind, graph.nodes[target].kind))
    return {id_: (frozenset(feeding[id_]), frozenset(fed[id_])) for id_ in graph.nodes}


def _fit(one: Node, other: Node, near: tuple[_Near, _Near]) -> float:
    """How well two blocks fit each other; 0 where they are different things."""
    if one.kind == other.kind:
        score = SAME_KIND + (one.name == other.name) + 0.5 * (dict(one.settings) == dict(other.settings))
    else:
        mine, theirs = one.block(), other.block()
        ports = len(mine.inputs()) == len(theirs.inputs()) and len(mine.outputs()) == len(theirs.outputs())
        if mine.family != theirs.family or mine.role != theirs.role or not ports:
            return 0.0
        score = SAME_FAMILY + (one.name == other.name)
    for mine_near, their_near in zip(near[0][one.id], near[1][other.id], strict=True):
        score += SAME_NEIGHBOUR * bool(mine_near & their_near or mine_near == their_near)
    return score


def _aligned(one: Sequence[Node], other: Sequence[Node], near: tuple[_Near, _Near]) -> Pairs:
    """The pairs in one order that fit best in sum."""
    best = [[0.0] * (len(other) + 1) for _ in range(len(one) + 1)]
    fits: dict[tuple[str, str], float] = {}
    for i in range(len(one) - 1, -1, -1):
        for j in range(len(other) - 1, -1, -1):
            fit = fits[one[i].id, other[j].id] = _fit(one[i], other[j], near)
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + fit)
    pairs, i, j = {}, 0, 0
    while i < len(one) and j < len(other):
        fit = fits[one[i].id, other[j].id]
        if fit and best[i][j] == best[i + 1][j + 1] + fit:
            pairs[one[i].id] = other[j].id
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _by_pieces(one: Sequence[Node], other: Sequence[Node], near: tuple[_Near, _Near]) -> Pairs:
    """The same for stretches too long for one table: equal beginnings and ends first, the rest piece by piece."""
    pairs: Pairs = {}
    for forward in (True, False):
        both = (one, other) if forward else (one[::-1], other[::-1])
        same = takewhile(lambda pair: pair[0].kind == pair[1].kind, zip(*both, strict=False))
        found = {mine.id: theirs.id for mine, theirs in same}
        pairs |= found
        keep = slice(len(found), None) if forward else slice(None, -len(found) or None)
        one, other = one[keep], other[keep]
    count = -(-max(len(one), len(other)) // PIECE)
    for piece in range(count):
        mine, theirs = (side[len(side) * piece // count : len(side) * (piece + 1) // count] for side in (one, other))
        pairs |= _aligned(mine, theirs, near)
    return pairs
