"""Random actions on the canvas: the picture stays equal to the document, and undo leads back to where it began."""

from __future__ import annotations

import random
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from engine.graph import store
from gui.canvas import Canvas
from gui.document import Document

NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
PLAIN = (Qt.Key.Key_Delete, Qt.Key.Key_F, Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_Escape)
WITH_CTRL = (Qt.Key.Key_D, Qt.Key.Key_C, Qt.Key.Key_V, Qt.Key.Key_X, Qt.Key.Key_A, Qt.Key.Key_L)
ACTIONS = 150
MOST = 40  # blocks; more only make it slower


class Monkey:
    """Draws actions from a seed and carries them out with real events."""

    def __init__(self, canvas: Canvas, mouse: Any, qtbot: QtBot, seed: int) -> None:
        self.canvas, self.mouse, self.qtbot = canvas, mouse, qtbot
        self.draw = random.Random(seed)

    def place(self) -> QPoint:
        """A port, a block, or anywhere."""
        nodes = list(self.canvas.canvas.nodes.values())
        if nodes and self.draw.random() < 0.7:
            item = self.draw.choice(nodes)
            if item.outputs and self.draw.random() < 0.5:
                return self.canvas.mapFromScene(item.port_place(item.outputs[0].name, is_input=False))
            return self.canvas.mapFromScene(item.pos() + QPointF(self.draw.uniform(0, 150), self.draw.uniform(0, 70)))
        rect = self.canvas.viewport().rect()
        return QPoint(self.draw.randint(0, rect.width()), self.draw.randint(0, rect.height()))

    def act(self) -> None:
        """One action."""
        stack = self.canvas.document.stack
        match self.draw.randint(0, 9):
            case 0 | 1 | 2:
                one, two, keys = self.place(), self.place(), self.draw.choice((NONE, NONE, NONE, SHIFT, ALT))
                self.mouse.press(one, keys)
                self.mouse.move(one + (two - one) * 0.5, keys)
                self.mouse.move(two, keys)
                self.mouse.release(two, keys)
            case 3 | 4:
                self.qtbot.mouseClick(
                    self.canvas.viewport(), Qt.MouseButton.LeftButton, self.draw.choice((NONE, SHIFT)), self.place()
                )
            case 5:
                self.qtbot.keyClick(self.canvas, self.draw.choice(PLAIN), self.draw.choice((NONE, NONE, ALT)))
            case 6:
                self.qtbot.keyClick(self.canvas, self.draw.choice(WITH_CTRL), CTRL)
            case 7:
                self.canvas.quick_add(self.place())
                self.qtbot.keyClicks(self.canvas.box.field, self.draw.choice(("conv", "relu", "add", "input", "zz")))
                self.qtbot.keyClick(self.canvas.box.field, Qt.Key.Key_Return)
                self.canvas.box.close_box()
            case _:
                (stack.undo if self.draw.random() < 0.6 else stack.redo)()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_actions_leave_picture_and_document_equal_and_can_all_be_undone(
    document: Document, canvas: Canvas, mouse: Any, qtbot: QtBot, seed: int
) -> None:
    begun = store.dumps(document.graph)
    monkey = Monkey(canvas, mouse, qtbot, seed)
    for _ in range(ACTIONS):
        if len(document.graph) > MOST:
            document.select(list(document.graph.nodes)[5:])
            qtbot.keyClick(canvas, Qt.Key.Key_Delete)
        monkey.act()
        scene = canvas.canvas
        assert set(scene.nodes) == set(document.graph.nodes)
        assert set(scene.wires) == set(document.graph.wires)
        assert all((i.x(), i.y()) == (i.node.x, i.node.y) for i in scene.nodes.values())
    while document.stack.canUndo():
        document.stack.undo()
    assert store.dumps(document.graph) == begun
