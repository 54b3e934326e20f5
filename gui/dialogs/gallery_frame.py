"""One exhibit in its frame, and the door of a hall. Not for: where they hang (`gui.dialogs.gallery_wall`)."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QTextLayout,
)  # fmt: skip
from PySide6.QtWidgets import QAbstractButton, QWidget

from gui import figures, theme
from gui.dialogs.gallery_order import Section
from gui.dialogs.gallery_shelf import Exhibit, Figures

MAT = 0.61  # height of a picture by its width
LABEL = 86  # pixels under a picture: two lines of title, two of figures
DOOR, LINE = 46, 19  # pixels of a hall's title with its line, and of each line of its sentence
PAD = 12  # pixels beside a label's text
APART = 18  # pixels between a hall's title and its years


def lines(text: str, px: int, weight: int, room: int, most: int = 2) -> list[str]:
    """A title in at most so many lines; what is left over ends in an ellipsis."""
    font = theme.font(px, weight)
    layout = QTextLayout(text, font)
    layout.beginLayout()
    starts = []
    while (line := layout.createLine()).isValid():
        line.setLineWidth(room)
        starts.append(line.textStart())
    layout.endLayout()
    parts = [text[at:to].rstrip() for at, to in zip(starts, [*starts[1:], len(text)], strict=True)]
    if len(parts) > most:
        rest = text[starts[most - 1] :]
        parts = [*parts[: most - 1], QFontMetrics(font).elidedText(rest, Qt.TextElideMode.ElideRight, room)]
    return parts


class Frame(QAbstractButton):
    """An exhibit on the wall.

    Attributes:
        exhibit: What it shows.
        reached: Emits its name when it has become the chosen one, by a click or a key.
        opened: Emits its name when it was double-clicked.
    """

    reached = Signal(str)
    opened = Signal(str)

    def __init__(self, exhibit: Exhibit, parent: QWidget) -> None:
        super().__init__(parent)
        self.exhibit = exhibit
        self.figures: Figures | None = None
        self.images: tuple[QImage, QImage] | None = None
        self._scaled: QPixmap | None = None
        self._title: tuple[int, list[str]] = (0, [])
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # the wall has one place in the tab order, its chosen frame
        self.setToolTip(exhibit.title)
        self.setObjectName(f"exhibit-{exhibit.name}")
        self._name()
        self.clicked.connect(self._clicked)

    def _name(self) -> None:
        told = f", {figures.short(self.figures.parameters)} parameters" if self.figures is not None else ""
        year = f", {self.exhibit.year}" if self.exhibit.year else ""
        self.setAccessibleName(f"{self.exhibit.title}{year}{told}")

    def stand(self, *, chosen: bool) -> None:
        """Be the one that somebody stands before, or not; that one alone is in the tab order."""
        self.setChecked(chosen)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if chosen else Qt.FocusPolicy.ClickFocus)

    def _clicked(self, _checked: bool) -> None:
        self.reached.emit(self.exhibit.name)

    def tell(self, found: Figures) -> None:
        """Write its figures."""
        if found != self.figures:
            self.figures = found
            self._name()
            self.update()

    def set_image(self, images: tuple[QImage, QImage] | None) -> None:
        """Hang a picture, whole and at half its size, or take it down."""
        self.images, self._scaled = images, None
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, int(200 * MAT) + LABEL)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._scaled = None
        super().resizeEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(self.exhibit.name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # keys are the wall's: space is a letter of a search

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        t = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        mat = QRect(0, 0, self.width(), int(self.width() * MAT))
        whole = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        chosen = self.isChecked()
        painter.setPen(
            QPen(QColor(t.select if chosen else t.border_strong if self.underMouse() else t.border), 2 if chosen else 1)
        )
        painter.setBrush(QColor(t.raised))
        painter.drawRoundedRect(whole, theme.RADIUS, theme.RADIUS)
        inside = QRectF(mat).adjusted(7, 7, -7, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.canvas))
        painter.drawRoundedRect(inside, 3, 3)
        self._paint_picture(painter, inside.toRect())
        self._paint_label(painter, mat.bottom())
        if self.hasFocus():
            painter.setPen(QPen(QColor(t.select), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(whole.adjusted(4, 4, -4, -4), 4, 4)
        painter.end()

    def _paint_picture(self, painter: QPainter, place: QRect) -> None:
        if self.images is None:
            return
        ratio = self.devicePixelRatioF()
        if self._scaled is None:
            size = (place.size() - QSize(6, 6)) * ratio
            whole, half = self.images
            near = half if half.width() >= size.width() else whole
            keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            fit = near.scaled(size, keep, smooth)
            self._scaled = QPixmap.fromImage(fit)
            self._scaled.setDevicePixelRatio(ratio)
        shown = self._scaled.deviceIndependentSize().toSize()
        painter.drawPixmap(place.center() - QPoint(shown.width() // 2, shown.height() // 2), self._scaled)

    def _paint_label(self, painter: QPainter, top: int) -> None:
        t, room = theme.current(), self.width() - 2 * PAD
        if self._title[0] != room:
            self._title = (room, lines(self.exhibit.title, 13, 600, room))
        painter.setPen(QColor(t.text))
        painter.setFont(theme.font(13, 600))
        y = top + 22
        for line in self._title[1]:
            painter.drawText(PAD, y, line)
            y += 17
        painter.setFont(theme.font(12))
        painter.setPen(QColor(t.muted))
        year = str(self.exhibit.year) if self.exhibit.year else ""
        count = f"{figures.short(self.figures.parameters)} parameters" if self.figures is not None else ""
        painter.drawText(PAD, y + 1, "  ·  ".join(part for part in (year, count) if part))
        if self.figures is not None:
            painter.drawText(PAD, y + 18, f"{figures.short(self.figures.macs)} multiply-adds")


class Door(QWidget):
    """The title of a hall, the years of what hangs in it, and a sentence."""

    def __init__(self, section: Section, parent: QWidget) -> None:
        super().__init__(parent)
        self.section = section
        self._lines: list[str] = []
        self.setAccessibleName(f"{section.title}. {section.sentence}")

    def height_for(self, width: int) -> int:
        """How high it is in that width."""
        self._lines = lines(self.section.sentence, 13, 400, width, 3)
        return DOOR + LINE * len(self._lines)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = theme.current()
        painter = QPainter(self)
        painter.setFont(theme.font(12))
        painter.setPen(QColor(t.muted))
        span = QFontMetrics(theme.font(12)).horizontalAdvance(self.section.span)
        painter.drawText(self.width() - span - 2, 22, self.section.span)
        painter.setFont(theme.font(13))
        for number, line in enumerate(self._lines):
            painter.drawText(0, 44 + LINE * number, line)
        title = theme.font(20, 600)
        painter.setFont(title)
        painter.setPen(QColor(t.text))
        room = self.width() - span - APART
        painter.drawText(0, 22, QFontMetrics(title).elidedText(self.section.title, Qt.TextElideMode.ElideRight, room))
        painter.fillRect(QRect(0, self.height() - 8, self.width(), 1), QColor(t.border_strong))
        painter.end()
