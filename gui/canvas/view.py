"""The canvas itself: zoom, pan, what the mouse and the keyboard start, and what floats over the drawing.

Not for: the edits (`gui.canvas.edits`), the gestures (`gui.canvas.gestures`), the items (`gui.canvas.scene`).
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QCursor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from engine.graph.model import End, Wire
from gui import theme
from gui.canvas import access, commands, frame_commands, menus, moving, placing, press
from gui.canvas.adding import MIME, Adding
from gui.canvas.breadcrumbs import Breadcrumbs
from gui.canvas.composites import Places
from gui.canvas.connecting import ConnectBar
from gui.canvas.edges import EdgeScroll
from gui.canvas.finding import FindBar
from gui.canvas.frame_commands import TextField
from gui.canvas.frames import Marks
from gui.canvas.gestures import PORT_REACH, WIRE_REACH, Gesture, Pan
from gui.canvas.hover import Hover
from gui.canvas.inks import FULL_FROM
from gui.canvas.marks import GuideLines, Rings
from gui.canvas.naming import NameField
from gui.canvas.overlays import EmptyHint, Minimap, ZoomBar
from gui.canvas.scene import CanvasScene
from gui.canvas.space import SpaceBar
from gui.canvas.wire import WireItem
from gui.canvas.zoom import ZoomView
from gui.document import Document


class Canvas(ZoomView):
    """The drawing of a document.

    Attributes:
        document: What it shows and edits.
        canvas: The scene.
        chosen_wire: The input whose wire is selected, if one is.
        help_wanted: Emits a block's kind when F1 was pressed on it.
        opened: Emits a block's id when it was double-clicked.
        wire_chosen: Emits the input whose wire is selected now, or None.
    """

    help_wanted = Signal(str)
    opened = Signal(str)
    wire_chosen = Signal(object)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(CanvasScene(document), parent)
        self.canvas.setParent(self)
        self.document = document
        self.chosen_wire: End | None = None
        self._gesture: Gesture | None = None
        self.edges = EdgeScroll(self)
        self._hover = Hover(self)
        self._marked: WireItem | None = None
        self._space = SpaceBar()
        self._fit_pending = True
        self.setObjectName("canvas")
        self.setAccessibleName("Canvas: blocks and wires of the network")
        self.setAcceptDrops(True)
        self.guide_lines, self.rings = GuideLines(self.canvas), Rings()
        self.canvas.addItem(self.rings)
        self.minimap = Minimap(self)
        self.bar = ZoomBar(self)
        self.hint = EmptyHint(self)
        self.names = NameField(self, lambda block, name: placing.refusal(self, block, name))
        self.names.named.connect(self._named)
        self.names.closed.connect(self.setFocus)
        self.adding = Adding(self)
        self.box = self.adding.box
        self.finding: FindBar = FindBar(self)
        self.connecting: ConnectBar = ConnectBar(self)
        self.marks = Marks(self)
        self.text_field = TextField(self)
        self.text_field.written.connect(self._written)
        self.text_field.closed.connect(self.setFocus)
        self.breadcrumbs, self.places = Breadcrumbs(self), Places(self)
        self.canvas.laid_out.connect(self._laid_out)
        self.seen_changed.connect(self._float)
        for seen in (self.seen_changed, self.horizontalScrollBar().valueChanged, self.verticalScrollBar().valueChanged):
            seen.connect(self.canvas.late.catch_up)
        document.changing.connect(self._changing)
        document.selected.connect(self._selected)
        document.reported.connect(self.say)
        document.replaced.connect(self._replaced)
        theme.notifier().changed.connect(self.viewport().update)
        self._laid_out()
        self.say()

    # --- following the document

    def _float(self) -> None:
        """Let what floats follow what is seen."""
        self.bar.show_zoom(self.zoom)
        content = self.canvas.content()
        self.minimap.setVisible(not content.isEmpty() and not self.seen().contains(content))
        self.minimap.follow()

    def _laid_out(self) -> None:
        self.hint.setVisible(not self.canvas.nodes and self.canvas.marked.isEmpty())
        if self.chosen_wire is not None and self.chosen_wire not in self.canvas.wires:
            self.chosen_wire = None
        self._hover.forget()
        self._float()

    def _selected(self, ids: tuple[str, ...]) -> None:
        if ids:
            self.choose_wire(None)
        self.say()

    def say(self, _report: object = None) -> None:
        """Tell screen readers what is selected."""
        graph, report = self.document.graph, self.document.report
        mark = graph.marks.get(self.marks.chosen or "")
        text = access.described(graph, report, self.document.selection, self.chosen_wire, mark)
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)
            if self.hasFocus():
                access.announce(self, text)

    def start_anew(self) -> None:
        """Another drawing is shown: let go of what was in hand."""
        self.let_go()
        self.chosen_wire = None
        self.wire_chosen.emit(None)
        self._hover.forget()
        self._marked = None
        for floating in (self.box, self.names, self.text_field):
            floating.close_box()

    def _replaced(self) -> None:
        self.start_anew()
        self._fit_pending = True
        if self.isVisible():
            self._fit_first()

    def _fit_first(self) -> None:
        self._fit_pending = False
        self.fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Fit the drawing when it is first seen."""
        super().showEvent(event)
        if self._fit_pending:
            QTimer.singleShot(0, self._fit_first)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep what floats in its corner."""
        super().resizeEvent(event)
        self.bar.move(12, self.height() - self.bar.height() - 12)
        self.minimap.move(self.width() - self.minimap.width() - 12, self.height() - self.minimap.height() - 12)
        if self.whole:
            self.fit()
        for bar in (self.finding, self.connecting):
            bar.place()
        self.hint.move((self.width() - self.hint.width()) // 2, (self.height() - self.hint.height()) // 2)
        self._float()

    # --- adding

    def under_mouse(self) -> QPointF:
        """The point of the scene under the mouse, or the middle of the view where the mouse is elsewhere."""
        at = self.viewport().mapFromGlobal(QCursor.pos())
        inside = self.viewport().rect().contains(at) and self.isActiveWindow()
        return self.mapToScene(at if inside else self.viewport().rect().center())

    def quick_add(self, at: QPoint | None = None, *, source: End | None = None, target: End | None = None) -> None:
        """Open the quick-add box at a point of the viewport (the middle by default), for a loose wire end where one is given."""
        self.adding.open(at, source=source, target=target)

    def open_name(self, block: str) -> None:
        """Put the name field over a block's header."""
        item = self.canvas.nodes[block]
        card = item.card().translated(item.pos())
        rect = self.mapFromScene(card).boundingRect()
        height = 28
        self.names.open(block, item.node.name, QRectF(rect.left(), rect.top(), max(rect.width(), 140), height))

    def _written(self, mark: str, text: str) -> None:
        frame_commands.written(self, mark, text)

    def _named(self, block: str, name: str) -> None:
        placing.named(self, block, name)

    # --- the mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start the gesture that fits the button and what is under the mouse."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        at = event.position().toPoint()
        if self._gesture is not None:
            return
        if event.button() == Qt.MouseButton.MiddleButton or (
            event.button() == Qt.MouseButton.LeftButton and self._space.held
        ):
            self._gesture = Pan(self, at)
        elif event.button() == Qt.MouseButton.LeftButton:
            self._gesture = press.begin(self, at, event.modifiers())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Forward to the gesture, or light what is under the mouse."""
        at = event.position().toPoint()
        if self._gesture is not None:
            self._gesture.move(at, event.modifiers())
            self.edges.follow(self._gesture, at, event.modifiers())
        else:
            self._hover.move(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the gesture."""
        self.edges.rest()
        if self._gesture is not None:
            gesture, self._gesture = self._gesture, None
            gesture.finish(event.position().toPoint(), event.modifiers())
            self._space.used = True

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open, write, lead a wire through a point, or add, by what is under the mouse."""
        if event.button() == Qt.MouseButton.LeftButton:
            press.double(self, event.position().toPoint())

    def open_block(self, block: str) -> None:
        """Enter a composite; lead into the settings of any other block."""
        if self.document.graph.node(block).composite is not None:
            self.document.enter(block)
        else:
            self.opened.emit(block)

    def fit_selection(self) -> None:
        """Zoom to the selected blocks, or to the ends of the selected wire."""
        wire = self.document.graph.wires.get(self.chosen_wire) if self.chosen_wire is not None else None
        self.fit((wire.source.block, wire.target.block) if wire is not None else self.document.selection)

    def goto(self, block: str) -> None:
        """Select a block and show it, large enough to read."""
        if block in self.canvas.nodes:
            self.document.select([block])
            if self.zoom < FULL_FROM:
                self.set_zoom(1.0)
            self.show_blocks([block])

    def tidy(self) -> None:
        """Lay the drawing out anew."""
        moving.tidy(self)

    def set_thumbnail(self, block_id: str, image: QImage | None) -> None:
        """Show a live picture on a block's face, or none."""
        self.canvas.set_thumbnail(block_id, image)

    def choose_wire(self, end: End | None) -> None:
        """Select a wire, or none."""
        if end is not None:
            self.marks.choose(None)
        for which, on in ((self.chosen_wire, False), (end, True)):
            if which is not None and which in self.canvas.wires:
                self.canvas.wires[which].chosen = on
                self.canvas.wires[which].restyle()
        changed, self.chosen_wire = end != self.chosen_wire, end
        self.say()
        if changed:
            self.wire_chosen.emit(end)

    def mark_wire(self, wire: Wire | None) -> None:
        """Light the wire that a dragged block would be put into."""
        item = self.canvas.wires.get(wire.target) if wire is not None else None
        if item is not self._marked:
            for one in (self._marked, item):
                if one is not None:
                    one.chosen = one is item
                    one.restyle()
            self._marked = item

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Select what is under the mouse and offer what can be done with it; by key: with what is selected."""
        self.let_go()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            here = self.canvas.around(self.document.selection)
            at = self.mapFromScene(here.center()) if not here.isEmpty() else self.viewport().rect().center()
            self.pop_menu(self.viewport().mapToGlobal(at))
            return
        press.point(self, event.pos())
        self.pop_menu(event.globalPos())

    def pop_menu(self, place: QPoint) -> None:
        """Offer what can be done with what is selected, at a place on the screen."""
        self.menu = menus.menu(self, self.viewport().mapFromGlobal(place))
        self.menu.popup(place)

    def viewportEvent(self, event: QEvent) -> bool:
        """Tool tips of ports and of wires with a fault; those of blocks with problems come from their items."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self.mapToScene(event.pos())
            port = self.canvas.port_at(place, PORT_REACH / self.zoom)
            if port is not None and (told := port[0].port_help(port[1], port[2])) is not None:
                kind = "input" if port[2] else "output"
                text = f"{told.name} ({kind}{', optional' if told.optional else ''})\n{told.help}".strip()
                QToolTip.showText(event.globalPos(), text, self)
                return True
            wire = self.canvas.wire_at(place, WIRE_REACH / self.zoom) if self.canvas.node_at(place) is None else None
            if wire is not None and (faults := access.faults_on(self.document.report, wire.wire.target)):
                QToolTip.showText(event.globalPos(), "\n".join(faults), self)
                return True
        return super().viewportEvent(event)

    # --- the keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Look the key up in the table of commands."""
        if event.key() == Qt.Key.Key_Escape and self._gesture is not None:
            self.let_go()
        elif event.key() == Qt.Key.Key_Space and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            if not event.isAutoRepeat():
                self._space.press()
                self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            event.setAccepted(commands.by_key(self, event))

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Space let go without a drag: quick-add."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.viewport().unsetCursor()
            if self._space.release() and self._gesture is None:
                self.quick_add()
            return
        super().keyReleaseEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab opens quick-add; Shift+Tab leaves the canvas."""
        if forward and self.hasFocus():
            self.quick_add()
            return True
        return super().focusNextPrevChild(forward)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A Space held while the focus goes is let go."""
        self._space.held = False
        super().focusOutEvent(event)

    def let_go(self) -> None:
        """Give up what the mouse is in the middle of, and leave everything as it was."""
        self.edges.rest()
        if self._gesture is not None:
            gesture, self._gesture = self._gesture, None
            gesture.cancel()

    def _changing(self) -> None:
        """The drawing is about to change under what is in hand."""
        if not getattr(self._gesture, "editing", False):  # unless that changes it
            self.let_go()

    # --- blocks dropped from the palette

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take blocks of the palette."""
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Light the wire that the block would be put into."""
        if not event.mimeData().hasFormat(MIME):
            event.ignore()
            return
        self.mark_wire(self.adding.wire_under(event.position().toPoint()))
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Nothing will be dropped."""
        self.mark_wire(None)

    def dropEvent(self, event: QDropEvent) -> None:
        """Place the block, in a wire where it was dropped on one."""
        self.adding.drop(event)
