"""The first samples of data that are numbers, as a table."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QTableWidget, QTableWidgetItem

from engine.data import DataSet

ROWS = 40
COLUMNS = 12  # features shown; the head says how many there are


class ValueTable(QTableWidget):
    """Features and target of the first training samples."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sample_values")
        self.setAccessibleName("First samples")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(28)

    def show_data(self, data: DataSet) -> None:
        """Show the first samples."""
        rows = data.splits["train"][:ROWS]
        features = data.columns.get("features", np.zeros((len(rows), 0), np.float32))
        count = min(COLUMNS, features.shape[1])
        targets = data.facts.targets
        column = data.facts.column("features")
        names = column.fields if column is not None else ()
        heads = [names[place] if place < len(names) else f"feature {place + 1}" for place in range(count)]
        heads += [", ".join(target.fields) or target.name for target in targets]
        self.setRowCount(len(rows))
        self.setColumnCount(len(heads))
        self.setHorizontalHeaderLabels(heads)
        for place, row in enumerate(rows):
            texts = [f"{value:.4g}" for value in features[row][:count]]
            for target in targets:
                number = np.asarray(data.columns[target.name][row]).reshape(-1)
                texts.append(
                    target.classes[int(number[0])] if target.classes else ", ".join(f"{x:.4g}" for x in number[:4])
                )
            for at, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.setItem(place, at, item)
