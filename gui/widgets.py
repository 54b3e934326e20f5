"""Small widgets that several places share: headings, hints, cards, icon buttons, a segmented switch, an empty state,
the title of a dock.

Not for: anything that knows the document.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui import theme


class Heading(QLabel):
    """A panel's title."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("heading", True)


class Section(QLabel):
    """The title of a part of a panel."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("section", True)


class Hint(QLabel):
    """Wrapped text in the second colour."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("hint", True)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)


class Fault(QLabel):
    """A wrapped sentence about what is wrong; takes no room while it is empty."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setProperty("fault", True)
        self.setWordWrap(True)
        self.hide()

    def say(self, text: str) -> None:
        """Show a sentence, or nothing."""
        self.setText(text)
        self.setVisible(bool(text))


class Card(QFrame):
    """A raised, rounded frame with a vertical layout in it (`box`)."""

    def __init__(self, parent: QWidget | None = None, *, margin: int = 2 * theme.SPACE) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(margin, margin, margin, margin)
        self.box.setSpacing(theme.SPACE)


def hline(parent: QWidget | None = None) -> QFrame:
    """A thin horizontal line."""
    line = QFrame(parent)
    line.setProperty("rule", True)
    return line


class IconButton(QToolButton):
    """A flat button with an icon that follows the theme; its tip is its accessible name."""

    def __init__(self, icon: str, tip: str, parent: QWidget | None = None, *, checkable: bool = False) -> None:
        super().__init__(parent)
        self._icon = icon
        self._color: str | None = None
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        self.setCheckable(checkable)
        self.setIconSize(theme.ICON)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.notifier().changed.connect(self._redraw)
        self._redraw()

    def set_icon(self, icon: str, color: str | None = None) -> None:
        """Show another icon; `color` is the name of a token ("good", "bad")."""
        self._icon, self._color = icon, color
        self._redraw()

    def _redraw(self) -> None:
        colour = getattr(theme.current(), self._color) if self._color else None
        self.setIcon(theme.icon(self._icon, color=colour))


class PrimaryButton(QPushButton):
    """The one button of a place that a person most likely wants."""

    def __init__(self, text: str, icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._icon = icon
        self.setProperty("primary", True)
        self.setIconSize(theme.ICON)
        theme.notifier().changed.connect(self._redraw)
        self._redraw()

    def set_icon(self, icon: str) -> None:
        """Show another icon."""
        self._icon = icon
        self._redraw()

    def _redraw(self) -> None:
        if self._icon:
            self.setIcon(theme.icon(self._icon, color=theme.current().accent_text))


class Segmented(QWidget):
    """A row of words of which one is chosen; arrow keys move the choice.

    Attributes:
        changed: Emits the chosen id when a person chooses another.
    """

    changed = Signal(str)

    def __init__(self, options: Sequence[tuple[str, str]], parent: QWidget | None = None, *, name: str = "") -> None:
        super().__init__(parent)
        self._options = list(options)
        self._value = self._options[0][0]
        self._under: str | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        theme.notifier().changed.connect(self.update)

    @property
    def value(self) -> str:
        """The id of what is chosen."""
        return self._value

    def set_value(self, value: str) -> None:
        """Choose without telling."""
        if value not in [id_ for id_, _ in self._options]:
            raise ValueError(f"{value!r} is not one of the options")
        self._value = value
        self.setAccessibleDescription(dict(self._options)[value])
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(sum(self._widths()) + 4, 30)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _widths(self) -> list[int]:
        metrics = QFontMetrics(theme.font(13, 500))
        return [metrics.horizontalAdvance(label) + 26 for _, label in self._options]

    def _rects(self) -> list[tuple[str, str, QRectF]]:
        out, x = [], 2.0
        for (id_, label), width in zip(self._options, self._widths(), strict=True):
            out.append((id_, label, QRectF(x, 2, width, self.height() - 4)))
            x += width
        return out

    def paintEvent(self, event: QPaintEvent) -> None:
        t = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(t.accent if self.hasFocus() else t.border), 1))
        painter.setBrush(QColor(t.hover if t.name == "light" else t.sunken))
        painter.drawRoundedRect(QRectF(0.5, 0.5, self.width() - 1, self.height() - 1), 7, 7)
        painter.setFont(theme.font(13, 500))
        for id_, label, rect in self._rects():
            chosen = id_ == self._value
            if chosen:
                painter.setPen(QPen(QColor(t.border_strong), 1))
                painter.setBrush(QColor(t.raised))
                painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
            colour = t.text if chosen or id_ == self._under else t.muted
            painter.setPen(QColor(colour if self.isEnabled() else t.faint))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, label)
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._under = self._at(event.position().x())
        self.update()

    def leaveEvent(self, event: object) -> None:
        self._under = None
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self._at(event.position().x())
        if found is not None:
            self._choose(found)

    def _at(self, x: float) -> str | None:
        return next((id_ for id_, _, rect in self._rects() if rect.left() <= x < rect.right()), None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ids = [id_ for id_, _ in self._options]
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        self._choose(ids[max(0, min(len(ids) - 1, ids.index(self._value) + step))])

    def _choose(self, value: str) -> None:
        if value != self._value:
            self.set_value(value)
            self.changed.emit(value)


class EmptyState(QWidget):
    """What a place shows while it has nothing to show: an icon, a line, a sentence, perhaps a button."""

    def __init__(
        self,
        icon: str,
        title: str,
        text: str,
        button: str = "",
        pressed: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._icon = icon
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title = QLabel(title)
        self.title.setFont(theme.font(15, 600))
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.text = Hint(text)
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.text.setMaximumWidth(420)
        self.button = QPushButton(button)
        self.button.setVisible(bool(button))
        if pressed is not None:
            self.button.clicked.connect(lambda _checked=False: pressed())
        box = QVBoxLayout(self)
        box.setSpacing(theme.SPACE)
        box.addStretch(1)
        for widget in (self._picture, self.title):
            box.addWidget(widget)
        line = QHBoxLayout()  # an alignment would give the sentence its smallest width; this gives it what there is
        line.addStretch(1)
        line.addWidget(self.text, 100)
        line.addStretch(1)
        box.addLayout(line)
        box.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(1)
        theme.notifier().changed.connect(self._redraw)
        self._redraw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the sentence the height of its lines: a layout asks for those of its whole width."""
        super().resizeEvent(event)
        width = min(self.text.maximumWidth(), self.contentsRect().width() - 24)
        self.text.setMinimumHeight(max(0, self.text.heightForWidth(width)))

    def _redraw(self) -> None:
        self._picture.setPixmap(theme.icon(self._icon, color=theme.current().faint).pixmap(QSize(40, 40)))


class DockTitle(QWidget):
    """A dock's title with a button that closes it; the rest of it can be dragged.

    Attributes:
        closed: Emits when it was closed that way.
    """

    closed = Signal()

    def __init__(self, title: str, dock: QDockWidget, menu: str = "View") -> None:
        super().__init__(dock)
        self.setObjectName("dock-title")
        label = QLabel(title)
        label.setProperty("section", True)
        close = IconButton("close", f"Close {title.lower()} ({menu} menu shows it again)")
        close.setIconSize(QSize(14, 14))
        close.clicked.connect(dock.close)
        close.clicked.connect(self.closed)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 4, 6, 4)
        row.addWidget(label, 1)
        row.addWidget(close)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The panel's colour and a line under it."""
        tokens = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens.panel))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(tokens.border))
