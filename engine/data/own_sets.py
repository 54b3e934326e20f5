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
