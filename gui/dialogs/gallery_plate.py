"""The exhibit one stands before: its large picture, what is inside its composites, the plate with all that is known of it.

Not for: reading and painting it, which the gallery has done on another thread.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from gui import theme
from gui.dialogs.gallery_shelf import Exhibit, Figures
from gui.figures import count, short
from gui.widgets import Hint, PrimaryButton, Section, Segmented, hline

ROWS = (("Parameters", "Multiply-adds", "Blocks"), ("Input", "Output"), ("Recipe",), ("Composites",))
SHARES = (11, 11, 7)  # of the room that a column of figures gets
ROOMY = 640  # pixels of a plate from which letters are larger
USUAL = (
    400  # pixels that the words get on a high screen, so that the picture does not jump from one exhibit to the next
)
LONG_NUMBER = 10_000_000  # from here on the short form stands beside the exact one


class Portrait(QWidget):
    """The large picture on its mat.

    Attributes:
        resized: Emits when a picture of another size would fit better.
        clicked: Emits when somebody wants to look closer.
    """

    resized = Signal()
    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("portrait")
        self.setAccessibleName("Picture of the drawing")
        self.setMinimumHeight(230)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.image: QImage | None = None
        self._preview = False
        theme.notifier().changed.connect(self.update)

    def set_image(self, image: QImage | None, *, preview: bool = False) -> None:
        """Show a picture; a preview is enlarged until the real one comes."""
        self.image, self._preview = image, preview
        self.update()

    @property
    def preview(self) -> bool:
        """Whether what is shown stands in for a better picture."""
        return self._preview or self.image is None

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def room(self) -> QSize:
        """Pixels for the picture."""
        return QSize(max(1, self.width() - 16), max(1, self.height() - 16))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        t = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(t.border), 1))
        painter.setBrush(QColor(t.raised))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.canvas))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(8, 8, -8, -8), 3, 3)
        if self.image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            size = self.image.deviceIndependentSize()
            if self._preview or size.width() > self.room().width() or size.height() > self.room().height():
                size = size.scaled(self.room().toSizeF(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRectF(
                self.width() / 2 - size.width() / 2, self.height() / 2 - size.height() / 2, size.width(), size.height()
            )
            if self._preview:
                painter.setOpacity(0.55)
            painter.drawImage(place, self.image)
        painter.end()


class Plate(QWidget):
    """See the module.

    Attributes:
        view_chosen: Emits the number of the view that is wanted: 0 the network, then its composites.
    """

    view_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plate")
        self.portrait = Portrait()
        self.views: Segmented | QComboBox | None = None
        self._roomy: bool | None = None  # as the letters are set
        self.title = QLabel()
        self.source = Hint()
        self.text = QLabel()
        self.values: dict[str, QLabel] = {}
        self.about = QScrollArea()
        self.closer = QPushButton("Look closer")
        self.closer.setAutoDefault(False)
        self.closer.setProperty("flat", True)
        self.closer.setToolTip("Give the picture the whole gallery (a click on it does the same)")
        self.compare_button = QPushButton("Compare…")
        self.open_button = PrimaryButton("Open", "folder-open-outline")
        self._build()
        theme.notifier().changed.connect(self._recolour)

    def _build(self) -> None:
        self._row = QHBoxLayout()
        self._row.addStretch(1)
        self._row.addWidget(self.closer)
        self.compare_button.setToolTip("See it beside the drawing that is open, with every difference")
        self.compare_button.setAutoDefault(False)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.compare_button)
        foot.addWidget(self.open_button)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        box.addWidget(self.portrait, 5)
        box.addLayout(self._row)
        box.addWidget(self.about, 7)
        box.addLayout(foot)
        self._fill_about()

    def _fill_about(self) -> None:
        """The words, which scroll where there is no room for all."""
        self.title.setWordWrap(True)
        self.title.setAccessibleName("Title")
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        told = QWidget()
        self._words = inner = QVBoxLayout(told)
        inner.setContentsMargins(0, 0, 8, 0)
        inner.setSpacing(theme.SPACE)
        for label in (self.title, self.source, self.text):
            inner.addWidget(label)
        inner.addSpacing(4)
        inner.addWidget(hline())
        inner.addLayout(self._facts())
        inner.addStretch(1)
        scroll = self.about
        scroll.setObjectName("plate-text")
        scroll.setAccessibleName("About the network")
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        scroll.setWidget(told)

    def _facts(self) -> QGridLayout:
        """Input, output, parameters, multiply-adds, blocks, composites."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * theme.SPACE)
        grid.setVerticalSpacing(2)
        for row, names in enumerate(ROWS):
            for column, name in enumerate(names):
                value = self.values[name] = QLabel()
                value.setWordWrap(True)
                value.setAccessibleName(name)
                value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                span = 1 if len(names) > 1 else len(SHARES)
                grid.addWidget(Section(name), 3 * row, column, 1, span)
                grid.addWidget(value, 3 * row + 1, column, 1, span, Qt.AlignmentFlag.AlignTop)
            grid.setRowMinimumHeight(3 * row + 2, 6)
        for column, share in enumerate(SHARES):
            grid.setColumnStretch(column, share)
        return grid

    def show_exhibit(self, exhibit: Exhibit, told: Figures | None, picture: QImage | None) -> None:
        """Stand before another exhibit, with what is known by now."""
        self.title.setText(exhibit.title)
        year = str(exhibit.year) if exhibit.year else ""
        self.source.setText(exhibit.paper if year in exhibit.paper else f"{exhibit.paper} · {year}")
        self.text.setText(exhibit.text)
        self.portrait.set_image(picture, preview=True)
        self.portrait.setAccessibleDescription(f"The drawing of {exhibit.title}")
        self.show_views(())
        self.tell(told)
        self.values["Recipe"].setText(exhibit.recipe)
        self._fit()

    def tell(self, told: Figures | None) -> None:
        """Write the figures, or that they are being counted."""
        counting = "…"
        if told is None:
            for value in self.values.values():
                value.setText(counting)
            return
        made = ", ".join(told.composites) or "none"
        for name, text in (
            ("Parameters", _number(told.parameters)), ("Multiply-adds", _number(told.macs)), ("Input", told.entry or "none"),
            ("Output", told.exit or "none"), ("Blocks", str(told.blocks)),
            ("Composites", f"{len(told.composites)}: {made}" if told.composites else made),
        ):  # fmt: skip
            self.values[name].setText(text)

    def show_views(self, names: Sequence[str]) -> None:
        """Offer the inside of composites beside the whole network."""
        if self.views is not None:
            self.views.hide()
            self.views.deleteLater()
            self.views = None
        if len(names) < 2:
            return
        shown = Segmented([(str(number), name) for number, name in enumerate(names)], name="Picture of")
        if shown.sizeHint().width() <= self.width() - self.closer.width() - theme.SPACE:
            shown.changed.connect(self._view_changed)
            self.views = shown
        else:
            shown.deleteLater()
            box = QComboBox()
            box.setAccessibleName("Picture of")
            box.addItems([names[0], *(f"Inside {name}" for name in names[1:])])
            box.setMaxVisibleItems(len(names))
            box.activated.connect(self.view_chosen)
            self.views = box
        self._row.insertWidget(0, self.views)

    def _view_changed(self, number: str) -> None:
        self.view_chosen.emit(int(number))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _recolour(self, _theme: str = "") -> None:
        self._roomy = None  # another style sheet takes fonts away
        self._fit()

    def _fit(self) -> None:
        """Larger letters on a large screen, and no more room for words than they take: the picture gets the rest."""
        roomy = self.width() >= ROOMY
        if roomy != self._roomy:
            self._roomy = roomy
            self._set_letters(roomy=roomy)
        needed = self._words.totalHeightForWidth(max(1, self.width() - 12))
        self.about.setMaximumHeight(max(USUAL, needed + 4))

    def _set_letters(self, *, roomy: bool) -> None:
        self.title.setFont(theme.font(26 if roomy else 21, 600))
        for label in (self.text, self.source):
            label.setFont(theme.font(15 if roomy else 13))
        for value in self.values.values():
            value.setFont(theme.font(15 if roomy else 13, 500))

    def enlarge(self, *, on: bool) -> None:
        """Give all the room to the picture, or the words theirs back."""
        self.about.setVisible(not on)
        self.closer.setText("Step back" if on else "Look closer")


def _number(number: int) -> str:
    return f"{count(number)} ({short(number)})" if number >= LONG_NUMBER else count(number)
