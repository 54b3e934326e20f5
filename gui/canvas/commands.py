"""What can be done on the canvas by key and by menu, as one table that both read.

Not for: the program's own commands (`gui.actions`), which may call the same functions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMenu

from engine.errors import StoreError
from engine.graph import layout
from engine.graph.model import Disconnect, End, Graph, Move, RemoveBlock, Rename, Wire
from gui.canvas import edits
from gui.canvas.geometry import HEIGHT, WIDTH

if TYPE_CHECKING:
    from gui.canvas.view import Canvas

FAR = 5  # grid units that Shift with an arrow key nudges by


@dataclass(frozen=True)
class Command:
    """One thing to do.

    Attributes:
        title: As in a menu.
        keys: Key sequences in Qt's portable form; the first is the one that menus show.
        run: What it does.
        needs: "blocks" for what needs a selection of blocks, "choice" for a selection of blocks or a wire.
        menu: The part of the context menu it stands in, 0 for none.
    """

    title: str
    keys: tuple[str, ...]
    run: Callable[[Canvas], None]
    needs: Literal["", "blocks", "choice", "network"] = ""
    menu: int = 0


def settings(view: Canvas) -> None:
    """Lead into the settings of the selected block, as a double click does."""
    view.opened.emit(view.document.selection[0])


def delete(view: Canvas) -> None:
    """Take the selected wire or blocks away; chains heal."""
    document = view.document
    if view.chosen_wire is not None:
        target, view.chosen_wire = view.chosen_wire, None
        if target in document.graph.wires:
            document.do(Disconnect(target), "Disconnect")
    elif document.selection:
        count = len(document.selection)
        document.do(
            edits.delete(document.graph, document.selection), "Delete block" if count == 1 else f"Delete {count} blocks"
        )


def copy(view: Canvas) -> None:
    """Blocks to the clipboard, as text."""
    if view.document.selection:
        QGuiApplication.clipboard().setText(edits.copied(view.document.graph, view.document.selection))


def cut(view: Canvas) -> None:
    """Blocks to the clipboard and away."""
    if view.document.selection:
        copy(view)
        view.document.do(edits.delete(view.document.graph, view.document.selection), "Cut")


def paste(view: Canvas) -> None:
    """Blocks from the clipboard to the mouse, or to the middle of the view."""
    text = QGuiApplication.clipboard().text()
    if not text.lstrip().startswith("{"):
        view.document.refused.emit("the clipboard holds no blocks; copy some on a canvas first.")
        return
    place = view.under_mouse()
    try:
        edit, fresh = edits.pasted(view.document.graph, text, (edits.snapped(place.x()), edits.snapped(place.y())))
    except StoreError as error:
        view.document.refused.emit(f"the clipboard holds no blocks that can be pasted: {error}")
        return
    if fresh and view.document.do(edit, "Paste"):
        view.document.select(fresh)


def duplicate(view: Canvas) -> None:
    """A copy of the selected blocks beside them."""
    if view.document.selection:
        edit, fresh = edits.duplicated(view.document.graph, view.document.selection)
        if view.document.do(edit, "Duplicate"):
            view.document.select(fresh)


def select_all(view: Canvas) -> None:
    """Every block."""
    view.document.select(tuple(view.document.graph.nodes))


def select_none(view: Canvas) -> None:
    """No block and no wire."""
    view.choose_wire(None)
    view.document.select(())


def tidy(view: Canvas) -> None:
    """Lay the drawing out anew in layers: the selected blocks when there are several, else all."""
    graph, chosen = view.document.graph, view.document.selection
    if len(graph) == 0:
        return
    places = layout.tidy(graph if len(chosen) < 2 else _part(graph, set(chosen)))
    if len(chosen) > 1:
        corner = view.canvas.around(chosen).topLeft()
        places = {id_: (x + edits.snapped(corner.x()), y + edits.snapped(corner.y())) for id_, (x, y) in places.items()}
    if any((graph.node(id_).x, graph.node(id_).y) != place for id_, place in places.items()):
        view.document.do(Move(places), "Tidy up")
        if len(chosen) < 2:
            view.fit()


def _part(graph: Graph, chosen: set[str]) -> Graph:
    part = graph.copy()
    for id_ in list(part.nodes):
        if id_ not in chosen:
            part.apply(RemoveBlock(id_))
    return part


def nudge(dx: int, dy: int) -> Callable[[Canvas], None]:
    """Move the selected blocks by grid units; with nothing selected, select the first block."""

    def run(view: Canvas) -> None:
        document = view.document
        if document.selection:
            edit = edits.moved(document.graph, document.selection, dx * edits.GRID, dy * edits.GRID)
            document.do(edit, "Move blocks", merge="nudge " + " ".join(document.selection))
        elif document.graph.nodes:
            document.select([next(iter(document.graph.nodes))])
            view.show_blocks(document.selection)

    return run


def walk(dx: int, dy: int) -> Callable[[Canvas], None]:
    """Select the neighbour along a wire (left: what feeds it, right: what it feeds), or the nearest above or below."""

    def run(view: Canvas) -> None:
        document = view.document
        graph = document.graph
        if not document.selection:
            nudge(0, 0)(view)
            return
        here = graph.node(document.selection[-1])
        if dx:
            ids = [w.target.block for w in graph.wires_from(here.id)] if dx > 0 else [
                w.source.block for w in graph.wires_into(here.id)
            ]  # fmt: skip
            near = min(ids, key=lambda id_: abs(graph.node(id_).y - here.y), default=None)
        else:
            beyond = [n for n in graph if (n.y - here.y) * dy > 0]
            near = min((n.id for n in beyond), key=lambda id_: _apart(graph, here.id, id_), default=None)
        if near is not None:
            document.select([near])
            view.show_blocks([near])

    return run


def _apart(graph: Graph, one: str, two: str) -> float:
    a, b = graph.node(one), graph.node(two)
    return abs(a.x - b.x) * 2 + abs(a.y - b.y)


def rename(view: Canvas) -> None:
    """Put a field over the selected block's name."""
    if len(view.document.selection) == 1:
        view.open_name(view.document.selection[0])


