"""Which tensor of a checkpoint belongs to which of a network: by name, through a recorded map of names, or by order and shape.

Not for: reading files (`engine.importers.reading`), nor for copying anything (`engine.importers.bringing`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import torch

from engine.compiler.module import build
from engine.compiler.plan import Plan
from engine.importers.names import renamed, rules
from engine.importers.reading import Checkpoint

State = Literal["loaded", "differs", "missing", "left out", "left over"]
Sizes = tuple[int, ...]
BY_NAME, BY_ORDER = "names", "order"
# What wrappers put in front of every name.
PREFIXES = ("module", "_orig_mod", "model", "network", "net", "backbone", "encoder", "state_dict")
_STATISTICS = ("running_mean", "running_var")
_COUNTER = "num_batches_tracked"


@dataclass(frozen=True)
class Place:
    """A tensor of our network.

    Attributes:
        name: Its name in the state dict.
        sizes: Its shape.
        block: Name of the block that it belongs to.
        table: Whether it holds whole numbers that the network works out by itself, such as places in a table of distances;
            a file need not have it.
    """

    name: str
    sizes: Sizes
    block: str
    table: bool = False


@dataclass(frozen=True)
class Pair:
    """One line of the table: a tensor of ours, one of theirs, or both.

    Attributes:
        ours, theirs: Their names; empty where a side has none.
        our_sizes, their_sizes: Their shapes.
        state: "loaded"; "differs" in shape; "missing" in the file; "left out" because the person wants it fresh; "left over": of
            the file, and not used.
        block: Name of our block.
    """

    ours: str
    theirs: str
    our_sizes: Sizes
    their_sizes: Sizes
    state: State
    block: str = ""


@dataclass(frozen=True)
class Match:
    """All pairs, found in one way.

    Attributes:
        way: "names", "order", or the name of a recorded map such as "torchvision".
        pairs: Ours in our order, then what is left over in the file's.
        note: Where order and shape stop to agree; empty where they do not.
    """

    way: str
    pairs: tuple[Pair, ...]
    note: str = ""

    def count(self, state: State) -> int:
        """How many pairs are of a state."""
        return sum(pair.state == state for pair in self.pairs)

    @property
    def ours(self) -> int:
        """How many tensors our network has."""
        return sum(bool(pair.ours) for pair in self.pairs)

    @property
    def sentence(self) -> str:
        """The counts."""
        tail = [
            f"{number} {word}"
            for state, word in (
                ("differs", "differ in shape"), ("missing", "are not in the file"), ("left out", "begin fresh"),
            )
            if (number := self.count(state))  # type: ignore[arg-type]
        ]  # fmt: skip
        over = self.count("left over")
        tail += [f"{over} of the file {'is' if over == 1 else 'are'} not used"] if over else []
        text = f"{self.count('loaded')} of {self.ours} tensors are loaded"
        return f"{text}; {', '.join(tail)}." if tail else f"{text}."


def title(way: str) -> str:
    """A way as a person reads it."""
    return {BY_NAME: "Equal names", BY_ORDER: "Order and shape"}.get(way, f"Names of {way}")


def places(plan: Plan) -> tuple[Place, ...]:
    """The tensors of a network in the order of its state dict; nothing is computed and no memory is taken."""
    # Where weights begin is of no interest here, and working it out would take time.
    bare = replace(plan, steps=tuple(replace(step, initial=None) for step in plan.steps))
    with torch.device("meta"):
        network = build(bare)
    steps = {step.name for step in plan.steps}
    return tuple(
        Place(name, tuple(value.shape), _block(name, steps), _is_table(name, value))
        for name, value in network.state_dict().items()
    )


def _is_table(name: str, value: torch.Tensor) -> bool:
    return not value.is_floating_point() and not name.endswith(_COUNTER)


def _block(name: str, steps: Collection[str]) -> str:
    owner = name.rpartition(".")[0]
    while owner not in steps and "." in owner:
        owner = owner.rpartition(".")[0]
    return owner


def ways(
    ours: Sequence[Place], checkpoint: Checkpoint, maps: Mapping[str, Mapping[str, str]], fresh: Collection[str] = ()
) -> tuple[Match, ...]:
    """A match in every way there is, the one that loads most tensors first; equal ones in the order name, map, order.

    Args:
        ours: Of `places`.
        checkpoint: The file.
        maps: Recorded maps: name of the reference implementation -> pattern -> name there.
        fresh: Names of blocks whose tensors are to be left out.

    Raises:
        SettingError: A recorded map cannot be understood.
    """
    theirs = {name: tuple(value.shape) for name, value in checkpoint.tensors.items()}
    found = [by_name(ours, theirs, fresh=fresh)]
    found += [by_name(ours, theirs, way=way, table=table, fresh=fresh) for way, table in maps.items()]
    whole = {name for name, value in checkpoint.tensors.items() if not value.is_floating_point()}
    if checkpoint.ordered:
        found.append(by_order(ours, theirs, whole=whole, fresh=fresh))
    return tuple(sorted(found, key=lambda match: -match.count("loaded")))


def by_name(
    ours: Sequence[Place], theirs: Mapping[str, Sizes], *, way: str = BY_NAME, table: Mapping[str, str] | None = None,
    fresh: Collection[str] = (),
) -> Match:  # fmt: skip
    """Tensors of equal names, ours translated by a recorded map where one is given; "module." and the like fall away."""
    known = rules(table or {})
    there = _plain(theirs, {renamed(place.name, known) for place in ours})
    counted = any(name.endswith(_COUNTER) for name in theirs)
    used: set[str] = set()
    pairs = []
    for place in ours:
        name = there.get(renamed(place.name, known), "")
        if not name and place.name.endswith(_COUNTER) and not counted:
            continue  # files of PyTorch before 0.4.1 count no batches
        if place.table and not name:
            continue
        used.add(name)
        pairs.append(_pair(place, name, theirs.get(name, ()), fresh))
    return Match(way, (*pairs, *_over(theirs, used)))


def _plain(theirs: Mapping[str, Sizes], wanted: Collection[str]) -> dict[str, str]:
    """Their names without what a wrapper put in front of all of them: plain name -> name."""
    names = {name: name for name in theirs}
    best = names
    while True:
        first = {name.partition(".")[0] for name in names}
        if len(first) != 1 or not all("." in name for name in names) or not first <= set(PREFIXES):
            return best
        names = {name.partition(".")[2]: whole for name, whole in names.items()}
        if len(names.keys() & wanted) > len(best.keys() & wanted):
            best = names


def by_order(
    ours: Sequence[Place], theirs: Mapping[str, Sizes], *, whole: Collection[str] = (), fresh: Collection[str] = ()
) -> Match:
    """Tensors one after the other, as long as their shapes agree; running statistics and batch counters go by themselves.

    Past the first difference nothing can be told, unless both sides have equally many tensors and only the last block differs:
    another head.

    Args:
        ours: Our tensors in their order.
        theirs: Names and shapes of theirs in their order.
        whole: Names of theirs that hold whole numbers: tables that a program keeps beside its weights, no weights.
        fresh: Blocks that are left out.
    """
    found: dict[str, str] = {}
    used: set[str] = set()
    note = ""
    for kind in ("weights", "statistics", "counters", "tables"):
        mine = [place for place in ours if ("tables" if place.table else _kind(place.name)) == kind]
        other = [name for name in theirs if _kind_there(name, whole) == kind]
        if kind != "weights" and (note or not other):  # without sure weights nothing of the rest is sure
            continue
        agree = _agreeing(mine, other, theirs)
        for place, name in list(zip(mine, other, strict=False))[:agree]:
            found[place.name] = name
            used.add(name)
        if agree == len(mine) == len(other):
            continue
        rest = mine[agree:]
        if len(mine) == len(other) and rest and len({place.block for place in rest}) == 1:
            for place, name in zip(rest, other[agree:], strict=True):
                found[place.name] = name
                used.add(name)
        if kind == "weights":
            note = _difference(mine, other, theirs, agree)
            if len(mine) == len(other) and len({place.block for place in rest}) == 1:
                note = ""
    silent = not any(_kind(name) == "counters" for name in theirs)
    pairs = []
    for place in ours:
        name = found.get(place.name, "")
        if not name and (place.table or (silent and _kind(place.name) == "counters")):
            continue
        pairs.append(_pair(place, name, theirs.get(name, ()), fresh))
    return Match(BY_ORDER, (*pairs, *_over(theirs, used)), note)


def _kind(name: str) -> str:
    last = name.rpartition(".")[2]
    return "statistics" if last in _STATISTICS else "counters" if last == _COUNTER else "weights"


def _kind_there(name: str, whole: Collection[str]) -> str:
    """Counters hold whole numbers, too; whatever else does is a table."""
    kind = _kind(name)
    return "tables" if name in whole and kind != "counters" else kind


def _agreeing(mine: Sequence[Place], other: Sequence[str], theirs: Mapping[str, Sizes]) -> int:
    """How many from the first on are of the same shape."""
    for index, (place, name) in enumerate(zip(mine, other, strict=False)):
        if not _fits(place.sizes, theirs[name]):
            return index
    return min(len(mine), len(other))


def _difference(mine: Sequence[Place], other: Sequence[str], theirs: Mapping[str, Sizes], at: int) -> str:
    """The first place where both sides do not agree, in words."""
    here = f"{mine[at].name} ({sizes(mine[at].sizes)})" if at < len(mine) else "nothing"
    there = f"{other[at]} ({sizes(theirs[other[at]])})" if at < len(other) else "nothing"
    return f"The order agrees up to weight {at}; then ours is {here} and theirs {there}, and what comes after cannot be told apart."


def _fits(one: Sizes, other: Sizes) -> bool:
    """Whether both have the same shape, but for sizes of 1: a 1 × 1 convolution holds the numbers of a linear layer."""
    return one == other or (
        [size for size in one if size != 1] == [size for size in other if size != 1] and abs(len(one) - len(other)) > 0
    )


def _pair(place: Place, name: str, there: Sizes, fresh: Collection[str]) -> Pair:
    state: State
    if place.block in fresh:
        state = "left out"
    elif not name:
        state = "missing"
    else:
        state = "loaded" if _fits(place.sizes, there) else "differs"
    return Pair(place.name, name, place.sizes, there, state, place.block)


def _over(theirs: Mapping[str, Sizes], used: Iterable[str]) -> tuple[Pair, ...]:
    gone = set(used)
    return tuple(Pair("", name, (), found, "left over") for name, found in theirs.items() if name not in gone)


def sizes(found: Sizes) -> str:
    """A shape as a person reads it."""
    return " × ".join(map(str, found)) or "number"
