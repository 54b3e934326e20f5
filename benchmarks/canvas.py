"""How long a frame of the canvas takes: pan, zoom and drag at 1,000 blocks and 1,500 wires, with thumbnails.

    python benchmarks/canvas.py [BLOCKS] [--cpu]

Prints median, p99 and worst milliseconds a frame, the time to open the project, and that of one edit until shapes are
refreshed. --cpu counts processor time, for machines that others use meanwhile. Runs offscreen unless QT_QPA_PLATFORM
says otherwise; trust ratios on a shared machine.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from engine.graph.layout import tidy
from engine.graph.model import AddBlock, Batch, Configure, Connect, Edit, End, Move, Node, Wire
from engine.project import Project
from gui import theme
from gui.canvas import Canvas
from gui.document import Document

FRAMES = 120
clock = time.process_time if "--cpu" in sys.argv else time.perf_counter
SIZE = (1500, 900)  # pixels


def network(blocks: int) -> Project:
    """A residual network of that many blocks: convolution, norm, ReLU, and an addition that skips them."""
    project = Project()
    edits: list[Edit] = [AddBlock(Node("b0", "image_input", "image", {"channels": 16, "height": 32, "width": 32}))]
    skip = last = "b0"
    for index in range(1, blocks):
        id_, port = f"b{index}", "x"
        match index % 4:
            case 1:
                node = Node(id_, "conv2d", f"conv{index}", {"out_channels": 16, "padding": "same"})
            case 2:
                node = Node(id_, "batchnorm2d", f"norm{index}")
            case 3:
                node = Node(id_, "relu", f"relu{index}")
            case _:
                node, port = Node(id_, "add", f"add{index}"), "x1"
        edits += [AddBlock(node), Connect(Wire(End(last, "y"), End(id_, port)))]
        if port == "x1":
            edits.append(Connect(Wire(End(skip, "y"), End(id_, "x2"))))
            skip = id_
        last = id_
    project.graph.apply(Batch(tuple(edits)))
    project.graph.apply(Move(tidy(project.graph)))
    return project


def set_dilation(document: Document, index: int) -> None:
    """An edit that changes nothing but one block."""
    document.do(Configure("b1", {"dilation": 1 + index % 2}), "Set")


def told(name: str, taken: list[float]) -> str:
    """A line of the table."""
    ranked = sorted(taken)
    p99 = ranked[min(len(ranked) - 1, round(0.99 * len(ranked)))]
    return f"{name:<28} median {ranked[len(ranked) // 2]:7.2f}   p99 {p99:7.2f}   worst {ranked[-1]:7.2f} ms"


def main() -> None:
    """Measure and print."""
    blocks = next((int(word) for word in sys.argv[1:] if word.isdigit()), 1000)
    app = QApplication([])
    theme.apply(app, "light")
    project = network(blocks)
    start = clock()
    document = Document(project)
    canvas = Canvas(document)
    canvas.resize(*SIZE)
    canvas.show()
    app.processEvents()
    print(f"open {blocks} blocks, {len(project.graph.wires)} wires: {(clock() - start) * 1000:.0f} ms")
    picture = QImage(28, 28, QImage.Format.Format_RGB888)
    picture.fill(QColor("#447799"))
    for id_ in project.graph.nodes:
        canvas.set_thumbnail(id_, picture)
    measured: dict[str, list[float]] = {}

    def around(step: Callable[[int], None], name: str) -> None:
        taken = []
        for index in range(FRAMES):
            begin = clock()
            step(index)
            app.processEvents()
            taken.append((clock() - begin) * 1000)
        measured[name] = taken

    for zoom in (None, 0.4, 1.0):
        canvas.fit()
        if zoom is not None:
            canvas.set_zoom(zoom)
        name = "fit" if zoom is None else f"{zoom:.0%}"
        around(lambda index: canvas.scroll_by(QPoint(11 if index % 40 < 20 else -11, 7)), f"pan at {name}")
    canvas.fit()
    around(lambda index: canvas.set_zoom(canvas.zoom * (1.06 if index < FRAMES // 2 else 1 / 1.06)), "zoom sweep")
    canvas.fit()
    home = QPointF(canvas.canvas.nodes["b5"].pos())
    around(lambda index: canvas.canvas.shift({"b5": home + QPointF(index * 8, index * 4)}), "drag one block at fit")
    canvas.canvas.sync()
    around(lambda index: set_dilation(document, index), "edit to fresh shapes")
    for name, taken in measured.items():
        print(told(name, taken))


if __name__ == "__main__":
    main()
