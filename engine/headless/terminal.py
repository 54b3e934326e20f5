"""What a command prints: tables and JSON lines on standard output, progress on standard error.

Not for: what is printed.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import sys
import time
from collections.abc import Sequence
from typing import Any

_BAR = 24  # characters
_REDRAW_S = 0.1  # a terminal is slow; ten times a second looks alive


def say(text: str = "") -> None:
    """One line of a command's answer."""
    print(text, flush=True)


def tell(text: str) -> None:
    """One line beside the answer: a notice, a fault."""
    print(text, file=sys.stderr, flush=True)


def say_json(values: dict[str, Any]) -> None:
    """One JSON object on one line; what is not a finite number becomes null, as JSON has no word for it."""
    say(json.dumps(_finite(values), ensure_ascii=False, allow_nan=False))


def _finite(value: Any) -> Any:
    match value:
        case float() if not math.isfinite(value):
            return None
        case dict():
            return {key: _finite(held) for key, held in value.items()}
        case list() | tuple():
            return [_finite(held) for held in value]
        case _:
            return value


def table(rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> list[str]:
    """Rows as lines with aligned columns; the columns numbered in `right` end flush."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))] if rows else []
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


def count(number: int) -> str:
    """A whole number with thin groups: "1 199 882" would wrap badly, so "1,199,882"."""
    return f"{number:,}"


def size(number: int) -> str:
    """Bytes in the unit that a person would use, of 1,024 each, as in the window."""
    value = float(number)
    for unit in ("B", "KB", "MB"):
        if value < 1024:
            return f"{value:.0f} B" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:,.1f} GB"


def duration(seconds: float) -> str:
    """Seconds as "8 s", "2:05" or "1:02:05"."""
    if not math.isfinite(seconds):
        return "?"
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def bar(share: float, *, width: int = 12) -> str:
    """A share from 0 to 1 as a bar of `width` characters."""
    full = round(min(1.0, max(0.0, share)) * width)
    return "━" * full + "╌" * (width - full)


class Progress:
    """A bar that overwrites itself on a terminal; nothing at all elsewhere, where only whole lines make sense."""

    def __init__(self, *, wanted: bool = True) -> None:
        self._live = wanted and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._drawn = False
        self._last = -math.inf

    def draw(self, done: float, text: str) -> None:
        """Show a share from 0 to 1 with a text behind it."""
        now = time.monotonic()
        if not self._live or now - self._last < _REDRAW_S:
            return
        self._last = now
        line = f"{bar(done, width=_BAR)} {text}"
        sys.stderr.write("\r\x1b[2K" + line[: max(20, shutil.get_terminal_size().columns - 1)])
        sys.stderr.flush()
        self._drawn = True

    def clear(self) -> None:
        """Take the bar away, so that a line can be printed."""
        if self._drawn:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
            self._drawn = False
            self._last = -math.inf
