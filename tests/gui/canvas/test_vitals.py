"""The sign of health on a block's face: seen in both themes, told apart without colour, gone when it is taken off."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from engine.graph.model import Configure
from engine.training.health import TITLES
from engine.training.messages import BlockHealth
from gui import theme
from gui.canvas import Canvas, vitals
from gui.document import Document

GOOD = BlockHealth("good", "Fine.", 0.02, 0.004)


@pytest.mark.parametrize("themed", ["light", "dark"])
def test_every_state_has_a_form_of_its_own_not_only_a_colour(
    canvas: Canvas, qapp: QApplication, themed: theme.ThemeName
) -> None:
    before = theme.current().name
    try:
        theme.apply(qapp, themed)
        canvas.set_zoom(2.0)
        canvas.centerOn(256, 80)
        forms = set()
        for state in TITLES:
            canvas.canvas.set_health("b2", BlockHealth(state))
            forms.add(form(canvas))
        assert len(forms) == len(TITLES)
        canvas.canvas.set_health("b2", None)
        assert form(canvas) not in forms
        canvas.canvas.set_health("gone", None)
    finally:
        theme.apply(qapp, before)


def form(canvas: Canvas) -> tuple[bool, ...]:
    """Where the sign is lighter than its surroundings: what is left of it without colour."""
    rect = canvas.mapFromScene(vitals.place(canvas.canvas.nodes["b2"].card()).translated(256, 0)).boundingRect()
    image = canvas.viewport().grab(rect).toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    levels = [QColor(image.pixel(x, y)).lightness() for y in range(image.height()) for x in range(image.width())]
    middle = (max(levels) + min(levels)) / 2
    return tuple(level > middle for level in levels)


def test_a_sign_is_painted_in_its_colour_and_goes_again(canvas: Canvas) -> None:
    canvas.set_zoom(2.0)
    canvas.centerOn(256, 80)
    centre = canvas.mapFromScene(QPointF(256 + 4, 80 - 4))
    canvas.canvas.set_health("b2", BlockHealth("vanishing", "It is weak."))
    near = [canvas.viewport().grab().toImage().pixelColor(centre.x() + 10, centre.y() - 6)]
    assert near == [QColor(theme.current().warn)]
    assert "↓ Vanishing gradient. It is weak." in canvas.canvas.nodes["b2"].toolTip()
    canvas.canvas.set_health("b2", None)
    assert canvas.viewport().grab().toImage().pixelColor(centre.x() + 10, centre.y() - 6) != near[0]
    assert canvas.canvas.nodes["b2"].toolTip() == ""


def test_the_tool_tip_tells_problems_first(document: Document, canvas: Canvas) -> None:
    canvas.canvas.set_health("b5", BlockHealth("exploding", "Too fast."))
    document.do(Configure("b2", {"kernel_size": 40}), "Break")
    problem = canvas.canvas.nodes["b2"].toolTip()
    canvas.canvas.set_health("b2", GOOD)
    assert canvas.canvas.nodes["b2"].toolTip() == f"{problem}\n✓ Healthy. Fine."
    assert canvas.canvas.nodes["b5"].toolTip().endswith("↑ Exploding. Too fast.")


def test_the_names_of_states_are_all_told_apart() -> None:
    assert len({vitals.words(BlockHealth(state))[0] for state in TITLES}) == 4
