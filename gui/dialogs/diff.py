"""Two drawings side by side, with what is different marked in both and listed below.

Not for: finding differences (`engine.graph.diff`), nor for painting drawings (`gui.figure`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from engine.graph.diff import lines
from engine.training.runs import runs_folder
from gui import figures, theme
from gui.background import in_background
from gui.dialogs.changes import ChangeList, Row, rows
from gui.dialogs.sides import Compared, Side, compared, laid_out, offers, preset_side, run_side
from gui.document import Document
from gui.figure.paint import Ink
from gui.figure.plan import Plan
from gui.figure.style import style_of
from gui.figure.view import FigureView
from gui.widgets import Fault, Heading, Hint, IconButton, Section, hline

SIZE, SHARE = QSize(1240, 800), 0.94  # at most, in pixels and of the window that it stands over
FILE = "Another file…"
KINDS = {"this": "", "run": "Run: ", "preset": "Preset: ", "file": "File: "}


class DiffDialog(QDialog):
    """See the module.

    Attributes:
        views: The drawing before and the one after.
        changes: The list below them.
        found: What is on show, None while nothing has been compared.
    """

    def __init__(
        self, document: Document, parent: QWidget | None = None, *, runs: Sequence[Path] = (), beside: str = ""
    ) -> None:
        """Args: runs: What to begin with; beside: "preset:NAME", what to begin with beside this drawing."""
        super().__init__(parent)
        self.document = document
        self.this = Side("This drawing", "this", graph=document.project.graph.copy())
        self.setObjectName("diff")
        self.setWindowTitle("Compare")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        room = parent.window().size() * SHARE if parent is not None else SIZE
        self.resize(SIZE.boundedTo(room))
        self.boxes = QComboBox(), QComboBox()
        self.views = FigureView(name="Drawing before"), FigureView(name="Drawing after")
        self.swap = IconButton("swap-horizontal", "Exchange before and after")
        self.sums = QLabel()
        self.hint = Hint("Choose what to compare this drawing with.")
        self.changes = ChangeList()
        self.fault = Fault()
        self.copy = QPushButton("Copy as text")
        self.found: Compared | None = None
        self._alone: Plan | None = None  # of this drawing, until something is compared
        self._wanted = 0
        self._build()
        self._connect()
        for number in (0, 1):
            self._offer(number, [self.this])
        self.boxes[0].setCurrentIndex(-1)  # this drawing is compared with something else
        if runs:
            in_background(self, partial(_of_runs, tuple(runs)), self._begin_with, self.fault.say)
        if beside:
            in_background(self, partial(preset_side, beside), self._begin_beside, self.fault.say)
        in_background(self, partial(offers, runs_folder(document.path)), self._offered, self.fault.say)

    # --- building

    def _build(self) -> None:
        pictures = QSplitter(Qt.Orientation.Horizontal)
        for number, word in enumerate(("Before", "After")):
            pictures.addWidget(_column(word, self.boxes[number], self.views[number], first=number == 0))
        pictures.setChildrenCollapsible(False)
        pictures.setSizes([600, 600])
        self.boxes[0].setPlaceholderText("Choose a drawing…")
        below = QWidget()
        inner = QVBoxLayout(below)
        inner.setContentsMargins(0, theme.SPACE, 0, 0)
        head = QHBoxLayout()
        head.addWidget(Section("Changes"))
        head.addSpacing(2 * theme.SPACE)
        head.addWidget(self.sums)
        head.addStretch(1)
        inner.addLayout(head)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.hint)
        self.pages.addWidget(self.changes)
        inner.addWidget(self.pages, 1)
        both = QSplitter(Qt.Orientation.Vertical)
        both.addWidget(pictures)
        both.addWidget(below)
        both.setStretchFactor(0, 1)
        both.setSizes([420, 260])
        both.setChildrenCollapsible(False)
        top = QHBoxLayout()
        top.addWidget(Heading("Compare two drawings"))
        top.addStretch(1)
        top.addWidget(self.swap)
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 18, 20, 16)
        box.setSpacing(theme.SPACE)
        box.addLayout(top)
        box.addWidget(both, 1)
        box.addWidget(hline())
        box.addLayout(self._foot())
        self.copy.setEnabled(False)
        self.views[0].empty = "Choose a drawing above"
        self._show_this()

    def _show_this(self) -> None:
        """The drawing that is open, until there is something to compare it with; a large one takes a while to lay out."""
        self.views[1].empty = "Drawing…"
        in_background(self, partial(laid_out, self.this), self._laid_out, self._not_laid_out)

    def _laid_out(self, found: Plan) -> None:
        self._alone = found
        if self.found is None:
            self._redraw()

    def _not_laid_out(self, text: str) -> None:
        self.views[1].empty = ""
        self.views[1].update()
        self.fault.say(text)

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        self.outcome = Hint()
        said = QVBoxLayout()
        said.addWidget(self.outcome)
        said.addWidget(self.fault)
        foot.addLayout(said, 1)
        close = QPushButton("Close")
        close.clicked.connect(self.reject)
        for button in (self.copy, close):
            button.setAutoDefault(False)
            foot.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        return foot

    def _connect(self) -> None:
        self.swap.clicked.connect(self.exchange)
        self.copy.clicked.connect(self.copy_text)
        self.changes.chosen.connect(self._show_row)
        for number, (box, view) in enumerate(zip(self.boxes, self.views, strict=True)):
            box.activated.connect(self._first_chosen if number == 0 else self._second_chosen)
            view.clicked.connect(self._first_clicked if number == 0 else self._second_clicked)
        theme.notifier().changed.connect(self._redraw)

    # --- what is compared

    def _offer(self, number: int, sides: list[Side]) -> None:
        """Fill one box; what was chosen stays chosen."""
        box = self.boxes[number]
        now = box.currentData()
        box.blockSignals(True)
        box.clear()
        for side in sides:
            box.addItem(KINDS[side.kind] + side.label, side)
        box.addItem(FILE, None)
        if now is not None and now not in sides:
            box.insertItem(0, KINDS[now.kind] + now.label, now)
        box.setCurrentIndex(self._index(box, now) if now is not None else -1 if number == 0 else 0)
        box.blockSignals(False)

    @staticmethod
    def _index(box: QComboBox, side: Side | None) -> int:
        return next((at for at in range(box.count()) if side is not None and box.itemData(at) == side), -1)

    def _offered(self, found: list[Side]) -> None:
        for number in (0, 1):
            self._offer(number, [self.this, *found])

    def _begin_with(self, runs: list[Side]) -> None:
        self.compare(*(runs if len(runs) > 1 else (*runs, self.this)))

    def _begin_beside(self, preset: Side) -> None:
        self.compare(preset, self.this)

    def compare(self, before: Side, after: Side) -> None:
        """Show what is different between two drawings; they are read on another thread."""
        for box, side in zip(self.boxes, (before, after), strict=True):
            at = self._index(box, side)
            if at < 0:
                box.insertItem(0, KINDS[side.kind] + side.label, side)
                at = 0
            box.setCurrentIndex(at)
        self._wanted += 1
        self.fault.say("")
        self.outcome.setText("")
        self.hint.setText("Comparing…")
        in_background(
            self, partial(compared, before, after), partial(self._compared, self._wanted),
            partial(self._failed, self._wanted),
        )  # fmt: skip

    def exchange(self) -> None:
        """Before becomes after."""
        one, other = (box.currentData() for box in self.boxes)
        if one is not None and other is not None:
            self.compare(other, one)

    def _first_chosen(self, _index: int) -> None:
        self._chosen(0)

    def _second_chosen(self, _index: int) -> None:
        self._chosen(1)

    def _chosen(self, number: int) -> None:
        sides = [box.currentData() for box in self.boxes]
        sides[number] = sides[number] or self._ask_for_file()
        before, after = sides
        if before is not None and after is not None:
            self.compare(before, after)
        elif sides[number] is None:  # the question was answered with no file
            kept = self.found.sides[number] if self.found is not None else None
            self.boxes[number].setCurrentIndex(self._index(self.boxes[number], kept))

    def _ask_for_file(self) -> Side | None:
        path = self.document.path
        folder = path.parent if path is not None else Path.home()
        chosen, _ = QFileDialog.getOpenFileName(self, "Compare with", str(folder), "LayerLoom projects (*.loom)")
        return Side(Path(chosen).name, "file", chosen) if chosen else None

    # --- what came of it

    def _compared(self, wanted: int, found: Compared) -> None:
        if wanted != self._wanted:
            return
        self.found = found
        difference = found.difference
        for view in self.views:
            view.fitted = True
        self._redraw()
        listed = rows(difference)
        self.changes.fill(listed)
        self.pages.setCurrentWidget(self.changes if listed else self.hint)
        self.hint.setText("The two drawings are the same; where blocks stand is not compared.")
        self.sums.setText(_sums(found))
        self.copy.setEnabled(True)

    def _failed(self, wanted: int, text: str) -> None:
        if wanted == self._wanted:
            self.fault.say(text)
            self.hint.setText("Choose what to compare this drawing with.")

    def _redraw(self, _name: str = "") -> None:
        ink = Ink(style_of(theme.current().name))
        if self.found is not None:
            for view, found in zip(self.views, self.found.plans, strict=True):
                view.set_plan(found, ink)
        elif self._alone is not None:
            self.views[1].set_plan(self._alone, ink)

    # --- from one to the other

    def _show_row(self, row: Row) -> None:
        self.views[0].choose(row.before)
        self.views[1].choose(row.after)

    def _first_clicked(self, block: str) -> None:
        self._clicked(block, before=True)

    def _second_clicked(self, block: str) -> None:
        self._clicked(block, before=False)

    def _clicked(self, block: str, *, before: bool) -> None:
        """Show a block in both drawings, and its change in the list."""
        if self.found is None:
            return
        pairs = self.found.difference.pairs
        partners = pairs if before else {there: here for here, there in pairs.items()}
        other = partners.get(block, "")
        self.changes.clearSelection()
        self.changes.choose(block, before=before)
        self.views[0].choose(block if before else other)
        self.views[1].choose(other if before else block)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.boxes[0].setFocus()

    def text(self) -> str:
        """The comparison as text."""
        if self.found is None:
            return ""
        one, other = (KINDS[side.kind] + side.label for side in self.found.sides)
        return "\n".join([f"− {one}", f"+ {other}", "", *lines(self.found.difference)]) + "\n"

    def copy_text(self) -> None:
        """Put the comparison on the clipboard."""
        QGuiApplication.clipboard().setText(self.text())
        self.outcome.setText("The changes are on the clipboard as text.")


def _column(title: str, box: QComboBox, view: FigureView, *, first: bool) -> QWidget:
    box.setAccessibleName(f"{title}: which drawing")
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(24)
    box.setMaxVisibleItems(24)
    row = QHBoxLayout()
    row.addWidget(Section(title))
    row.addWidget(box, 1)
    column = QWidget()
    inner = QVBoxLayout(column)
    inner.setContentsMargins(0 if first else theme.SPACE, 0, theme.SPACE if first else 0, theme.SPACE)
    inner.setSpacing(theme.SPACE)
    inner.addLayout(row)
    inner.addWidget(view, 1)
    return column


def _of_runs(paths: tuple[Path, ...]) -> list[Side]:
    return [run_side(path) for path in paths[:2]]


def _sums(found: Compared) -> str:
    """The counts in one line."""
    one, other = found.difference.before, found.difference.after
    parts = []
    for word, before, after in (
        ("parameters", one.parameters, other.parameters),
        ("multiply-adds", one.macs, other.macs),
    ):
        short = figures.short
        parts.append(f"{short(before)} {word}" if before == after else f"{word} {short(before)} → {short(after)}")
    return " · ".join(parts)
