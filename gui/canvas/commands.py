"""What can be done on the canvas by key and by menu, as one table that the canvas, its menus and the window's menus read.

Not for: what a command does, which the function it names knows, nor for building menus (`gui.canvas.menus`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from gui.canvas import clipboard, composites, connecting, flags, frame_commands, moving, placing, reroute

if TYPE_CHECKING:
    from gui.canvas.view import Canvas

Target = Literal["block", "several", "wire", "canvas"]  # what a context menu was asked for on
Needs = Literal[
    "", "blocks", "one", "several", "three", "wire", "bent", "choice", "any", "named", "open", "network", "composite",
    "composites", "inside",
]  # fmt: skip

BLOCK: frozenset[Target] = frozenset({"block"})
BLOCKS: frozenset[Target] = frozenset({"block", "several"})
SEVERAL: frozenset[Target] = frozenset({"several"})
WIRE: frozenset[Target] = frozenset({"wire"})
CANVAS: frozenset[Target] = frozenset({"canvas"})
ALL: frozenset[Target] = BLOCKS | WIRE | CANVAS


@dataclass(frozen=True)
class Command:
    """One thing to do.

    Attributes:
        title: As in a menu.
        keys: Key sequences in Qt's portable form; the first is the one that menus show.
        run: What it does.
        needs: What has to be there: "blocks" one selected block or more, "one" exactly one, "several" two, "three" three,
            "wire" a selected wire, "bent" one with reroute points, "choice" blocks or a wire, "any" these, a frame or
            a note, "named" one block, frame or note, "open" blocks, a frame or a note, "network" a drawing that is not empty,
            "composite" one selected composite, "composites" one or more, "inside" that the inside of one is open.
        on: What its context menus are asked for on; empty for none.
        group: Commands of one group stand together in a menu, between lines.
        under: The submenu it stands in.
        checked: For what is on or off: whether it is on for what is selected.
        anywhere: Whether its keys work while a text field has the focus, too.
    """

    title: str
    keys: tuple[str, ...]
    run: Callable[[Canvas], object]
    needs: Needs = ""
    on: frozenset[Target] = frozenset()
    group: int = 0
    under: str = ""
    checked: Callable[[Canvas], bool] | None = None
    anywhere: bool = False

    @property
    def window_keys(self) -> str:
        """Those of its keys that work while the canvas has not the focus, in the form that `gui.actions` wants: single letters,
        Delete and the like mean something else there."""
        return ", ".join(
            key for key in self.keys if ("Ctrl+" in key and key.rpartition("+")[2] not in _ARROWS) or key == "F2"
        )

    @property
    def shown_key(self) -> str:
        """The first of its keys as a person reads it, where none of them works in the whole window."""
        native = QKeySequence.SequenceFormat.NativeText
        return "" if self.window_keys or not self.keys else QKeySequence(self.keys[0]).toString(native)


_ARROWS = ("Left", "Right", "Up", "Down")


def _settings(view: Canvas) -> None:
    """Lead into the settings of the selected block, or into the composite, as a double click does; write on a frame or note."""
    if view.marks.chosen is not None:
        frame_commands.write(view)
        return
    view.open_block(view.document.selection[0])


def _help(view: Canvas) -> None:
    view.help_wanted.emit(view.document.graph.node(view.document.selection[0]).kind)


COMMANDS: tuple[Command, ...] = (
    Command("Add a block…", ("Space", "Tab"), lambda view: view.quick_add(), on=CANVAS, group=1),
    Command("Settings", ("Return", "Enter"), _settings, "open", BLOCKS, 1),
    Command("Rename", ("F2",), placing.rename, "named", BLOCK, 1),
    Command("Help", ("F1",), _help, "blocks", BLOCK, 1),
    Command("Connect…", ("W", "Ctrl+Shift+C"), connecting.connect, "one", BLOCK, 2),
    Command("Select a wire of the block", ("Shift+W",), moving.next_wire, "blocks", BLOCK, 2),
    Command("Bypass", ("M",), flags.bypass, "blocks", BLOCKS, 3, checked=flags.all_bypassed),
    Command("Pin in place", ("P",), flags.pin, "blocks", BLOCKS, 3, checked=flags.all_pinned),
    Command("Freeze weights", ("L",), flags.freeze, "blocks", BLOCKS, 3, checked=flags.all_frozen),
    Command("Make a composite", ("Ctrl+G",), composites.group, "blocks", BLOCKS, 3),
    Command("Open the composite", ("Ctrl+Down",), composites.enter, "composite", BLOCK, 3),
    Command("Dissolve the composite", ("Ctrl+Shift+G",), composites.dissolve, "composites", BLOCKS, 3),
    Command("Up to the drawing around", ("Ctrl+Up",), composites.leave, "inside", CANVAS, 5),
    Command("Duplicate", ("Ctrl+D",), clipboard.duplicate, "blocks", BLOCKS, 4),
    Command("Cut", ("Ctrl+X",), clipboard.cut, "blocks", BLOCKS, 4),
    Command("Copy", ("Ctrl+C",), clipboard.copy, "blocks", BLOCKS, 4),
    Command("Paste", ("Ctrl+V",), clipboard.paste, "", BLOCKS | CANVAS, 4),
    Command("Paste with wires", ("Ctrl+Shift+V",), clipboard.paste_wired, "", BLOCKS | CANVAS, 4),
    Command("Delete", ("Del", "Backspace"), placing.delete, "any", BLOCKS | WIRE, 4),
    Command("Frame", ("C",), frame_commands.add("frame"), "", BLOCKS | CANVAS, 3),
    Command("Write a note", ("N",), frame_commands.add("note"), "", CANVAS, 1),
    Command("Select a frame or note", ("Shift+N",), frame_commands.next_mark),
    Command("Add a reroute point", ("R",), reroute.bend, "wire", WIRE, 4),
    Command("Straighten", ("Shift+R",), reroute.straighten, "bent", WIRE, 4),
    Command("Select all", ("Ctrl+A",), moving.select_all, "network", CANVAS, 5),
    Command("Find a block…", ("Ctrl+F", "F3"), lambda view: view.finding.open(), "network", CANVAS, 5, anywhere=True),
    Command("Select nothing", ("Esc",), moving.select_none),
    Command("Tidy up", ("Ctrl+L",), moving.tidy, "network", SEVERAL | CANVAS, 5),
    Command("Align left", ("Ctrl+Shift+Left",), moving.align("left"), "several", SEVERAL, 6, "Arrange"),
    Command("Align centres", ("Shift+C",), moving.align("centre"), "several", SEVERAL, 6, "Arrange"),
    Command("Align right", ("Ctrl+Shift+Right",), moving.align("right"), "several", SEVERAL, 6, "Arrange"),
    Command("Align top", ("Ctrl+Shift+Up",), moving.align("top"), "several", SEVERAL, 7, "Arrange"),
    Command("Align middles", ("Shift+M",), moving.align("middle"), "several", SEVERAL, 7, "Arrange"),
    Command("Align bottom", ("Ctrl+Shift+Down",), moving.align("bottom"), "several", SEVERAL, 7, "Arrange"),
    Command("Distribute horizontally", ("Shift+H",), moving.distribute("x"), "three", SEVERAL, 8, "Arrange"),
    Command("Distribute vertically", ("Shift+V",), moving.distribute("y"), "three", SEVERAL, 8, "Arrange"),
    Command("Fit the drawing", ("F",), lambda view: view.fit(), "network", ALL, 9, "Zoom"),
    Command("Zoom to the selection", ("Z", "Shift+F"), lambda view: view.fit_selection(), "choice", ALL, 9, "Zoom"),
    Command("Zoom to 100 %", ("Ctrl+0",), lambda view: view.reset_zoom(), "", ALL, 9, "Zoom"),
    Command("Zoom in", ("Ctrl++", "Ctrl+="), lambda view: view.zoom_in(), "", ALL, 9, "Zoom"),
    Command("Zoom out", ("Ctrl+-",), lambda view: view.zoom_out(), "", ALL, 9, "Zoom"),
    *(
        Command(f"{title} {word}", (f"{keys}{word}",), made)
        for word, dx, dy in (("Left", -1, 0), ("Right", 1, 0), ("Up", 0, -1), ("Down", 0, 1))
        for title, keys, made in (
            ("Nudge", "", moving.nudge(dx, dy)),
            ("Nudge far", "Shift+", moving.nudge(moving.FAR * dx, moving.FAR * dy)),
            ("Select to the", "Alt+", moving.walk(dx, dy)),
        )
    ),
)
BY_KEY = {QKeySequence(key).toString(): command for command in COMMANDS for key in command.keys}


def by_key(view: Canvas, event: QKeyEvent) -> bool:
    """Carry out what a key means here; False where it means nothing now."""
    sequence = QKeySequence(event.keyCombination())
    if event.modifiers() & Qt.KeyboardModifier.KeypadModifier:
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        sequence = QKeySequence(plain.value | event.key())
    command = BY_KEY.get(sequence.toString())
    if command is None or not possible(view, command):
        return False
    carry_out(view, command)
    return True


def carry_out(view: Canvas, command: Command) -> None:
    """Run a command, after letting go of what is in hand: a drag would go on with what the command may take away."""
    if command.under != "Zoom":
        view.let_go()
    if possible(view, command):
        command.run(view)


def possible(view: Canvas, command: Command) -> bool:
    """Whether a command makes sense now."""
    count = len(view.document.selection)
    match command.needs:
        case "blocks":
            return count > 0
        case "one":
            return count == 1
        case "several":
            return count > 1
        case "three":
            return count > 2
        case "wire":
            return view.chosen_wire is not None
        case "choice":
            return count > 0 or view.chosen_wire is not None
        case "any":
            return count > 0 or view.chosen_wire is not None or view.marks.chosen is not None
        case "named":
            return count == 1 or view.marks.chosen is not None
        case "open":
            return count > 0 or view.marks.chosen is not None
        case "bent":
            wire = view.document.graph.wires.get(view.chosen_wire) if view.chosen_wire is not None else None
            return wire is not None and bool(wire.via)
        case "network":
            return len(view.document.graph) > 0
        case "composite":
            return composites.one_selected(view)
        case "composites":
            return composites.any_selected(view)
        case "inside":
            return not view.document.scope.is_root
        case _:
            return True
