"""Pictures: headers are read before anything is decoded, and what comes out is plain uint8, upright, RGB or grey."""

from __future__ import annotations

import contextlib
import os
import struct
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import images
from engine.errors import DataError

RNG = np.random.Generator(np.random.PCG64(1))


def written(picture: np.ndarray, suffix: str, *options: int) -> bytes:
    """A file of OpenCV's, from RGB or grey."""
    done, data = cv2.imencode(
        suffix, picture[:, :, ::-1] if picture.ndim == 3 and picture.shape[2] == 3 else picture, list(options)
    )
    assert done
    return data.tobytes()


def smooth(height: int, width: int) -> np.ndarray:
    """A picture that JPEG keeps well."""
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([y * 255 / height, x * 255 / width, np.full_like(x, 40)], axis=2).astype(np.uint8)


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_of(width: int, height: int, pixels: bytes = b"") -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


LOSSLESS = {".png": (), ".bmp": (), ".tiff": (), ".webp": (cv2.IMWRITE_WEBP_QUALITY, 101)}
FILES = {suffix: written(smooth(20, 30), suffix, *options) for suffix, options in LOSSLESS.items()}
FILES |= {
    ".jpg": written(smooth(20, 30), ".jpg", cv2.IMWRITE_JPEG_QUALITY, 95),
    ".gif": written(smooth(20, 30), ".gif"),
}


@pytest.mark.parametrize("suffix", FILES)
def test_every_format_says_its_size_and_gives_its_colours(suffix):
    header = images.read_header(FILES[suffix])
    assert (header.height, header.width) == (20, 30)
    picture = images.decode(FILES[suffix])
    assert picture.shape == (20, 30, 3)
    assert picture.dtype == np.uint8
    tolerance = {".jpg": 16, ".gif": 64}.get(suffix, 0)
    assert np.abs(picture.astype(int) - smooth(20, 30)).max() <= tolerance


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tiff"])
def test_grey_files_stay_grey(suffix):
    grey = smooth(20, 30)[:, :, 0]
    assert images.decode(written(grey, suffix)).shape == (20, 30, 1)


def test_sixteen_bits_become_eight():
    wide = np.arange(0, 65536, 257, dtype=np.uint16).reshape(16, 16)
    np.testing.assert_array_equal(images.decode(written(wide, ".png"))[:, :, 0], np.arange(256).reshape(16, 16))


def test_transparency_is_laid_on_white():
    pixels = np.zeros((1, 3, 4), np.uint8)
    pixels[0, :, 3] = (0, 51, 255)
    np.testing.assert_array_equal(images.decode(images.encode_png(pixels))[0, :, 0], [255, 204, 0])


def exif(orientation: int) -> bytes:
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 274, 3, 1, orientation, 0, 0)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_stand_upright_whatever_way_the_camera_was_held(orientation):
    upright = smooth(24, 16)
    turned = upright.transpose(1, 0, 2)
    stored = {
        1: upright, 2: upright[:, ::-1], 3: upright[::-1, ::-1], 4: upright[::-1],
        5: turned, 6: turned[::-1], 7: turned[::-1, ::-1], 8: turned[:, ::-1],
    }[orientation]  # fmt: skip
    block = exif(orientation)
    plain = written(stored, ".jpg", cv2.IMWRITE_JPEG_QUALITY, 100)
    jpeg = plain[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 8) + b"Exif\0\0" + block + plain[2:]
    whole = written(stored, ".png")
    png = whole[:33] + chunk(b"eXIf", block) + whole[33:]
    for data, tolerance in ((png, 0), (jpeg, 12)):
        assert images.read_header(data).upright == (24, 16)
        assert np.abs(images.decode(data).astype(int) - upright).max() <= tolerance


def test_a_small_file_that_claims_to_be_large_is_refused_by_its_header():
    with pytest.raises(DataError, match="at most 64 million are read"):
        images.decode(b"GIF89a" + struct.pack("<HH", 30_000, 30_000) + bytes(40))
    for side in (30_000, 7_900):
        with pytest.raises(DataError, match="too small for the size"):
            images.decode(png_of(side, side))


@pytest.mark.parametrize("suffix", FILES)
def test_files_that_are_cut_short_are_refused(suffix):
    for length in (0, 1, 11, 20, len(FILES[suffix]) // 2):
        with pytest.raises(DataError, match=r"\.$"):
            images.decode(FILES[suffix][:length])


def test_what_is_no_picture_is_refused():
    with pytest.raises(DataError, match="no PNG, JPEG, BMP, WebP, GIF or TIFF"):
        images.decode(b"%PDF-1.7 and so on, for a while")


@given(
    st.sampled_from(sorted(FILES)),
    st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=6),
    st.integers(0, 60),
)
def test_mutated_files_give_a_picture_or_one_sentence(suffix, changes, cut):
    content = bytearray(FILES[suffix])
    for at, value in changes:
        content[at % min(len(content), 4000)] = value
    with contextlib.suppress(DataError):
        picture = images.decode(bytes(content[: len(content) - max(0, cut - 40)]))
        assert picture.ndim == 3
        assert picture.shape[2] in (1, 3)


@given(
    st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8", b"BM", b"RIFF\0\0\0\0WEBPVP8X", b"GIF89a", b"II*\0", b"MM\0*"]),
    st.binary(max_size=80),
)
def test_any_bytes_behind_a_signature_give_a_header_or_one_sentence(signature, rest):
    with contextlib.suppress(DataError):
        assert images.read_header(signature + rest).height > 0


