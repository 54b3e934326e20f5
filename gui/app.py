"""Builds the window from its parts and wires them: the only file that knows two panels. Not for: what any of them does."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox

from engine.data.kinds import FILES
from engine.project import Project, open_project
from gui import preferences, theme
from gui.actions import Action
from gui.design import DesignPlace
from gui.dialogs.diff import DiffDialog
from gui.dialogs.export import ExportDialog
from gui.dialogs.figure import FigureDialog
from gui.dialogs.first_values import FirstValuesDialog
from gui.dialogs.trust import TrustDialog, TrustedDialog
from gui.dialogs.weights import WeightsDialog
from gui.dialogs.weights_face import SUFFIXES
from gui.document import Document
from gui.faults import Faults
from gui.garbage import collect_here
from gui.health import HealthSigns
from gui.inspector.place import InspectPlace
from gui.session import Session
from gui.thumbnails import Thumbnails
from gui.training.place import TrainPlace
from gui.training.status import RunStatus
from gui.training.transport import TransportBar
from gui.trying import Trying
from gui.window import Parts, Window

from gui.data.place import DataPlace  # isort: skip

PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".gif", ".tif", ".tiff")  # what the try-it pad takes when dropped
SIZE = (1440, 900)  # pixels, where the person has not chosen another


def application() -> QApplication:
    """The one QApplication, with name and theme set."""
    # WORKAROUND opencv-python (5.0) sets these for a Qt of its own, which ours must not load plug-ins from.
    for name in ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR"):
        if "cv2" in os.environ.get(name, ""):
            del os.environ[name]
    os.environ.setdefault("QT_API", "pyside6")
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication([sys.argv[0]])
    app.setApplicationName("LayerLoom")
    app.setApplicationDisplayName("")
    app.setDesktopFileName("layerloom")
    collect_here(app, sets_aside=True)
    choice = preferences.theme_choice()
    theme.apply(app, theme.system_theme(app) if choice == "system" else "dark" if choice == "dark" else "light")
    return app


def build(project: Project) -> Window:
    """A window on a project, with all its places wired; not shown yet."""
    document = Document(project)
    session = Session(document)
    design = DesignPlace(document)
    data = DataPlace(document, session)
    train = TrainPlace(document, session)
    inspect = InspectPlace(document, session)
    transport = TransportBar(session)
    window: list[Window] = []

    def export() -> None:
        ExportDialog(document, session, window[0]).exec()

    def drop(path: Path) -> bool:
        return _dropped(path, window[0], data, inspect)

    parts = Parts(
        places={"design": design, "data": data, "train": train, "inspect": inspect},
        transport=transport,
        run_status=RunStatus(session),
        actions=(*design.actions_table(), *_of_the_drawing(document, session, window)),
        export=export,
        drop=drop,
    )
    made = Window(document, session, parts)
    window.append(made)

    thumbnails = Thumbnails(document, session, design.set_thumbnail, design.canvas.readable)
    design.canvas.seen_changed.connect(thumbnails.look_again)
    inspect.maps.samples.picked.connect(thumbnails.pin)
    made.place_shown.connect(lambda place: thumbnails.set_active(place == "design"))
    thumbnails.set_active(True)

    health = HealthSigns(document, session, design.canvas.canvas.set_health)
    design.properties.follow_learning(health.told)
    health.changed.connect(design.properties.refresh_learning)

    def go_to_block(block: str) -> None:
        made.show_place("design")
        document.select([block])
        design.reveal(block)

    Trying(document)
    document.trust_wanted.connect(lambda code: _open(TrustDialog(code, made)))
    document.mine.read()
    train.goto.connect(go_to_block)
    train.problems_wanted.connect(lambda: made.show_place("design"))
    train.data_wanted.connect(lambda: made.show_place("data"))
    train.comparing.connect(lambda paths: _open(DiffDialog(document, made, runs=[Path(path) for path in paths])))
    made.filing.comparing.connect(lambda reference: _open(DiffDialog(document, made, beside=reference)))
    _wire_problems(design, session, made)
    session.refused.connect(train.explain)
    return made


def _dropped(path: Path, window: Window, data: DataPlace, inspect: InspectPlace) -> bool:
    """Take a dropped file or folder that is no project; False where nothing here has a use for it."""
    if path.is_dir() or path.suffix.lower() in FILES:
        window.show_place("data")
        return bool(data.take(path))
    if path.suffix.lower() in SUFFIXES:
        import_weights(window.document, window.session, window, path)
        return True
    if path.suffix.lower() not in PICTURES:
        return False
    window.show_place("inspect")
    inspect.show_tab("try")
    inspect.tryit.load(path)
    return True


def _wire_problems(design: DesignPlace, session: Session, window: Window) -> None:
    """Have the list of problems tell that there are no data, and lead to them."""
    design.problems.data_wanted.connect(lambda: window.show_place("data"))
    session.data_failed.connect(design.problems.show_lacking)
    session.dataset_ready.connect(lambda _data: design.problems.show_lacking(""))


def _of_the_drawing(document: Document, session: Session, window: Sequence[Window]) -> tuple[Action, ...]:
    """Entries of the menus that take the drawing away as a figure, compare it, and let it begin with weights from elsewhere."""

    def figure() -> None:
        _open(FigureDialog(document, window[0]))

    def compare() -> None:
        _open(DiffDialog(document, window[0]))

    def weights() -> None:
        import_weights(document, session, window[0])

    def first_values() -> None:
        dialog = FirstValuesDialog(document, session, window[0])
        dialog.said.connect(window[0].say)
        _open(dialog)

    return (
        Action(
            "train.lsuv",
            "Initialise with data (LSUV)…",
            first_values,
            "",
            "scale-balance",
            lambda: session.state == "idle" and session.dataset is not None,
            rule=True,
        ),
        Action(
            "file.weights",
            "Import weights…",
            weights,
            "Ctrl+Shift+I",
            "file-import-outline",
            lambda: session.state == "idle",
        ),
        Action("file.figure", "Export figure…", figure, "Ctrl+Shift+E", "image-outline"),
        Action(
            "edit.trusted",
            "Trusted code…",
            lambda: _open(TrustedDialog(window[0])),
            "",
            "shield-check-outline",
            rule=True,
        ),
        Action("view.compare", "Compare with…", compare, "", "compare-horizontal", rule=True),
    )


def import_weights(document: Document, session: Session, window: Window, path: Path | None = None) -> None:
    """Open the dialog for weights from elsewhere, on a file that was dropped where one was."""
    dialog = WeightsDialog(document, session, window)
    dialog.said.connect(window.say)
    _open(dialog)
    if path is not None:
        dialog.read(path)


def _open(dialog: QDialog) -> None:
    """Show a dialog over the window; it is gone when it is closed."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


