"""The data sets that LayerLoom brings or fetches, each declared once.

A reader imports what it needs when it is called, so that listing the data sets costs nothing.

Not for: a person's own files (`own_sets`), nor how files are read. No numpy, no torch.
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
    group="Pictures",
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
    group="Pictures",
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
    group="Pictures",
)
def fashion_mnist(request: Request) -> Table:
    """Read the four IDX files of Fashion-MNIST."""
    from engine.data.idx import read_four

    classes = (
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    )  # fmt: skip
    return read_four(request, "fashion-mnist", "Fashion-MNIST", classes)


@dataset(
    "iris",
    title="Iris",
    help="Four lengths of 150 flowers of three kinds: the oldest data set of all.",
    source="R. A. Fisher: The use of multiple measurements in taxonomic problems (1936), as in scikit-learn",
    group="Tables",
)
def iris(request: Request) -> Table:
    """Read the iris table."""
    from engine.data.classics import iris as read

    return read(request)


@dataset(
    "wine",
    title="Wine",
    help="Thirteen measurements of 178 wines by three growers.",
    source="M. Forina and others: PARVUS (UCI, 1991), as in scikit-learn",
    group="Tables",
)
def wine(request: Request) -> Table:
    """Read the wine table."""
    from engine.data.classics import wine as read

    return read(request)


@dataset(
    "breast_cancer",
    title="Breast cancer",
    help="Thirty measurements of cell nuclei in 569 pictures of tissue, malignant or benign.",
    source="W. Wolberg, O. Mangasarian, N. Street: Wisconsin Diagnostic Breast Cancer (UCI, 1995), from scikit-learn",
    group="Tables",
)
def breast_cancer(request: Request) -> Table:
    """Read the table of cell nuclei."""
    from engine.data.classics import breast_cancer as read

    return read(request)


@dataset(
    "diabetes",
    title="Diabetes",
    help="Ten measurements of 442 persons, and how far their illness went within a year: a number to predict.",
    source="B. Efron and others: Least Angle Regression (2004), as in scikit-learn",
    group="Tables",
    settings=("target_scale",),
    idle=("stratified",),
)
def diabetes(request: Request) -> Table:
    """Read the diabetes table."""
    from engine.data.classics import diabetes as read

    return read(request)


@dataset(
    "pydoc",
    title="Python documentation",
    help="Python's own documentation, about 465,000 characters, as it comes with this Python: text to model, next "
    "token by next token.",
    source="Python Software Foundation: pydoc_data.topics (standard library)",
    group="Text",
    settings=("tokens", "vocabulary", "length", "step", "answer"),
    idle=("normalise", "split_seed", "stratified"),
)
def pydoc(request: Request) -> Table:
    """Read the documentation."""
    from engine.data.text import documentation

    return documentation(request)
