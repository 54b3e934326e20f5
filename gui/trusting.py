"""Trust in Python code as the window hears of it: one place that gives it, takes it back and says that it changed.

Not for: where trust is kept (`engine.trust`), nor for asking a person (`gui.dialogs.trust`).
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QObject, Signal

from engine import trust
from engine.errors import StoreError


class Trusting(QObject):
    """Says that something is trusted, or no longer.

    Attributes:
        changed: Emits after each change of what is trusted.
    """

    changed = Signal()


@lru_cache(maxsize=1)
def notifier() -> Trusting:
    """The one that everybody listens to."""
    return Trusting()


def give(code: str, name: str) -> str:
    """Trust a text; gives why it could not be kept as a sentence, empty where it could."""
    try:
        trust.give(code, name)
    except StoreError as error:
        return str(error)
    notifier().changed.emit()
    return ""


def take(digests: tuple[str, ...]) -> str:
    """Trust texts no more; gives why that could not be kept as a sentence, empty where it could."""
    try:
        trust.take(digests)
    except StoreError as error:
        return str(error)
    notifier().changed.emit()
    return ""
