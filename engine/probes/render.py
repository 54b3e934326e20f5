"""Tiles and matrices to pictures: one mosaic, RGB uint8, with the rules that keep it honest.

Signed values have a scale symmetric about zero, and zero has exactly the neutral colour (a table with an odd number of
entries); values that are never negative start at 0. Nothing is smoothed, turned or flipped: a filter is shown as printed.
Values that are not finite are shown in a colour of their own.

Not for: windows (numpy only), nor for which numbers are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine.images import lut
from engine.probes.data import Floats, Matrix, Tiles

Scale = Literal["layer", "each", "frozen"]
Picture = NDArray[np.uint8]
BAD = (255, 0, 255)  # not a colour of any table here: infinities and nan must not pass for values
SMALLEST = 8  # pixels: smaller tiles are enlarged so that the gutter stays thin beside them


@dataclass(frozen=True)
class Look:
    """How tiles are to be drawn.

    Attributes:
        scale: "layer": one scale for all tiles; "each": one a tile; "frozen": the one in `limit`.
        dark: Whether the neutral colour is that of a dark window.
        ground: Colour of the gutters.
        limit: The largest magnitude shown when the scale is frozen.
        aspect: Width through height that the mosaic aims at.
        most: How many tiles are drawn, the first ones; None draws all.
        within: Pixels that the mosaic's longer side aims at: of larger tiles every second, third ... value is drawn.
    """

    scale: Scale = "layer"
    dark: bool = False
    ground: tuple[int, int, int] = (255, 255, 255)
    limit: float | None = None
    aspect: float = 1.6
    most: int | None = None
    within: int | None = None


@dataclass(frozen=True, eq=False)
class Atlas:
    """A mosaic and where its tiles are.

    Attributes:
        image: uint8 [height, width, 3].
        tiles: The values behind it.
        columns: Tiles a row.
        zoom: Picture pixels along a value's edge.
        gutter: Picture pixels between tiles, and around all of them.
        lo: Value at the lower end of the scale (0 or -hi); the widest one when each tile has its own.
        hi: Value at the upper end.
        limits: float32 [n]: the upper end for each tile.
    """

    image: Picture
    tiles: Tiles
    columns: int
    zoom: int
    gutter: int
    lo: float
    hi: float
    limits: Floats

    @property
    def cell(self) -> tuple[int, int]:
        """Height and width of a tile in picture pixels, without gutters."""
        _, height, width = self.tiles.values.shape[:3]
        return height * self.zoom, width * self.zoom

    def box(self, index: int) -> tuple[int, int, int, int]:
        """(x, y, width, height) of a tile in picture pixels."""
        row, column = divmod(index, self.columns)
        height, width = self.cell
        return (
            self.gutter + column * (width + self.gutter),
            self.gutter + row * (height + self.gutter),
            width,
            height,
        )

    def at(self, x: float, y: float) -> tuple[int, int, int] | None:
        """(tile, row, column) of the value under a picture pixel; None in a gutter or beside the tiles."""
        height, width = self.cell
        column, in_x = divmod(int(x) - self.gutter, width + self.gutter)
        row, in_y = divmod(int(y) - self.gutter, height + self.gutter)
        index = row * self.columns + column
        inside = x >= self.gutter and y >= self.gutter and in_x < width and in_y < height
        if not inside or column >= self.columns or index >= len(self.tiles):
            return None
        return index, in_y // self.zoom, in_x // self.zoom


def table(signed: bool, dark: bool) -> Picture:
    """The colour table: 255 entries for signed values (the middle one is zero), 256 for others."""
    return lut(("CET-D4" if dark else "CET-D1") if signed else "viridis")


def neutral(dark: bool) -> tuple[int, int, int]:
    """The colour of zero among signed values."""
    red, green, blue = (int(part) for part in table(True, dark)[127])
    return red, green, blue


def colour(values: Floats, *, hi: Floats | float, signed: bool, dark: bool = False) -> Picture:
    """Numbers to colours: [...] -> uint8 [..., 3].

    Args:
        values: Any shape.
        hi: Upper end of the scale, broadcast against the values; the lower end is -hi (signed) or 0.
        signed: Which of the two.
        dark: Whether the neutral colour is that of a dark window.
    """
    entries = table(signed, dark)
    top = np.asarray(hi, np.float32)
    safe = np.where(top > 0, top, np.float32(1))
    with np.errstate(invalid="ignore", over="ignore"):
        share = np.asarray(values, np.float32) / safe
    finite = np.isfinite(share)
    whole = bool(finite.all())
    if not whole:
        share[~finite] = 0
    middle = np.float32(127 if signed else 0)
    share *= middle if signed else np.float32(255)
    np.rint(share, out=share)
    share += middle
    index = np.clip(share, 0, len(entries) - 1, out=share).astype(np.uint8)
    out = entries.take(index, axis=0, mode="clip")  # "clip" skips the check of every index
    if not whole:
        out[~finite] = BAD
    return out


def limits(tiles: Tiles, look: Look) -> Floats:
    """The upper end of each tile's scale, float32 [n]."""
    count = len(tiles)
    if look.scale == "frozen" and look.limit is not None:
        return np.full(count, look.limit, np.float32)
    flat = tiles.values.reshape(count, -1)
    peaks = np.abs(np.where(np.isfinite(flat), flat, 0)).max(axis=1, initial=0).astype(np.float32)
    if look.scale == "each":
        return np.asarray(peaks, np.float32)
    return np.full(count, peaks.max(initial=0), np.float32)


