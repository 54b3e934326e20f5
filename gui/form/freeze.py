"""Whether a training leaves a block's weights as they are.

Not for: what that means to a training (`engine.compiler.module`).
"""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.declare import Flag
from engine.graph.model import Node, SetFlags
from gui.document import Document
from gui.form.row import Row

SETTING = Flag(
    name="frozen",
    default=False,
    title="Frozen",
    help="whether a training leaves its weights and statistics as they are (L)",
)


class FreezeRow(QWidget):
    """A switch; not shown where there are no weights."""

    def __init__(self, document: Document, block: str) -> None:
        super().__init__()
        self.setObjectName("freeze")
        self.document, self.block = document, block
        self.row = Row(SETTING)
        self.row.editor.changed.connect(self._set)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.row)

    def refresh(self, node: Node) -> None:
        """Show what holds, where there are weights."""
        found = self.document.report.blocks.get(self.block)
        self.setVisible(node.frozen or (found is not None and found.parameters > 0))
        self.row.show_value(node.frozen)

    def _set(self, value: object) -> None:
        on = bool(value)
        name = self.document.graph.node(self.block).name
        self.document.do(SetFlags(self.block, {"frozen": on}), f"{'Freeze' if on else 'Thaw'} {name}")
