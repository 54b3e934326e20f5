"""The pages of the properties panel: one block, several blocks.

Not for: which page is shown (`gui.form.properties`), nor the page of the whole network (`gui.form.network_page`).
"""

from __future__ import annotations

from itertools import count as counter

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from engine.blocks.spec import Port
from engine.declare import to_json
from engine.graph.expression import is_expression
from engine.graph.model import Batch, Configure, Node
from engine.graph.naming import RUNNING
from engine.graph.targets import said
from engine.graph.tying import partners
from gui import composing, theme
from gui.document import Document
from gui.figures import count, memory
from gui.form.bypass import BypassRow
from gui.form.editors import TextEditor
from gui.form.fact_table import FactTable
from gui.form.facts import ProblemCard, field_of
from gui.form.field import Field
from gui.form.freeze import FreezeRow
from gui.form.instance import InstanceBox
from gui.form.learning import Learning
from gui.form.panel import SettingsForm
from gui.kind_row import help_of
from gui.widgets import Fault, Heading, Hint, Section, hline

FIELD_MS = 60  # after an edit until the receptive field follows; it is worked out through the whole network
_SESSIONS = counter()  # of typing into a form: what is typed in one of them is one undo step


class Page(QWidget):
    """A column with the panel's margins."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.document = document
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(14, 14, 14, 14)
        self.box.setSpacing(10)

    def refresh(self) -> None:
        """Show the document as it is now."""
        raise NotImplementedError(type(self).__name__)


class BlockPage(Page):
    """Name, help, settings, problems and facts of one block."""

    def __init__(self, document: Document, block: str) -> None:
        super().__init__(document)
        self.block, self._owner = block, document.graph.owner
        node = document.graph.node(block)
        self.kind = node.kind
        self.spec = node.spec
        self._session = next(_SESSIONS)
        self._cards: list[ProblemCard] = []
        self._shown: tuple[object, ...] = ()
        self._plain = True  # no setting could ever be an expression
        self._make_head()
        self.form = SettingsForm(self.spec)
        self.form.changed.connect(self._set)
        self.form.finished.connect(self._finished)
        self.form.made.connect(self._offer)
        self.box.addWidget(self.form)
        self.form.setVisible(bool(self.form.rows))
        self.bypass = BypassRow(document, block) if BypassRow.fits(document, node) else None
        if self.bypass is not None:
            self.box.addWidget(self.bypass)
        self.frozen = FreezeRow(document, block)
        self.box.addWidget(self.frozen)
        self.instance = InstanceBox(document, block) if node.composite is not None else None
        if self.instance is not None:
            self.box.addWidget(self.instance)
        # Below the settings: a problem that comes and goes while a value is turned must not move the field under the mouse.
        self.problems = QVBoxLayout()
        self.problems.setSpacing(8)
        self.box.addLayout(self.problems)
        self.box.addWidget(hline())
        self.box.addWidget(Section("What it computes"))
        self._make_facts()
        self._field = ""
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(FIELD_MS)
        self._later.timeout.connect(self._find_field)
        self._find_field()
        self.learning = Learning()
        self.box.addWidget(self.learning)
        self.box.addStretch(1)
        self.refresh()

    @property
    def lasting(self) -> bool:
        """Whether it can be turned to other blocks."""
        return self.instance is None and self.bypass is None and self._plain

    def turn_to(self, block: str) -> bool:
        """Show another block of the same kind, so that what is unfolded and scrolled to stays; False where it needs a new page.

        A field that is being typed into keeps its block.
        """
        node, focus = self.document.graph.node(block), QApplication.focusWidget()
        if node.spec is not self.spec or not self.lasting or BypassRow.fits(self.document, node):
            return False
        if self.document.graph.owner is not None:
            return False
        if any(is_expression(value, self.spec.settings.get(name)) for name, value in node.settings.items()):
            return False
        if focus is not None and self.isAncestorOf(focus):
            return False
        self.block = self.frozen.block = block
        self._session = next(_SESSIONS)
        self._field = ""
        self.name.setModified(False)
        self.name_fault.say("")
        for row in self.form.rows.values():
            row.show_fault("")
            if row.there:
                row.editor.forget()
        self.refresh()
        self._find_field()
        return True

    def _make_facts(self) -> None:
        self.facts = FactTable()
        self.aim = Hint()
        self.aim.setObjectName("aim")
        self.box.addWidget(self.facts)
        self.box.addWidget(self.aim)

    def _make_head(self) -> None:
        spec = self.spec
        tokens = theme.current()
        title = QHBoxLayout()
        title.setSpacing(8)
        chip = QLabel()
        chip.setFixedSize(11, 11)
        chip.setStyleSheet(f"background: {tokens.family.get(spec.family, tokens.muted)}; border-radius: 3px;")
        title.addWidget(chip)
        title.addWidget(Heading(spec.title), 1)
        self.box.addLayout(title)
        row = QHBoxLayout()
        row.setSpacing(8)
        label = QLabel("Name")
        label.setProperty("hint", True)
        label.setFixedWidth(104)
        self.name = Field()
        self.name.setObjectName("block-name")
        self.name.setAccessibleName("Name of the block")
        self.name.setToolTip("The layer's name in code and the key of its weights")
        self.name.editingFinished.connect(self._rename)
        self.name.textEdited.connect(self._forgive)
        label.setBuddy(self.name)
        row.addWidget(label)
        row.addWidget(self.name, 1)
        self.box.addLayout(row)
        self.name_fault = Fault()
        self.box.addWidget(self.name_fault)
        self.help = Hint(help_of(spec))
        self.box.addWidget(self.help)
        self.source = Hint(f"Source: {spec.source}")
        self.source.setFont(theme.font(11, 400))
        self.box.addWidget(self.source)

    def refresh(self) -> None:
        """Name, values, problems and figures from the document."""
        graph, report = self.document.graph, self.document.report
        if self.block not in graph.nodes:
            return
        node = graph.node(self.block)
        if not self.name.isModified():
            self.name.setText(node.name)
        self._show_values(node)
        if self.instance is not None:
            self.instance.refresh()
        problems = report.of(self.block)
        if (self.block, problems) != self._shown:
            self._shown = self.block, problems
            for card in self._cards:
                self.problems.removeWidget(card)
                card.hide()
                card.deleteLater()
            self._cards = [ProblemCard(self.document, problem) for problem in problems]
            for card in self._cards:
                self.problems.addWidget(card)
        self._show_facts()
        self._later.start()

    def _show_values(self, node: Node) -> None:
        """Values as they are in the repetition that is open, and the expressions that they come from."""
        made = self.document.report.made.get(self.block, node.block())
        self.frozen.refresh(node)
        known = node.spec.settings
        expressions = {name: str(text) for name, text in node.settings.items() if is_expression(text, known.get(name))}
        inside = self.document.graph.owner is not None or node.composite is not None
        self._plain = self._plain and not inside and not expressions
        if inside:
            names = dict(self.document.names_here())
            if self.bypass is not None:
                self.bypass.refresh(node, names)
            if node.composite is not None:  # its settings count its own repetitions
                names |= {**RUNNING, "n": getattr(made, "repeat", 1)}
            self.form.allow_expressions(names)
        elif expressions:
            self.form.allow_expressions(RUNNING)
        self.form.set_values(to_json(made, all_of_them=True), expressions)
        self._offer("tied")

    def _offer(self, name: str) -> None:
        """Offer the blocks whose weight can be shared, where somebody can see the field."""
        row = self.form.rows.get("tied") if name == "tied" else None
        if row is not None and row.there and isinstance(row.editor, TextEditor):
            row.editor.offer(partners(self.document.graph, self.block))

    def _show_facts(self) -> None:
        graph, found = self.document.graph, self.document.report.blocks.get(self.block)
        facts: list[tuple[str, str]] = []
        block = graph.node(self.block).block()
        inputs = block.inputs()
        for index, port in enumerate(inputs):
            shape = found.inputs[index] if found is not None and index < len(found.inputs) else None
            name = "Input" if len(inputs) == 1 else f"Input {port.name}"
            facts.append((name, str(shape) if shape is not None else "not known"))
        outputs = block.outputs() if self.spec.role != "output" else ()
        for index, port in enumerate(outputs or (Port("y"),)):
            shape = found.outputs[index] if found is not None and index < len(found.outputs) else None
            name = "Output" if len(outputs) < 2 else f"Output {port.name}"
            facts.append((name, str(shape) if shape is not None else "not known"))
        if found is not None and found.output is not None:
            facts.append(("Parameters", count(found.parameters)))
            facts.append(("Multiply-adds", count(found.macs)))
            facts.append(("Activation memory", f"{memory(found.activation_bytes)} / sample"))
            if self._field:
                facts.append(("Receptive field", self._field))
        self.facts.show_facts(facts)
        self._show_aim()

    def _show_aim(self) -> None:
        """What an output learns where nobody drew a loss."""
        document, text = self.document, ""
        if self.spec.role == "output" and document.facts is not None and document.graph is document.root:
            text = said(document.root, document.root_report, document.facts).get(self.block, "")
        self.aim.setText(text)
        self.aim.setVisible(bool(text))

    def _find_field(self) -> None:
        """What the block sees of the picture: the one figure that depends on all blocks before it."""
        if self.block in self.document.graph.nodes:
            field = field_of(self.document, self.block)
            before, self._field = self._field, field.text.replace(" (", "\n(") if field is not None else ""
            if self._field != before:
                self._show_facts()

    def _stands(self) -> bool:
        """Whether its block is in the drawing that is open; what ends a field's typing may come after it has gone."""
        return self.document.graph.owner == self._owner and self.block in self.document.graph.nodes

    def _set(self, name: str, value: object) -> None:
        if not self._stands():
            return
        node = self.document.graph.node(self.block)
        json = list(value) if isinstance(value, tuple) else value
        label = node.spec.settings[name].label.lower()
        if isinstance(value, str) and is_expression(value, node.spec.settings[name]):
            fault = self.document.refusal(Configure(self.block, {name: json}))
            self.form.set_fault(name, fault)
            if fault:
                return
        merge = f"set {self.block}.{name} {self._session}"
        if not self.document.do(Configure(self.block, {name: json}), f"Set {label} of {node.name}", merge=merge):
            self.refresh()

    def _finished(self, _name: str) -> None:
        self._session = next(_SESSIONS)

    def _forgive(self, _text: str) -> None:
        self.name_fault.say("")

    def _rename(self) -> None:
        name = self.name.text().strip()
        self.name.setModified(False)
        self.name_fault.say("")
        if not self._stands() or name == self.document.graph.node(self.block).name:
            return
        fault = composing.rename_refusal(self.document, self.block, name)
        self.name_fault.say(fault[:1].upper() + fault[1:])
        if fault:
            self.name.settle_on(self.document.graph.node(self.block).name)
        else:
            composing.rename(self.document, self.block, name)


