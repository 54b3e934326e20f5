"""Where data sets lie on this machine, how much memory they may take, and how paths are written in sentences.

Not for: reading the data.
"""

from __future__ import annotations

import os
from pathlib import Path

from engine.errors import DataError
from engine.folders import user_folder

_SHARE = 0.6  # of the machine's memory that one data set may fill; training needs room beside it
_UNKNOWN_MEMORY = 8 << 30  # bytes, where the system does not say


def downloads(name: str) -> Path:
    """The folder that a downloaded data set is kept in; only the downloader makes it."""
    return user_folder() / "data" / name


def shown(path: Path | str) -> str:
    """A path as it can be written anywhere: bytes of its name that are not UTF-8 become a backslash, x and two digits."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def memory_limit() -> int:
    """How many bytes of samples fit this machine."""
    try:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        total = _UNKNOWN_MEMORY
    return int(total * _SHARE)


def check_memory(wanted: int, what: str) -> None:
    """Refuse what does not fit.

    Raises:
        DataError: `wanted` bytes are more than `memory_limit`.
    """
    limit = memory_limit()
    if wanted > limit:
        raise DataError(
            f"{what} would take {wanted / 1e9:,.1f} GB of memory, but {limit / 1e9:,.1f} GB can be given to them here. "
            "Choose a smaller input for the network, or set a limit to the number of samples."
        )


def reason(error: BaseException) -> str:
    """Why something failed, as the middle of a sentence."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[0].lower() + error.strerror[1:]
    text = " ".join(str(error).split()).rstrip(".")
    return text[:200] or type(error).__name__
