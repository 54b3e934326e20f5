"""The data sets that LayerLoom knows, each declared once.

A reader imports what it needs when it is called, so that listing the data sets costs nothing.

Not for: how files are read; that is in `digits`, `idx`, `folder` and `arrays`. No numpy, no torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.data.registry import Request, dataset

if TYPE_CHECKING:
    from engine.data.table import Table


@dataset(
    "digits",
    title="Digits, 8×8",
    help="1,797 handwritten digits of 8×8 grey pixels. Comes with LayerLoom; needs no file.",
    source="E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits (UCI, 1998), as in scikit-learn",
)
def digits(request: Request) -> Table:
    """Read the digits that come with scikit-learn."""
    from engine.data.digits import read

    return read(request)


@dataset(
    "mnist",
    title="MNIST",
    help="70,000 handwritten digits of 28×28 grey pixels: 60,000 to train and 10,000 to test. Four IDX files in a folder.",
    source="Y. LeCun, C. Cortes, C. J. C. Burges: The MNIST database of handwritten digits (1998)",
    needs="folder",
)
def mnist(request: Request) -> Table:
    """Read the four IDX files of MNIST."""
    from engine.data.idx import read_four

    return read_four(request, "mnist", "MNIST", tuple("0123456789"))


@dataset(
    "fashion-mnist",
    title="Fashion-MNIST",
    help="70,000 pieces of clothing of 28×28 grey pixels in 10 classes: 60,000 to train and 10,000 to test. Four IDX files.",
    source="H. Xiao, K. Rasul, R. Vollgraf: Fashion-MNIST, arXiv:1708.07747 (2017)",
    needs="folder",
)
def fashion_mnist(request: Request) -> Table:
    """Read the four IDX files of Fashion-MNIST."""
    from engine.data.idx import read_four

    classes = (
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    )  # fmt: skip
    return read_four(request, "fashion-mnist", "Fashion-MNIST", classes)


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
