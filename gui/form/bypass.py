"""Whether a block inside a composite is left out, which may depend on the composite's settings: "=not projection".

Not for: blocks of the network itself, which M bypasses (`gui.canvas.flags`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.declare import Flag
from engine.graph.model import Node, SetFlags
from gui.document import Document
from gui.form.row import Row

SETTING = Flag(
    name="bypassed", default=False, title="Bypassed", help="whether it passes its first input on unchanged (M)"
)


class BypassRow(QWidget):
    """A switch, or an expression in its place."""

    def __init__(self, document: Document, block: str) -> None:
        super().__init__()
        self.setObjectName("bypass")
        self.document, self.block = document, block
        self.row = Row(SETTING)
        self.row.editor.changed.connect(self._set)
        self.row.expressed.connect(self._set)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.row)

    @staticmethod
    def fits(document: Document, node: Node) -> bool:
        """Whether the block stands inside a composite and can be left out."""
        block = node.block()
        inside = document.graph.owner is not None and node.spec.role == "layer"
        return inside and bool(block.inputs()) and bool(block.outputs())

    def refresh(self, node: Node, names: Mapping[str, Any]) -> None:
        """Show what holds in the repetition that is open."""
        self.row.allow(names)
        text = node.bypassed if isinstance(node.bypassed, str) else ""
        self.row.show_value(self.block in self.document.report.bypassed, text)

    def _set(self, value: object) -> None:
        wanted = value if isinstance(value, str) else bool(value)
        edit = SetFlags(self.block, {"bypassed": wanted})
        fault = self.document.refusal(edit)
        self.row.show_fault(fault)
        if not fault:
            self.document.do(edit, f"Bypass {self.document.graph.node(self.block).name}")
