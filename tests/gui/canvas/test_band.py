"""The rubber band: what is painted while it grows is what changes, and adds up to the whole."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, QRectF
from PySide6.QtGui import QPaintEvent, QRegion
from PySide6.QtWidgets import QApplication, QGraphicsScene, QGraphicsView
from pytestqt.qtbot import QtBot

from gui.canvas.band import RIM, Band
from gui.canvas.inks import Inks


class Painted(QObject):
    """The region that a viewport paints."""

    def __init__(self, view: QGraphicsView) -> None:
        super().__init__(view)
        self.region = QRegion()
        view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.region += event.region()
        return False

    def taken(self) -> QRegion:
        """What was painted since it was last asked."""
        QApplication.processEvents()
        seen, self.region = self.region, QRegion()
        return seen


@pytest.fixture
def view(qtbot: QtBot) -> QGraphicsView:
    made = QGraphicsView()
    made.setScene(QGraphicsScene(0, 0, 400, 300, made))
    made.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
    qtbot.addWidget(made)
    made.resize(420, 320)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def band(view: QGraphicsView) -> Band:
    made, inks = Band(), Inks()
    made.pen, made.brush = inks.band_pen, inks.band
    view.scene().addItem(made)
    return made


def test_a_band_that_grows_paints_its_edges_and_what_it_has_gained(view: QGraphicsView, band: Band) -> None:
    painted = Painted(view)
    band.show_rect(QRectF(20, 20, 300, 200))
    painted.taken()
    band.show_rect(QRectF(20, 20, 320, 200))
    region = painted.taken()
    at = view.mapFromScene(QRectF(20, 20, 320, 200)).boundingRect()
    assert region.contains(at.topRight())
    assert region.contains(at.bottomLeft())
    assert not region.intersects(at.adjusted(RIM + 1, RIM + 1, -30, -RIM - 1))  # its inside looks as before
    band.show_rect(QRectF())
    assert painted.taken().contains(at.center())


def test_what_was_painted_piece_by_piece_is_what_is_painted_at_once(view: QGraphicsView, band: Band) -> None:
    for size in (40, 90, 130, 60, 110):
        band.show_rect(QRectF(30, 250, size * 2, -size).normalized())
        QApplication.processEvents()
    pieces = view.screen().grabWindow(view.winId()).toImage()
    view.viewport().update()
    QApplication.processEvents()
    assert pieces == view.screen().grabWindow(view.winId()).toImage()
    shown = view.viewport().mapTo(view, view.mapFromScene(100, 200))
    assert pieces.pixelColor(shown) != pieces.pixelColor(shown.x(), 8)


def test_the_mouse_does_not_meet_it(view: QGraphicsView, band: Band) -> None:
    band.show_rect(QRectF(20, 20, 300, 200))
    assert view.itemAt(view.mapFromScene(100, 100)) is None
