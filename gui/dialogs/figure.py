"""The figure dialog: the drawing as it will stand in a paper or on a slide, looked at before it is written.

Not for: painting it (`gui.figure`).
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication, QImage, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from engine.files import write_atomic
from gui import theme
from gui.background import in_background
from gui.document import Document
from gui.figure.formats import FORMATS, LARGEST_PAGE, FigureError, Form, made, picture
from gui.figure.paint import Ink
from gui.figure.plan import Plan, Request, caption_of, drawn, framed, title_of
from gui.figure.style import STYLES, Show, style_of
from gui.figure.view import FigureView
from gui.widgets import Fault, Heading, Hint, PrimaryButton, Section, Segmented, hline

SCALES = (("1", "1×"), ("2", "2×"), ("3", "3×"), ("4", "4×"))
SIDE = 290  # pixels of the column of choices
MANY = 150  # blocks that take longer to lay out than a frame, and so are laid out on another thread
DRAWING = "Drawing…"
SMALL = 5.0  # points; printed letters under this cannot be read
LABELS = {
    "names": "Names", "kinds": "Kinds", "faces": "Settings", "shapes": "Output shapes", "counts": "Parameters",
    "wires": "Shapes on wires", "problems": "Problems", "marks": "Frames and notes", "legend": "Key of families",
}  # fmt: skip


class FigureDialog(QDialog):
    """See the module.

    Attributes:
        view: The preview.
        written: The file that was written last.
    """

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.graph, self.report = document.graph.copy(), document.report
        self.chosen = document.selection
        self.setObjectName("figure")
        self.setWindowTitle("Export figure")
        self.resize(1120, 720)
        self.view = FigureView(name="Preview of the figure")
        self.style_ = Segmented(STYLES, name="Style")
        self.format = Segmented(FORMATS, name="Format")
        self.scale = Segmented(SCALES, name="Pixels a unit")
        self.scale.set_value("2")
        self.parts = {name: QCheckBox(label) for name, label in LABELS.items()}
        self.title = QLineEdit(title_of(document.graph, document.title))
        self.caption = QLineEdit(caption_of(document.report))
        self.wide = QDoubleSpinBox()
        self.clear = QCheckBox("Transparent background")
        self.only = QCheckBox("Only the selected blocks")
        self.extent = Hint()
        self.fault = Fault()
        self.copy = QPushButton("Copy")
        self.save = PrimaryButton("Save…", "content-save-outline")
        self.written: Path | None = None
        self._title = self.title.text()
        self._what: object = None
        self._drawn = self.plan = Plan()
        self._waits = False  # for the blocks, which are being laid out
        self._natural = True  # nobody has asked for another width
        self._build()
        self._connect()
        self.redraw()

    # --- building

    def _build(self) -> None:
        middle = QHBoxLayout()
        middle.setSpacing(2 * theme.SPACE)
        middle.addWidget(self._side())
        middle.addWidget(self.view, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 18, 20, 16)
        box.setSpacing(2 * theme.SPACE)
        box.addWidget(Heading("A figure of the drawing"))
        box.addLayout(middle, 1)
        box.addWidget(hline())
        box.addLayout(self._foot())

    def _side(self) -> QWidget:
        """The choices."""
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(theme.SPACE)
        for title, widget in (("Style", self.style_), ("Format", self.format)):
            left.addWidget(Section(title))
            left.addWidget(widget)
        left.addWidget(Section("What to show"))
        grid = QGridLayout()
        grid.setVerticalSpacing(5)
        for number, (name, box) in enumerate(self.parts.items()):
            box.setChecked(getattr(Show(), name))
            grid.addWidget(box, number // 2, number % 2)
        left.addLayout(grid)
        left.addWidget(self.only)
        self.only.setVisible(bool(self.chosen))
        left.addSpacing(theme.SPACE)
        left.addWidget(Section("Words around it"))
        for field, name in ((self.title, "Title"), (self.caption, "Caption")):
            field.setAccessibleName(name)
            field.setPlaceholderText(f"No {name.lower()}")
            field.setCursorPosition(0)  # the first words are those that tell one from another
            left.addWidget(field)
        left.addSpacing(theme.SPACE)
        left.addWidget(Section("Size"))
        left.addLayout(self._sizes())
        left.addWidget(self.extent)
        left.addStretch(1)
        side = QWidget()
        side.setFixedWidth(SIDE)
        side.setLayout(left)
        return side

    def _sizes(self) -> QFormLayout:
        self.wide.setRange(10, LARGEST_PAGE)
        self.wide.setDecimals(0)
        self.wide.setSuffix(" mm")
        self.wide.lineEdit().setTextMargins(8, 0, 8, 0)  # the style sheet's padding does not reach a spin box's text
        self.wide.setAccessibleName("Printed width in millimetres")
        self.wide.setToolTip("How wide it is printed; a column of a paper is about 85 mm, a page 180 mm.")
        self.scale.setToolTip("2× is sharp on a slide, 4× on paper.")
        self.rows = QFormLayout()
        self.rows.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self.rows.setHorizontalSpacing(12)
        self.rows.addRow("Width", self.wide)
        self.rows.addRow("Scale", self.scale)
        self.rows.addRow(self.clear)
        return self.rows

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        said = QVBoxLayout()
        self.outcome = Hint()
        for shown in (self.outcome, self.fault):
            said.addWidget(shown)
        foot.addLayout(said, 1)
        close = QPushButton("Close")
        close.clicked.connect(self.reject)
        self.copy.setToolTip("Put the figure on the clipboard, as a picture and as SVG")
        for button in (self.copy, close, self.save):
            button.setAutoDefault(False)
            foot.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        return foot

    def _connect(self) -> None:
        for choice in (self.style_, self.format, self.scale):
            choice.changed.connect(self.redraw)
        self.only.toggled.connect(self._recaption)
        for box in (*self.parts.values(), self.clear, self.only):
            box.toggled.connect(self.redraw)
        for field in (self.title, self.caption):
            field.textChanged.connect(self.redraw)
        self.wide.valueChanged.connect(self._widened)
        self.copy.clicked.connect(self.put_on_clipboard)
        self.save.clicked.connect(self._ask_for_path)

    # --- what is chosen

    def show_(self) -> Show:
        """Which parts are shown."""
        return Show(
            title=bool(self.title.text().strip()), caption=bool(self.caption.text().strip()),
            **{name: box.isChecked() for name, box in self.parts.items()},
        )  # fmt: skip

    def form(self) -> Form:
        """How it is written."""
        return Form(
            next(name for name, _ in FORMATS if name == self.format.value),
            next(name for name, _ in STYLES if name == self.style_.value),
            0.0 if self._natural else self.wide.value(),
            float(self.scale.value),
            self.clear.isChecked(),
            self.title.text().strip(),
        )

    def _recaption(self, only: bool) -> None:
        """Give the totals of what is drawn, unless somebody has written something else."""
        captions = caption_of(self.report), caption_of(self.report, self.chosen)
        if self.caption.text() == captions[not only]:
            before = self.caption.blockSignals(True)  # the figure is drawn anew anyway
            self.caption.setText(captions[only])
            self.caption.setCursorPosition(0)
            self.caption.blockSignals(before)

    def _widened(self) -> None:
        self._natural = False
        self._measure()

    def redraw(self, *_: object) -> None:
        """Lay the figure out as it is chosen and show it; of a large drawing, once that is laid out."""
        form = self.form()
        request = Request(
            self.show_(),
            form.style == "print",
            self.chosen if self.only.isChecked() else None,
            self.title.text().strip(),
            self.caption.text().strip(),
        )
        bare = replace(request.show, title=False, caption=False, legend=False)
        what = (bare, request.patterned, request.only is None)
        if what != self._what:  # a letter more in the title lays no block out anew
            if len(self.graph) >= MANY:
                self._lay_out(what, request)
                return
            self._what, self._drawn = what, drawn(self.graph, self.report, request)
        self.plan = framed(self._drawn, request)
        self.view.set_plan(self.plan, Ink(style_of(form.style), form.transparent))
        self.outcome.setText("")
        self.fault.say("" if self.plan.cards else "There is nothing to draw: the drawing has no blocks.")
        self._allow(bool(self.plan.cards))
        self._measure()

    def _lay_out(self, what: object, request: Request) -> None:
        """Begin to lay the blocks out on another thread, unless that is under way for what was chosen before."""
        if not self._waits:
            self._waits = True
            self.view.empty = DRAWING
            self._begin(DRAWING)
            self._measure()
            in_background(self, partial(drawn, self.graph, self.report, request), partial(self._laid_out, what),
                          self._not_laid_out)  # fmt: skip

    def _laid_out(self, what: object, found: Plan) -> None:
        """Show what was laid out, or begin anew where something else has been chosen meanwhile."""
        self._waits = False
        self._what, self._drawn = what, found
        said, fault = self.outcome.text(), self.fault.text()
        self.redraw()
        if said != DRAWING and not self._waits:  # what was written meanwhile, or was not
            self.outcome.setText(said)
            self.fault.say(fault)

    def _not_laid_out(self, text: str) -> None:
        """Nothing can be written; the next choice tries again."""
        self._waits = False
        self._what, self._drawn, self.plan = None, Plan(), Plan()
        self.view.empty = ""
        self.view.set_plan(self.plan, Ink(style_of(self.form().style)))
        self._measure()
        self.outcome.setText("")
        self.fault.say(text)

    def _measure(self) -> None:
        """Say how large it becomes, and whether its letters can be read."""
        form, found = self.form(), self.plan
        self.rows.setRowVisible(self.wide, form.format != "png" and bool(found.cards))
        self.rows.setRowVisible(self.scale, form.format == "png")
        if not found.cards:
            self.extent.setText("")
            return
        if self._natural:
            self.wide.blockSignals(True)
            self.wide.setValue(form.millimetres(found)[0])
            self.wide.blockSignals(False)
        if form.format == "png":
            wide, high = form.pixels(found)
            self.extent.setText(f"{wide:,} × {high:,} pixels")
            return
        wide_mm, high_mm = form.millimetres(found)
        letters = form.letters(found)
        text = f"{wide_mm:.0f} × {high_mm:.0f} mm"
        if letters:
            text += f", letters of {letters:.1f} pt and more"
        if 0 < letters < SMALL:
            text += ". Too small to read in print: show less, draw it narrower, or make it wider."
        self.extent.setText(text)

    def _allow(self, possible: bool) -> None:
        self.save.setEnabled(possible)
        self.copy.setEnabled(possible)

    # --- taking it away

    def put_on_clipboard(self) -> None:
        """The figure as SVG and as a picture; made on another thread, since a large one takes a while."""
        form = self.form()
        self._begin("Drawing…")
        in_background(self, partial(_for_clipboard, self.plan, form), self._copied, self._failed)

    def _copied(self, both: tuple[bytes, QImage | None]) -> None:
        data = QMimeData()
        data.setData("image/svg+xml", both[0])
        if both[1] is not None:
            data.setImageData(both[1])
        QGuiApplication.clipboard().setMimeData(data)
        self._end("The figure is on the clipboard." if both[1] is not None
                  else "The figure is on the clipboard as SVG; as a picture it would be too large.")  # fmt: skip

    def _ask_for_path(self) -> None:
        ending = "." + self.format.value
        name = re.sub(r"[^a-z0-9]+", "_", self._title.lower()).strip("_") or "network"
        path = self.document.path
        folder = path.parent if path is not None else Path.home()
        chosen, _ = QFileDialog.getSaveFileName(self, "Export figure", str(folder / (name + ending)), f"*{ending}")
        if chosen:
            self.save_to(Path(chosen) if Path(chosen).suffix else Path(chosen + ending))

    def save_to(self, path: Path) -> None:
        """Write the figure on another thread."""
        self._begin("Writing…")
        in_background(self, partial(_write, self.plan, self.form(), path), self._saved, self._failed)

    def _saved(self, path: Path) -> None:
        self.written = path
        self._end(f"Saved: {path}")

    def _failed(self, text: str) -> None:
        self._end("")
        self.fault.say(text)

    def _begin(self, text: str) -> None:
        self.fault.say("")
        self.outcome.setText(text)
        self._allow(False)

    def _end(self, text: str) -> None:
        self.outcome.setText(text)
        self._allow(not self._waits and bool(self.plan.cards))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.style_.setFocus()


def _write(found: Plan, form: Form, path: Path) -> Path:
    write_atomic(path, made(found, form))
    return path


def _for_clipboard(found: Plan, form: Form) -> tuple[bytes, QImage | None]:
    svg = made(found, replace(form, format="svg"))
    try:
        return svg, picture(found, form)
    except FigureError:
        return svg, None
