"""Where one is: the way from the network into the composite that is open, over the canvas.

A click on a part of the way goes there; Backspace and Escape go one up. Not for: which drawing is open (`gui.document`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from engine.graph.composite import CompositeBlock
from gui import theme
from gui.scope import ROOT, Scope, drawing, owners
from gui.widgets import IconButton

if TYPE_CHECKING:
    from gui.canvas.view import Canvas

LONGEST = 28  # letters of a part of the way


class Breadcrumbs(QWidget):
    """The way, hidden while the network itself is open."""

    def __init__(self, view: Canvas) -> None:
        super().__init__(view.viewport())
        self.view = view
        self.setObjectName("breadcrumbs")
        self.setAccessibleName("Way into the composite")
        self.up = IconButton("arrow-up", "Up to the drawing around (Ctrl+Up)")
        self.up.clicked.connect(view.document.leave)
        self.up.setIconSize(QSize(15, 15))
        self.parts: list[QPushButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(5, 3, 10, 3)
        self._row.setSpacing(2)
        self._row.addWidget(self.up)
        self._signs: list[QWidget] = []
        self._told: tuple[tuple[str, Scope], ...] = ()
        document = view.document
        document.scope_changed.connect(self.refresh)
        document.reported.connect(self.refresh)
        theme.notifier().changed.connect(self._style)
        self._style()
        self.refresh()

    def way(self) -> tuple[tuple[str, Scope], ...]:
        """Each part of the way in words, and the drawing that it stands for."""
        document = self.view.document
        root, scope = document.root, document.scope
        out: list[tuple[str, Scope]] = [(document.title, ROOT)]
        held = owners(root, scope)
        if scope.base is not None and held[0] is not None:
            out.append((f"{root.composites[held[0]].name} (definition)", Scope((), scope.base)))
        for place, id_ in enumerate(scope.path[: len(held) - 1]):
            node = drawing(root, held[place]).node(id_)
            block = node.block()
            times = f" × {block.repeat}" if isinstance(block, CompositeBlock) and block.repeat > 1 else ""
            out.append((f"{node.name} ({block.title}{times})", Scope(scope.path[: place + 1], scope.base)))
        return tuple(out)

    def refresh(self, _what: object = None) -> None:
        """Follow the document."""
        document = self.view.document
        if document.scope.is_root:
            self.hide()
            return
        way = self.way()
        if way != self._told:
            self._told = way
            self._build(way)
        self.adjustSize()
        self.move(12, 12)
        self.show()
        self.raise_()

    def _build(self, way: tuple[tuple[str, Scope], ...]) -> None:
        focused = any(part.hasFocus() for part in self.parts)
        for widget in (*self.parts, *self._signs):
            self._row.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self.parts, self._signs = [], []
        for place, (text, scope) in enumerate(way):
            if place:
                sign = QLabel("›")
                sign.setProperty("hint", True)
                self._row.addWidget(sign)
                self._signs.append(sign)
            part = QPushButton(text if len(text) <= LONGEST else text[: LONGEST - 1] + "…")
            part.setObjectName(f"crumb-{place}")
            part.setFlat(True)
            last = place == len(way) - 1
            part.setFont(theme.font(13, 600 if last else 400))
            part.setAccessibleName(f"{text}, open" if last else f"Go to {text}")
            part.setToolTip(text if last else f"Go to {text}")
            part.setProperty("scope", scope)
            part.clicked.connect(self._clicked)
            part.setCursor(Qt.CursorShape.PointingHandCursor)
            self._row.addWidget(part)
            self.parts.append(part)
        self._style()
        if focused:
            self.parts[-1].setFocus(Qt.FocusReason.OtherFocusReason)

    def _clicked(self) -> None:
        part = self.sender()
        scope = part.property("scope") if part is not None else None
        if isinstance(scope, Scope):
            self.view.document.open_scope(scope)
            self.view.setFocus()

    def _style(self, _name: str = "") -> None:
        t = theme.current()
        for part in self.parts:
            part.setStyleSheet(
                f"QPushButton {{ border: 1px solid transparent; border-radius: {theme.RADIUS}px; padding: 3px 6px;"
                f" color: {t.text}; background: transparent; }}"
                f"QPushButton:hover {{ background: {t.hover}; }} QPushButton:focus {{ border-color: {t.accent}; }}"
            )
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Backspace and Escape go up."""
        if event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Escape):
            self.view.document.leave()
            self.view.setFocus()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A raised ground."""
        t = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(t.border), 1))
        painter.setBrush(QColor(t.raised))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
