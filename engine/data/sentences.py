"""Texts with a label: the reader for a person's own table of them, and what it shares with generated ones.

Texts are cut into tokens, filled up and cut to one length; the vocabulary is that of the training part.
Not for: language modelling (`engine.data.text`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.data.delimited import Columns, chosen, read
from engine.data.places import check_memory, shown
from engine.data.registry import Request
from engine.data.splits import split
from engine.data.table import PARTS, Table
from engine.data.tabular import TARGET_NAMES, classes_of
from engine.data.tokens import PAD, cut, encode, filled, places, vocabulary
from engine.errors import DataError
from engine.graph.facts import Column

_MOST = {"words": 10_000, "characters": 256}  # tokens of a vocabulary, where a person says nothing
_LONGEST = {"words": 64, "characters": 256}  # tokens of a text, where a person says nothing
_COVERED = 0.95  # share of the texts that the usual length holds as a whole


def own(request: Request) -> Table:
    """A table of values (CSV, TSV) with a column of texts and one of labels.

    Raises:
        DataError: It cannot be read, or lacks one of them.
    """
    columns = read(request)
    text, label = _which(columns, request)
    cells = columns.texts[text]
    if label in columns.numbers:
        values = columns.numbers[label]
        known = np.isfinite(values)
        labels, classes = classes_of([f"{value:g}" if ok else None for value, ok in zip(values, known, strict=True)])
    else:
        labels, classes = classes_of(columns.texts[label])
    kept = np.array([cell is not None for cell in cells]) & (labels >= 0)
    notes = list(columns.notes)
    if not kept.any():
        raise DataError(f'No line has both a text in "{text}" and a label in "{label}". Name other columns.')
    if not kept.all():
        notes.append(f"{int((~kept).sum()):,} of {len(kept):,} lines lack a text or a label and are left out.")
    texts = [cell for cell, keep in zip(cells, kept, strict=True) if keep and cell is not None]
    name = shown(request.path.name) if request.path is not None else "Sentences"
    return labelled(name, texts, labels[kept], classes, request, notes=notes)


def _which(columns: Columns, request: Request) -> tuple[str, str]:
    """Names of the column of texts and of that of labels."""
    named = chosen(request.settings.inputs, columns.names, "input")
    targets = chosen(request.settings.targets, columns.names, "target")
    if len(named) > 1 or len(targets) > 1:
        raise DataError("Sentences have one column of texts and one of labels, but more are named. Name one of each.")
    if not named:
        others = [name for name in columns.texts if name not in targets]
        named = sorted(others, key=lambda name: -sum(len(cell or "") for cell in columns.texts[name]))[:1]
    if not named or named[0] not in columns.texts:
        raise DataError("There is no column of texts. Name one as the input column, or choose another data set.")
    if not targets:
        others = [name for name in columns.names if name not in named]
        targets = [name for name in others if name.casefold() in (*TARGET_NAMES, "sentiment", "polarity")] or others[
            -1:
        ]
    if not targets:
        raise DataError("The file has one column only, but texts and labels are wanted. Choose another file.")
    if targets[0] == named[0]:
        raise DataError(f'The column "{named[0]}" cannot be the text and its label. Name another target column.')
    return named[0], targets[0]


def labelled(
    name: str, texts: Sequence[str], labels: npt.NDArray[np.int64], classes: tuple[str, ...], request: Request, *,
    notes: Sequence[str] = (), known: tuple[str, ...] | None = None, usual: int | None = None,
) -> Table:  # fmt: skip
    """Texts as "tokens" (T,) with their "label".

    Args:
        name: What a person reads.
        texts: One a sample.
        labels: The class of each.
        classes: Their names.
        request: With what was chosen.
        notes: What is to be said of them already.
        known: A vocabulary of words that is given; None: that of the training part.
        usual: The length where nobody says one; None: what holds nearly all texts.
    """
    choice = request.settings
    how = "words" if choice.tokens == "auto" else choice.tokens
    pieces = [cut(text.casefold(), how) for text in texts]
    rows = split(
        len(texts), labels, None, val=choice.val_fraction, test=choice.test_fraction, seed=choice.split_seed,
        stratified=choice.stratified,
    )  # fmt: skip
    if known is None:
        known = vocabulary(
            (pieces[row] for row in rows["train"]), choice.vocabulary if choice.vocabulary is not None else _MOST[how]
        )
    usual = usual if usual is not None else _usual(pieces, rows["train"], _LONGEST[how])
    length = choice.length if choice.length is not None else usual
    check_memory(16 * len(texts) * length, "The texts")
    where, parts = places(known), np.zeros(len(texts), np.int8)
    for place, part in enumerate(PARTS):
        parts[rows[part]] = place
    longer = sum(len(piece) > length for piece in pieces)
    said = [*notes, f"{longer:,} of {len(texts):,} texts are cut at {length:,} {how}."] if longer else list(notes)
    return Table(
        name,
        {"tokens": filled([encode(piece, where) for piece in pieces], length), "label": labels},
        parts=parts,
        parted=True,
        notes=tuple(said),
        described={
            "tokens": Column("tokens", "tokens", (), known, pad=PAD),
            "label": Column("label", "label", (), classes),
        },
    )


def _usual(pieces: Sequence[Sequence[str]], rows: npt.NDArray[np.int64], longest: int) -> int:
    """A length that holds nearly all texts of the training part."""
    lengths = np.array([len(pieces[row]) for row in rows])
    if lengths.max() <= longest // 2:
        return max(1, int(lengths.max()))
    return int(np.clip(np.ceil(np.quantile(lengths, _COVERED)), 1, longest))
