"""Crash reports: what the program was doing when something failed that should not have, as a text file.

A report holds the traceback, the versions and the platform; nothing of the person's pictures or network, and it is sent
nowhere. Not for: errors that are meant for a person (`engine.errors`), and not for catching anything.
"""

from __future__ import annotations

import importlib.metadata
import platform
import sys
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path

from engine.errors import StoreError
from engine.files import write_atomic
from engine.folders import user_folder

KEPT = 20  # reports; the oldest go first
_PACKAGES = (
    "torch",
    "numpy",
    "PySide6-Essentials",
    "pyqtgraph",
    "opencv-python-headless",
    "scikit-learn",
    "safetensors",
)


def folder() -> Path:
    """Where reports lie."""
    return user_folder() / "crashes"


def describe(error: BaseException) -> str:
    """The report's text."""
    versions = [f"{name} {_version(name)}" for name in _PACKAGES]
    head = [
        "LayerLoom crash report",
        f"time      {datetime.now(UTC).isoformat(timespec='seconds')}",
        f"python    {platform.python_version()} ({platform.python_implementation()})",
        f"system    {platform.platform()}",
        f"packages  {', '.join(versions)}",
        f"command   {' '.join(Path(part).name for part in sys.argv)}",
        "",
    ]
    return "\n".join(head) + "\n" + "".join(traceback.format_exception(error))


def write_report(error: BaseException) -> Path:
    """Write a report and give its path; falls back to the folder for temporary files where its own cannot be written."""
    name = datetime.now(UTC).strftime("crash-%Y%m%d-%H%M%S-%f.txt")
    text = describe(error).encode("utf-8", "backslashreplace")
    try:
        path = folder() / name
        write_atomic(path, text)
        for old in sorted(path.parent.glob("crash-*.txt"))[:-KEPT]:
            old.unlink(missing_ok=True)
    except (StoreError, OSError, RuntimeError):  # RuntimeError: there is no home folder
        path = Path(tempfile.gettempdir()) / name
        write_atomic(path, text)
    return path


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
