"""The analyser's rows for Qt: what a cell says, what it sorts by, what is copied.

Not for: widgets (`gui.analyser.panel`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QColor, QPainter, QPixmap

from engine.graph.analyse import Row, percent, size, totals
from gui import theme

AnyIndex = QModelIndex | QPersistentModelIndex
SORT = Qt.ItemDataRole.UserRole + 1
HEADS = (
    "#",
    "Block",
    "Kind",
    "Input",
    "Output",
    "Parameters",
    "%",
    "Multiply-adds",
    "%",
    "Activations",
    "Receptive field",
)
TIPS = (
    "Place in the network; a click on this title brings its order back",
    "Name, with those of the composites around it",
    "What kind of block it is",
    "Shapes that arrive; N is the batch",
    "Shape that it gives; N is the batch",
    "Learned numbers",
    "Share of the network's learned numbers",
    "Multiply-adds for one sample",
    "Share of the network's multiply-adds",
    "Memory of what it gives, for one sample",
    "Pixels of the picture that one number sees, height × width",
)  # fmt: skip
NUMBERS = frozenset({0, 5, 6, 7, 8, 9})  # columns that end flush
PARAMETERS, MACS, MEMORY = 5, 7, 9
CHIP = 10  # pixels of the family's colour before a kind


def cells(place: int, row: Row) -> tuple[str, ...]:
    """What the columns say."""
    return (
        str(place + 1),
        "    " * row.depth + row.name,
        row.kind,
        row.arrives,
        row.leaves,
        f"{row.parameters:,}" if row.parameters else "–",
        percent(row.parameter_share) if row.parameters else "–",
        f"{row.macs:,}" if row.macs else "–",
        percent(row.mac_share) if row.macs else "–",
        size(row.activation_bytes) if row.activation_bytes else "–",
        row.field.text if row.field is not None else "–",
    )


def plain(row: Row) -> tuple[str, ...]:
    """What is copied: numbers as a spreadsheet reads them, without the place."""
    return (
        row.name, row.title, row.arrives, row.leaves, str(row.parameters), f"{row.parameter_share:.6f}", str(row.macs),
        f"{row.mac_share:.6f}", str(row.activation_bytes), row.field.text if row.field is not None else "",
    )  # fmt: skip


PLAIN_HEADS = ("Block", "Kind", "Input", "Output", "Parameters", "Share of parameters", "Multiply-adds",
               "Share of multiply-adds", "Activation bytes", "Receptive field")  # fmt: skip


def sort_keys(place: int, row: Row) -> tuple[Any, ...]:
    """What the columns sort by: shapes by how many numbers they have, fields by their pixels."""
    arrives = sum(shape.size for shape in row.inputs if shape is not None)
    leaves = row.output.size if row.output is not None else -1
    field = row.field.pixels if row.field is not None else -1
    return (
        place, row.name.casefold(), row.title.casefold(), arrives, leaves, row.parameters, row.parameters, row.macs, row.macs,
        row.activation_bytes, field,
    )  # fmt: skip


class LayersModel(QAbstractTableModel):
    """Rows of the network.

    Attributes:
        rows: As `engine.graph.analyse` gave them.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Row, ...] = ()
        self.texts: list[tuple[str, ...]] = []
        self._chips: dict[str, QPixmap] = {}

    def set_rows(self, rows: Sequence[Row]) -> bool:
        """Show these rows; selection and place stay where the blocks are the same. True where they are others."""
        rows = tuple(rows)
        if rows == self.rows:
            return False
        same = [(row.path, row.repetition, row.block) for row in rows] == [
            (row.path, row.repetition, row.block) for row in self.rows
        ]
        if not same:
            self.beginResetModel()
        self.rows = rows
        self.texts = [cells(place, row) for place, row in enumerate(rows)]
        if not same:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(HEADS) - 1))
        return True

    def restyle(self) -> None:
        """Colours have changed."""
        self._chips.clear()
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(HEADS) - 1))

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  Qt's signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  Qt's signature
        return 0 if parent.isValid() else len(HEADS)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell."""
        place, column = index.row(), index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.texts[place][column]
            case Qt.ItemDataRole.TextAlignmentRole:
                return _side(column)
            case Qt.ItemDataRole.DecorationRole if column == 2:
                return self._chip(self.rows[place].family)
            case Qt.ItemDataRole.ToolTipRole if column == len(HEADS) - 1:
                field = self.rows[place].field
                return field.sentence if field is not None else "No picture leads here"
            case Qt.ItemDataRole.ToolTipRole:
                return self.texts[place][column].strip()
            case Qt.ItemDataRole.ForegroundRole if column == 0 or self.texts[place][column] == "–":
                return QColor(theme.current().muted)
            case Qt.ItemDataRole.FontRole if column == 1 and self.rows[place].total:
                return theme.font(12, 600)
            case int() if role == SORT:
                return sort_keys(place, self.rows[place])[column]
            case _:
                return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The columns' titles."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return HEADS[section]
            case Qt.ItemDataRole.ToolTipRole:
                return TIPS[section]
            case Qt.ItemDataRole.TextAlignmentRole:
                return _side(section)
            case _:
                return None

    def _chip(self, family: str) -> QPixmap:
        """A rounded square in a family's colour."""
        made = self._chips.get(family)
        if made is None:
            made = self._chips[family] = QPixmap(2 * CHIP, 2 * CHIP)
            made.setDevicePixelRatio(2)
            made.fill(Qt.GlobalColor.transparent)
            painter = QPainter(made)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.current().family.get(family, theme.current().muted)))
            painter.drawRoundedRect(QRectF(0, 0, CHIP, CHIP), 3, 3)
            painter.end()
        return made


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in NUMBERS else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


class Filtered(QSortFilterProxyModel):
    """The rows in which all words of a text occur, sorted by number where a column has numbers."""

    def __init__(self, source: LayersModel) -> None:
        super().__init__(source)
        self.source = source
        self.words: tuple[str, ...] = ()
        self.setSourceModel(source)
        self.setSortRole(SORT)

    def set_text(self, text: str) -> None:
        """Show the rows with these words in their name, kind or shapes."""
        self.beginFilterChange()
        self.words = tuple(text.casefold().split())
        self.endFilterChange()

    def filterAcceptsRow(self, source_row: int, source_parent: AnyIndex) -> bool:
        """Whether a row is shown."""
        if not self.words:
            return True
        text = " ".join(self.source.texts[source_row][1:5]).casefold()
        return all(word in text for word in self.words)

    def lessThan(self, left: AnyIndex, right: AnyIndex) -> bool:
        """Compare two rows of the source."""
        rows, column = self.source.rows, left.column()
        one = sort_keys(left.row(), rows[left.row()])[column], left.row()
        other = sort_keys(right.row(), rows[right.row()])[column], right.row()
        return bool(one < other)

    def shown(self) -> list[Row]:
        """The rows in the order on the screen."""
        return [self.source.rows[self.mapToSource(self.index(place, 0)).row()] for place in range(self.rowCount())]


def foot(shown: Sequence[Row], all_of_them: int) -> dict[int, str]:
    """What stands under the columns: how many rows, and their sums."""
    parameters, macs, held = totals(shown)
    rows = "row" if all_of_them == 1 else "rows"
    count = f"{all_of_them} {rows}" if len(shown) == all_of_them else f"{len(shown)} of {all_of_them} {rows}"
    return {1: count, PARAMETERS: f"{parameters:,}", MACS: f"{macs:,}", MEMORY: size(held)}
