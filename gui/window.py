"""The window: menus, the top bar, the four places, the status bar, and the questions that are asked on opening and closing.

It knows that there are places, not what is in them; `gui.app` gives them to it. Not for: training and drawing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import shiboken6
from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices, QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QMenu,
    QMessageBox,
    QPushButton,
    QStackedWidget,
    QToolBar,
    QWidget,
)

from gui import preferences, recovery, retheme, theme
from gui.actions import Action, Actions
from gui.adoption import Adoption
from gui.dialogs.finder import Finder
from gui.document import Document
from gui.filing import Filing
from gui.history import HistoryDock
from gui.session import Session
from gui.statusline import StatusBar, StatusLine
from gui.widgets import IconButton, Segmented

PLACES = (("design", "Design"), ("data", "Data"), ("train", "Train"), ("inspect", "Inspect"))
THEMES = (("system", "Theme of the system"), ("light", "Light theme"), ("dark", "Dark theme"))
MESSAGE_MS = 8000  # how long a sentence stays in the status bar


@dataclass(frozen=True)
class Parts:
    """What the window shows; made by `gui.app`.

    Attributes:
        places: The widget of each place by its id.
        transport: Play, pause, step and stop for the top bar.
        run_status: The run in one line for the status bar.
        actions: Entries of the menus that belong to the places.
        export: Opens the export dialog.
        drop: Takes a dropped file or folder that is no project; False where it has no use for it.
    """

    places: Mapping[str, QWidget]
    transport: QWidget
    run_status: QWidget
    actions: tuple[Action, ...]
    export: Callable[[], None]
    drop: Callable[[Path], bool]


class Window(QMainWindow):
    """The main window of one document.

    Attributes:
        place_shown: Emits the id of the place that has come to the front.
    """

    place_shown = Signal(str)

    def __init__(self, document: Document, session: Session, parts: Parts) -> None:
        super().__init__()
        self.document = document
        self.session = session
        self.parts = parts
        self.autosave = recovery.Autosave(document)
        self.filing = Filing(document, self.autosave, self, lambda: session.state != "idle")
        self.filing.opened.connect(lambda: self.show_place("design"))
        self.filing.said.connect(self.say)
        self.adoption = Adoption(document, session, self)
        self.filing.settled.connect(self.adoption.settle)
        self.setObjectName("window")
        self.setAcceptDrops(True)
        self.setMinimumSize(960, 640)
        self.stack = QStackedWidget()
        for id_, _ in PLACES:
            self.stack.addWidget(parts.places[id_])
        self.setCentralWidget(self.stack)
        self.switch = Segmented(PLACES, name="Place")
        self.switch.changed.connect(self.show_place)
        self.history = HistoryDock(document, self)
        self.history.put_away.connect(self.focus_place)
        self.actions_ = Actions(self, self._table())
        self._build_menus()
        self._build_bar()
        bar = StatusBar()
        self.setStatusBar(bar)
        self.status = StatusLine(bar, document, session, parts.run_status)
        self.status.problems_wanted.connect(lambda: self.show_place("design"))
        document.place_changed.connect(self._retitle)
        document.replaced.connect(self._retitle)
        document.stack.indexChanged.connect(self.actions_.refresh)
        document.selected.connect(self.actions_.refresh)
        self._refusal = ""  # of an edit, that was said last
        document.refused.connect(self._edit_refused)
        document.edited.connect(self._unsay)
        session.refused.connect(self._refused)
        session.state_changed.connect(self.actions_.refresh)
        session.run_changed.connect(self.actions_.refresh)
        self._retitle()

    # --- what there is to ask for

    def _table(self) -> list[Action]:
        stack, session = self.document.stack, self.session

        def live() -> bool:
            return session.state in ("running", "paused")

        def at(place: str) -> Action:
            number = [id_ for id_, _ in PLACES].index(place) + 1
            return Action(
                f"view.{place}", dict(PLACES)[place], lambda: self.show_place(place), f"Ctrl+{number}",
                checked=lambda: self.switch.value == place,
            )  # fmt: skip

        def theme_of(name: str, title: str) -> Action:
            return Action(
                f"view.theme_{name}", title, lambda: self.set_theme(name), rule=name == "system",
                checked=lambda: preferences.theme_choice() == name,
            )  # fmt: skip

        table = [
            Action("file.new", "New drawing", self.filing.new, "Ctrl+N", "file-outline"),
            Action("file.gallery", "Start from a preset…", self.filing.gallery, "Ctrl+Shift+N", "view-grid-outline"),
            Action("file.open", "Open…", self.filing.ask_open, "Ctrl+O", "folder-open-outline"),
            Action("file.save", "Save", self.filing.save, "Ctrl+S", "content-save-outline", rule=True),
            Action("file.save_as", "Save as…", self.filing.save_as, "Ctrl+Shift+S"),
            Action("file.export", "Export…", self.parts.export, "Ctrl+E", "export-variant", rule=True),
            *(action for action in self.parts.actions if action.id.startswith("file.")),
            Action("file.quit", "Quit", self.close, "Ctrl+Q", rule=True),
            Action("edit.undo", "Undo", stack.undo, "Ctrl+Z", "undo", self._can_undo),
            Action("edit.redo", "Redo", stack.redo, "Ctrl+Y, Ctrl+Shift+Z", "redo", self._can_redo),
            Action("edit.history", "History", self.toggle_history, "Ctrl+Alt+Z", "history",
                   checked=lambda: shiboken6.isValid(self.history) and not self.history.isHidden()),
            *(action for action in self.parts.actions if action.id.startswith("edit.")),
        ]  # fmt: skip
        table += [at(place) for place, _ in PLACES]
        table += [
            *(action for action in self.parts.actions if action.id.startswith("view.")),
            Action("view.commands", "Commands…", self.commands, "Ctrl+K", "magnify", rule=True),
            *(theme_of(name, title) for name, title in THEMES),
            Action("train.toggle", "Train, pause or go on", session.toggle, "Ctrl+Return, Ctrl+Enter", "play",
                   lambda: session.state in ("idle", "running", "paused")),
            Action("train.step", "One step", session.step, "Ctrl+Shift+Return", "skip-next",
                   lambda: session.state in ("idle", "paused")),
            Action("train.stop", "Stop and keep", session.stop, "Ctrl+.", "stop", live),
            Action("train.best", "Restore best weights", session.restore_best, "", "trophy-outline",
                   lambda: live() or (session.state == "idle" and session.run is not None), rule=True),
            Action("train.discard", "Discard this run", self.discard, "", "delete-outline", live),
            *(action for action in self.parts.actions if action.id.startswith("help.")),
            Action("help.guide", "User guide", self.guide, "", "book-open-outline"),
            Action("help.about", "About LayerLoom", self.about, ""),
        ]  # fmt: skip
        return table

    def toggle_history(self) -> None:
        """Show the steps that can be undone, or put them away."""
        self.history.setVisible(self.history.isHidden())
        if self.history.isHidden():
            self.focus_place()
        else:
            self.history.raise_()
            self.history.widget().setFocus(Qt.FocusReason.ShortcutFocusReason)

    def focus_place(self) -> None:
        """Give the keyboard to the place that is shown."""
        place = self.stack.currentWidget()
        if place is not None:
            place.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leads from the history back to the place that is shown."""
        focused = self.focusWidget()
        if event.key() == Qt.Key.Key_Escape and focused is not None and self.history.isAncestorOf(focused):
            self.focus_place()
        else:
            super().keyPressEvent(event)

    def _can_undo(self) -> bool:
        # Qt's undo stack tells that it is emptied while it is destroyed.
        return shiboken6.isValid(self.document.stack) and self.document.stack.canUndo()

    def _can_redo(self) -> bool:
        return shiboken6.isValid(self.document.stack) and self.document.stack.canRedo()

    def _build_menus(self) -> None:
        bar = self.menuBar()
        bar.setAccessibleName("Menus")
        for prefix, title in (
            ("file", "&File"),
            ("edit", "&Edit"),
            ("view", "&View"),
            ("train", "&Train"),
            ("help", "&Help"),
        ):
            menu = bar.addMenu(title)
            self.actions_.fill(menu, prefix)
            if prefix == "file":
                self.recent = QMenu("Recent projects", self)
                menu.insertMenu(self.actions_.made["file.save"], self.recent)
                menu.insertSeparator(self.actions_.made["file.save"])
                self.recent.aboutToShow.connect(self._fill_recent)

    def _fill_recent(self) -> None:
        self.recent.clear()
        for path in preferences.recent_files():
            entry = self.recent.addAction(f"{path.stem}    {path.parent}")
            entry.triggered.connect(lambda _checked=False, path=path: self.filing.open(str(path)))
        if self.recent.isEmpty():
            self.recent.addAction("Nothing opened yet").setEnabled(False)

    def _build_bar(self) -> None:
        bar = QToolBar("Top bar")
        bar.setObjectName("top-bar")
        bar.setMovable(False)
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        row = QWidget()
        box = QHBoxLayout(row)
        box.setContentsMargins(14, 9, 14, 9)
        box.setSpacing(8)
        self.name = QLabel()
        self.name.setFont(theme.font(14, 600))
        self.name.setMinimumWidth(120)
        self.theme_button = IconButton("brightness-6", "Switch between light and dark theme")
        self.theme_button.clicked.connect(self.flip_theme)
        self.export_button = QPushButton("Export…")
        self.export_button.setToolTip("Take the network away as code, weights or a project (Ctrl+E)")
        self.export_button.clicked.connect(self.parts.export)
        left, right = QWidget(), QWidget()
        left_box, right_box = QHBoxLayout(left), QHBoxLayout(right)
        for inner in (left_box, right_box):
            inner.setContentsMargins(0, 0, 0, 0)
            inner.setSpacing(8)
        left_box.addWidget(self.name)
        left_box.addStretch(1)
        right_box.addStretch(1)
        for widget in (self.parts.transport, self.export_button, self.theme_button):
            right_box.addWidget(widget)
        box.addWidget(left, 1)
        box.addWidget(self.switch)
        box.addWidget(right, 1)
        bar.addWidget(row)
        self.addToolBar(bar)
        self._bar = bar
        theme.notifier().changed.connect(self._style_bar)
        self._style_bar()
        # A tool bar takes its margins from the style sheet only when that changes; without this the first change of theme
        # would make it 8 pixels lower, and everything below would be laid out anew.
        layout = bar.layout()
        assert layout is not None
        layout.setContentsMargins(0, 0, 0, 0)

    def _style_bar(self, _name: str = "") -> None:
        t = theme.current()
        self._bar.setStyleSheet(
            f"QToolBar#top-bar {{ background: {t.panel}; border: none; border-bottom: 1px solid {t.border}; "
            "padding: 0; spacing: 0; }"
        )

    # --- following

    def _retitle(self) -> None:
        dirty = self.document.dirty
        file = f" — {self.document.path}" if self.document.path else ""
        self.setWindowTitle(f"{'• ' if dirty else ''}{self.document.title}{file} — LayerLoom")
        self.name.setText(f"{self.document.title}{'  •' if dirty else ''}")
        self.name.setToolTip(
            "There are unsaved changes" if dirty else str(self.document.path or "Not saved to a file yet")
        )

    def say(self, text: str) -> None:
        """Show a sentence in the status bar for a while."""
        self.statusBar().showMessage(text, MESSAGE_MS)

    def _edit_refused(self, text: str) -> None:
        self._refusal = text
        self.say(text)

    def _unsay(self, _edit: object) -> None:
        """What was refused is over once something else has been done."""
        if self._refusal and self.statusBar().currentMessage() == self._refusal:
            self.statusBar().clearMessage()
        self._refusal = ""

    def _refused(self, text: str) -> None:
        self.say(text)
        if self.switch.value in ("data", "inspect"):
            self.show_place("train")

    def show_place(self, place: str) -> None:
        """Go to "design", "data", "train" or "inspect"."""
        self.switch.set_value(place)
        self.stack.setCurrentWidget(self.parts.places[place])
        self.actions_.refresh()
        self.place_shown.emit(place)

    def discard(self) -> None:
        """Remove the run that is going on, after asking."""
        question = "Stop this training and remove its run, with all weights learned so far?"
        if QMessageBox.question(self, "Discard this run", question) == QMessageBox.StandardButton.Yes:
            self.session.discard()

    # --- the rest

    def commands(self) -> None:
        """Type what you want to do."""
        self.focus_place()  # what is being typed is taken, and what is chosen is for the place, not for a field
        finder = Finder(list(self.actions_.table.values()), self)
        finder.exec()
        finder.deleteLater()

    def set_theme(self, choice: str) -> None:
        """Follow the system, or stay light or dark."""
        preferences.set_theme_choice(choice)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        retheme.turn_to(app, theme.system_theme(app) if choice == "system" else "dark" if choice == "dark" else "light")
        self.actions_.refresh()

    def flip_theme(self) -> None:
        """Light to dark and back."""
        self.set_theme("light" if theme.current().name == "dark" else "dark")

    def guide(self) -> None:
        """Open the user guide."""
        guide = Path(__file__).resolve().parent.parent / "docs" / "guide.md"
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(guide)))

    def about(self) -> None:
        """Say what this is."""
        QMessageBox.about(
            self,
            "About LayerLoom",
            "<b>LayerLoom</b><p>Draw a neural network, train it live, look inside it, take it away.</p>"
            "<p>MIT licence. The font is Inter, under the SIL Open Font License.</p>",
        )

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for url in event.mimeData().urls():
            path = Path(url.toLocalFile())
            if path.suffix == ".loom":
                event.acceptProposedAction()
                self.filing.open(str(path))
                return
            if self.parts.drop(path):
                event.acceptProposedAction()
                return
        self.say(
            "LayerLoom opens projects (.loom), pictures, folders of them, tables (.csv), texts (.txt), arrays (.npz); this is none."
        )

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.filing.may_leave():
            event.ignore()
            return
        if self.session.state != "idle" and not self._may_stop():
            event.ignore()
            return
        self.autosave.remove()
        preferences.save_layout("window", self.saveGeometry())
        design = self.parts.places["design"]
        if isinstance(design, QMainWindow):
            preferences.save_layout("design", design.saveState(preferences.ARRANGEMENT))
        self.status.fit.close()
        self.session.close()
        event.accept()

    def _may_stop(self) -> bool:
        question = "A training is running. Stop it, keep its run and quit? It can go on later from where it is."
        return QMessageBox.question(self, "Quit LayerLoom", question) == QMessageBox.StandardButton.Yes
