"""Sizes of blocks, places of ports and the course of wires, in canvas units.

Not for: colours and painting (`gui.canvas.inks`, `gui.canvas.node`).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

if TYPE_CHECKING:
    from PySide6.QtWidgets import QGraphicsItem

WIDTH = 160.0
HEIGHT = 80.0
HEADER = 28.0
PORT_PITCH = 20.0  # between neighbouring ports of one side
PORT_RADIUS = 4.5
STUB = 22.0  # how far a wire leaves a port before it turns
CORNER = 14.0  # radius of a wire's turns
CLEARANCE = 22.0  # between a wire that goes around blocks and those blocks
SAMPLES = 24  # points of a wire's course that a click is measured against


def put(item: QGraphicsItem, x: float, y: float) -> None:
    """Set an item's place exactly: Qt leaves it where it is when it goes less than a trillionth of its place."""
    item.setPos(x, y)
    if item.x() != x or item.y() != y:
        item.setPos(x + 1, y + 1)
        item.setPos(x, y)


def height_of(ports: int) -> float:
    """A block's height: more than two ports on one side make it taller."""
    return max(HEIGHT, port_y(ports - 1) + PORT_PITCH)


def port_y(index: int) -> float:
    """Where a port stands below the block's upper edge: the first ones of all blocks are level, so that chains are straight."""
    return HEIGHT / 2 + index * PORT_PITCH


def course(
    start: QPointF, end: QPointF, over: float | None = None, via: Sequence[QPointF] = ()
) -> tuple[QPainterPath, QPointF]:
    """The path of a wire and where its label stands.

    Args:
        start: The output port.
        end: The input port.
        over: Level that the wire passes over blocks in its way at; None: straight on.
        via: Points that it is led through; then it passes over nothing by itself.
    """
    if via and any(there.x() < here.x() for here, there in pairwise((start, *via, end))):
        return angled(start, end, via)
    if via:
        path = led(start, end, via)
        return path, path.pointAtPercent(0.5)
    dx, dy = end.x() - start.x(), end.y() - start.y()
    if over is not None and dx > 3 * STUB:
        points = [start, QPointF(start.x() + STUB, start.y()), QPointF(start.x() + STUB, over),
                  QPointF(end.x() - STUB, over), QPointF(end.x() - STUB, end.y()), end]  # fmt: skip
        return rounded(points), QPointF((start.x() + end.x()) / 2, over)
    if dx >= STUB or (dx > 0 and abs(dy) < dx):
        path = QPainterPath(start)
        reach = max(min(dx * 0.5, 140.0), min(abs(dy) * 0.25, 60.0))
        path.cubicTo(start.x() + reach, start.y(), end.x() - reach, end.y(), end.x(), end.y())
        return path, QPointF((start.x() + end.x()) / 2, (start.y() + end.y()) / 2)
    level = start.y() + dy / 2 if abs(dy) > HEIGHT + CLEARANCE else max(start.y(), end.y()) + HEIGHT / 2 + CLEARANCE
    points = [start, QPointF(start.x() + STUB, start.y()), QPointF(start.x() + STUB, level),
              QPointF(end.x() - STUB, level), QPointF(end.x() - STUB, end.y()), end]  # fmt: skip
    return rounded(points), QPointF((start.x() + end.x()) / 2, level)


def led(start: QPointF, end: QPointF, via: Sequence[QPointF]) -> QPainterPath:
    """A smooth line through points, level at both ends; at a point it runs the way its neighbours lie (Catmull and Rom 1974)."""
    points = [start, *via, end]
    path = QPainterPath(start)
    for index, (here, there) in enumerate(pairwise(points)):
        reach = math.hypot(there.x() - here.x(), there.y() - here.y()) / 3
        level = QPointF(min(max(reach, STUB), 140.0), 0)
        one = level if index == 0 else _along(points[index - 1], there, reach)
        two = level if index == len(points) - 2 else _along(here, points[index + 2], reach)
        path.cubicTo(here + one, there - two, there)
    return path


def angled(start: QPointF, end: QPointF, via: Sequence[QPointF]) -> tuple[QPainterPath, QPointF]:
    """A line of level and upright stretches through points, and the middle of its longest level one.

    It leaves and enters ports as any wire that goes backwards does, and turns round at a point only where it must.
    """
    first, last = QPointF(start.x() + STUB, start.y()), QPointF(end.x() - STUB, end.y())
    stops = [first, *via, last]
    line, held = [start, first], set()
    heading = QPointF(1, 0)
    for here, there in pairwise(stops):
        dx, dy = there.x() - here.x(), there.y() - here.y()
        if there is last and dx < 0:
            level = True  # to come from above or below, not through the block
        elif heading.x():
            level = dx * heading.x() > 0
        else:
            level = dy * heading.y() <= 0
        if dx and dy:
            line.append(QPointF(there.x(), here.y()) if level else QPointF(here.x(), there.y()))
        if dx or dy:
            upright = bool(dy) and (level or not dx)
            heading = QPointF(0, math.copysign(1, dy)) if upright else QPointF(math.copysign(1, dx), 0)
        if there is not last:
            held.add(len(line))
        line.append(there)
    line.append(end)
    flat = [(one, two) for one, two in pairwise(line) if one.y() == two.y()]
    one, two = max(flat, key=lambda pair: abs(pair[1].x() - pair[0].x()))
    return rounded(line, held), (one + two) / 2


def _along(before: QPointF, after: QPointF, length: float) -> QPointF:
    way = after - before
    whole = math.hypot(way.x(), way.y())
    return way * (length / whole) if whole else QPointF()


def rounded(points: Sequence[QPointF], held: Collection[int] = ()) -> QPainterPath:
    """A line through points with round corners; those whose numbers are in `held` are kept to."""
    path = QPainterPath(points[0])
    for index in range(1, len(points) - 1):
        here = points[index]
        if index in held:
            path.lineTo(here)
            continue
        one, two = _towards(here, points[index - 1]), _towards(here, points[index + 1])
        path.lineTo(one)
        path.quadTo(here, two)
    path.lineTo(points[-1])
    return path


def _towards(here: QPointF, there: QPointF) -> QPointF:
    length = math.hypot(there.x() - here.x(), there.y() - here.y())
    share = min(CORNER, length / 2) / length if length else 0.0
    return here + (there - here) * share


def samples(path: QPainterPath) -> list[QPointF]:
    """Points along a path."""
    return [path.pointAtPercent(index / SAMPLES) for index in range(SAMPLES + 1)]


def distance(point: QPointF, line: Sequence[QPointF]) -> float:
    """How far a point is from a line through points."""
    best = math.inf
    for a, b in pairwise(line):
        ab, ap = b - a, point - a
        square = QPointF.dotProduct(ab, ab)
        share = max(0.0, min(1.0, QPointF.dotProduct(ap, ab) / square)) if square else 0.0
        away = ap - ab * share
        best = min(best, math.hypot(away.x(), away.y()))
    return best
