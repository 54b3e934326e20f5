"""What others ask of a training that runs: commands from any thread, looked at between two batches.

Not for: carrying them out; that is `engine.training.loop`.
"""

from __future__ import annotations

import threading
from typing import Literal, get_args

Command = Literal["pause", "resume", "step", "stop", "discard", "restore_best", "weights"]
COMMANDS: tuple[str, ...] = get_args(Command)

# Commands that end or hold the work: a validation that is under way is broken off for them and repeated later.
URGENT = frozenset({"pause", "stop", "discard", "restore_best"})


class Control:
    """A list of commands that have not been carried out.

    Attributes:
        pending: Whether there is one; reading it costs nothing, so that it can be looked at after every batch.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._commands: list[Command] = []
        self.pending = False

    def ask(self, command: Command) -> None:
        """Ask for something; it is done after the batch that is being worked on. Asking twice for weights asks once."""
        with self._changed:
            if command != "weights" or command not in self._commands:
                self._commands.append(command)
            self.pending = True
            self._changed.notify_all()

    def take(self, only: Command | None = None) -> list[Command]:
        """The commands in their order, which are thereby off the list; with `only`, those of one kind."""
        with self._changed:
            taken = [c for c in self._commands if only in (None, c)]
            self._commands = [c for c in self._commands if only not in (None, c)]
            self.pending = bool(self._commands)
        return taken

    def peek(self) -> tuple[Command, ...]:
        """The commands that wait, which stay on the list."""
        with self._changed:
            return tuple(self._commands)

    def urgent(self) -> bool:
        """Whether a command waits that a long validation must not hold up."""
        with self._changed:
            return any(command in URGENT for command in self._commands)

    def wait(self, seconds: float) -> None:
        """Sleep until a command comes, at most so long."""
        with self._changed:
            if not self._commands:
                self._changed.wait(seconds)
