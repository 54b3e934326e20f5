"""The table of a project's runs: sortable, with a check box to lay a run over the plots.

Not for: reading runs (`gui.training.runs`) nor for deleting them; it says what a person wants.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction, QColor, QContextMenuEvent, QKeyEvent, QPainter, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from gui import theme
from gui.plots.strokes import paint_stroke
from gui.training.runs import Row
from gui.training.standing import STATE_WORDS, date_text, duration_text, loss_text, share_text

AnyIndex = QModelIndex | QPersistentModelIndex
SORT = Qt.ItemDataRole.UserRole + 1
PATH = Qt.ItemDataRole.UserRole + 2
STROKE = QSize(26, 14)  # pixels of the line sample before a name
HEADS = ("Run", "Started", "State", "Epochs", "Best accuracy", "Lowest loss", "Time", "Settings", "Device")
TIPS = (
    "Check a run to lay its curves over those of the run shown",
    "When the run was begun",
    "How it ended, or what it does",
    "Epochs done of those asked for",
    "Best accuracy on the validation part; other metrics of the best epoch where there is none",
    "Lowest loss on the validation part",
    "Training time, validation included",
    "Optimiser, learning rate, batch size and seed",
    "What it was trained on",
)
RIGHT = (3, 4, 5, 6)  # columns of numbers
MARKS = {"running": "●", "paused": "❚❚", "done": "✓", "failed": "✕", "stopped": "■", "interrupted": "◌"}


def missing_last(value: float) -> float:
    """A key that sorts what is missing below every number."""
    return value if math.isfinite(value) else -math.inf


class RunsModel(QAbstractTableModel):
    """Rows of runs.

    Attributes:
        checked_changed: Emits the paths of the checked runs, in the order of checking.
    """

    checked_changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []
        self.checked: list[str] = []
        self._strokes: dict[str, int] = {}
        self._shown = ""

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  Qt's signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008  Qt's signature
        return 0 if parent.isValid() else len(HEADS)

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these runs; checks of runs that are gone go with them."""
        if [row.path for row in rows] == [row.path for row in self.rows]:
            for place, row in enumerate(rows):
                self._replace(place, row)
            return
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()
        here = {row.path for row in rows}
        kept = [path for path in self.checked if path in here]
        if kept != self.checked:
            self.checked = kept
            self.checked_changed.emit(list(kept))

    def update_row(self, path: str, **changes: Any) -> None:
        """Change what is told of one run, where it is in the table."""
        for place, row in enumerate(self.rows):
            if row.path == path:
                self._replace(place, replace(row, **changes))

    def _replace(self, place: int, row: Row) -> None:
        if repr(self.rows[place]) != repr(row):  # repr, since NaN differs from itself
            self.rows[place] = row
            self.dataChanged.emit(self.index(place, 0), self.index(place, len(HEADS) - 1))

    def set_strokes(self, strokes: dict[str, int], shown: str) -> None:
        """Mark the runs that are in the plots with their kind of line, and the one shown by its weight."""
        if strokes != self._strokes or shown != self._shown:
            self._strokes, self._shown = dict(strokes), shown
            self.repaint_all()

    def repaint_all(self) -> None:
        """Colours or marks have changed."""
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(HEADS) - 1))

    def check(self, path: str, on: bool) -> None:
        """Lay a run over the plots, or take it away."""
        if on == (path in self.checked):
            return
        self.checked = [*self.checked, path] if on else [known for known in self.checked if known != path]
        self.repaint_all()
        self.checked_changed.emit(list(self.checked))

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == 0 else flags

    def setData(self, index: AnyIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or index.column() != 0:
            return False
        self.check(self.rows[index.row()].path, Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return HEADS[section]
            case Qt.ItemDataRole.ToolTipRole:
                return TIPS[section]
            case Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignRight if section in RIGHT else Qt.AlignmentFlag.AlignLeft
                return side | Qt.AlignmentFlag.AlignVCenter
            case _:
                return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return cells(row)[column]
            case Qt.ItemDataRole.ToolTipRole:
                return row.path if column == 0 else cells(row)[column]
            case Qt.ItemDataRole.CheckStateRole if column == 0:
                return Qt.CheckState.Checked if row.path in self.checked else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.DecorationRole if column == 0:
                return self._stroke(row.path)
            case Qt.ItemDataRole.FontRole if column == 0 and row.path == self._shown:
                return theme.font(13, 600)
            case Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignRight if column in RIGHT else Qt.AlignmentFlag.AlignLeft
                return side | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.ForegroundRole if column in (1, 7, 8):
                return QColor(theme.current().muted)
            case Qt.ItemDataRole.ForegroundRole if column == 2:
                return QColor(_state_colour(row.state))
            case int() if role == SORT:
                return sort_keys(row)[column]
            case int() if role == PATH:
                return row.path
            case _:
                return None

    def _stroke(self, path: str) -> QPixmap:
        picture = QPixmap(STROKE * 2)
        picture.setDevicePixelRatio(2)
        picture.fill(Qt.GlobalColor.transparent)
        if path in self._strokes:
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            area = QRectF(0, 0, STROKE.width(), STROKE.height())
            paint_stroke(painter, area, theme.current().text, index=self._strokes[path], mark="hollow")
            painter.end()
        return picture


def _state_colour(state: str) -> str:
    tokens = theme.current()
    colours = {"running": tokens.accent, "paused": tokens.warn, "done": tokens.good, "failed": tokens.bad}
    return colours.get(state, tokens.muted)


def cells(row: Row) -> tuple[str, ...]:
    """What the columns say."""
    return (
        row.name,
        date_text(row.created, datetime.now().astimezone()),
        f"{MARKS.get(row.state, '○')} {STATE_WORDS.get(row.state, row.state)}",
        f"{row.epochs} of {row.wanted}",
        row.metrics if row.metrics and math.isnan(row.accuracy) else share_text(row.accuracy),
        loss_text(row.loss),
        duration_text(row.seconds),
        row.settings,
        row.device,
    )


def sort_keys(row: Row) -> tuple[Any, ...]:
    """What the columns sort by."""
    return (
        row.name.lower(), row.created, row.state, row.epochs, missing_last(row.accuracy), missing_last(row.loss), row.seconds,
        row.settings.lower(), row.device.lower(),
    )  # fmt: skip


class CheckPainter(QStyledItemDelegate):
    """Paints check boxes in the theme's colours: those of Fusion vanish on a dark ground."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        super().paint(painter, option, index)
        box = QStyleOptionViewItem(option)
        self.initStyleOption(box, index)
        style = QApplication.style()
        area = QRectF(style.subElementRect(QStyle.SubElement.SE_ItemViewItemCheckIndicator, box, box.widget))
        tokens = theme.current()
        checked = box.checkState == Qt.CheckState.Checked
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        square = QRectF(0, 0, 15, 15)
        square.moveCenter(area.center())
        painter.fillRect(area.adjusted(-1, -1, 1, 1), QColor(tokens.sunken))
        painter.setPen(QPen(QColor(tokens.accent if checked else tokens.border_strong), 1.2))
        painter.setBrush(QColor(tokens.accent if checked else tokens.sunken))
        painter.drawRoundedRect(square, 3.5, 3.5)
        if checked:
            painter.setPen(QPen(QColor(tokens.accent_text), 1.8))
            x, y = square.left(), square.top()
            painter.drawPolyline([QPointF(x + 3.6, y + 7.8), QPointF(x + 6.4, y + 10.6), QPointF(x + 11.4, y + 4.8)])
        painter.restore()


class RunsTable(QTableView):
    """The table.

    Attributes:
        picked: Emits the path of a run to show.
        asked: Emits (command, path): "restore", "resume", "drawing", "delete" or "folder".
    """

    picked = Signal(str)
    asked = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("runs_table")
        self.setAccessibleName("Runs of this project")
        self.runs = RunsModel(self)
        self.sorted = QSortFilterProxyModel(self)
        self.sorted.setSourceModel(self.runs)
        self.sorted.setSortRole(SORT)
        self.setModel(self.sorted)
        self.setItemDelegateForColumn(0, CheckPainter(self))
        self.setSortingEnabled(True)
        self.sortByColumn(1, Qt.SortOrder.DescendingOrder)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setIconSize(STROKE)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(32)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.setMinimumSectionSize(56)
        for column, width in enumerate((214, 116, 100, 74, 108, 96, 84, 190, 160)):
            self.setColumnWidth(column, width)
        head.setStretchLastSection(True)
        self._widths = [self.columnWidth(column) for column in range(len(HEADS))]
        self.doubleClicked.connect(self._picked)
        theme.notifier().changed.connect(self._restyle)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Names and settings share the room that a wide table has to spare."""
        super().resizeEvent(event)
        spare = max(0, self.viewport().width() - sum(self._widths))
        self.setColumnWidth(0, self._widths[0] + min(220, spare // 2))
        self.setColumnWidth(7, self._widths[7] + min(220, spare // 2))

    def _restyle(self, *_: object) -> None:
        self.runs.repaint_all()

    def _picked(self, index: AnyIndex) -> None:
        self.picked.emit(str(self.sorted.data(index, PATH)))

    def current_path(self) -> str:
        """The selected run, empty where none is."""
        index = self.currentIndex()
        return str(self.sorted.data(index, PATH)) if index.isValid() else ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter shows, Delete deletes, Space checks."""
        path = self.current_path()
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if path:
                self.picked.emit(path)
            case Qt.Key.Key_Delete if path:
                self.asked.emit("delete", path)
            case Qt.Key.Key_Space if path:
                self.runs.check(path, path not in self.runs.checked)
            case _:
                super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the run under the cursor."""
        index = self.indexAt(event.pos())
        if index.isValid():
            menu = self.menu(str(self.sorted.data(index, PATH)))
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(event.globalPos())

    def menu(self, path: str) -> QMenu:
        """The commands for a run."""
        menu = QMenu(self)
        row = next(row for row in self.runs.rows if row.path == path)
        live = row.state in ("running", "paused")
        show = menu.addAction(theme.icon("chart-line"), "Show")
        show.triggered.connect(lambda: self.picked.emit(path))
        compare = QAction("Compare", menu)
        compare.setCheckable(True)
        compare.setChecked(path in self.runs.checked)
        compare.toggled.connect(lambda on: self.runs.check(path, on))
        menu.addAction(compare)
        menu.addSeparator()
        entries = (
            ("resume", "play", "Go on training it", not live and row.state != "done"),
            ("restore", "restore", "Bring back its drawing and settings", True),
            ("drawing", "compare-horizontal", "Compare its drawing…", True),
            ("folder", "folder-outline", "Open its folder", True),
            ("delete", "delete-outline", "Delete…", not live),
        )
        for command, icon, text, enabled in entries:
            action = menu.addAction(theme.icon(icon), text)
            action.setEnabled(enabled)
            action.triggered.connect(lambda _=False, command=command: self.asked.emit(command, path))
        return menu
