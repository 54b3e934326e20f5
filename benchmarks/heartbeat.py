"""Whether the window stays alive while it trains: the gaps between two turns of its event loop.

A timer beats every 5 ms in the real main window (`gui.app`), while nothing trains, while a training runs with live plots,
with live activation maps, and with live thumbnails on the canvas. A gap is what a person feels: the time for which the
window answered nothing.

    python benchmarks/heartbeat.py [--seconds 10] [--preset lenet5_relu_max] [--batch-size 16]

Offscreen unless QT_QPA_PLATFORM says otherwise. Runs go to a temporary folder.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from engine.graph.model import SetSection

BEAT_MS = 5  # shorter than a frame, so that a missed frame is seen
SETTLE_S = 1.5  # a change of place builds widgets once; that is not what is measured


class Heart:
    """Beats in the event loop and keeps the gaps between its beats, in milliseconds."""

    def __init__(self) -> None:
        self.gaps: list[float] = []
        self._last = 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)

    def _beat(self) -> None:
        now = time.perf_counter()
        self.gaps.append((now - self._last) * 1000.0)
        self._last = now

    def listen(self, app: QApplication, seconds: float) -> list[float]:
        """The gaps of that many seconds."""
        self.gaps, self._last = [], time.perf_counter()
        self._timer.start()
        run_for(app, seconds)
        self._timer.stop()
        return self.gaps


def run_for(app: QApplication, seconds: float) -> None:
    """Let the event loop run."""
    loop = QEventLoop(app)
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def line(name: str, gaps: list[float], note: str = "") -> str:
    """One row of the table."""
    median, p99, worst = np.percentile(gaps, 50), np.percentile(gaps, 99), max(gaps)
    return f"{name:<38} {median:8.1f} {p99:8.1f} {worst:8.1f}   {note}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10.0, help="seconds for each row")
    parser.add_argument("--preset", default="lenet5_relu_max")
    parser.add_argument(
        "--batch-size", type=int, default=16, help="small batches are fast steps, which is the hard case"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="heartbeat-") as folder:
        os.environ["LAYERLOOM_DATA"] = folder
        measure(options)
    return 0


def measure(options: argparse.Namespace) -> None:
    """Print the table."""
    from engine.project import open_project
    from gui.app import application, build

    app = application()
    project = open_project(f"preset:{options.preset}")
    project.graph.apply(SetSection("training", {"epochs": 100_000, "batch_size": options.batch_size}))
    window = build(project)
    session = window.session
    steps = [0]

    def count(messages: list[object]) -> None:
        steps[0] += sum(len(message.loss) for message in messages if hasattr(message, "loss"))

    session.messages.connect(count)
    window.resize(1440, 900)
    window.show()
    window.show_place("train")
    run_for(app, 6.0)  # torch is imported and the data are read meanwhile
    heart = Heart()
    print(f"Gaps of the event loop in ms, {options.preset}, batch {options.batch_size}, {app.platformName()}")
    print(f"{'':<38} {'median':>8} {'p99':>8} {'max':>8}")
    print(line("no training, Train place", heart.listen(app, options.seconds)), flush=True)
    begun = time.perf_counter()
    session.play()
    starting = Heart().listen(app, 6.0)
    print(line("the first 6 s of a training", starting, "imports, warm-up"), flush=True)
    for place, name in (("train", "live plots"), ("inspect", "live activation maps"), ("design", "the canvas")):
        window.show_place(place)
        run_for(app, SETTLE_S)
        before = steps[0]
        gaps = heart.listen(app, options.seconds)
        print(line(f"training, {name}", gaps, f"{(steps[0] - before) / options.seconds:.0f} steps/s"), flush=True)
    print(f"{steps[0]:,} steps in {time.perf_counter() - begun:.0f} s; state {session.state}")
    session.close()


if __name__ == "__main__":
    raise SystemExit(main())
