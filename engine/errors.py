"""What can go wrong, in two kinds.

The *unfinished* is a value: a `Problem` says what is missing or does not fit in a drawing that a person is still working on.
The *impossible* is raised: an `EngineError` says that a request cannot be carried out. Both speak in whole sentences: what
arrived, what was wanted, what to do.

Not for: showing anything. The window and the command line decide how a sentence looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Fix:
    """A mend that a click can apply.

    Attributes:
        title: What the click does, as an imperative: "Insert flatten".
        edits: Edits of `engine.graph.model`, applied together as one step.
    """

    title: str
    edits: tuple[Any, ...]


@dataclass(frozen=True)
class Problem:
    """One fault of a drawing, with its place.

    Attributes:
        code: Stable short name of the kind of fault, for tests and scripts ("channels-differ").
        text: One sentence: what arrived, what was wanted, what to do.
        block: Id of the block where it arose, or None where it belongs to the whole network.
        setting: Name of the setting that is at fault, if one is.
        port: Name of the input port where it arose, if one is.
        severity: "error" keeps the network from running, "warning" does not.
        fixes: Mends that a click can apply, the likeliest first.
        path: Ids of the instances of composites that lead to the block, outermost first; empty for the network itself.
    """

    code: str
    text: str
    block: str | None = None
    setting: str | None = None
    port: str | None = None
    severity: Severity = "error"
    fixes: tuple[Fix, ...] = ()
    path: tuple[str, ...] = ()


class EngineError(Exception):
    """Base of everything that the engine raises on purpose; its text is a sentence fit for a person."""


class SettingError(EngineError):
    """A value that a setting cannot take.

    Attributes:
        setting: Name of the setting, empty where it is not known yet.
    """

    def __init__(self, text: str, setting: str = "") -> None:
        super().__init__(text)
        self.setting = setting


class BlockError(EngineError):
    """A block that cannot work on what arrives; the checker turns it into a `Problem`.

    Attributes:
        code: Stable short name of the kind of fault.
        setting: Name of the setting that is at fault, if one is.
        port: Name of the input port where it arose, if one is.
    """

    def __init__(self, code: str, text: str, *, setting: str | None = None, port: str | None = None) -> None:
        super().__init__(text)
        self.code = code
        self.setting = setting
        self.port = port


class GraphError(EngineError):
    """A refused edit; the graph is as it was before."""


class CompileError(EngineError):
    """A graph that cannot be turned into a network, with the problems that say why."""

    def __init__(self, text: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(text)
        self.problems = tuple(problems)


class StoreError(EngineError):
    """A file that cannot be read or written.

    Attributes:
        path: The file.
        where: The place inside it ("blocks[3].settings.stride"), empty where the whole file is meant.
    """

    def __init__(self, text: str, *, path: str = "", where: str = "") -> None:
        super().__init__(text)
        self.path = path
        self.where = where


class DataError(EngineError):
    """A data set that cannot be read, or that does not fit what it is wanted for."""


class RunError(EngineError):
    """A training that cannot start or go on."""
