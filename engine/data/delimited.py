"""Delimited text (CSV, TSV): finding out how a file is written, and reading its columns as numbers or texts.

A file is read twice, line by line: once to learn what its columns are, once into arrays, so that a large one takes no more
memory than its numbers. Lines of another width and missing values are counted, never guessed.

Not for: what is predicted from what (`engine.data.tabular`, `engine.data.series`, `engine.data.sentences`).
"""

from __future__ import annotations

import contextlib
import csv
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.data.places import check_memory, reason, shown
from engine.data.registry import Request
from engine.errors import DataError

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "space": " "}
MISSING = frozenset(("", "na", "n/a", "nan", "null", "none", "?", "-", "#n/a", "inf", "-inf", "infinity", "-infinity"))
_LOOKS = 200  # lines that the delimiter and the first line are told by
_HEAD = 1 << 18  # bytes read for them
_REPORT_EVERY = 16384  # lines
_CHUNK = 4096  # lines whose columns are read at once
_MOST_COLUMNS = 20_000
_AGREE, _SPACED = 0.5, 0.9  # share of the lines that a delimiter cuts alike; spaces stand between words, too
_LONGEST = 1 << 20  # characters of a value; more means that a quote was never closed


@dataclass(frozen=True)
class Written:
    """How a file is written.

    Attributes:
        encoding: "utf-8-sig", "utf-16" or "latin-1".
        delimiter: What stands between two values.
        names: Names of the columns.
        header: Whether the first line holds them.
    """

    encoding: str
    delimiter: str
    names: tuple[str, ...]
    header: bool


@dataclass(frozen=True)
class Columns:
    """What a file holds, column by column.

    Attributes:
        names: Of the columns.
        numbers: Columns of numbers, float64 [N], not a number where a value is missing.
        texts: Columns of texts; None stands for what is missing.
        rows: How many lines.
        notes: What is to be said of the reading.
    """

    names: tuple[str, ...]
    numbers: dict[str, npt.NDArray[np.float64]]
    texts: dict[str, list[str | None]]
    rows: int
    notes: tuple[str, ...]


def read(request: Request) -> Columns:
    """The columns of the file that a request names.

    Raises:
        DataError: There is no such file, or it is no table.
    """
    if request.path is None:
        raise DataError("A table of values (CSV) is wanted, but none is named. Choose a file.")
    path, where = request.path, shown(request.path)
    try:
        written = look(path, request.settings.header, request.settings.delimiter)
        try:
            return _read(path, written, request)
        except UnicodeDecodeError:
            if written.encoding == "utf-16":
                raise DataError(f"{where} says that it is UTF-16, but is not. Save it as UTF-8.") from None
            found = _read(path, look(path, request.settings.header, request.settings.delimiter, "latin-1"), request)
            note = f"{where} is not UTF-8, so it is read as Latin-1."
            return Columns(found.names, found.numbers, found.texts, found.rows, (note, *found.notes))
    except OSError as error:
        raise DataError(f"{where} cannot be read: {reason(error)}. Choose another file.") from error
    except csv.Error as error:
        raise DataError(
            f"{where} cannot be read as a table: {reason(error)}. Look for a quote that is never closed, or save it again as CSV."
        ) from error


