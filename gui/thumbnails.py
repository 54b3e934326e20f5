"""Live thumbnails: on the face of each block, what it answers to one pinned sample: maps as a mosaic, a vector as bars.

Asks the session and paints no block itself. Only blocks that are seen are asked about, all of them in one forward pass. They are
there from the first step of a training on, so that the network is seen learning; an untrained drawing has none.
Not for: the Inspect place, which asks for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QRectF, QTimer
from PySide6.QtGui import QColor, QImage, QPainter

from engine.data.dataset import DataSet
from engine.graph.model import Graph
from engine.probes.data import Tiles
from engine.probes.render import Look
from engine.probes.worker import Request, Result
from gui import scope as ways
from gui import theme
from gui.document import Document
from gui.pictures import to_qimage
from gui.session import Session

KEY = "thumbnail:"
SIDE = 84  # pixels of a thumbnail: twice its size on the canvas, for fine screens and large zooms
MOST = 16  # maps in a mosaic: more of them would be specks
BARS = 42  # bars of a vector; a longer one gives the largest of its neighbours' numbers
SETTLE_MS = 120  # rest after the canvas was moved before other blocks are asked about

Sample = tuple[NDArray[Any], ...]


class Thumbnails(QObject):
    """Keeps the thumbnails of one canvas true.

    Args:
        document: Whose blocks they are on.
        session: Who answers.
        show: Puts an image on a block's face, or takes it off.
        seen: Ids of the blocks that can be seen, large enough for a picture.
    """

    def __init__(
        self,
        document: Document,
        session: Session,
        show: Callable[[str, QImage | None], None],
        seen: Callable[[], Collection[str]],
    ) -> None:
        super().__init__(document)
        self.document, self.session, self._show, self._seen = document, session, show, seen
        self._asked: dict[str, Request] = {}  # by id, while they are
        self._shown: set[str] = set()
        self._active = False
        self._row: int | None = None
        self._sample: Sample | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(SETTLE_MS)
        self._later.timeout.connect(self.refresh)
        session.network_changed.connect(self.refresh)
        session.state_changed.connect(self.refresh)
        session.dataset_ready.connect(self._data_came)
        session.probed.connect(self._answered)
        document.replaced.connect(self.refresh)
        document.scope_changed.connect(self._moved)
        theme.notifier().changed.connect(self._repaint)

    def set_active(self, active: bool) -> None:
        """Ask only while somebody can see them."""
        if active != self._active:
            self._active = active
            self.refresh()

    def pin(self, row: int) -> None:
        """Show the answers to the sample at this place in the data set from now on."""
        if row != self._row:
            self._row, self._sample = row, None
            self.refresh()

    def look_again(self) -> None:
        """Another part of the canvas is seen: ask about what is there once it rests, and no more about the rest."""
        if self._active and not self._later.isActive():
            self._later.start()

    def _data_came(self, _data: object) -> None:
        self._row = self._sample = None
        self.refresh()

    def _moved(self) -> None:
        """Another drawing is open: its blocks may bear the ids of those that were."""
        self._drop(set(self._asked))
        self._shown.clear()
        self.look_again()

    def _repaint(self, _theme: object = None) -> None:
        self._drop(set(self._asked))
        self.refresh()

    def refresh(self, _what: object = None) -> None:
        """Ask for what is wanted now and take away what is not."""
        self._later.stop()
        known = self._known()
        seen = set(self._seen()) if known else set()
        self._drop(
            {block for block, asked in self._asked.items() if block not in seen or asked.block != known.get(block)}
        )
        if self._active:
            for block in self._shown - set(known):
                self._show(block, None)
            self._shown &= set(known)
        sample = self._pinned() if seen else None
        if sample is None:
            return
        look = _look()
        for block in seen & set(known):
            name, shape = known[block], self.document.report.blocks[block].output
            map_ = shape is not None and len(shape.dims) == 3
            before = self._asked.get(block)
            if before is None or before.sample is not sample:
                request = Request(
                    "activations", block=name, sample=sample, look=look if map_ else None, live=True, tag=block
                )
                self._asked[block] = request
                self.session.probe(KEY + block, request)

    def _drop(self, blocks: set[str]) -> None:
        for block in blocks:
            self.session.forget(KEY + block)
            del self._asked[block]

    def _known(self) -> dict[str, str]:
        """Block id -> name in the plan, of the blocks of the open drawing that have a picture to give."""
        graph, document = self.session.looking_at, self.document
        taught = self.session.trained or bool(self.session.imported)
        if not self._active or not taught or graph is None or self._pinned() is None:
            return {}
        prefix = self._prefix(graph)
        if prefix is None:
            return {}
        then = ways.drawing(graph, ways.owners(graph, document.scope)[-1])
        out = {}
        for node in then:
            found = document.report.blocks.get(node.id)
            shapes = found.outputs if found is not None else ()
            shape = shapes[0] if shapes else None
            if shape is not None and node.id in document.graph.nodes and len(shape.dims) in (1, 3) and shape.batched:
                out[node.id] = prefix + node.name
        return out

    def _prefix(self, graph: Graph) -> str | None:
        """What names of the open drawing's blocks begin with in the plan; None where the network has no such drawing."""
        scope = self.document.scope
        owners, report, prefix = ways.owners(graph, scope), self.document.root_report, ""
        if scope.base is not None or len(owners) != len(scope.path) + 1:
            return None
        for owner, id_ in zip(owners, scope.path, strict=False):
            inside = report.inner.get(id_, ())
            if not inside:
                return None
            prefix += ways.drawing(graph, owner).nodes[id_].name + (".0." if len(inside) > 1 else ".")
            report = inside[0]
        return prefix

    def _pinned(self) -> Sample | None:
        """The sample, one array an input, the same object while it is the same sample."""
        graph, data = self.session.looking_at, self.session.dataset
        if graph is None or data is None:
            return None
        columns = [str(getattr(node.block(), "column", "")) for node in graph if node.spec.role == "input"]
        if not columns or any(name not in data.columns for name in columns):
            return None
        row = self._row if self._row is not None and self._row < data.facts.samples else _first(data)
        values = tuple(data.columns[name][row] for name in columns)
        if self._sample is None or len(self._sample) != len(values) or not _same(self._sample, values):
            self._sample = values
        return self._sample

    def _answered(self, results: list[tuple[str, Result]]) -> None:
        for key, result in results:
            block = str(result.request.tag)
            if not key.startswith(KEY) or self._asked.get(block) is not result.request:
                continue
            if result.atlas is not None:
                image = to_qimage(result.atlas.image)
            elif isinstance(result.answer, Tiles):
                image = bars(result.answer.values.ravel())
            else:
                continue
            self._shown.add(block)
            self._show(block, image)


