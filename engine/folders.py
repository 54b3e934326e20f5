"""Where the program keeps what belongs to no project: runs of unsaved drawings, recovery files, fetched data, crash reports.

Not for: settings of the window, which Qt keeps in the platform's own place.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def user_folder() -> Path:
    """The program's own folder among the user's data. The variable LAYERLOOM_DATA overrides the platform's place.

    Raises:
        RuntimeError: There is no home folder.
    """
    if own := os.environ.get("LAYERLOOM_DATA"):
        return Path(own)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "LayerLoom"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "LayerLoom"
    # XDG Base Directory Specification: a relative path is to be ignored.
    given = Path(os.environ.get("XDG_DATA_HOME", ""))
    return (given if given.is_absolute() else Path.home() / ".local" / "share") / "layerloom"
