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
    target_scale: str = choice(
        "none",
        options=("none", "standard"),
        labels=("as they are", "mean 0, deviation 1"),
        help="how numbers to be predicted are scaled, measured on the training part; errors are then told in that scale",
        title="Scale of targets",
        advanced=True,
    )
    # What only some data sets read; their declarations name it, and a form shows it for them alone.
    inputs: str = text(
        "",
        help="columns that the network reads, by name or number, separated by commas; empty: all that are not predicted",
        title="Input columns",
    )
    targets: str = text(
        "",
        help="columns to predict, by name or number, separated by commas; empty: one called label or target, or the last",
        title="Target columns",
    )
    predict_as: str = choice(
        "auto",
        options=("auto", "classes", "numbers"),
        labels=("by its values", "classes", "numbers"),
        help="whether the target is a class or a number; by its values: text and few whole numbers are classes",
        title="Predict",
    )
    header: str = choice(
        "auto",
        options=("auto", "yes", "no"),
        labels=("by its looks", "names", "values"),
        help="whether the first line of the file holds the names of the columns",
        title="First line",
        advanced=True,
    )
    delimiter: str = choice(
        "auto",
        options=("auto", "comma", "semicolon", "tab", "bar", "space"),
        labels=("by its looks", "comma", "semicolon", "tab", "bar |", "space"),
        help="what stands between two values of a line",
        title="Delimiter",
        advanced=True,
    )
    tokens: str = choice(
        "auto",
        options=("auto", "characters", "words"),
        labels=("as is usual", "characters", "words"),
        help="what text is cut into; as is usual: characters for language modelling, words for sentences",
        title="Tokens",
    )
    vocabulary: int | None = integer(
        None, lo=3, hi=1_000_000, unit="tokens",
        help="the most frequent tokens are kept, the rest is unknown; padding and unknown are two of them; empty: as is usual",
    )  # fmt: skip
    length: int | None = integer(
        None, lo=1, hi=65536, unit="steps", title="Window",
        help="how many steps of a sequence the network sees at once; empty: as is usual for the data",
    )  # fmt: skip
    step: int | None = integer(
        None, lo=1, hi=65536, unit="steps", title="Window step", advanced=True,
        help="how far the next window starts behind the one before it; empty: as is usual for the data",
    )  # fmt: skip
    answer: str = choice(
        "auto",
        options=("auto", "every", "last"),
        labels=("as is usual", "at every step", "after the last step"),
        help="where the next token or value is predicted: at every step of the window, or once, behind it",
        title="Answer",
    )
    horizon: int = integer(
        1, lo=1, hi=65536, unit="steps", help="how many steps ahead a series is predicted", title="Horizon"
    )
    count: int | None = integer(
        None, lo=8, hi=200_000, unit="samples", help="how many samples are made; empty: as is usual", title="Samples"
    )
    classes: int | None = integer(
        None,
        lo=2,
        hi=70,
        unit="classes",
        help="how many classes are drawn; of masks the ground is one; empty: as is usual",
    )
    noise: float | None = real(
        None, lo=0.0, hi=2.0, help="how far samples are strewn; empty: as is usual for the data", title="Noise"
    )