def run(reference: str) -> int:
    """Open the window on "preset:NAME" or a file, until it is closed; gives the exit code."""
    logging.basicConfig(level=logging.WARNING)
    app = application()
    faults = Faults()
    restore = faults.install()
    window = build(open_project(reference))
    if not reference.startswith("preset:"):
        preferences.remember_file(Path(reference))
    faults.reported.connect(lambda text: QMessageBox.warning(window, "An unforeseen error", text))
    geometry = preferences.layout("window")
    if geometry is None or not window.restoreGeometry(geometry):
        available = app.primaryScreen().availableSize()
        window.resize(min(SIZE[0], available.width()), min(SIZE[1], available.height()))
        if available.width() < SIZE[0] or available.height() < SIZE[1]:  # no room for the frame around it
            window.setWindowState(Qt.WindowState.WindowMaximized)
    docks = preferences.layout("design")
    design = window.parts.places["design"]
    if docks is not None and isinstance(design, DesignPlace):
        design.restore(docks)
    hints = app.styleHints()
    hints.colorSchemeChanged.connect(
        lambda _scheme: window.set_theme("system") if preferences.theme_choice() == "system" else None
    )
    # Ctrl-C in the terminal closes the window as its own button does; Python sees the signal at the next frame.
    signal.signal(signal.SIGINT, lambda _number, _frame: window.close())
    window.show()
    QTimer.singleShot(0, window.filing.offer_recovery)
    try:
        return app.exec()
    finally:
        window.session.close()
        restore()
