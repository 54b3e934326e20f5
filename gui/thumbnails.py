"""Live thumbnails: on the face of each block that gives maps, what it answers to one pinned sample.

Asks the session and paints nothing itself. They are there from the first step of a training on, so that the network is seen
learning; an untrained drawing has none. Not for: the Inspect place, which asks for itself.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QColor, QImage

from engine.probes.render import Look
from engine.probes.worker import Request, Result
from gui import theme
from gui.document import Document
from gui.pictures import to_qimage
from gui.session import Session

MOST = 48  # blocks; a forward pass for each is paid at every look
KEY = "thumbnail:"


class Thumbnails(QObject):
    """Keeps the thumbnails of one canvas true.

    Args:
        document: Whose blocks they are on.
        session: Who answers.
        show: Puts an image on a block's face, or takes it off.
    """

    def __init__(self, document: Document, session: Session, show: Callable[[str, QImage | None], None]) -> None:
        super().__init__(document)
        self.document, self.session, self._show = document, session, show
        self._asked: set[str] = set()
        self._active = False
        session.network_changed.connect(self.refresh)
        session.state_changed.connect(self.refresh)
        session.dataset_ready.connect(self.refresh)
        session.probed.connect(self._answered)
        document.replaced.connect(self.refresh)
        theme.notifier().changed.connect(self.refresh)

    def set_active(self, active: bool) -> None:
        """Ask only while somebody can see them."""
        if active != self._active:
            self._active = active
            self.refresh()

    def refresh(self, _what: object = None) -> None:
        """Ask for what is wanted now and take away what is not."""
        wanted = self._wanted()
        for block in self._asked - set(wanted):
            self.session.forget(KEY + block)
            if self._active and block in self.document.graph.nodes:
                self._show(block, None)
        self._asked = set(wanted)
        data = self.session.dataset
        if not wanted or data is None:
            return
        rows = data.splits["val"] if len(data.splits["val"]) else data.splits["train"]
        sample = (data.columns["image"][rows[0]],)
        t = theme.current()
        ground = QColor(t.border_strong if t.name == "dark" else t.raised)
        look = Look(dark=t.name == "dark", ground=(ground.red(), ground.green(), ground.blue()), aspect=1.0)
        for block, name in wanted.items():
            request = Request("activations", block=name, sample=sample, look=look, live=True, tag=block)
            self.session.probe(KEY + block, request)

    def _wanted(self) -> dict[str, str]:
        """Block id -> name of the blocks that get one."""
        graph, data = self.session.looking_at, self.session.dataset
        if not self._active or not self.session.trained or graph is None or data is None or "image" not in data.columns:
            return {}
        shapes = self.document.report.blocks
        out = {}
        for node in graph:
            found = shapes.get(node.id)
            if found is not None and found.output is not None and len(found.output.dims) == 3:
                out[node.id] = node.name
        return dict(list(out.items())[:MOST])

    def _answered(self, results: list[tuple[str, Result]]) -> None:
        for key, result in results:
            if key.startswith(KEY) and result.request.tag in self._asked and result.atlas is not None:
                self._show(str(result.request.tag), to_qimage(result.atlas.image))
