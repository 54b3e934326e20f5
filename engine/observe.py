"""`Signal`: tell listeners of the same thread that something happened.

For the document and its listeners. Not for messages between threads: those go through `engine.training.mailbox`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Signal(Generic[T]):
    """Listeners in the order of their arrival, called one after the other in the caller's thread."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[T], None]] = []

    def connect(self, listener: Callable[[T], None]) -> Callable[[], None]:
        """Call `listener` at every emission; the returned function ends that."""
        self._listeners.append(listener)

        def disconnect() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return disconnect

    def emit(self, value: T) -> None:
        """Call every listener with `value`. A listener may disconnect itself or others meanwhile."""
        for listener in tuple(self._listeners):
            listener(value)
