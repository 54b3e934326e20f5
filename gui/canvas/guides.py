"""Guides: how far a dragged block has to go so that it lines up with its neighbours, and the lines that say so.

Edges, middles and ports line up with those of the blocks that are seen; gaps become equal to gaps beside them. Sorted once a drag,
searched by halving at every move. Not for: the grid (`gui.canvas.edits`) nor painting (`gui.canvas.marks`). No Qt.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nlargest, nsmallest
from typing import NamedTuple

from gui.canvas.arrange import Box

SAME = 0.01  # canvas units; less apart is level
BAND = 256.0  # canvas units; a block lies in one band or two


class Line(NamedTuple):
    """A guide line; `gap` for one that measures a gap."""

    x1: float
    y1: float
    x2: float
    y2: float
    gap: bool = False


class Thing(NamedTuple):
    """A block as guides see it: its card and the levels of its ports, in canvas units."""

    box: Box
    ports: tuple[float, ...] = ()


@dataclass(frozen=True)
class Snap:
    """Where a dragged block goes.

    Attributes:
        dx, dy: How far it is from lining up, None where nothing is near.
        lines: What it lines up with there.
    """

    dx: float | None
    dy: float | None
    lines: tuple[Line, ...] = ()


# What lines up on an axis, the line that is preferred first: middles say more than edges, and wires run through ports.
_KINDS = {"x": ("centre", "left", "right"), "y": ("port", "middle", "top", "bottom")}


def _values(thing: Thing, kind: str) -> tuple[float, ...]:
    box = thing.box
    match kind:
        case "left":
            return (box.x,)
        case "right":
            return (box.right,)
        case "centre":
            return (box.x + box.width / 2,)
        case "top":
            return (box.y,)
        case "bottom":
            return (box.bottom,)
        case "middle":
            return (box.y + box.height / 2,)
        case _:
            return thing.ports


class Guides:
    """The blocks that a drag can line up with.

    Args:
        things: Those that are seen and stay where they are.
        gaps: Whether gaps are looked at; beside a crowd that is dragged there are too many to mean anything.
    """

    def __init__(self, things: Iterable[Thing], *, gaps: bool = True) -> None:
        self._things = tuple(things)
        self._boxes = [thing.box for thing in self._things]
        kinds = (*_KINDS["x"], *_KINDS["y"])
        self._levels = {
            kind: sorted((value, index) for index, thing in enumerate(self._things) for value in _values(thing, kind))
            for kind in kinds
        }
        # Boxes by the bands that they lie in, across the axis; for gaps between rows they are turned.
        self._bands: dict[str, dict[int, list[Box]]] = {"x": {}, "y": {}}
        for box in self._boxes if gaps else ():
            for axis, flat in (("x", box), ("y", _turned(box))):
                for band in _bands(flat):
                    self._bands[axis].setdefault(band, []).append(flat)

    def snap(self, thing: Thing, reach: float) -> Snap:
        """What a block at this place is near to, at most `reach` away."""
        deltas = {axis: self._nearest(thing, axis, reach) for axis in ("x", "y")}
        dx, dy = deltas["x"], deltas["y"]
        there = _shifted(thing, dx or 0.0, dy or 0.0)
        lines: list[Line] = []
        for axis, delta in deltas.items():
            if delta is not None:
                lines += self._aligned(there, axis)
                lines += [line for at, found in self._gaps(there.box, axis) if abs(at) < SAME for line in found]
        return Snap(dx, dy, tuple(lines))

    def _nearest(self, thing: Thing, axis: str, reach: float) -> float | None:
        best: float | None = None
        for kind in _KINDS[axis]:
            levels = self._levels[kind]
            for value in _values(thing, kind):
                at = bisect_left(levels, (value, -1))
                for near in levels[max(0, at - 1) : at + 1]:
                    delta = near[0] - value
                    if abs(delta) <= reach and (best is None or abs(delta) < abs(best) - SAME):
                        best = delta
        for delta, _lines in self._gaps(thing.box, axis):
            if abs(delta) <= reach and (best is None or abs(delta) < abs(best) - SAME):
                best = delta
        return best

    def _aligned(self, thing: Thing, axis: str) -> list[Line]:
        """The line through everything that is level with the block, of the first kind that is."""
        for kind in _KINDS[axis]:
            for value in _values(thing, kind):
                levels = self._levels[kind]
                found = []
                for level, index in levels[bisect_left(levels, (value - SAME, -1)) :]:
                    if level > value + SAME:
                        break
                    found.append(self._boxes[index])
                if found:
                    return [_through(value, [thing.box, *found], axis)]
        return []

    def _gaps(self, box: Box, axis: str) -> list[tuple[float, list[Line]]]:
        """Ways to make gaps equal: (how far to go, lines over the gaps)."""
        flat = box if axis == "x" else _turned(box)
        beside = {one for band in _bands(flat) for one in self._bands[axis].get(band, ())}
        middle, low, high = flat.x + flat.width / 2, flat.y, flat.bottom
        row = [one for one in beside if one.y < high and low < one.bottom]
        before = nlargest(2, (one for one in row if one.x + one.width / 2 < middle), key=lambda one: one.right)
        after = nsmallest(2, (one for one in row if one.x + one.width / 2 > middle), key=lambda one: one.x)
        level = flat.y + flat.height / 2
        ways: list[tuple[float, list[tuple[float, float]]]] = []
        if before and after and after[0].x - before[0].right > flat.width:
            gap = (after[0].x - before[0].right - flat.width) / 2
            at = before[0].right + gap
            ways.append((at - flat.x, [(before[0].right, at), (at + flat.width, after[0].x)]))
        if len(before) > 1 and (gap := before[0].x - before[1].right) > 0:
            at = before[0].right + gap
            ways.append((at - flat.x, [(before[1].right, before[0].x), (before[0].right, at)]))
        if len(after) > 1 and (gap := after[1].x - after[0].right) > 0:
            at = after[0].x - gap - flat.width
            ways.append((at - flat.x, [(at + flat.width, after[0].x), (after[0].right, after[1].x)]))
        return [(delta, [_gap_line(span, level, axis) for span in spans]) for delta, spans in ways]


def _bands(flat: Box) -> range:
    return range(math.floor(flat.y / BAND), math.floor(flat.bottom / BAND) + 1)


def _turned(box: Box) -> Box:
    return Box(box.y, box.x, box.height, box.width)


def _shifted(thing: Thing, dx: float, dy: float) -> Thing:
    box = thing.box
    return Thing(Box(box.x + dx, box.y + dy, box.width, box.height), tuple(port + dy for port in thing.ports))


def _gap_line(span: tuple[float, float], level: float, axis: str) -> Line:
    if axis == "x":
        return Line(span[0], level, span[1], level, gap=True)
    return Line(level, span[0], level, span[1], gap=True)


def _through(value: float, boxes: Sequence[Box], axis: str) -> Line:
    if axis == "x":
        return Line(value, min(box.y for box in boxes), value, max(box.bottom for box in boxes))
    return Line(min(box.x for box in boxes), value, max(box.right for box in boxes), value)
