"""A folder of pictures per class: `cats/*.jpg`, `dogs/*.jpg`, or `train/cats/*.jpg`, `test/cats/*.jpg`.

Names may be in any encoding and are put into the order a person would count in. Pictures are decoded by several threads,
straight to the size that is wanted; files that cannot be read are left out and listed.

Not for: formats of pictures (`engine.images`).
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine import images
from engine.data.places import check_memory, reason, shown
from engine.data.registry import Request
from engine.data.splits import draw
from engine.data.table import PARTS, Array, Table
from engine.errors import DataError

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".jpe", ".bmp", ".webp", ".gif", ".tif", ".tiff"})
_PART_NAMES = {
    "train": 0, "training": 0, "val": 1, "valid": 1, "validation": 1, "dev": 1, "test": 2, "testing": 2,
}  # fmt: skip
_CHUNK = 128  # pictures that a thread decodes before it reports; small enough to keep the threads evenly loaded
_LOOKS = 500  # headers read to learn the size of the pictures
_LARGEST = 256  # pixels a side, where pictures of several sizes are given one and the network asks for none
_LISTED = 1000  # unreadable files that are listed by name


@dataclass(frozen=True)
class Found:
    """The picture files of a folder, before they are read.

    Attributes:
        paths: The files.
        labels: The class of each, an index into `classes`.
        parts: The part of each, an index into `PARTS`; None where the folder has none.
        classes: Names of the classes, in natural order.
        others: How many files are no pictures by their name.
    """

    paths: list[str]
    labels: np.ndarray[tuple[int], np.dtype[np.int64]]
    parts: np.ndarray[tuple[int], np.dtype[np.int8]] | None
    classes: tuple[str, ...]
    others: int


def read(request: Request) -> Table:
    """Find, count and decode the pictures of a folder.

    Raises:
        DataError: There is no such folder, it holds no class folder, or none of its pictures can be read.
    """
    if request.path is None:
        raise DataError(
            "A folder of pictures is wanted, but none is named. Choose one that holds a folder for each class."
        )
    found = find(request.path, request)
    notes = []
    if request.limit is not None and len(found.paths) > request.limit:
        notes.append(f"{request.limit:,} of {len(found.paths):,} pictures are used, as the limit says.")
        found = _drawn(found, request.limit, request.seed)
    shape, known = _shape(found, request)
    check_memory(len(found.paths) * shape[0] * shape[1] * shape[2], "The pictures")
    pictures, seen, bad = _decode(found.paths, shape, request)
    notes += _notes(found, shape, seen, known=known)
    labels, parts = found.labels, found.parts
    if bad:
        kept = np.setdiff1d(np.arange(len(found.paths)), np.array(sorted(bad)))
        if not len(kept):
            first = bad[min(bad)]
            raise DataError(
                f"None of the {len(bad):,} pictures in {shown(request.path)} can be read. The first: {first}"
            )
        notes.append(f"{len(bad):,} of {len(found.paths):,} files cannot be read and are left out.")
        pictures, labels = _closed_up(pictures, kept), labels[kept]
        parts = parts[kept] if parts is not None else None
    return Table(
        name=shown(request.path.name or request.path),
        columns={"image": pictures, "label": labels},
        classes=found.classes,
        parts=parts,
        notes=tuple(notes),
        unreadable=tuple(f"{shown(found.paths[i])}: {bad[i]}" for i in sorted(bad)[:_LISTED]),
    )


def natural(name: str) -> tuple[list[tuple[int, int, str]], str]:
    """A sort key that puts "class 2" before "class 10", whatever the case."""
    pieces = re.split(r"([0-9]+)", name)
    # Digits without leading zeros are compared by their number first: as numbers, but of any length.
    digits = [(p.lstrip("0"), p.isascii() and p.isdigit(), p) for p in pieces if p]
    return [(0, len(short), short) if number else (1, 0, p.casefold()) for short, number, p in digits], name


def find(folder: Path, request: Request) -> Found:
    """The picture files in `folder`, by class and part.

    Raises:
        DataError: There is no such folder or no picture in a folder of its class.
    """
    try:
        top = _unwrapped(os.fspath(folder))
        parted = _parts(top)
        tops = parted or [(0, top)]
        names = sorted({name for _, part in tops for name in _subfolders(part)}, key=natural)
    except OSError as error:
        raise DataError(f"{shown(folder)} cannot be read: {reason(error)}. Choose another folder.") from error
    paths: list[str] = []
    labels: list[int] = []
    parts: list[int] = []
    used: list[str] = []
    others = 0
    for name in names:
        before = len(paths)
        for part, place in tops:
            request.tell("Looking for pictures", len(paths), 0)
            files, rest = _pictures(os.path.join(place, name))
            others += rest
            paths += files
            parts += [part] * len(files)
        if len(paths) > before:
            labels += [len(used)] * (len(paths) - before)
            used.append(name)
    if not paths:
        raise DataError(
            f"{shown(folder)} holds no picture in a folder of its class. Wanted is a folder for each class, named after it, "
            "with PNG, JPEG, BMP, WebP, GIF or TIFF files in it; folders train, val and test may stand around them."
        )
    return Found(
        paths,
        np.array(labels, np.int64),
        np.array(parts, np.int8) if parted else None,
        tuple(shown(name) for name in used),
        others,
    )


def _unwrapped(top: str) -> str:
    """The one folder inside, where an archive was unpacked into a folder of its own and left it with that only."""
    inside = _subfolders(top)
    if len(inside) == 1 and not _has_pictures(top):
        deeper = os.path.join(top, inside[0])
        if _subfolders(deeper) and not _has_pictures(deeper):
            return deeper
    return top


def _has_pictures(folder: str) -> bool:
    return any(_is_picture(entry.name) for entry in os.scandir(folder))


def _parts(top: str) -> list[tuple[int, str]]:
    """(part, folder) where the folders are called train, val and test and hold the class folders; else nothing."""
    names = _subfolders(top)
    if not names or any(name.casefold() not in _PART_NAMES for name in names):
        return []
    found = [(_PART_NAMES[name.casefold()], os.path.join(top, name)) for name in names]
    trained = any(part == 0 and _subfolders(place) for part, place in found)
    return sorted(found) if trained else []


def _subfolders(folder: str) -> list[str]:
    with os.scandir(folder) as entries:
        return [e.name for e in entries if e.is_dir() and not e.name.startswith((".", "__"))]


def _pictures(folder: str) -> tuple[list[str], int]:
    """Picture files in `folder` and below in natural order, and how many other files there are."""
    files: list[str] = []
    others = 0
    for place, inside, names in os.walk(folder):
        inside[:] = sorted((name for name in inside if not name.startswith((".", "__"))), key=natural)
        seen = [
            name for name in names if not name.startswith(".") and name.casefold() not in ("thumbs.db", "desktop.ini")
        ]
        chosen = sorted((name for name in seen if _is_picture(name)), key=natural)
        files += [os.path.join(place, name) for name in chosen]
        others += len(seen) - len(chosen)
    return files, others


def _is_picture(name: str) -> bool:
    return os.path.splitext(name)[1].casefold() in SUFFIXES


def _drawn(found: Found, limit: int, seed: int) -> Found:
    parts = found.parts if found.parts is not None else np.zeros(len(found.paths), np.int8)
    rows = draw(found.labels * len(PARTS) + parts, limit, seed)
    return Found(
        [found.paths[i] for i in rows],
        found.labels[rows],
        None if found.parts is None else found.parts[rows],
        found.classes,
        found.others,
    )


def _shape(found: Found, request: Request) -> tuple[tuple[int, int, int], bool]:
    """(C, H, W) that the pictures are brought to, and whether the network asked for it."""
    if request.image is not None:
        return request.image, True
    step = max(1, len(found.paths) // _LOOKS)
    sizes: Counter[tuple[int, int]] = Counter()
    colour = False
    for path in found.paths[::step]:
        try:
            header = images.read_header(images.read_bytes(path))
        except (OSError, DataError):
            continue
        sizes[header.upright] += 1
        colour = colour or not header.grey
    if not sizes:
        return (3, _LARGEST, _LARGEST), False  # nothing can be read; decoding says why
    if len(sizes) == 1:
        height, width = next(iter(sizes))
    else:
        every = sorted(sizes.elements())
        height = sorted(h for h, _ in every)[len(every) // 2]
        width = sorted(w for _, w in every)[len(every) // 2]
        shrink = min(1.0, _LARGEST / max(height, width))
        height, width = max(1, round(height * shrink)), max(1, round(width * shrink))
    return (3 if colour else 1, height, width), False


Pictures = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
Seen = Counter[tuple[int, ...]]  # how many pictures had which (height, width, channels)


def _decode(paths: list[str], shape: tuple[int, int, int], request: Request) -> tuple[Pictures, Seen, dict[int, str]]:
    """All pictures as [N,C,H,W], the sizes they had, and the reason for each that cannot be read (its row is empty)."""
    out = np.empty((len(paths), *shape), np.uint8)
    seen: Seen = Counter()
    bad: dict[int, str] = {}
    kept = (*shape[1:], shape[0])

    def piece(start: int) -> tuple[Seen, dict[int, str]]:
        sizes: Seen = Counter()
        failed: dict[int, str] = {}
        for i in range(start, min(start + _CHUNK, len(paths))):
            try:
                picture = images.decode(images.read_bytes(paths[i]))
                fits = picture.shape == kept
                out[i] = picture.transpose(2, 0, 1) if fits else images.to_input(picture, shape)
                sizes[picture.shape] += 1
            except OSError as error:
                failed[i] = f"It cannot be read: {reason(error)}."
            except DataError as error:
                failed[i] = str(error)
        return sizes, failed

    with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="decode") as pool:
        work = [pool.submit(piece, start) for start in range(0, len(paths), _CHUNK)]
        try:
            for done, (sizes, failed) in enumerate(_results(work)):
                seen += sizes
                bad |= failed
                request.tell("Reading pictures", min((done + 1) * _CHUNK, len(paths)), len(paths))
        finally:
            pool.shutdown(cancel_futures=True)
    return out, seen, bad


def _closed_up(pictures: Pictures, kept: Array) -> Pictures:
    """The rows `kept` (ascending), moved to the front in place: a copy could be more than the memory holds."""
    for start in range(0, len(kept), _CHUNK):
        rows = kept[start : start + _CHUNK]
        pictures[start : start + len(rows)] = pictures[rows]
    return pictures[: len(kept)]


def _results(work: list[Future[tuple[Seen, dict[int, str]]]]) -> Iterator[tuple[Seen, dict[int, str]]]:
    return (future.result() for future in work)


def _notes(found: Found, shape: tuple[int, int, int], seen: Seen, *, known: bool) -> list[str]:
    said = []
    total = seen.total()
    channels, height, width = shape
    why = " for this network's input" if known else ""
    resized = sum(n for (h, w, _), n in seen.items() if (h, w) != (height, width))
    if resized == total and len({size[:2] for size in seen}) == 1:
        h, w, _ = next(iter(seen))
        said.append(f"The {h}×{w} pictures are resized to {height}×{width}{why}.")
    elif resized:
        lo, hi = min(seen, key=lambda s: s[0] * s[1]), max(seen, key=lambda s: s[0] * s[1])
        said.append(
            f"{resized:,} of {total:,} pictures are resized to {height}×{width}{why}; "
            f"they are from {lo[0]}×{lo[1]} to {hi[0]}×{hi[1]}."
        )
    converted = sum(n for size, n in seen.items() if size[2] != channels)
    if converted:
        new = {1: "grey", 3: "colour"}.get(channels, f"of {channels} channels")
        said.append(f"{converted:,} of {total:,} pictures are made {new}{why}.")
    if len(found.classes) == 1:
        said.append("There is only one class, so there is nothing to tell apart. Add a folder for another class.")
    if found.others:
        one = (
            "file is no picture by its name and is"
            if found.others == 1
            else "files are no pictures by their names and are"
        )
        said.append(f"{found.others:,} other {one} not read.")
    return said
