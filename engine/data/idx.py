"""IDX files, in which MNIST and Fashion-MNIST are published: found in a folder, checked, read. Plain or gzip.

The header's sizes are compared with the file before anything is allocated.

Not for: fetching them (`engine.data.download`).
"""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from engine.data.places import check_memory, downloads, reason, shown
from engine.data.registry import Request
from engine.data.table import Table
from engine.errors import DataError

# The four files as published, in the order in which they are read.
FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
_GZIP = b"\x1f\x8b"
_DEFLATE_RATIO = 1032  # deflate cannot pack more bytes into one (zlib's technical notes)
_UBYTE = 0x08  # IDX type code of unsigned bytes, the only one these sets use


def read_four(request: Request, name: str, title: str, classes: tuple[str, ...]) -> Table:
    """Training and test part of a data set that is published as four IDX files.

    Raises:
        DataError: A file is missing or damaged, or does not belong to the others.
    """
    paths = find_four(request, name, title)
    arrays = []
    for i, path in enumerate(paths):
        request.tell(f"Reading {title}", i, len(paths))
        arrays.append(read(path, dims=3 if "images" in FILES[i] else 1))
    request.tell(f"Reading {title}", len(paths), len(paths))
    for part in (0, 2):
        _check_pair(arrays[part], arrays[part + 1], (paths[part], paths[part + 1]), len(classes))
    if arrays[0].shape[1:] != arrays[2].shape[1:]:
        raise DataError(
            f"{shown(paths[0])} holds {_size(arrays[0])} pictures, but {shown(paths[2])} holds {_size(arrays[2])}. "
            "The four files do not belong together; fetch them again."
        )
    parts = np.repeat(np.array([0, 2], np.int8), [len(arrays[0]), len(arrays[2])])
    return Table(
        name=title,
        columns={
            "image": np.concatenate([arrays[0], arrays[2]])[:, None],
            "label": np.concatenate([arrays[1], arrays[3]]).astype(np.int64),
        },
        classes=classes,
        parts=parts,
    )


def find_four(request: Request, name: str, title: str) -> tuple[Path, ...]:
    """The four files in the first folder that holds them all.

    Raises:
        DataError: No folder does; the sentence names the folder and the files.
    """
    looked = list(_folders(request, name, title))
    best: tuple[Path, list[Path | None]] | None = None
    for folder in looked:
        found = [_variant(folder, file) for file in FILES]
        if all(found):
            return tuple(path for path in found if path is not None)
        if best is None or sum(map(bool, found)) > sum(map(bool, best[1])):
            best = folder, found
    folder, found = best if best is not None else (downloads(name), list[Path | None]([None] * 4))
    missing = [f"{file}.gz" for file, path in zip(FILES, found, strict=True) if path is None]
    there = "none of its four files is" if len(missing) == 4 else f"{', '.join(missing)} is missing"
    wanted = "" if len(missing) < 4 else f" It wants {', '.join(missing)} there, packed or not."
    place = request.path or request.data_dir or folder
    raise DataError(
        f"{title} cannot be read from {shown(place)}: {there if len(missing) < 4 else there + ' there'}.{wanted} "
        "Choose the folder that holds the files, or download them."
    )


def _folders(request: Request, name: str, title: str) -> Iterator[Path]:
    if request.path is not None:
        bases = [request.path.parent if request.path.is_file() else request.path]
    else:
        bases = ([request.data_dir] if request.data_dir is not None else []) + [downloads(name)]
    plain = title.replace("-", "")
    for base in bases:
        yield base
        if request.path is None or not any(_variant(base, file) for file in FILES):
            # "MNIST/raw" and "FashionMNIST/raw" are where torchvision puts them.
            yield from (base / name, base / title, base / plain / "raw", base / name / "raw", base / "raw")


def _variant(folder: Path, file: str) -> Path | None:
    """The file under one of the names that it is passed on by."""
    dotted = file.replace("-idx", ".idx")
    for candidate in (file + ".gz", file, dotted + ".gz", dotted):
        path = folder / candidate
        try:
            if path.is_file():
                return path
        except OSError:
            continue
    return None


def read(path: Path, *, dims: int) -> npt.NDArray[np.uint8]:
    """The array of unsigned bytes in an IDX file with `dims` axes, plain or gzip.

    Raises:
        DataError: It cannot be read, or is not such a file.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as raw:
            packed = raw.read(2) == _GZIP
            raw.seek(0)
            if not packed:
                return _parse(raw, path, dims, limit=size, exact=True)
            with gzip.GzipFile(fileobj=raw, mode="rb") as unpacked:
                # An estimate from above, so that a header cannot ask for memory that the file cannot fill.
                return _parse(unpacked, path, dims, limit=size * _DEFLATE_RATIO, exact=False)
    except (OSError, EOFError, ValueError, zlib.error, struct.error) as error:
        raise DataError(f"{shown(path)} cannot be read: {reason(error)}. Fetch the file again.") from error


def _parse(file: BinaryIO | gzip.GzipFile, path: Path, dims: int, *, limit: int, exact: bool) -> npt.NDArray[np.uint8]:
    head = file.read(4 + 4 * dims)
    if len(head) < 4 or head[0] or head[1] or head[2] != _UBYTE or head[3] != dims:
        kind = "pictures" if dims == 3 else "labels"
        raise DataError(
            f"{shown(path)} is not an IDX file of {kind}: it starts with {head[:4].hex(' ') or 'nothing'}, "
            f"where 00 00 08 {dims:02x} is wanted. Fetch the file again."
        )
    if len(head) < 4 + 4 * dims:
        raise DataError(f"{shown(path)} ends within its header. Fetch the file again.")
    shape = struct.unpack(f">{dims}I", head[4:])
    count = 1
    for axis in shape:
        count *= axis
    size = len(head) + count
    wrong = size != limit if exact else size > limit
    if wrong or not count:
        raise DataError(
            f"{shown(path)} says that it holds {'×'.join(map(str, shape))} bytes, but the file is of another size. "
            "It is cut short or damaged; fetch it again."
        )
    check_memory(count, "The pictures")
    out = np.empty(count, np.uint8)
    view, filled = out.data, 0
    while filled < count:
        got = file.readinto(view[filled:])  # type: ignore[union-attr]
        if not got:
            raise DataError(f"{shown(path)} ends after {filled:,} of {count:,} bytes. Fetch the file again.")
        filled += got
    if file.read(1):
        raise DataError(f"{shown(path)} holds more than its header says. Fetch the file again.")
    return out.reshape(shape)


def _check_pair(
    pictures: npt.NDArray[np.uint8], labels: npt.NDArray[np.uint8], paths: tuple[Path, Path], classes: int
) -> None:
    if len(pictures) != len(labels):
        raise DataError(
            f"{shown(paths[0])} holds {len(pictures):,} pictures, but {shown(paths[1])} holds {len(labels):,} labels. "
            "The files do not belong together; fetch them again."
        )
    if int(labels.max()) >= classes:
        raise DataError(
            f"{shown(paths[1])} holds the label {int(labels.max())}, but there are only the labels 0 to {classes - 1}. "
            "Fetch the file again."
        )


def _size(pictures: npt.NDArray[np.uint8]) -> str:
    return f"{pictures.shape[1]}×{pictures.shape[2]}"
