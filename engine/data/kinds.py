"""Which data set a file or folder is, told by its name and a look at its beginning: for what is dropped or typed.

Not for: reading it. No numpy, no torch.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

TABLES = (".csv", ".tsv", ".tab")
TEXTS = (".txt", ".md", ".text")
ARRAYS = (".npz",)
FILES = (*TABLES, *TEXTS, *ARRAYS)
_IDX_FILES = ("train-images-idx3-ubyte", "train-images.idx3-ubyte")
_PICTURES = frozenset(("images", "image", "imgs", "img", "jpegimages", "pictures"))
_MASKS = frozenset(("masks", "mask", "annotations", "segmentationclass", "segmentation"))
_WORDS = 3  # words that a value of a column of sentences has on average
_HEAD = 1 << 15  # bytes looked at


def kind_of(path: Path) -> str | None:
    """Name of the data set, None where it is none. Looks at a few names, or at the beginning of a table."""
    ending = path.suffix.lower()
    if path.is_file():
        if ending in TABLES:
            return "sentences" if _has_sentences(path) else "csv"
        return "npz" if ending in ARRAYS else "text" if ending in TEXTS else None
    if not path.is_dir():
        return None
    if any((path / f"{name}{packed}").exists() for name in _IDX_FILES for packed in ("", ".gz")):
        return "fashion-mnist" if "fashion" in str(path).lower() else "mnist"
    return "masks" if _has_masks(path) else "folder"


def _has_sentences(path: Path) -> bool:
    """Whether the table has a column of texts of several words beside another column."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD).decode("utf-8", "replace")
        lines = head.replace("\0", "").splitlines()[1:60]
        delimiter = max(",;\t|", key=lambda mark: sum(mark in line for line in lines))
        rows = [row for row in csv.reader(lines, delimiter=delimiter) if len(row) > 1]
    except (OSError, csv.Error):
        return False
    width = len(rows[0]) if rows else 0
    cells = [[row[place] for row in rows if len(row) == width] for place in range(width)]
    return any(sum(len(cell.split()) for cell in column) >= _WORDS * max(1, len(column)) for column in cells)


def _has_masks(folder: Path) -> bool:
    """Whether pictures and masks lie in two folders side by side, here or in a folder train."""
    try:
        names = {entry.name.casefold(): entry.path for entry in os.scandir(folder) if entry.is_dir()}
        inner = next((names[name] for name in ("train", "training") if name in names), None)
        inside = (
            {entry.name.casefold() for entry in os.scandir(inner) if entry.is_dir()} if inner is not None else set()
        )
    except OSError:
        return False
    return any(found & _PICTURES and found & _MASKS for found in (set(names), inside))
