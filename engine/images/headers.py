"""What a picture file's header says: format, size, channels, orientation. Read without decoding anything.

A decoder is only called after this: a file of 44 bytes that claims 30,000×30,000 pixels costs OpenCV seconds and gigabytes.

Sources: PNG (W3C, third edition), JPEG (ITU-T T.81) and EXIF 2.32, WebP container (RFC 9649), GIF89a, TIFF 6.0, BMP (Windows
GDI documentation).

Not for: pixels (`engine.images.codec`). No numpy.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from engine.errors import DataError

PIXEL_LIMIT = 64 * 1000 * 1000  # pixels; the largest picture that is decoded
_DEFLATE_RATIO = 1032  # deflate cannot pack more bytes into one
_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # markers of a frame header
_JPEG_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})  # markers without a length
_SHORTEST = 12  # bytes; no format says its size in fewer


@dataclass(frozen=True)
class Header:
    """What is known before decoding.

    Attributes:
        format: "png", "jpeg", "bmp", "webp", "gif" or "tiff".
        height: Pixels, before the orientation is applied.
        width: Pixels, before the orientation is applied.
        grey: Whether the file holds grey levels only.
        orientation: EXIF orientation, 1 (upright) to 8.
    """

    format: str
    height: int
    width: int
    grey: bool = False
    orientation: int = 1

    @property
    def upright(self) -> tuple[int, int]:
        """(height, width) after the orientation is applied."""
        return (self.width, self.height) if self.orientation >= 5 else (self.height, self.width)


def read_header(data: bytes) -> Header:
    """The header of a picture file that may be decoded.

    Raises:
        DataError: The bytes are of no known format, damaged, cut short, or claim too many pixels.
    """
    try:
        header = _read(data)
    except (struct.error, IndexError) as error:
        raise DataError("The picture's header is cut short or damaged.") from error
    if header.height < 1 or header.width < 1:
        raise DataError(f"The picture says that it is {header.height}×{header.width} pixels, which is none.")
    if header.height * header.width > PIXEL_LIMIT:
        raise DataError(
            f"The picture says that it is {header.height:,}×{header.width:,} pixels, "
            f"but at most {PIXEL_LIMIT // 1_000_000} million are read. Make it smaller."
        )
    return header


def _read(data: bytes) -> Header:
    if len(data) < _SHORTEST:
        raise DataError("The picture file is empty." if not data else "The picture file is cut short.")
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png(data)
    if data.startswith(b"\xff\xd8"):
        return _jpeg(data)
    if data.startswith(b"BM"):
        return _bmp(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    if data.startswith((b"GIF87a", b"GIF89a")):
        width, height = struct.unpack_from("<HH", data, 6)
        return Header("gif", height, width)
    if data.startswith((b"II*\0", b"MM\0*")):
        return _tiff(data)
    raise DataError("The file is no PNG, JPEG, BMP, WebP, GIF or TIFF picture.")


def _png(data: bytes) -> Header:
    if data[12:16] != b"IHDR":
        raise DataError("The PNG picture does not start with its header and is damaged.")
    width, height, depth, colour = struct.unpack_from(">IIBB", data, 16)
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(colour, 1)
    if width * height * channels * depth // 8 > len(data) * _DEFLATE_RATIO:
        raise DataError("The PNG picture's file is too small for the size that its header claims. It is damaged.")
    at, orientation, ended = 8, 1, False
    while at + 8 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        kind = data[at + 4 : at + 8]
        if kind == b"eXIf":
            orientation = exif_orientation(data[at + 8 : at + 8 + length])
        at += 12 + length
        if kind == b"IEND":
            ended = True
            break
    if not ended or at > len(data):
        raise DataError("The PNG picture is cut short.")
    return Header("png", height, width, grey=colour in (0, 4), orientation=orientation)


def _jpeg(data: bytes) -> Header:
    at, orientation = 2, 1
    found: tuple[int, ...] | None = None
    while True:
        if data[at] != 0xFF:
            raise DataError("The JPEG picture's header is damaged.")
        while data[at] == 0xFF:
            at += 1
        marker = data[at]
        at += 1
        if marker in _JPEG_ALONE:
            continue
        if marker == 0xD9:
            raise DataError("The JPEG picture ends before its pixels.")
        length = data[at] << 8 | data[at + 1]
        if marker == 0xE1 and data[at + 2 : at + 8] == b"Exif\0\0":
            orientation = exif_orientation(data[at + 8 : at + length])
        elif marker in _JPEG_SIZES:
            found = struct.unpack_from(">HHB", data, at + 3)
        elif marker == 0xDA:
            break
        at += max(2, length)
    if found is None:
        raise DataError("The JPEG picture does not say its size.")
    if data.rfind(b"\xff\xd9") < at:
        # libjpeg fills what is missing with grey and says nothing.
        raise DataError("The JPEG picture is cut short.")
    height, width, components = found
    return Header("jpeg", height, width, grey=components == 1, orientation=orientation)


def _bmp(data: bytes) -> Header:
    (size,) = struct.unpack_from("<I", data, 14)
    if size == 12:
        width, height = struct.unpack_from("<HH", data, 18)
        return Header("bmp", height, width)
    width, height, _, bits, compression = struct.unpack_from("<iiHHI", data, 18)
    if compression == 0 and abs(width * height) * bits // 8 > len(data):
        raise DataError("The BMP picture is cut short.")
    return Header("bmp", abs(height), abs(width))


def _webp(data: bytes) -> Header:
    if len(data) < 30:
        raise DataError("The WebP picture is cut short.")
    if struct.unpack_from("<I", data, 4)[0] + 8 > len(data) + 1:
        raise DataError("The WebP picture is cut short.")
    match data[12:16]:
        case b"VP8 ":
            width, height = struct.unpack_from("<HH", data, 26)
            return Header("webp", height & 0x3FFF, width & 0x3FFF)
        case b"VP8L":
            (bits,) = struct.unpack_from("<I", data, 21)
            return Header("webp", (bits >> 14 & 0x3FFF) + 1, (bits & 0x3FFF) + 1)
        case b"VP8X":
            width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
            return Header("webp", height, width, orientation=_webp_orientation(data))
        case _:
            raise DataError("The WebP picture's header is damaged.")


def _webp_orientation(data: bytes) -> int:
    at = 12
    while at + 8 <= len(data):
        (length,) = struct.unpack_from("<I", data, at + 4)
        if data[at : at + 4] == b"EXIF":
            return exif_orientation(data[at + 8 : at + 8 + length].removeprefix(b"Exif\0\0"))
        at += 8 + length + length % 2
    return 1


def _tiff(data: bytes) -> Header:
    tags = _ifd(data)
    for tag in (256, 257):
        if tag not in tags:
            raise DataError("The TIFF picture does not say its size.")
    # Tiles (their width and height are tags 322 and 323) are what a decoder allocates.
    if tags.get(322, 0) * tags.get(323, 0) > PIXEL_LIMIT:
        raise DataError("The TIFF picture is cut into tiles that are too large to be read.")
    if tags.get(277, 1) > 4:
        raise DataError(f"The TIFF picture has {tags[277]} channels, but at most 4 are read.")
    orientation = tags.get(274, 1)
    grey = tags.get(262, 2) in (0, 1)
    return Header("tiff", tags[257], tags[256], grey=grey, orientation=orientation if 1 <= orientation <= 8 else 1)


def exif_orientation(blob: bytes) -> int:
    """The orientation in an EXIF block, which is laid out as TIFF; 1 where it says none or is damaged."""
    try:
        found = _ifd(blob).get(274, 1)
    except (struct.error, IndexError, DataError):
        return 1
    return found if 1 <= found <= 8 else 1


def _ifd(data: bytes) -> dict[int, int]:
    """The first directory's tags that hold one whole number."""
    order = "<" if data[:2] == b"II" else ">"
    (start,) = struct.unpack_from(order + "I", data, 4)
    (count,) = struct.unpack_from(order + "H", data, start)
    tags: dict[int, int] = {}
    for i in range(count):
        tag, kind, number = struct.unpack_from(order + "HHI", data, start + 2 + 12 * i)
        if number >= 1 and kind in (3, 4):
            tags[tag] = struct.unpack_from(order + ("H" if kind == 3 else "I"), data, start + 10 + 12 * i)[0]
    return tags
