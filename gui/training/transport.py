"""Buttons that run the training: the full set of the Train place, the compact bar of the window's top.

Not for: what they do; that is the session's.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from gui import theme
from gui.session import Session
from gui.standin import TIP, TITLE, has_stand_in, use_stand_in
from gui.training.offers import Offers, obstacle, offers
from gui.training.standing import Standing, standing_text
from gui.widgets import Card, IconButton, PrimaryButton

THOUSAND = 1000  # steps of a progress bar


def run_main(session: Session, offer: Offers) -> None:
    """Do what the main button says."""
    match offer.main:
        case "play":
            session.play()
        case "pause":
            session.pause()
        case "resume":
            session.resume()
        case _:
            pass


class _Follower(QWidget):
    """Knows the offers of the moment and where the training stands; base of the widgets below."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document, self.session = session.document, session
        self.standing = Standing()
        self.offer = offers(session.state)
        self.document.reported.connect(self._changed)
        session.state_changed.connect(self._changed)
        session.dataset_ready.connect(self._changed)
        session.data_failed.connect(self._changed)
        session.network_changed.connect(self._changed)
        session.messages.connect(self._take)
        self.document.replaced.connect(self._replaced)

    def _replaced(self) -> None:
        self.standing.forget()
        self._changed()
        self.show_standing()

    def _take(self, messages: list[object]) -> None:
        best = self.standing.best
        for message in messages:
            self.standing.take(message)  # type: ignore[arg-type]
        if best is not self.standing.best:
            self._changed()
        self.show_standing()

    def _changed(self, *_: object) -> None:
        problem = obstacle(self.document, self.session.data_error)
        best = self.standing.best
        self.offer = offers(
            self.session.state,
            obstacle=problem.text if problem else "",
            best_epoch=best.epoch if best is not None else None,
            run_in_use=self.session.trained,
        )
        self.show_offer()
        self.show_standing()

    def show_offer(self) -> None:
        """Bring buttons up to `offer`."""

    def show_standing(self) -> None:
        """Bring texts up to `standing`."""

    def press_main(self) -> None:
        """What the main button does."""
        run_main(self.session, self.offer)


