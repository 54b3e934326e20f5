"""Pictures from bytes and to bytes, and fitted to the size a network takes. The only file that imports OpenCV.

Pictures are decoded from bytes, never from a path (OpenCV 5.0 crashes on paths that are not UTF-8), and only after
`headers.read_header` has accepted them.

Not for: Qt pictures (`gui.pictures`) nor for laying out maps and filters (`engine.probes`).
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from engine.errors import DataError
from engine.images.headers import Header, read_header

Picture = npt.NDArray[np.uint8]  # [H,W,C], C = 1 (grey) or 3 (red, green, blue)

BYTE_LIMIT = 512 << 20  # bytes; a larger file is no picture that a network could use
_GREY = (0.299, 0.587, 0.114)  # ITU-R BT.601 luma, as OpenCV and Pillow weigh red, green and blue
_OPAQUE_GREY = cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION
_OPAQUE_COLOUR = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION

# Decoding goes on in threads of ours, a picture each; OpenCV's own would only be in their way.
cv2.setNumThreads(1)
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


def read(path: Path | str) -> Picture:
    """The picture in a file, upright.

    Raises:
        DataError: It cannot be read or is no picture; the sentence names the file.
    """
    shown = os.fsencode(path).decode("utf-8", "backslashreplace")
    try:
        return decode(read_bytes(path))
    except OSError as error:
        raise DataError(f"{shown} cannot be read: {error.strerror or error}. Choose another file.") from error
    except DataError as error:
        raise DataError(f"{shown} cannot be read as a picture. {error}") from error


def read_bytes(path: Path | str) -> bytes:
    """The bytes of an ordinary file that may be a picture.

    Raises:
        OSError: It cannot be read.
        DataError: It is no ordinary file, or too large.
    """
    # A pipe is opened without waiting for a writer that may never come.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise DataError("It is no ordinary file.")
        if status.st_size > BYTE_LIMIT:
            raise DataError(f"It has {status.st_size:,} bytes, but at most {BYTE_LIMIT:,} are read.")
        pieces = []
        # One byte more than there is: the read that finds the end is saved where the file has not grown.
        while piece := os.read(descriptor, status.st_size + 1):
            pieces.append(piece)
            if len(piece) <= status.st_size == len(piece):
                break
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)
    finally:
        os.close(descriptor)


def decode(data: bytes, header: Header | None = None) -> Picture:
    """A picture of 8 bits a channel, upright, transparency laid on white: [H,W,1] if the file is grey, else [H,W,3] RGB.

    Args:
        data: A PNG, JPEG, BMP, WebP, GIF or TIFF file; of several pictures in it the first.
        header: What `read_header` gave for it, where that is known.

    Raises:
        DataError: Not such a file, damaged, or too large.
    """
    if header is None:
        header = read_header(data)
    # JPEG has neither transparency nor 16 bits, and libjpeg puts its colours into our order at no cost. What BMP files
    # hold where transparency could be is mostly not meant as such.
    opaque = header.format in ("jpeg", "bmp")
    how = (_OPAQUE_GREY if header.grey else _OPAQUE_COLOUR) if opaque else cv2.IMREAD_UNCHANGED
    try:
        raw: Any = cv2.imdecode(np.frombuffer(data, np.uint8), how)
    except (cv2.error, MemoryError) as error:
        raise DataError(f"The {header.format.upper()} picture is damaged.") from error
    if raw is None or raw.size == 0:
        raise DataError(f"The {header.format.upper()} picture is damaged.")
    picture = raw if raw.ndim == 3 else raw[:, :, None]
    if picture.shape[0] * picture.shape[1] != header.height * header.width:
        raise DataError(f"The {header.format.upper()} picture has another size than its header says. It is damaged.")
    return _upright(picture if opaque else _plain(_eight_bits(picture), grey=header.grey), header.orientation)


def _eight_bits(picture: npt.NDArray[Any]) -> Picture:
    match picture.dtype:
        case np.uint8:
            return picture
        case np.uint16:
            return ((picture.astype(np.uint32) + 128) // 257).astype(np.uint8)
        case other:
            raise DataError(f"The picture's pixels are of type {other}, but 8 or 16 bits a channel are wanted.")


def _plain(picture: Picture, *, grey: bool) -> Picture:
    """Blue-green-red with or without transparency, or grey, as [H,W,1] or RGB."""
    channels = picture.shape[2]
    if channels == 2 or channels == 4:
        alpha = picture[:, :, -1:].astype(np.uint16)
        laid = picture[:, :, :-1] * alpha + 255 * (255 - alpha)
        picture = ((laid.astype(np.uint32) + 127) // 255).astype(np.uint8)
        channels -= 1
    if channels == 1:
        return np.ascontiguousarray(picture)
    return np.ascontiguousarray(picture[:, :, :1] if grey else picture[:, :, ::-1])


def _upright(picture: Picture, orientation: int) -> Picture:
    """Undo the EXIF orientation."""
    match orientation:
        case 2:
            turned = picture[:, ::-1]
        case 3:
            turned = picture[::-1, ::-1]
        case 4:
            turned = picture[::-1]
        case 5:
            turned = picture.transpose(1, 0, 2)
        case 6:
            turned = picture.transpose(1, 0, 2)[:, ::-1]
        case 7:
            turned = picture.transpose(1, 0, 2)[::-1, ::-1]
        case 8:
            turned = picture.transpose(1, 0, 2)[::-1]
        case _:
            return picture
    return np.ascontiguousarray(turned)


def encode_png(picture: npt.NDArray[np.uint8]) -> bytes:
    """The bytes of a PNG file; `picture` is [H,W], [H,W,1], [H,W,3] RGB or [H,W,4] RGB and transparency."""
    plain: Any = picture if picture.ndim == 2 else picture[:, :, 0] if picture.shape[2] == 1 else picture
    if plain.ndim == 3:
        order = [2, 1, 0, 3][: plain.shape[2]]
        plain = plain[:, :, order]
    done, data = cv2.imencode(".png", np.ascontiguousarray(plain))
    if not done:
        raise DataError("The picture could not be written as PNG.")
    return bytes(data.tobytes())


def resize(picture: Picture, size: tuple[int, int]) -> Picture:
    """The picture at (height, width): area averages where it shrinks, bilinear where it grows."""
    height, width = picture.shape[:2]
    if (height, width) == tuple(size):
        return picture
    shrinks = size[0] * size[1] < height * width
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    out: Any = cv2.resize(np.ascontiguousarray(picture), (size[1], size[0]), interpolation=how)
    return np.asarray(out, np.uint8).reshape(*size, picture.shape[2])


def to_input(picture: Picture, shape: tuple[int, int, int]) -> Picture:
    """The picture as [C,H,W] of `shape`: channels converted, then resized.

    Raises:
        DataError: No conversion leads from the picture's channels to C.
    """
    channels, height, width = shape
    return np.ascontiguousarray(resize(_with_channels(picture, channels), (height, width)).transpose(2, 0, 1))


def _with_channels(picture: Picture, channels: int) -> Picture:
    have = picture.shape[2]
    if have == channels:
        return picture
    if have == 3 and channels == 1:
        return np.asarray(np.rint(picture @ np.array(_GREY)), np.uint8)[:, :, None]
    if have == 1:
        return np.repeat(picture, channels, axis=2)
    raise DataError(
        f"The picture has {have} channels, but the network's input takes {channels}. "
        f"Set the channels of the input block to {have}."
    )
