"""The page of the composite whose inside is open: its name, help, settings and ports.

Not for: an instance of it (`gui.form.instance`), nor for its blocks, which have pages like any other.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from engine.graph.composite import Composite
from engine.graph.edits import Define, Edit
from engine.graph.linked import uses
from engine.graph.redefining import moved_port, renamed_port
from gui import theme
from gui.document import Document
from gui.figures import count, memory
from gui.form.fact_table import FactTable
from gui.form.field import Field, passes
from gui.form.parameter import ROOMY, ROW, ParameterList
from gui.form.row import LABEL_WIDTH
from gui.widgets import Fault, Heading, Hint, IconButton, Section, hline

HELP_HEIGHT = 64  # pixels: three lines


class HelpEdit(QPlainTextEdit):
    """A text of a few lines, taken when the person leaves it.

    Attributes:
        entered: Emits the text when it is another one.
    """

    entered = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("composite-help")
        self.setAccessibleName("Help of the composite")
        self.setPlaceholderText("What it does")
        self.setFixedHeight(HELP_HEIGHT)
        self.setTabChangesFocus(True)

    def event(self, event: QEvent) -> bool:
        """Leave Undo and Redo to the program where there is nothing of its own to do."""
        written = self.document()
        undo, redo = written.isUndoAvailable(), written.isRedoAvailable()
        if event.type() == QEvent.Type.ShortcutOverride and passes(event, undo=undo, redo=redo):
            event.ignore()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape takes back what was typed."""
        if event.key() == Qt.Key.Key_Escape and self.document().isModified():
            while self.document().isUndoAvailable():
                self.undo()
            self.document().setModified(False)
            event.accept()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the text."""
        super().focusOutEvent(event)
        if self.document().isModified():
            self.document().setModified(False)
            self.document().clearUndoRedoStacks()  # undoing it is the program's
            self.entered.emit(self.toPlainText().strip())


class PortList(QWidget):
    """The ports of one side: renamed in place, put further up or down."""

    def __init__(self, document: Document, composite: str, kind: str, title: str) -> None:
        super().__init__()
        self.document, self.composite, self.kind = document, composite, kind
        self.setObjectName(f"ports-{kind}")
        self.list = QListWidget()
        self.list.setObjectName(f"port-list-{kind}")
        self.list.setAccessibleName(title)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setStyleSheet(ROOMY)
        self.list.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.list.setToolTip("Double-click or F2 renames a port; the wires of all instances stay on it")
        self.list.itemChanged.connect(self._renamed)
        self.up, self.down = IconButton("arrow-up", "Further up"), IconButton("arrow-down", "Further down")
        self.up.clicked.connect(self._go_up)
        self.down.clicked.connect(self._go_down)
        self.fault = Fault()
        label = QLabel(title)
        label.setProperty("hint", True)
        label.setFixedWidth(LABEL_WIDTH - 40)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.list, 1)
        buttons = QVBoxLayout()
        buttons.setSpacing(2)
        buttons.addWidget(self.up)
        buttons.addWidget(self.down)
        buttons.addStretch(1)
        row.addLayout(buttons)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addLayout(row)
        box.addWidget(self.fault)
        self.refresh()

    @property
    def _held(self) -> Composite:
        return self.document.root.composite(self.composite)

    def refresh(self) -> None:
        """Follow the document."""
        ports = self._held.ports(self.kind)
        shown = [(self.list.item(row).data(Qt.ItemDataRole.UserRole), self.list.item(row).text())
                 for row in range(self.list.count())]  # fmt: skip
        if shown != [(port.id, port.name) for port in ports]:
            row = min(max(self.list.currentRow(), 0), len(ports) - 1)
            self.list.blockSignals(True)
            self.list.clear()
            for port in ports:
                item = QListWidgetItem(port.name)
                item.setData(Qt.ItemDataRole.UserRole, port.id)
                item.setSizeHint(QSize(0, ROW))
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
                self.list.addItem(item)
            self.list.setCurrentRow(row)
            self.list.blockSignals(False)
        self.list.setFixedHeight(max(1, min(len(ports), 5)) * ROW + 6)
        for button in (self.up, self.down):
            button.setVisible(len(ports) > 1)

    def _renamed(self, item: QListWidgetItem) -> None:
        port = str(item.data(Qt.ItemDataRole.UserRole))
        edit = renamed_port(self.document.root, self._held, port, item.text().strip())
        fault = self.document.refusal(edit, whole=True)
        self.fault.say(fault[:1].upper() + fault[1:])
        if fault or not self.document.do(edit, "Rename a port", whole=True):
            self.refresh()

    def _go_up(self) -> None:
        self._move(-1)

    def _go_down(self) -> None:
        self._move(1)

    def _move(self, by: int) -> None:
        item = self.list.currentItem()
        if item is not None:
            row = min(max(self.list.currentRow() + by, 0), self.list.count() - 1)
            self.list.blockSignals(True)
            self.list.setCurrentRow(row)
            self.list.blockSignals(False)
            self.document.do(moved_port(self._held, str(item.data(Qt.ItemDataRole.UserRole)), by), "Move a port")


class CompositeForm(QWidget):
    """Name, help, settings and ports of one composite, and what it amounts to where one came in."""

    def __init__(self, document: Document, composite: str) -> None:
        super().__init__()
        self.document, self.composite = document, composite
        self.heading = Heading("")
        self.linked = Hint()
        self.name = Field()
        self.name.setObjectName("composite-name")
        self.name.setAccessibleName("Name of the composite")
        self.name.setToolTip("The class in exported code, the title on the canvas")
        self.name.editingFinished.connect(self._rename)
        self.name.textEdited.connect(self._forgive)
        self.fault = Fault()
        self.help = HelpEdit()
        self.help.entered.connect(self._set_help)
        self.parameters = ParameterList(document, composite)
        self.inputs = PortList(document, composite, "port_in", "Inputs")
        self.outputs = PortList(document, composite, "port_out", "Outputs")
        self.facts = FactTable()
        self._lay_out()
        self.refresh()

    def _lay_out(self) -> None:
        chip, label, row, head = QLabel(), QLabel("Name"), QHBoxLayout(), QHBoxLayout()
        t = theme.current()
        chip.setFixedSize(11, 11)
        chip.setStyleSheet(f"background: {t.family.get('Composites', t.muted)}; border-radius: 3px;")
        head.setSpacing(8)
        head.addWidget(chip)
        head.addWidget(self.heading, 1)
        label.setProperty("hint", True)
        label.setFixedWidth(LABEL_WIDTH - 40)
        label.setBuddy(self.name)
        row.addWidget(label)
        row.addWidget(self.name, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 14, 14, 14)
        box.setSpacing(10)
        box.addLayout(head)
        box.addWidget(self.linked)
        box.addLayout(row)
        for widget in (self.fault, self.help, hline(), Section("Settings of each instance"), self.parameters, hline(),
                       Section("Ports"), self.inputs, self.outputs, hline(), Section("What it computes"), self.facts):  # fmt: skip
            box.addWidget(widget)
        box.addStretch(1)

    def refresh(self) -> None:
        """Everything from the document."""
        composite = self.document.root.composites.get(self.composite)
        if composite is None:
            return
        self.heading.setText(composite.name)
        number = len(uses(self.document.root, self.composite))
        self.linked.setText(
            "Nothing is made of it yet; drag it from the palette." if not number
            else f"A change here changes {'the one block' if number == 1 else f'all {number} blocks'} made of it."
        )  # fmt: skip
        if not self.name.isModified():
            self.name.setText(composite.name)
        if not self.help.document().isModified() and self.help.toPlainText() != composite.help:
            self.help.setPlainText(composite.help)
            self.help.document().setModified(False)
        for part in (self.parameters, self.inputs, self.outputs):
            part.refresh()
        report = self.document.report
        self.facts.show_facts(
            (
                ("Blocks", count(len(self.document.graph))),
                ("Parameters", count(report.parameters)),
                ("Multiply-adds", f"{count(report.macs)} / sample"),
                ("Activation memory", f"{memory(report.activation_bytes)} / sample"),
            )
        )

    def _forgive(self, _text: str) -> None:
        self.fault.say("")

    def _rename(self) -> None:
        name = self.name.text().strip()
        self.name.setModified(False)
        self.fault.say("")
        if self.composite in self.document.root.composites and name != self._held.name:
            self._do(Define(replace(self._held.definition(), name=name)), f"Rename {self._held.name}")
            self.name.settle_on(self._held.name)

    @property
    def _held(self) -> Composite:
        return self.document.root.composite(self.composite)

    def _set_help(self, text: str) -> None:
        if self.composite in self.document.root.composites and text != self._held.help:
            self._do(Define(replace(self._held.definition(), help=text)), f"Describe {self._held.name}")

    def _do(self, edit: Edit, text: str) -> None:
        fault = self.document.refusal(edit)
        self.fault.say(fault[:1].upper() + fault[1:])
        if not fault:
            self.document.do(edit, text)
