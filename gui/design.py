"""The Design place: palette, canvas, properties and problems, in docks around the canvas.

It wires these four and nothing else. Not for: what any of them does.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QPoint, Qt
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QScrollArea,
    QTextEdit,
    QWidget,
)

from gui import preferences
from gui.actions import Action
from gui.analyser import Analyser
from gui.canvas import Canvas, commands, placing
from gui.document import Document
from gui.form.properties import Properties
from gui.palette import Palette
from gui.problems import Problems
from gui.widgets import DockTitle

LEFT, RIGHT, BOTTOM = (
    204,
    320,
    132,
)  # pixels: the least widths that show every title and field whole, and the first height
ANALYSER = 340  # pixels: the height at which the table of layers is worth looking at


class DesignPlace(QMainWindow):
    """The place where networks are drawn.

    Attributes:
        canvas, palette_panel, properties, problems, analyser: The five panels.
    """

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self._low = 0  # pixels: the height of the bottom before the analyser made it higher
        self.setObjectName("design")
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setDockNestingEnabled(True)
        self.setDockOptions(QMainWindow.DockOption.AllowNestedDocks | QMainWindow.DockOption.AllowTabbedDocks)
        self.canvas = Canvas(document)
        self.palette_panel = Palette(document)
        self.properties = Properties(document)
        self.problems = Problems(document)
        self.setCentralWidget(self.canvas)
        self.docks = {
            "palette": self._dock("Blocks", self.palette_panel, Qt.DockWidgetArea.LeftDockWidgetArea, LEFT),
            "properties": self._dock("Properties", self.properties, Qt.DockWidgetArea.RightDockWidgetArea, RIGHT),
            "problems": self._dock("Problems", self.problems, Qt.DockWidgetArea.BottomDockWidgetArea, 0),
        }
        self.analyser = Analyser(document)
        self.docks["analyser"] = self._dock("Analyser", self.analyser, Qt.DockWidgetArea.BottomDockWidgetArea, 0)
        self.tabifyDockWidget(self.docks["problems"], self.docks["analyser"])
        self.docks["analyser"].hide()
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        self.resizeDocks([self.docks["problems"]], [BOTTOM], Qt.Orientation.Vertical)
        self.problems.goto.connect(self.reveal)
        self.analyser.goto.connect(self.reveal)
        self.analyser.menu_wanted.connect(self._row_menu)
        self.analyser.delete_wanted.connect(self._delete_rows)
        self.canvas.help_wanted.connect(self._help)
        self.canvas.opened.connect(self._opened)
        self.canvas.wire_chosen.connect(self.properties.show_wire)
        for panel in (self.properties, self.problems):
            panel.left.connect(self.canvas.setFocus)
        self.setTabOrder(self.palette_panel.list, self.canvas)
        self.setFocusProxy(self.canvas)

    def _dock(self, title: str, panel: QWidget, area: Qt.DockWidgetArea, width: int) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(f"dock-{panel.objectName()}")
        dock.setFeatures(
            QDockWidget.DockWidgetFeature.DockWidgetMovable | QDockWidget.DockWidgetFeature.DockWidgetClosable
        )
        head = DockTitle(title, dock)
        head.closed.connect(lambda: self._put_away(dock))
        dock.setTitleBarWidget(head)
        dock.setWidget(panel)
        panel.setMinimumWidth(width)
        self.addDockWidget(area, dock)
        return dock

    def state(self) -> QByteArray:
        """Where the docks are."""
        return self.saveState(preferences.ARRANGEMENT)

    def restore(self, state: QByteArray) -> bool:
        """Put the docks where they were."""
        return self.restoreState(state, preferences.ARRANGEMENT)

    def _blocks_only(self) -> None:
        """Let go of a wire, frame or note that is selected beside the blocks: what the analyser asks for is for these."""
        self.canvas.choose_wire(None)
        self.canvas.marks.choose(None)

    def _row_menu(self, place: QPoint) -> None:
        self._blocks_only()
        self.canvas.pop_menu(place)

    def _delete_rows(self) -> None:
        self._blocks_only()
        placing.delete(self.canvas)

    def reveal(self, block: str) -> None:
        """Show a block on the canvas."""
        self.canvas.goto(block)

    def set_thumbnail(self, block: str, image: QImage | None) -> None:
        """Show a live picture on a block's face, or none."""
        self.canvas.set_thumbnail(block, image)

    def _help(self, _kind: str) -> None:
        self.docks["properties"].show()
        self.docks["properties"].raise_()
        self.properties.show_help()

    def _opened(self, _block: str) -> None:
        self.docks["properties"].show()
        self.docks["properties"].raise_()
        self.properties.focus_first()

    def next_panel(self) -> None:
        """Put the focus from the canvas into the properties, on to the problems, the palette, and back."""
        docks = [self.docks[name] for name in ("properties", "problems", "palette")]
        panels = [self.canvas, *(dock.widget() for dock in docks if not dock.isHidden())]
        now = QApplication.focusWidget()
        place = next((at for at, panel in enumerate(panels) if now and (panel is now or panel.isAncestorOf(now))), -1)
        for panel in (*panels[place + 1 :], self.canvas):
            target = panel if panel is self.canvas else _first_focus(panel)
            if target is not None:
                target.setFocus(Qt.FocusReason.TabFocusReason)
                return

    # --- entries of the menus

    def actions_table(self) -> list[Action]:
        """What the canvas and the docks add to the window's menus."""
        table = [self._canvas_action(f"edit.{name}", command, icon, rule) for name, command, icon, rule in _EDIT]
        table += [self._canvas_action(f"view.{name}", command, icon, rule) for name, command, icon, rule in _VIEW]
        table.append(Action("view.next_panel", "Next panel", self.next_panel, "F6", when=self.isVisible, rule=True))
        for name, dock in self.docks.items():
            table.append(
                Action(
                    f"view.dock_{name}",
                    dock.windowTitle(),
                    self._toggler(dock),
                    "Ctrl+Shift+A" if name == "analyser" else "",
                    when=self.isVisible,
                    checked=self._shower(dock),
                    rule=name == "palette",
                )
            )
        return table

    def _canvas_action(self, id_: str, title: str, icon: str, rule: bool) -> Action:
        command = next(c for c in commands.COMMANDS if c.title == title)

        def run() -> None:
            if command.anywhere or not isinstance(QApplication.focusWidget(), (QLineEdit, QTextEdit, QPlainTextEdit)):
                commands.carry_out(self.canvas, command)

        def when() -> bool:
            return self.isVisible() and commands.possible(self.canvas, command)

        on = command.checked
        checked = (lambda: on(self.canvas)) if on is not None else None
        return Action(id_, title, run, command.window_keys, icon, when, checked, rule, command.shown_key)

    def _toggler(self, dock: QDockWidget) -> Callable[[], None]:
        def toggle() -> None:
            if not dock.isHidden():
                dock.hide()
                self._put_away(dock)
                return
            before = self.docks["problems"].height()
            dock.show()
            if dock is self.docks["analyser"]:
                dock.raise_()  # it shares its place with the problems
                if dock.height() < ANALYSER:
                    self._low = before if before < ANALYSER else BOTTOM
                    self.resizeDocks([dock], [ANALYSER], Qt.Orientation.Vertical)
                self.analyser.table.setFocus(Qt.FocusReason.ShortcutFocusReason)

        return toggle

    def _put_away(self, dock: QDockWidget) -> None:
        """A panel was closed: the keyboard is the drawing's again, and what the analyser took in height is given back."""
        if dock is self.docks["analyser"] and self._low:
            self.resizeDocks([self.docks["problems"]], [self._low], Qt.Orientation.Vertical)
            self._low = 0
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leads from a panel back to the drawing."""
        if event.key() == Qt.Key.Key_Escape:
            self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().keyPressEvent(event)

    def _shower(self, dock: QDockWidget) -> Callable[[], bool]:
        return lambda: not dock.isHidden()


def _first_focus(panel: QWidget) -> QWidget | None:
    """What shows that it has the focus, the first of it in a panel; None where there is nothing."""
    for widget in (panel, *panel.findChildren(QWidget)):
        wanted = widget.focusPolicy() & Qt.FocusPolicy.TabFocus == Qt.FocusPolicy.TabFocus
        if wanted and widget.isVisible() and widget.isEnabled() and not isinstance(widget, QScrollArea):
            return widget
    return None


_EDIT = (
    ("add", "Add a block…", "plus", True),
    ("cut", "Cut", "content-cut", True),
    ("copy", "Copy", "content-copy", False),
    ("paste", "Paste", "content-paste", False),
    ("paste_wired", "Paste with wires", "", False),
    ("duplicate", "Duplicate", "content-duplicate", False),
    ("rename", "Rename", "", False),
    ("delete", "Delete", "delete-outline", False),
    ("bypass", "Bypass", "", False),
    ("pin", "Pin in place", "", False),
    ("freeze", "Freeze weights", "snowflake", False),
    ("group", "Make a composite", "", False),
    ("open", "Open the composite", "", False),
    ("dissolve", "Dissolve the composite", "", False),
    ("up", "Up to the drawing around", "", False),
    ("connect", "Connect…", "vector-polyline", False),
    ("all", "Select all", "", True),
    ("find", "Find a block…", "magnify", False),
    ("tidy", "Tidy up", "sitemap-outline", False),
    ("align_left", "Align left", "align-horizontal-left", True),
    ("align_centre", "Align centres", "align-horizontal-center", False),
    ("align_right", "Align right", "align-horizontal-right", False),
    ("align_top", "Align top", "align-vertical-top", False),
    ("align_middle", "Align middles", "align-vertical-center", False),
    ("align_bottom", "Align bottom", "align-vertical-bottom", False),
    ("distribute_x", "Distribute horizontally", "distribute-horizontal-center", False),
    ("distribute_y", "Distribute vertically", "distribute-vertical-center", False),
)
_VIEW = (
    ("fit", "Fit the drawing", "fit-to-screen-outline", True),
    ("fit_selection", "Zoom to the selection", "", False),
    ("full", "Zoom to 100 %", "", False),
    ("in", "Zoom in", "", False),
    ("out", "Zoom out", "", False),
)