class SeveralPage(Page):
    """What is selected, its totals, and the settings it shares if it is all of one kind."""

    def __init__(self, document: Document, blocks: tuple[str, ...]) -> None:
        super().__init__(document)
        self.blocks = blocks
        nodes = [document.graph.node(block) for block in blocks]
        self.box.addWidget(Heading(f"{len(blocks)} blocks"))
        self.hint = Hint()
        self.box.addWidget(self.hint)
        self.facts = FactTable()
        self.box.addWidget(self.facts)
        self.form: SettingsForm | None = None
        self._session = next(_SESSIONS)
        if len({node.kind for node in nodes}) == 1:
            spec = nodes[0].spec
            self.hint.setText(f"All of the kind “{spec.title}”: a setting changed here changes in every one.")
            self.form = SettingsForm(spec)
            self.form.changed.connect(self._set)
            self.form.finished.connect(self._finished)
            self.form.differed.connect(self._take_back)
            self.box.addWidget(hline())
            self.box.addWidget(self.form)
        else:
            titles = sorted({node.spec.title for node in nodes})
            self.hint.setText(", ".join(titles) + ". Select blocks of one kind to change their settings together.")
        self.box.addStretch(1)
        self.refresh()

    def refresh(self) -> None:
        """Totals, and the values that all have in common."""
        graph, report = self.document.graph, self.document.report
        blocks = [block for block in self.blocks if block in graph.nodes]
        found = [report.blocks[block] for block in blocks if block in report.blocks]
        self.facts.show_facts(
            (
                ("Parameters", count(sum(one.parameters for one in found))),
                ("Multiply-adds", count(sum(one.macs for one in found))),
                ("Activation memory", f"{memory(sum(one.activation_bytes for one in found))} / sample"),
            )
        )
        if self.form is None or not blocks:
            return
        made = report.made
        values = [to_json(made.get(block, graph.node(block).block()), all_of_them=True) for block in blocks]
        self.form.set_values(values[0])
        self.form.set_mixed(name for name in values[0] if any(one[name] != values[0][name] for one in values))

    def _set(self, name: str, value: object) -> None:
        json = list(value) if isinstance(value, tuple) else value
        edit = Batch(tuple(Configure(block, {name: json}) for block in self.blocks))
        if not self.document.do(edit, f"Set {name} of {len(self.blocks)} blocks", merge=self._word(name)):
            self.refresh()

    def _word(self, name: str) -> str:
        """What one person's typing into one field has in common."""
        return f"set {' '.join(self.blocks)}.{name} {self._session}"

    def _take_back(self, name: str) -> None:
        """Give every block back what it had before the typing."""
        self.document.take_back(self._word(name))
        self._session = next(_SESSIONS)
        self.refresh()

    def _finished(self, _name: str) -> None:
        self._session = next(_SESSIONS)
