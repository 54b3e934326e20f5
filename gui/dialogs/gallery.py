"""The gallery: the networks that come with the program, hall by hall, each with its picture, its figures and its story.

It opens at once and fills while one looks: files are read, checked and painted on another thread, what is on view first.
Not for: opening one, which the window does.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engine.project import PRESET
from gui import theme
from gui.dialogs.gallery_halls import Halls
from gui.dialogs.gallery_hanging import Hanging
from gui.dialogs.gallery_order import ORDERS, Section, matching, sections
from gui.dialogs.gallery_plate import Plate
from gui.dialogs.gallery_wall import Wall
from gui.widgets import EmptyState, Heading, Hint, Segmented

SHARE = 0.94  # of the window that the gallery takes
LEAST, MOST = QSize(1020, 660), QSize(2080, 1240)
FIELD = 300  # pixels of the search


class Gallery(QDialog):
    """See the module.

    Attributes:
        chosen: Emits "preset:NAME" when a network is to be opened.
        comparing: Emits "preset:NAME" when one is to be compared with the drawing that is open.
        current: The name of the exhibit that one stands before, "" before none.
        close_up: Whether the picture has all the room.
    """

    chosen = Signal(str)
    comparing = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gallery")
        self.setWindowTitle("Gallery")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        room = parent.window().size() * SHARE if parent is not None else QSize(1200, 760)
        self.resize(room.boundedTo(MOST).expandedTo(LEAST))
        self.current = ""
        self.close_up = False
        self._view = 0
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._show_plate)
        self._sections: list[Section] = []
        self.search = QLineEdit()
        self.order = Segmented(ORDERS, name="Order of the wall")
        self.halls = Halls()
        self.wall = Wall()
        self.plate = Plate()
        self.open_button = self.plate.open_button
        self.told = Hint()
        self.pages = QStackedWidget()
        self.waiting = EmptyState("view-grid-outline", "The gallery is being opened", "")
        self.nothing = EmptyState("magnify", "Nothing like that hangs here", "", "Show all", self._show_all)
        self._build()
        self.open_button.setDefault(True)  # it has to be the dialog's by now
        self.hanging = Hanging(self.wall.on_view, self)
        self._connect()
        self._allow(False)

    def _build(self) -> None:
        self.search.setPlaceholderText("Search: a name, an author, a year, a word")
        self.search.setAccessibleName("Search networks")
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(FIELD)
        top = QHBoxLayout()
        top.setSpacing(2 * theme.SPACE)
        heading = Heading("Gallery")
        heading.setObjectName("gallery-heading")
        heading.setStyleSheet("QLabel { font-size: 22px; }")
        top.addWidget(heading)
        top.addWidget(self.told, 1)
        top.addWidget(QLabel("By"))
        top.addWidget(self.order)
        top.addWidget(self.search)
        for page in (self.waiting, self.wall, self.nothing):
            self.pages.addWidget(page)
        middle = QHBoxLayout()
        middle.setSpacing(theme.SPACE)
        middle.addWidget(self.halls)
        middle.addWidget(self.pages, 11)
        middle.addSpacing(theme.SPACE)
        middle.addWidget(self.plate, 10)
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 16, 20, 16)
        box.setSpacing(12)
        box.addLayout(top)
        box.addLayout(middle, 1)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._searched)
        self.order.changed.connect(self._rehang)
        self.halls.wanted.connect(self.wall.go_to)
        self.wall.chosen.connect(self._stand_before)
        self.wall.opened.connect(self._take)
        self.wall.walked.connect(self._walked)
        self.wall.typed.connect(self._key_on_wall)
        self.plate.open_button.clicked.connect(self._take)
        self.plate.compare_button.clicked.connect(self._compare)
        self.plate.view_chosen.connect(self._look_inside)
        self.plate.portrait.resized.connect(self._portray)
        self.plate.portrait.clicked.connect(self._closer)
        self.plate.closer.clicked.connect(self._closer)
        self.hanging.listed.connect(self._hang)
        self.hanging.seen.connect(self._seen)
        self.hanging.portrayed.connect(self._portrayed)
        self.hanging.finished.connect(self._finished)
        self.hanging.failed.connect(self.told.setText)
        theme.notifier().changed.connect(self._recolour)
        self.search.installEventFilter(self)

    # --- the wall

    def _hang(self) -> None:
        """The exhibits are known: frames for all, pictures as they come."""
        self.wall.hang(self.hanging.exhibits, self.hanging.figures, self.hanging.pictures)
        self._rehang()
        if not self.search.text():
            self.wall.take_focus()

    def _rehang(self, _order: str = "") -> None:
        """Hang what the search leaves, in the order that is chosen."""
        exhibits = self.hanging.exhibits
        names, best = matching(list(exhibits.values()), self.search.text())
        kept = set(names)
        found = [one for name, one in exhibits.items() if name in kept]
        self._sections = sections(found, self.order.value, self.hanging.figures)
        if not exhibits:
            return
        self.pages.setCurrentWidget(self.wall if names else self.nothing)
        self.wall.show_sections(self._sections)
        self.halls.fill(self._sections)
        self._count(len(names))
        self._allow(bool(names))
        self.plate.setVisible(bool(names))
        if not names:
            self._empty()
            return
        shown = self.wall.in_order()
        here = best or (self.current if self.current in shown else next(iter(shown), ""))
        self.wall.choose(here)
        self._walked()

    def _count(self, shown: int) -> None:
        whole = len(self.hanging.exhibits)
        self.told.setText(
            f"{whole} networks, {_since(self.hanging)}" if shown == whole else f"{shown} of {whole} networks"
        )

    def _searched(self, _text: str) -> None:
        self._rehang()

    def _show_all(self) -> None:
        self.search.clear()
        self.search.setFocus()

    def _empty(self) -> None:
        self.nothing.text.setText(
            f"No network, paper or description has “{self.search.text().strip()}” in it. Try fewer letters, an author or a year."
        )
        self.current = self.wall.current = ""

    def _walked(self) -> None:
        self.halls.stand_in(self.wall.hall())

    def _allow(self, possible: bool) -> None:
        self.plate.open_button.setEnabled(possible)
        self.plate.compare_button.setEnabled(possible)

    # --- what comes from the other thread

    def _seen(self, name: str) -> None:
        self.wall.refresh(name)
        if name == self.current:
            self.plate.tell(self.hanging.figures[name])
            picture = self.hanging.pictures.get(name)
            if self.plate.portrait.preview and picture is not None:
                self.plate.portrait.set_image(picture[0], preview=True)

    def _portrayed(self, name: str, names: Sequence[str], image: QImage) -> None:
        if name != self.current:
            return
        if self._view == 0 and self.plate.views is None:
            self.plate.show_views(names)
        self.plate.portrait.set_image(image)

    def _finished(self) -> None:
        """All figures are known, so that the order by parameters is whole."""
        if self.order.value == "size" and sum(len(one.names) for one in self._sections) < len(self.hanging.exhibits):
            self._rehang()

    def _recolour(self, _name: str = "") -> None:
        self.plate.portrait.set_image(None)
        self._portray()

    # --- the exhibit

    def _stand_before(self, name: str) -> None:
        if name not in self.hanging.exhibits:
            return
        self.current, self._view = name, 0
        self._walked()
        self._later.start()

    def _show_plate(self) -> None:
        """The plate of where one stands by now; in a turn of its own, for the wall has taken its part of this one."""
        name = self.current
        exhibit = self.hanging.exhibits.get(name)
        if exhibit is None:
            return
        picture = self.hanging.pictures.get(name)
        self.plate.show_exhibit(exhibit, self.hanging.figures.get(name), picture[0] if picture else None)
        self._portray()

    def _look_inside(self, view: int) -> None:
        self._view = view
        self._portray()

    def _portray(self) -> None:
        if self.current:
            portrait = self.plate.portrait
            self.hanging.portray(self.current, self._view, portrait.room(), self.devicePixelRatioF())

    def _take(self, _what: object = None) -> None:
        if self.current and self.pages.currentWidget() is self.wall:
            self.accept()
            self.chosen.emit(PRESET + self.current)

    def _compare(self) -> None:
        if self.current:
            self.accept()
            self.comparing.emit(PRESET + self.current)

    # --- keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and watched is self.search:
            return self._key_in_search(event)
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc steps back from the picture first, and from the gallery then."""
        if event.key() == Qt.Key.Key_Escape and self.close_up:
            self.enlarge(on=False)
        else:
            super().keyPressEvent(event)

    def enlarge(self, *, on: bool) -> None:
        """Look at the picture from near by, or see the wall again."""
        self.close_up = on
        self.halls.setVisible(not on)
        self.pages.setVisible(not on)
        self.plate.enlarge(on=on)
        if not on:
            self.wall.take_focus()

    def _closer(self) -> None:
        if self.current:
            self.enlarge(on=not self.close_up)

    def _key_in_search(self, event: QKeyEvent) -> bool:
        """Up and down go along the wall while one types; Esc gives the whole wall back."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            return self.wall.step(key)
        if key == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
            return True
        return False

    def _key_on_wall(self, event: QKeyEvent) -> None:
        """Arrows walk, Enter opens, letters go to the search."""
        key = Qt.Key(event.key())
        command = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        event.accept()
        if command:
            event.ignore()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take()
        elif self.wall.step(key):
            pass
        elif key == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
        elif key == Qt.Key.Key_Backspace or (event.text().isprintable() and event.text().strip()):
            self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            QApplication.sendEvent(self.search, event)
        else:
            event.ignore()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.search.setFocus()
        self.wall.take_focus()


def _since(hanging: Hanging) -> str:
    years = [one.year for one in hanging.exhibits.values() if one.year]
    return f"{min(years)} to {max(years)}" if years else "all times"
