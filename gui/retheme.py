"""Another theme for windows full of widgets, in steps between which the event loop turns.

Qt needs half a second for a thousand widgets, several times as long on a busy machine. Until all is done the windows show what they
showed before. Not for: what a theme is (`gui.theme`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cache

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from gui import theme


class _Turn(QObject):
    """The switch that is going on, if one is."""

    def __init__(self) -> None:
        super().__init__()
        self._steps: Iterator[str] | None = None
        self._windows: list[QWidget] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._go_on)

    @property
    def going(self) -> bool:
        return self._steps is not None

    def begin(self, app: QApplication, name: theme.ThemeName) -> None:
        self._windows = [window for window in app.topLevelWidgets() if window.isVisible()]
        for window in self._windows:
            window.setUpdatesEnabled(False)
        self._steps = theme.steps(app, name)
        self._go_on()

    def _go_on(self) -> None:
        done = True
        try:
            done = self._steps is None or next(self._steps, None) is None
        finally:
            if done:
                self._end()
            else:
                self._timer.start()

    def _end(self) -> None:
        self._steps = None
        self._timer.stop()
        # Also what was a part of a window when it began and is a window by now, such as a dock.
        for window in (*self._windows, *QApplication.topLevelWidgets()):
            with suppress(RuntimeError):  # it has been closed meanwhile
                if not window.updatesEnabled():
                    window.setUpdatesEnabled(True)
        self._windows = []

    def finish(self) -> None:
        while self.going:
            self._go_on()


@cache
def _turn() -> _Turn:
    return _Turn()


def turn_to(app: QApplication, name: theme.ThemeName) -> None:
    """Put a theme into force, little by little; one that is under way is put into force at once before that.

    Not to be called by those who are told that the theme has changed.
    """
    finish()
    _turn().begin(app, name)


def finish() -> None:
    """Do at once what is left of a switch."""
    _turn().finish()
