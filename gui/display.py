"""Whether a window can open here, asked before Qt is: where it cannot, Qt does not raise but aborts the process.

Not for: what happens instead (`main`), nor for installing what is missing (`tools/qt_libraries.py`).
"""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import os
import sys
from pathlib import Path

MODULES = ("QtGui", "QtWidgets", "QtSvg")


def fault() -> str:
    """Why no window can open, as the start of a sentence; empty where one can."""
    chosen = os.environ.get("QT_QPA_PLATFORM", "")
    x11, wayland = os.environ.get("DISPLAY", ""), os.environ.get("WAYLAND_DISPLAY", "")
    if sys.platform == "linux" and not (chosen or x11 or wayland):
        return "There is no display here"
    missing = libraries(x11=sys.platform == "linux" and not (chosen or wayland))
    if missing:
        return f"Qt does not load here ({missing})"
    if sys.platform == "linux" and not (chosen or wayland) and not answers(x11):
        return f"The display {x11} does not answer"
    return ""


def libraries(*, x11: bool) -> str:
    """The first library of the system that Qt lacks, as its loader names it; `x11` asks for those of X11, too."""
    try:
        for name in MODULES:
            importlib.import_module(f"PySide6.{name}")
    except ImportError as error:
        return str(error)
    spec = importlib.util.find_spec("PySide6")
    if x11 and spec is not None and spec.origin is not None:
        plugin = Path(spec.origin).parent / "Qt" / "plugins" / "platforms" / "libqxcb.so"
        try:
            ctypes.CDLL(str(plugin))
        except OSError as error:
            return str(error)
    return ""


def answers(display: str) -> bool:
    """Whether an X server answers at `display`; yes where that cannot be found out."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    refused = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not refused
