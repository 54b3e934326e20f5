"""What the page of an instance of a composite has besides its settings: open, dissolve, who else follows.

Not for: the settings (`gui.form.panel`), nor for the composite's own page (`gui.form.composite`).
"""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from engine.graph.linked import uses
from gui import composing
from gui.document import Document
from gui.widgets import Hint


class InstanceBox(QWidget):
    """Buttons, and a sentence about the other instances."""

    def __init__(self, document: Document, block: str) -> None:
        super().__init__()
        self.setObjectName("instance")
        self.document, self.block = document, block
        self.open = QPushButton("Open")
        self.open.setObjectName("open-composite")
        self.open.setToolTip("Show what it is made of (double-click, Enter)")
        self.open.clicked.connect(self._open)
        self.dissolve = QPushButton("Dissolve")
        self.dissolve.setObjectName("dissolve-composite")
        self.dissolve.setToolTip("Put what is inside in its place (Ctrl+Shift+G)")
        self.dissolve.clicked.connect(self._dissolve)
        self.linked = Hint()
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.open, 1)
        row.addWidget(self.dissolve, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addLayout(row)
        box.addWidget(self.linked)
        self.refresh()

    def refresh(self) -> None:
        """Count the instances again."""
        node = self.document.graph.nodes.get(self.block)
        if node is None or node.composite is None:
            return
        others = len(uses(self.document.root, node.composite)) - 1
        follow = f"{others} other block{'s' * (others != 1)} made of it {'follow' if others != 1 else 'follows'}."
        self.linked.setText(
            "A change of its inside changes "
            + (f"all of its kind: {follow}" if others else "this block; it is the only one of its kind.")
        )

    def _open(self) -> None:
        self.document.enter(self.block)

    def _dissolve(self) -> None:
        composing.dissolve(self.document, [self.block])
