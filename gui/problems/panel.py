"""The problems panel: one row a problem, errors first; a click goes to the block, a button mends.

Not for: finding problems (`engine.graph.check`).
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from engine.errors import Problem
from gui import theme
from gui.document import Document
from gui.scope import Scope, drawing, owners

WITHIN = " › "  # between the parts of the way into composites
WIDEST, LONG = 240, 28  # pixels that the way to a block takes at most; letters from which it may take two lines
NARROW, SLIM = (
    560,
    120,
)  # pixels of the panel below which mends stand under the sentence; the widest way to a block then
MOST = 60  # rows; so many problems have a few causes, and the rows beyond come up as these are mended


class ProblemRow(QFrame):
    """One problem: icon, block, sentence, a button for each mend. It can show another one later: a row is dear to make.

    Attributes:
        problem: The one that is shown.
        chosen: Emits the problem when the row is clicked or Enter is pressed on it.
    """

    chosen = Signal(object)

    def __init__(self, document: Document, problem: Problem) -> None:
        super().__init__()
        self.document, self.problem = document, problem
        self.setObjectName("problem-row")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.icon, self.where, self.sentence = QLabel(), QLabel(), QLabel()
        self.icon.setFixedWidth(18)
        for label in (self.where, self.sentence):
            label.setTextFormat(Qt.TextFormat.PlainText)  # a column may be called "<b>"
        self.where.setFont(theme.font(13, 600))
        self.where.setMinimumWidth(84)
        self.where.setMaximumWidth(WIDEST)
        self.sentence.setWordWrap(True)
        self.sentence.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 6, 10, 6)
        self._row.setSpacing(10)
        for widget in (self.icon, self.where):
            self._row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight)  # the sentence and its mends
        self._beside.setSpacing(6)
        self._mends = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._mends.setSpacing(6)
        self._beside.addWidget(self.sentence, 1)
        self._beside.addLayout(self._mends)
        self._row.addLayout(self._beside, 1)
        self._buttons: list[QPushButton] = []
        self._severity = ""
        self.show_problem(problem)

    def show_problem(self, problem: Problem) -> None:
        """Show this problem in place of the one before."""
        self.problem = problem
        name = _name(self.document, problem) or "network"
        error = problem.severity == "error"
        self.setAccessibleName(f"{'Error' if error else 'Warning'} in {name}: {sentence_of(problem, name)}")
        self.setToolTip("Click to go to the block" if problem.block is not None or problem.path else "")
        self.where.setText(name)
        self.where.setWordWrap(len(name) > LONG)
        self.sentence.setText(sentence_of(problem, name))
        for index, fix in enumerate(problem.fixes):
            if index == len(self._buttons):
                self._add_button(index)
            self._buttons[index].setText(fix.title)
        for index, button in enumerate(self._buttons):
            button.setVisible(index < len(problem.fixes))
        if problem.severity != self._severity:
            self._severity = problem.severity
            self.draw()

    def _add_button(self, index: int) -> None:
        button = QPushButton(self)
        button.setObjectName(f"fix-{index}")
        button.setProperty("fix", index)
        button.clicked.connect(self._mend)
        self._buttons.append(button)
        self._mends.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)

    def fit(self, width: int) -> None:
        """Put the mends beside the sentence or, in a narrow panel, under it; under one another where they are many."""
        narrow = width < NARROW
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._beside.setDirection(down if narrow else across)
        self.where.setMaximumWidth(SLIM if narrow else WIDEST)
        self.where.setWordWrap(narrow or len(self.where.text()) > LONG)
        shown = [button for button in self._buttons if not button.isHidden()]
        room = width - SLIM - 60
        many = narrow and sum(button.sizeHint().width() + 6 for button in shown) > room
        self._mends.setDirection(down if many else across)
        self._mends.setAlignment(Qt.AlignmentFlag.AlignLeft if narrow else Qt.AlignmentFlag(0))

    def draw(self) -> None:
        """The icon in the colours of the theme."""
        t = theme.current()
        error = self.problem.severity == "error"
        picture = theme.icon("alert-circle" if error else "alert", color=t.bad if error else t.warn)
        self.icon.setPixmap(picture.pixmap(QSize(17, 17)))

    def _mend(self) -> None:
        button = self.sender()
        if button is not None:
            self.document.apply_fix(self.problem.fixes[int(button.property("fix"))], whole=True)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Go to the block."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.chosen.emit(self.problem)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the block; up and down go to the neighbouring rows."""
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space:
                self.chosen.emit(self.problem)
            case Qt.Key.Key_Down:
                self.focusNextChild()
            case Qt.Key.Key_Up:
                self.focusPreviousChild()
            case _:
                super().keyPressEvent(event)


