"""A plan as the bytes of an SVG, PDF or PNG file. May run on any thread: nothing here is a widget.

Not for: writing them to disk.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import unescape

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRect, QSize, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from engine.errors import EngineError
from gui.figure.paint import Ink, paint
from gui.figure.plan import Plan
from gui.figure.style import StyleName, font, style_of

Format = Literal["svg", "pdf", "png"]
FORMATS: tuple[tuple[Format, str], ...] = (("svg", "SVG"), ("pdf", "PDF"), ("png", "PNG"))
MM_A_UNIT = 25.4 / 96  # a canvas unit is a pixel of a screen of 96 to the inch
POINTS_A_MM = 72 / 25.4
LARGEST_PAGE = 5000.0  # millimetres; more than that readers of PDF refuse
SIDE, AREA = 30_000, 120_000_000  # pixels of the largest picture
LEAST_SCALE, MOST_SCALE = 0.1, 4.0  # pixels a canvas unit
FINE = 1200  # dots an inch that a page is painted with
FALLBACK = "Inter, Helvetica, Arial, sans-serif"  # for readers without the figure's font
_LETTERS = re.compile(rb"beginbfrange.*?endbfrange", re.DOTALL)
_TEXT = re.compile(r'(<text [^>]*?font-size="(\d+)" font-weight="(\d+)"[^>]*?)\s*>([^<]*)</text>')


class FigureError(EngineError):
    """A figure cannot be made as it is asked for."""


@dataclass(frozen=True)
class Form:
    """How a plan becomes a file.

    Attributes:
        format: Of the file.
        style: Of the painting.
        width: Of the printed figure in millimetres; 0 for its natural size.
        scale: Pixels a canvas unit, of a PNG.
        transparent: Whether the ground is left out.
        title: In the file's own description.
    """

    format: Format = "svg"
    style: StyleName = "print"
    width: float = 0.0
    scale: float = 2.0
    transparent: bool = False
    title: str = ""

    def millimetres(self, plan: Plan) -> tuple[float, float]:
        """Width and height of the printed figure."""
        wide = self.width or plan.bounds.width() * MM_A_UNIT
        return wide, wide * plan.bounds.height() / plan.bounds.width()

    def pixels(self, plan: Plan) -> tuple[int, int]:
        """Width and height of the picture."""
        return round(plan.bounds.width() * self.scale), round(plan.bounds.height() * self.scale)

    def letters(self, plan: Plan) -> float:
        """The size of the smallest letters in print, in points."""
        return plan.least_size * self.millimetres(plan)[0] / plan.bounds.width() * POINTS_A_MM


def made(plan: Plan, form: Form) -> bytes:
    """The file's bytes.

    Raises:
        FigureError: There is nothing to draw, or the picture would be too large.
    """
    if not plan.cards:
        raise FigureError("There is nothing to draw: the drawing has no blocks.")
    match form.format:
        case "svg":
            return _svg(plan, form)
        case "pdf":
            return _pdf(plan, form)
        case "png":
            return _png(plan, form)


def picture(plan: Plan, form: Form) -> QImage:
    """The figure as a picture.

    Raises:
        FigureError: It would be too large.
    """
    wide, high = form.pixels(plan)
    if max(wide, high) > SIDE or wide * high > AREA:
        raise FigureError(
            f"A picture of {wide:,} × {high:,} pixels is too large. Choose a smaller scale, or SVG or PDF, which have no pixels."
        )
    image = QImage(QSize(wide, high), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    # Printed at the size that it has on a screen of 96 to the inch, or as wide as was asked for.
    dots = round(wide / (form.millimetres(plan)[0] / 1000))
    image.setDotsPerMeterX(dots)
    image.setDotsPerMeterY(dots)
    painter = QPainter(image)
    painter.scale(wide / plan.bounds.width(), high / plan.bounds.height())
    painter.translate(-plan.bounds.topLeft())
    paint(painter, plan, Ink(style_of(form.style), form.transparent))
    painter.end()
    return image


def _png(plan: Plan, form: Form) -> bytes:
    image = picture(plan, form)
    if not form.transparent:
        image = image.convertToFormat(QImage.Format.Format_RGB32)
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    buffer.close()
    return bytes(held.data())


def _svg(plan: Plan, form: Form) -> bytes:
    bounds = plan.bounds
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(96)
    generator.setSize(QSize(int(bounds.width()), int(bounds.height())))
    generator.setViewBox(QRect(0, 0, int(bounds.width()), int(bounds.height())))
    generator.setTitle(form.title)
    generator.setDescription("Drawn with LayerLoom")
    painter = QPainter(generator)
    painter.translate(-bounds.topLeft())
    paint(painter, plan, Ink(style_of(form.style), form.transparent))
    painter.end()
    buffer.close()
    wide, high = form.millimetres(plan)
    text = bytes(held.data()).decode()
    text = re.sub(
        r'<svg width="[^"]*" height="[^"]*"', f'<svg width="{wide:.2f}mm" height="{high:.2f}mm"', text, count=1
    )
    text = text.replace('font-family="Inter"', f'font-family="{FALLBACK}"')
    return _with_lengths(text).encode()


def _with_lengths(svg: str) -> str:
    """Say how wide each text is, so that it fits its card in another font, too."""
    measures: dict[tuple[int, int], QFontMetricsF] = {}

    def told(found: re.Match[str]) -> str:
        key = int(found[2]), int(found[3])
        measure = measures.setdefault(key, QFontMetricsF(font(*key)))
        length = measure.horizontalAdvance(unescape(found[4]))
        return f'{found[1]} textLength="{length:.2f}" lengthAdjust="spacingAndGlyphs">{found[4]}</text>'

    return _TEXT.sub(told, svg)


def _pdf(plan: Plan, form: Form) -> bytes:
    wide, high = form.millimetres(plan)
    shrink = min(1.0, LARGEST_PAGE / max(wide, high))
    wide, high = wide * shrink, high * shrink
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    size = QPageSize(QSizeF(wide, high), QPageSize.Unit.Millimeter, "", QPageSize.SizeMatchPolicy.ExactMatch)
    writer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0)))
    writer.setResolution(FINE)
    writer.setTitle(form.title)
    writer.setCreator("LayerLoom")
    painter = QPainter(writer)
    painter.scale(writer.width() / plan.bounds.width(), writer.height() / plan.bounds.height())
    painter.translate(-plan.bounds.topLeft())
    paint(painter, plan, Ink(style_of(form.style), form.transparent))
    painter.end()
    buffer.close()
    # A font has one glyph for the space and the tab, and Qt names it after the tab: text that is copied out would have tabs.
    return _LETTERS.sub(lambda found: found[0].replace(b"<0009>", b"<0020>"), bytes(held.data()))
