"""Counts and sizes as the window writes them. Not for: a block's face on the canvas, which has less room."""

from __future__ import annotations

KILO = 1024.0


def count(number: int) -> str:
    """A count with its thousands set apart: 1,199,882."""
    return f"{number:,}"


def short(number: int) -> str:
    """A count in few letters: 240.0 K."""
    value, units = float(number), ["", " K", " M", " G", " T"]
    while value >= 1000 and len(units) > 1:
        value /= 1000
        units.pop(0)
    return f"{value:.1f}{units[0]}" if units[0] else str(number)


def memory(number: int) -> str:
    """Bytes in the unit a person would use: 18.4 KB."""
    value = float(number)
    if value < KILO:
        return f"{number} B"
    units = ["KB", "MB", "GB", "TB"]
    value /= KILO
    while value >= KILO and len(units) > 1:
        value /= KILO
        units.pop(0)
    return f"{value:.1f} {units[0]}"
