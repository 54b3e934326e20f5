"""Dates as people write them, and the same dates as ISO 8601 has them: one sequence to be turned into another.

Made from a fixed seed. Not for: time series (`engine.data.weather`, `engine.data.series`).
"""

from __future__ import annotations

import datetime as dt

from engine.data.draws import Draws
from engine.data.registry import Request
from engine.data.table import Table
from engine.data.tokens import PAD, SPECIAL, encode, filled, padded, places
from engine.graph.facts import Column

READ, WRITTEN = 10, 11  # tokens of a date as it is read, and as it is written with what marks its beginning or end
BEGIN, END = "·begin·", "·end·"
_SEED = 20_019
_COUNT = 4000
_YEARS = (1583, 2500)  # of the Gregorian calendar
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_FORMS = (
    "{weekday} , {day} {month} {year}",
    "{day} {month} {year}",
    "{month} {day} , {year}",
    "the {day} th of {month} , {year}",
    "{weekday} the {day} th of {month} {year}",
    "{number} / {day} / {year}",
)
_KNOWN = (
    *SPECIAL, BEGIN, END, "-", ",", "/", "the", "th", "of", *"0123456789", *(str(day) for day in range(10, 32)), *_MONTHS, *_DAYS,
)  # fmt: skip


def dates(request: Request) -> Table:
    """As "source" what is read, as "written" the date with a mark before it, as "tags" the date with a mark behind it."""
    choice = request.settings
    count = choice.count if choice.count is not None else _COUNT
    draws = Draws(_SEED)
    first, last = (dt.date(year, 1, 1).toordinal() for year in _YEARS)
    found = [dt.date.fromordinal(first + int(day)) for day in draws.whole(count, below=last - first)]
    forms = draws.whole(count, below=len(_FORMS))
    known = padded(_KNOWN, choice.vocabulary)
    where = places(known)
    read = [_said(date, _FORMS[int(form)]) for date, form in zip(found, forms, strict=True)]
    iso = [list(date.isoformat()) for date in found]
    return Table(
        "Dates",
        {
            "source": filled([encode(words, where) for words in read], READ),
            "written": filled([encode([BEGIN, *letters], where) for letters in iso], WRITTEN),
            "tags": filled([encode([*letters, END], where) for letters in iso], WRITTEN),
        },
        described={
            "source": Column("source", "tokens", (), known, pad=PAD),
            "written": Column("written", "tokens", (), known, pad=PAD),
            "tags": Column("tags", "tags", (), known, pad=PAD),
        },
    )


def _said(date: dt.date, form: str) -> list[str]:
    return form.format(
        weekday=_DAYS[date.weekday()], day=date.day, month=_MONTHS[date.month - 1], number=date.month,
        year=" ".join(f"{date.year:04}"),
    ).split()  # fmt: skip
