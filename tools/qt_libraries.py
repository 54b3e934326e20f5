"""See whether Qt finds the libraries of the operating system that it needs, and install them by name where that is allowed.

Qt's wheels leave EGL, xkbcommon, xcb and a few more to the system. On Debian and Ubuntu they are installed as root (or, for
the tests, with a sudo that asks for no password); elsewhere one sentence says what to install. Never fails: without them
the program works in the terminal and the engine's tests run.

Not for: Python packages; see setup.py.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

# What QtWidgets and the plug-ins "offscreen" and "xcb" link to, as Debian and Ubuntu name it.
PACKAGES = (
    "libegl1", "libgl1", "libopengl0", "libglib2.0-0", "libfontconfig1", "libfreetype6", "libdbus-1-3", "libx11-xcb1",
    "libxkbcommon0", "libxkbcommon-x11-0", "libxcb-cursor0", "libxcb-icccm4", "libxcb-image0", "libxcb-keysyms1", "libxcb-randr0",
    "libxcb-render-util0", "libxcb-shape0", "libxcb-sync1", "libxcb-xfixes0", "libxcb-xkb1",
)  # fmt: skip
ROOT = Path(__file__).resolve().parent.parent
SEEN = Path(sys.prefix) / "qt-loads"  # asking costs half a second at every start
PROBE = "from gui.display import libraries; print(libraries(x11=True))"


def missing() -> str:
    """The first library that keeps Qt from loading or from opening a window, empty where nothing does."""
    asked = subprocess.run([sys.executable, "-c", PROBE], cwd=ROOT, capture_output=True, text=True, check=False)
    return asked.stdout.strip() or (asked.stderr.strip().splitlines() or [""])[-1]


def administrator(*, sudo: bool) -> list[str] | None:
    """How to run a command as root without a question: a prefix, or None."""
    if os.geteuid() == 0:
        return []
    if sudo and shutil.which("sudo"):
        asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
        if asked.returncode == 0:
            return ["sudo", "-n"]
    return None


def known(package: str) -> bool:
    """Whether apt knows the package or something that provides it."""
    shown = subprocess.run(["apt-cache", "showpkg", package], capture_output=True, text=True, check=False)
    return shown.returncode == 0 and shown.stdout.strip() != ""


def install(prefix: list[str]) -> None:
    """Install the packages that apt knows; one that cannot be had does not keep the others away."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    subprocess.run([*apt, "update", "-qq"], env=environment, check=False)
    wanted = [package for package in PACKAGES if known(package)]
    command = [*apt, "install", "-y", "-qq", "--no-install-recommends"]
    quiet = subprocess.DEVNULL
    if subprocess.run([*command, *wanted], env=environment, stdout=quiet, stdin=quiet, check=False).returncode != 0:
        for package in wanted:
            subprocess.run([*command, package], env=environment, stdout=quiet, stdin=quiet, check=False)


def main() -> None:
    """Look, install, say."""
    parser = argparse.ArgumentParser(description="Install the system libraries that Qt needs, or say which they are.")
    group = parser.add_mutually_exclusive_group(required=True)
    group.add_argument("--for-window", action="store_true", help="look only where there is a display; never use sudo")
    group.add_argument("--for-tests", action="store_true", help="look in any case")
    window = parser.parse_args().for_window
    if sys.platform != "linux" or (window and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))):
        return
    if window and SEEN.exists():
        return  # it loaded once; should that change, the program itself says so
    fault = missing()
    if not fault:
        with contextlib.suppress(OSError):  # the environment may be somebody else's
            SEEN.touch()
        return
    by_name = "apt-get install " + " ".join(PACKAGES)
    prefix = administrator(sudo=not window)
    if shutil.which("apt-get") and prefix is not None:
        print(f"Qt lacks a library of the system ({fault}); installing what it needs", flush=True)
        install(prefix)
        fault = missing()
    if fault:
        print(f"Qt lacks a library of the system ({fault}). To have windows, install: {by_name}", flush=True)


if __name__ == "__main__":
    main()
