"""The wall of the gallery: halls one under the other, in each its exhibits in frames, walked along with the arrow keys.

Not for: which exhibits hang where (`gui.dialogs.gallery_order`), nor for what their pictures show (`gui.dialogs.gallery_picture`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QResizeEvent,
)  # fmt: skip
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from gui import theme
from gui.dialogs.gallery_frame import LABEL, MAT, Door, Frame
from gui.dialogs.gallery_order import Section
from gui.dialogs.gallery_shelf import Exhibit, Figures

LEAST, MOST = 176, 300  # pixels; width of a frame
WIDE = 760  # pixels of a wall from which frames are larger
GAP = 18  # pixels between frames
EDGE = 20  # pixels around the wall
BETWEEN = 30  # pixels between two halls
STEPS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
    Qt.Key.Key_PageUp: (0, -3), Qt.Key.Key_PageDown: (0, 3),
}  # fmt: skip


class Wall(QScrollArea):
    """See the module.

    Attributes:
        frames: By name of the exhibit, those that have been on view.
        current: The name of the exhibit that is chosen.
        chosen: Emits the name of the exhibit that a person has come to.
        opened: Emits the name of one that is to be opened.
        walked: Emits when another part of the wall is on view.
        typed: Emits a key event on a frame; who has a use for it accepts it.
    """

    chosen = Signal(str)
    opened = Signal(str)
    walked = Signal()
    typed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("wall")
        self.setAccessibleName("The wall: networks, hall by hall")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.frames: dict[str, Frame] = {}
        self.current = ""
        self._ground = QWidget()
        self.setWidget(self._ground)
        self._exhibits: Mapping[str, Exhibit] = {}
        self._told: Mapping[str, Figures] = {}
        self._pictures: Mapping[str, tuple[QImage, QImage]] = {}
        self._doors: list[Door] = []
        self._sections: list[Section] = []
        self._rows: list[list[str]] = []
        self._places: dict[str, QRect] = {}
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        theme.notifier().changed.connect(self._recolour)

    def _scrolled(self, _value: int) -> None:
        self._reveal()
        self.walked.emit()

    def _recolour(self, _name: str = "") -> None:
        for frame in self.frames.values():
            frame.set_image(None)

    def hang(
        self, exhibits: Mapping[str, Exhibit], told: Mapping[str, Figures], pictures: Mapping[str, tuple[QImage, QImage]]
    ) -> None:  # fmt: skip
        """Take over what there is and what is known of it; `show_sections` says where it hangs."""
        for frame in self.frames.values():
            frame.deleteLater()
        self.frames = {}
        self._exhibits, self._told, self._pictures = exhibits, told, pictures

    def refresh(self, name: str) -> None:
        """More is known of an exhibit."""
        frame = self.frames.get(name)
        if frame is not None:
            if name in self._told:
                frame.tell(self._told[name])
            frame.set_image(self._pictures.get(name))

    def show_sections(self, found: Sequence[Section]) -> None:
        """Hang these, part by part, and take the others off."""
        self._sections = list(found)
        for door in self._doors:
            door.hide()
            door.deleteLater()
        self._doors = [Door(section, self._ground) for section in found]
        self._arrange()
        for door in self._doors:
            door.show()

    def _arrange(self) -> None:
        """Give everything its place for the width there is."""
        wide = self.viewport().width()
        room = wide - 2 * EDGE
        least = LEAST if room < WIDE else LEAST + 44
        columns = max(1, (room + GAP) // (least + GAP))
        width = min(MOST, (room - (columns - 1) * GAP) // columns)
        height = int(width * MAT) + LABEL
        self._rows, self._places, y = [], {}, EDGE // 2
        for section, door in zip(self._sections, self._doors, strict=True):
            door.setGeometry(EDGE, y, room, door.height_for(room))
            y += door.height() + 6
            for first in range(0, len(section.names), columns):
                row = list(section.names[first : first + columns])
                for place, name in enumerate(row):
                    self._places[name] = QRect(EDGE + place * (width + GAP), y, width, height)
                self._rows.append(row)
                y += height + GAP
            y += BETWEEN - GAP
        self._ground.resize(wide, max(y, self.viewport().height()))
        for name, frame in self.frames.items():
            if name in self._places:
                frame.setGeometry(self._places[name])
            else:
                frame.hide()
        self._reveal()

    def _reveal(self) -> None:
        """Make the frames that come on view: a frame takes a millisecond, so not all at once."""
        for name in self.on_view():
            self._frame(name).show()

    def _frame(self, name: str) -> Frame:
        frame = self.frames.get(name)
        if frame is None:
            frame = self.frames[name] = Frame(self._exhibits[name], self._ground)
            frame.reached.connect(self.choose)
            frame.opened.connect(self.opened)
            frame.installEventFilter(self)
            frame.stand(chosen=name == self.current)
            self.refresh(name)
        frame.setGeometry(self._places[name])
        return frame

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys on a frame are the gallery's."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and isinstance(watched, Frame):
            self.typed.emit(event)
            return event.isAccepted()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._arrange()
            self._bring(self.current)
        else:
            self._reveal()
        self.walked.emit()

    # --- where one stands

    def choose(self, name: str) -> None:
        """Stand before an exhibit."""
        for other, frame in self.frames.items():
            frame.stand(chosen=other == name)
        changed = name != self.current
        self.current = name
        self._bring(name)
        if changed:
            self.chosen.emit(name)

    def _bring(self, name: str) -> None:
        """Bring an exhibit on view."""
        if name in self._places:
            place = self._places[name]
            self.ensureVisible(place.center().x(), place.center().y(), 0, place.height() // 2 + GAP)
            self._frame(name).show()

    def take_focus(self) -> None:
        """Let the arrow keys go along the wall."""
        if self.current in self.frames:
            self.frames[self.current].setFocus(Qt.FocusReason.OtherFocusReason)

    def step(self, key: Qt.Key) -> bool:
        """Go one on in the direction of a key; False where the key is none of ours."""
        shown = [name for row in self._rows for name in row]
        if not shown or key not in (*STEPS, Qt.Key.Key_Home, Qt.Key.Key_End):
            return False
        if self.current not in shown or key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._stand(shown[-1] if key == Qt.Key.Key_End else shown[0])
            return True
        across, down = STEPS[key]
        row = next(number for number, names in enumerate(self._rows) if self.current in names)
        if across:
            at = min(max(shown.index(self.current) + across, 0), len(shown) - 1)
            self._stand(shown[at])
            return True
        target = self._rows[min(max(row + down, 0), len(self._rows) - 1)]
        if target is not self._rows[row]:
            self._stand(target[min(self._rows[row].index(self.current), len(target) - 1)])
        return True

    def _stand(self, name: str) -> None:
        held = any(frame.hasFocus() for frame in self.frames.values())
        self.choose(name)
        if held:
            self.take_focus()
        if self._rows and name in self._rows[0]:
            self.verticalScrollBar().setValue(0)

    def go_to(self, title: str) -> None:
        """Walk to the hall of that title."""
        for door in self._doors:
            if door.section.title == title:
                self.verticalScrollBar().setValue(door.y() - EDGE // 2)
                self.choose(door.section.names[0])

    def hall(self) -> str:
        """The title of the hall that one is in: that of the chosen exhibit, or of what is on view where that is not."""
        for section in self._sections:
            if self.current in section.names and self.current in self.on_view():
                return section.title
        top = self.verticalScrollBar().value() + 80
        passed = [door.section.title for door in self._doors if door.y() <= top]
        return passed[-1] if passed else self._sections[0].title if self._sections else ""

    def on_view(self) -> list[str]:
        """The names of the exhibits that can be seen, from the top."""
        top = self.verticalScrollBar().value()
        seen = QRect(0, top, self.viewport().width(), self.viewport().height())
        return [name for name, place in self._places.items() if place.intersects(seen)]

    def in_order(self) -> list[str]:
        """All names on the wall, in order."""
        return [name for row in self._rows for name in row]
