"""A monkey at the real window while a network trains: thousands of random actions of a person, all of which can be undone.

    python -m tests.campaigns.monkey --actions 20000 [--seed N ...] [--blocks N] [--calm] [--any-time]

It clicks, drags, types, presses every key of the canvas, opens menus and takes entries of them, changes settings in the form,
places blocks from the palette, pastes, groups, goes into composites, applies mends, changes the place and the theme, and starts,
pauses and stops trainings. Nothing may raise, no Qt message may appear, the picture must stay equal to the document, and the event
loop may not be kept waiting for more than a second; where an action takes longer by the clock, it says where the window's thread
is. At the end everything is undone, back to the empty canvas, and done again: the graph must be equal, value for value.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeySequence, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QListView,
    QMessageBox,
    QPlainTextEdit,
    QWidget,
)

import presets
from engine.graph.model import Graph
from engine.project import Project
from gui.canvas import commands
from tests.campaigns.pulse import Pulse, Witness

FREEZE_S = 1.0  # of the window's thread, between two turns of the event loop
TELL_S = 3.0  # by the clock, after which it says where the window's thread is
MOST = 120  # blocks; more only make it slower
LOOK_EVERY = 25  # actions between two looks at the picture
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
WORDS = ("conv", "relu", "add", "input", "lin", "pool", "zz", "norm", "concat", "output", "bottle")
VALUES = ("1", "3", "7", "64", "0", "-2", "0.5", "=i + 1", "=width", "same", "3, 5", "1e9", "", "many")
PRESETS = ("lenet5_relu_max", "keras_mnist_cnn")


class Monkey:
    """Draws actions from a seed and carries them out with real events.

    Attributes:
        window: The window it plays with.
        faults: What went wrong, as text.
        slowest: Seconds of the window's thread and seconds by the clock of the slowest action, and which it was.
    """

    def __init__(self, window: Any, seed: int, most: int = MOST, *, calm: bool = False) -> None:
        self.window = window
        self.most = most
        self.document = window.document
        self.design = window.parts.places["design"]
        self.canvas = self.design.canvas
        self.draw = random.Random(seed)
        self.faults: list[str] = []
        self.slowest = (0.0, 0.0, "")
        self.pulse, self.witness = Pulse(), Witness(TELL_S, tell)
        self.entry = ""  # of a menu, that was taken last
        self.actions: tuple[tuple[int, Callable[[], None]], ...] = (
            (18, self.drag), (12, self.click), (3, self.double), (10, self.key), (6, self.quick_add), (8, self.set_value),
            (3, self.palette), (3, self.menu), (2, self.wheel), (2, self.pan), (2, self.mend), (12, self.history),
            (2, self.paste), (2, self.place), (0.2 if calm else 1, self.theme), (2, self.train), (4, self.type), (2, self.scope),
        )  # fmt: skip

    # --- what a person does

    def spot(self) -> QPoint:
        """A port, a block, a frame, or anywhere, in the viewport."""
        nodes = list(self.canvas.canvas.nodes.values())
        chance = self.draw.random()
        if nodes and chance < 0.7:
            item = self.draw.choice(nodes)
            if chance < 0.25 and item.outputs:
                return self._seen(item.port_place(self.draw.choice(item.outputs).name, is_input=False))
            if chance < 0.35 and item.inputs:
                return self._seen(item.port_place(self.draw.choice(item.inputs).name, is_input=True))
            return self._seen(item.pos() + QPointF(self.draw.uniform(0, 160), self.draw.uniform(0, 80)))
        marks = list(self.canvas.marks.items.values())
        if marks and chance < 0.78:
            item = self.draw.choice(marks)
            return self._seen(item.pos() + QPointF(self.draw.uniform(0, item.mark.width), self.draw.uniform(0, 30)))
        rect = self.canvas.viewport().rect()
        return QPoint(self.draw.randint(0, rect.width() - 1), self.draw.randint(0, rect.height() - 1))

    def _seen(self, place: QPointF) -> QPoint:
        return self.canvas.mapFromScene(place)

    def _mouse(self, kind: QEvent.Type, at: QPoint, button: Qt.MouseButton, keys: Qt.KeyboardModifier) -> None:
        viewport = self.canvas.viewport()
        held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else button
        pressed = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else button
        glob = QPointF(viewport.mapToGlobal(at))
        QApplication.sendEvent(viewport, QMouseEvent(kind, QPointF(at), glob, pressed, held, keys))

    def drag(self, button: Qt.MouseButton = LEFT) -> None:
        """Press, move, let go; now and then Escape or another key in the middle."""
        one, two = self.spot(), self.spot()
        keys = self.draw.choice((NONE, NONE, NONE, SHIFT, ALT, CTRL))
        self._mouse(QEvent.Type.MouseButtonPress, one, button, keys)
        for share in (0.4, 1.0):
            self._mouse(QEvent.Type.MouseMove, one + (two - one) * share, button, keys)
        chance = self.draw.random()
        if chance < 0.05:
            QTest.keyClick(self.canvas, Qt.Key.Key_Escape)
        elif chance < 0.15:
            self.press_key()
            self._mouse(QEvent.Type.MouseMove, two, button, keys)
        self._mouse(QEvent.Type.MouseButtonRelease, two, button, keys)

    def pan(self) -> None:
        """Drag with the middle button."""
        self.drag(MIDDLE)

    def click(self) -> None:
        """Click somewhere."""
        at, keys = self.spot(), self.draw.choice((NONE, NONE, SHIFT))
        self._mouse(QEvent.Type.MouseButtonPress, at, LEFT, keys)
        self._mouse(QEvent.Type.MouseButtonRelease, at, LEFT, keys)

    def double(self) -> None:
        """Double click somewhere."""
        at = self.spot()
        self._mouse(QEvent.Type.MouseButtonDblClick, at, LEFT, NONE)
        self._mouse(QEvent.Type.MouseButtonRelease, at, LEFT, NONE)

    def wheel(self) -> None:
        """Zoom at the mouse."""
        at, turn = self.spot(), self.draw.choice((-240, -120, 120, 240))
        viewport = self.canvas.viewport()
        QApplication.sendEvent(
            viewport,
            QWheelEvent(QPointF(at), QPointF(viewport.mapToGlobal(at)), QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton,
                        NONE, Qt.ScrollPhase.NoScrollPhase, False),
        )  # fmt: skip

    def key(self) -> None:
        """One of the canvas's keys."""
        command = self.draw.choice(commands.COMMANDS)
        if commands.possible(self.canvas, command):
            self.entry = command.title
            command.run(self.canvas)

    def press_key(self) -> None:
        """Press a key of the canvas, as a hand does while the other holds the mouse."""
        keys = sorted(key for key, command in commands.BY_KEY.items() if not command.title.endswith("…"))
        self.entry = self.draw.choice(keys)
        QTest.keySequence(self.canvas, QKeySequence(self.entry))

    def type(self) -> None:
        """Whatever comes to mind into the field that has the focus."""
        field = QApplication.focusWidget()
        if isinstance(field, (QLineEdit, QPlainTextEdit)) and self.window.isAncestorOf(field):
            QTest.keyClicks(field, self.draw.choice((*WORDS, *VALUES)))
        elif field is None or not self.window.isAncestorOf(field):
            return
        QTest.keyClick(field, self.draw.choice((Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Down)))

    def quick_add(self) -> None:
        """Add a block by its name."""
        if len(self.document.graph) > self.most:
            return
        self.canvas.quick_add(self.spot())
        settle()  # as between two presses of a key
        QTest.keyClicks(self.canvas.box.field, self.draw.choice(WORDS))
        settle()
        QTest.keyClick(
            self.canvas.box.field, self.draw.choice((Qt.Key.Key_Return, Qt.Key.Key_Return, Qt.Key.Key_Escape))
        )
        self.canvas.box.close_box()

    def palette(self) -> None:
        """Place a block from the palette."""
        lists = [view for view in self.design.palette_panel.findChildren(QListView) if view.isVisible()]
        if not lists or len(self.document.graph) > self.most:
            return
        view = self.draw.choice(lists)
        rows = view.model().rowCount()
        if rows:
            index = view.model().index(self.draw.randrange(rows), 0)
            view.setCurrentIndex(index)
            QTest.keyClick(view, Qt.Key.Key_Return)

    def set_value(self) -> None:
        """Change something in the properties."""
        fields: list[QWidget] = [
            field
            for kind in (QAbstractSpinBox, QLineEdit, QComboBox, QCheckBox)
            for field in self.design.properties.findChildren(kind)
            if field.isVisible() and field.isEnabled()
        ]
        if not fields:
            return
        field = self.draw.choice(fields)
        match field:
            case QCheckBox():
                field.click()
            case QComboBox():
                field.setFocus()
                QTest.keyClick(field, self.draw.choice((Qt.Key.Key_Down, Qt.Key.Key_Up)))
            case _:
                field.setFocus()
                getattr(field, "selectAll")()  # noqa: B009  spin boxes and line edits both have it, QWidget has not
                QTest.keyClicks(field, self.draw.choice(VALUES))
                QTest.keyClick(field, Qt.Key.Key_Return)

    def menu(self) -> None:
        """Open a context menu and take an entry."""
        at = self.spot()
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, self.canvas.viewport().mapToGlobal(at))
        self.canvas.contextMenuEvent(event)
        entries = [entry for entry in self.canvas.menu.actions() if entry.isEnabled() and not entry.isSeparator()]
        entries += [e for entry in entries if entry.menu() for e in entry.menu().actions() if e.isEnabled()]  # type: ignore[attr-defined]
        entry = self.draw.choice(entries) if entries else None
        self.canvas.menu.close()
        if entry is not None and entry.menu() is None:
            self.entry = entry.text()
            entry.trigger()

    def mend(self) -> None:
        """Take a one-click fix."""
        fixes = [fix for problem in self.document.report.problems for fix in problem.fixes]
        if fixes:
            self.document.apply_fix(self.draw.choice(fixes))

    def history(self) -> None:
        """Undo or redo some steps."""
        stack = self.document.stack
        for _ in range(self.draw.choice((1, 1, 2, 5))):
            back = self.draw.random() < 0.55
            self.entry += f" undo {stack.undoText()};" if back else f" redo {stack.redoText()};"
            (stack.undo if back else stack.redo)()
            settle()  # as between two presses of the key

    def paste(self) -> None:
        """Paste a whole published network."""
        from gui.canvas import clipboard

        if len(self.document.graph) < self.most // 2:
            QGuiApplication.clipboard().setText(presets.read(self.draw.choice(PRESETS)))
            clipboard.paste(self.canvas)

    def place(self) -> None:
        """Look at another place, and come back."""
        self.window.show_place(self.draw.choice(("data", "train", "inspect", "design")))
        QApplication.processEvents()
        self.window.show_place("design")

    def theme(self) -> None:
        """Another theme, or another size."""
        if self.draw.random() < 0.5:
            self.window.flip_theme()
        else:
            self.window.resize(self.draw.randint(1000, 1800), self.draw.randint(700, 1100))

    def scope(self) -> None:
        """Into a composite or out of it."""
        inner = [node.id for node in self.document.graph if node.composite is not None]
        if inner and self.draw.random() < 0.6:
            self.document.enter(self.draw.choice(inner))
        else:
            self.document.leave()

    def train(self) -> None:
        """Start, pause, go on, step or stop."""
        session = self.window.session
        match session.state:
            case "running":
                self.draw.choice((session.pause, session.toggle, session.toggle))()
            case "paused":
                self.draw.choice((session.resume, session.step, session.resume))()
            case "idle" if self.document.root_report.ok:
                session.play()

    # --- the campaign

    def act(self) -> None:
        """One action, measured."""
        weights = [weight for weight, _ in self.actions]
        run = self.draw.choices([run for _, run in self.actions], weights)[0]
        self.entry, clock = "", time.perf_counter()
        with self.pulse, self.witness:
            run()
            settle()
        taken = self.pulse.longest, time.perf_counter() - clock
        if taken[0] > self.slowest[0]:
            self.slowest = (*taken, f"{run.__name__} {self.entry}".rstrip())

    def thin(self) -> None:
        """Keep the drawing small: cut what is beyond the first blocks."""
        if len(self.document.graph) > self.most:
            from gui.canvas import placing

            self.document.select(list(self.document.graph.nodes)[self.most // 3 :])
            placing.delete(self.canvas)

    def look(self) -> None:
        """The picture is equal to the document."""
        scene, graph = self.canvas.canvas, self.document.graph
        if set(scene.nodes) != set(graph.nodes) or set(scene.wires) != set(graph.wires):
            self.faults.append("the canvas shows other blocks or wires than the document has")
        for item in scene.nodes.values():
            if (item.x(), item.y()) != (item.node.x, item.node.y) or item.node != graph.nodes[item.node.id]:
                self.faults.append(f"{item.node.name} is drawn elsewhere or otherwise than the document has it")
        if list(self.canvas.marks.items) != list(graph.marks):
            self.faults.append("the canvas shows other frames or notes than the document has")


def tell(stack: str) -> None:
    """Say where the window's thread is while an action takes long."""
    print(
        f"an action takes more than {TELL_S:g} s by the clock; the window's thread is at",
        stack,
        sep="\n",
        file=sys.stderr,
    )


def settle() -> None:
    """Let everything happen that waits, as the event loop does; without one, nothing that was thrown away would go."""
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def rewind(window: Any) -> str:
    """Undo everything and do it again; what went wrong, empty for nothing."""
    document = window.document
    while document.stack.canRedo():  # what the monkey has undone last
        document.stack.redo()
    last = document.root.copy()
    while document.stack.canUndo():
        document.stack.undo()
    if not document.root.same_as(Graph()):
        return "undoing everything does not lead to the empty project"
    while document.stack.canRedo():
        document.stack.redo()
    return "" if document.root.same_as(last) else "doing everything again does not lead to the same graph"


def listen(faults: list[str]) -> None:
    """Note every exception of any thread, and every message of Qt."""

    def note(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.__excepthook__(kind, error, trace)
        faults.append(f"{kind.__name__}: {error}")

    sys.excepthook = note
    threading.excepthook = lambda args: note(args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback)
    quiet = (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg)

    def hear(kind: QtMsgType, _where: object, text: str) -> None:
        # The offscreen platform says of every menu that it can neither raise it nor grab the keyboard.
        if kind not in quiet and "This plugin does not support" not in text:
            faults.append(f"Qt: {text}")

    qInstallMessageHandler(hear)


def campaign(actions: int, seed: int, most: int = MOST, *, calm: bool = False) -> Monkey:
    """Let the monkey play in a new window; gives it back with what it found.

    Args:
        actions: How many.
        seed: Which of them.
        most: Blocks that the drawing may have.
        calm: Switch the theme and the size rarely; they take as long as dozens of other actions.
    """
    import gui.filing
    import gui.window
    from gui.app import application, build

    app = application()
    gui.filing.QMessageBox.exec = lambda _box: QMessageBox.StandardButton.Discard  # type: ignore[method-assign]
    gui.window.QMessageBox.question = lambda *_: QMessageBox.StandardButton.Yes  # type: ignore[method-assign]
    window = build(Project())
    monkey = Monkey(window, seed, most, calm=calm)
    listen(monkey.faults)
    window.resize(1280, 800)
    window.show()
    app.processEvents()
    QGuiApplication.clipboard().setText(presets.read(PRESETS[0]))
    monkey.paste()
    for number in range(actions):
        if window.session.state == "idle" and number % 50 == 0 and monkey.document.root_report.ok:
            window.session.play()
        monkey.act()
        monkey.thin()
        if number % LOOK_EVERY == 0:
            monkey.look()
        if monkey.faults:
            monkey.faults.append(f"that was action {number} of seed {seed}")
            break
    if not monkey.faults and (fault := rewind(window)):
        monkey.faults.append(fault)
    monkey.witness.close()
    window.session.close()
    window.document.stack.setClean()
    window.close()
    return monkey


def main() -> int:
    """Run the campaign and say what came of it; 1 where something went wrong."""
    parser = argparse.ArgumentParser(description="Random actions in the real window while a network trains.")
    parser.add_argument("--actions", type=int, default=2000)
    parser.add_argument("--seed", type=int, nargs="+", default=[1], help="for each, so many actions in a new window")
    parser.add_argument("--blocks", type=int, default=MOST, help="the most that the drawing may have")
    parser.add_argument("--calm", action="store_true", help="switch the theme and the size rarely")
    parser.add_argument("--any-time", action="store_true", help="do not judge how long an action took")
    given = parser.parse_args()
    faults = []
    for seed in given.seed:
        with tempfile.TemporaryDirectory() as folder:
            for name in ("LAYERLOOM_DATA", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
                os.environ[name] = str(Path(folder) / name.lower())
            monkey = campaign(given.actions, seed, given.blocks, calm=given.calm)
            steps = monkey.document.stack.count()
        busy, waited, which = monkey.slowest
        print(
            f"seed {seed}: {given.actions} actions, {steps} undo steps; "
            f"slowest: {which}, {busy:.2f} s busy, {waited:.2f} s by the clock"
        )
        faults += monkey.faults
        if busy > FREEZE_S and not given.any_time:
            faults.append(f"{which} kept the window busy for {busy:.2f} s")
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
