"""Sequences of tokens as they read, with what is to be predicted of them beside them."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from engine.data import DataSet
from engine.data.tokens import PAD, joined
from engine.graph.facts import Column
from gui import theme

_SHOWN = 40
_LINE = "⏎"  # stands for the end of a line
_NOTHING = "·"  # a step that is not counted


class TextTable(QTableWidget):
    """Text and answer, a row a sample. Characters stand in a font of one width, so that steps lie under each other."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sample_texts")
        self.setAccessibleName("Samples of text")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setWordWrap(True)
        self.verticalHeader().hide()
        self.setStyleSheet("QTableWidget::item { padding: 3px 8px; }")

    def show_data(self, data: DataSet, seed: int) -> None:
        """Show samples of the training part, others for another seed."""
        train = data.splits["train"]
        rows = np.sort(np.random.default_rng(seed).choice(train, min(len(train), _SHOWN), replace=False))
        column, target = data.facts.input, data.facts.target
        if column is None:
            return
        shifted = _shifted(data)
        characters = all(len(token) == 1 for token in column.classes[2:])
        heads = ["Text", _head(target, column, data)] if target is not None else ["Text"]
        self.clear()
        self.setRowCount(len(rows))
        self.setColumnCount(len(heads))
        self.setHorizontalHeaderLabels(heads)
        font = theme.mono(12) if characters else theme.font(13, 400)
        for place, row in enumerate(rows):
            texts = [_shown(data.columns[column.name][row], column)]
            if target is not None:
                texts.append(
                    _answer(
                        data.columns[target.name][row], target, column, data.columns[column.name][row], shifted=shifted
                    )
                )
            for at, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setFont(font)
                item.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
                self.setItem(place, at, item)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        wide = target is not None and target.kind == "tags" and not shifted
        for at in range(len(heads)):
            stretch = at == 0 or wide
            mode = QHeaderView.ResizeMode.Stretch if stretch else QHeaderView.ResizeMode.ResizeToContents
            header.setSectionResizeMode(at, mode)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)


def _head(target: Column, column: Column, data: DataSet) -> str:
    if target.classes == column.classes:
        return "To be said" if target.kind == "tags" and not _shifted(data) else "Next"
    return "Tags" if target.kind == "tags" else target.name.capitalize()


def _shifted(data: DataSet) -> bool:
    """Whether the tags are the tokens one step later, so that only the last of them is news."""
    column, target = data.facts.input, data.facts.target
    if column is None or target is None or target.kind != "tags" or target.classes != column.classes:
        return False
    if target.dims != column.dims:
        return False  # another sequence, of its own length
    rows = data.splits["train"][:_SHOWN]
    return bool((data.columns[target.name][rows, :-1] == data.columns[column.name][rows, 1:]).all())


def _shown(indices: np.ndarray, column: Column) -> str:
    return joined(indices, column.classes).replace("\n", _LINE)


def _answer(
    value: np.ndarray, target: Column, column: Column, tokens: np.ndarray, *, shifted: bool
) -> str:  # fmt: skip
    """A label's name; a tag for every step that is counted."""
    if target.kind == "label":
        return (
            target.classes[int(value)]
            .replace("\n", _LINE)
            .replace(" ", "␣" if target.classes == column.classes else " ")
        )
    if target.kind == "tags" and shifted:
        return target.classes[int(value[-1])].replace("\n", _LINE).replace(" ", "␣")
    if target.kind != "tags":
        return ", ".join(f"{number:.4g}" for number in np.ravel(value)[:4])
    if target.classes == column.classes:
        names = [_NOTHING if index == target.pad else target.classes[int(index)] for index in value]
        apart = any(len(name) > 1 for name in target.classes[2:])
        return (" " if apart else "").join(names).replace("\n", _LINE)
    return " ".join(
        target.classes[int(tag)] if int(tag) != target.pad else _NOTHING
        for token, tag in zip(tokens, value, strict=True)
        if int(token) != PAD
    )
