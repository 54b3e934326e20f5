"""A canvas on a small chain, and a mouse on it."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.graph.model import AddBlock, Batch, Connect, End, Graph, Node, Wire
from engine.project import Project
from gui import theme
from gui.canvas import Canvas
from gui.canvas.node import NodeItem
from gui.canvas.zoom import MANY
from gui.document import Document

LARGE_ACROSS, LARGE_DOWN = 16, 10  # blocks
CHAIN = (
    ("b1", "image_input", "image", {"channels": 1, "height": 28, "width": 28}),
    ("b2", "conv2d", "conv1", {"out_channels": 6, "kernel_size": 5}),
    ("b3", "relu", "relu1", {}),
    ("b4", "flatten", "flatten1", {}),
    ("b5", "linear", "fc1", {"out_features": 10}),
    ("b6", "output", "output", {}),
)


def chain(graph: Graph) -> None:
    """image -> conv1 -> relu1 -> flatten1 -> fc1 -> output, 256 units apart."""
    for index, (id_, kind, name, settings) in enumerate(CHAIN):
        graph.apply(AddBlock(Node(id_, kind, name, settings, index * 256.0, 0.0)))
    for one, two in itertools.pairwise(CHAIN):
        graph.apply(Connect(Wire(End(one[0], "y"), End(two[0], "x"))))


@pytest.fixture
def document() -> Document:
    project = Project()
    chain(project.graph)
    return Document(project)


@pytest.fixture(autouse=True)
def light(qapp: QApplication) -> None:
    """The shipped font, so that texts are as wide everywhere."""
    if theme.current().name != "light" or qapp.font().family() != theme.FAMILY:
        theme.apply(qapp, "light")


class Mouse:
    """Real mouse events on the viewport, at places of the scene."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas

    def _send(self, kind: QEvent.Type, at: QPoint, button: Qt.MouseButton, buttons: Qt.MouseButton,
              keys: Qt.KeyboardModifier) -> None:  # fmt: skip
        viewport = self.canvas.viewport()
        place = QPointF(at)
        event = QMouseEvent(kind, place, QPointF(viewport.mapToGlobal(at)), button, buttons, keys)
        QApplication.sendEvent(viewport, event)

    def at(self, x: float, y: float) -> QPoint:
        return self.canvas.mapFromScene(QPointF(x, y))

    def press(self, at: QPoint, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
              button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:  # fmt: skip
        self._send(QEvent.Type.MouseButtonPress, at, button, button, keys)

    def move(self, at: QPoint, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
             button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:  # fmt: skip
        self._send(QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton, button, keys)

    def release(self, at: QPoint, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
                button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:  # fmt: skip
        self._send(QEvent.Type.MouseButtonRelease, at, button, Qt.MouseButton.NoButton, keys)

    def click(self, x: float, y: float, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.press(self.at(x, y), keys)
        self.release(self.at(x, y), keys)

    def drag(self, start: tuple[float, float], end: tuple[float, float],
             keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
             button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:  # fmt: skip
        self.press(self.at(*start), keys, button)
        one, two = self.at(*start), self.at(*end)
        for share in (0.3, 0.7, 1.0):
            self.move(one + (two - one) * share, keys, button)
        self.release(two, keys, button)

    def double(self, x: float, y: float) -> None:
        self.click(x, y)
        at = self.at(x, y)
        self._send(
            QEvent.Type.MouseButtonDblClick, at, Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        self.release(at)


@pytest.fixture
def show(qtbot: QtBot) -> Callable[[Document], Canvas]:
    def shown(document: Document) -> Canvas:
        canvas = Canvas(document)
        qtbot.addWidget(canvas)
        canvas.resize(1000, 600)
        with qtbot.waitExposed(canvas):
            canvas.show()
        canvas.activateWindow()
        qtbot.waitUntil(lambda: not canvas._fit_pending)
        canvas.set_zoom(0.6)
        canvas.centerOn(700, 40)
        canvas.setFocus()
        return canvas

    return shown


@pytest.fixture
def large() -> Document:
    """An image and 159 ReLUs in rows, each wired to the next."""
    project = Project()
    places = [
        (f"b{y * LARGE_ACROSS + x}", x * 256.0, y * 160.0) for y in range(LARGE_DOWN) for x in range(LARGE_ACROSS)
    ]
    blocks = [AddBlock(Node(id_, "relu", f"relu_{id_}", {}, x, y)) for id_, x, y in places]
    blocks[0] = AddBlock(Node("b0", "image_input", "image", {"channels": 3, "height": 8, "width": 8}))
    project.graph.apply(Batch(tuple(blocks)))
    wires = [Wire(End(one[0], "y"), End(two[0], "x")) for one, two in itertools.pairwise(places)]
    project.graph.apply(Batch(tuple(Connect(wire) for wire in wires)))
    assert len(places) >= MANY
    return Document(project)


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each block's item has painted itself."""
    counts: Counter[str] = Counter()
    paint = NodeItem.paint

    def counting(self: NodeItem, *args: object) -> None:
        counts[self.node.id] += 1
        paint(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(NodeItem, "paint", counting)
    return counts


@pytest.fixture
def canvas(document: Document, show: Callable[[Document], Canvas]) -> Canvas:
    return show(document)


@pytest.fixture
def mouse(canvas: Canvas) -> Mouse:
    return Mouse(canvas)
