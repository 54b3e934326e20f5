"""The context menus of the canvas: for a block, for several, for a wire, for the empty canvas, each with what applies there.

Not for: what there is to do (`gui.canvas.commands`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

from engine.errors import Problem
from gui.canvas import commands, frame_commands
from gui.canvas.commands import COMMANDS, Command, Target

if TYPE_CHECKING:
    from gui.canvas.view import Canvas

MOST_FIXES = 4  # a menu is no list of problems


def target_of(view: Canvas) -> Target:
    """What a menu is for, by what is selected."""
    if view.chosen_wire is not None:
        return "wire"
    count = len(view.document.selection)
    return "canvas" if count == 0 else "block" if count == 1 else "several"


def menu(view: Canvas, at: QPoint) -> QMenu:
    """The context menu at a point of the viewport for what is selected, shortcuts shown."""
    target = target_of(view)
    made = QMenu(view)
    made.setAccessibleName("What can be done here")
    if view.marks.chosen is not None:
        frame_commands.menu(view, made)
        return made
    _fixes(made, view, target)
    subs: dict[str, QMenu] = {}
    last: dict[QMenu, int] = {}
    for command in sorted((c for c in COMMANDS if target in c.on), key=lambda c: c.group):
        if not command.under and not commands.possible(view, command):
            continue  # a composite's commands on a plain block; a submenu keeps its entries, so that they are known
        if command.under and command.under not in subs:
            if last.get(made, command.group) != command.group and not subs:
                made.addSeparator()
            subs[command.under] = made.addMenu(command.under)
            last[made] = command.group
        into = subs[command.under] if command.under else made
        if into in last and last[into] != command.group:
            into.addSeparator()
        last[into] = command.group
        _add(into, view, command, at)
    if target == "wire":
        _wire_entries(made, view, at)
    return made


def _add(into: QMenu, view: Canvas, command: Command, at: QPoint) -> None:
    shown = QKeySequence(command.keys[0]).toString(QKeySequence.SequenceFormat.NativeText)
    action = into.addAction(f"{command.title}\t{shown}")
    action.setEnabled(commands.possible(view, command))
    if command.checked is not None:
        action.setCheckable(True)
        action.setChecked(command.checked(view))
    if command.title == "Add a block…":
        action.triggered.connect(lambda _checked=False: view.quick_add(at))
    else:
        action.triggered.connect(lambda _checked=False, run=command.run: run(view))


def _wire_entries(made: QMenu, view: Canvas, at: QPoint) -> None:
    """What only a wire has, above the rest."""
    wire = view.document.graph.wires[view.chosen_wire] if view.chosen_wire is not None else None
    if wire is None:
        return
    graph = view.document.graph
    first = made.actions()[0]

    def go(block: str) -> Callable[[], None]:
        return lambda: view.goto(block)

    entries: tuple[tuple[str, Callable[[], object]], ...] = (
        ("Insert a block…", lambda: view.adding.open(at, into=wire)),
        (f"Go to {graph.node(wire.source.block).name}\tAlt+Left", go(wire.source.block)),
        (f"Go to {graph.node(wire.target.block).name}\tAlt+Right", go(wire.target.block)),
    )
    for title, run in entries:
        action = made.addAction(title)
        made.removeAction(action)
        made.insertAction(first, action)
        action.triggered.connect(lambda _checked=False, run=run: run())
    made.insertSeparator(first)


def _fixes(made: QMenu, view: Canvas, target: Target) -> None:
    """One-click mends of what is wrong here, first of all."""
    problems: list[Problem] = []
    if target == "block":
        problems = list(view.document.report.of(view.document.selection[0]))
    elif target == "wire" and view.chosen_wire is not None:
        end = view.chosen_wire
        problems = [p for p in view.document.report.problems if (p.path, p.block, p.port) == ((), end.block, end.port)]
    fixes = [fix for problem in problems for fix in problem.fixes][:MOST_FIXES]
    for fix in fixes:
        action = made.addAction(f"Fix: {fix.title}")
        action.triggered.connect(lambda _checked=False, fix=fix: view.document.apply_fix(fix))
    if fixes:
        made.addSeparator()
