"""Arrays that numpy saved (`.npz`): pictures or features as x, classes or numbers as y, with test and validation parts.

Sizes are compared with the file before anything is allocated, and nothing is ever unpickled.

Not for: single arrays (`.npy`), which hold no labels.
"""

from __future__ import annotations

import math
import tokenize
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np

from engine.data.folder import natural
from engine.data.places import check_memory, reason, shown
from engine.data.registry import Request
from engine.data.table import Array, Table
from engine.errors import DataError

# Part -> names that its inputs and its targets go by, compared without regard to case.
_INPUTS = {
    0: ("images", "image", "x", "data", "features", "x_train", "train_x", "train_images", "train_data", "images_train"),
    1: ("x_val", "val_x", "val_images", "x_valid", "images_val", "val_data"),
    2: ("x_test", "test_x", "test_images", "images_test", "test_data"),
}
_TARGETS = {
    0: ("labels", "label", "y", "target", "targets", "y_train", "train_y", "train_labels", "labels_train"),
    1: ("y_val", "val_y", "val_labels", "y_valid", "labels_val"),
    2: ("y_test", "test_y", "test_labels", "labels_test"),
}
_CLASSES = ("classes", "class_names", "names")
_RATIO = 1032  # deflate cannot pack more bytes into one
_MOST_CLASSES = 65536  # more different labels than this are no classes
_DAMAGE = (
    OSError, EOFError, ValueError, KeyError, RuntimeError, NotImplementedError, OverflowError, MemoryError, SyntaxError,
    TypeError, IndexError, AttributeError, zipfile.BadZipFile, zlib.error, tokenize.TokenError, RecursionError,
)  # fmt: skip


def read(request: Request) -> Table:
    """Pictures or features with their labels or targets.

    Raises:
        DataError: There is no such file, it is damaged, or its arrays do not fit each other.
    """
    if request.path is None:
        raise DataError("A file of arrays (.npz) is wanted, but none is named. Choose one that numpy.savez wrote.")
    request.tell("Reading arrays", 0, 1)
    where = shown(request.path)
    arrays = _arrays(request.path)
    inputs = _parted(arrays, _INPUTS)
    targets = _parted(arrays, _TARGETS)
    if 0 not in inputs:
        raise DataError(
            f"{where} holds {_names(arrays)}, but no array of samples to train on. "
            'Save them as "x" (or "images"), with the labels as "y": numpy.savez("data.npz", x=..., y=...).'
        )
    notes = _left_over(arrays, (*inputs.values(), *targets.values()))
    pieces = [_input(values, where, notes) for values in inputs.values()]
    counts = {part: len(values) for part, values in inputs.items()}
    name = "image" if inputs[0].ndim > 2 else "features"
    columns = {name: _joined(pieces, where)}
    classes: tuple[str, ...] = ()
    if targets:
        _match(inputs, targets, where)
        column, values, classes = _target(
            _joined([_flat(targets[part]) for part in inputs], where), _given(arrays), where, notes
        )
        columns[column] = values
    else:
        notes.append('There are no labels: the file holds no array "y".')
    request.tell("Reading arrays", 1, 1)
    parts = np.repeat(np.array(list(counts), np.int8), list(counts.values())) if len(counts) > 1 else None
    return Table(shown(request.path.name), columns, classes, parts, tuple(dict.fromkeys(notes)))


def _arrays(path: Path) -> dict[str, Array]:
    """Every array of the file, by name in lower case."""
    where = shown(path)
    try:
        with path.open("rb") as file:
            head = file.read(6)
        if head == b"\x93NUMPY":
            raise DataError(
                f"{where} is a single array (.npy), which holds no labels. "
                'Save both into one file: numpy.savez("data.npz", x=..., y=...).'
            )
        with zipfile.ZipFile(path) as archive:
            check_memory(sum(_checked(archive, member, where) for member in archive.infolist()), "The arrays")
        with path.open("rb") as file, np.load(file, allow_pickle=False) as saved:
            return {name.lower(): np.asarray(saved[name]) for name in saved.files}
    except _DAMAGE as error:
        raise DataError(
            f"{where} cannot be read as arrays (.npz): {reason(error)}. Save it again with numpy.savez."
        ) from error


