"""`Normalisation`: how the numbers of the input column are scaled before the network sees them.

It is measured on the training part only, and travels with the run and the export as JSON.

Not for: labels and targets, which stay as they are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.errors import DataError

Array = npt.NDArray[Any]
_ROWS = 512  # pictures summed at once: bounds the memory of the float copy


@dataclass(frozen=True)
class Normalisation:
    """(x * scale - mean) / std, per channel of a picture or per number of a vector or of a step of a series.

    Attributes:
        scale: Multiplied first: 1/255 brings pixels into 0..1.
        mean: Subtracted next, one a channel; a single one serves all.
        std: Divided by last, one a channel, never 0.
        last: Whether the numbers stand on the last axis whatever the rank, as of a series [N,T,F], which has as many axes
            as one picture.
    """

    scale: float = 1.0
    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)
    last: bool = False

    def apply(self, x: Array) -> npt.NDArray[np.float32]:
        """Scale [N,C,H,W], [C,H,W], [N,F], [F] or, with `last`, [N,T,F] or [T,F] into float32 of the same shape."""
        shape = (-1, 1, 1) if x.ndim >= 3 and not self.last else (-1,)
        mean = np.asarray(self.mean, np.float32).reshape(shape)
        std = np.asarray(self.std, np.float32).reshape(shape)
        out = x.astype(np.float32) * np.float32(self.scale)
        out -= mean
        out /= std
        return out

    def to_json(self) -> dict[str, Any]:
        """As stored with runs and exports."""
        return {
            "scale": self.scale,
            "mean": list(self.mean),
            "std": list(self.std),
            **({"last": True} if self.last else {}),
        }

    @staticmethod
    def from_json(values: Any) -> Normalisation:
        """What `to_json` gave.

        Raises:
            DataError: Not such an object.
        """
        wanted = 'a normalisation is an object {"scale": number, "mean": [numbers], "std": [numbers other than 0]}'
        if not isinstance(values, dict) or set(values) - {"last"} != {"scale", "mean", "std"}:
            raise DataError(f"{wanted}, but something else arrived.")
        lists = [values["mean"], values["std"]]
        if not all(isinstance(numbers, list) and numbers for numbers in lists):
            raise DataError(f"{wanted}, but mean or std is not a list.")
        flat = [values["scale"], *lists[0], *lists[1]]
        if any(isinstance(n, bool) or not isinstance(n, (int, float)) or not math.isfinite(n) for n in flat):
            raise DataError(f"{wanted}, but one of its numbers is not a finite number.")
        if 0 in values["std"]:
            raise DataError(f"{wanted}, but std holds a 0.")
        mean, std = (tuple(float(n) for n in numbers) for numbers in lists)
        if len(mean) != len(std):
            raise DataError(f"{wanted}, but mean has {len(mean)} numbers and std {len(std)}.")
        if not isinstance(values.get("last", False), bool):
            raise DataError(f"{wanted}, but last is neither true nor false.")
        return Normalisation(float(values["scale"]), mean, std, values.get("last", False))


def measure(column: Array, rows: npt.NDArray[np.int64], how: str) -> Normalisation:
    """The normalisation of an input column, measured on `rows`.

    Args:
        column: uint8 [N,C,H,W], float32 [N,F] or [N,T,F], or int64 tokens, which are never scaled.
        rows: The training part.
        how: "standard": mean 0 and deviation 1 per channel. "unit": pixels / 255; numbers from their least and largest
            to 0..1. "none": raw values, 0..255 for pixels.
    """
    if column.dtype.kind == "i":
        return Normalisation()
    image = column.ndim == 4
    series = column.ndim == 3
    axes = (0, 1) if series else 0
    scale = 1 / 255 if image else 1.0
    match how:
        case "none":
            return Normalisation(1.0, last=series)
        case "unit" if image:
            return Normalisation(scale)
        case "unit":
            part = column[rows].astype(np.float64)
            lo, hi = part.min(axis=axes), part.max(axis=axes)
            return Normalisation(1.0, _floats(lo), _floats(np.where(hi > lo, hi - lo, 1.0)), series)
        case _:
            mean, std = _moments(column, rows, image)
            return Normalisation(scale, _floats(mean * scale), _floats(std * scale), series)


def _moments(column: Array, rows: npt.NDArray[np.int64], image: bool) -> tuple[Array, Array]:
    """Mean and standard deviation per channel, in float64; a deviation of 0 is given as one unit of the scaled values."""
    if image:
        return _pixel_moments(column, rows)
    part = column[rows].astype(np.float64)
    axes = (0, 1) if column.ndim == 3 else 0
    mean = part.mean(axis=axes)
    std = part.std(axis=axes)
    # A constant column has a deviation of rounding errors only.
    return mean, np.where(std > 1e-12 * np.maximum(1.0, np.abs(mean)), std, 1.0)


def _pixel_moments(column: Array, rows: npt.NDArray[np.int64]) -> tuple[Array, Array]:
    """Of pixels, from exact sums: float64 holds the whole numbers of a chunk, so no order of adding changes a bit."""
    channels = column.shape[1]
    sums, squares = [0] * channels, [0] * channels
    for start in range(0, len(rows), _ROWS):
        part = column[rows[start : start + _ROWS]]
        for channel in range(channels):
            values = part[:, channel].reshape(-1).astype(np.float64)
            sums[channel] += int(values.sum())
            squares[channel] += int(values @ values)
    n = len(rows) * column.shape[2] * column.shape[3]
    mean = np.array([total / n for total in sums])
    variance = [(n * square - total * total) / (n * n) for total, square in zip(sums, squares, strict=True)]
    std = np.sqrt(np.array(variance))
    return mean, np.where(std > 0, std, 255.0)


def _floats(numbers: Array) -> tuple[float, ...]:
    return tuple(float(number) for number in numbers)
