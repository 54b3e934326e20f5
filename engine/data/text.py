"""Text for language modelling: windows of tokens with the next token of each step, or with the one behind the window.

Parted by position: validation and test text come behind the training text, and the vocabulary is that of the training text.

Not for: sentences with a label (`engine.data.sentences`).
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from engine.data.places import check_memory, reason, shown
from engine.data.registry import Request
from engine.data.table import Array, Table
from engine.data.tokens import PAD, PRINTABLE, SPECIAL, UNKNOWN, cut, encode, padded, places, vocabulary
from engine.data.windows import windows
from engine.errors import DataError
from engine.graph.facts import Column

_LENGTH = 64  # tokens of a window
_CHARACTERS, _WORDS = 256, 5000  # tokens of a vocabulary, where a person says nothing
_DENSE = 8  # windows that start in the length of one, where each gives a single answer


def documentation(request: Request) -> Table:
    """Python's own documentation, which comes with every Python."""
    request.tell("Reading the documentation", 0, 1)
    try:
        topics: dict[str, str] = importlib.import_module("pydoc_data.topics").topics
    except ImportError as error:
        raise DataError(
            "This Python comes without its documentation (pydoc_data). Choose a text file of your own instead."
        ) from error
    text = "\n".join(topics[name] for name in sorted(topics))
    fixed = (*SPECIAL, *PRINTABLE) if _how(request) == "characters" and request.settings.vocabulary is None else None
    return _modelled("Python documentation", text, request, known=fixed)


def own(request: Request) -> Table:
    """A person's text file.

    Raises:
        DataError: There is no such file, or it is no text or too short.
    """
    if request.path is None:
        raise DataError("A text file is wanted, but none is named. Choose one.")
    request.tell("Reading the text", 0, 1)
    text, notes = read_text(request.path)
    return _modelled(shown(request.path.name), text, request, notes=notes)


def read_text(path: Path) -> tuple[str, tuple[str, ...]]:
    """The text of a file, and what is to be said of its encoding.

    Raises:
        DataError: It cannot be read, or holds no text.
    """
    where = shown(path)
    try:
        check_memory(12 * path.stat().st_size, "The text")  # as tokens of eight bytes, beside the text itself
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{where} cannot be read: {reason(error)}. Choose another file.") from error
    text, notes = decoded(content, where)
    if "\0" in text:
        raise DataError(f"{where} holds bytes that no text has, so it is no text file. Choose a .txt file.")
    return text.replace("\r\n", "\n").replace("\r", "\n"), notes


def decoded(content: bytes, where: str) -> tuple[str, tuple[str, ...]]:
    """Bytes as text: UTF-8, UTF-16 where the file says so, or else Latin-1, which is said."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return content.decode("utf-16"), ()
        except UnicodeDecodeError as error:
            raise DataError(f"{where} says that it is UTF-16, but is not. Save it as UTF-8.") from error
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        return content.decode("latin-1"), (f"{where} is not UTF-8, so it is read as Latin-1.",)


def _how(request: Request) -> str:
    how = request.settings.tokens
    return "characters" if how == "auto" else how


def _modelled(
    name: str, text: str, request: Request, *, known: tuple[str, ...] | None = None, notes: tuple[str, ...] = ()
) -> Table:
    choice, how = request.settings, _how(request)
    tokens: Sequence[str] = cut(text, how)
    every = choice.answer != "last"
    length = choice.length if choice.length is not None else _LENGTH
    usual = length if every else max(1, length // _DENSE)
    what = "characters" if how == "characters" else "words"
    found = windows(
        len(tokens), choice, length=length, ahead=1, step=choice.step if choice.step is not None else usual, what=what
    )  # fmt: skip
    check_memory(8 * len(found.starts) * length * (2 if every else 1), "The windows of text")
    if known is None:
        usual = _CHARACTERS if how == "characters" else _WORDS
        known = vocabulary([tokens[: found.train]], choice.vocabulary if choice.vocabulary is not None else usual)
        if choice.vocabulary is not None and len(known) < choice.vocabulary:
            free = f"the other {choice.vocabulary - len(known):,} places of the vocabulary stay unused."
            notes = (*notes, f"The training text has {len(known) - len(SPECIAL):,} different {what}; {free}")
            known = padded(known, choice.vocabulary)
    indices = encode(tokens, places(known))
    request.tell("Reading the text", 1, 1)
    columns: dict[str, Array] = {"tokens": indices[found.rows(length)]}
    if every:
        columns["tags"] = indices[found.rows(length, 1)]
    else:
        columns["label"] = indices[found.starts + length]
    rare = float(np.mean(indices[: found.train] == UNKNOWN))
    if rare > 0:
        notes = (
            *notes,
            f"{rare:.2%} of the training {what} are not in the vocabulary of {len(known):,} and count as unknown.",
        )
    return Table(
        name,
        columns,
        parts=found.parts,
        parted=True,
        notes=notes,
        described={
            "tokens": Column("tokens", "tokens", (), known, pad=PAD),
            "tags": Column("tags", "tags", (), known, pad=PAD),
            "label": Column("label", "label", (), known),
        },
    )
