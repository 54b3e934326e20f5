"""`@dataset`: what a data set says of itself, and the registry that forms, command line and loading read.

Not for: particular data sets (`engine.data.sets`) and not for reading them. No numpy, no torch, so that a form can list the
data sets before either is there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from engine.declare import unknown
from engine.errors import DataError

if TYPE_CHECKING:
    from engine.data.table import Table

Progress = Callable[[str, int, int], None]  # what is being done, how many are done, how many there are
Needs = Literal["nothing", "folder", "file"]


@dataclass(frozen=True)
class Request:
    """What a reader is asked for.

    Attributes:
        path: The folder or file that the person named; None where they named none.
        data_dir: A folder in which known data sets lie, in it or in a folder of their own name; None for none.
        image: (C, H, W) that the network's input takes, or None to keep the pictures as they are.
        limit: At most this many samples, or None for all.
        seed: What the choice of those samples is drawn from.
        progress: Called now and then, from the thread that reads.
    """

    path: Path | None = None
    data_dir: Path | None = None
    image: tuple[int, int, int] | None = None
    limit: int | None = None
    seed: int = 0
    progress: Progress | None = None

    def tell(self, what: str, done: int, total: int) -> None:
        """Report progress to whoever listens."""
        if self.progress is not None:
            self.progress(what, done, total)


Reader = Callable[[Request], "Table"]


@dataclass(frozen=True)
class Declaration:
    """One data set as declared.

    Attributes:
        name: Its name in project files and on the command line.
        title: The name a person reads.
        help: What is in it.
        source: Where it comes from.
        needs: What `path` has to name.
        read: Reads it.
    """

    name: str
    title: str
    help: str
    source: str
    needs: Needs
    read: Reader


_REGISTRY: dict[str, Declaration] = {}


def dataset(name: str, *, title: str, help: str, source: str, needs: Needs = "nothing") -> Callable[[Reader], Reader]:
    """Declare the function below as the reader of a data set."""

    def decorate(read: Reader) -> Reader:
        if name in _REGISTRY:
            raise ValueError(f"two data sets are declared as {name!r}")
        _REGISTRY[name] = Declaration(name, title, help, source, needs, read)
        return read

    return decorate


def datasets() -> Mapping[str, Declaration]:
    """Every declared data set by name, in the order of declaration."""
    import engine.data.sets  # noqa: F401  importing it declares them

    return _REGISTRY


def dataset_of(name: str) -> Declaration:
    """The declaration of that name.

    Raises:
        DataError: There is none.
    """
    found = datasets().get(name)
    if found is None:
        raise DataError(unknown(name, datasets(), "data set"))
    return found
