"""The gallery: presets to start from, with what each is and costs. Not for: opening one, which the window does."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

import presets
from engine.blocks.spec import spec_of
from engine.graph.model import Graph
from engine.project import PRESET, Project, open_project
from gui import theme
from gui.widgets import Heading, Hint, PrimaryButton

PICTURE = QSize(300, 96)


def count(number: int) -> str:
    """A count as a person says it: 61,706."""
    return f"{number:,}"


def silhouette(graph: Graph, size: QSize, ratio: float = 1.0) -> QPixmap:
    """The network as a small drawing: a bar a block in its family's colour, and its wires."""
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    nodes = list(graph)
    if not nodes:
        return pixmap
    t = theme.current()
    left, right = min(n.x for n in nodes), max(n.x for n in nodes) + 168
    top, bottom = min(n.y for n in nodes), max(n.y for n in nodes) + 84
    scale = min((size.width() - 16) / (right - left), (size.height() - 16) / (bottom - top), 0.5)
    shift_x = (size.width() - (right - left) * scale) / 2
    shift_y = (size.height() - (bottom - top) * scale) / 2

    def place(x: float, y: float) -> tuple[float, float]:
        return shift_x + (x - left) * scale, shift_y + (y - top) * scale

    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(t.border_strong), 1))
    for wire in graph.wires.values():
        a, b = graph.nodes[wire.source.block], graph.nodes[wire.target.block]
        path = QPainterPath()
        path.moveTo(*place(a.x + 168, a.y + 42))
        path.lineTo(*place(b.x, b.y + 42))
        painter.drawPath(path)
    painter.setPen(Qt.PenStyle.NoPen)
    height = max(84 * scale, 26.0)
    for node in nodes:
        x, y = place(node.x, node.y + 42)
        painter.setBrush(QColor(t.family[spec_of(node.kind).family]))
        painter.drawRoundedRect(QRectF(x, y - height / 2, max(168 * scale * 0.82, 4.0), height), 2, 2)
    painter.end()
    return pixmap


class Gallery(QDialog):
    """Choose a preset.

    Attributes:
        chosen: Emits "preset:NAME".
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Start from a preset")
        self.resize(940, 600)
        self._projects: dict[str, Project] = {name: open_project(PRESET + name) for name in presets.names()}
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search networks")
        self.search.setAccessibleName("Search networks")
        self.search.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setAccessibleName("Presets")
        self.list.setIconSize(QSize(96, 32))
        self.list.setSpacing(1)
        self.list.setFixedWidth(330)
        self.title = Heading("")
        self.title.setFont(theme.font(20, 600))
        self.title.setWordWrap(True)
        self.picture = QLabel()
        self.picture.setMinimumHeight(170)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.facts = QLabel()
        self.facts.setWordWrap(True)
        self.text = Hint()
        self.text.setFont(theme.font(14))
        self.source = Hint()
        self.open_button = PrimaryButton("Open", "folder-open-outline")
        self.open_button.setDefault(True)
        self._lay_out()
        for name, project in self._projects.items():
            item = QListWidgetItem(QIcon(silhouette(project.graph, QSize(96, 32), self.devicePixelRatioF())), "")
            report = project.check()
            item.setText(f"{project.title}\n{count(report.parameters)} parameters")
            item.setData(Qt.ItemDataRole.UserRole, name)
            self.list.addItem(item)
        self.search.textChanged.connect(self._filter)
        self.list.currentItemChanged.connect(self._show)
        self.list.itemActivated.connect(lambda _item: self._take())
        self.open_button.clicked.connect(self._take)
        self.list.setCurrentRow(0)
        self.search.setFocus()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.addWidget(self.search)
        left.addWidget(self.list, 1)
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addWidget(self.title)
        right.addWidget(self.facts)
        right.addWidget(self.picture)
        right.addWidget(self.text)
        right.addWidget(self.source)
        right.addStretch(1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.open_button)
        right.addLayout(buttons)
        box = QHBoxLayout(self)
        box.setContentsMargins(20, 20, 20, 20)
        box.setSpacing(24)
        box.addLayout(left)
        box.addLayout(right, 1)

    def _filter(self, text: str) -> None:
        words = text.lower().split()
        for row in range(self.list.count()):
            item = self.list.item(row)
            name = str(item.data(Qt.ItemDataRole.UserRole))
            about = " ".join(str(value) for value in self._projects[name].about.values())
            haystack = f"{name} {about}".lower()
            item.setHidden(not all(word in haystack for word in words))
        shown = [self.list.item(row) for row in range(self.list.count()) if not self.list.item(row).isHidden()]
        if shown and (self.list.currentItem() is None or self.list.currentItem().isHidden()):
            self.list.setCurrentItem(shown[0])
        self.open_button.setEnabled(bool(shown))

    def _show(self) -> None:
        item = self.list.currentItem()
        if item is None:
            return
        name = str(item.data(Qt.ItemDataRole.UserRole))
        project = self._projects[name]
        report = project.check()
        about = project.about
        shape = project.image_shape
        parts = [f"{count(report.parameters)} parameters", f"{count(report.macs)} multiply-adds"]
        parts.append(f"{len(project.graph)} blocks")
        if shape:
            parts.append("×".join(map(str, shape)) + " input")
        self.title.setText(project.title)
        self.facts.setText("   ·   ".join(parts))
        self.text.setText(str(about.get("text", "")))
        paper = " · ".join(str(about[key]) for key in ("paper", "year") if about.get(key))
        self.source.setText(paper)
        self.picture.setPixmap(silhouette(project.graph, QSize(520, 150), self.devicePixelRatioF()))

    def _take(self) -> None:
        item = self.list.currentItem()
        if item is not None and not item.isHidden():
            self.accept()
            self.chosen.emit(PRESET + str(item.data(Qt.ItemDataRole.UserRole)))
