"""Whether somebody writes to a run at this moment: a lock that the system takes away from a process that dies.

Not for: keeping readers out; they read while it is held.
"""

from __future__ import annotations

import os
import sys

# Windows locks bytes, and keeps others from reading them: one far behind the end of any file.
_FAR = 2**40


def hold(descriptor: int) -> bool:
    """Take the lock of an open file; False where another holds it. File systems without locks count as free."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, _FAR, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True
    return True


def held(path: os.PathLike[str] | str) -> bool:
    """Whether somebody holds the lock of the file at `path`."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        return not hold(descriptor)
    finally:
        os.close(descriptor)  # gives the lock back where it was taken
