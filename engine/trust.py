"""Which pieces of Python code a person has read and trusts on this machine.

Trust belongs to the content, byte for byte (its SHA-256), and to this machine: it lies in the user's own data folder and travels
with no project. Whatever runs code that came with a project asks `trusted` first. A file that cannot be read trusts nothing.

Not for: what the code is (`engine.blocks.python`), nor for asking a person.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.files import write_atomic
from engine.folders import user_folder

FILE = "trust.json"
VERSION = 1
MOST = 10_000  # pieces of code; a file with more was not written by a person's clicks
LARGEST = 8 * 2**20  # bytes
_NAME = 120  # characters of what a piece is called
_DIGITS = frozenset("0123456789abcdef")


@dataclass(frozen=True)
class Entry:
    """One piece of code that is trusted.

    Attributes:
        digest: SHA-256 of its UTF-8 text, in hexadecimal digits.
        name: What it was called when it was trusted (the class).
        since: When that was, in seconds since 1970.
    """

    digest: str
    name: str
    since: float


@dataclass(frozen=True)
class _State:
    """What was read from the file.

    Attributes:
        path: The file.
        stamp: Its size and time when it was read; None where there was none.
        entries: By digest.
        fault: Why it could not be read; empty where it could.
    """

    path: Path
    stamp: tuple[int, int] | None
    entries: Mapping[str, Entry]
    fault: str = ""


_lock = threading.Lock()
_state: _State | None = None


def digest(code: str) -> str:
    """SHA-256 of a text; another byte gives another one."""
    return hashlib.sha256(code.encode("utf-8")).hexdigest()


def trusted(code: str) -> bool:
    """Whether this very text is trusted on this machine."""
    return digest(code) in _read().entries


def entries() -> tuple[Entry, ...]:
    """All that is trusted, the latest first."""
    return tuple(sorted(_read().entries.values(), key=lambda entry: -entry.since))


def fault() -> str:
    """Why the file of trust could not be read, as a sentence; empty where it could, or where there is none."""
    return _read().fault


def give(code: str, name: str) -> None:
    """Trust a text from now on. A damaged file is put aside first, under another name.

    Raises:
        StoreError: It could not be written.
    """
    with _changing() as known:
        found = digest(code)
        known[found] = Entry(found, name[:_NAME], time.time())


def take(digests: str | tuple[str, ...]) -> None:
    """Trust these texts no more.

    Raises:
        StoreError: It could not be written.
    """
    with _changing() as known:
        for one in (digests,) if isinstance(digests, str) else digests:
            known.pop(one, None)


def place() -> Path:
    """The file."""
    return user_folder() / FILE


@contextlib.contextmanager
def _changing() -> Iterator[dict[str, Entry]]:
    """What is trusted, to be changed and then written."""
    global _state
    with _lock:
        _state = None
    state = _read()
    if state.fault:
        with contextlib.suppress(OSError):
            state.path.replace(state.path.with_name(f"{state.path.stem}-damaged.json"))
    known = dict(state.entries)
    yield known
    latest = sorted(known.values(), key=lambda entry: -entry.since)[:MOST]
    content = {
        "trust": VERSION,
        "code": [{"sha256": entry.digest, "name": entry.name, "since": entry.since} for entry in latest],
    }
    write_atomic(state.path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    with contextlib.suppress(OSError):
        state.path.chmod(0o600)  # nobody else of this machine has a say in it
    with _lock:
        _state = None


def _read() -> _State:
    """The file, read anew when it has changed since."""
    global _state
    path = place()
    try:
        found = path.stat()
        stamp: tuple[int, int] | None = (found.st_size, found.st_mtime_ns)
    except OSError:
        stamp = None
    with _lock:
        if _state is None or _state.path != path or _state.stamp != stamp:
            _state = _parsed(path, stamp)
        return _state


def _parsed(path: Path, stamp: tuple[int, int] | None) -> _State:
    if stamp is None:
        return _State(path, None, {})
    try:
        if stamp[0] > LARGEST:
            raise ValueError("it is too large")
        raw = json.loads(path.read_bytes().decode("utf-8"))
        if not isinstance(raw, dict) or raw.get("trust") != VERSION or not isinstance(raw.get("code"), list):
            raise ValueError("it is none of this version")
        found = [_entry(item) for item in raw["code"]]
    except (OSError, ValueError, RecursionError) as error:
        why = (error.strerror if isinstance(error, OSError) else "") or "it is damaged"
        return _State(
            path, stamp, {},
            f"The file of what is trusted on this computer, {path}, cannot be read ({why}), so no Python code is trusted; "
            "trust each piece again where you have read it.",
        )  # fmt: skip
    return _State(path, stamp, {entry.digest: entry for entry in found})


def _entry(item: object) -> Entry:
    """An entry of the file.

    Raises:
        ValueError: It is none.
    """
    match item:
        case {"sha256": str(sha), "name": str(name), "since": int() | float() as since} if len(
            sha
        ) == 64 and _DIGITS.issuperset(sha):
            return Entry(sha, name[:_NAME], float(since))
        case _:
            raise ValueError("an entry is none")
