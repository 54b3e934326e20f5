"""The space bar: held while the mouse drags, it pans; tapped, it opens quick-add.

A key that is held repeats. Most systems say so; some send the repeats as a key that is let go and pressed again at once. Not for:
panning (`gui.canvas.gestures`).
"""

from __future__ import annotations

import time

TAP_S = 0.4  # a key that is held for longer was held to drag
REPEAT_S = 0.05  # pressed again within this time, it was never let go


class SpaceBar:
    """What has become of the bar since it was pressed.

    Attributes:
        held: Whether it is down.
        used: Whether something was dragged with it.
    """

    def __init__(self) -> None:
        self.held = self.used = False
        self._down = self._up = float("-inf")  # seconds of the clock

    def press(self) -> None:
        """It goes down."""
        now = time.monotonic()
        if now - self._up > REPEAT_S:
            self._down, self.used = now, False
        self.held = True

    def release(self) -> bool:
        """It goes up; whether that was a tap."""
        self._up = time.monotonic()
        tapped = self.held and not self.used and self._up - self._down < TAP_S
        self.held = False
        return tapped
