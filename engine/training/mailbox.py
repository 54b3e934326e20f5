"""A letter box between the training thread and whoever watches it.

Numbers are never dropped; of large messages (`messages.LATEST_ONLY`) only the newest of each type is kept, so that a slow
reader costs no memory.

Not for: telling the reader that something came. It looks once a frame.
"""

from __future__ import annotations

import threading

from engine.training.messages import LATEST_ONLY, Message


class Mailbox:
    """Messages in the order in which they came; any thread may put and drain."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next = 0
        self._kept: dict[object, Message] = {}

    def put(self, message: Message) -> None:
        """Leave a message; a large one replaces the last of its type that nobody has read yet."""
        with self._lock:
            key: object = type(message) if isinstance(message, LATEST_ONLY) else self._next
            self._next += 1
            self._kept.pop(key, None)  # a replaced message takes its place at the end
            self._kept[key] = message

    def drain(self) -> list[Message]:
        """All messages since the last call, oldest first. Never waits for the training."""
        with self._lock:
            kept, self._kept = self._kept, {}
        return list(kept.values())
