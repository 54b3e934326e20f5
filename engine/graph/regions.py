"""Tidy-up of a drawing with frames and notes: what stood in a frame stays together in it, and nothing is laid under a note.

A frame is laid out by itself and then takes part as one large block in what is around it. Not for: places of blocks alone
(`engine.graph.layout`), nor for carrying edits out. Pure arithmetic.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from engine.graph import layout
from engine.graph.layout import Box, Place, Spacing
from engine.graph.model import Graph, Mark

SIDE = 12.0  # canvas units between a frame's rim and what it is put around; a wire to another row turns outside
BAND = 30.0  # of a frame's title
CLEAR = 16.0  # between a note and what it is moved away from
NEAR = 256.0  # a note goes along with the nearest block, if that is no farther than this
ONE_ROW = 8  # blocks that a frame takes without breaking their row
FRAME_ASPECT = 3.0  # that frames with more aim at
FRAME_GAP = 56.0  # between rows of frames
LOOKED_AT = 12  # obstacles that a note is laid beside at most


@dataclass(frozen=True)
class Rect:
    """A rectangle in canvas units."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def at(self, x: float, y: float) -> Rect:
        """The same elsewhere."""
        return Rect(x, y, self.width, self.height)

    def meets(self, other: Rect, gap: float = 0.0) -> bool:
        """Whether two lie on one another or nearer than a gap."""
        return (self.x < other.right + gap and other.x < self.right + gap
                and self.y < other.bottom + gap and other.y < self.bottom + gap)  # fmt: skip

    def apart(self, other: Rect) -> float:
        """How far two are from one another, 0 where they meet."""
        dx = max(self.x - other.right, other.x - self.right, 0.0)
        dy = max(self.y - other.bottom, other.y - self.bottom, 0.0)
        return dx + dy


@dataclass(frozen=True)
class Tidied:
    """What a tidying makes of a drawing.

    Attributes:
        places: Of the blocks that were laid out.
        marks: The frames and notes that change, as they become.
    """

    places: Mapping[str, Place]
    marks: tuple[Mark, ...]


def tidy(
    graph: Graph, part: Graph | None = None, heights: Mapping[str, float] | None = None, corner: Place | None = None
) -> Tidied:
    """Lay a drawing out with its frames and notes.

    Args:
        graph: The drawing.
        part: Those of its blocks that are laid out; None: all.
        heights: Heights of blocks that are taller than usual.
        corner: Where the upper left of the blocks goes, if none is pinned.
    """
    part = part or graph
    spacing, heights = Spacing(), heights or {}
    tree = _Tree(graph, part, spacing, heights)
    places = tree.laid() if tree.whole else layout.tidy(part, spacing, heights)
    if corner is not None and not any(node.pinned for node in part):
        places = {id_: (x + corner[0], y + corner[1]) for id_, (x, y) in places.items()}
    before = {node.id: (node.x, node.y) for node in graph}
    after = {**before, **places}
    moved = {id_ for id_ in places if places[id_] != before[id_]}
    frames = {id_: tree.around(id_, after) for id_, held in tree.held.items() if id_ in tree.whole or held & moved}
    old = {id_: tree.block(id_, before) for id_ in graph.nodes}
    new = {id_: tree.block(id_, after) for id_ in graph.nodes}
    still = [_rect(graph.marks[id_]) for id_ in tree.held if id_ not in frames]
    notes = [mark for mark in graph.marks.values() if mark.id not in tree.held]
    laid = [*(new[id_] for id_ in places), *frames.values()]
    rects = frames | _notes(notes, old, new, laid, [*new.values(), *frames.values(), *still])
    changed = (_as(mark, rects[mark.id]) for mark in graph.marks.values() if mark.id in rects)
    return Tidied(places, tuple(mark for mark in changed if mark != graph.marks[mark.id]))


def _rect(mark: Mark) -> Rect:
    return Rect(mark.x, mark.y, mark.width, mark.height)


def _as(mark: Mark, rect: Rect) -> Mark:
    return replace(mark, x=rect.x, y=rect.y, width=rect.width, height=rect.height)


def _around(rects: Sequence[Rect]) -> Rect:
    """The smallest that holds others."""
    x, y = min(rect.x for rect in rects), min(rect.y for rect in rects)
    return Rect(x, y, max(rect.right for rect in rects) - x, max(rect.bottom for rect in rects) - y)