class Transport(_Follower):
    """The Train place's buttons, and under them what keeps the drawing from being trained.

    Attributes:
        problems_wanted: A person wants to see the list of problems.
        data_wanted: A person wants to see the data, which cannot be read.
        block_wanted: Emits the id of the block that a problem belongs to.
    """

    problems_wanted = Signal()
    data_wanted = Signal()
    block_wanted = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("transport")
        self.main = PrimaryButton("Train", "play")
        self.main.setObjectName("train_button")
        self.main.setMinimumHeight(44)
        self.step = _button("Step", "One batch, then wait", "step_button")
        self.stop = _button("Stop and keep", "Stop after this batch and keep the weights (Ctrl+.)", "stop_button")
        self.restore = _button("Restore best", "Go back to the weights of the best epoch so far", "restore_button")
        self.discard = _button("Discard", "Stop and throw this run away", "discard_button")
        grid = QGridLayout()
        grid.setSpacing(theme.SPACE)
        grid.addWidget(self.main, 0, 0, 1, 2)
        for place, button in enumerate((self.step, self.stop, self.restore, self.discard)):
            grid.addWidget(button, 1 + place // 2, place % 2)
        self.card = Card(margin=12)
        self.card.setObjectName("obstacle")
        self.reason = QLabel()
        self.reason.setWordWrap(True)
        self.reason.setObjectName("obstacle_text")
        self.show_problems = QPushButton("Show problems")
        self.show_problems.setObjectName("show_problems")
        self.card.box.addWidget(self.reason)
        self.drawn = QPushButton(TITLE)
        self.drawn.setObjectName("use_drawn")
        self.drawn.setToolTip(TIP)
        for way in (self.show_problems, self.drawn):
            self.card.box.addWidget(way, 0, Qt.AlignmentFlag.AlignLeft)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(grid)
        column.addWidget(self.card)
        self.main.clicked.connect(self.press_main)
        self.step.clicked.connect(session.step)
        self.stop.clicked.connect(session.stop)
        self.restore.clicked.connect(session.restore_best)
        self.show_problems.clicked.connect(self._show_problems)
        self.drawn.clicked.connect(self._use_drawn)
        theme.notifier().changed.connect(self._icons)
        self._icons()
        self._changed()

    def _icons(self, *_: object) -> None:
        for button, name in (
            (self.step, "step-forward"),
            (self.stop, "stop"),
            (self.restore, "trophy-outline"),
            (self.discard, "delete-outline"),
        ):
            button.setIcon(
                theme.icon(name, color=theme.current().bad if button is self.discard and button.isEnabled() else None)
            )
        self.reason.setFont(theme.font(12, 400))

    def show_offer(self) -> None:
        offer = self.offer
        self.main.setText(offer.label)
        self.main.set_icon(offer.icon)
        self.main.setToolTip(offer.tip)
        self.main.setEnabled(bool(offer.main))
        self.step.setEnabled(offer.step)
        self.stop.setEnabled(offer.stop)
        self.restore.setEnabled(offer.restore)
        self.restore.setToolTip(offer.restore_tip)
        self.discard.setEnabled(offer.discard)
        problem = obstacle(self.document, self.session.data_error)
        blocked = problem is not None and self.session.state == "idle"
        self.card.setVisible(blocked)
        if problem is not None:
            count = sum(1 for found in self.document.root_report.problems if found.severity == "error")
            more = f" And {count - 1} more." if count > 1 else ""
            name = ""
            if problem.block is not None and not problem.path and problem.block in self.document.root.nodes:
                name = f"{self.document.root.node(problem.block).name}: "
            text = problem.text[:1].upper() + problem.text[1:] if not name else problem.text
            no_data = problem.code == "data"
            self.show_problems.setText("Show data" if no_data else "Show problems")
            self.drawn.setVisible(no_data and has_stand_in(self.document))
            self.reason.setText(f"Cannot train yet. {name}{text}{more}")
        self._icons()

    def _use_drawn(self) -> None:
        use_stand_in(self.document)

    def _show_problems(self) -> None:
        problem = obstacle(self.document, self.session.data_error)
        if problem is not None and problem.code == "data":
            self.data_wanted.emit()
            return
        if problem is not None and problem.block is not None:
            self.document.go_to(problem.path)
            self.block_wanted.emit(problem.block)
        self.problems_wanted.emit()


def _button(text: str, tip: str, name: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setObjectName(name)
    button.setMinimumHeight(32)
    button.setIconSize(QSize(16, 16))
    return button


class TransportBar(_Follower):
    """The compact transport for the window's top bar."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("transport_bar")
        self.main = IconButton("play", "Train")
        self.main.setObjectName("bar_play")
        self.step = IconButton("step-forward", "One batch, then wait")
        self.step.setObjectName("bar_step")
        self.stop = IconButton("stop", "Stop after this batch and keep the weights (Ctrl+.)")
        self.stop.setObjectName("bar_stop")
        self.progress = QProgressBar()
        self.progress.setRange(0, THOUSAND)
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(88)
        self.progress.setAccessibleName("Progress of the training")
        self.text = QLabel()
        self.text.setObjectName("bar_text")
        self.text.setMinimumWidth(168)  # room for the longest, so that buttons beside it stay where they are
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for widget in (self.main, self.step, self.stop):
            row.addWidget(widget)
        row.addSpacing(theme.SPACE)
        row.addWidget(self.progress)
        row.addSpacing(theme.SPACE)
        row.addWidget(self.text)
        self.main.clicked.connect(self.press_main)
        self.step.clicked.connect(session.step)
        self.stop.clicked.connect(session.stop)
        theme.notifier().changed.connect(self._restyle)
        self._restyle()
        self._changed()

    def _restyle(self, *_: object) -> None:
        self.text.setFont(theme.font(12, 400))
        self.text.setProperty("hint", True)

    def show_offer(self) -> None:
        self.main.set_icon(self.offer.icon, "accent" if self.offer.main else None)
        self.main.setToolTip(self.offer.tip)
        self.main.setAccessibleName(self.offer.label)
        self.main.setEnabled(bool(self.offer.main))
        self.step.setEnabled(self.offer.step)
        self.stop.setEnabled(self.offer.stop)

    def show_standing(self) -> None:
        state = self.session.state
        live = state in ("running", "paused", "stopping")
        self.progress.setVisible(live)
        self.progress.setValue(round(self.standing.share * THOUSAND))
        text = standing_text(state, self.standing)
        self.setToolTip(text)
        self.text.setText(
            f"Epoch {self.standing.epoch} of {self.standing.epochs}" if state == "running" and live else text
        )
