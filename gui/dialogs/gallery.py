"""The gallery: presets to start from, with what each is and costs. Not for: opening one, which the window does."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
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
from engine.graph.model import Graph
from engine.project import PRESET, Project, open_project
from gui import theme
from gui.figures import count
from gui.widgets import Heading, Hint, PrimaryButton

BLOCK = QSizeF(162, 82)  # canvas units; about what a block takes
TEXT_SCALE = 0.3  # below it names in the picture could not be read
ICON = QSize(112, 30)
NAME = Qt.ItemDataRole.UserRole  # where an item keeps its preset's name


def stripe(graph: Graph, size: QSize, ratio: float = 1.0) -> QPixmap:
    """The network as a row of bars in the order of its layers, each in its family's colour; for a list."""
    pixmap = _blank(size, ratio)
    order = graph.order()
    pitch = min(size.width() / max(len(order), 1), 9.0)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    left = (size.width() - pitch * len(order)) / 2
    for index, id_ in enumerate(order):
        painter.setBrush(QColor(theme.current().family[graph.nodes[id_].spec.family]))
        painter.drawRoundedRect(QRectF(left + index * pitch, 5, max(pitch - 2, 1.5), size.height() - 10), 1.5, 1.5)
    painter.end()
    return pixmap


def silhouette(graph: Graph, size: QSize, ratio: float = 1.0) -> QPixmap:
    """The network as it lies on the canvas, small: its blocks with their names, and its wires."""
    pixmap = _blank(size, ratio)
    if not len(graph):
        return pixmap
    t = theme.current()
    left, top = min(n.x for n in graph), min(n.y for n in graph)
    width = max(n.x for n in graph) + BLOCK.width() - left
    height = max(n.y for n in graph) + BLOCK.height() - top
    scale = min((size.width() - 16) / width, (size.height() - 16) / height, 0.75)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate((size.width() - width * scale) / 2, (size.height() - height * scale) / 2)
    painter.scale(scale, scale)
    painter.translate(-left, -top)
    painter.setPen(QPen(QColor(t.border_strong), 2))
    for wire in graph.wires.values():
        a, b = graph.nodes[wire.source.block], graph.nodes[wire.target.block]
        painter.drawPath(
            _way(QPointF(a.x + BLOCK.width(), a.y + BLOCK.height() / 2), QPointF(b.x, b.y + BLOCK.height() / 2))
        )
    painter.setFont(theme.font(19, 600))
    for node in graph:
        rect = QRectF(QPointF(node.x, node.y), BLOCK)
        colour = QColor(t.family[node.spec.family])
        painter.setPen(QPen(colour, 2))
        painter.setBrush(QColor(t.raised))
        times = getattr(node.block(), "repeat", 1) if node.composite else 1
        for under in range((node.composite is not None) + (times > 1), 0, -1):  # a pile, as on the canvas
            painter.drawRoundedRect(rect.translated(6 * under, 6 * under), 8, 8)
        painter.drawRoundedRect(rect, 8, 8)
        if scale > TEXT_SCALE:
            painter.setPen(QColor(t.text))
            name = f"{node.name} × {times}" if times > 1 else node.name
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, name)
    painter.end()
    return pixmap


def _way(start: QPointF, end: QPointF) -> QPainterPath:
    """A wire: straight on in a row, down between the rows where the next row begins."""
    path = QPainterPath(start)
    if end.x() > start.x():
        middle = (start.x() + end.x()) / 2
        path.cubicTo(QPointF(middle, start.y()), QPointF(middle, end.y()), end)
    else:
        between = (start.y() + end.y()) / 2
        for x, y in (
            (start.x() + 16, start.y()),
            (start.x() + 16, between),
            (end.x() - 16, between),
            (end.x() - 16, end.y()),
        ):
            path.lineTo(x, y)
        path.lineTo(end)
    return path


def _blank(size: QSize, ratio: float) -> QPixmap:
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
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
        self.resize(1060, 680)
        self._projects: dict[str, Project] = {name: open_project(PRESET + name) for name in presets.names()}
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search networks")
        self.search.setAccessibleName("Search networks")
        self.search.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setAccessibleName("Presets")
        self.list.setIconSize(ICON)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setSpacing(3)
        self.list.setFixedWidth(370)
        self.title = Heading("")
        self.picture = QLabel()
        self.picture.setMinimumHeight(240)
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
            item = QListWidgetItem("")
            report = project.check()
            item.setText(f"{project.title}\n{count(report.parameters)} parameters")
            item.setData(NAME, name)
            self.list.addItem(item)
        self.search.textChanged.connect(self._filter)
        self.list.currentItemChanged.connect(self._show)
        self.list.itemActivated.connect(lambda _item: self._take())
        self.open_button.clicked.connect(self._take)
        self.list.setCurrentRow(0)
        theme.notifier().changed.connect(self._recolour)
        self._recolour()
        self.search.setFocus()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.addWidget(self.search)
        left.addWidget(self.list, 1)
        right = QVBoxLayout()
        right.setSpacing(12)
        self.title.setFont(theme.font(20, 600))
        self.title.setWordWrap(True)
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

    def _recolour(self, _name: str = "") -> None:
        """Paint the pictures in the colours of the theme."""
        for row in range(self.list.count()):
            item = self.list.item(row)
            graph = self._projects[str(item.data(NAME))].graph
            item.setIcon(QIcon(stripe(graph, ICON, self.devicePixelRatioF())))
        self._show()

    def _filter(self, text: str) -> None:
        words = text.lower().split()
        for row in range(self.list.count()):
            item = self.list.item(row)
            name = str(item.data(NAME))
            about = " ".join(str(value) for value in self._projects[name].about.values())
            haystack = f"{name} {about}".lower()
            item.setHidden(not all(word in haystack for word in words))
        shown = [item for row in range(self.list.count()) if not (item := self.list.item(row)).isHidden()]
        if shown and words:
            # What is called so comes before what is only described so.
            called = [item for item in shown if all(w in f"{item.data(NAME)} {item.text()}".lower() for w in words)]
            self.list.setCurrentItem((called or shown)[0])
        self.open_button.setEnabled(bool(shown))

    def _show(self) -> None:
        item = self.list.currentItem()
        if item is None:
            return
        name = str(item.data(NAME))
        project = self._projects[name]
        report = project.check()
        about = project.about
        shape = project.image_shape
        parts = [f"{count(report.parameters)} parameters", f"{count(report.macs)} multiply-adds"]
        made = [composite.name for composite in project.graph.composites.values()]
        parts.append(f"{len(project.graph)} blocks{', composite ' + ', '.join(made) if made else ''}")
        if shape:
            parts.append("×".join(map(str, shape)) + " input")
        self.title.setText(project.title)
        self.facts.setText("  ·  ".join(parts))
        self.text.setText(str(about.get("text", "")))
        paper, year = str(about.get("paper", "")), str(about.get("year") or "")
        paper = paper if year in paper else f"{paper} · {year}"
        self.source.setText(paper)
        self.picture.setPixmap(silhouette(project.graph, QSize(520, 230), self.devicePixelRatioF()))

    def _take(self) -> None:
        item = self.list.currentItem()
        if item is not None and not item.isHidden():
            self.accept()
            self.chosen.emit(PRESET + str(item.data(NAME)))
