"""A person's own data, one declaration for each way that they may lie in files.

A reader imports what it needs when it is called, so that listing the data sets costs nothing.

Not for: how files are read; that is in `folder`, `arrays`, `tabular`, `text` and `masks`. No numpy, no torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.data.registry import Request, dataset

if TYPE_CHECKING:
    from engine.data.table import Table


@dataset(
    "folder",
    title="Folder of pictures",
    help="Your own pictures: one folder a class, named after it. Folders train, val and test around them are used as parts.",
    source="your files",
    needs="folder",
)
def folder(request: Request) -> Table:
    """Read a folder that holds one folder of pictures a class."""
    from engine.data.folder import read

    return read(request)


@dataset(
    "npz",
    title="Arrays (.npz)",
    help="Your own arrays, saved with numpy.savez: images or features as x, labels or numbers as y, x_test and y_test if you like.",
    source="your file",
    needs="file",
)
def npz(request: Request) -> Table:
    """Read arrays that numpy saved."""
    from engine.data.arrays import read

    return read(request)


@dataset(
    "masks",
    title="Pictures with masks",
    help="Your own pictures and, for each, a picture of its classes by pixel: folders images and masks with files of "
    "equal names.",
    source="your files",
    needs="folder",
    group="Your own",
)
def masks(request: Request) -> Table:
    """Read a folder of pictures and masks."""
    from engine.data.masks import read

    return read(request)


@dataset(
    "csv",
    title="Table (CSV)",
    help="Your own table: a line a sample, numbers and kinds to learn from, one column or several to predict.",
    source="your file",
    needs="file",
    group="Your own",
    settings=("inputs", "targets", "predict_as", "target_scale", "header", "delimiter"),
)
def csv(request: Request) -> Table:
    """Read a table of values."""
    from engine.data.tabular import table

    return table(request)


@dataset(
    "series",
    title="Series (CSV)",
    help="Your own measurements over time, a line a step: the window of the past, and the value that follows. Parted "
    "by time.",
    source="your file",
    needs="file",
    group="Your own",
    settings=("inputs", "targets", "length", "horizon", "answer", "step", "target_scale", "header", "delimiter"),
    idle=("split_seed", "stratified"),
)
def series(request: Request) -> Table:
    """Read a series."""
    from engine.data.series import series as read

    return read(request)


@dataset(
    "text",
    title="Text",
    help="Your own text file, to be modelled character by character or word by word. Parted by position.",
    source="your file",
    needs="file",
    group="Your own",
    settings=("tokens", "vocabulary", "length", "step", "answer"),
    idle=("normalise", "split_seed", "stratified"),
)
def text(request: Request) -> Table:
    """Read a text file."""
    from engine.data.text import own

    return own(request)


@dataset(
    "sentences",
    title="Sentences with labels (CSV)",
    help="Your own texts with a label each, a line a text: opinions, topics, languages.",
    source="your file",
    needs="file",
    group="Your own",
    settings=("inputs", "targets", "tokens", "vocabulary", "length", "header", "delimiter"),
    idle=("normalise",),
)
def sentences(request: Request) -> Table:
    """Read a table of texts."""
    from engine.data.sentences import own

    return own(request)
