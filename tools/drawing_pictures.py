"""Pictures of what the canvas can do: large, broken, found, aligned, compared; taken for `tools/screenshots.py`.

Not for: the places of a training and the size of pictures, which `tools/screenshots.py` knows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from engine.graph.model import (
    AddBlock,
    Batch,
    Configure,
    Connect,
    Edit,
    End,
    Graph,
    Mark,
    Node,
    RemoveBlock,
    SetMark,
    SetSection,
    Wire,
)
from engine.project import Project, open_project
from gui.app import build
from gui.background import open_jobs
from gui.dialogs.diff import DiffDialog
from gui.dialogs.figure import FigureDialog
from gui.window import Window

if TYPE_CHECKING:
    from tools.screenshots import Camera

Live = Callable[[int], None]  # lets the window live for so many milliseconds


def broken() -> Graph:
    """A drawing with five faults of five kinds, each in a branch of its own."""
    blocks = (
        Node("image", "image_input", "image", {}, 0, 160),
        Node("conv1", "conv2d", "conv1", {"out_channels": 16, "padding": 1}, 256, 160),
        Node("relu1", "relu", "relu1", {}, 512, 160),
        Node("conv2", "conv2d", "conv2", {"out_channels": 32, "padding": 1}, 768, 0),
        Node("add1", "add", "add1", {}, 1024, 160),
        Node("wide", "conv2d", "wide", {"out_channels": 8, "kernel_size": 31}, 768, 304),
        Node("probe", "linear", "probe", {"out_features": 10}, 768, 432),
        Node("flatten1", "flatten", "flatten1", {}, 768, 576),
        Node("fc1", "linear", "fc1", {"out_features": 100}, 1024, 576),
        Node("output", "output", "output", {}, 1280, 576),
        Node("concat1", "concat", "concat1", {}, 1024, 368),
    )
    chain = ("image conv1.x", "conv1 relu1.x", "relu1 conv2.x", "relu1 add1.x1", "conv2 add1.x2", "relu1 wide.x", "relu1 probe.x",
             "relu1 flatten1.x", "flatten1 fc1.x", "fc1 output.x")  # fmt: skip
    wires = (Wire(End(source, "y"), End(*target.split("."))) for source, target in (pair.split() for pair in chain))
    graph = Graph()
    edits: list[Edit] = [*map(AddBlock, blocks), *map(Connect, wires)]
    edits += [SetSection("about", {"title": "A broken network"}), SetSection("data", {"name": "digits"})]
    graph.apply(Batch(tuple(edits)))
    return graph


class _Mouse:
    """A mouse over a canvas, in the drawing's units."""

    def __init__(self, canvas: Any) -> None:
        self.canvas = canvas

    def at(self, x: float, y: float) -> QPoint:
        """Where a place of the drawing is seen."""
        place: QPoint = self.canvas.mapFromScene(QPointF(x, y))
        return place

    def send(self, kind: QEvent.Type, at: QPoint) -> None:
        """Press or move the left button."""
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        button = none if kind == QEvent.Type.MouseMove else left
        viewport = self.canvas.viewport()
        place, spot = QPointF(at), QPointF(viewport.mapToGlobal(at))
        QApplication.sendEvent(viewport, QMouseEvent(kind, place, spot, button, left, Qt.KeyboardModifier.NoModifier))


def take_all(camera: Camera, live: Live, settled: Callable[[Window], None]) -> None:
    """Take every picture of this page.

    Args:
        camera: Writes them.
        live: Lets the window live for some milliseconds.
        settled: Waits until a window's data are there.
    """
    _large(camera, live)
    window = _shown(Project(broken()), camera, live)
    settled(window)
    design: Any = window.parts.places["design"]
    design.resizeDocks([design.docks["problems"]], [300], Qt.Orientation.Vertical)
    live(300)
    _canvas(window).fit()
    window.document.select(["add1"])
    camera.take(window, "broken")
    window.session.close()
    window.close()
    _small(camera, live, settled)