class Problems(QWidget):
    """All problems of the document.

    Attributes:
        goto: Emits the id of the block to show.
        data_wanted: The person wants to see the data, which keep the network from being trained.
        left: Emits when the last problem has been mended here and nothing is left to have the focus.
        rows: The rows that are shown.
    """

    goto = Signal(str)
    data_wanted = Signal()
    left = Signal()

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.setObjectName("problems")
        self.rows: list[ProblemRow] = []
        self._shown: tuple[Problem, ...] = ()
        self._names: tuple[str, ...] = ()
        self.good = QWidget()
        self._tick, self._words = QLabel(), QLabel()
        self._words.setWordWrap(True)
        row = QHBoxLayout(self.good)
        row.setContentsMargins(14, 10, 14, 10)
        row.setSpacing(8)
        row.addWidget(self._tick)
        row.addWidget(self._words, 1)
        self.show_data = QPushButton("Show data")
        self.show_data.setObjectName("show-data")
        self.show_data.clicked.connect(self.data_wanted)
        row.addWidget(self.show_data)
        self._lacking = ""
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._more = _quiet_label()
        self._column.addWidget(self._more)
        self._column.addStretch(1)
        self.area.setWidget(self._inside)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.good)
        self._stack.addWidget(self.area)
        document.reported.connect(self.refresh)
        document.replaced.connect(self.refresh)
        theme.notifier().changed.connect(self._draw)
        self._draw()
        self.refresh()

    def refresh(self, _what: object = None) -> None:
        """Show the problems of the network, those inside composites included, whichever drawing is open."""
        found = () if self._empty else self.document.root_report.problems
        problems = tuple(sorted(found, key=lambda p: p.severity != "error"))[:MOST]
        self._more.setText(f"And {len(found) - MOST} more, which are listed when some of these are mended.")
        self._more.setVisible(len(found) > MOST)
        names = tuple(_name(self.document, problem) for problem in problems)
        self._draw_good()
        if (problems, names) == (self._shown, self._names):
            self._stack.setCurrentWidget(self.area if problems else self.good)
            return
        self._shown, self._names = problems, names
        focus = self.window().focusWidget()
        left = not problems and focus is not None and self.area.isAncestorOf(focus)
        for row in self.rows[len(problems) :]:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        del self.rows[len(problems) :]
        for row, problem in zip(self.rows, problems, strict=False):
            row.show_problem(problem)
            row.fit(self.width())
        for problem in problems[len(self.rows) :]:
            row = ProblemRow(self.document, problem)
            row.chosen.connect(self._go)
            row.fit(self.width())
            self._column.insertWidget(len(self.rows), row)
            self.rows.append(row)
        self._stack.setCurrentWidget(self.area if problems else self.good)
        if left:
            self.left.emit()

    def show_lacking(self, text: str) -> None:
        """Say what keeps a sound drawing from being trained, as a sentence; empty where nothing does."""
        self._lacking = text
        self._draw_good()

    @property
    def _empty(self) -> bool:
        return len(self.document.root) == 0

    @property
    def said(self) -> str:
        """The sentence where no problem is listed."""
        return self._words.text()

    def _draw_good(self) -> None:
        """What is said where no problem is listed."""
        t = theme.current()
        lacking = bool(self._lacking) and not self._empty
        if self._empty:
            words, name, colour = (
                "Nothing drawn yet. A network has an input, some layers and an output.",
                "circle-outline",
                t.muted,
            )
        elif lacking:
            words, name, colour = (
                f"Every shape fits, but there are no data to train with. {self._lacking}",
                "alert",
                t.warn,
            )
        else:
            words, name, colour = (
                "No problems: every shape fits, and the network can be trained.",
                "check-circle-outline",
                t.good,
            )
        self._words.setText(words)
        self._tick.setPixmap(theme.icon(name, color=colour).pixmap(QSize(18, 18)))
        self.show_data.setVisible(lacking)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the rows to the width."""
        super().resizeEvent(event)
        if (event.size().width() < NARROW) or (event.oldSize().width() < NARROW):
            for row in self.rows:
                row.fit(event.size().width())

    def _go(self, problem: Problem) -> None:
        if problem.block is not None or problem.path:
            self.document.go_to(problem.path)
        if problem.block is not None:
            self.document.select([problem.block])
            self.goto.emit(problem.block)

    def _draw(self) -> None:
        t = theme.current()
        self._draw_good()
        self._inside.setStyleSheet(  # one sheet for all rows: a row of its own takes milliseconds to take one
            f"QFrame#problem-row {{ border: none; border-bottom: 1px solid {t.border}; background: transparent; }}"
            f"QFrame#problem-row:hover {{ background: {t.hover}; }}"
            f"QFrame#problem-row:focus {{ background: {t.accent_soft}; }}"
        )
        for row in self.rows:
            row.draw()


def _quiet_label() -> QLabel:
    """A line under the rows, hidden until there is something to say."""
    made = QLabel()
    made.setContentsMargins(14, 8, 14, 8)
    made.hide()
    return made


def sentence_of(problem: Problem, name: str) -> str:
    """The sentence without the block's name in front, where that stands beside it."""
    whole = problem.text.split(WITHIN)[-1] if problem.path else problem.text
    text = whole.removeprefix(f"{name.rsplit(WITHIN, maxsplit=1)[-1]}: ")
    return text[:1].upper() + text[1:] if text != whole else text


def _name(document: Document, problem: Problem) -> str:
    """The name of the block where it arose, with the way to it inside composites; empty where it belongs to the whole network."""
    if problem.path:  # the text begins with the way: "stage, repetition 2 › conv: ..."
        way = problem.text.split(WITHIN)[:-1]
        owner = owners(document.root, Scope(problem.path))[-1]
        node = drawing(document.root, owner).nodes.get(problem.block or "")
        return WITHIN.join([*way, node.name] if node is not None else way)
    node = document.root.nodes.get(problem.block) if problem.block is not None else None
    return node.name if node is not None else ""
