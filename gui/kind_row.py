"""How a kind of block looks as a row of a list, in the palette and in the quick-add box alike.

Not for: which kinds a list offers.
"""

from __future__ import annotations

import html

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from engine.blocks.spec import Block
from gui import theme

KIND = Qt.ItemDataRole.UserRole  # the kind of a row, empty for a heading
SPEC = Qt.ItemDataRole.UserRole + 1  # its class
OPEN = Qt.ItemDataRole.UserRole + 2  # of a heading: whether its section is unfolded
COUNT = Qt.ItemDataRole.UserRole + 3  # of a heading: how many blocks it has
ROW_HEIGHT, HEADING_HEIGHT = 30, 29  # pixels


def help_of(spec: type[Block]) -> str:
    """The help of a block: its docstring's text as one paragraph."""
    return " ".join((spec.__doc__ or "").split())


def tip_of(spec: type[Block]) -> str:
    """Title, help and source as a rich tool tip."""
    title, told, source = (html.escape(text) for text in (spec.title, help_of(spec), spec.source))
    muted = theme.current().muted
    return (
        f"<p style='width: 300px'><b>{title}</b><br>{told}<br><span style='color:{muted}'>Source: {source}</span></p>"
    )


class KindRow(QStyledItemDelegate):
    """A chip in the family's colour and the title; with `family` the family's name at the right; headings in small type."""

    def __init__(self, parent: QObject | None = None, *, family: bool = True) -> None:
        super().__init__(parent)
        self._family = family

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, ROW_HEIGHT if index.data(KIND) else HEADING_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The row."""
        rect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if index.data(KIND):
            _paint_state(painter, rect, option.state)
            self._paint_kind(painter, rect, index.data(SPEC))
        else:
            if index.data(COUNT) is not None:
                _paint_state(painter, rect, option.state)
            _paint_heading(painter, rect, index)
        painter.restore()

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """The help of a block; made when it is asked for, for a list holds more than a hundred."""
        if event.type() != QEvent.Type.ToolTip or not index.data(KIND):
            return super().helpEvent(event, view, option, index)
        QToolTip.showText(event.globalPos(), tip_of(index.data(SPEC)), view, option.rect)
        return True

    def _paint_kind(self, painter: QPainter, rect: QRect, spec: type[Block]) -> None:
        tokens = theme.current()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.family.get(spec.family, tokens.muted)))
        painter.drawRoundedRect(QRectF(rect.left() + 12, rect.center().y() - 4, 9, 9), 2.5, 2.5)
        painter.setFont(theme.font(13, 400))
        painter.setPen(QColor(tokens.text))
        place = rect.adjusted(32, 0, -12, 0)
        room = place.width()
        if self._family:
            room -= painter.fontMetrics().horizontalAdvance(spec.family)
        title = painter.fontMetrics().elidedText(spec.title, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, title)
        if self._family:
            painter.setFont(theme.font(11, 400))
            painter.setPen(QColor(tokens.muted))
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, spec.family)


def _paint_heading(painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
    """A heading: an arrow that tells whether its section is unfolded, its name, and how many blocks there are."""
    tokens = theme.current()
    count = index.data(COUNT)
    place = rect.adjusted(10 if count is None else 32, 0, -12, 0)
    painter.setFont(theme.font(12, 600))
    painter.setPen(QColor(tokens.muted if count is None else tokens.text))
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, index.data(Qt.ItemDataRole.DisplayRole))
    if count is None:
        return
    painter.setFont(theme.font(11, 400))
    painter.setPen(QColor(tokens.muted))
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, str(count))
    painter.setPen(QPen(QColor(tokens.muted), 1.5))
    x, y = rect.left() + 16.0, rect.center().y() + 0.5
    down = bool(index.data(OPEN))
    points = [(-3.5, -1.5), (0, 2), (3.5, -1.5)] if down else [(-1.5, -3.5), (2, 0), (-1.5, 3.5)]
    painter.drawPolyline([QPointF(x + dx, y + dy) for dx, dy in points])


def _paint_state(painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
    tokens = theme.current()
    chosen = bool(state & QStyle.StateFlag.State_Selected)
    if not chosen and not state & QStyle.StateFlag.State_MouseOver:
        return
    painter.setPen(QColor(tokens.accent) if chosen and state & QStyle.StateFlag.State_HasFocus else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens.accent_soft if chosen else tokens.hover))
    painter.drawRoundedRect(QRectF(rect).adjusted(2.5, 1.5, -2.5, -1.5), 5, 5)