def look(path: Path, header: str, delimiter: str, encoding: str = "") -> Written:
    """How a file is written, told by its beginning.

    Raises:
        DataError: It holds no line of values.
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if b"\0" in head and head[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise DataError(f"{shown(path)} holds bytes that no text has, so it is no table of values. Choose a CSV file.")
    if not encoding:
        encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    text = head.decode(encoding, "replace")
    whole = len(head) < _HEAD
    lines = [line for line in text.splitlines() if line.strip()]
    lines = (lines if whole or len(lines) < 2 else lines[:-1])[:_LOOKS]
    if not lines:
        raise DataError(f"{shown(path)} holds no line of values. Choose another file.")
    mark = DELIMITERS.get(delimiter) or _delimiter(lines)
    rows = _rows_of(lines, mark)
    width = _width(rows)
    if width > _MOST_COLUMNS:
        raise DataError(
            f"{shown(path)} has {width:,} columns, but at most {_MOST_COLUMNS:,} are read. Save fewer columns, or arrays (.npz)."
        )
    rows = [row for row in rows if len(row) == width]
    named = header == "yes" or (header == "auto" and _is_header(rows))
    names = _distinct(rows[0] if named else [], width)
    return Written(encoding, mark, names, named)


def _delimiter(lines: list[str]) -> str:
    """The mark that cuts most lines into the same number of values; of several, the one that leaves most numbers."""
    best, mark = (0.0, 0.0, 0), ","
    for candidate in DELIMITERS.values():
        rows = _rows_of(lines, candidate)
        usual = _width(rows)
        kept = [row for row in rows if len(row) == usual]
        agree = round(len(kept) / len(rows), 2)
        if usual < 2 or agree < (_SPACED if candidate == " " else _AGREE):
            continue
        cells = [cell for row in kept for cell in row]
        numbers = sum(_number(cell, comma=candidate != ",") is not None for cell in cells) / len(cells)
        if (agree, round(numbers, 2), usual) > best:
            best, mark = (agree, round(numbers, 2), usual), candidate
    return mark


def _rows_of(lines: list[str], mark: str) -> list[list[str]]:
    reader = csv.reader(lines, delimiter=mark, skipinitialspace=True)
    rows = []
    with contextlib.suppress(
        csv.Error
    ):  # what could be read before is enough to judge by; the reading itself will say so
        for row in reader:
            if row:
                rows.append(row)
    return rows or [[""]]


def _width(rows: list[list[str]]) -> int:
    counts = [len(row) for row in rows]
    return max(set(counts), key=lambda count: (counts.count(count), count))


def _is_header(rows: list[list[str]]) -> bool:
    """Whether the first line looks like names: no number in it above numbers, or names that do not come again below."""
    first, rest = rows[0], rows[1:]
    if not rest or any(_number(cell) is not None for cell in first) or len(set(first)) < len(first):
        return False
    if any(_number(row[place]) is not None for place in range(len(first)) for row in rest[:20]):
        return True
    return all(first[place] not in {row[place] for row in rest} for place in range(len(first)))


def _distinct(given: list[str], width: int) -> tuple[str, ...]:
    """A name for every column, each other than the rest and short enough to be shown."""
    out: list[str] = []
    taken: set[str] = set()
    for place in range(width):
        stem = " ".join(given[place].split())[:60] if place < len(given) else ""
        stem = stem or f"column {place + 1}"
        name, number = stem, 2
        while name in taken:
            name, number = f"{stem} {number}", number + 1
        taken.add(name)
        out.append(name)
    return tuple(out)


def _number(cell: str, *, comma: bool = False) -> float | None:
    """A cell as a finite number, None where it is none."""
    if "_" in cell:
        return None  # Python reads 1_000, but nobody writes it
    try:
        value = float(cell.replace(",", ".", 1) if comma else cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _missing(cell: str) -> bool:
    return cell.strip().casefold() in MISSING


def _lines(path: Path, written: Written, request: Request, skipped: list[int], what: str) -> Iterator[list[str]]:
    """The rows of values, those of another width left out and counted in `skipped`."""
    csv.field_size_limit(_LONGEST)
    width, first = len(written.names), written.header
    size = max(1, path.stat().st_size)
    with path.open("rb") as raw, io.TextIOWrapper(raw, written.encoding, newline="") as file:
        reader = csv.reader(file, delimiter=written.delimiter, skipinitialspace=True)
        for count, row in enumerate(reader):
            if count % _REPORT_EVERY == 0:
                request.tell(what, min(raw.tell(), size), size)
            if not row or (len(row) == 1 and not row[0].strip()):
                continue
            if first:
                first = False
                continue
            if len(row) != width:
                skipped[0] += 1
                continue
            yield row


def _read(path: Path, written: Written, request: Request) -> Columns:
    """Both readings."""
    kinds, rows, skipped = _kinds(path, written, request)
    numbers = {place: np.full(rows, np.nan) for place, kind in enumerate(kinds) if kind}
    texts: dict[int, list[str | None]] = {place: [] for place, kind in enumerate(kinds) if not kind}
    seen: dict[str, str] = {}  # equal texts are kept once
    at = 0
    for chunk in _chunks(_lines(path, written, request, [0], "Reading the values"), rows):
        for place, cells in enumerate(zip(*chunk, strict=True)):
            if place in numbers:
                numbers[place][at : at + len(cells)] = _floats(cells, comma=kinds[place] == "comma")
            else:
                texts[place] += [
                    None if _missing(cell) else seen.setdefault(cell.strip(), cell.strip()) for cell in cells
                ]
        at += len(chunk)
    return Columns(
        written.names,
        {written.names[place]: values for place, values in numbers.items()},
        {written.names[place]: cells for place, cells in texts.items()},
        rows,
        _notes(skipped, len(kinds)),
    )


def _kinds(path: Path, written: Written, request: Request) -> tuple[list[str], int, int]:
    """For each column "point" or "comma", by its decimal sign, or "" where it holds texts; how many lines; how many left out."""
    width, decimal = len(written.names), written.delimiter != ","
    kinds, empty = ["point"] * width, [True] * width
    rows, letters, skipped = 0, 0, [0]
    for chunk in _chunks(_lines(path, written, request, skipped, "Looking at the values")):
        rows += len(chunk)
        for place, cells in enumerate(zip(*chunk, strict=True)):
            if kinds[place] and np.isfinite(_plain(cells)).all():
                empty[place] = False
                continue
            for cell in cells if kinds[place] else ():
                if _number(cell) is not None:
                    empty[place] = False
                elif decimal and _number(cell, comma=True) is not None:
                    kinds[place], empty[place] = "comma", False
                elif not _missing(cell):
                    kinds[place] = ""
                    break
            if not kinds[place]:
                letters += sum(map(len, cells)) + 64 * len(cells)  # bytes that Python takes for them
    if not rows:
        raise DataError(f"{shown(path)} holds names of columns, but no line of values below. Choose another file.")
    kinds = [
        "" if none else kind for kind, none in zip(kinds, empty, strict=True)
    ]  # no value at all: texts that are missing
    check_memory(16 * rows * sum(map(bool, kinds)) + letters, "The values of the table")
    return kinds, rows, skipped[0]


def _chunks(lines: Iterator[list[str]], most: int | None = None) -> Iterator[list[list[str]]]:
    """Lines by the thousand, so that columns can be read at once; at most `most` of them."""
    lines = islice(lines, most)
    while chunk := list(islice(lines, _CHUNK)):
        yield chunk


def _plain(cells: Sequence[str]) -> npt.NDArray[np.float64]:
    """Cells that are all plain numbers, quickly; where one is none, not a number."""
    if "_" in "".join(cells):
        return np.array([np.nan])
    try:
        return np.array(list(map(float, cells)))
    except ValueError:
        return np.array([np.nan])


def _floats(cells: Sequence[str], *, comma: bool) -> npt.NDArray[np.float64]:
    """Cells as numbers; not a number where a value is missing."""
    if not comma:
        quick = _plain(cells)
        if len(quick) == len(cells) and np.isfinite(quick).all():
            return quick
    found = (_number(cell, comma=comma) for cell in cells)
    return np.array([np.nan if value is None else value for value in found])


def _notes(skipped: int, width: int) -> tuple[str, ...]:
    if not skipped:
        return ()
    many = "1 line has" if skipped == 1 else f"{skipped:,} lines have"
    return (f"{many} more or fewer than {width} values and {'is' if skipped == 1 else 'are'} left out.",)


def chosen(wanted: str, names: tuple[str, ...], what: str) -> list[str]:
    """The columns that a person named, by name or by number from 1.

    Raises:
        DataError: There is no such column.
    """
    out: list[str] = []
    folded = {name.casefold(): name for name in reversed(names)}
    pieces = next(csv.reader([wanted], skipinitialspace=True), [])
    for piece in (piece.strip() for piece in pieces if piece.strip()):
        name = piece if piece in names else folded.get(piece.casefold(), "")
        if not name and piece.isascii() and piece.isdigit() and 1 <= int(piece[:9]) <= len(names):
            name = names[int(piece) - 1]
        if not name:
            have = ", ".join(names[:12]) + (f" and {len(names) - 12:,} more" if len(names) > 12 else "")
            raise DataError(f'There is no {what} column "{piece[:60]}"; the file has: {have}. Name one of these.')
        if name not in out:
            out.append(name)
    return out
