"""The table of a match: tensors of the network, tensors of the file, and what becomes of each.

Not for: matching (`engine.importers.matching`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QIcon
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from gui import theme

if TYPE_CHECKING:
    from engine.importers.matching import Pair

AnyIndex = QModelIndex | QPersistentModelIndex
HEADS = ("State", "In this network", "Shape", "In the file", "Shape")
NONE = "–"
# What a state is called, its icon, and the token of its colour.
STATES: Mapping[str, tuple[str, str, str]] = {
    "loaded": ("loaded", "check", "good"),
    "differs": ("shape differs", "not-equal-variant", "warn"),
    "missing": ("missing", "help", "bad"),
    "left out": ("begins fresh", "sprout-outline", "muted"),
    "left over": ("not used", "minus", "muted"),
}
NAMES = (1, 3)  # columns that share what width there is


class WeightsModel(QAbstractTableModel):
    """Pairs as rows.

    Attributes:
        pairs: What is shown.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.pairs: tuple[Pair, ...] = ()
        self._icons: dict[str, QIcon] = {}

    def set_pairs(self, pairs: Sequence[Pair]) -> None:
        """Show these."""
        self.beginResetModel()
        self.pairs = tuple(pairs)
        self.endResetModel()

    def restyle(self) -> None:
        """Colours have changed."""
        self._icons.clear()
        if self.pairs:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.pairs) - 1, len(HEADS) - 1))

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  Qt's signature
        return 0 if parent.isValid() else len(self.pairs)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  Qt's signature
        return 0 if parent.isValid() else len(HEADS)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell."""
        pair, column = self.pairs[index.row()], index.column()
        text = cells(pair)[column]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return text
            case Qt.ItemDataRole.DecorationRole if column == 0:
                return self._icon(pair.state)
            case Qt.ItemDataRole.ForegroundRole:
                return QColor(self._colour(pair, column, text))
            case _:
                return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The columns' titles."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return HEADS[section]
            case Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            case _:
                return None

    def _colour(self, pair: Pair, column: int, text: str) -> str:
        t = theme.current()
        if column == 0:
            return str(getattr(t, STATES[pair.state][2]))
        return t.muted if text == NONE or column in (2, 4) else t.text

    def _icon(self, state: str) -> QIcon:
        if state not in self._icons:
            _, name, token = STATES[state]
            self._icons[state] = theme.icon(name, color=str(getattr(theme.current(), token)))
        return self._icons[state]


def cells(pair: Pair) -> tuple[str, ...]:
    """A pair as it is read, in the order of `HEADS`."""
    ours = (pair.ours, _sizes(pair.our_sizes)) if pair.ours else (NONE, NONE)
    theirs = (pair.theirs, _sizes(pair.their_sizes)) if pair.theirs else (NONE, NONE)
    return (STATES[pair.state][0], *ours, *theirs)


def _sizes(found: tuple[int, ...]) -> str:
    return " × ".join(map(str, found)) or "number"


class WeightsTable(QTableView):
    """The table itself."""

    def __init__(self, model: WeightsModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setObjectName("weights-table")
        self.setAccessibleName("Tensors of the network and of the file")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setIconSize(QSize(15, 15))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setFont(theme.font(12, 400))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(25)
        head = self.horizontalHeader()
        head.setFont(theme.font(12, 500))
        head.setHighlightSections(False)
        metrics = QFontMetrics(theme.font(12, 500))
        for column in range(len(HEADS)):
            stretched = column in NAMES
            mode = QHeaderView.ResizeMode.Stretch if stretched else QHeaderView.ResizeMode.Interactive
            head.setSectionResizeMode(column, mode)
        head.resizeSection(0, metrics.horizontalAdvance("shape differs") + 46)
        for column in (2, 4):
            head.resizeSection(column, metrics.horizontalAdvance("2048 × 512 × 3 × 3") + 24)
        self.setStyleSheet(
            "QHeaderView::section { padding: 5px 7px; font-size: 12px; } QTableView::item { padding: 0 7px; }"
            "QAbstractScrollArea::corner { background: transparent; border: none; }"
        )
