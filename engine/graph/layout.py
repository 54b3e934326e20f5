"""Tidy-up: places for blocks in layers from left to right, long networks in rows like lines of text.

Layers by longest path, order within a layer by median sweeps, rows broken only where the wires of a single block cross. Pinned
blocks stay where they are, the others go around them. Pure arithmetic on ids; a network of 1,000 blocks takes well under a second.

Not for: drawing. Sizes are canvas units that the caller gives.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from engine.graph.model import Graph

SWEEPS = 6  # passes over the layers; more change little on networks, which are nearly chains
LEAST_COLUMNS = 4  # a row shorter than this reads worse than a wide drawing


@dataclass(frozen=True)
class Spacing:
    """Sizes in canvas units.

    Attributes:
        width, height: Of a block.
        gap_x, gap_y: Free space between blocks of neighbouring layers and within a layer.
        row_gap: Free space between rows.
        aspect: Width over height that the whole drawing aims at; 0 keeps everything in one row.
    """

    width: float = 160.0
    height: float = 80.0
    gap_x: float = 96.0
    gap_y: float = 32.0
    row_gap: float = 96.0
    aspect: float = 1.6


@dataclass(frozen=True)
class Box:
    """Room that one thing takes in a layout: a block, or a frame with what stands in it.

    Attributes:
        width, height: Of all of it.
        left, above: From its corner to that of its first block, which stands level with the blocks beside it.
    """

    width: float
    height: float
    left: float = 0.0
    above: float = 0.0


Place = tuple[float, float]
Layers = list[list[str]]


def tidy(graph: Graph, spacing: Spacing | None = None, heights: Mapping[str, float] | None = None) -> dict[str, Place]:
    """Places (upper left corner) for all blocks of the graph, keyed by id; blocks without a wire come last, in a row.

    Args:
        graph: What is laid out. Where blocks are pinned they keep their places, and the rest is put where it lies best around them.
        spacing: Sizes and distances.
        heights: Heights of blocks that are taller than `spacing` says.
    """
    spacing = spacing or Spacing()
    heights = heights or {}
    links = [(wire.source.block, wire.target.block) for wire in graph.wires.values()]
    wired = {end for link in links for end in link}
    order = [*(id_ for id_ in graph.order() if id_ in wired), *(id_ for id_ in graph.nodes if id_ not in wired)]
    boxes = {id_: Box(spacing.width, heights.get(id_, spacing.height)) for id_ in order}
    places = lay(order, links, boxes, spacing, loose=set(order) - wired)
    pinned = {node.id: (node.x, node.y) for node in graph if node.pinned}
    return around(pinned, places, spacing, heights) if pinned else places


def lay(
    order: Sequence[str],
    links: Iterable[tuple[str, str]],
    boxes: Mapping[str, Box],
    spacing: Spacing,
    *,
    loose: Collection[str] = (),
) -> dict[str, Place]:
    """Places of the first blocks of things that links join.

    Args:
        order: All of them; what feeds comes before what it feeds.
        links: From what to what; those against the order count for nothing.
        boxes: Their sizes.
        spacing: Distances.
        loose: Those that come last, in a row.
    """
    chained = [id_ for id_ in order if id_ not in loose]
    rank = {id_: index for index, id_ in enumerate(chained)}
    feeds: dict[str, list[str]] = {id_: [] for id_ in chained}
    fed: dict[str, list[str]] = {id_: [] for id_ in chained}
    for source, target in links:
        if source in rank and target in rank and rank[source] < rank[target]:
            feeds[source].append(target)
            fed[target].append(source)
    depth = _depths(chained, feeds, fed)
    layers = _sorted_layers(chained, depth, feeds, fed)
    places, bottom = _placed(_rows(layers, depth, feeds, _Widths(layers, boxes, spacing)), fed, boxes, spacing)
    x, bottom = 0.0, bottom + max((boxes[id_].above for id_ in loose), default=0.0)
    for id_ in order:
        if id_ in loose:
            places[id_] = (x + boxes[id_].left, bottom)
            x += boxes[id_].width + spacing.gap_x
    return places


def around(
    pinned: Mapping[str, tuple[float, float]],
    places: Mapping[str, tuple[float, float]],
    spacing: Spacing,
    heights: Mapping[str, float],
) -> dict[str, tuple[float, float]]:
    """Places with some blocks held where they are: all go along with these, and those that would lie on one go up or down."""
    dx = _median([x - places[id_][0] for id_, (x, _) in pinned.items()], 0.0)
    dy = _median([y - places[id_][1] for id_, (_, y) in pinned.items()], 0.0)
    taken = _Columns(spacing)
    for id_, place in pinned.items():
        taken.put(place, heights.get(id_, spacing.height))
    out = dict(pinned)
    waiting = []
    for id_, (x, y) in places.items():
        if id_ in pinned:
            continue
        place, height = (x + dx, y + dy), heights.get(id_, spacing.height)
        if taken.free(place, height):
            out[id_] = place
        else:
            waiting.append((id_, place, height))
    for id_, place in out.items():
        if id_ not in pinned:
            taken.put(place, heights.get(id_, spacing.height))
    for id_, place, height in waiting:
        out[id_] = taken.near(place, height)
        taken.put(out[id_], height)
    return {id_: out[id_] for id_ in places}


class _Columns:
    """What is taken, by columns, so that only neighbours are looked at."""

    def __init__(self, spacing: Spacing) -> None:
        self._width, self._gap = spacing.width, spacing.gap_y
        self._columns: dict[int, list[tuple[float, float, float]]] = {}  # x, top, bottom

    def put(self, place: tuple[float, float], height: float) -> None:
        """Take room for a block."""
        column = self._columns.setdefault(math.floor(place[0] / self._width), [])
        column.append((place[0], place[1], place[1] + height))

    def _spans(self, place: tuple[float, float], height: float) -> list[tuple[float, float]]:
        """Levels, between which a block of this height cannot begin at this x."""
        at = math.floor(place[0] / self._width)
        beside = [one for column in (at - 1, at, at + 1) for one in self._columns.get(column, ())]
        return sorted(
            (top - height - self._gap, bottom + self._gap)
            for x, top, bottom in beside
            if abs(x - place[0]) < self._width
        )

    def free(self, place: tuple[float, float], height: float) -> bool:
        """Whether a block there keeps its distance from all that is taken."""
        return not any(low < place[1] < high for low, high in self._spans(place, height))

    def near(self, place: tuple[float, float], height: float) -> tuple[float, float]:
        """The nearest free place above or below."""
        low = high = place[1]
        spans = self._spans(place, height)
        for begin, end in spans:
            if begin < high < end:
                high = end
        for begin, end in sorted(spans, key=lambda span: -span[1]):
            if begin < low < end:
                low = begin
        return place[0], high if high - place[1] <= place[1] - low else low


def room(graph: Graph, at: tuple[float, float], spacing: Spacing | None = None) -> dict[str, tuple[float, float]]:
    """Places that make room for a new block: if one lies there, it and what follows it in its row go one column on."""
    spacing = spacing or Spacing()
    row = [node for node in graph if abs(node.y - at[1]) < spacing.height]
    under = [node.x for node in row if abs(node.x - at[0]) < spacing.width]
    if not under:
        return {}
    shift = at[0] + spacing.width + spacing.gap_x - min(under)
    return {node.id: (node.x + shift, node.y) for node in row if node.x >= min(under)}


def _depths(order: list[str], feeds: Mapping[str, list[str]], fed: Mapping[str, list[str]]) -> dict[str, int]:
    """Longest path from the inputs; a block that nothing feeds stands right before the first that it feeds."""
    depth: dict[str, int] = {}
    for id_ in order:
        depth[id_] = 1 + max((depth[before] for before in fed[id_]), default=-1)
    for id_ in reversed(order):
        if not fed[id_] and feeds[id_]:
            depth[id_] = min(depth[after] for after in feeds[id_]) - 1
    return depth


def _sorted_layers(order: list[str], depth: Mapping[str, int], feeds: Mapping[str, list[str]],
                   fed: Mapping[str, list[str]]) -> Layers:  # fmt: skip
    """Blocks by depth; within a layer so that few wires cross."""
    layers: Layers = [[] for _ in range(1 + max(depth.values(), default=-1))]
    for id_ in order:
        layers[depth[id_]].append(id_)
    if all(len(layer) < 2 for layer in layers):
        return layers
    slot = {id_: float(index) for layer in layers for index, id_ in enumerate(layer)}
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        neighbours = fed if forward else feeds
        for layer in layers if forward else reversed(layers):
            layer.sort(key=lambda id_: _median([slot[n] for n in neighbours[id_]], slot[id_]))
            for index, id_ in enumerate(layer):
                slot[id_] = float(index)
    return layers


def _median(values: list[float], otherwise: float) -> float:
    if not values:
        return otherwise
    values = sorted(values)
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2


class _Widths:
    """How wide layers are, and how wide a row may be so that the drawing has about the wanted aspect."""

    def __init__(self, layers: Layers, boxes: Mapping[str, Box], spacing: Spacing) -> None:
        self._each = [
            max(boxes[i].left for i in layer) + max(boxes[i].width - boxes[i].left for i in layer) + spacing.gap_x
            for layer in layers
        ]
        column = spacing.width + spacing.gap_x
        tall = [sum(boxes[id_].height + spacing.gap_y for id_ in layer) - spacing.gap_y for layer in layers]
        row = max(tall, default=0.0) + spacing.row_gap
        wanted = max(LEAST_COLUMNS * column, math.sqrt(sum(self._each) * spacing.aspect * row))
        self._most = wanted + column / 2 if spacing.aspect else math.inf

    def end(self, start: int) -> int:
        """The layer before which a row that begins at a layer has to end."""
        width, index = self._each[start], start + 1
        while index < len(self._each) and width + self._each[index] <= self._most:
            width += self._each[index]
            index += 1
        return index


def _rows(layers: Layers, depth: Mapping[str, int], feeds: Mapping[str, list[str]], widths: _Widths) -> list[Layers]:
    """Layers in rows, broken only where all wires that cross come from one block."""
    crossing = [0] * (len(layers) + 1)
    for id_, targets in feeds.items():
        if targets:  # a block's wires cross every gap from its layer to that of the last block it feeds
            crossing[depth[id_]] += 1
            crossing[max(depth[target] for target in targets)] -= 1
    necks, count = set(), 0
    for index in range(len(layers)):
        count += crossing[index]
        if count <= 1:
            necks.add(index)  # the gap after layer `index`
    rows: list[Layers] = []
    start = 0
    while start < len(layers):
        end = widths.end(start)
        if end < len(layers):
            within = [index for index in range(start + (end - start) // 2, end) if index in necks]
            beyond = [index for index in range(end, len(layers)) if index in necks]
            end = (within[-1] if within else beyond[0] if beyond else len(layers) - 1) + 1
        rows.append(layers[start:end])
        start = end
    return rows


def _placed(
    rows: list[Layers], fed: Mapping[str, list[str]], boxes: Mapping[str, Box], spacing: Spacing
) -> tuple[dict[str, Place], float]:
    """Places of all first blocks, level with what feeds them as far as there is room, and where the next row would begin."""
    places: dict[str, Place] = {}
    top = 0.0
    for row in rows:
        level: dict[str, float] = {}
        for layer in row:
            wanted = [_median([level[n] for n in fed[id_] if n in level], 0.0) for id_ in layer]
            held = [boxes[id_] for id_ in layer]
            pitches = [one.height - one.above + spacing.gap_y + other.above for one, other in pairwise(held)]
            for id_, y in zip(layer, _spread(wanted, [*pitches, 0.0]), strict=True):
                level[id_] = y
        upper = min((y - boxes[id_].above for id_, y in level.items()), default=0.0)
        lower = max((y - boxes[id_].above + boxes[id_].height for id_, y in level.items()), default=0.0)
        x = -max((boxes[id_].left for id_ in row[0]), default=0.0)  # first blocks of all rows stand under each other
        for layer in row:
            left = max(boxes[id_].left for id_ in layer)
            for id_ in layer:
                places[id_] = (x + left, round(level[id_] + top - upper))
            x += left + max(boxes[id_].width - boxes[id_].left for id_ in layer) + spacing.gap_x
        top += lower - upper + spacing.row_gap
    return places, top


def _spread(wanted: list[float], pitches: list[float]) -> list[float]:
    """Levels in the given order, each at least its pitch above the next, as near to the wanted ones as can be.

    With each block's offset from the first taken off, what is left has only to be in order; blocks that are not go to their mean.
    """
    offsets = [sum(pitches[:index]) for index in range(len(pitches))]
    groups: list[tuple[float, int]] = []  # sum and count of what blocks that stand together want
    for want, offset in zip(wanted, offsets, strict=True):
        groups.append((want - offset, 1))
        while len(groups) > 1 and groups[-2][0] / groups[-2][1] > groups[-1][0] / groups[-1][1]:
            (last, many), (before, more) = groups.pop(), groups.pop()
            groups.append((before + last, more + many))
    means = [total / count for total, count in groups for _ in range(count)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]
