"""`Draws`: random numbers for generated data, the same on every platform and with every version of numpy.

They are made from raw PCG64 words, which numpy promises never to change; its distributions may change.

Not for: splitting (`engine.data.splits`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Wholes = npt.NDArray[np.int64]


class Draws:
    """A stream of random numbers from a seed."""

    def __init__(self, seed: int) -> None:
        self._bits = np.random.PCG64(seed)

    def uniform(self, *shape: int, lo: float = 0.0, hi: float = 1.0) -> Numbers:
        """Numbers from `lo` to below `hi`."""
        words = self._bits.random_raw(int(np.prod(shape)))
        unit = (words >> np.uint64(11)).astype(np.float64) * 2.0**-53
        return (lo + (hi - lo) * unit).reshape(shape)

    def normal(self, *shape: int) -> Numbers:
        """Numbers of mean 0 and deviation 1 (Box and Muller, 1958)."""
        radius = np.sqrt(-2.0 * np.log(1.0 - self.uniform(*shape)))
        return np.asarray(radius * np.cos(2.0 * np.pi * self.uniform(*shape)))

    def grain(self, *shape: int) -> npt.NDArray[np.float32]:
        """About normal, of mean 0 and deviation 1: sums of four bytes, ten times as fast where millions are wanted."""
        size = int(np.prod(shape))
        octets = self._bits.random_raw((size + 1) // 2).view(np.uint8).reshape(-1, 4)
        pairs = octets[:, :2].astype(np.float32) + octets[:, 2:].astype(np.float32)
        sums = (pairs[:, 0] + pairs[:, 1])[:size]
        return np.asarray((sums - 510.0) / np.float32(147.80054), np.float32).reshape(shape)

    def whole(self, *shape: int, below: int) -> Wholes:
        """Whole numbers from 0 to below `below`."""
        return np.floor(self.uniform(*shape) * below).astype(np.int64)

    def chance(self, *shape: int, of: float) -> npt.NDArray[np.bool_]:
        """True with this probability."""
        return np.asarray(self.uniform(*shape) < of)