def named(view: Canvas, block: str, name: str) -> None:
    """Carry a renaming out."""
    graph = view.document.graph
    if block in graph.nodes and name and name != graph.node(block).name:
        view.document.do(Rename(block, name), "Rename")


def place(view: Canvas, kind: str, at: QPointF, *, source: End | None = None, target: End | None = None) -> str | None:
    """Place a block at a point of the scene: its input there where a wire was drawn to it, else its middle."""
    graph = view.document.graph
    shift = QPointF(0.0 if source is not None else -WIDTH if target is not None else -WIDTH / 2, -HEIGHT / 2)
    corner = at + shift
    node = graph.new_node(kind, x=edits.snapped(corner.x()), y=edits.snapped(corner.y()))
    if not view.document.do(edits.add_wired(node, source=source, target=target), f"Add {node.name}"):
        return None
    view.document.select([node.id])
    return node.id


def insert(view: Canvas, kind: str, wire: Wire) -> str | None:
    """Place a block in the middle of a wire."""
    item = view.canvas.wires[wire.target]
    middle = item.label.pos()
    graph = view.document.graph
    node = graph.new_node(kind, x=edits.snapped(middle.x() - WIDTH / 2), y=edits.snapped(middle.y() - HEIGHT / 2))
    edit = edits.insert_on(graph, wire, node)
    if edit is None or not view.document.do(edit, f"Insert {node.name}"):
        return None
    view.document.select([node.id])
    return node.id


COMMANDS: tuple[Command, ...] = (
    Command("Add a block…", ("Space", "Tab"), lambda view: view.quick_add(), menu=1),
    Command("Settings", ("Return", "Enter"), settings, needs="blocks", menu=2),
    Command("Rename", ("F2",), rename, needs="blocks", menu=2),
    Command("Duplicate", ("Ctrl+D",), duplicate, needs="blocks", menu=2),
    Command("Cut", ("Ctrl+X",), cut, needs="blocks", menu=2),
    Command("Copy", ("Ctrl+C",), copy, needs="blocks", menu=2),
    Command("Paste", ("Ctrl+V",), paste, menu=2),
    Command("Delete", ("Del", "Backspace"), delete, needs="choice", menu=2),
    Command("Select all", ("Ctrl+A",), select_all, needs="network", menu=3),
    Command("Select nothing", ("Esc",), select_none),
    Command("Tidy up", ("Ctrl+L",), tidy, needs="network", menu=3),
    Command("Fit the drawing", ("F",), lambda view: view.fit(), needs="network", menu=4),
    Command("Zoom to 100 %", ("Ctrl+0",), lambda view: view.reset_zoom(), menu=4),
    Command("Zoom in", ("Ctrl++", "Ctrl+="), lambda view: view.zoom_in()),
    Command("Zoom out", ("Ctrl+-",), lambda view: view.zoom_out()),
    *(
        Command(f"{title} {word}", (f"{keys}{word}",), made)
        for word, dx, dy in (("Left", -1, 0), ("Right", 1, 0), ("Up", 0, -1), ("Down", 0, 1))
        for title, keys, made in (
            ("Nudge", "", nudge(dx, dy)),
            ("Nudge far", "Shift+", nudge(FAR * dx, FAR * dy)),
            ("Select to the", "Alt+", walk(dx, dy)),
        )
    ),
)
BY_KEY = {QKeySequence(key).toString(): command for command in COMMANDS for key in command.keys}


def possible(view: Canvas, command: Command) -> bool:
    """Whether a command makes sense now."""
    match command.needs:
        case "blocks":
            return bool(view.document.selection)
        case "choice":
            return bool(view.document.selection) or view.chosen_wire is not None
        case "network":
            return len(view.document.graph) > 0
        case _:
            return True


def menu(view: Canvas, at: QPoint) -> QMenu:
    """The context menu at a point of the viewport, shortcuts shown."""
    made = QMenu(view)
    part = 1
    for command in sorted((c for c in COMMANDS if c.menu), key=lambda c: c.menu):
        if command.menu != part:
            made.addSeparator()
            part = command.menu
        shown = QKeySequence(command.keys[0]).toString(QKeySequence.SequenceFormat.NativeText)
        action = made.addAction(f"{command.title}\t{shown}")
        action.setEnabled(possible(view, command))
        if command.menu == 1:
            action.triggered.connect(lambda _checked=False: view.quick_add(at))
        else:
            action.triggered.connect(lambda _checked=False, run=command.run: run(view))
    return made
