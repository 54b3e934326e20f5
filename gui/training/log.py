"""What a run has to say in words: its notes, its warnings, and the card that says why it failed."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from engine.training.messages import Failed
from gui import theme
from gui.widgets import Card, IconButton

KEPT = 500  # lines; older ones go
ICONS = {"info": "information-outline", "warning": "alert-outline", "error": "alert-circle-outline"}
WORDS = {"info": "Note", "warning": "Warning", "error": "Error"}


class Log(QListWidget):
    """Notes with their time, the newest last."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("training_log")
        self.setAccessibleName("Notes of the training")
        self.setWordWrap(True)
        self.setIconSize(QSize(16, 16))
        self.setSpacing(2)
        self.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        theme.notifier().changed.connect(self.restyle)

    def add(self, text: str, level: str = "info") -> None:
        """Append a line and show it."""
        item = QListWidgetItem(f"{datetime.now().astimezone():%H:%M:%S}   {text}")
        item.setData(Qt.ItemDataRole.UserRole, level)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{WORDS.get(level, 'Note')}: {text}")
        self._dress(item)
        self.addItem(item)
        while self.count() > KEPT:
            self.takeItem(0)
        self.scrollToBottom()

    def texts(self) -> list[str]:
        """All lines."""
        return [self.item(row).text() for row in range(self.count())]

    def _dress(self, item: QListWidgetItem) -> None:
        level = str(item.data(Qt.ItemDataRole.UserRole))
        tokens = theme.current()
        colour = {"warning": tokens.warn, "error": tokens.bad}.get(level, tokens.muted)
        item.setIcon(theme.icon(ICONS.get(level, ICONS["info"]), color=colour))

    def restyle(self, *_: object) -> None:
        """Draw the icons in the theme's colours."""
        for row in range(self.count()):
            self._dress(self.item(row))


class FailureCard(Card):
    """Why a run failed, at which step and in which block.

    Attributes:
        goto: Emits the name of the block that a person wants to see.
    """

    goto = Signal(str)

    def __init__(self) -> None:
        super().__init__(margin=0)
        self.setObjectName("failure")
        self._block = ""
        self.mark = QLabel()
        self.title = QLabel()
        self.title.setObjectName("failure_title")
        self.text = QLabel()
        self.text.setObjectName("failure_text")
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.button = QPushButton("Go to block")
        self.button.setObjectName("failure_goto")
        self.close_button = IconButton("close", "Hide this message")
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.title)
        words.addWidget(self.text)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        holder = QWidget()
        holder.setLayout(row)
        self.box.setContentsMargins(16, 12, 12, 12)
        self.box.addWidget(holder)
        self.button.clicked.connect(self._go)
        self.close_button.clicked.connect(self.hide)
        theme.notifier().changed.connect(self.restyle)
        self.restyle()
        self.hide()

    def tell(self, failure: Failed) -> None:
        """Show a failure."""
        self._block = failure.block or ""
        where = f" at step {failure.step:,}" if failure.step else " before its first step"
        block = f", in the block {failure.block}" if failure.block else ""
        self.title.setText(f"The training failed{where}{block}")
        self.text.setText(failure.text)
        self.button.setVisible(bool(failure.block))
        self.button.setText(f"Go to {failure.block}" if failure.block else "")
        self.show()

    def _go(self) -> None:
        self.goto.emit(self._block)

    def restyle(self, *_: object) -> None:
        """Take colours and fonts from the theme."""
        self.mark.setPixmap(theme.icon("alert-circle-outline", color=theme.current().bad).pixmap(QSize(22, 22)))
        self.title.setFont(theme.font(13, 600))
        self.text.setFont(theme.font(13, 400))
