"""Asks how the network does on a whole part of the data, and keeps the answers until the network or the data are others.

One object that the sample bar (which marks mistakes) and the confusion matrix share. Not for: showing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from engine.probes.data import Confusion, Questions
from engine.probes.worker import Request, Result
from gui.inspector.subject import columns
from gui.inspector.task import task_of
from gui.session import Session

KEY = "inspect.confusion"
MOST = 10_000  # samples of a part that are asked: seconds, not minutes, for a network of this kind


NO_CLASSES = {
    "": "The network is not asked for a class of these data, so there is nothing to confuse.",
    "number": "The network says numbers, which are more or less far off and never one class for another.",
    "again": "The network makes its input again; how far off it is stands beside each sample in Filters and maps.",
    "mask": "The network says a class for every pixel; what share is right stands beside each sample in Filters and maps.",
    "tags": "The network says a class for every step; what share is right stands beside each sample in Filters and maps.",
}  # why there is no matrix, by what the network is asked


class Judge(QObject):
    """See the module.

    Attributes:
        found: Emits the part ("val", "test", "train") whose answers are there now.
        progress: Emits the part and the share that is done.
        failed: Emits the part and why there are no answers.
        forgotten: What was known is no longer true.
    """

    found = Signal(str)
    progress = Signal(str, float)
    failed = Signal(str, str)
    forgotten = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._known: dict[str, Result] = {}
        self._request: Request | None = None
        session.probed.connect(self._probed)
        session.network_changed.connect(self.forget)
        session.dataset_ready.connect(self.forget)
        session.data_failed.connect(self.forget)
        session.state_changed.connect(self._state_changed)

    def known(self, part: str) -> Confusion | None:
        """The answers for a part, if they are there."""
        result = self._known.get(part)
        return result.answer if result is not None and isinstance(result.answer, Confusion) else None

    def source(self, part: str) -> str:
        """Which weights a part was judged with, in words."""
        result = self._known.get(part)
        return result.source if result is not None else ""

    def forget(self, *_: object) -> None:
        """What is known belongs to other weights or other data."""
        self._known.clear()
        if self._request is not None:
            self._request = None
            self.session.forget(KEY)
        self.forgotten.emit()

    def _state_changed(self, state: str) -> None:
        if state == "running":  # the weights change from now on
            self.forget()

    def want(self, part: str) -> None:
        """See to it that the answers for a part come, if they are not there and not on their way."""
        if part in self._known:
            self.found.emit(part)
            return
        if self._request is not None and self._request.tag == part:
            return
        questions = self.questions(part)
        if isinstance(questions, str):
            self.failed.emit(part, questions)
            return
        self._request = Request("confusion", questions=questions, normalisation=questions.normalisation, tag=part)
        self.session.probe(KEY, self._request)

    def questions(self, part: str) -> Questions | str:
        """The samples of a part, or the sentence why they cannot be asked."""
        dataset, graph = self.session.dataset, self.session.looking_at
        if dataset is None:
            return "There are no data yet. Choose a data set in the Data place."
        if graph is None:
            return "The drawing cannot be built yet. Mend the problems shown in the Design place."
        task = task_of(graph, dataset)
        label = task.column
        if label is None or task.kind not in ("classes", "single"):
            return NO_CLASSES[task.kind]
        rows = dataset.splits.get(part, np.zeros(0, np.int64))
        if not len(rows):
            return "This part of the data is empty. Give it a share in the Data place."
        names = columns(graph)
        if any(name not in dataset.columns for name in names):
            return "The network reads other columns than these data have."
        inputs = tuple(dataset.columns[name] for name in names)
        return Questions(
            inputs, dataset.columns[label.name], spread(rows, MOST), label.classes, dataset.normalisation, task.single
        )

    def _probed(self, results: list[tuple[str, Result]]) -> None:
        for key, result in results:
            if key != KEY or result.request is not self._request:
                continue
            part = str(result.request.tag)
            if result.fault:
                self._request = None
                self.failed.emit(part, result.fault)
            elif result.answer is None:
                self.progress.emit(part, result.share)
            else:
                self._request = None
                self._known[part] = result
                self.found.emit(part)


def spread(rows: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """At most so many rows, evenly chosen."""
    if len(rows) <= most:
        return rows
    return rows[np.linspace(0, len(rows) - 1, most).astype(np.int64)]
