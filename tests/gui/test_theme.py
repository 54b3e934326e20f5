from __future__ import annotations

import pytest
import qtawesome
from PySide6.QtCore import QSize, qInstallMessageHandler
from PySide6.QtGui import QIcon, QImage, QPainter
from PySide6.QtWidgets import QApplication

from engine.blocks.spec import FAMILIES
from gui import theme


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.1 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_text_colour_has_a_contrast_of_at_least_4_5_on_what_it_stands_on(name: theme.ThemeName) -> None:
    t = theme.tokens_of(name)
    for ground in (t.window, t.panel, t.raised, t.sunken, t.canvas, t.hover, t.accent_soft):
        assert contrast(t.text, ground) >= 4.5
    for colour in (t.muted, t.good, t.bad, t.warn):
        for ground in (t.panel, t.raised, t.sunken):
            assert contrast(colour, ground) >= 4.5, (colour, ground)
    assert contrast(t.accent_text, t.accent) >= 4.5


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_family_of_blocks_has_a_colour_that_stands_out_from_the_canvas(name: theme.ThemeName) -> None:
    t = theme.tokens_of(name)
    assert set(t.family) == set(FAMILIES)
    assert all(contrast(colour, t.canvas) >= 3 for colour in t.family.values())
    assert contrast(t.train, t.sunken) >= 3
    assert contrast(t.val, t.sunken) >= 3


def test_an_icon_of_no_size_is_no_fault(qapp: QApplication) -> None:
    icon = theme.icon("play")
    assert icon.pixmap(QSize(0, 0)).isNull()
    assert not icon.pixmap(QSize(16, 16)).isNull()


def test_a_glyph_is_painted_once_for_each_size_state_and_colour(qapp: QApplication) -> None:
    def picture(pixels: int, mode: QIcon.Mode = QIcon.Mode.Normal, color: str | None = None) -> QImage:
        return theme.icon("play", color=color).pixmap(QSize(pixels, pixels), mode).toImage()

    first = theme.icon("play").pixmap(QSize(16, 16)).toImage()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(theme, "_paint_glyph", lambda *_: pytest.fail("it was painted again"))
        assert picture(16) == first
    for other in (picture(20), picture(16, QIcon.Mode.Disabled), picture(16, color="#ff0000")):
        assert not other.isNull()
        assert other != first


def test_the_icon_engine_still_paints_where_there_is_no_room(qapp: QApplication) -> None:
    """When this fails, qtawesome has been mended, and the workaround in `gui.theme` can go."""
    said: list[str] = []
    before = qInstallMessageHandler(lambda _kind, _where, text: said.append(text))
    try:
        engine = theme.CharIconEngine(qtawesome._instance(), _Painter(), {})
        theme._paint_glyph(engine, QSize(0, 0), QIcon.Mode.Normal, QIcon.State.Off)
    finally:
        qInstallMessageHandler(before)
    assert said


class _Painter:
    """Paints nothing, as an icon's painter would."""

    def paint(self, _font: object, painter: QPainter, *_: object) -> None:
        painter.save()
        painter.restore()