def _checked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, where: str) -> int:
    """How many bytes a member takes in memory, after its header was found to agree with the file."""
    if not member.filename.endswith(".npy"):
        raise DataError(f'{where} holds "{member.filename[:60]}", which is no array. Save it again with numpy.savez.')
    with archive.open(member) as file:
        version = np.lib.format.read_magic(cast(Any, file))
        header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = header(cast(Any, file))
        start = file.tell()
    if dtype.hasobject:
        raise DataError(
            f'{where} holds Python objects in "{member.filename[:-4][:60]}", which are not read, as they could run code. '
            "Save the numbers as an array of one type."
        )
    size = start + math.prod(shape) * dtype.itemsize
    if size != member.file_size or size > _RATIO * member.compress_size + _RATIO:
        raise DataError(
            f'{where} says that "{member.filename[:-4][:60]}" has the shape {"×".join(map(str, shape))[:60]}, but the file is of '
            "another size. It is cut short or damaged; save it again."
        )
    return member.file_size


def _names(arrays: Mapping[str, Array]) -> str:
    return ("the arrays " + ", ".join(f'"{name[:30]}"' for name in list(arrays)[:8])) if arrays else "no array"


def _left_over(arrays: Mapping[str, Array], used: Sequence[Array]) -> list[str]:
    """A sentence about the arrays that nothing is made of."""
    taken = {id(values) for values in used}
    left = {name: values for name, values in arrays.items() if id(values) not in taken and name not in _CLASSES}
    return [f"Not used: {_names(left)}."] if left else []


def _parted(arrays: Mapping[str, Array], known: Mapping[int, tuple[str, ...]]) -> dict[int, Array]:
    """For each part the first array that goes by one of its names."""
    found = {part: next((arrays[name] for name in names if name in arrays), None) for part, names in known.items()}
    return {part: values for part, values in found.items() if values is not None}


def _given(arrays: Mapping[str, Array]) -> tuple[str, ...]:
    """Names of the classes, where the file holds them as an array of texts."""
    names = next((arrays[name] for name in _CLASSES if name in arrays), None)
    if names is None or names.ndim != 1 or names.dtype.kind not in "US":
        return ()
    return tuple(_text(name) for name in names)


def _text(value: Any) -> str:
    text = value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _match(inputs: Mapping[int, Array], targets: Mapping[int, Array], where: str) -> None:
    words = {0: "training", 1: "validation", 2: "test"}
    for part, values in inputs.items():
        if part not in targets:
            raise DataError(f"{where} holds samples of the {words[part]} part, but not their labels. Save both.")
        count = len(targets[part]) if targets[part].ndim else 0
        if count != len(values):
            raise DataError(
                f"{where} holds {len(values):,} samples of the {words[part]} part, but {count:,} labels for them. "
                "Save one label for each sample."
            )


def _joined(pieces: list[Array], where: str) -> Array:
    first = pieces[0]
    for piece in pieces:
        if piece.shape[1:] != first.shape[1:]:
            raise DataError(
                f"{where} holds samples of the shape {_shape(first)} in one part and {_shape(piece)} in another. "
                "Save all of them in one shape."
            )
    return first if len(pieces) == 1 else np.concatenate(pieces)


def _shape(values: Array) -> str:
    return "×".join(map(str, values.shape[1:])) or "one number"


def _input(values: Array, where: str, notes: list[str]) -> Array:
    """Pictures uint8 [N,C,H,W] or features float32 [N,F]."""
    if values.dtype.kind not in "biuf":
        raise DataError(
            f"{where} holds samples of the type {values.dtype}, but numbers are wanted. Save them as numbers."
        )
    if not 2 <= values.ndim <= 4 or 0 in values.shape[1:]:
        raise DataError(
            f"{where} holds samples of the shape {' × '.join(map(str, values.shape))}, but wanted are pictures (N×H×W, N×C×H×W or "
            "N×H×W×C) or features (N×F)."
        )
    if values.ndim == 2:
        return _numbers(values, where, "features")
    pixels = _pixels(values, where, notes)
    if pixels.ndim == 3:
        return pixels[:, None]
    if pixels.shape[3] in (1, 3, 4):
        notes.append(f"The last axis is {pixels.shape[3]} long, so the pictures are read as N×H×W×C.")
        return _without_alpha(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)), notes)
    notes.append(f"The last axis is {pixels.shape[3]} long, so the pictures are read as N×C×H×W.")
    return _without_alpha(pixels, notes)


