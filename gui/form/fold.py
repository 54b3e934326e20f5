"""A part of a form that is folded away at first: a heading to click, which tells what is changed below it, and the rows.

Not for: which rows stand in it (`gui.form.panel`).
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

from gui import theme
from gui.form.row import Row


class Fold(QWidget):
    """A heading and what it shows or folds away.

    Attributes:
        button: The heading.
        inside: What is folded away.
        rows: The column of rows in it.
    """

    def __init__(self, title: str, name: str, spoken: str) -> None:
        super().__init__()
        self.title, self._told = title, ""
        self.button = QToolButton()
        self.button.setObjectName(f"fold-{name}")
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setAccessibleName(spoken)
        self.button.clicked.connect(lambda: self.set_open(not self.open))
        self.inside = QWidget()
        self.rows = QVBoxLayout(self.inside)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(theme.SPACE)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE)
        column.addWidget(_Strip(self.button))
        column.addWidget(self.inside)
        theme.notifier().changed.connect(self._draw)
        self.set_open(False)

    def set_open(self, open_: bool) -> None:
        """Show or fold away."""
        self.open = open_
        for row in self.inside.findChildren(Row) if open_ else ():
            row.make()
        self.inside.setVisible(open_)
        self._draw()

    def tell(self, told: str) -> None:
        """Say in the heading what is below it."""
        if told != self._told:
            self._told = told
            self._draw()

    def _draw(self, _name: str = "") -> None:
        self.button.setText(f"{self.title}: {self._told}" if self._told else self.title)
        shown = "shown" if self.open else "folded away"
        self.button.setAccessibleDescription(f"{self._told}, {shown}" if self._told else shown)
        self.button.setIcon(theme.icon("chevron-down" if self.open else "chevron-right", color=theme.current().muted))


class _Strip(QWidget):
    """A row that a button stands in; no layout above hears when its text changes, which would lay out the whole form anew."""

    def __init__(self, button: QToolButton) -> None:
        super().__init__()
        self._button = button
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        button.setParent(self)

    def sizeHint(self) -> QSize:
        return QSize(0, self._button.sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The button is as wide as its text, if there is so much room."""
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """The button has another text."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        self._button.setGeometry(0, 0, min(self._button.sizeHint().width(), self.width()), self.height())