def _large(camera: Camera, live: Live) -> None:
    """ResNet-152 from outside, from inside, in the analyser, and beside ResNet-50."""
    window = _shown(open_project("preset:resnet152"), camera, live)
    canvas = _canvas(window)
    window.document.select(["layer3"])
    camera.take(window, "resnet152")
    canvas.open_block("layer3")
    live(300)
    canvas.fit()
    window.document.select(["conv2"])
    camera.take(window, "resnet152-inside")
    window.document.leave()
    window.document.select([])
    window.actions_.made["view.dock_analyser"].trigger()
    while not window.status.meter.isVisible():  # torch is being imported
        live(100)
    live(600)
    canvas.fit()
    camera.take(window, "analyser")
    window.actions_.made["view.dock_analyser"].trigger()
    compare = DiffDialog(window.document, window)
    compare.show()
    _until_quiet(live)
    box = compare.boxes[0]
    box.setCurrentIndex(next(row for row in range(box.count()) if "ResNet-50" in box.itemText(row)))
    box.activated.emit(box.currentIndex())
    _until_quiet(live)
    camera.take(compare, "compare", resize=False)
    compare.close()
    window.session.close()
    window.close()


def _small(camera: Camera, live: Live, settled: Callable[[Window], None]) -> None:
    """LeNet-5: found, aligned, with frames and a history, and as a figure."""
    window = _shown(open_project("preset:lenet5_relu_max"), camera, live)
    settled(window)
    canvas, document = _canvas(window), window.document
    canvas.fit()
    live(200)
    canvas.finding.open()
    canvas.finding.field.setText("pool")
    canvas.finding.step(1)
    camera.take(window, "find")
    canvas.finding.close_bar()
    _history(window, live)
    camera.take(window, "history")
    window.toggle_history()
    document.select([])
    live(200)
    _guides(window, camera, live)
    figure = FigureDialog(document, window)
    figure.show()
    live(800)
    camera.take(figure, "figure", resize=False)
    figure.close()
    window.session.close()
    window.close()


def _history(window: Window, live: Live) -> None:
    """Some work, with frames and a note, and its list."""
    document = window.document
    named = document.graph.named
    document.do(Configure(named("conv1").id, {"out_channels": 12}), "Set filters of conv1")
    document.do(Configure(named("conv1").id, {"kernel_size": 3, "padding": 1}), "Set kernel size of conv1")
    note = "### Try this\n- **12 filters** instead of 6\n- then look at *Filters & maps*"
    first = named("conv1")
    document.do(
        Batch((
            SetMark(Mark("f1", "frame", "See", first.x - 12, first.y - 44, 696, 136, "Convolution")),
            SetMark(Mark("n1", "note", note, first.x + 712, first.y + 372, 224, 116, "Normalisation")),
        )),
        "Add a frame and a note",
    )  # fmt: skip
    document.do(RemoveBlock(named("relu4").id), "Delete relu4")
    document.stack.undo()
    document.select([first.id])
    window.toggle_history()
    live(300)
    _canvas(window).fit()


def _guides(window: Window, camera: Camera, live: Live) -> None:
    """A block in the hand, level with its row and with the column above."""
    canvas, node = _canvas(window), window.document.graph.named("output")
    canvas.set_zoom(0.65)
    live(200)
    mouse = _Mouse(canvas)
    mouse.send(QEvent.Type.MouseButtonPress, mouse.at(node.x + 80, node.y + 14))
    for share in (0.3, 0.7, 1.0):
        at = mouse.at(node.x + 80 + share * 258, node.y + 14 + share * 2)
        mouse.send(QEvent.Type.MouseMove, at)
        live(50)
    camera.take(window, "guides")
    mouse.send(QEvent.Type.MouseButtonRelease, at)
    window.document.stack.undo()


def _shown(project: Project, camera: Camera, live: Live) -> Window:
    window = build(project)
    window.resize(*camera.sizes[0])
    window.show()
    live(500)
    _canvas(window).fit()
    live(200)
    return window


def _canvas(window: Window) -> Any:
    design: Any = window.parts.places["design"]
    return design.canvas


def _until_quiet(live: Live) -> None:
    """Until nothing is worked out in the background any more."""
    live(300)
    while open_jobs():
        live(100)
    live(300)
