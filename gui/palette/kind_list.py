"""The palette's list: kinds under the headings of their sections, which fold.

Not for: which kinds there are and what a query finds (`gui.kinds`), nor for how a row looks (`gui.kind_row`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QByteArray, QMimeData, QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QDrag, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListWidget, QListWidgetItem

from engine.blocks.spec import Block
from engine.blocks.words import FREQUENT
from gui import preferences, theme
from gui.kind_row import COUNT, KIND, OPEN, SPEC, KindRow, help_of
from gui.kinds import MY_COMPOSITES, section_of

MIME = "application/x-layerloom-block"  # the canvas takes this: the kind, as text
CARD = (160, 40)  # pixels of the picture that is dragged
OFTEN = "Frequent"  # the first section
OPEN_AT_FIRST = frozenset({OFTEN, "Composites", MY_COMPOSITES})
STORE = "palette"  # name of what is remembered


class KindList(QListWidget):
    """All kinds under the headings of their families; drags the kind of a row.

    A heading is clicked, or entered, to fold its section; Left folds the section of any of its rows, Right unfolds it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("palette-list")
        self.setAccessibleName("Blocks")
        self.setItemDelegate(KindRow(self, family=False))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        kept = preferences.opened(STORE)
        self.opened = set(OPEN_AT_FIRST) if kept is None else kept
        self._headings: dict[str, QListWidgetItem] = {}
        self._rows: dict[str, list[QListWidgetItem]] = {}
        self.itemClicked.connect(self._clicked)

    # --- what is in it

    def fill(self, wanted: Mapping[str, type[Block]], *, headings: bool) -> None:
        """Show kinds in this order; with headings under those of their sections, the frequent ones first of all."""
        self.clear()
        self._headings, self._rows = {}, {}
        if not wanted:
            nothing = QListWidgetItem("No block is called that.")
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            self.addItem(nothing)
        if not headings:
            for kind, spec in wanted.items():
                self._add(kind, spec)
            return
        sections: dict[str, list[str]] = {OFTEN: [kind for kind in FREQUENT if kind in wanted]}
        for kind, spec in wanted.items():
            sections.setdefault(section_of(kind, spec), []).append(kind)
        for section, kinds in sections.items():
            if not kinds:
                continue
            heading = QListWidgetItem(section)
            heading.setData(COUNT, len(kinds))
            heading.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            self.addItem(heading)
            self._headings[section] = heading
            self._rows[section] = [self._add(kind, wanted[kind]) for kind in kinds]
            self._show(section)

    def _add(self, kind: str, spec: type[Block]) -> QListWidgetItem:
        item = QListWidgetItem(spec.title)
        item.setData(KIND, kind)
        item.setData(SPEC, spec)
        item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, f"{section_of(kind, spec)}. {help_of(spec)}")
        self.addItem(item)
        return item

    def kind_at(self, item: QListWidgetItem | None) -> str:
        """The kind of a row, empty for a heading."""
        return str(item.data(KIND) or "") if item is not None else ""

    def section_at(self, item: QListWidgetItem | None) -> str:
        """The section that a row stands in or is the heading of, empty where there are no sections."""
        for section, heading in self._headings.items():
            if item is not None and (item is heading or any(item is row for row in self._rows[section])):
                return section
        return ""

    def kinds(self) -> list[str]:
        """The kinds that it holds, folded away or not, each once."""
        return list(dict.fromkeys(kind for row in range(self.count()) if (kind := self.kind_at(self.item(row)))))

    # --- folding

    def set_open(self, sections: Sequence[str], open_: bool) -> None:
        """Unfold or fold sections, and remember it."""
        current = self.currentItem()
        for section in sections:
            (self.opened.add if open_ else self.opened.discard)(section)
            self._show(section)
        if current is not None and current.isHidden():
            self.setCurrentItem(self._headings[self.section_at(current)])
        preferences.set_opened(STORE, self.opened)

    def sections(self) -> list[str]:
        """The sections that are shown."""
        return list(self._headings)

    def _show(self, section: str) -> None:
        if section not in self._headings:
            return
        open_, heading = section in self.opened, self._headings[section]
        heading.setData(OPEN, open_)
        count = heading.data(COUNT)
        blocks = f"{count} block{'s' * (count != 1)}"
        heading.setData(Qt.ItemDataRole.AccessibleDescriptionRole, f"{blocks}, {'shown' if open_ else 'folded away'}")
        heading.setToolTip(f"{blocks}: click to {'fold them away' if open_ else 'show them'}")
        for row in self._rows[section]:
            row.setHidden(not open_)

    def fold(self, item: QListWidgetItem | None, open_: bool | None = None) -> bool:
        """Fold or unfold the section of a row (None: the other way round than it is); False where there is none."""
        section = self.section_at(item)
        if section:
            self.set_open([section], section not in self.opened if open_ is None else open_)
        return bool(section)

    def _clicked(self, item: QListWidgetItem) -> None:
        if not self.kind_at(item):
            self.fold(item)

    # --- choosing

    def choose_first(self) -> None:
        """Select the first kind that can be seen."""
        for row in range(self.count()):
            if self.kind_at(self.item(row)) and not self.item(row).isHidden():
                self.setCurrentRow(row)
                return
        self.setCurrentRow(0)

    def choose(self, kind: str) -> None:
        """Select a kind, if it is there to be seen."""
        for row in range(self.count()):
            if kind and self.kind_at(self.item(row)) == kind and not self.item(row).isHidden():
                self.setCurrentRow(row)
                return

    # --- dragging

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, items: Sequence[QListWidgetItem]) -> QMimeData:
        """The kind of the dragged row."""
        data = QMimeData()
        kind = self.kind_at(items[0]) if items else ""
        data.setData(MIME, QByteArray(kind.encode()))
        return data

    def startDrag(self, supported: Qt.DropAction) -> None:
        """Drag a small card with the block's title."""
        item = self.currentItem()
        if not self.kind_at(item):
            return
        drag = QDrag(self)
        drag.setMimeData(self.mimeData([item]))
        drag.setPixmap(_card(item.data(SPEC), self.devicePixelRatioF()))
        drag.setHotSpot(QPoint(CARD[0] // 2, CARD[1] // 2))
        drag.exec(Qt.DropAction.CopyAction)


def _card(spec: type[Block], ratio: float) -> QPixmap:
    """The picture of a block that is being dragged."""
    tokens = theme.current()
    picture = QPixmap(round(CARD[0] * ratio), round(CARD[1] * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(tokens.accent))
    painter.setBrush(QColor(tokens.raised))
    painter.drawRoundedRect(QRectF(0.5, 0.5, CARD[0] - 1, CARD[1] - 1), 8, 8)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens.family.get(spec.family, tokens.muted)))
    painter.drawRoundedRect(QRectF(10, 11, 3, CARD[1] - 22), 1.5, 1.5)
    painter.setPen(QColor(tokens.text))
    painter.setFont(theme.font(13, 600))
    room = CARD[0] - 30
    title = painter.fontMetrics().elidedText(spec.title, Qt.TextElideMode.ElideMiddle, room)
    painter.drawText(QRectF(22, 0, room, CARD[1]), Qt.AlignmentFlag.AlignVCenter, title)
    painter.end()
    return picture