def test_names_that_are_not_utf8_are_read(tmp_path):
    path = os.path.join(os.fsencode(tmp_path), b"caf\xe9.png")
    with open(path, "wb") as file:
        file.write(FILES[".png"])
    name = os.fsdecode(path)
    assert images.read(name).shape == (20, 30, 3)
    with open(path, "wb") as file:
        file.write(b"")
    with pytest.raises(DataError, match=r"caf\\xe9.png cannot be read as a picture. The picture file is empty"):
        images.read(name)


def test_what_is_no_file_is_refused_without_waiting_for_it(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        images.read(tmp_path / "gone.png")
    with pytest.raises(DataError, match="no ordinary file"):
        images.read(tmp_path)
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(DataError, match="no ordinary file"):
        images.read(tmp_path / "pipe.png")


def test_shrinking_averages_and_growing_interpolates():
    checks = (np.indices((8, 8)).sum(axis=0) % 2 * 200).astype(np.uint8)[:, :, None]
    assert set(images.resize(checks, (4, 4)).ravel()) == {100}
    ramp = np.array([[0, 200]], np.uint8)[:, :, None]
    grown = images.resize(ramp, (1, 8))[0, :, 0].astype(int)
    assert (np.diff(grown) >= 0).all()
    assert len(set(grown)) > 2
    assert images.resize(ramp, (1, 2)) is ramp


def test_a_picture_is_fitted_to_the_inputs_channels_and_size():
    picture = smooth(20, 30)
    assert images.to_input(picture, (3, 8, 8)).shape == (3, 8, 8)
    np.testing.assert_array_equal(images.to_input(picture, (3, 20, 30)), picture.transpose(2, 0, 1))
    grey = images.to_input(picture, (1, 20, 30))
    expected = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    assert np.abs(grey[0].astype(int) - expected).max() <= 1
    colour = images.to_input(picture[:, :, :1], (3, 20, 30))
    assert (colour == colour[:1]).all()
    with pytest.raises(DataError, match="3 channels, but the network's input takes 2"):
        images.to_input(picture, (2, 20, 30))


def test_png_keeps_every_pixel():
    picture = RNG.integers(0, 256, (9, 7, 3), dtype=np.uint8)
    np.testing.assert_array_equal(images.decode(images.encode_png(picture)), picture)
    grey = picture[:, :, 0]
    np.testing.assert_array_equal(images.decode(images.encode_png(grey))[:, :, 0], grey)
    np.testing.assert_array_equal(images.encode_png(grey[:, :, None]), images.encode_png(grey))


def test_colour_maps_are_tables_that_nobody_can_write_into():
    for name in images.COLOUR_MAPS:
        table = images.lut(name)
        assert table.dtype == np.uint8
        assert table.shape == (255 if name.startswith("CET-D") else 256, 3)
        with pytest.raises(ValueError, match="read-only"):
            table[0] = 0


@pytest.mark.parametrize("name", ["viridis", "cividis", "grey"])
def test_maps_of_unsigned_data_grow_lighter_all_the_way(name):
    light = images.lut(name) @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(light) > -0.6).all()
    assert light[-1] - light[0] > 150


@pytest.mark.parametrize(("name", "brightest"), [("CET-D1", True), ("CET-D4", False)])
def test_maps_of_signed_data_have_a_grey_middle_and_equal_ends(name, brightest):
    table = images.lut(name)
    assert len(set(table[127].tolist())) == 1
    light = table @ np.array([0.2126, 0.7152, 0.0722])
    assert light.argmax() == 127 if brightest else light.argmin() == 127
    assert abs(light[0] - light[-1]) < 40
    assert np.abs(light - light[::-1]).max() < 45


def test_what_a_bitmap_holds_where_transparency_could_be_is_not_meant():
    rows = np.full((2, 3, 4), (10, 20, 30, 0), np.uint8)  # blue, green, red, unused
    head = struct.pack("<IiiHHIIiiII", 40, 3, 2, 1, 32, 0, rows.size, 0, 0, 0, 0)
    data = b"BM" + struct.pack("<IHHI", 54 + rows.size, 0, 0, 54) + head + rows.tobytes()
    np.testing.assert_array_equal(images.decode(data), np.full((2, 3, 3), (30, 20, 10), np.uint8))


def test_a_palette_and_single_bits_become_plain_pixels():
    def png(depth: int, colour: int, line: bytes, *more: bytes) -> bytes:
        head = chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 1, depth, colour, 0, 0, 0))
        return (
            b"\x89PNG\r\n\x1a\n"
            + head
            + b"".join(more)
            + chunk(b"IDAT", zlib.compress(b"\0" + line))
            + chunk(b"IEND", b"")
        )

    bits = images.decode(png(1, 0, b"\xaa"))
    assert bits[0, :, 0].tolist() == [255, 0] * 4
    colours = images.decode(png(1, 3, b"\xaa", chunk(b"PLTE", bytes([1, 2, 3, 200, 100, 50]))))
    assert colours[0, :2].tolist() == [[200, 100, 50], [1, 2, 3]]
    clear = images.decode(png(1, 3, b"\xaa", chunk(b"PLTE", bytes([1, 2, 3, 200, 100, 50])), chunk(b"tRNS", b"\0")))
    assert clear[0, :2].tolist() == [[200, 100, 50], [255, 255, 255]]
