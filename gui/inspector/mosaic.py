"""A card with a mosaic: filters or activation maps, with scale choice, legend and the value under the mouse.

Not for: asking for the values; whoever owns the card does that with `look()` and gives it the result.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from engine.probes.data import Nothing
from engine.probes.render import Look, Scale
from engine.probes.worker import Result
from gui import theme
from gui.atlas import AtlasView
from gui.inspector.enlarged import Enlarged
from gui.pictures import Legend
from gui.widgets import Card, EmptyState, Hint, IconButton, Segmented

SCALES = (("layer", "Layer"), ("each", "Each"), ("frozen", "Frozen"))
SCALE_TIP = (
    "Layer: one scale for all tiles, so they can be compared. Each: every tile fills its own scale, so weak ones are seen. "
    "Frozen: the scale stays as it is now, so change over time is seen."
)


class MosaicCard(Card):
    """See the module.

    Attributes:
        wanted: The picture is wanted anew: the scale, the theme or the proportions have changed.
    """

    wanted = Signal()

    def __init__(self, title: str, parent: QWidget | None = None, *, name: str = "", icon: str = "grid") -> None:
        super().__init__(parent)
        self.box.setContentsMargins(16, 10, 16, 14)
        self.setObjectName(name)
        self._kind = title
        self._result: Result | None = None
        self._frozen: float | None = None
        self._asked_aspect = 0.0
        self.title = QLabel(title)
        self.title.setFont(theme.font(14, 600))
        self.title.setFixedHeight(30)  # as high as a switch beside it
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.scale = Segmented(list(SCALES), name="Scale")
        self.scale.setToolTip(SCALE_TIP)
        self.scale.changed.connect(self._scale_changed)
        self.view = AtlasView(name=title)
        self.view.setObjectName(f"{name}.view")
        self.legend = Legend()
        self.readout = QLabel()
        self.readout.setFont(theme.font(12))
        self.readout.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.readout.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.note = Hint()
        self.empty = EmptyState(icon, "", "")
        self.empty.text.setMinimumWidth(270)  # else the label asks for too few lines
        self.stack = QStackedWidget()
        self.stack.addWidget(self.view)
        self.stack.addWidget(self.empty)
        self.enlarged: Enlarged | None = None
        self.view.hovered.connect(self._hovered)
        self.view.picked.connect(self.enlarge)
        self._build()
        theme.notifier().changed.connect(self._theme_changed)

    def _build(self) -> None:
        smaller, larger = IconButton("magnify-minus-outline", "Smaller"), IconButton("magnify-plus-outline", "Larger")
        fit = IconButton("fit-to-screen-outline", "Fit to the place")
        smaller.clicked.connect(self._smaller)
        larger.clicked.connect(self._larger)
        fit.clicked.connect(self.view.fit)
        self.tools = QWidget()
        tools = QHBoxLayout(self.tools)
        tools.setContentsMargins(0, 0, 0, 0)
        tools.setSpacing(2)
        for button in (smaller, larger, fit):
            tools.addWidget(button)
        self.bar = QHBoxLayout()
        self.bar.setSpacing(theme.SPACE)
        self.bar.addWidget(self.scale)
        self.bar.addStretch(1)
        self.bar.addWidget(self.tools)
        self.head = QHBoxLayout()
        self.head.addWidget(self.title, 1)
        self.box.addLayout(self.head)
        self.box.addLayout(self.bar)
        self.box.addWidget(self.stack, 1)
        self.foot = QWidget()
        foot = QVBoxLayout(self.foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(4)
        line = QHBoxLayout()
        line.setSpacing(2 * theme.SPACE)
        line.addWidget(self.legend, 1)
        line.addWidget(self.readout, 2)
        foot.addLayout(line)
        foot.addWidget(self.note)
        self.box.addWidget(self.foot)

    # --- what is wanted

    def look(self) -> Look:
        """How the picture is to be drawn, for the request."""
        t = theme.current()
        # In the dark the table's neutral is nearly the card's colour: gutters need one of their own to be seen.
        ground = QColor(t.border_strong if t.name == "dark" else t.raised)
        if not self._fits():
            self._asked_aspect = self.view.aspect
        scale: Scale = self.scale.value  # type: ignore[assignment]
        limit = self._frozen if scale == "frozen" else None
        colours = (ground.red(), ground.green(), ground.blue())
        return Look(scale, t.name == "dark", colours, limit, self._asked_aspect)

    def set_title(self, text: str) -> None:
        """Say what is shown; something else may be laid out anew."""
        if text != self.title.text():
            self._asked_aspect = 0.0
        self.title.setText(text)
        self.title.setToolTip(text)
        self.view.canvas.setAccessibleName(text)

    def thaw(self) -> None:
        """Forget a frozen scale: what comes next is something else."""
        self._frozen = None
        if self.scale.value == "frozen":
            self.scale.set_value("layer")

    # --- what has come

    def show_result(self, result: Result) -> None:
        """Show an answer: its mosaic, or the sentence why there is none."""
        self._result = result
        if result.atlas is not None and len(result.atlas.tiles):
            self.view.set_atlas(result.atlas)
            self.legend.set_atlas(result.atlas, each=self.scale.value == "each")
            self.note.setText(result.atlas.tiles.note)
            self._show(self.view)
            if self.enlarged is not None and self.enlarged.isVisible():
                self.enlarged.set_atlas(result.atlas)
            return
        if result.fault:
            self.show_words("Nothing to show", result.fault)
        elif isinstance(result.answer, Nothing):
            self.show_words("Nothing to show", result.answer.text)

    def show_words(self, title: str, text: str) -> None:
        """Show a sentence in place of a picture."""
        self.empty.title.setText(title)
        self.empty.text.setText(text)
        self._show(self.empty)

    def _show(self, which: QWidget) -> None:
        self.stack.setCurrentWidget(which)
        pictures = which is self.view
        self.foot.setVisible(pictures)
        self.tools.setVisible(pictures)
        self.scale.setVisible(pictures)

    def enlarge(self, index: int) -> None:
        """Show one tile by itself."""
        atlas = self.view.atlas
        if atlas is None:
            return
        if self.enlarged is None:
            self.enlarged = Enlarged(self.window())
        self.enlarged.show_tile(atlas, index, self._kind)

    # --- changes

    def _scale_changed(self, value: str) -> None:
        atlas = self.view.atlas
        self._frozen = atlas.hi if value == "frozen" and atlas is not None else None
        self.wanted.emit()

    def _theme_changed(self, _name: str) -> None:
        self.wanted.emit()

    def _hovered(self, text: str) -> None:
        self.readout.setText(text)

    def _smaller(self) -> None:
        self.view.zoom_by(-1)

    def _larger(self) -> None:
        self.view.zoom_by(1)

    def reshape(self) -> None:
        """Ask anew if the place's proportions have changed so much that another layout fits better."""
        if self._asked_aspect and not self._fits():
            self.wanted.emit()

    def _fits(self) -> bool:
        """Whether the layout asked for last still suits the place: tiles then stay where they are, whatever else changes."""
        return bool(self._asked_aspect) and 0.8 < self.view.aspect / self._asked_aspect < 1.25
