"""What hangs in the gallery: each preset with what is known of it, read from its file and remembered on disk.

Made for another thread than the window's: reading and checking all presets takes seconds the first time. What a check found and
the small picture are kept in the user's folder, by the digest of the file and of the program's own code that they come from.
Not for: how it is shown (`gui.dialogs.gallery_wall`), nor for ordering it (`gui.dialogs.gallery_order`).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

import engine
import presets
from engine.data.choice import DataChoice
from engine.declare import from_json, settings_of
from engine.errors import EngineError
from engine.files import write_atomic
from engine.folders import user_folder
from engine.graph.check import Report, check
from engine.graph.model import Graph
from engine.project import read
from engine.training.settings import TrainingSettings
from gui import theme
from gui.dialogs.gallery_picture import as_png, miniature

STRETCH_S = 0.06  # how long one job of looking goes on before it hands over what it has
# The code that counts and paints: when a file of it changes, what was remembered is made anew.
_SOURCES = ("engine/blocks/*.py", "engine/graph/*.py", "gui/figure/*.py", "gui/dialogs/gallery_[ps]*.py")


@dataclass(frozen=True)
class Figures:
    """What a check of a network tells.

    Attributes:
        parameters, macs: Of the whole network, multiply-adds for one sample.
        blocks: On its drawing; those inside composites are not counted.
        composites: Names of the blocks that it is made of.
        entry, exit: Shapes of what goes in and what comes out, without the batch.
    """

    parameters: int
    macs: int
    blocks: int
    composites: tuple[str, ...]
    entry: str
    exit: str


@dataclass(frozen=True)
class Exhibit:
    """A preset as its file tells of it.

    Attributes:
        name: The preset's.
        hall: Where it hangs.
        title, year, paper, text: Who made it, when, and what to look at; the year is 0 where there is none.
        recipe: How it is trained, in a line.
        digest: Of the file and the program.
    """

    name: str
    hall: str
    title: str
    year: int
    paper: str
    text: str
    recipe: str
    digest: str


@dataclass(frozen=True)
class Seen:
    """What looking at an exhibit gave: its figures, its small picture, and that at half its size, quickly scaled to a frame."""

    name: str
    figures: Figures
    picture: QImage
    half: QImage


def shelf() -> list[Exhibit]:
    """All presets in the order of the halls; a file that cannot be read is left out."""
    found = []
    for name in presets.names():
        with contextlib.suppress(OSError, ValueError, EngineError):
            found.append(_exhibit(name, presets.path(name).read_bytes()))
    return found


def _exhibit(name: str, content: bytes) -> Exhibit:
    """What the file says, without understanding the drawing."""
    held = json.loads(content)
    about: dict[str, Any] = held.get("about", {})
    training: TrainingSettings = from_json(TrainingSettings, held.get("training", {}))
    data: DataChoice = from_json(DataChoice, held.get("data", {}))
    return Exhibit(
        name,
        presets.hall_of(name),
        str(about.get("title") or name),
        int(about.get("year") or 0),
        str(about.get("paper", "")),
        str(about.get("text", "")),
        recipe(training, data),
        hashlib.sha256(content + program()).hexdigest()[:24],
    )


@cache
def program() -> bytes:
    """A sign of the program's code that counts and paints."""
    root = Path(engine.__file__).parent.parent
    files = [file for pattern in _SOURCES for file in sorted(root.glob(pattern))]
    marks = [f"{file.name} {info.st_size} {info.st_mtime_ns}" for file in files for info in (file.stat(),)]
    return hashlib.sha256("\n".join(marks).encode()).digest()


# --- the recipe


def recipe(training: TrainingSettings, data: DataChoice) -> str:
    """How a network is trained, in a line: "SGD, rate 0.1 in steps, batch 256, 90 epochs · Folder of pictures"."""
    how = {"constant": "", "step": " in steps", "cosine": " along a cosine", "one_cycle": " in one cycle"}
    rate = f"rate {_plain(training.learning_rate)}{how.get(training.schedule, '')}"
    parts = [_label(training, "optimizer"), rate]
    if training.optimizer == "sgd" and training.momentum:
        parts.append(f"momentum {_plain(training.momentum)}")
    if training.weight_decay:
        parts.append(f"weight decay {_plain(training.weight_decay)}")
    epochs = "1 epoch" if training.epochs == 1 else f"{training.epochs:,} epochs"
    return ", ".join([*parts, f"batch {training.batch_size:,}", epochs]) + f" · {_label(data, 'name')}"


