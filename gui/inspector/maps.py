"""Filters and activation maps of one block for one sample, with the network's answers beside them.

They follow the training while they are in sight. Not for: many samples (`confusion`) nor drawings (`tryit`).
"""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.graph.model import Graph
from engine.probes.worker import Request, Result
from gui import theme
from gui.document import Document
from gui.inspector.answer import AnswerCard
from gui.inspector.blocks import BlockList
from gui.inspector.judge import Judge
from gui.inspector.mosaic import MosaicCard
from gui.inspector.samples import SampleBar
from gui.inspector.subject import Sample, picture_of, rows, sample_in, target_words, weights_before
from gui.inspector.task import Task, task_of
from gui.session import Session
from gui.widgets import Section, Segmented

FILTERS, MAPS, ANSWERS = "inspect.filters", "inspect.maps", "inspect.answers"
WIDE = 640  # pixels of the middle from which both cards stand side by side
GAP, MARGIN = 12, 16  # pixels between cards, and at the sides
KINDS = (("filters", "Slices"), ("norms", "Strengths"))


class MapsPanel(QWidget):
    """See the module.

    Attributes:
        answered: Emits every result, for the line that says where the weights are from.
    """

    answered = Signal(object)

    def __init__(self, document: Document, session: Session, judge: Judge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document, self.session, self.judge = document, session, judge
        self.blocks = BlockList()
        self.filters = MosaicCard("Learned filters", name="filters", icon="blur")
        self.maps = MosaicCard("Activation maps", name="maps", icon="layers-triple-outline")
        self.kind = Segmented(list(KINDS), name="Slices or strengths")
        self.kind.setToolTip(
            "Slices: each filter's weights on each channel. Strengths: how large each slice is, as one table."
        )
        self.filters.head.addWidget(self.kind)
        self.samples = SampleBar()
        self.answer = AnswerCard()
        self.which = Segmented([("filters", "Learned filters"), ("maps", "Activation maps")], name="Filters or maps")
        self.which.set_value("maps")
        self.task = Task()
        self._own: Sample | None = None  # a sample that is in no data set: a drawing
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._ask_now)
        self._build()
        self._connect()
        self._network_changed()
        if session.dataset is not None:
            self._data_changed()

    def _build(self) -> None:
        self.left = QWidget()
        self.left.setMinimumWidth(216)
        self.left.setMaximumWidth(280)
        side = QVBoxLayout(self.left)
        side.setContentsMargins(0, 0, 0, 0)
        side.addWidget(Section("Block"))
        side.addWidget(self.blocks, 1)
        self.middle = QWidget()
        centre = QVBoxLayout(self.middle)
        centre.setContentsMargins(0, 0, 0, 0)
        centre.setSpacing(theme.SPACE)
        centre.addWidget(self.which)
        cards = QHBoxLayout()
        cards.setSpacing(GAP)
        cards.addWidget(self.filters, 1)
        cards.addWidget(self.maps, 1)
        centre.addLayout(cards, 1)
        upper = QHBoxLayout()
        upper.setSpacing(GAP)
        upper.addWidget(self.left, 2)
        upper.addWidget(self.middle, 12)
        upper.addWidget(self.answer, 2)
        box = QVBoxLayout(self)
        box.setContentsMargins(MARGIN, GAP, MARGIN, GAP)
        box.setSpacing(12)
        box.addLayout(upper, 1)
        box.addWidget(self.samples)

    def _connect(self) -> None:
        session = self.session
        session.network_changed.connect(self._network_changed)
        session.dataset_ready.connect(self._data_changed)
        session.data_failed.connect(self._data_changed)
        session.probed.connect(self._probed)
        session.state_changed.connect(self._judge)
        self.judge.found.connect(self._judged)
        self.judge.forgotten.connect(self._judge)
        self.document.selected.connect(self._document_selected)
        self.blocks.chosen.connect(self._block_chosen)
        self.samples.picked.connect(self._sample_picked)
        self.samples.part.changed.connect(self._judge)
        self.which.changed.connect(self._arrange)
        self.kind.changed.connect(self._kind_changed)
        self.filters.wanted.connect(self.ask)
        self.maps.wanted.connect(self.ask)

    # --- what is looked at

    def look_at(self, sample: Sample) -> None:
        """Look into the network with a sample that is in no data set."""
        self._own = sample
        self.samples.unmark()
        self._show_sample()
        self.ask()

    def _network_changed(self) -> None:
        graph = self.session.looking_at
        self.task = task_of(graph, self.session.dataset)
        self.blocks.set_rows(rows(graph) if graph is not None else [])
        if graph is None:
            words = "The drawing cannot be built yet. Mend the problems shown in the Design place, and its filters appear here."
            for card in (self.filters, self.maps):
                card.show_words("No network yet", words)
            self.answer.clear()
            return
        self._document_selected(self.document.selection)
        self._show_sample()
        self._judge()
        self.ask()

    def _data_changed(self, *_: object) -> None:
        self._own = None
        self.task = task_of(self.session.looking_at, self.session.dataset)
        self.samples.set_dataset(self.session.dataset)
        self._show_sample()
        self._judge()
        self.ask()

    def _document_selected(self, ids: tuple[str, ...]) -> None:
        if len(ids) == 1:
            self.blocks.choose(ids[0])

    def _block_chosen(self, _id: str) -> None:
        for card in (self.filters, self.maps):
            card.thaw()
        self.ask()

    def _kind_changed(self, _kind: str) -> None:
        self.filters.thaw()
        self.ask()

    def _sample_picked(self, _row: int) -> None:
        self._own = None
        self._show_sample()
        self.ask()

    def _show_sample(self) -> None:
        dataset, row = self.session.dataset, self.samples.sample
        if self._own is not None:
            self.answer.show_own(self._own)
        elif dataset is None or row is None:
            self.answer.clear()
        else:
            truth = self.task.truth(dataset, row)
            words = "" if self.task.kind == "again" else target_words(dataset, row, self.task.column)
            self.answer.show_sample(picture_of(dataset, row), row, truth, words)

    def _sample(self, graph: Graph) -> Sample | None:
        if self._own is not None:
            return self._own
        dataset, row = self.session.dataset, self.samples.sample
        if dataset is None or row is None:
            return None
        return sample_in(dataset, graph, row)

    # --- asking

    def ask(self) -> None:
        """Ask for everything in sight, once, at the end of this turn of the event loop."""
        if self.isVisible():
            self._soon.start()

    def _ask_now(self) -> None:
        graph, block = self.session.looking_at, self.blocks.block
        if graph is None or block is None or not self.isVisible():
            return
        self._ask_filters(graph, block.id)
        sample = self._sample(graph)
        normalisation = self.session.dataset.normalisation if self.session.dataset is not None else None
        maps = block.shape is not None and len(block.shape.dims) == 3
        self.maps.set_title(f"{'Activation maps' if maps else 'Activations'} of {block.name}")
        if sample is None:
            for key in (MAPS, ANSWERS):
                self.session.forget(key)
            failed = self.session.data_error
            self.maps.show_words(
                "No sample", failed or "Choose a data set in the Data place, and its samples appear below."
            )
            return
        request = Request(
            "activations", block.name, sample, look=self.maps.look(), normalisation=normalisation, live=True
        )
        self.session.probe(MAPS, request)
        row = self.samples.sample if self._own is None else None
        probe, options = self.task.question(self.session.dataset, row, sample[0])
        request = Request(probe, sample=sample, options=options, normalisation=normalisation, live=True)
        self.session.probe(ANSWERS, request)

    def _ask_filters(self, graph: Graph, id_: str) -> None:
        name = weights_before(graph, id_)
        if name is None:
            self.session.forget(FILTERS)
            self.filters.set_title("Learned filters")
            self.kind.hide()
            self.filters.show_words(
                "No filters here", "No layer with weights comes before this block. Pick one further on."
            )
            return
        own = graph.node(id_).name == name
        what = "Learned filters" if graph.named(name).kind == "conv2d" else "Learned weights"
        self.filters.set_title(f"{what} of {name}" + ("" if own else f", which feeds {graph.node(id_).name}"))
        self.kind.setVisible(self._has_slices(graph, name))
        probe = self.kind.value if self.kind.isVisibleTo(self) else "filters"
        self.session.probe(FILTERS, Request(probe, name, look=self.filters.look(), live=True))

    def _has_slices(self, graph: Graph, name: str) -> bool:
        """Whether a convolution looks at several channels that are no colours."""
        node = graph.named(name)
        if node.kind != "conv2d":
            return False
        before = next((wire.source.block for wire in graph.wires_into(node.id)), None)
        shape = next((row.shape for row in rows(graph) if row.id == before), None)
        if shape is None or len(shape.dims) != 3:
            return False
        first = before is not None and graph.node(before).block().role == "input"
        return shape.dims[0] > 1 and not (first and shape.dims[0] == 3)

    def _probed(self, results: list[tuple[str, Result]]) -> None:
        if not self.isVisible():
            return
        for key, result in results:
            match key:
                case "inspect.filters":
                    self.filters.show_result(result)
                case "inspect.maps":
                    self.maps.show_result(result)
                case "inspect.answers":
                    self.answer.show_answers(result.answer, result.fault)
                case _:
                    continue
            self.answered.emit(result)

    # --- mistakes

    def _judge(self, *_: object) -> None:
        """Ask for the mistakes of this part when there is a trained network and nothing trains."""
        part = self.samples.part.value
        if self.judge.known(part) is not None:
            self._judged(part)
            return
        self.samples.set_found(None)
        if (
            self.isVisible()
            and self.session.trained
            and self.session.state == "idle"
            and self.session.dataset is not None
        ):
            self.judge.want(part)

    def _judged(self, part: str) -> None:
        if part == self.samples.part.value and self.session.trained:
            self.samples.set_found(self.judge.known(part))

    # --- what is in sight

    def _arrange(self, *_: object) -> None:
        rest = self.left.minimumWidth() + self.answer.minimumWidth() + 2 * MARGIN + 2 * GAP
        wide = self.width() - rest >= WIDE
        self.which.setVisible(not wide)
        self.filters.setVisible(wide or self.which.value == "filters")
        self.maps.setVisible(wide or self.which.value == "maps")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
        QTimer.singleShot(0, self, self._reshape)

    def _reshape(self) -> None:
        self.filters.reshape()
        self.maps.reshape()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._arrange()
        self._judge()
        self.ask()
        QTimer.singleShot(0, self, self._reshape)

    def hideEvent(self, event: QHideEvent) -> None:
        for key in (FILTERS, MAPS, ANSWERS):
            self.session.forget(key)
        super().hideEvent(event)