def paint(tiles: Tiles, tops: Floats, *, dark: bool = False) -> Picture:
    """Each tile in its colours, not enlarged: uint8 [n, h, w, 3]."""
    if tiles.values.ndim == 4:  # filters on colours: one grey level is zero, one factor serves all of them
        safe = np.where(tops > 0, tops, np.float32(1))[:, None, None, None]
        share = tiles.values / safe
        grey = np.clip(0.5 + 0.5 * np.where(np.isfinite(share), share, 0), 0, 1)
        return np.rint(grey * 255).astype(np.uint8)
    return colour(tiles.values, hi=tops[:, None, None], signed=tiles.signed, dark=dark)


def render(tiles: Tiles, look: Look | None = None) -> Atlas:
    """All tiles as one picture, or as many as are asked for."""
    look = look or Look()
    tiles = _fewer(tiles, look)
    count, height, width = tiles.values.shape[:3]
    tops = limits(tiles, look)
    zoom = max(1, -(-SMALLEST // max(height, width, 1)))
    gutter = 1
    columns = tiles.columns or _columns(count, height / max(width, 1), look.aspect)
    columns = max(1, min(columns, max(count, 1)))
    rows = max(1, -(-count // columns))
    cell_h, cell_w = height * zoom + gutter, width * zoom + gutter
    small = paint(tiles, tops, dark=look.dark)
    large = small.repeat(zoom, axis=1).repeat(zoom, axis=2) if zoom > 1 else small
    grid = _plain((rows * columns, cell_h, cell_w), look.ground)
    grid[:count, : height * zoom, : width * zoom] = large
    mosaic = grid.reshape(rows, columns, cell_h, cell_w, 3).swapaxes(1, 2).reshape(rows * cell_h, columns * cell_w, 3)
    image = _plain((mosaic.shape[0] + gutter, mosaic.shape[1] + gutter), look.ground)
    image[gutter:, gutter:] = mosaic
    hi = float(tops.max(initial=0))
    signed = tiles.signed or tiles.values.ndim == 4
    return Atlas(image, tiles, columns, zoom, gutter, -hi if signed else 0.0, hi, tops)


def _fewer(tiles: Tiles, look: Look) -> Tiles:
    """The tiles that are to be drawn, in the size that is."""
    values = tiles.values[: look.most]
    count, height, width = values.shape[:3]
    if look.within is not None and count:
        columns = tiles.columns or _columns(count, height / max(width, 1), look.aspect)
        rows = -(-count // max(columns, 1))
        step = max(1, -(-max(columns * width, rows * height) // look.within))
        values = values[:, ::step, ::step]
    if values.shape == tiles.values.shape:
        return tiles
    return Tiles(np.ascontiguousarray(values), tiles.signed, tiles.titles[: len(values)], tiles.note, tiles.columns)


def one(atlas: Atlas, index: int, *, dark: bool = False) -> Picture:
    """One tile of a mosaic by itself, one pixel a value, on the scale it has there."""
    tiles = atlas.tiles
    single = Tiles(tiles.values[index : index + 1], tiles.signed, (tiles.titles[index],))
    picture: Picture = paint(single, atlas.limits[index : index + 1], dark=dark)[0]
    return picture


def as_tiles(matrix: Matrix) -> Tiles:
    """A matrix as a single tile."""
    return Tiles(matrix.values[None], matrix.signed, ("all",), matrix.note, columns=1)


def legend(atlas: Atlas, *, dark: bool = False) -> Picture:
    """The scale as a strip, uint8 [1, entries, 3], lowest value first."""
    if atlas.tiles.values.ndim == 4:
        return np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    return table(atlas.tiles.signed, dark)[None]


def enlarged(image: Picture, factor: int) -> Picture:
    """Every pixel as a square of `factor` pixels."""
    return np.asarray(image.repeat(factor, axis=0).repeat(factor, axis=1), np.uint8)


def _plain(shape: tuple[int, ...], ground: tuple[int, int, int]) -> Picture:
    """A picture of one colour, filled line by line: ten times as fast as pixel by pixel."""
    out = np.empty((*shape[:-1], 3 * shape[-1]), np.uint8)
    out[:] = np.tile(np.asarray(ground, np.uint8), shape[-1])
    return out.reshape(*shape, 3)


def _columns(count: int, shape: float, aspect: float) -> int:
    """Tiles a row so that they are as large as can be in a place of `aspect`; full rows are preferred to a little size."""

    def size(columns: int) -> float:
        rows = -(-count // columns)
        fits = min(aspect / columns, 1 / (rows * shape))
        return fits if count % columns == 0 else 0.88 * fits

    return max(range(1, count + 1), key=size, default=1)
