"""`DataChoice`: which data a project trains on and how they are split, as settings that a form shows and a file keeps.

Not for: the data themselves (`engine.data.load`). No numpy, no torch.
"""

from __future__ import annotations

from engine.data.registry import datasets
from engine.declare import choice, declared, flag, integer, real, text

_KNOWN = datasets()


@declared
class DataChoice:
    """Which data, which parts of them, and how their numbers are scaled."""

    name: str = choice(
        "digits",
        options=tuple(_KNOWN),
        labels=tuple(known.title for known in _KNOWN.values()),
        help="which data set the network learns from",
        title="Data set",
    )
    path: str = text("", help="the folder or the file it lies in; empty for digits", title="Folder or file")
    val_fraction: float = real(
        0.1, lo=0.0, hi=0.9, title="Validation share",
        help="share of the samples kept out of training to watch it by; of the training part where the data come with a test part",
    )  # fmt: skip
    test_fraction: float = real(
        0.1, lo=0.0, hi=0.9, title="Test share",
        help="share of the samples kept for a last judgement; not used where the data come with a test part",
    )  # fmt: skip
    split_seed: int = integer(
        0,
        lo=0,
        hi=2**63 - 1,
        help="the split is drawn from this number: the same number, the same split",
        advanced=True,
    )
    stratified: bool = flag(True, help="every part gets each class in the same proportion", advanced=True)
    normalise: str = choice(
        "standard",
        options=("standard", "unit", "none"),
        labels=("mean 0, deviation 1", "0 to 1", "as they are"),
        help="how numbers are scaled before the network sees them, measured on the training part",
        title="Normalisation",
    )
    limit: int | None = integer(
        None,
        lo=1,
        help="use at most this many samples, drawn from all of them; empty: all",
        unit="samples",
        advanced=True,
    )
