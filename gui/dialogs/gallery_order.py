"""How the gallery is walked through: by halls, by years or by size, and what a search leaves of it.

Not for: showing it (`gui.dialogs.gallery_wall`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import presets
from gui.dialogs.gallery_shelf import Exhibit, Figures

ORDERS = (("hall", "Halls"), ("year", "Year"), ("size", "Parameters"))
ERAS = (
    (1990, "Before 1990", "One neuron, then a layer that nobody sees."),
    (2010, "The nineties and after", "Convolutions read cheques, and few believe in them."),
    (2014, "2010 to 2013", "Large pictures, graphics cards, and a race that is won."),
    (2015, "2014", "Deeper: chains and side paths."),
    (2016, "2015", "Deeper still, because shortcuts make it possible; a class for every pixel."),
    (2018, "2016 and 2017", "Dense ones, wide ones, and the first that are made to be small."),
    (2020, "2018 and 2019", "Light networks, some of them found by a machine."),
    (10_000, "2020 and after", "Patches, windows, and the convolutions' answer."),
)
SIZES = (
    (10_000, "Up to 10 thousand", "Every number could be printed on a few pages."),
    (100_000, "10 to 100 thousand", "They learn in seconds on any machine."),
    (1_000_000, "100 thousand to a million", "They learn in minutes."),
    (10_000_000, "1 to 10 million", "They fit a telephone."),
    (50_000_000, "10 to 50 million", "They want a graphics card and some days."),
    (1_000_000_000_000, "Over 50 million", "Most of it often lies in a few fully connected layers."),
)


@dataclass(frozen=True)
class Section:
    """A part of the wall.

    Attributes:
        title: Over its door.
        sentence: Under the title.
        names: Of the exhibits in it, in order.
        span: From when to when they are.
    """

    title: str
    sentence: str
    names: tuple[str, ...]
    span: str = ""


def sections(exhibits: Sequence[Exhibit], order: str, figures: Mapping[str, Figures]) -> list[Section]:
    """The wall's parts, those with nothing in them left out."""
    match order:
        case "year":
            ranked = sorted(exhibits, key=lambda one: (one.year, one.title))
            return _parted(ranked, {one.name: one.year for one in exhibits}, ERAS)
        case "size":
            counts = {one.name: figures[one.name].parameters for one in exhibits if one.name in figures}
            ranked = sorted((one for one in exhibits if one.name in counts), key=lambda one: counts[one.name])
            return _parted(ranked, counts, SIZES)
    halls = list(dict.fromkeys([*presets.HALLS, *(one.hall for one in exhibits)]))
    hung = [(hall, [one for one in exhibits if one.hall == hall]) for hall in halls]
    return [_section(hall, presets.SENTENCES.get(hall, ""), found) for hall, found in hung if found]


def _parted(
    ranked: Sequence[Exhibit], rank: Mapping[str, int], limits: Sequence[tuple[int, str, str]]
) -> list[Section]:
    out, below = [], -1
    for limit, title, sentence in limits:
        found = [one for one in ranked if below <= rank[one.name] < limit]
        if found:
            out.append(_section(title, sentence, found))
        below = limit
    return out


def _section(title: str, sentence: str, found: Sequence[Exhibit]) -> Section:
    years = [one.year for one in found if one.year]
    ends = sorted({min(years), max(years)}) if years else []
    return Section(title, sentence, tuple(one.name for one in found), " – ".join(map(str, ends)))


def _flat(text: str) -> str:
    """Letters and digits alone, so that "resnet50", "ResNet 50" and "ResNet-50" are one."""
    return re.sub(r"[\W_]+", "", text.casefold())


@lru_cache(maxsize=1024)
def _words(one: Exhibit) -> tuple[str, str, tuple[str, str]]:
    """What an exhibit is called, all that is said of it, and its names without what stands between letters."""
    called = f"{one.name} {one.title}".casefold()
    text = f"{called} {one.hall} {one.year} {one.paper} {one.text} {one.recipe}".casefold()
    return called, text, (_flat(one.title), _flat(one.name))


def matching(exhibits: Sequence[Exhibit], query: str) -> tuple[list[str], str]:
    """The exhibits in which words begin with every word of a query, and the one that fits best ("" where none does)."""
    words = query.casefold().split()
    if not words:
        return [one.name for one in exhibits], ""
    starts = [re.compile(rf"(?<!\w){re.escape(word)}") for word in words]  # "he" is a name, and stands in "the"
    rated, whole = [], _flat(query)
    for place, one in enumerate(exhibits):
        called, text, squeezed = _words(one)
        if whole and any(whole in name for name in squeezed):
            exact = whole in squeezed
            rated.append((0 if exact else 1, len(one.title) if not exact else 0, place, one.name))
        elif all(start.search(text) for start in starts):
            rated.append((2 if all(start.search(called) for start in starts) else 3, 0, place, one.name))
    order = {one.name: place for place, one in enumerate(exhibits)}
    names = sorted((entry[-1] for entry in rated), key=order.__getitem__)
    return names, min(rated)[-1] if rated else ""
