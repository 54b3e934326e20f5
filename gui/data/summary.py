"""What is to be known of the data in numbers, and what there is to say about them in words."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QToolButton, QVBoxLayout, QWidget

from engine.data import DataSet
from engine.graph.facts import Column
from gui import theme
from gui.widgets import Card, Section

SHOWN = 2000  # unreadable files listed at most; more would only be scrolled past


def facts_of(data: DataSet, normalise: str) -> tuple[tuple[str, str, str, str], ...]:
    """(key, name, value, note) of each figure of the head."""
    facts = data.facts
    sizes = {part: len(rows) for part, rows in data.splits.items()}
    split = f"{sizes.get('train', 0):,} · {sizes.get('val', 0):,} · {sizes.get('test', 0):,}"
    size = ("size", "Size", *_size(facts.input))
    classes = ("classes", "Classes", f"{len(data.classes):,}" if data.classes else "–", _balance(data))
    return (
        ("samples", "Samples", f"{facts.samples:,}", facts.name),
        size,
        classes,
        ("split", "Training · validation · test", split, "samples of each part"),
        ("scaling", "Mean · deviation", *_scaling(data, normalise)),
    )


def _size(column: Column | None) -> tuple[str, str]:
    """The size of an input, and what it counts."""
    match column:
        case Column(kind="image", dims=(channels, height, width)):
            kind = {1: "1 channel, grey", 3: "3 channels, RGB"}.get(channels, f"{channels} channels")
            return f"{height} × {width}", kind
        case Column(kind="tokens", dims=(steps,)):
            return f"{steps:,}", f"tokens, of {len(column.classes):,} in the vocabulary"
        case Column(kind="number", dims=(steps, width)):
            return f"{steps:,} × {width:,}", "steps × numbers"
        case Column(kind="number", dims=(count,)):
            return f"{count:,}", "features"
        case _:
            return "–", ""


def _balance(data: DataSet) -> str:
    more = len(data.facts.targets) - 1
    said = _balance_of(data)
    return f"{said}; {more} more to predict" if more > 0 else said


def _balance_of(data: DataSet) -> str:
    target = data.facts.target
    if target is None or not data.classes:
        return "no labels: numbers are predicted" if target is None or target.kind == "number" else ""
    if target.kind in ("mask", "tags"):
        return "of every pixel" if target.kind == "mask" else "of every step"
    if target.classes == (data.facts.input.classes if data.facts.input is not None else ()):
        return "the next token"
    counts = data.class_counts()
    totals = np.sum(list(counts.values()), axis=0)
    least, most = int(totals.min()), int(totals.max())
    return f"{most:,} samples each" if least == most else f"{least:,} to {most:,} samples each"


def _scaling(data: DataSet, normalise: str) -> tuple[str, str]:
    if data.facts.input is not None and data.facts.input.kind == "tokens":
        return "–", "tokens are not scaled"
    if normalise == "none":
        return "as they are", "numbers are not scaled"
    if normalise == "unit":
        return "0 to 1", "scaled by the largest value"
    mean, std = data.normalisation.mean, data.normalisation.std
    value = f"{mean[0]:.4g} · {std[0]:.4g}"
    if len(mean) == 1:
        return value, "of the training part, brought to 0 · 1"
    return value, f"first of {len(mean)}, each brought to 0 · 1"


class FactsStrip(Card):
    """The figures in a row."""

    def __init__(self) -> None:
        super().__init__(margin=0)
        self.setObjectName("facts_strip")
        self.figures: dict[str, tuple[QLabel, QLabel, QLabel]] = {}
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE * 2)
        for key in ("samples", "size", "classes", "split", "scaling"):
            labels = (QLabel(), QLabel("–"), QLabel())
            labels[1].setObjectName(f"fact_{key}")
            column = QVBoxLayout()
            column.setSpacing(1)
            for label in labels:
                column.addWidget(label)
            row.addLayout(column, 3 if key in ("split", "scaling") else 2)
            self.figures[key] = labels
        self.box.setContentsMargins(16, 12, 16, 12)
        self.box.addLayout(row)
        theme.notifier().changed.connect(self._restyle)
        self._restyle()

    def tell(self, data: DataSet, normalise: str) -> None:
        """Show a data set's figures."""
        for key, name, value, note in facts_of(data, normalise):
            for label, text in zip(self.figures[key], (name, value, note), strict=True):
                label.setText(text)
            self.figures[key][1].setAccessibleName(f"{name}: {value}")

    def _restyle(self, *_: object) -> None:
        for name, value, note in self.figures.values():
            name.setFont(theme.font(12, 400))
            value.setFont(theme.font(18, 600))
            note.setFont(theme.font(11, 400))
            for quiet in (name, note):
                quiet.setProperty("hint", True)


class Notes(Card):
    """Sentences about the data, and behind a fold the files that could not be read."""

    def __init__(self) -> None:
        super().__init__(margin=0)
        self.setObjectName("data_notes")
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setObjectName("data_notes_text")
        self.fold = QToolButton()
        self.fold.setObjectName("unreadable_fold")
        self.fold.setCheckable(True)
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.files = QPlainTextEdit()
        self.files.setObjectName("unreadable_files")
        self.files.setAccessibleName("Files that could not be read")
        self.files.setReadOnly(True)
        self.files.setFixedHeight(120)
        self.box.setContentsMargins(16, 10, 16, 12)
        self.box.setSpacing(6)
        for widget in (Section("Notes"), self.text, self.fold, self.files):
            self.box.addWidget(widget)
        self.fold.toggled.connect(self._folded)
        self._folded(False)

    def tell(self, notes: tuple[str, ...], unreadable: tuple[str, ...]) -> None:
        """Show them; the card takes no room where there are none."""
        self.text.setText("\n".join(f"•  {note}" for note in notes))
        self.text.setVisible(bool(notes))
        count = len(unreadable)
        self.fold.setText(f"{count:,} file{'s' if count != 1 else ''} could not be read")
        self.fold.setVisible(bool(unreadable))
        more = [f"… and {count - SHOWN:,} more"] if count > SHOWN else []
        self.files.setPlainText("\n".join([*unreadable[:SHOWN], *more]))
        self.fold.setChecked(False)
        self.setVisible(bool(notes or unreadable))

    def _folded(self, open_: bool) -> None:
        self.files.setVisible(open_)
        self.fold.setArrowType(Qt.ArrowType.DownArrow if open_ else Qt.ArrowType.RightArrow)


def holder(*widgets: QWidget, margin: int = 0, spacing: int = theme.SPACE) -> QWidget:
    """Widgets one under the other."""
    out = QWidget()
    column = QVBoxLayout(out)
    column.setContentsMargins(margin, margin, margin, margin)
    column.setSpacing(spacing)
    for widget in widgets:
        column.addWidget(widget)
    return out
