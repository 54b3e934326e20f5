"""The work behind the wall: one job at a time on another thread, what a person looks at first.

Not for: widgets; it says what has come and knows nothing of where it is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QSize, QTimer, Signal
from PySide6.QtGui import QImage

from gui import theme
from gui.background import in_background
from gui.dialogs.gallery_picture import large, views
from gui.dialogs.gallery_shelf import Exhibit, Figures, look, opened, shelf, tidy
from gui.figure.plan import Plan

KEPT = 16  # exhibits whose plans are kept for looking again
SETTLE_MS = 90  # rest after the choice or the size changed before a large picture is made

Views = list[tuple[str, Plan]]


class Hanging(QObject):
    """See the module.

    Attributes:
        exhibits: By name, in the order of the halls.
        figures: What is known of them by now.
        pictures: Their small pictures in the theme of now, whole and at half the size.
        listed: Emits when `exhibits` is filled.
        seen: Emits a name when its figures and its picture have come.
        portrayed: Emits a name, the names of its views, and the large picture of the view that was asked for.
        finished: Emits when nothing is left to do.
        failed: Emits a sentence.
    """

    listed = Signal()
    seen = Signal(str)
    portrayed = Signal(str, object, object)
    finished = Signal()
    failed = Signal(str)

    def __init__(self, first: Callable[[], Sequence[str]], parent: QObject) -> None:
        """Args: first: The names that are wanted first, asked before each job."""
        super().__init__(parent)
        self.exhibits: dict[str, Exhibit] = {}
        self.figures: dict[str, Figures] = {}
        self.pictures: dict[str, tuple[QImage, QImage]] = {}
        self._first = first
        self._plans: dict[str, Views] = {}
        self._wanted: tuple[str, int, QSize, float] | None = None
        self._broken: set[str] = set()
        self._busy = self._swept = False
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._go_on)
        theme.notifier().changed.connect(self._recolour)
        self._begin(shelf, self._listed)

    @property
    def idle(self) -> bool:
        """Whether everything that is wanted has come."""
        return bool(self.exhibits) and not self._busy and self._wanted is None and not self._lacking()

    def portray(self, name: str, view: int, size: QSize, ratio: float) -> None:
        """Ask for a large picture; only the last wish counts."""
        self._wanted = (name, view, size, ratio)
        self._settle.start()

    # --- jobs

    def _begin(self, work: Callable[[], object], done: Callable[[object], None]) -> None:
        self._busy = True
        in_background(self, work, done, self._fault)

    def _fault(self, sentence: str) -> None:
        self._busy = False
        self.failed.emit(sentence)

    def _listed(self, found: object) -> None:
        self._busy = False
        assert isinstance(found, list)
        self.exhibits = {exhibit.name: exhibit for exhibit in found}
        self.listed.emit()
        self._go_on()

    def _lacking(self) -> list[Exhibit]:
        names = dict.fromkeys([*self._first(), *self.exhibits])
        return [
            self.exhibits[name]
            for name in names
            if name in self.exhibits and name not in self.pictures and name not in self._broken
        ]

    def _go_on(self) -> None:
        """Begin what is wanted most."""
        if self._busy or not self.exhibits:
            return
        themed = theme.current().name
        if self._wanted is not None and not self._settle.isActive():
            name, view, size, ratio = self._wanted
            work = partial(_portrait, name, view, self._plans.get(name), themed, size, ratio)
            self._begin(work, partial(self._portrayed, self._wanted, themed))
            return
        lacking = self._lacking()
        if lacking:
            self._begin(partial(look, lacking, themed), partial(self._looked, themed))
        elif self._wanted is None:
            self._sweep()
            self.finished.emit()

    def _looked(self, themed: str, found: object) -> None:
        self._busy = False
        assert isinstance(found, tuple)
        seen, broken = found
        self._broken.update(broken)
        for one in seen:
            self.figures[one.name] = one.figures
            if themed == theme.current().name:
                self.pictures[one.name] = (one.picture, one.half)
            self.seen.emit(one.name)
        self._go_on()

    def _portrayed(self, wanted: tuple[str, int, QSize, float], themed: str, found: object) -> None:
        self._busy = False
        assert isinstance(found, tuple)
        made, image = found
        name = wanted[0]
        self._plans.pop(name, None)
        self._plans[name] = made
        while len(self._plans) > KEPT:
            del self._plans[next(iter(self._plans))]
        if self._wanted == wanted and themed == theme.current().name:
            self._wanted = None
            self.portrayed.emit(name, [title for title, _ in made], image)
        self._go_on()

    def _recolour(self, _name: str = "") -> None:
        self.pictures.clear()
        self._go_on()

    def _sweep(self) -> None:
        """Drop what is remembered of presets that are no more, once."""
        if not self._swept:
            self._swept = True
            in_background(self, partial(tidy, list(self.exhibits.values())), self._tidied, self._tidied)

    def _tidied(self, _what: object) -> None:
        """Nothing comes of it that anybody has to know."""


def _portrait(
    name: str, view: int, known: Views | None, themed: theme.ThemeName, size: QSize, ratio: float
) -> tuple[Views, QImage]:
    """The views of an exhibit, and one of them painted."""
    made = known if known is not None else views(*opened(name))
    return made, large(made[min(view, len(made) - 1)][1], themed, size, ratio)
