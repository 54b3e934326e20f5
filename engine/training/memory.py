"""Keeping freed memory while a training runs on the processor.

Each step frees and takes the same large tensors. glibc gives such memory back to the system every time and gets it back page by
page; keeping it makes steps of convolutional networks 9 to 17 % shorter and changes no number. Other systems' C libraries do
not do that. Not for: limiting how much memory is used.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
import threading
from collections.abc import Iterator

# Parameters of mallopt(3), and what they are by default.
_TRIM_THRESHOLD, _MMAP_MAX = -1, -4
_LARGEST = 2**31 - 1
_TRIM_DEFAULT, _MMAP_DEFAULT = 128 * 1024, 65_536
# The setting is one for the whole process: who is in a block at the moment, in any thread.
_counting = threading.Lock()
_inside: list[bool] = []


@contextlib.contextmanager
def kept(*, wanted: bool) -> Iterator[None]:
    """Keep freed memory in the process until the end of the block, then give it back; of several at once, until the last."""
    library = _glibc() if wanted else None
    if library is None:
        yield
        return
    with _counting:
        _inside.append(True)
        if len(_inside) == 1:
            library.mallopt(_MMAP_MAX, 0)
            library.mallopt(_TRIM_THRESHOLD, _LARGEST)
    try:
        yield
    finally:
        with _counting:
            _inside.pop()
            if not _inside:
                library.mallopt(_MMAP_MAX, _MMAP_DEFAULT)
                library.mallopt(_TRIM_THRESHOLD, _TRIM_DEFAULT)
                library.malloc_trim(0)


def _glibc() -> ctypes.CDLL | None:
    """The C library, where it is glibc."""
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "gnu_get_libc_version") and hasattr(library, "mallopt") else None
