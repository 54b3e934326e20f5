"""Align and distribute: from rectangles to the places that bring them into line.

Pure functions on numbers. Not for: which blocks are meant nor for moving them (`gui.canvas.moving`). No Qt.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

Side = Literal["left", "centre", "right", "top", "middle", "bottom"]
Axis = Literal["x", "y"]
Places = dict[str, tuple[float, float]]


class Box(NamedTuple):
    """A block's card, in canvas units."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.height


def aligned(boxes: Mapping[str, Box], side: Side) -> Places:
    """New places of the boxes that have to move, so that one edge or the middle of all is level with that of the group."""
    if not boxes:
        return {}
    all_ = boxes.values()
    left, right = min(box.x for box in all_), max(box.right for box in all_)
    top, bottom = min(box.y for box in all_), max(box.bottom for box in all_)
    places: Places = {}
    for id_, box in boxes.items():
        match side:
            case "left":
                place = (left, box.y)
            case "centre":
                place = ((left + right - box.width) / 2, box.y)
            case "right":
                place = (right - box.width, box.y)
            case "top":
                place = (box.x, top)
            case "middle":
                place = (box.x, (top + bottom - box.height) / 2)
            case "bottom":
                place = (box.x, bottom - box.height)
        if place != (box.x, box.y):
            places[id_] = place
    return places


def distributed(boxes: Mapping[str, Box], axis: Axis) -> Places:
    """New places of the boxes that have to move, so that the gaps between neighbours are equal; the outermost stay.

    Where the boxes need more room than there is between the outermost, they overlap equally.
    """
    if len(boxes) < 3:
        return {}
    at, size = (0, 2) if axis == "x" else (1, 3)
    order = sorted(boxes, key=lambda id_: (boxes[id_][at], boxes[id_][1 - at]))
    first, last = boxes[order[0]], boxes[order[-1]]
    room = last[at] + last[size] - first[at] - sum(boxes[id_][size] for id_ in order)
    gap = room / (len(order) - 1)
    places: Places = {}
    here = first[at]
    for id_ in order:
        box = boxes[id_]
        place = (here, box.y) if axis == "x" else (box.x, here)
        if abs(place[at] - box[at]) > 1e-6 and id_ != order[-1]:
            places[id_] = place
        here += box[size] + gap
    return places
