"""A folder of pictures with a mask of classes for each: `images/a.jpg` and `masks/a.png`, in one folder or in train, val, test.

A mask is a picture of its own whose colours are classes: grey levels in their order, or the palette's colours. Files are paired
by name; those without a partner, or that cannot be read, are left out and listed.

Not for: one class a picture (`engine.data.folder`).
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine import images
from engine.data.folder import SUFFIXES, natural
from engine.data.loading import resized_masks
from engine.data.places import check_memory, reason, shown
from engine.data.registry import Request
from engine.data.splits import draw
from engine.data.table import Table
from engine.errors import DataError
from engine.graph.facts import Column

IMAGES = ("images", "image", "imgs", "img", "jpegimages", "pictures", "x")
MASKS = ("masks", "mask", "labels", "annotations", "segmentationclass", "segmentation", "y")
_PARTS = {"train": 0, "training": 0, "val": 1, "valid": 1, "validation": 1, "test": 2, "testing": 2}
_ENDINGS = ("_mask", "-mask", "_label", "_seg", "_gt", "_labelids")
_MOST = 256  # classes
_LARGEST = 512  # pixels a side, where the network asks for no size
_VOID = 255  # the grey level that masks of few classes give to pixels nobody judged
_LISTED = 1000
_CHUNK = 64

Pair = tuple[str, str]


@dataclass(frozen=True)
class _Read:
    """One picture and its mask, or why they cannot be read."""

    picture: npt.NDArray[np.uint8] | None = None
    colours: npt.NDArray[np.uint32] | None = None
    fault: str = ""


def read(request: Request) -> Table:
    """Pictures as "image", their masks as "mask".

    Raises:
        DataError: There is no such folder, nothing in it pairs, or its masks are no classes.
    """
    if request.path is None:
        raise DataError("A folder with the folders images and masks is wanted, but none is named. Choose one.")
    where = shown(request.path)
    try:
        places = _places(os.fspath(request.path))
        pairs = [(pair, part) for part, pictures, masks in places for pair in _paired(pictures, masks)]
    except OSError as error:
        raise DataError(f"{where} cannot be read: {reason(error)}. Choose another folder.") from error
    if not pairs:
        raise DataError(
            f"{where} holds no picture with a mask of its name. Wanted are two folders, images and masks, with files of equal "
            "names (images/a.jpg, masks/a.png); folders train, val and test may stand around them."
        )
    notes = (
        [] if (alone := _alone(places)) == 0 else [f"{alone:,} files have no partner of their name and are left out."]
    )
    if request.limit is not None and len(pairs) > request.limit:
        notes.append(f"{request.limit:,} of {len(pairs):,} pictures are used, as the limit says.")
        pairs = [pairs[row] for row in draw(np.array([part for _, part in pairs]), request.limit, request.seed)]
    size = request.image if request.image is not None else _size(pairs[0][0][0])
    check_memory(len(pairs) * size[1] * size[2] * (size[0] + 12), "The pictures and masks")
    found = _decoded([pair for pair, _ in pairs], size, request)
    good = [row for row, one in enumerate(found) if not one.fault]
    bad = tuple(f"{shown(pairs[row][0][0])}: {one.fault}" for row, one in enumerate(found) if one.fault)
    if not good:
        raise DataError(
            f"None of the {len(pairs):,} pictures in {where} can be read with its mask. The first: {bad[0]}"
        )
    if bad:
        notes.append(f"{len(bad):,} of {len(pairs):,} pictures cannot be read with their masks and are left out.")
    colours = np.stack([one.colours for one in found if one.colours is not None])
    masks, classes, pad = _classes(colours, request.path, pairs[good[0]][0][1], notes)
    parts = np.array([pairs[row][1] for row in good], np.int8)
    return Table(
        shown(request.path.name or request.path),
        {"image": np.stack([one.picture for one in found if one.picture is not None]), "mask": masks},
        parts=parts if len(places) > 1 else None,
        notes=tuple(notes),
        unreadable=bad[:_LISTED],
        described={"mask": Column("mask", "mask", (), classes, pad=pad)},
    )


def _places(top: str) -> list[tuple[int, str, str]]:
    """(part, folder of pictures, folder of masks): in the folder itself, or in its parts."""
    inside = _folders(top)
    found = _both(inside)
    if found is not None:
        return [(0, *found)]
    out = []
    for name, path in inside.items():
        pair = _both(_folders(path)) if name in _PARTS else None
        if pair is not None:
            out.append((_PARTS[name], *pair))
    return sorted(out) if any(part == 0 for part, _, _ in out) else []


def _folders(folder: str) -> dict[str, str]:
    with os.scandir(folder) as entries:
        return {entry.name.casefold(): entry.path for entry in entries if entry.is_dir()}


def _both(inside: dict[str, str]) -> Pair | None:
    pictures = next((inside[name] for name in IMAGES if name in inside), None)
    masks = next((inside[name] for name in MASKS if name in inside), None)
    return (pictures, masks) if pictures is not None and masks is not None else None


def _stems(folder: str) -> dict[str, str]:
    """Files that are pictures by their name, by what pairs them, in the order a person would count in."""
    names = sorted((name for name in os.listdir(folder) if not name.startswith(".")), key=natural)
    out: dict[str, str] = {}
    for name in names:
        stem, ending = os.path.splitext(name)
        if ending.casefold() in SUFFIXES:
            stem = stem.casefold()
            cut = next((stem[: -len(end)] for end in _ENDINGS if stem.endswith(end) and len(stem) > len(end)), stem)
            out.setdefault(cut, os.path.join(folder, name))
    return out


def _paired(pictures: str, masks: str) -> list[Pair]:
    partner = _stems(masks)
    return [(path, partner[stem]) for stem, path in _stems(pictures).items() if stem in partner]


def _alone(places: list[tuple[int, str, str]]) -> int:
    """How many files have no partner."""
    return sum(len(set(_stems(pictures)) ^ set(_stems(masks))) for _, pictures, masks in places)


def _size(path: str) -> tuple[int, int, int]:
    """(C, H, W) that all are brought to where the network asks for none: the first picture's, shrunk where it is large."""
    try:
        header = images.read_header(images.read_bytes(path))
    except (OSError, DataError):
        return 3, 128, 128
    height, width = header.upright
    shrink = min(1.0, _LARGEST / max(height, width))
    return 1 if header.grey else 3, max(1, round(height * shrink)), max(1, round(width * shrink))