def _first(data: DataSet) -> int:
    rows = data.splits["val"] if len(data.splits["val"]) else data.splits["train"]
    return int(rows[0])


def _same(one: Sample, other: Sample) -> bool:
    return all(a.shape == b.shape and np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def _look() -> Look:
    t = theme.current()
    ground = QColor(t.border_strong if t.name == "dark" else t.raised)
    return Look(
        dark=t.name == "dark", ground=(ground.red(), ground.green(), ground.blue()), aspect=1.0, most=MOST, within=SIDE
    )


def bars(values: NDArray[np.float32], most: int = BARS) -> QImage:
    """A vector as bars from a line of zero, upwards and downwards; of a long one, the number farthest from zero in each stretch."""
    t = theme.current()
    image = QImage(SIDE, SIDE, QImage.Format.Format_RGB32)
    image.fill(QColor(t.sunken))
    values = np.nan_to_num(np.asarray(values, np.float32), nan=0.0)
    if not len(values):
        return image
    parts = np.array_split(values, min(len(values), most))
    heights = np.array([part[np.abs(part).argmax()] for part in parts], np.float64)
    top, bottom = max(heights.max(), 0.0), min(heights.min(), 0.0)
    reach = (top - bottom) or 1.0
    room = SIDE - 8
    zero = 4 + room * top / reach
    width = SIDE / len(heights)
    painter = QPainter(image)
    for index, height in enumerate(heights):
        size = max(1.0, room * abs(height) / reach)
        rect = QRectF(index * width, zero - size if height > 0 else zero, max(1.0, width * 0.8), size)
        painter.fillRect(rect, QColor(t.accent if height >= 0 else t.val))
    painter.fillRect(QRectF(0, zero - 0.5, SIDE, 1), QColor(t.border_strong))
    painter.end()
    return image
