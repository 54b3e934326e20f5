"""Small tables that come with scikit-learn: iris, wine, breast cancer, diabetes.

Their files are read where scikit-learn keeps them; importing scikit-learn for it takes seconds, and is done only where a file
is not there or not as expected.
"""

from __future__ import annotations

import gzip
import importlib
import importlib.util
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.data.registry import Request
from engine.data.table import Table
from engine.errors import DataError
from engine.graph.facts import Column

Lines = npt.NDArray[np.float64]

_IRIS = ("sepal length", "sepal width", "petal length", "petal width")
_WINE = (
    "alcohol", "malic acid", "ash", "alcalinity of ash", "magnesium", "total phenols", "flavanoids",
    "nonflavanoid phenols", "proanthocyanins", "colour intensity", "hue", "OD280/OD315", "proline",
)  # fmt: skip
_CELL = (
    "radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave points", "symmetry",
    "fractal dimension",
)  # fmt: skip
_CANCER = tuple(f"{what} {name}" for what in ("mean", "error of", "worst") for name in _CELL)
_DIABETES = ("age", "sex", "body mass index", "blood pressure", "s1", "s2", "s3", "s4", "s5", "s6")


def iris(request: Request) -> Table:
    """Four lengths in centimetres of 150 flowers of three kinds."""
    return _labelled(request, "Iris", ("iris.csv", "load_iris"), _IRIS, ("setosa", "versicolor", "virginica"), 150)


def wine(request: Request) -> Table:
    """Thirteen measurements of 178 wines of three growers."""
    return _labelled(
        request, "Wine", ("wine_data.csv", "load_wine"), _WINE, ("grower 1", "grower 2", "grower 3"), 178
    )  # fmt: skip


def breast_cancer(request: Request) -> Table:
    """Thirty measurements of cell nuclei in 569 pictures of tissue."""
    where = ("breast_cancer.csv", "load_breast_cancer")
    return _labelled(request, "Breast cancer", where, _CANCER, ("malignant", "benign"), 569)


def diabetes(request: Request) -> Table:
    """Ten measurements of 442 persons, and how far their illness went in a year, a number."""
    request.tell("Reading the table", 0, 1)
    x = _lines("diabetes_data_raw.csv.gz", (442, 10), separator=None)
    y = _lines("diabetes_target.csv.gz", (442, 1), separator=None)
    if x is None or y is None:
        bunch = _package("load_diabetes", scaled=False)
        x, y = bunch[:, :-1], bunch[:, -1:]
    request.tell("Reading the table", 1, 1)
    return Table(
        "Diabetes",
        {"features": x.astype(np.float32), "target": y.astype(np.float32)},
        described={
            "features": Column("features", "number", (10,), fields=_DIABETES),
            "target": Column("target", "number", (1,), fields=("progression after a year",)),
        },
    )


def _labelled(
    request: Request, name: str, where: tuple[str, str], fields: tuple[str, ...], classes: tuple[str, ...], count: int
) -> Table:  # fmt: skip
    """A table whose file has a line of names, and the class as the last value of every other line."""
    request.tell("Reading the table", 0, 1)
    lines = _lines(where[0], (count, len(fields) + 1), separator=",", head=1)
    if lines is None:
        lines = _package(where[1])
    request.tell("Reading the table", 1, 1)
    return Table(
        name,
        {"features": lines[:, :-1].astype(np.float32), "label": lines[:, -1].astype(np.int64)},
        classes,
        described={"features": Column("features", "number", (len(fields),), fields=fields)},
    )


def _lines(file: str, shape: tuple[int, int], *, separator: str | None, head: int = 0) -> Lines | None:
    """The numbers of a file of scikit-learn, or None where it is not there or not as expected."""
    spec = importlib.util.find_spec("sklearn")
    for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
        try:
            content = Path(folder, "datasets", "data", file).read_bytes()
            text = (gzip.decompress(content) if file.endswith(".gz") else content).decode("ascii")
            lines = np.array([line.split(separator) for line in text.splitlines()[head:]], np.float64)
        except (OSError, EOFError, ValueError, zlib.error):
            continue
        if lines.shape == shape:
            return lines
    return None


def _package(loader: str, **more: object) -> Lines:
    """The same from the package itself: features, and what is to be predicted as the last column."""
    try:
        bunch = getattr(importlib.import_module("sklearn.datasets"), loader)(**more)
    except ImportError as error:
        raise DataError(
            "This table comes with scikit-learn, which is not installed. Install it: pip install scikit-learn."
        ) from error
    return np.column_stack([bunch.data, bunch.target]).astype(np.float64)
