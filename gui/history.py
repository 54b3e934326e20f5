"""The steps that can be undone, as a list in a dock: a click goes back (or forth) to the state after a step.

Not for: undoing itself, which Qt's stack does.
"""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPalette, QUndoStack
from PySide6.QtWidgets import (
    QDockWidget,
    QMainWindow,
    QStackedLayout,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QUndoView,
    QWidget,
)

from gui import theme
from gui.document import Document
from gui.widgets import DockTitle, EmptyState

ROW_HEIGHT, WIDTH, ICON = 30, 260, QSize(16, 16)  # pixels
ROOMY = 1600  # pixels of a window from which the history has a column of its own
OVER_WIDTH = 324  # pixels over the right edge below that: the properties of the Design place, and the line beside them
FEATURES = QDockWidget.DockWidgetFeature.DockWidgetMovable | QDockWidget.DockWidgetFeature.DockWidgetClosable
BEGINNING = "As it was opened"


class StepRow(QStyledItemDelegate):
    """Steps that are undone are grey, slanted and say so; the state one is in is selected."""

    def __init__(self, stack: QUndoStack, parent: QWidget) -> None:
        super().__init__(parent)
        self._stack = stack

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, ROW_HEIGHT)

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        undone = index.row() > self._stack.index()
        if option.icon.isNull():  # the step that was saved last has one
            option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
            name = "circle-outline" if undone else "circle-small"
            option.icon = QIcon(theme.icon(name, color=theme.current().muted))
            option.decorationSize = ICON
        if undone:
            option.font.setItalic(True)
            option.text = f"{option.text}  (undone)"
            option.palette.setColor(QPalette.ColorRole.Text, QColor(theme.current().muted))


class History(QWidget):
    """The list, or what it will be good for while there is nothing in it.

    Attributes:
        list: The steps, the oldest first.
    """

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.setObjectName("history")
        self.list = QUndoView(document.stack)
        self.list.setObjectName("history-list")
        self.list.setAccessibleName("Steps that can be undone, the oldest first")
        self.list.setEmptyLabel(BEGINNING)
        self.list.setItemDelegate(StepRow(document.stack, self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setIconSize(ICON)
        self.list.setStyleSheet("QUndoView { border-width: 0 0 0 1px; border-radius: 0; padding: 6px; }")
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.empty = EmptyState(
            "history",
            "Nothing to undo yet",
            "Every change of the project becomes a step here. A click on one goes back to it.",
        )
        self._layers = QStackedLayout(self)
        self._layers.addWidget(self.empty)
        self._layers.addWidget(self.list)
        self.setFocusProxy(self.list)
        document.stack.indexChanged.connect(self._changed)
        document.replaced.connect(self._changed)
        theme.notifier().changed.connect(self._draw)
        self._draw()
        self._changed()

    def _draw(self, _name: str = "") -> None:
        self.list.setCleanIcon(QIcon(theme.icon("content-save-outline", color=theme.current().muted)))

    def _changed(self, _index: int = 0) -> None:
        if not shiboken6.isValid(self.document.stack):
            return  # Qt's undo stack tells that it is emptied while it is destroyed
        self._layers.setCurrentWidget(self.list if self.document.stack.count() else self.empty)
        self.list.viewport().update()


class HistoryDock(QDockWidget):
    """The history at the right of a window: a column of its own where there is room for one, else a panel over the right
    edge of what is shown, so that it takes nothing from the canvas.

    Attributes:
        over: Whether it lies over the right edge.
        put_away: Emits when a person has closed it with its button.
    """

    put_away = Signal()

    def __init__(self, document: Document, window: QMainWindow) -> None:
        super().__init__("History", window)
        self.over = False
        self._window, self._beneath = window, window.centralWidget() or window
        self.setObjectName("dock-history")
        self.setFeatures(FEATURES)
        title = DockTitle("History", self, "Edit")
        title.closed.connect(self.put_away)
        self.setTitleBarWidget(title)
        history = History(document)
        history.setMinimumWidth(WIDTH)
        self.setWidget(history)
        self.setAutoFillBackground(True)
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self)
        self.hide()
        window.installEventFilter(self)
        self._beneath.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Change places with the window's width, and follow what it lies over."""
        alive = shiboken6.isValid(self) and shiboken6.isValid(
            self._window
        )  # a window that is closed still moves its parts
        if alive and event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            if watched is self._window:
                self._settle()
            elif self.over:
                self._cover()
        return False

    def _settle(self) -> None:
        over = self._window.width() < ROOMY
        if over == self.over:
            return
        shown = not self.isHidden()
        self.over = over
        self.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetClosable if over else FEATURES)
        if over:
            self._window.removeDockWidget(self)
            self._cover()
        else:
            self._window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self)
        self.setVisible(shown)
        self.raise_()

    def _cover(self) -> None:
        beneath = self._beneath.geometry()
        self.setGeometry(beneath.right() + 1 - OVER_WIDTH, beneath.top(), OVER_WIDTH, beneath.height())
        self.raise_()
