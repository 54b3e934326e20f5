"""Pictures of every place in both themes, made by driving the real window; `make screenshots` writes them to docs/images.

    python tools/screenshots.py [--out FOLDER] [--sizes 1280x800,2560x1440] [--docs] [--only drawing|training]

With --docs the files get the names that README and guide show (one size, canvas-light.png ...); without it every place is
taken at every size. It trains LeNet-5 on the digits for a few epochs, so it takes about a minute.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
_HOME = tempfile.mkdtemp(prefix="layerloom-screenshots-")
for _name in ("LAYERLOOM_DATA", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
    os.environ[_name] = _HOME

from PySide6.QtCore import QEventLoop, QPointF, QTimer  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from engine.graph.model import Configure, SetSection  # noqa: E402
from engine.project import open_project  # noqa: E402
from gui import theme  # noqa: E402
from gui.app import application, build  # noqa: E402
from gui.dialogs.export import ExportDialog  # noqa: E402
from gui.dialogs.gallery import Gallery  # noqa: E402
from gui.filing import Filing  # noqa: E402
from gui.window import Window  # noqa: E402
from tools import drawing_pictures  # noqa: E402

PATIENCE_S = 240  # for a training on a busy machine
LONG = 40  # epochs; it is still running when the pictures of a training are taken


def wait(ms: int) -> None:
    """Let the window live for so long."""
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


def until(true: Callable[[], bool]) -> None:
    """Let the window live until something is so.

    Raises:
        TimeoutError: It did not come about.
    """
    end = time.monotonic() + PATIENCE_S
    while not true():
        if time.monotonic() > end:
            raise TimeoutError("the window did not come to the state that is wanted")
        wait(50)


class Camera:
    """Takes a widget in both themes and several sizes."""

    def __init__(self, app: QApplication, out: Path, sizes: list[tuple[int, int]], *, docs: bool) -> None:
        self.app, self.out, self.sizes, self.docs = app, out, sizes, docs
        out.mkdir(parents=True, exist_ok=True)

    def take(self, widget: object, name: str, *, resize: bool = True, settle: int = 400) -> None:
        """Write NAME-THEME[-WIDTH].png."""
        for themed in ("light", "dark"):
            theme.apply(self.app, themed)
            for width, height in self.sizes if resize else self.sizes[:1]:
                if resize:
                    widget.resize(width, height)  # type: ignore[attr-defined]
                wait(settle)
                suffix = "" if self.docs or not resize else f"-{width}"
                path = self.out / f"{name}-{themed}{suffix}.png"
                widget.grab().save(str(path))  # type: ignore[attr-defined]
                print(path)


def tour(window: Window, camera: Camera) -> None:
    """Every place, before, while and after a training."""
    document, session = window.document, window.session
    until(lambda: session.dataset is not None and session.looking_at is not None)
    design = window.parts.places["design"]
    design.canvas.fit()  # type: ignore[attr-defined]
    document.select([document.graph.named("conv1").id])
    camera.take(window, "canvas")
    document.do(Configure(document.graph.named("conv2").id, {"kernel_size": 31}), "Break it")
    document.select([document.graph.named("conv2").id])
    camera.take(window, "problem")
    document.stack.undo()
    window.show_place("data")
    camera.take(window, "data")
    window.show_place("train")
    camera.take(window, "train-empty")
    for epochs in (4, LONG):
        document.do(
            SetSection("training", {"epochs": epochs, "learning_rate": 0.002 if epochs == 4 else 0.004}), "Settings"
        )
        session.play()
        until(lambda: session.state == "running")
        if epochs == LONG:
            wait(3000)
            session.pause()
            until(lambda: session.state == "paused")
            camera.take(window, "train")
            window.show_place("design")
            camera.take(window, "canvas-training")
            window.show_place("train")
            session.resume()
        until(lambda: session.state == "idle")
    wait(800)
    camera.take(window, "train-done")
    inspect = window.parts.places["inspect"]
    window.show_place("inspect")
    for tab, name in (("maps", "inspect"), ("confusion", "confusion"), ("try", "tryit")):
        inspect.show_tab(tab)  # type: ignore[attr-defined]
        if tab == "try":
            draw_a_two(inspect)
        wait(2500)
        camera.take(window, name)


def draw_a_two(inspect: object) -> None:
    """Draw a digit with the mouse, as a person would."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    pad = inspect.tryit.pad  # type: ignore[attr-defined]
    w, h = pad.width(), pad.height()
    places = [(0.32, 0.34), (0.4, 0.24), (0.52, 0.22), (0.62, 0.3), (0.62, 0.42), (0.52, 0.56), (0.4, 0.68), (0.33, 0.76),
              (0.45, 0.76), (0.56, 0.76), (0.68, 0.76)]  # fmt: skip
    points = [QPointF(x * w, y * h).toPoint() for x, y in places]
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=points[0])
    for point in points[1:]:
        QTest.mouseMove(pad, point)
        wait(20)
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=points[-1])


def main() -> int:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    parser.add_argument("--sizes", default="1440x900")
    parser.add_argument("--docs", action="store_true", default=None)
    parser.add_argument("--only", choices=("drawing", "training"), help="half of the pictures")
    arguments = parser.parse_args()
    sizes = [tuple(int(side) for side in size.split("x")) for size in arguments.sizes.split(",")]
    docs = arguments.docs if arguments.docs is not None else len(sizes) == 1
    app = application()
    Filing.may_replace = Filing.may_leave = lambda _filing: True  # type: ignore[method-assign,assignment]  # nobody is there to be asked
    camera = Camera(app, arguments.out, sizes, docs=docs)  # type: ignore[arg-type]
    if arguments.only != "training":
        drawing_pictures.take_all(camera, wait, lambda window: until(lambda: window.session.dataset is not None))
    if arguments.only != "drawing":
        places(camera)
    return 0


def places(camera: Camera) -> None:
    """The four places and the dialogs, with a training."""
    window = build(open_project("preset:lenet5_relu_max"))
    window.resize(*camera.sizes[0])
    window.show()
    try:
        tour(window, camera)
        export = ExportDialog(window.document, window.session, window)
        export.show()
        camera.take(export, "export", resize=False, settle=1500)
        export.close()
        visit(window, camera)
    finally:
        window.session.close()


def visit(window: Window, camera: Camera) -> None:
    """The gallery: a hall, and one picture from near by."""
    gallery = Gallery(window)
    gallery.show()
    until(lambda: gallery.hanging.idle)
    gallery.halls.wanted.emit("Shortcuts")
    gallery.wall.choose("resnet50")
    for themed in ("light", "dark"):  # the pictures of both themes are there before one is taken
        theme.apply(camera.app, themed)
        wait(200)
        until(lambda: gallery.hanging.idle)
    camera.take(gallery, "gallery", resize=False, settle=1500)
    gallery.enlarge(on=True)
    if gallery.plate.views is not None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        QTest.keyClick(gallery.plate.views, Qt.Key.Key_Right)
    camera.take(gallery, "gallery-inside", resize=False, settle=2500)
    gallery.close()


if __name__ == "__main__":
    sys.exit(main())
