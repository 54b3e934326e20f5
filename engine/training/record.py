"""Writing a run: its folder, what happens in it as lines, its state, its checkpoints.

A folder with a `run.json` is a complete run that can be read and resumed at any moment, because `run.json` is written last
when it is made, and every file but the list of events is replaced as a whole. The list only grows; a line that a kill
tore is left out by readers and cut off when the run goes on.

Not for: reading runs (`engine.training.runs`).
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.declare import Json
from engine.errors import RunError, StoreError
from engine.files import write_atomic
from engine.graph.model import Graph
from engine.graph.store import dumps
from engine.training import lock

GRAPH, INFO, EVENTS, LAST, BEST, CONTROL = (
    "graph.loom",
    "run.json",
    "events.jsonl",
    "last.pt",
    "best.pt",
    "control.json",
)
FORMAT = 1  # of run.json and of the events


class Record:
    """A run that is being written by this process; nobody else writes to it meanwhile.

    Attributes:
        path: The run's folder.
        info: What `run.json` says.
    """

    def __init__(self, path: Path, info: Mapping[str, Json]) -> None:
        self.path = path
        self.info: dict[str, Json] = dict(info)
        self._events = _open_events(path)

    @staticmethod
    def create(path: Path, graph: Graph, info: Mapping[str, Json], checkpoint: bytes) -> Record:
        """A new run in the folder `path`, which is made; `checkpoint` is the state before the first step.

        Raises:
            RunError: There is a run in this folder already.
            StoreError: The folder cannot be written.
        """
        if (path / INFO).exists():
            raise RunError(f"{path} holds a run already; resume it, or choose another folder.")
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"the run's folder {path} could not be made: {error.strerror}.", path=str(path)) from error
        record = Record(path, {"format": FORMAT, **info})
        try:
            os.ftruncate(record._events, 0)  # what a run that was killed while it was made may have left
            write_atomic(path / GRAPH, dumps(graph))
            write_atomic(path / LAST, checkpoint)
            record.set_state("running")
        except BaseException:
            record.close()
            raise
        return record

    def write(self, kind: str, values: Mapping[str, Json]) -> None:
        """Append one event as a line; it is with the system, though not yet on the disk, when this returns."""
        line = json.dumps({"kind": kind, **values}, separators=(",", ":"), allow_nan=False) + "\n"
        data = line.encode("utf-8")
        try:
            while data:
                data = data[os.write(self._events, data) :]
        except OSError as error:
            raise StoreError(
                f"the run's history {self.path / EVENTS} could not be written: {error.strerror}. Free some space and resume.",
                path=str(self.path / EVENTS),
            ) from error

    def keep(self, name: str, checkpoint: bytes) -> None:
        """Replace the checkpoint `name`; the events before it reach the disk first, so that it never knows more than they."""
        if hasattr(os, "fdatasync"):
            os.fdatasync(self._events)
        else:
            os.fsync(self._events)
        write_atomic(self.path / name, checkpoint)

    def set_state(self, state: str, **more: Json) -> None:
        """Write `run.json` with this state and more."""
        self.info |= {"state": state, **more}
        write_atomic(self.path / INFO, json.dumps(self.info, indent=1, ensure_ascii=False) + "\n")

    def asked(self) -> str | None:
        """The command that another process left in `control.json`, which is taken away."""
        path = self.path / CONTROL
        try:
            text = path.read_bytes()[:4096]
            path.unlink()
        except OSError:
            return None
        try:
            values = json.loads(text)
        except (ValueError, RecursionError):
            return None
        command = values.get("command") if isinstance(values, dict) else None
        return command if isinstance(command, str) else None

    def discard(self) -> None:
        """Remove the folder with all that is in it; `run.json` goes first, so that half a removal is no run."""
        self.close()
        (self.path / INFO).unlink(missing_ok=True)
        shutil.rmtree(self.path, ignore_errors=True)

    def close(self) -> None:
        """Let others write to the run."""
        if self._events >= 0:
            os.close(self._events)
            self._events = -1


def _open_events(path: Path) -> int:
    """The list of events, locked, without a torn last line.

    Raises:
        RunError: Another process (or training) writes to this run.
        StoreError: It cannot be opened.
    """
    try:
        descriptor = os.open(path / EVENTS, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
    except OSError as error:
        raise StoreError(f"{path / EVENTS} could not be opened: {error.strerror}.", path=str(path / EVENTS)) from error
    if not lock.hold(descriptor):
        os.close(descriptor)
        raise RunError(f"the run {path} is being trained by another program at this moment; stop that first.")
    _cut_torn_line(descriptor)
    return descriptor


def _cut_torn_line(descriptor: int) -> None:
    size = os.lseek(descriptor, 0, os.SEEK_END)
    end = size
    while end > 0:
        start = max(0, end - 65_536)
        os.lseek(descriptor, start, os.SEEK_SET)
        newline = os.read(descriptor, end - start).rfind(b"\n")
        if newline >= 0:
            end = start + newline + 1
            break
        end = start
    if end < size:
        os.ftruncate(descriptor, end)


def plain(value: Any) -> Json:
    """A number as JSON takes it: nan and infinity become null."""
    number = float(value)
    return float(f"{number:.7g}") if abs(number) < float("inf") else None