class _Tree:
    """Frames, what stands in each, and which stands in which.

    Attributes:
        held: Ids of the blocks in each frame that has some, those in frames within it too.
        whole: Frames whose blocks are all laid out.
    """

    def __init__(self, graph: Graph, part: Graph, spacing: Spacing, heights: Mapping[str, float]) -> None:
        self._part, self._spacing, self._heights = part, spacing, heights
        found = {mark.id: {node.id for node in graph if self._stands(node.id, (node.x, node.y), mark)}
                 for mark in graph.marks.values() if mark.kind == "frame"}  # fmt: skip
        size = {id_: (len(held), graph.marks[id_].width * graph.marks[id_].height) for id_, held in found.items()}
        frames = sorted((id_ for id_, held in found.items() if held), key=lambda id_: size[id_])
        parent = {one: next((other for other in frames[index + 1 :] if found[one] <= found[other]), "")
                  for index, one in enumerate(frames)}  # fmt: skip
        self.paths: dict[str, tuple[str, ...]] = {}  # of a block: the frames around it, the outermost first
        self.held: dict[str, set[str]] = {}
        for node in graph:
            frame, path = next((id_ for id_ in frames if node.id in found[id_]), ""), []
            while frame:
                path.append(frame)
                self.held.setdefault(frame, set()).add(node.id)
                frame = parent[frame]
            self.paths[node.id] = tuple(reversed(path))
        self.whole = {id_ for id_, held in self.held.items() if held <= part.nodes.keys()}
        self._order = list(dict.fromkeys([*part.order(), *part.nodes]))
        self._inner = {id_: tuple(frame for frame in path if frame in self.whole) for id_, path in self.paths.items()}

    def _stands(self, block: str, place: Place, mark: Mark) -> bool:
        x, y = place[0] + self._spacing.width / 2, place[1] + self._heights.get(block, self._spacing.height) / 2
        return mark.x <= x <= mark.x + mark.width and mark.y <= y <= mark.y + mark.height

    def block(self, block: str, places: Mapping[str, Place]) -> Rect:
        """Where a block lies."""
        return Rect(*places[block], self._spacing.width, self._heights.get(block, self._spacing.height))

    def around(self, frame: str, places: Mapping[str, Place]) -> Rect:
        """A frame as it fits what stands in it, with its title above."""
        rects: dict[str, Rect] = {}
        for id_ in self.held[frame]:
            path = self.paths[id_]
            inner = path[path.index(frame) + 1 :][:1]
            if not inner:
                rects[id_] = self.block(id_, places)
            elif inner[0] not in rects:
                rects[inner[0]] = self.around(inner[0], places)
        inside = _around(list(rects.values()))
        return Rect(inside.x - SIDE, inside.y - SIDE - BAND, inside.width + 2 * SIDE, inside.height + 2 * SIDE + BAND)

    def laid(self) -> dict[str, Place]:
        """Places of all blocks; pinned ones stay."""
        groups = self._level(self._order, 0, self._spacing)
        pinned = {node.id: (node.x, node.y) for node in self._part if node.pinned}
        return self._by_pins(groups, pinned) if pinned else {id_: at for group in groups for id_, at in group.items()}

    def _level(self, ids: Sequence[str], depth: int, spacing: Spacing) -> list[dict[str, Place]]:
        """Places of blocks that stand in the same frame: one mapping for each unit in it, all from (0, 0)."""
        units: dict[str, list[str]] = {}
        unit_of: dict[str, str] = {}
        for id_ in ids:
            path = self._inner[id_]
            unit_of[id_] = f"frame {path[depth]}" if len(path) > depth else id_
            units.setdefault(unit_of[id_], []).append(id_)
        inner: dict[str, dict[str, Place]] = {}
        boxes: dict[str, Box] = {}
        for unit, members in units.items():
            if unit == members[0]:
                inner[unit] = {unit: (0.0, 0.0)}
                boxes[unit] = Box(spacing.width, self._heights.get(unit, spacing.height))
                continue
            within = replace(self._spacing, aspect=FRAME_ASPECT if len(members) > ONE_ROW else 0.0)
            inner[unit] = {id_: at for group in self._level(members, depth + 1, within) for id_, at in group.items()}
            rect = self.around(self._inner[members[0]][depth], inner[unit])
            boxes[unit] = Box(rect.width, rect.height, -rect.x, -rect.y)
        links, loose = self._links(unit_of)
        framed = any(box.above for box in boxes.values())
        gaps = replace(spacing, row_gap=FRAME_GAP) if framed else spacing
        anchors = layout.lay(_sorted(list(units), links), links, boxes, gaps, loose=loose)
        groups = [{id_: (x + anchors[unit][0], y + anchors[unit][1]) for id_, (x, y) in inner[unit].items()}
                  for unit in units]  # fmt: skip
        left = min(x for group in groups for x, _ in group.values())
        top = min(y for group in groups for _, y in group.values())
        return [{id_: (x - left, y - top) for id_, (x, y) in group.items()} for group in groups]

    def _links(self, unit_of: Mapping[str, str]) -> tuple[list[tuple[str, str]], set[str]]:
        """Wires between units, and the units that no wire leaves or enters."""
        links, loose = [], set(unit_of.values())
        for wire in self._part.wires.values():
            source, target = unit_of.get(wire.source.block), unit_of.get(wire.target.block)
            if source != target:
                loose -= {source, target} - {None}
            if source is not None and target is not None and source != target:
                links.append((source, target))
        return links, loose

    def _by_pins(self, groups: list[dict[str, Place]], pinned: Mapping[str, Place]) -> dict[str, Place]:
        """Places with some blocks held where they are: what holds one goes by it, the rest goes along, around these."""
        laid = {id_: at for group in groups for id_, at in group.items()}
        dx = median(x - laid[id_][0] for id_, (x, _) in pinned.items())
        dy = median(y - laid[id_][1] for id_, (_, y) in pinned.items())
        out: dict[str, Place] = {}
        taken: list[Rect] = []
        rest = []
        for group in groups:
            own = {id_: at for id_, at in pinned.items() if id_ in group}
            if own:
                out |= layout.around(own, group, self._spacing, self._heights)
                taken.append(self._outline(group, out))
            else:
                rest.append({id_: (x + dx, y + dy) for id_, (x, y) in group.items()})
        gap, waiting = self._spacing.gap_y, []
        held = list(taken)
        for group in rest:
            rect = self._outline(group, group)
            if any(rect.meets(other, gap) for other in held):
                waiting.append((group, rect))
            else:
                out |= group
                taken.append(rect)
        for group, rect in waiting:
            level = min(_levels(rect, taken, gap), key=lambda y: abs(y - rect.y))
            out |= {id_: (x, y + level - rect.y) for id_, (x, y) in group.items()}
            taken.append(rect.at(rect.x, level))
        return {id_: out[id_] for id_ in laid}

    def _outline(self, group: Collection[str], places: Mapping[str, Place]) -> Rect:
        """Where a block lies, or the frame around a group."""
        first = next(iter(group))
        path = self._inner[first]
        return self.around(path[0], places) if path else self.block(first, places)


