"""The try-it pad: draw, drop, paste or open a picture, and see at once what the network makes of it.

Not for: samples of the data set (`maps`).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QFontMetrics,
    QGuiApplication,
    QHideEvent,
    QImage,
    QKeyEvent,
    QKeySequence,
    QShowEvent,
)  # fmt: skip
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QLabel, QPushButton, QSlider, QWidget

from engine import images
from engine.errors import EngineError
from engine.probes.data import Bars, Nothing
from engine.probes.worker import Request, Result
from gui import theme
from gui.background import in_background
from gui.inspector.bars import AnswerBars
from gui.inspector.drawing import Habit, as_seen, ground_of, habit
from gui.inspector.pad import BRUSH, DrawPad
from gui.inspector.task import task_of
from gui.pictures import PictureView, sample_image, to_qimage
from gui.session import Session
from gui.widgets import Card, Fault, Hint, IconButton, Section

KEY = "try.answers"
SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff")
FILTER = "Pictures (" + " ".join(f"*{suffix}" for suffix in SUFFIXES) + ")"


class TryPanel(QWidget):
    """See the module.

    Attributes:
        answered: Emits every result.
        look_at: Emits a sample that a person wants to look into the network with.
    """

    answered = Signal(object)
    look_at = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setAcceptDrops(True)
        self.habit = Habit()
        self.sample: np.ndarray[tuple[int, ...], np.dtype[np.uint8]] | None = None
        self.pad = DrawPad()
        self.seen = PictureView(name="What the network sees", least=180, square=True)
        self.size_slider = QSlider(Qt.Orientation.Horizontal)
        self.size_slider.setRange(8, 64)
        self.size_slider.setValue(BRUSH)
        self.size_slider.setAccessibleName("Brush size")
        self.size_slider.setToolTip("Brush size")
        self.size_slider.setFixedWidth(110)
        self.centre = QCheckBox("Centre and scale as in the data")
        self.centre.setToolTip(
            "What is drawn is brought to the size that things have in the data set, its centre of mass in the middle."
        )
        self.centre.setChecked(True)
        self.invert = QCheckBox("Exchange light and dark")
        self.invert.setToolTip("For dark ink on light paper, when the data are light on dark, or the other way round.")
        self.bars = AnswerBars(rows=10, name="Answers to the drawing")
        self.headline = QLabel()
        self.headline.setFont(theme.font(28, 600))
        self.line = Hint()
        self.seen_line = Hint()
        self.fault = Fault()
        self.pad_fault = Fault()  # beside the pad: about pictures on their way onto it
        self.pad_fault.setObjectName("pad_fault")
        self.inside = QPushButton("Look inside with this picture")
        self._build()
        self._connect()
        self._data_changed()

    def _build(self) -> None:
        box = QHBoxLayout(self)
        box.setContentsMargins(16, 12, 16, 12)
        box.setSpacing(12)
        box.addWidget(self._left(), 5)
        box.addWidget(self._middle(), 3)
        box.addWidget(self._right(), 4)

    def _left(self) -> Card:
        """The pad and its tools."""
        pen = IconButton("pencil-outline", "Draw", checkable=True)
        rubber = IconButton("eraser", "Erase (or the right mouse button)", checkable=True)
        pen.setChecked(True)
        pen.setAutoExclusive(True)
        rubber.setAutoExclusive(True)
        rubber.toggled.connect(self._erase)
        undo, clear = (
            IconButton("undo", "Take back the last stroke (Ctrl+Z)"),
            IconButton("delete-outline", "Clear the pad (Delete)"),
        )
        undo.clicked.connect(self.pad.undo)
        clear.clicked.connect(self.pad.clear)
        paste, open_ = (
            IconButton("content-paste", "Paste a picture (Ctrl+V)"),
            IconButton("folder-open-outline", "Open a picture"),
        )
        paste.clicked.connect(self.paste)
        open_.clicked.connect(self._ask_for_file)
        tools = QHBoxLayout()
        tools.setSpacing(4)
        for widget in (pen, rubber, self.size_slider, undo, clear):
            tools.addWidget(widget)
        tools.addStretch(1)
        tools.addWidget(paste)
        tools.addWidget(open_)
        left = Card()
        left.box.addWidget(Section("Your picture"))
        left.box.addWidget(self.pad, 1)
        left.box.addLayout(tools)
        keeps = self.pad_fault.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)  # a sentence that comes must not make the pad smaller
        self.pad_fault.setSizePolicy(keeps)
        self.pad_fault.setMinimumHeight(QFontMetrics(self.pad_fault.font()).lineSpacing() + 2)
        left.box.addWidget(self.pad_fault)
        return left

    def _middle(self) -> Card:
        """What becomes of the drawing."""
        middle = Card()
        middle.setMinimumWidth(276)
        middle.setMaximumWidth(428)
        middle.box.addWidget(Section("What the network sees"))
        middle.box.addWidget(self.seen, 12)
        middle.box.addWidget(self.seen_line)
        middle.box.addSpacing(theme.SPACE)
        middle.box.addWidget(self.centre)
        middle.box.addWidget(self.invert)
        middle.box.addStretch(1)
        middle.box.addWidget(self.inside)
        return middle

    def _right(self) -> Card:
        """What the network makes of it."""
        right = Card()
        right.setMinimumWidth(260)
        right.setMaximumWidth(520)
        right.box.addWidget(Section("The network's answer"))
        right.box.addWidget(self.headline)
        right.box.addWidget(self.line)
        right.box.addSpacing(theme.SPACE)
        right.box.addWidget(self.bars)
        right.box.addWidget(self.fault)
        right.box.addStretch(1)
        return right

    def _connect(self) -> None:
        session = self.session
        session.dataset_ready.connect(self._data_changed)
        session.network_changed.connect(self.ask)
        session.probed.connect(self._probed)
        self.pad.changed.connect(self._pad_changed)
        self.size_slider.valueChanged.connect(self._brush)
        self.centre.toggled.connect(self.ask)
        self.invert.toggled.connect(self.ask)
        self.inside.clicked.connect(self._look_inside)

    # --- pictures in

    def load(self, path: str | Path) -> None:
        """Read a picture file, away from the window's thread."""
        in_background(self, lambda: images.read(Path(path)), self.show_picture, self.pad_fault.say)

    def show_picture(self, picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> None:
        """Put a picture, uint8 [H,W,C], on the pad."""
        bright = bool(ground_of(picture).mean() > 127)
        self.invert.setChecked(self.habit.drawings and bright == self.habit.bright_ink)
        self.pad.set_background(to_qimage(picture))

    def paste(self) -> None:
        """Take the picture, or the picture file, that is on the clipboard."""
        clipboard = QGuiApplication.clipboard()
        data = clipboard.mimeData()
        files = (
            [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
            if data is not None and data.hasUrls()
            else []
        )
        wanted = next((file for file in files if file.lower().endswith(SUFFIXES)), None)
        image = clipboard.image()
        if wanted is not None:
            self.load(wanted)
        elif not image.isNull():
            self._show_qimage(image)
        else:
            self.pad_fault.say("There is no picture on the clipboard. Copy one first, or open a file.")

    def _show_qimage(self, image: QImage) -> None:
        plain = image.convertToFormat(QImage.Format.Format_RGB888)
        rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
        self.show_picture(np.array(rows[:, : 3 * plain.width()].reshape(plain.height(), plain.width(), 3)))

    def _ask_for_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Open a picture", "", FILTER)
        if path:
            self.load(path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._dropped(event) is not None or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = self._dropped(event)
        if path is not None:
            self.load(path)
            event.acceptProposedAction()
        elif event.mimeData().hasImage():
            self._show_qimage(QImage(event.mimeData().imageData()))
            event.acceptProposedAction()

    def _dropped(self, event: QDropEvent) -> str | None:
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        return next((file for file in files if file.lower().endswith(SUFFIXES)), None)

    def event(self, event: QEvent) -> bool:
        # The window's own paste puts blocks onto the canvas.
        paste = QKeySequence.StandardKey.Paste
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.matches(paste):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        else:
            super().keyPressEvent(event)

    def _pad_changed(self) -> None:
        self.pad_fault.say("")
        self.ask()

    # --- asking

    def _shape(self) -> tuple[int, int, int] | None:
        """(C, H, W) of the network's input, if it is a picture."""
        graph = self.session.looking_at
        if graph is None:
            return None
        inputs = [node.block().shape().dims for node in graph if node.block().role == "input"]
        return (inputs[0][0], inputs[0][1], inputs[0][2]) if len(inputs) == 1 and len(inputs[0]) == 3 else None

    def _data_changed(self, *_: object) -> None:
        dataset = self.session.dataset
        self.habit = habit(dataset)
        self.centre.setChecked(self.habit.drawings)
        self.invert.setChecked(self.pad.background is None and not self.habit.bright_ink)
        self.ask()

    def ask(self, *_: object) -> None:
        """Ask the network about the pad as it is now."""
        self.fault.say("")
        shape = self._shape()
        self.inside.setEnabled(False)
        if shape is None or self.pad.blank:
            self._nothing(shape)
            return
        picture = self.pad.picture()
        fill = self.habit.fill
        try:
            self.sample = as_seen(
                picture, shape, centre=self.centre.isChecked(), invert=self.invert.isChecked(), fill=fill
            )
        except EngineError as error:
            self._nothing(shape)
            self.fault.say(str(error))
            return
        self.seen.set_image(sample_image(self.sample))
        self.seen_line.setText("×".join(map(str, shape)) + " numbers, before normalisation")
        self.inside.setEnabled(True)
        if not self.isVisible():
            return
        dataset = self.session.dataset
        normalisation = dataset.normalisation if dataset is not None else None
        probe, options = task_of(self.session.looking_at, dataset).question(dataset, None, self.sample)
        if probe == "answers":
            options = {**options, "top": 0 if len(options["classes"]) in range(1, 13) else 10}
        self.session.probe(
            KEY, Request(probe, sample=(self.sample,), options=options, normalisation=normalisation, live=True)
        )

    def _nothing(self, shape: tuple[int, int, int] | None) -> None:
        self.sample = None
        self.session.forget(KEY)
        self.seen.set_image(None)
        self.seen_line.setText("")
        self.bars.set_bars(None)
        self.headline.setText("")
        if shape is None and self.session.looking_at is not None:
            self.line.setText("This network reads no single picture, so there is nothing to draw for it.")
        elif shape is None:
            self.line.setText("The drawing of the network cannot be built yet; mend its problems in the Design place.")
        else:
            self.line.setText("Draw something, and the answer appears while you draw.")

    def _probed(self, results: list[tuple[str, Result]]) -> None:
        for key, result in results:
            if key != KEY or self.sample is None:
                continue
            self.answered.emit(result)
            bars = result.answer if isinstance(result.answer, Bars) else None
            self.fault.say(result.fault)
            self.bars.set_bars(bars)
            best = self.bars.best()
            if bars is None or best is None:
                self.headline.setText("")
                self.line.setText(result.answer.text if isinstance(result.answer, Nothing) else "")
                continue
            if result.request.probe == "comparison":
                self.headline.setText(f"{bars.values[0]:.3g} off")
                self.line.setText(bars.note)
                continue
            self.headline.setText(bars.labels[best])
            untrained = not (self.session.trained or self.session.imported)
            share = f"{100 * bars.values[best]:.1f} % sure" if bars.probabilities else "the largest output"
            self.line.setText(
                f"{share}, but these weights are untrained: press Train to see them learn" if untrained else share
            )

    def _look_inside(self) -> None:
        if self.sample is not None:
            self.look_at.emit((self.sample,))

    def _brush(self, size: int) -> None:
        self.pad.brush = size

    def _erase(self, on: bool) -> None:
        self.pad.erasing = on

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self, self.ask)

    def hideEvent(self, event: QHideEvent) -> None:
        self.session.forget(KEY)
        super().hideEvent(event)
