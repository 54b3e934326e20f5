"""`load`: from a choice to data that are ready to train on.

Not for: how particular files are read (`digits`, `idx`, `folder`, `arrays`).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from engine import images
from engine.data.choice import DataChoice
from engine.data.dataset import DataSet, digest
from engine.data.normalisation import measure
from engine.data.places import check_memory
from engine.data.registry import Progress, Request, dataset_of
from engine.data.splits import Rows, draw, split
from engine.data.table import Array, Table
from engine.errors import DataError
from engine.graph.facts import Column, DataFacts

_REPORT_EVERY = 4096  # samples between two reports of progress


def load(
    choice: DataChoice,
    *,
    image: tuple[int, int, int] | None = None,
    data_dir: str | Path | None = None,
    progress: Progress | None = None,
) -> DataSet:
    """Read, resize, split and measure the data of a choice.

    Args:
        choice: Which data, and how they are split and normalised.
        image: (C, H, W) of the network's picture input: pictures are resized and converted to it. None: as they are.
        data_dir: Where known data sets lie, when `choice.path` names no folder.
        progress: Called with (what, done, total) from the calling thread.

    Raises:
        DataError: The data cannot be read, or nothing would be left to train on.
    """
    declaration = dataset_of(choice.name)
    request = Request(
        path=Path(choice.path).expanduser() if choice.path.strip() else None,
        data_dir=Path(data_dir).expanduser() if data_dir else None,
        image=image,
        limit=choice.limit,
        seed=choice.split_seed,
        progress=progress,
        choice=choice,
    )
    if request.path is None and declaration.needs == "file":
        raise DataError(f"{declaration.title} needs a file, but none is named. Choose the file.")
    table = declaration.read(request)
    if not len(table):
        raise DataError(f"{declaration.title} holds no sample that can be read. Choose other data.")
    return _prepare(limited(table, choice.limit, choice.split_seed), choice, request)


def facts(
    choice: DataChoice, *, image: tuple[int, int, int] | None = None, data_dir: str | Path | None = None
) -> DataFacts:
    """What a checker needs to know of the data; reads them.

    Raises:
        DataError: As for `load`.
    """
    return load(choice, image=image, data_dir=data_dir).facts


def limited(table: Table, limit: int | None, seed: int) -> Table:
    """`table` with at most `limit` samples, from all its classes and parts in proportion."""
    if limit is None or len(table) <= limit:
        return table
    labels = table.labels if table.labels is not None else np.zeros(len(table), np.int64)
    parts = table.parts if table.parts is not None else np.zeros(len(table), np.int8)
    rows = draw(labels * 3 + parts, limit, seed)
    note = f"{limit:,} of {len(table):,} samples are used, as the limit says."
    return replace(
        table,
        columns={name: column[rows] for name, column in table.columns.items()},
        parts=None if table.parts is None else table.parts[rows],
        notes=(*table.notes, note),
    )


def _prepare(table: Table, choice: DataChoice, request: Request) -> DataSet:
    columns = dict(table.columns)
    notes = list(table.notes)
    if request.image is not None and "image" in columns and columns["image"].shape[1:] != request.image:
        notes += conversions(columns["image"].shape[1:], request.image)
        columns["image"] = _fitted(columns["image"], request.image, request)
        for name in [name for name in columns if table.column(name).kind == "mask"]:
            columns[name] = resized_masks(columns[name], request.image[1:])
    table = replace(table, columns=columns)
    val, test = (0.0, 0.0) if table.parted else (choice.val_fraction, choice.test_fraction)
    splits = split(
        len(table), table.labels, table.parts,
        val=val, test=test, seed=choice.split_seed, stratified=choice.stratified,
    )  # fmt: skip
    notes += _missing(table, splits, choice)
    request.tell("Measuring the training part", 0, 1)
    known = DataFacts(table.name, len(table), tuple(table.column(name) for name in columns))
    entry = known.input
    if entry is None:
        raise DataError(
            f"{table.name} has no input: neither pictures nor numbers nor text. Choose data that have some."
        )
    normalisation = measure(columns[entry.name], splits["train"], choice.normalise)
    if choice.target_scale == "standard":
        notes += _scale_targets(columns, known, splits["train"])
        known = replace(known, columns=tuple(_scaled(column) for column in known.columns))
    total = digest(columns, table.classes or tuple(name for column in known.columns for name in column.classes))
    request.tell("Measuring the training part", 1, 1)
    return DataSet(known, columns, splits, normalisation, tuple(notes), total, table.unreadable)


def _scale_targets(columns: dict[str, Array], known: DataFacts, train: Rows) -> list[str]:
    """Bring the numbers to be predicted to mean 0 and deviation 1; what is said of it."""
    said = []
    for column in known.targets:
        if column.kind != "number":
            continue
        scale = measure(columns[column.name], train, "standard")
        columns[column.name] = scale.apply(columns[column.name])
        pairs = ", ".join(f"{mean:.4g} and {std:.4g}" for mean, std in zip(scale.mean[:4], scale.std[:4], strict=True))
        said.append(
            f'The numbers of "{column.name}" are brought to mean 0 and deviation 1; they had {pairs}, so an error of 1 stands '
            f"for {scale.std[0]:.4g}."
        )
    return said


def _scaled(column: Column) -> Column:
    """The column, whose numbers are no longer in the unit that its name tells where they are to be predicted."""
    if column.kind != "number" or not column.target:
        return column
    return replace(column, fields=tuple(f"{field}, scaled" for field in column.fields))


def _missing(table: Table, splits: dict[str, Rows], choice: DataChoice) -> list[str]:
    """What is said of parts and classes that have nothing in them."""
    said = []
    if choice.val_fraction > 0 and not len(splits["val"]):
        said.append("There are too few samples for a validation part; it is empty.")
    labels = [name for name in table.columns if table.column(name).kind == "label"]
    for name in labels if not table.parted else ():  # not every token of a vocabulary is an answer
        classes = table.column(name).classes
        counts = np.bincount(table.columns[name][splits["train"]], minlength=len(classes))
        empty = [name for name, count in zip(classes, counts, strict=bool(classes)) if not count]
        if empty:
            more = f" and {len(empty) - 5} more" if len(empty) > 5 else ""
            said.append(f"There is no sample to train on of {', '.join(empty[:5])}{more}.")
    return said


def conversions(have: tuple[int, ...], want: tuple[int, int, int]) -> list[str]:
    """What is said when pictures of shape `have` are made to fit a network that takes `want`."""
    said = []
    if have[1:] != want[1:]:
        said.append(f"The {have[1]}×{have[2]} pictures are resized to {want[1]}×{want[2]} for this network's input.")
    if have[0] != want[0]:
        kinds = {1: "grey", 3: "colour"}
        old, new = (kinds.get(c, f"{c}-channel") for c in (have[0], want[0]))
        said.append(f"The {old} pictures are made {new} for this network's input.")
    return said


def _fitted(pictures: Array, want: tuple[int, int, int], request: Request) -> Array:
    """Pictures [N,C,H,W] resized and converted to `want`."""
    check_memory(len(pictures) * want[0] * want[1] * want[2], "The resized pictures")
    out = np.empty((len(pictures), *want), np.uint8)
    for i, picture in enumerate(pictures):
        if i % _REPORT_EVERY == 0:
            request.tell("Resizing the pictures", i, len(pictures))
        out[i] = images.to_input(picture.transpose(1, 2, 0), want)
    return out


def resized_masks(masks: Array, size: tuple[int, int]) -> Array:
    """Masks [N,H,W] brought to another size; every pixel takes the class of the one under its middle."""
    height, width = size
    check_memory(len(masks) * height * width * masks.itemsize, "The resized masks")
    rows = (2 * np.arange(height) + 1) * masks.shape[1] // (2 * height)
    columns = (2 * np.arange(width) + 1) * masks.shape[2] // (2 * width)
    return masks[:, rows[:, None], columns]
