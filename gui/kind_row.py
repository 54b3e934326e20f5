"""How a kind of block looks as a row of a list, in the palette and in the quick-add box alike.

Not for: which kinds a list offers.
"""

from __future__ import annotations

import html

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from engine.blocks.spec import Block
from gui import theme

KIND = Qt.ItemDataRole.UserRole  # the kind of a row, empty for a heading
SPEC = Qt.ItemDataRole.UserRole + 1  # its class
ROW_HEIGHT, HEADING_HEIGHT = 30, 32  # pixels


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
        tokens, rect = theme.current(), option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if index.data(KIND):
            _paint_state(painter, rect, option.state)
            self._paint_kind(painter, rect, index.data(SPEC))
        else:
            painter.setFont(theme.font(11, 600))
            painter.setPen(QColor(tokens.muted))
            place = rect.adjusted(10, 6, -8, 0)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, index.data(Qt.ItemDataRole.DisplayRole))
        painter.restore()

    def _paint_kind(self, painter: QPainter, rect: QRect, spec: type[Block]) -> None:
        tokens = theme.current()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.family.get(spec.family, tokens.muted)))
        painter.drawRoundedRect(QRectF(rect.left() + 12, rect.center().y() - 4, 9, 9), 2.5, 2.5)
        painter.setFont(theme.font(13, 400))
        painter.setPen(QColor(tokens.text))
        place = rect.adjusted(32, 0, -12, 0)
        title = painter.fontMetrics().elidedText(spec.title, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, title)
        if self._family:
            painter.setFont(theme.font(11, 400))
            painter.setPen(QColor(tokens.muted))
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, spec.family)


def _paint_state(painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
    tokens = theme.current()
    chosen = bool(state & QStyle.StateFlag.State_Selected)
    if not chosen and not state & QStyle.StateFlag.State_MouseOver:
        return
    painter.setPen(QColor(tokens.accent) if chosen and state & QStyle.StateFlag.State_HasFocus else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens.accent_soft if chosen else tokens.hover))
    painter.drawRoundedRect(QRectF(rect).adjusted(2.5, 1.5, -2.5, -1.5), 5, 5)
