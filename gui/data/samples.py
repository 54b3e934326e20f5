"""A look at the samples: a row of pictures for each class, drawn as one atlas; a click enlarges.

Not for: reading samples; the data set has them in memory.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from engine.data import DataSet
from engine.graph.facts import Column
from gui import theme
from gui.data.colours import class_rgb, with_mask
from gui.pictures import PictureView, sample_image, to_qimage

COLUMNS = 24  # pictures drawn for each class; as many as have room are shown
ROWS = 8  # filled where there are fewer classes than that
CLASSES = 60  # rows at most; data of more classes show their first ones
LARGEST = 96  # pixels on the screen of one picture at most
SOURCE = 128  # pixels of a picture in the atlas at most; larger ones are thinned out
GUTTER = 1  # pixels of the atlas between two pictures
SMALLEST = 30
NAME_WIDTH = 140  # pixels at most of a class name


@dataclass(frozen=True)
class Sheet:
    """Samples picked for showing, as one picture.

    Attributes:
        picture: uint8 [H,W,3], tiles in rows with gutters.
        tile: (height, width) of one tile.
        rows: For each row of tiles its name and the data set's row numbers.
    """

    picture: NDArray[np.uint8]
    tile: tuple[int, int]
    rows: tuple[tuple[str, tuple[int, ...]], ...]

    def box(self, row: int, column: int) -> tuple[int, int, int, int]:
        """(x, y, width, height) of a tile in the picture."""
        height, width = self.tile
        return column * (width + GUTTER), row * (height + GUTTER), width, height


def pick(data: DataSet, seed: int, colours: NDArray[np.float32] | None = None) -> Sheet | None:
    """Draw pictures of each class, others for another seed; None where the data have no pictures.

    Args:
        data: With pictures and, perhaps, masks.
        seed: What the pictures are drawn from.
        colours: Of the classes of masks, which are laid over; None leaves them out.
    """
    images = data.columns.get("image")
    if images is None or not len(images):
        return None
    rng = np.random.default_rng(seed)
    groups = _groups(data, rng)
    step = max(1, -(-max(images.shape[2:]) // SOURCE))
    height, width = images[:1, 0, ::step, ::step].shape[1:]
    size = (len(groups) * (height + GUTTER) - GUTTER, COLUMNS * (width + GUTTER) - GUTTER, 3)
    picture = np.zeros(size, np.uint8)
    mask = mask_of(data)
    for place, (_, rows) in enumerate(groups):
        for column, row in enumerate(rows):
            sample = images[row][:, ::step, ::step]
            shown = sample[:3] if sample.shape[0] >= 3 else sample[:1]
            x, y = column * (width + GUTTER), place * (height + GUTTER)
            picture[y : y + height, x : x + width] = shown.transpose(1, 2, 0)
            if mask is not None and colours is not None:
                tile = picture[y : y + height, x : x + width]
                tile[:] = with_mask(tile, data.columns[mask.name][row][::step, ::step], colours, mask.pad)
    return Sheet(picture, (height, width), groups)


def mask_of(data: DataSet) -> Column | None:
    """The column of masks, if there is one."""
    return next((column for column in data.facts.columns if column.kind == "mask"), None)


def _groups(data: DataSet, rng: np.random.Generator) -> tuple[tuple[str, tuple[int, ...]], ...]:
    label = next((column for column in data.facts.columns if column.kind == "label" and column.classes), None)
    if label is None:
        count = len(data.columns["image"])
        drawn = rng.choice(count, min(count, COLUMNS * 8), replace=False)
        return tuple(("", tuple(map(int, drawn[at : at + COLUMNS]))) for at in range(0, len(drawn), COLUMNS))
    out, labels = [], data.columns[label.name]
    for number, name in enumerate(label.classes[:CLASSES]):
        rows = np.flatnonzero(labels == number)
        lines = max(1, ROWS // len(label.classes))
        drawn = rng.choice(rows, min(len(rows), COLUMNS * lines), replace=False) if len(rows) else rows
        out.append((name, tuple(map(int, drawn[:COLUMNS]))))
        out += [("", tuple(map(int, drawn[at : at + COLUMNS]))) for at in range(COLUMNS, len(drawn), COLUMNS)]
    return tuple(out)


class SampleGrid(QWidget):
    """The sheet with the names of the classes before its rows.

    Attributes:
        opened: Emits the data set's row number of the sample that a person opened.
    """

    opened = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sample_grid")
        self.setAccessibleName("Samples of each class")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.sheet: Sheet | None = None
        self.current = (0, 0)
        self._under: tuple[int, int] | None = None
        self._viewport: QWidget | None = None
        self._image = QImage()
        theme.notifier().changed.connect(self.update)

    def show_sheet(self, sheet: Sheet | None) -> None:
        """Show another sheet."""
        self.sheet = sheet
        self._image = to_qimage(sheet.picture) if sheet is not None else QImage()
        self.current, self._under = (0, 0), None
        self._resize()
        self.update()

    # --- geometry

    def follow(self, viewport: QWidget) -> None:
        """Make rows as high as the viewport of a scroll area has room for."""
        self._viewport = viewport
        viewport.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Another size of the viewport is another size of the pictures."""
        if event.type() == QEvent.Type.Resize:
            self._resize()
            self.update()
        return super().eventFilter(watched, event)

    def _names(self) -> int:
        names = [name for name, _ in self.sheet.rows if name] if self.sheet is not None else []
        if not names:
            return 0
        metrics = QFontMetrics(theme.font(12, 500))
        return min(NAME_WIDTH, max(metrics.horizontalAdvance(name) for name in names)) + 14

    def columns(self) -> int:
        """How many pictures of a row have room; at least four, at most all."""
        return max(4, min(COLUMNS, (self.width() - self._names()) // (self.side() + 4)))

    def side(self) -> int:
        """Pixels of one picture on the screen: as high as lets all rows be seen."""
        if self.sheet is None or self._viewport is None:
            return SMALLEST
        return max(SMALLEST, min(LARGEST, self._viewport.height() // max(1, len(self.sheet.rows)) - 4))

    def cell(self, row: int, column: int) -> QRect:
        """Where a picture is painted."""
        side = self.side()
        return QRect(self._names() + column * (side + 4), row * (side + 4), side, side)

    def _resize(self) -> None:
        rows = len(self.sheet.rows) if self.sheet is not None else 0
        self.setMinimumHeight(rows * (self.side() + 4))

    def resizeEvent(self, event: object) -> None:
        """Rows grow with the width."""
        self._resize()

    def sizeHint(self) -> QSize:
        return QSize(480, 320)

    def _at(self, position: QPoint) -> tuple[int, int] | None:
        if self.sheet is None:
            return None
        step = self.side() + 4
        row, column = position.y() // step, (position.x() - self._names()) // step
        if 0 <= row < len(self.sheet.rows) and 0 <= column < min(self.columns(), len(self.sheet.rows[row][1])):
            return row, column
        return None

    # --- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Names and pictures of the rows in view."""
        sheet = self.sheet
        if sheet is None:
            return
        tokens = theme.current()
        painter = QPainter(self)
        painter.setFont(theme.font(12, 500))
        whole = self.side() % max(sheet.tile) == 0
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not whole)
        step = self.side() + 4
        first, last = event.rect().top() // step, min(len(sheet.rows) - 1, event.rect().bottom() // step)
        for row in range(first, last + 1):
            name, rows = sheet.rows[row]
            if name:
                painter.setPen(QColor(tokens.text))
                short = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, NAME_WIDTH - 12)
                painter.drawText(
                    QRectF(0, row * step, NAME_WIDTH - 12, self.side()), Qt.AlignmentFlag.AlignVCenter, short
                )
            for column in range(min(self.columns(), len(rows))):
                place = self.cell(row, column)
                inside = _inside(place, sheet.tile)
                painter.drawImage(inside, self._image, QRect(*sheet.box(row, column)))
                painter.setPen(QPen(QColor(tokens.border_strong), 1))  # where a white ground would end nowhere
                painter.drawRect(inside.adjusted(0, 0, -1, -1))
                if (row, column) in (self._under, self.current if self.hasFocus() else None):
                    painter.setPen(QPen(QColor(tokens.accent), 2))
                    painter.drawRect(place.adjusted(-1, -1, 0, 0))

    # --- hands

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Ring the picture under the cursor."""
        under = self._at(event.position().toPoint())
        if under != self._under:
            self._under = under
            self.setCursor(Qt.CursorShape.PointingHandCursor if under else Qt.CursorShape.ArrowCursor)
            self.update()

    def leaveEvent(self, event: object) -> None:
        """No picture is under the cursor."""
        self._under = None
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the picture."""
        found = self._at(event.position().toPoint())
        if found is not None and event.button() == Qt.MouseButton.LeftButton:
            self.current = found
            self._open(found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys move, Enter opens."""
        moves = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}
        key = Qt.Key(event.key())
        if self.sheet is None or not self.sheet.rows:
            super().keyPressEvent(event)
        elif key in moves:
            row = max(0, min(len(self.sheet.rows) - 1, self.current[0] + moves[key][0]))
            count = min(self.columns(), len(self.sheet.rows[row][1]))
            self.current = row, max(0, min(count - 1, self.current[1] + moves[key][1]))
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._open(self.current)
        else:
            super().keyPressEvent(event)

    def _open(self, place: tuple[int, int]) -> None:
        if self.sheet is not None and place[1] < len(self.sheet.rows[place[0]][1]):
            self.opened.emit(self.sheet.rows[place[0]][1][place[1]])


def _inside(place: QRect, tile: tuple[int, int]) -> QRect:
    """The largest rectangle of the tile's proportions in the middle of a square."""
    height, width = tile
    longer = max(height, width)
    w, h = round(place.width() * width / longer), round(place.height() * height / longer)
    return QRect(place.left() + (place.width() - w) // 2, place.top() + (place.height() - h) // 2, w, h)


class SampleDialog(QDialog):
    """One sample, large, with what is known of it."""

    def __init__(self, data: DataSet, row: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("sample_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Sample {row + 1:,}")
        sample = data.columns["image"][row]
        view = PictureView(name="The sample", least=420)
        view.set_image(sample_image(sample))
        views = QHBoxLayout()
        views.addWidget(view, 1)
        mask = mask_of(data)
        if mask is not None and len(sample) in (1, 3):
            plain = np.ascontiguousarray(np.broadcast_to(sample.transpose(1, 2, 0), (*sample.shape[1:], 3)))
            laid = PictureView(name="The sample with its mask", least=420)
            colours = class_rgb(len(mask.classes))
            laid.set_image(to_qimage(with_mask(plain, data.columns[mask.name][row], colours, mask.pad)))
            views.addWidget(laid, 1)
        self.text = QLabel(sample_text(data, row))
        self.text.setObjectName("sample_text")
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 20)
        column.setSpacing(14)
        column.addLayout(views, 1)
        column.addWidget(self.text)


def sample_text(data: DataSet, row: int) -> str:
    """Class, number, part and size of a sample."""
    parts = {"train": "training", "val": "validation", "test": "test"}
    part = next(
        (word for name, word in parts.items() if name in data.splits and np.any(data.splits[name] == row)), "no"
    )
    channels, height, width = data.columns["image"][row].shape
    said = []
    for column in data.facts.targets:
        value = data.columns[column.name][row]
        if column.kind == "label" and column.classes:
            said.append(column.classes[int(value)])
        elif column.kind == "number":
            said.append(f"{column.name} " + ", ".join(f"{number:.4g}" for number in np.ravel(value)[:3]))
        elif column.kind == "mask":
            there = [int(index) for index in np.unique(value) if index != column.pad and index < len(column.classes)]
            said.append(", ".join(column.classes[index] for index in there[:6]))
    name = "".join(f"{text} · " for text in said)
    kind = {1: "grey", 3: "RGB"}.get(channels, f"{channels} channels")
    return f"{name}sample {row + 1:,} · {part} part · {height} × {width} · {kind}"
