"""`@dataset`: what a data set says of itself, and the registry that forms, command line and loading read.

Not for: particular data sets (`engine.data.sets`) and not for reading them. No numpy, no torch, so that a form can list the
data sets before either is there.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from engine.declare import from_json, unknown
from engine.errors import DataError

if TYPE_CHECKING:
    from engine.data.choice import DataChoice
    from engine.data.table import Table

Progress = Callable[[str, int, int], None]  # what is being done, how many are done, how many there are
Needs = Literal["nothing", "folder", "file"]
Group = Literal["Pictures", "Tables", "Points", "Series", "Text", "Your own"]
GROUPS: tuple[Group, ...] = ("Pictures", "Tables", "Points", "Series", "Text", "Your own")


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
        choice: What else was chosen: window, vocabulary, columns; None for the defaults.
    """

    path: Path | None = None
    data_dir: Path | None = None
    image: tuple[int, int, int] | None = None
    limit: int | None = None
    seed: int = 0
    progress: Progress | None = None
    choice: DataChoice | None = None

    @property
    def settings(self) -> DataChoice:
        """The choice, or the defaults of one."""
        from engine.data.choice import DataChoice

        if self.choice is not None:
            return self.choice
        made: DataChoice = from_json(DataChoice, {})
        return made

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
        group: The heading it stands under.
        settings: Names of the settings of a choice that only some data sets have and that this one reads.
        idle: Names of the settings that all others have and that mean nothing here.
    """

    name: str
    title: str
    help: str
    source: str
    needs: Needs
    read: Reader
    group: Group = "Your own"
    settings: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()


_REGISTRY: dict[str, Declaration] = {}
_HOMES = ("engine.data.sets", "engine.data.made_sets", "engine.data.own_sets")


def dataset(
    name: str, *, title: str, help: str, source: str, needs: Needs = "nothing", group: Group = "Your own",
    settings: tuple[str, ...] = (), idle: tuple[str, ...] = (),
) -> Callable[[Reader], Reader]:  # fmt: skip
    """Declare the function below as the reader of a data set."""

    def decorate(read: Reader) -> Reader:
        if name in _REGISTRY:
            raise ValueError(f"two data sets are declared as {name!r}")
        _REGISTRY[name] = Declaration(name, title, help, source, needs, read, group, settings, idle)
        return read

    return decorate


def datasets() -> Mapping[str, Declaration]:
    """Every declared data set by name, in the order of declaration."""
    for home in _HOMES:
        importlib.import_module(home)  # it declares them
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
