"""The properties panel: the page that fits the selection, kept true after every edit.

Not for: what stands on a page (`gui.form.pages`).
"""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QStackedLayout, QWidget

from engine.graph.model import End
from gui import theme
from gui.document import Document
from gui.form.composite import CompositeForm
from gui.form.learning import Source
from gui.form.network_page import NetworkPage
from gui.form.pages import BlockPage, Page, SeveralPage
from gui.form.wire import WirePage

REST_MS = 60  # of a selection that is being drawn, until its page is made
MOST_KEPT = 12  # pages of kinds of blocks; making one takes three times as long as showing another block on it


class Properties(QWidget):
    """Shows one block, several blocks, a wire or the network.

    Attributes:
        page: The page that is shown.
        left: Emits when the person is done here: the page that has the focus gives way to another one, or Escape was pressed.
    """

    left = Signal()

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.setObjectName("properties")
        self.network = NetworkPage(document)
        self._stack = QStackedLayout(self)
        self._whole = self.area = self._area()  # of the network; of what is shown
        self._whole.setWidget(self.network)
        self._kept: dict[str, QScrollArea] = {}  # with the pages of blocks, by kind, the one shown last at the end
        self.page: Page | CompositeForm = self.network
        self._wire: End | None = None
        self._learning: Source = lambda _block: ((), "")
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(REST_MS)
        self._later.timeout.connect(self._rebuild)
        document.selected.connect(self._selected)
        document.reported.connect(self._reported)
        document.replaced.connect(self._anew)
        document.place_changed.connect(self._retitled)
        theme.notifier().changed.connect(self._anew)
        theme.notifier().changing.connect(self._forget)  # what is not there needs no other colours
        self._rebuild()

    def _selected(self, _ids: object) -> None:
        if QGuiApplication.mouseButtons() and len(self.document.selection) > 1:
            self._later.start()  # a rubber band selects many times a second; one page when it rests is enough
        elif not self._turned():
            self._rebuild()

    def _turned(self) -> bool:
        """Whether the page that is shown could show the one block that is selected now."""
        chosen, page = self.document.selection, self.page
        focus = self.window().focusWidget()
        if focus is not None and focus is not QApplication.focusWidget() and self.isAncestorOf(focus):
            return False  # a dialog has selected it: its field would have the focus next
        if len(chosen) != 1 or not isinstance(page, BlockPage) or chosen[0] not in self.document.graph.nodes:
            return False
        if not page.turn_to(chosen[0]):
            return False
        self._later.stop()
        self.refresh_learning()
        return True

    def _forget(self) -> None:
        """Keep no page but the one that is shown; the others go at once, for Qt styles what is still there."""
        for kind, area in list(self._kept.items()):
            if area is not self.area:
                shiboken6.delete(self._kept.pop(kind))

    def _anew(self, _what: object = None) -> None:
        """Make the page anew: another project was loaded, or all looks different."""
        self._forget()
        self._rebuild()
        self._forget()  # the page that was shown, unless it gave way to a new one

    def _rebuild(self, _what: object = None) -> None:
        self._later.stop()
        before, chosen = self.area, tuple(id_ for id_ in self.document.selection if id_ in self.document.graph.nodes)
        focus = self.window().focusWidget()  # also while a dialog has the focus
        left = focus is not None and before.isAncestorOf(focus)
        if focus is not None and left:
            focus.clearFocus()  # what was typed is done with, and Qt hands the focus to no field of another block
        match len(chosen):
            case 0 if self._wire is not None and self._wire in self.document.graph.wires:
                self._show(WirePage(self.document, self._wire))
            case 0 if self.document.graph.owner is not None:
                self._show(CompositeForm(self.document, self.document.graph.owner))
            case 0:
                self.page, self.area = self.network, self._whole
                self.network.refresh()
                self._stack.setCurrentWidget(self._whole)
            case 1:
                self._show_block(chosen[0])
            case _:
                self._show(SeveralPage(self.document, chosen))
        if before not in (self.area, self._whole, *self._kept.values()):
            self._discard(before)
        self.refresh_learning()
        if left:
            self.left.emit()

    def _show_block(self, block: str) -> None:
        """Show a block on the page of its kind that was kept, or on a new one; the page on show cannot turn to it."""
        kind = self.document.graph.node(block).kind
        area = self._kept.pop(kind, None)
        kept = area.widget() if area is not None else None
        if area is not None and area is not self.area and isinstance(kept, BlockPage) and kept.turn_to(block):
            self.page, self.area = kept, area
            self._stack.setCurrentWidget(area)
        else:
            page, like = BlockPage(self.document, block), kept or self.page
            if isinstance(like, BlockPage) and like.spec is page.spec:
                page.form.unfold_as(like.form)
            if area is not None and area is not self.area:
                self._discard(area)
            self._show(page)
        if isinstance(self.page, BlockPage) and self.page.lasting:
            self._kept[kind] = self.area
        if len(self._kept) > MOST_KEPT:
            self._discard(self._kept.pop(next(iter(self._kept))))

    def _show(self, page: Page | CompositeForm) -> None:
        """Show a new page."""
        self.page, self.area = page, self._area()
        self.area.setWidget(page)
        self._stack.setCurrentWidget(self.area)

    def _area(self) -> QScrollArea:
        made = QScrollArea()
        made.setWidgetResizable(True)
        made.setFrameShape(QFrame.Shape.NoFrame)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._stack.addWidget(made)
        return made

    def _discard(self, area: QScrollArea) -> None:
        self._stack.removeWidget(area)
        area.hide()
        area.deleteLater()

    def show_wire(self, end: End | None) -> None:
        """Show the wire that ends in an input while no block is selected; None: no wire."""
        if end != self._wire:
            self._wire = end
            if not self.document.selection:  # else its own signal makes the page
                self._rebuild()

    def _reported(self, _report: object) -> None:
        page = self.page
        node = self.document.graph.nodes.get(page.block) if isinstance(page, BlockPage) else None
        if isinstance(page, BlockPage) and node is not None and node.spec is not page.spec:
            self._rebuild()  # its composite has other settings by now
        elif isinstance(page, WirePage) and page.end not in self.document.graph.wires:
            self.show_wire(None)
        else:
            page.refresh()

    def follow_learning(self, source: Source) -> None:
        """Say from where it is known how blocks learn; `refresh_learning` reads it again."""
        self._learning = source
        self.refresh_learning()

    def refresh_learning(self) -> None:
        """Show how the selected block learns."""
        if isinstance(self.page, BlockPage):
            self.page.learning.show_told(self._learning(self.page.block))

    def _retitled(self) -> None:
        if isinstance(self.page, NetworkPage):
            self.page.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape, where there is no typing to take back, leads back to the drawing."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            event.accept()
        else:
            super().keyPressEvent(event)

    def focus_first(self) -> None:
        """Put the cursor into the first setting of the selected block, or its name where it has none."""
        if isinstance(self.page, BlockPage):
            rows = list(self.page.form.rows.values())
            (rows[0].editor if rows else self.page.name).setFocus(Qt.FocusReason.TabFocusReason)

    def show_help(self) -> None:
        """Bring the help of the selected block into view and mark it."""
        if isinstance(self.page, BlockPage):
            self.area.ensureWidgetVisible(self.page.help)
            self.page.help.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.page.help.setSelection(0, len(self.page.help.text()))
