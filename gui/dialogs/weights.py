"""The dialog that imports weights: a file, what of it matches, a fresh head, and what a training is to leave as it is.

Not for: reading and matching (`weights_job`, `engine.importers`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.declare import Json
from engine.graph.check import check
from engine.graph.frozen import frozen_parameters, learning
from engine.graph.model import SetSection
from engine.training.places import named_file
from gui import theme
from gui.background import in_background
from gui.dialogs import weights_job as job
from gui.dialogs.weights_face import ENDINGS, SUFFIXES, WeightsFace
from gui.document import Document
from gui.session import Session

if TYPE_CHECKING:
    from engine.importers.bringing import Head
    from engine.importers.matching import Match

AS_IS, THAW = "", None  # what to freeze: leave all as it is, or thaw all


class WeightsDialog(WeightsFace):
    """See the module.

    Attributes:
        said: Emits the sentence of a finished import.
    """

    said = Signal(str)

    def __init__(self, document: Document, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document, self.session = document, session
        # Without the data, whose classes may be others: that is what a new head is for.
        self.report = check(document.root)
        self.head: Head | None = None
        self.subject: job.Subject | None = None
        self.found: tuple[Match, ...] = ()
        self._wanted = 0
        self._connect()
        self._fill()

    def _connect(self) -> None:
        self.choose.clicked.connect(self._ask)
        self.way.currentIndexChanged.connect(self._show)
        self.wrong.toggled.connect(self._show)
        self.fresh.toggled.connect(self._match)
        self.classes.valueChanged.connect(self._count)
        self.freeze.currentIndexChanged.connect(self._count)
        self.forget.clicked.connect(self._forget)
        self.bring.clicked.connect(self.carry_out)
        theme.notifier().changed.connect(self._restyle)

    def _fill(self) -> None:
        section = self.document.root.sections["weights"]
        self.forget.setVisible(bool(named_file(self.document.root)))
        self.forget.setToolTip(f"Begin fresh again, without the weights of {section.get('from', '')}")
        names = {id_: self.document.root.node(id_).name for id_ in learning(self.report)}
        order = list(names)
        self.freeze.addItem("Leave as it is", AS_IS)
        self.freeze.addItem("Nothing: train all blocks", THAW)
        if len(order) > 1:
            self.freeze.addItem("Everything but the head", order[-2])
            for id_ in order[:-2]:
                self.freeze.addItem(f"Up to {names[id_]}", id_)
        self._tell_head()
        self._allow()
        self._count()

    def _tell_head(self) -> None:
        """What can be replaced, and by how many classes."""
        head = self.head
        for widget in (self.fresh, self.classes, self.after):
            widget.setEnabled(head is not None)
        facts = self.document.facts
        target = facts.target if facts is not None else None
        known = len(target.classes) if target is not None else 0
        self.classes.setValue(known or (head.classes if head is not None else 1))
        self.fresh.setText(f"Replace the head ({head.name}):" if head is not None else "Replace the head:")
        if self.subject is not None and head is None:
            self.fresh.setToolTip("The last block that learns has no number of classes to set")

    # --- the file

    def _ask(self) -> None:
        start = str(self.document.path.parent if self.document.path else Path.home())
        name, _ = QFileDialog.getOpenFileName(
            self, "Choose a file of weights", start, f"Weights ({ENDINGS});;All files (*)"
        )
        if name:
            self.read(Path(name))

    def read(self, path: Path) -> None:
        """Read a file on another thread, and show what matches."""
        self._busy(f"Reading {path.name}…")
        graph = self.document.root.copy()
        in_background(self, partial(job.read, path, graph), self._came, self._failed)

    def _came(self, subject: job.Subject) -> None:
        from engine.importers.bringing import head_of

        first = self.subject is None
        self.subject = subject
        holder = f", under “{subject.checkpoint.holder}”" if subject.checkpoint.holder else ""
        self.file.setText(f"{subject.checkpoint.file}: {len(subject.checkpoint.tensors)} tensors{holder}")
        self.head = head_of(subject.graph, self.report)
        if first:
            self._tell_head()
        self._match()

    def _match(self, *_: object) -> None:
        if self.subject is None:
            return
        self._wanted += 1
        fresh = {self.head.name} if self.fresh.isChecked() and self.head is not None else set()
        in_background(
            self, partial(job.matches, self.subject, fresh), partial(self._matched, self._wanted), self._failed
        )

    def _matched(self, wanted: int, found: tuple[Match, ...]) -> None:
        if wanted != self._wanted:
            return
        from engine.importers.matching import title

        if self.head is not None and not self.found and _only_head_differs(found[0], self.head.name):
            self.found = found
            self.fresh.setChecked(True)  # another number of classes: matched anew without the head
            return
        held = self.way.currentData() if self.found else None
        self.found = found
        self.way.blockSignals(True)
        self.way.clear()
        for match in found:
            self.way.addItem(f"{title(match.way)} ({match.count('loaded')} of {match.ours})", match.way)
        places = [place for place, match in enumerate(found) if match.way == held]
        self.way.setCurrentIndex(places[0] if places else 0)
        self.way.blockSignals(False)
        self.stack.setCurrentIndex(1)
        self._idle()
        self._show()

    @property
    def match(self) -> Match | None:
        """The match that is shown."""
        return self.found[self.way.currentIndex()] if self.found and self.way.currentIndex() >= 0 else None

    def _show(self, *_: object) -> None:
        match = self.match
        if match is None:
            return
        self.sentence.setText(match.sentence)
        self.note.setText(match.note)
        self.note.setVisible(bool(match.note))
        pairs = [pair for pair in match.pairs if pair.state != "loaded" or not self.wrong.isChecked()]
        self.model.set_pairs(pairs)
        self._restyle()
        self._allow()
        self._count()

    def _restyle(self, _name: str = "") -> None:
        match = self.match
        self.model.restyle()
        if match is not None:
            whole = match.count("loaded") + match.count("left out") == match.ours
            icon, token = ("check-circle", "good") if whole else ("alert-circle-outline", "warn")
            self.sign.setPixmap(theme.icon(icon, color=str(getattr(theme.current(), token))).pixmap(18, 18))

    # --- what is wanted

    def _count(self, *_: object) -> None:
        """How many learned numbers a training will change."""
        before = self.report.parameters
        head = self.report.blocks[self.head.id].parameters if self.head is not None else 0
        new = head
        if self.head is not None and self.fresh.isChecked():
            new = head * self.classes.value() // max(1, self.head.classes)
        freeze = self.freeze.currentData()
        order = learning(self.report)
        if freeze == AS_IS:
            frozen = frozen_parameters(self.document.root, self.report)
        else:
            upto = order[: order.index(freeze) + 1] if freeze in order else ()
            frozen = sum(self.report.blocks[id_].parameters for id_ in upto)
        total = before - head + new
        self.trained.setText(f"{max(0, total - frozen):,} of {total:,} parameters are trained")

    def _allow(self) -> None:
        match = self.match
        self.bring.setEnabled(match is not None and match.count("loaded") > 0)
        for widget in (self.way, self.by, self.wishes, self.trained):
            widget.setVisible(match is not None)

    def _busy(self, text: str) -> None:
        self.file.setText(text)
        self.fault.say("")
        self.progress.show()
        self.bring.setEnabled(False)
        self.choose.setEnabled(False)

    def _idle(self) -> None:
        self.progress.hide()
        self.choose.setEnabled(True)
        self._allow()

    def _failed(self, text: str) -> None:
        self._idle()
        subject = self.subject
        self.file.setText(subject.checkpoint.file if subject is not None else "No file chosen yet")
        self.fault.say(text)

    # --- carrying it out

    def carry_out(self) -> None:
        """Write the weights on another thread, then change the project in one step."""
        match, subject = self.match, self.subject
        if match is None or subject is None:
            return
        self._busy(f"Bringing {subject.checkpoint.file} into the project…")
        in_background(
            self,
            partial(job.bring, subject, match, self.document.path),
            partial(self._brought, match.sentence),
            self._failed,
        )

    def _brought(self, sentence: str, section: Mapping[str, Json]) -> None:
        from engine.importers.bringing import edit

        self._idle()
        head = self.head if self.fresh.isChecked() else None
        made = edit(
            self.document.root, self.report, section, head=head, classes=self.classes.value() if head else None,
            freeze=self.freeze.currentData(),
        )  # fmt: skip
        if not self.document.do(made, "Import weights", whole=True):
            self.fault.say("The project could not take them; see the status bar.")
            return
        if self.session.run is not None:
            self.session.show_run(None)  # the weights that were imported are looked into, not those of a run before
        self.said.emit(sentence)
        self.accept()

    def _forget(self) -> None:
        section = self.document.root.sections["weights"]
        kept = {name: value for name, value in section.items() if name == "names"}
        self.document.do(SetSection("weights", kept), "Forget imported weights", whole=True)
        self.said.emit("The imported weights are forgotten: the network begins fresh again.")
        self.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(Path(url.toLocalFile()).suffix.lower() in SUFFIXES for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for url in event.mimeData().urls():
            path = Path(url.toLocalFile())
            if path.suffix.lower() in SUFFIXES:
                event.acceptProposedAction()
                self.read(path)
                return


def _only_head_differs(match: Match, head: str) -> bool:
    """Whether nothing but the head keeps the file from being loaded whole."""
    wrong = [pair for pair in match.pairs if pair.state in ("differs", "missing")]
    return bool(wrong) and all(pair.block == head for pair in wrong)
