"""Run the tests on two processes, with or without Qt; further arguments go to pytest.

Where Qt cannot load (a bare machine on which nothing may be installed) its pytest plug-in would stop the whole run, so it
is left out; tests/conftest.py then collects the engine's tests only and says so.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def qt_loads() -> bool:
    """Whether windows can be made here at all."""
    probe = [sys.executable, "-c", "from PySide6 import QtSvg, QtTest, QtWidgets"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def main() -> None:
    """Hand over to pytest."""
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadfile"]
    if not qt_loads():
        command += ["-p", "no:pytest-qt"]
    sys.exit(subprocess.run([*command, *sys.argv[1:]], cwd=ROOT, check=False).returncode)


if __name__ == "__main__":
    main()
