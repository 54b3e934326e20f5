"""The 1,797 digits of 8×8 pixels that come with scikit-learn, which is imported here and nowhere else."""

from __future__ import annotations

import numpy as np

from engine.data.registry import Request
from engine.data.table import Table


def read(request: Request) -> Table:
    """The digits as uint8 pictures; their 17 grey levels 0..16 become 0..255."""
    from sklearn.datasets import load_digits

    request.tell("Reading the digits", 0, 1)
    bunch = load_digits()
    pixels = np.rint(np.asarray(bunch.images, np.float64) * (255 / 16)).astype(np.uint8)
    request.tell("Reading the digits", 1, 1)
    return Table(
        name="Digits",
        columns={"image": pixels[:, None], "label": np.asarray(bunch.target, np.int64)},
        classes=tuple("0123456789"),
    )