def _sorted(units: list[str], links: Iterable[tuple[str, str]]) -> list[str]:
    """Units so that what feeds comes before what it feeds; where they feed each other in a circle, the one given first."""
    feeds: dict[str, set[str]] = {unit: set() for unit in units}
    waits = dict.fromkeys(units, 0)
    for source, target in links:
        if target not in feeds[source]:
            feeds[source].add(target)
            waits[target] += 1
    rank = {unit: index for index, unit in enumerate(units)}
    out: list[str] = []
    left = dict.fromkeys(units)
    ready = [unit for unit in reversed(units) if not waits[unit]]
    while left:
        unit = ready.pop() if ready else next(iter(left))
        if unit not in left:
            continue
        del left[unit]
        out.append(unit)
        for target in feeds[unit]:
            waits[target] -= 1
        ready += [
            one
            for one in sorted(feeds[unit], key=lambda unit: rank[unit], reverse=True)
            if not waits[one] and one in left
        ]
    return out


def _levels(rect: Rect, taken: Iterable[Rect], gap: float) -> tuple[float, float]:
    """The nearest free levels above and below, at the same x."""
    column = [other for other in taken if rect.x < other.right and other.x < rect.right]
    high = low = rect.y
    for other in sorted(column, key=lambda other: other.y):
        if rect.at(rect.x, high).meets(other, gap):
            high = other.bottom + gap
    for other in sorted(column, key=lambda other: -other.bottom):
        if rect.at(rect.x, low).meets(other, gap):
            low = other.y - gap - rect.height
    return low, high


# --- notes --------------------------------------------------------------------------------------------------------------


def _notes(
    notes: Sequence[Mark], old: Mapping[str, Rect], new: Mapping[str, Rect], laid: Sequence[Rect], all_: Sequence[Rect]
) -> dict[str, Rect]:
    """Notes (and frames without a block) where they can be read: each goes along with its nearest block, then off what it covers.

    Args:
        notes: Which.
        old: Where blocks lay.
        new: Where they lie.
        laid: Blocks and frames that were laid out.
        all_: Everything that a note must not lie on.
    """
    out: dict[str, Rect] = {}
    covered = []
    for note in notes:
        rect = _rect(note)
        near = min(old, key=lambda id_: rect.apart(old[id_]), default=None)
        if near is not None and rect.apart(old[near]) <= NEAR:
            rect = rect.at(rect.x + new[near].x - old[near].x, rect.y + new[near].y - old[near].y)
        if any(rect.meets(other) for other in laid):
            covered.append((note.id, rect))
        else:
            out[note.id] = rect
    for id_, rect in covered:
        out[id_] = _free(rect, [*all_, *out.values()])
    return out


def _free(rect: Rect, taken: Sequence[Rect]) -> Rect:
    """The nearest place, or one not far from it, that nothing lies on."""
    around = sorted(taken, key=rect.apart)[:LOOKED_AT]
    xs = [rect.x, *(x for other in around for x in (other.right + CLEAR, other.x - CLEAR - rect.width))]
    ys = [rect.y, *(y for other in around for y in (other.bottom + CLEAR, other.y - CLEAR - rect.height))]
    spots = [rect.at(x, y) for x in xs for y in ys]
    reach = _around(spots)
    beside = [other for other in taken if other.meets(reach)]
    free = [spot for spot in spots if not any(spot.meets(other) for other in beside)]
    free += [rect.at(rect.x, y) for y in _levels(rect, taken, CLEAR)]
    return min(free, key=lambda spot: abs(spot.x - rect.x) + abs(spot.y - rect.y))
