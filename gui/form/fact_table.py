"""A table of names and figures, painted as one widget: it follows every edit, and a label a cell would lay out the whole form.

Not for: what the figures are (`gui.form.pages`).
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from gui import theme

GAP, BETWEEN = 12, 6  # pixels between name and figure, and between lines
WIDE = 200  # pixels that it asks for

Facts = tuple[tuple[str, str], ...]


class FactTable(QWidget):
    """Names at the left, figures at the right, a line each; a menu copies them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts: Facts = ()
        self._laid: dict[int, list[tuple[QRect, QRect]]] = {}  # by width; layouts ask many times
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.notifier().changed.connect(self.update)

    def show_facts(self, facts: Iterable[tuple[str, str]]) -> None:
        """Show (name, figure) pairs; a figure may have several lines."""
        facts = tuple(facts)
        if facts == self._facts:
            return
        width = self.width()
        before = self.heightForWidth(width)
        self._facts = facts
        self._laid.clear()
        self.setAccessibleName("; ".join(f"{name}: {figure}" for name, figure in facts))
        if self.heightForWidth(width) != before:
            self.updateGeometry()
        self.update()

    def facts(self) -> dict[str, str]:
        """What is shown."""
        return dict(self._facts)

    def _rows(self, width: int) -> list[tuple[QRect, QRect]]:
        """Where the name and the figure of each line stand."""
        if width in self._laid:
            return self._laid[width]
        metrics, top = self.fontMetrics(), 0
        out = self._laid[width] = []
        for name, figure in self._facts:
            left = metrics.horizontalAdvance(name) + GAP
            room = QRect(left, top, max(1, width - left), 10_000)
            height = metrics.height()
            if "\n" in figure or metrics.horizontalAdvance(figure) > room.width():
                height = max(height, metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, figure).height())
            out.append((QRect(0, top, left, metrics.height()), QRect(left, top, room.width(), height)))
            top += height + BETWEEN
        return out

    def changeEvent(self, event: QEvent) -> None:
        """Another font takes other room."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._laid.clear()
            self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        rows = self._rows(width)
        return rows[-1][1].bottom() + 1 if rows else 0

    def sizeHint(self) -> QSize:
        return QSize(WIDE, self.heightForWidth(max(WIDE, self.width())))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """All lines."""
        t, painter = theme.current(), QPainter(self)
        painter.setFont(self.font())
        for (name, figure), (at, beside) in zip(self._facts, self._rows(self.width()), strict=True):
            painter.setPen(QColor(t.muted))
            painter.drawText(at, Qt.AlignmentFlag.AlignLeft, name)
            painter.setPen(QColor(t.text))
            painter.drawText(beside, Qt.AlignmentFlag.AlignRight | Qt.TextFlag.TextWordWrap, figure)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Copy the figure under the mouse, or all of them."""
        menu = QMenu(self)
        for (_, figure), (at, beside) in zip(self._facts, self._rows(self.width()), strict=True):
            if at.united(beside).contains(event.pos()):
                menu.addAction(f"Copy “{' '.join(figure.split())}”").setData(figure)
        if self._facts:
            menu.addAction("Copy all").setData("\n".join(f"{name}\t{figure}" for name, figure in self._facts))
        menu.triggered.connect(lambda action: QGuiApplication.clipboard().setText(str(action.data())))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos())
