"""What is under the mouse while no button is down, and the light on it.

Not for: what a press does (`gui.canvas.press`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt

from gui.canvas.gestures import PORT_REACH, WIRE_REACH
from gui.canvas.node import NodeItem
from gui.canvas.wire import WireItem

if TYPE_CHECKING:
    from gui.canvas.view import Canvas


class Hover:
    """Lights the block, the port or the wire under the mouse."""

    def __init__(self, view: Canvas) -> None:
        self.view = view
        self.node: NodeItem | None = None
        self.wire: WireItem | None = None

    def forget(self) -> None:
        """Let go of items that the scene has no longer."""
        scene = self.view.canvas
        if self.node is not None and scene.nodes.get(self.node.node.id) is not self.node:
            self.node = None
        if self.wire is not None and scene.wires.get(self.wire.wire.target) is not self.wire:
            self.wire = None

    def move(self, at: QPoint) -> None:
        """The mouse is at a point of the viewport."""
        view, scene = self.view, self.view.canvas
        place = view.mapToScene(at)
        port = scene.port_at(place, PORT_REACH / view.zoom) if scene.inks.level else None
        item = port[0] if port is not None else scene.node_at(place)
        hot = (port[1], port[2]) if port is not None else None
        if self.node is not None and self.node is not item:
            self.node.hovered, self.node.hot = False, None
            self.node.update()
        if item is not None and (not item.hovered or item.hot != hot):
            item.hovered, item.hot = True, hot
            item.update()
        self.node = item
        wire = scene.wire_at(place, WIRE_REACH / view.zoom) if item is None else None
        if wire is not self.wire:
            for one in (self.wire, wire):
                if one is not None:
                    one.hovered = one is wire
                    one.restyle()
            self.wire = wire
        view.viewport().setCursor(Qt.CursorShape.CrossCursor if hot is not None else Qt.CursorShape.ArrowCursor)