def _without_alpha(pixels: Array, notes: list[str]) -> Array:
    if pixels.shape[1] != 4:
        return pixels
    notes.append("The fourth channel is read as transparency and the pictures are laid on white.")
    alpha = pixels[:, 3:].astype(np.uint16)
    laid = pixels[:, :3] * alpha + 255 * (255 - alpha)
    return np.asarray((laid.astype(np.uint32) + 127) // 255, np.uint8)


def _pixels(values: Array, where: str, notes: list[str]) -> Array:
    """Pixels as uint8; fractions from 0 to 1 become 0 to 255."""
    if values.dtype == np.uint8 or not values.size:
        return values.astype(np.uint8)
    if values.dtype.kind == "b":
        return values.astype(np.uint8) * np.uint8(255)
    lo, hi = float(values.min()), float(values.max())
    if values.dtype.kind == "f" and lo >= 0.0 and hi <= 1.0:
        notes.append("The pixels are fractions from 0 to 1 and are kept as whole numbers from 0 to 255.")
        return np.rint(values.astype(np.float32) * 255).astype(np.uint8)
    if values.dtype.kind in "iu" and lo >= 0 and hi <= 255:
        return values.astype(np.uint8)
    wanted = "from 0 to 1" if values.dtype.kind == "f" else "from 0 to 255"
    if math.isnan(lo):
        raise DataError(f"{where} holds pixels that are not numbers (NaN). Replace them and save the file again.")
    raise DataError(
        f"{where} holds pixels from {lo:g} to {hi:g} of the type {values.dtype}, but wanted are whole numbers from 0 to 255 or "
        f"fractions from 0 to 1. Bring them into the range {wanted} and save the file again."
    )


def _numbers(values: Array, where: str, what: str) -> Array:
    with np.errstate(over="ignore"):
        numbers = values.astype(np.float32)
    bad = numbers.size - int(np.isfinite(numbers).sum())
    if bad:
        raise DataError(
            f"{where} holds {bad:,} {what} that are not finite numbers (NaN or infinite). Replace them and save the file again."
        )
    return numbers


def _flat(values: Array) -> Array:
    """Targets [N,1] as [N]."""
    return values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values


def _target(
    values: Array, given: tuple[str, ...], where: str, notes: list[str]
) -> tuple[str, Array, tuple[str, ...]]:  # fmt: skip
    """("label", classes' indices, their names) or ("target", numbers, nothing)."""
    if values.ndim == 2 and values.dtype.kind in "biu" and _one_hot(values):
        notes.append(f"The labels are one-hot rows of {values.shape[1]} and are read as classes.")
        names = given if len(given) == values.shape[1] else tuple(map(str, range(values.shape[1])))
        return "label", values.argmax(axis=1).astype(np.int64), names
    if values.ndim == 1 and values.dtype.kind in "biuUS":
        return ("label", *_labels(values, given, where))
    if values.ndim > 2 or values.dtype.kind not in "biuf":
        raise DataError(
            f"{where} holds labels of the shape {' × '.join(map(str, values.shape))} and the type {values.dtype}, "
            "but wanted is one whole number or text a sample (its class), or numbers N×F to predict."
        )
    notes.append('"y" holds fractions, so they are numbers to predict; save whole numbers for classes.')
    numbers = _numbers(values, where, "targets")
    return "target", numbers if numbers.ndim == 2 else numbers[:, None], ()


def _one_hot(values: Array) -> bool:
    return values.shape[1] > 1 and bool(((values == 0) | (values == 1)).all() and (values.sum(axis=1) == 1).all())


def _labels(values: Array, given: tuple[str, ...], where: str) -> tuple[Array, tuple[str, ...]]:
    found, index = np.unique(values, return_inverse=True)
    if len(found) > _MOST_CLASSES:
        raise DataError(
            f"{where} holds {len(found):,} different labels, which are too many classes. Save fractions to predict numbers."
        )
    if values.dtype.kind in "US":
        names = [_text(name) for name in found]
        order = sorted(range(len(names)), key=lambda i: natural(names[i]))
        rank = np.empty(len(names), np.int64)
        rank[order] = np.arange(len(names))
        return rank[index.reshape(-1)], tuple(names[i] for i in order)
    if given and len(found) and int(found[0]) >= 0 and int(found[-1]) < len(given):
        return values.astype(np.int64), given
    return index.reshape(-1).astype(np.int64), tuple(str(int(name)) for name in found)
