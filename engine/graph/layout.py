"""Tidy-up: places for blocks in layers from left to right, long networks in rows like lines of text.

Layers by longest path, order within a layer by median sweeps, rows broken only where the wires of a single block cross. Pinned
blocks stay where they are, the others go around them. Pure arithmetic on ids; a network of 1,000 blocks takes well under a second.

Not for: drawing. Sizes are canvas units that the caller gives.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

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


Layers = list[list[str]]


def tidy(
    graph: Graph, spacing: Spacing | None = None, heights: Mapping[str, float] | None = None
) -> dict[str, tuple[float, float]]:
    """Places (upper left corner) for all blocks of the graph, keyed by id; blocks without a wire come last, in a row.

    Args:
        graph: What is laid out. Where blocks are pinned they keep their places, and the rest is put where it lies best around them.
        spacing: Sizes and distances.
        heights: Heights of blocks that are taller than `spacing` says.
    """
    spacing = spacing or Spacing()
    heights = heights or {}
    wired = {end.block for wire in graph.wires.values() for end in (wire.source, wire.target)}
    order = [id_ for id_ in graph.order() if id_ in wired]
    feeds: dict[str, list[str]] = {id_: [] for id_ in order}
    fed: dict[str, list[str]] = {id_: [] for id_ in order}
    for wire in graph.wires.values():
        if wire.source.block in feeds and wire.target.block in feeds:
            feeds[wire.source.block].append(wire.target.block)
            fed[wire.target.block].append(wire.source.block)
    depth = _depths(order, feeds, fed)
    layers = _sorted_layers(order, depth, feeds, fed)
    rows = _rows(layers, depth, feeds, _columns(layers, spacing))
    places, bottom = _placed(rows, fed, spacing, heights)
    loose = [id_ for id_ in graph.nodes if id_ not in places]
    for index, id_ in enumerate(loose):
        places[id_] = (index * (spacing.width + spacing.gap_x), bottom)
    pinned = {node.id: (node.x, node.y) for node in graph if node.pinned}
    return _around(pinned, places, spacing, heights) if pinned else places


def _around(
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


def _columns(layers: Layers, spacing: Spacing) -> int:
    """How many layers a row takes so that the drawing has about the wanted aspect."""
    if not spacing.aspect or not layers:
        return max(1, len(layers))
    tallest = max(len(layer) for layer in layers)
    row = tallest * spacing.height + (tallest - 1) * spacing.gap_y + spacing.row_gap
    column = spacing.width + spacing.gap_x
    return max(LEAST_COLUMNS, round(math.sqrt(len(layers) * spacing.aspect * row / column)))


def _rows(layers: Layers, depth: Mapping[str, int], feeds: Mapping[str, list[str]], columns: int) -> list[Layers]:
    """Layers in rows of about `columns`, broken only where all wires that cross come from one block."""
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
        end = start + columns
        if end < len(layers):
            within = [index for index in range(start + columns // 2, end) if index in necks]
            beyond = [index for index in range(end, len(layers)) if index in necks]
            end = (within[-1] if within else beyond[0] if beyond else len(layers) - 1) + 1
        rows.append(layers[start:end])
        start = end
    return rows


def _placed(
    rows: list[Layers], fed: Mapping[str, list[str]], spacing: Spacing, heights: Mapping[str, float]
) -> tuple[dict[str, tuple[float, float]], float]:
    """Places of all blocks and where the next row would begin. Blocks go level with what feeds them, as far as there is room."""
    places: dict[str, tuple[float, float]] = {}
    top = 0.0
    for row in rows:
        level: dict[str, float] = {}
        for layer in row:
            wanted = [_median([level[n] for n in fed[id_] if n in level], 0.0) for id_ in layer]
            tall = [heights.get(id_, spacing.height) + spacing.gap_y for id_ in layer]
            for id_, y in zip(layer, _spread(wanted, tall), strict=True):
                level[id_] = y
        shift = top - min(level.values(), default=0.0)
        for column, layer in enumerate(row):
            for id_ in layer:
                places[id_] = (column * (spacing.width + spacing.gap_x), round(level[id_] + shift))
        lowest = max((y + heights.get(id_, spacing.height) for id_, y in level.items()), default=0.0)
        top += lowest - min(level.values(), default=0.0) + spacing.row_gap
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
