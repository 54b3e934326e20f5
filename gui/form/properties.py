"""The properties panel: the page that fits the selection, kept true after every edit.

Not for: what stands on a page (`gui.form.pages`).
"""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedLayout, QWidget

from engine.graph.model import End
from gui import theme
from gui.document import Document
from gui.form.composite import CompositeForm
from gui.form.learning import Source
from gui.form.network_page import NetworkPage
from gui.form.pages import BlockPage, Page, SeveralPage
from gui.form.wire import WirePage

REST_MS = 60  # of a selection that is being drawn, until its page is made


class Properties(QWidget):
    """Shows one block, several blocks, a wire or the network.

    Attributes:
        page: The page that is shown.
    """

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.setObjectName("properties")
        self.network = NetworkPage(document)
        self._whole, self.area = _area(), _area()
        self._whole.setWidget(self.network)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._whole)
        self._stack.addWidget(self.area)
        self.page: Page | CompositeForm = self.network
        self._wire: End | None = None
        self._learning: Source = lambda _block: ((), "")
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(REST_MS)
        self._later.timeout.connect(self._rebuild)
        document.selected.connect(self._selected)
        document.reported.connect(self._reported)
        document.replaced.connect(self._rebuild)
        document.place_changed.connect(self._retitled)
        theme.notifier().changed.connect(self._rebuild)
        self._rebuild()

    def _selected(self, _ids: object) -> None:
        if QGuiApplication.mouseButtons() and len(self.document.selection) > 1:
            self._later.start()  # a rubber band selects many times a second; one page when it rests is enough
        elif not self._turned():
            self._rebuild()

    def _turned(self) -> bool:
        """Whether the page that is shown could show the one block that is selected now."""
        chosen, page = self.document.selection, self.page
        if len(chosen) != 1 or not isinstance(page, BlockPage) or chosen[0] not in self.document.graph.nodes:
            return False
        if not page.turn_to(chosen[0]):
            return False
        self._later.stop()
        self.refresh_learning()
        return True

    def _rebuild(self, _what: object = None) -> None:
        self._later.stop()
        before = self.page
        chosen = tuple(id_ for id_ in self.document.selection if id_ in self.document.graph.nodes)
        match len(chosen):
            case 0 if self._wire is not None and self._wire in self.document.graph.wires:
                self.page = WirePage(self.document, self._wire)
            case 0 if self.document.graph.owner is not None:
                self.page = CompositeForm(self.document, self.document.graph.owner)
            case 0:
                self.page = self.network
                self.network.refresh()
            case 1:
                self.page = page = BlockPage(self.document, chosen[0])
                if isinstance(before, BlockPage) and before.spec is page.spec:
                    page.form.unfold_as(before.form)
            case _:
                self.page = SeveralPage(self.document, chosen)
        old = self.area.takeWidget()
        if old is not None:
            old.hide()
            old.deleteLater()
        if self.page is not self.network:
            self.area.setWidget(self.page)
        self.refresh_learning()
        self._stack.setCurrentWidget(self._whole if self.page is self.network else self.area)

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


def _area() -> QScrollArea:
    made = QScrollArea()
    made.setWidgetResizable(True)
    made.setFrameShape(QFrame.Shape.NoFrame)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return made