def _decoded(pairs: list[Pair], size: tuple[int, int, int], request: Request) -> list[_Read]:
    out: list[_Read] = []
    with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="decode") as pool:
        for start in range(0, len(pairs), _CHUNK):
            request.tell("Reading pictures", start, len(pairs))
            out += pool.map(lambda pair: _one(pair, size), pairs[start : start + _CHUNK])
    return out


def _one(pair: Pair, size: tuple[int, int, int]) -> _Read:
    """A picture fitted to the size, and its mask's colours as 0xRRGGBB."""
    try:
        picture = images.decode(images.read_bytes(pair[0]))
        mask = images.decode(images.read_bytes(pair[1]))
    except OSError as error:
        return _Read(fault=f"It cannot be read: {reason(error)}.")
    except DataError as error:
        return _Read(fault=str(error))
    if picture.shape[:2] != mask.shape[:2]:
        (h, w), (a, b) = picture.shape[:2], mask.shape[:2]
        if abs(h * b - w * a) > max(h * a, w * b) * 0.02:
            return _Read(fault=f"The picture is {h}×{w}, but its mask is {a}×{b}.")
    rgb = np.broadcast_to(mask, (*mask.shape[:2], 3)).astype(np.uint32)
    colours = (rgb[..., 0] << 16) | (rgb[..., 1] << 8) | rgb[..., 2]
    return _Read(images.to_input(picture, size), resized_masks(colours[None], size[1:])[0].astype(np.uint32))


def _classes(
    colours: npt.NDArray[np.uint32], folder: Path, example: str, notes: list[str]
) -> tuple[npt.NDArray[np.int64], tuple[str, ...], int | None]:
    """Masks of classes, the classes' names, and the class of pixels that nobody judged."""
    found = np.unique(colours)
    if len(found) > _MOST:
        raise DataError(
            f"The masks in {shown(folder)} have {len(found):,} colours, but a colour is a class and there can be {_MOST}. "
            "Save them as PNG without smoothing, with one colour or grey level for each class."
        )
    grey = bool(((found >> 16) == (found & 255)).all() and (((found >> 8) & 255) == (found & 255)).all())
    palette = _palette(example)
    order = sorted(found, key=lambda colour: _rank(int(colour), palette))
    pad = None
    if grey and len(order) > 2 and order[-1] & 255 == _VOID and order[-2] & 255 < len(order) + 20:
        order, pad = order[:-1], len(order) - 1
        notes.append("Pixels of the grey level 255 count as not judged.")
    where = np.searchsorted(found, np.array([*order, *([found[-1]] if pad is not None else [])]))
    index = np.empty(len(found), np.int64)
    index[where] = np.arange(len(where))
    names = _named(folder, len(order))
    if not names:
        names = tuple(str(int(c) & 255) if grey else f"#{int(c):06x}" for c in order)
    return index[np.searchsorted(found, colours)], names, pad


def _palette(path: str) -> dict[int, int]:
    """Colours of a PNG's palette with their index; empty where it has none."""
    try:
        content = images.read_bytes(path)
    except (OSError, DataError):
        return {}
    at = 8
    while content[:4] == b"\x89PNG" and at + 8 <= len(content):
        size, kind = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        if kind == b"PLTE":
            body = content[at + 8 : at + 8 + size]
            tones = [int.from_bytes(body[i : i + 3]) for i in range(0, len(body) - 2, 3)]
            return {tone: place for place, tone in reversed(list(enumerate(tones)))}
        at += size + 12
    return {}


def _rank(colour: int, palette: dict[int, int]) -> tuple[int, int, int]:
    """Palette colours in their order, then others from dark to bright."""
    bright = (colour >> 16) + ((colour >> 8) & 255) + (colour & 255)
    return palette.get(colour, 256), bright, colour


def _named(folder: Path, count: int) -> tuple[str, ...]:
    """Names of the classes from classes.txt, a line each, where there is one for every class."""
    for path in (folder / "classes.txt", folder / "labels.txt"):
        try:
            names = [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()]
        except (OSError, UnicodeDecodeError):
            continue
        if len(names) == count and len(set(names)) == count:
            return tuple(names)
    return ()
