"""The command `figure`: a drawing as a file, without a window.

It stands on the window's side of the door, because Qt paints; `main` says so where Qt is not there. Not for: what can be typed
(`engine.headless.arguments`).
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path

from PySide6.QtGui import QGuiApplication

from engine.declare import unknown
from engine.files import write_atomic
from engine.graph.check import check
from engine.headless.diff import drawing_of
from engine.headless.terminal import say
from gui import theme
from gui.figure.formats import FORMATS, LARGEST_PAGE, LEAST_SCALE, MOST_SCALE, FigureError, Form, made
from gui.figure.plan import Request, caption_of, plan
from gui.figure.style import PARTS, Show


def figure(values: argparse.Namespace) -> int:
    """Carry the command out.

    Raises:
        EngineError: The network cannot be read, or the figure not be made or written.
    """
    form, show = _form(values), _show(values.show)
    title, graph = drawing_of(values.network)
    application = QGuiApplication.instance()
    if application is None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        application = QGuiApplication(sys.argv[:1])  # has to live while text is measured
    theme.load_fonts()
    report = check(graph)
    request = Request(show, form.style == "print", title=title, caption=caption_of(report))
    laid_out = plan(graph, report, request)
    form = replace(form, title=title)
    write_atomic(values.out, made(laid_out, form))
    assert application is not None
    if form.format == "png":
        size = "{} × {} pixels".format(*form.pixels(laid_out))
    else:
        size = "{:.0f} × {:.0f} mm, letters of {:.1f} pt at least".format(
            *form.millimetres(laid_out), form.letters(laid_out)
        )
    say(f"{values.out}: {size}")
    return 0


def _form(values: argparse.Namespace) -> Form:
    ending = Path(values.out).suffix.lower().removeprefix(".")
    format_ = next((format_ for format_, _ in FORMATS if format_ == ending), None)
    if format_ is None:
        raise FigureError(
            f'"{values.out}" does not say how to write the figure; its ending has to be .svg, .pdf or .png.'
        )
    if not LEAST_SCALE <= values.scale <= MOST_SCALE:
        raise FigureError(f"--scale is {values.scale:g}, but it takes a number from {LEAST_SCALE:g} to {MOST_SCALE:g}.")
    if values.width is not None and not 0 < values.width <= LARGEST_PAGE:
        raise FigureError(f"--width is {values.width:g}, but it takes millimetres, up to {LARGEST_PAGE:g}.")
    return Form(format_, values.style, values.width or 0.0, values.scale, values.transparent)


def _show(words: str | None) -> Show:
    if words is None:
        return Show()
    wanted = [word.strip() for word in words.split(",") if word.strip()]
    for word in wanted:
        if word not in PARTS:
            raise FigureError(unknown(word, PARTS, "part of a figure"))
    return Show(**{part: part in wanted for part in PARTS})