def _label(value: Any, setting: str) -> str:
    """What a form shows for a choice."""
    declared, word = settings_of(value)[setting], getattr(value, setting)
    return str(dict(zip(declared.options, declared.labels, strict=False)).get(word, word))  # type: ignore[attr-defined]


def _plain(number: float) -> str:
    """A number without an exponent: 0.00004."""
    return f"{number:.8f}".rstrip("0").rstrip(".")


# --- looking


def opened(name: str) -> tuple[Graph, Report]:
    """A preset's drawing with its check.

    Raises:
        StoreError: It is no project.
    """
    graph = read(presets.read(name), f"preset:{name}")
    return graph, check(graph)


def figures_of(graph: Graph, report: Report) -> Figures:
    """What is told of a network."""
    entries = [node.id for node in graph if node.spec.role == "input"]
    exits = [node.id for node in graph if node.spec.role == "output"]
    return Figures(
        report.parameters,
        report.macs,
        len(graph),
        tuple(composite.name for composite in graph.composites.values()),
        _shapes(report, entries),
        _shapes(report, exits),
    )


def _shapes(report: Report, blocks: Sequence[str]) -> str:
    found = [report.blocks[id_].output for id_ in blocks if id_ in report.blocks]
    return ", ".join("×".join(map(str, shape.dims)) or "1" for shape in found if shape is not None)


def look(
    exhibits: Sequence[Exhibit], themed: theme.ThemeName, stretch: float = STRETCH_S
) -> tuple[list[Seen], list[str]]:
    """Figures and small pictures of the first of these, for as long as `stretch` says, but of one at least; and the names of
    those that are no project."""
    end = time.monotonic() + stretch
    out: list[Seen] = []
    broken = []
    for exhibit in exhibits:
        try:
            out.append(_remembered(exhibit, themed) or _made(exhibit, themed))
        except EngineError:
            broken.append(exhibit.name)
        if time.monotonic() > end:
            break
    return out, broken


def _files(exhibit: Exhibit, themed: str) -> tuple[Path, Path]:
    folder = user_folder() / "gallery"
    return folder / f"{exhibit.digest}.json", folder / f"{exhibit.digest}-{themed}.png"


def _remembered(exhibit: Exhibit, themed: str) -> Seen | None:
    """What was found the last time, if all of it is there."""
    counts, drawn = _files(exhibit, themed)
    try:
        held = json.loads(counts.read_text(encoding="utf-8"))
        figures = Figures(**{**held, "composites": tuple(held["composites"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None
    picture = QImage(str(drawn))
    return None if picture.isNull() else Seen(exhibit.name, figures, picture, _half(picture))


def _made(exhibit: Exhibit, themed: theme.ThemeName) -> Seen:
    """Open, check and paint it, and remember that; a full or locked disk only means that it is made again next time."""
    graph, report = opened(exhibit.name)
    figures, picture = figures_of(graph, report), miniature(graph, report, themed)
    counts, drawn = _files(exhibit, themed)
    with contextlib.suppress(OSError, EngineError):
        write_atomic(drawn, as_png(picture))
        write_atomic(counts, json.dumps(asdict(figures)))
    return Seen(exhibit.name, figures, picture, _half(picture))


def _half(picture: QImage) -> QImage:
    return picture.scaled(picture.size() / 2, mode=Qt.TransformationMode.SmoothTransformation)


def tidy(exhibits: Iterable[Exhibit]) -> None:
    """Drop what is remembered of files and programs that are no more."""
    folder, current = user_folder() / "gallery", {exhibit.digest for exhibit in exhibits}
    if folder.is_dir():
        for file in folder.iterdir():
            if file.stem.partition("-")[0] not in current:
                with contextlib.suppress(OSError):
                    file.unlink()
