"""The fit meter: the memory that a training takes against what the device has, the largest batch that fits, seconds an epoch.

Everything is worked out and timed off the window's thread, a moment after the last edit, and no steps are timed while a training
runs. Not for: the figures themselves (`engine.training.fitmeter`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QPoint, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from engine.data import DataSet
from engine.declare import to_json
from engine.graph.model import Edit, Graph, Move, RemoveMark, SetMark, SetSection
from engine.training.fitmeter import Pace, Survey, measure, survey
from engine.training.settings import TrainingSettings
from gui import theme
from gui.background import in_background
from gui.document import Document
from gui.feed import only
from gui.figures import memory
from gui.session import Session
from gui.widgets import Heading, Hint

REST_MS = 700  # after the last edit: nobody wants a figure for every digit that is typed
CALM_MS = 1500  # after that, until steps are timed: they take the machine for a second
MOST_KEPT = 64  # measurements that are remembered
BAR = QSize(64, 8)  # pixels


class FitSource(QObject):
    """Keeps the figures of one document true.

    Attributes:
        survey: The last one, None while the network cannot be built.
        pace: How fast it learns here, None while that is not known.
        measuring: Whether steps are being timed.
    """

    changed = Signal()

    def __init__(self, document: Document, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.session = session
        self.survey: Survey | None = None
        self.pace: Pace | None = None
        self.measuring = False
        self._busy = False
        self._known: dict[tuple[object, ...], Pace] = {}
        self._cancelled = threading.Event()
        self._later = self._timer(REST_MS, self.refresh)
        self._soon = self._timer(CALM_MS, self.time_it)
        document.edited.connect(self._edited)
        document.replaced.connect(self._moved_on)
        document.facts_changed.connect(self._moved_on)
        session.state_changed.connect(self._state_changed)
        session.dataset_ready.connect(self._moved_on)
        self.destroyed.connect(self._cancelled.set)
        self._later.start()

    def _timer(self, pause: int, then: Callable[[], None]) -> QTimer:
        made = QTimer(self)
        made.setSingleShot(True)
        made.setInterval(pause)
        made.timeout.connect(then)
        return made

    # --- following

    def _edited(self, edit: Edit) -> None:
        if not only(edit, (Move, SetMark, RemoveMark)):
            self._moved_on()

    def _moved_on(self, _what: object = None) -> None:
        self._cancelled.set()
        self._soon.stop()
        self._later.start()

    def _state_changed(self, state: str) -> None:
        if state == "idle":
            self._later.start()
        else:
            self._cancelled.set()
            self._soon.stop()

    def close(self) -> None:
        """Measure no more; what runs ends after its step."""
        self._later.stop()
        self._soon.stop()
        self._cancelled.set()

    # --- working it out

    def refresh(self) -> None:
        """Work out the memory anew, and soon the time where it is not known."""
        if self._busy:
            self._later.start()
            return
        self._later.stop()
        if not self.document.root_report.known or not self.document.root.nodes:
            self._show(None)
            return
        self._busy = True
        self._cancelled.clear()
        graph, settings, data = self._subject()
        in_background(self, lambda: survey(graph, settings, data), self._surveyed, self._failed)

    def _subject(self) -> tuple[Graph, TrainingSettings, DataSet | None]:
        return self.document.root.copy(), self.document.project.training, self.session.feed.current

    def _surveyed(self, found: Survey) -> None:
        self._busy = False
        self._show(found)
        if self.pace is None and self.document.root_report.ok and not self._later.isActive():
            self._soon.start()

    def time_it(self) -> None:
        """Time some steps of what was surveyed last, unless a training runs or there is no room for it."""
        self._soon.stop()
        found = self.survey
        if self._busy or self._cancelled.is_set() or self.session.state != "idle":
            return
        if found is None or found.fits is False or found.key in self._known:
            return
        self._busy = self.measuring = True
        self.changed.emit()
        graph, settings, data = self._subject()
        cancelled, key = self._cancelled, found.key
        in_background(
            self,
            lambda: (key, measure(graph, settings, data, cancelled=cancelled)),
            self._timed,
            self._failed,
        )

    def _timed(self, result: tuple[tuple[object, ...], Pace | None]) -> None:
        key, pace = result
        self._busy = self.measuring = False
        if pace is not None:
            self._known[key] = pace
            while len(self._known) > MOST_KEPT:
                del self._known[next(iter(self._known))]
        self._show(self.survey)

    def _failed(self, _text: str) -> None:
        self._busy = self.measuring = False
        self._show(None)

    def _show(self, found: Survey | None) -> None:
        self.survey = found
        self.pace = self._known.get(found.key) if found is not None else None
        self.changed.emit()

    def use_batch(self, size: int) -> None:
        """Set the batch size of the project, as one undo step."""
        settings = replace(self.document.project.training, batch_size=size)
        self.document.do(SetSection("training", to_json(settings)), f"Batch size {size}", whole=True)


def time_text(source: FitSource) -> str:
    """How long an epoch takes: "12 s an epoch", empty while nobody knows."""
    if source.survey is None or source.pace is None or not source.survey.samples:
        return ""
    return f"{duration(source.pace.epoch(source.survey.samples, source.survey.validated))} an epoch"


def duration(seconds: float) -> str:
    """Seconds with about two digits, since it is an estimate: "0.3 s", "12 s", "4 min", "2.5 h"."""
    if seconds < 0.95:
        return f"{max(seconds, 0.01):.1g} s"
    if seconds < 9.5:
        return f"{seconds:.1f} s"
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 99.5 * 60 else f"{seconds / 3600:.1f} h"


class FitMeter(QWidget):
    """The meter in the status bar: a bar, the memory, the time; a click opens the parts.

    Attributes:
        source: Where its figures come from.
    """

    def __init__(self, source: FitSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.source = source
        self.setObjectName("fit-meter")
        self.setAccessibleName("Memory and time of a training")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.text = ""
        self.popover: FitParts | None = None
        source.changed.connect(self.refresh)
        theme.notifier().changed.connect(self.refresh)
        self.refresh()

    def refresh(self, _what: object = None) -> None:
        """Take the figures as they are now."""
        found = self.source.survey
        self.setVisible(found is not None)
        if found is None:
            return
        need = memory(found.need)
        parts = [f"{need} of {memory(found.total)}" if found.total else f"{need} needed"]
        if found.fits is False:
            parts = [f"Does not fit: {need}, room for {memory(found.room)}"]
        time = time_text(self.source)
        parts += [time] if time else ["measuring…"] if self.source.measuring else []
        self.text = "  ·  ".join(parts)
        self.setAccessibleName(f"Memory and time of a training: {self.text}. Press Space for the parts.")
        self.setToolTip(_tip(self.source, found))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Bar and text."""
        metrics = QFontMetrics(theme.font(13, 400))
        return QSize(metrics.horizontalAdvance(self.text) + BAR.width() + 26, 24)

    def minimumSizeHint(self) -> QSize:
        """The bar alone, on a small screen."""
        return QSize(BAR.width() + 18, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The bar, with a cross where it does not fit, and the text."""
        found = self.source.survey
        if found is None:
            return
        tokens = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(8.5, (self.height() - BAR.height()) / 2, BAR.width(), BAR.height())
        painter.setPen(QPen(QColor(tokens.border_strong), 1))
        painter.setBrush(QColor(tokens.sunken))
        painter.drawRoundedRect(frame, 4, 4)
        over = found.fits is False
        if found.total:
            used = 1 - found.free / found.total
            share = min(1.0, found.need / found.total)
            self._fill(painter, frame, 0.0, min(1.0, used), tokens.border_strong)
            self._fill(painter, frame, min(used, 1 - share), share, tokens.bad if over else tokens.accent)
        x = round(frame.right()) + 9
        painter.setFont(theme.font(13, 600 if over else 400))
        painter.setPen(QColor(tokens.bad if over else tokens.muted))
        text = QFontMetrics(painter.font()).elidedText(self.text, Qt.TextElideMode.ElideRight, self.width() - x - 4)
        painter.drawText(x, 0, self.width() - x, self.height(), Qt.AlignmentFlag.AlignVCenter, text)
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)

    @staticmethod
    def _fill(painter: QPainter, frame: QRectF, begin: float, share: float, colour: str) -> None:
        width = max(2.0, share * (frame.width() - 2)) if share else 0.0
        left = frame.left() + 1 + begin * (frame.width() - 2)
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(
            QRectF(min(left, frame.right() - 1 - width), frame.top() + 1, width, frame.height() - 2), 3, 3
        )
        painter.restore()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the parts."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.open_parts()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and Enter open the parts."""
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_parts()
        else:
            super().keyPressEvent(event)

    def open_parts(self) -> None:
        """Show what the memory goes to, above the meter."""
        if self.source.survey is None:
            return
        self.popover = FitParts(self.source, self)
        self.popover.adjustSize()
        corner = self.mapToGlobal(QPoint(self.width(), 0))
        self.popover.move(corner.x() - self.popover.width(), corner.y() - self.popover.height() - 6)
        self.popover.show()
        self.popover.setFocus(Qt.FocusReason.PopupFocusReason)


def _tip(source: FitSource, found: Survey) -> str:
    lines = [f"Training at a batch of {found.batch:,} takes about {memory(found.need)} on {found.device.name}."]
    lines += [f"{name}: {memory(size)}" for name, size in found.memory.parts(found.batch) if size]
    if found.total:
        lines.append(f"Free now: {memory(found.free)} of {memory(found.total)}")
    if found.largest_batch:
        lines.append(f"Largest batch that fits: {found.largest_batch:,}")
    if time := time_text(source):
        lines.append(f"{time[0].upper()}{time[1:]} here, measured on random numbers")
    return "\n".join(lines)


class FitParts(QFrame):
    """A small window with what the memory goes to, and a button for the largest batch."""

    def __init__(self, source: FitSource, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.source = source
        self.setObjectName("fit-parts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName("What a training takes")
        tokens = theme.current()
        self.setStyleSheet(
            f"QFrame#fit-parts {{ background: {tokens.raised}; border: 1px solid {tokens.border_strong}; }}"
        )
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(16, 14, 16, 14)
        self.box.setSpacing(10)
        self.facts: dict[str, str] = {}
        self.use: QPushButton | None = None
        found = source.survey
        assert found is not None
        self.box.addWidget(Heading(f"Training at a batch of {found.batch:,}"))
        self._add_facts(found)
        self._add_verdict(found)

    def _add_facts(self, found: Survey) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(28)
        grid.setVerticalSpacing(5)
        rows = [(name, memory(size)) for name, size in found.memory.parts(found.batch) if size]
        rows.append(("Together, about", memory(found.need)))
        if found.total:
            rows.append((f"Free on {'this computer' if found.device.id == 'cpu' else 'the card'}",
                         f"{memory(found.free)} of {memory(found.total)}"))  # fmt: skip
            rows.append(("Room for it, a tenth kept free", memory(found.room)))
        if self.source.pace is not None:
            rows.append(("A step, measured", duration(self.source.pace.step)))
        if time := time_text(self.source):
            rows.append(("An epoch, from that", time.removesuffix(" an epoch")))
        for place, (name, figure) in enumerate(rows):
            label, value = QLabel(name), QLabel(figure)
            label.setProperty("hint", True)
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            if name.startswith("Together"):
                value.setFont(theme.font(13, 600))
            grid.addWidget(label, place, 0)
            grid.addWidget(value, place, 1)
            self.facts[name] = figure
        self.box.addLayout(grid)

    def _add_verdict(self, found: Survey) -> None:
        largest = found.largest_batch
        if found.fits is None:
            words = "How much memory this device has is not known here."
        elif not largest:
            words = "Not even a batch of one fits; use a smaller network or a smaller picture."
        elif largest == found.samples:
            words = f"The whole training part of {largest:,} samples would fit into one batch."
        else:
            words = f"The largest power of two that fits is a batch of {largest:,}."
        hint = Hint(words)
        hint.setMinimumWidth(300)
        self.box.addWidget(hint)
        if largest and largest != found.batch:
            self.use = QPushButton(f"Use a batch of {largest:,}")
            self.use.setObjectName("use-batch")
            self.use.clicked.connect(self._use)
            self.box.addWidget(self.use, 0, Qt.AlignmentFlag.AlignLeft)

    def _use(self) -> None:
        found = self.source.survey
        if found is not None:
            self.source.use_batch(found.largest_batch)
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes it."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)
