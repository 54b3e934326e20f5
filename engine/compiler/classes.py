"""Which classes an exported file has: one a composite, if all its uses can share one.

Uses share a class if they differ in arguments alone: numbers, and blocks that are left out. Where they differ in more, say in the
layers that they call, there are several classes: Bottleneck, Bottleneck2.

Not for: what the arguments are (`engine.compiler.arguments`), nor for printing (`engine.compiler.writing`). No torch.
"""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.blocks.spec import Call
from engine.compiler.arguments import Argument, agree
from engine.compiler.steps import Part
from engine.compiler.uses import Use
from engine.graph.edits import End


@dataclass
class Code:
    """A class of the exported file.

    Attributes:
        name: Its name.
        uses: What it stands for.
        arguments: What its constructor takes, in order; filled in when it is written.
        places: id of a use -> its place among `uses`.
        widths: Settings of the composite that say how many channels or features there are.
    """

    name: str
    uses: list[Use] = field(default_factory=list)
    arguments: list[Argument] = field(default_factory=list)
    places: dict[int, int] = field(default_factory=dict)
    widths: set[str] = field(default_factory=set)

    def add(self, use: Use) -> None:
        """Let it stand for one more use."""
        self.places[id(use)] = len(self.uses)
        self.uses.append(use)

    def given(self, use: Use) -> tuple[Any, ...]:
        """The values of the arguments in one use."""
        place = self.places[id(use)]
        return tuple(argument.values[place] for argument in self.arguments)


Codes = dict[int, Code]  # id of a use -> the class that it is written as


def by_definition(root: Use) -> list[list[Use]]:
    """All uses of each composite; what stands inside others comes before them."""
    found: dict[str, list[Use]] = {}
    heights: dict[str, int] = {}

    def collect(use: Use) -> int:
        height = 0
        for repetitions in use.inner.values():
            for inner in repetitions:
                height = max(height, 1 + collect(inner))
                found.setdefault(inner.drawn.composite, []).append(inner)
        heights[use.drawn.composite] = max(height, heights.get(use.drawn.composite, 0))
        return height

    collect(root)
    return [found[id_] for id_ in sorted(found, key=lambda id_: heights[id_])]


def grouped(uses: Sequence[Use], codes: Codes, taken: set[str]) -> list[Code]:
    """Share the uses of one composite out over as few classes as are needed.

    Args:
        uses: All of them.
        codes: The classes of what stands inside.
        taken: Names that are used in the file already; those of the new classes are added.
    """
    groups: list[tuple[Code, dict[Any, Use]]] = []  # with one use of each kind
    stem = _stem(uses[0].drawn.title)
    for use in uses:
        marks = _marks(use, codes)
        fitting = (each for each in groups if marks in each[1] or _fits([*each[1].values(), use], codes))
        group = next(fitting, None)
        if group is None:
            group = Code(_fresh(stem, taken)), {}
            taken.add(group[0].name)
            groups.append(group)
        group[0].add(use)
        group[1].setdefault(marks, use)
    return [code for code, _ in groups]


def _stem(title: str) -> str:
    """A definition's name as a class is called: "basic_block" gives BasicBlock."""
    name = "".join(word[0].upper() + word[1:] for word in title.split("_") if word)
    return (
        name if name.isidentifier() and not keyword.iskeyword(name) and not hasattr(builtins, name) else f"{name}Block"
    )


def _fresh(stem: str, taken: set[str]) -> str:
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}{number}", number + 1
    return name


def _marks(use: Use, codes: Codes) -> Any:
    """What of a use decides whether it can share a class; equal marks fit wherever one of them fits."""
    return use.taken, use.wanted, tuple(_mark(use, part, codes) for part in use.drawn.parts)


def _mark(use: Use, part: Part, codes: Codes) -> Any:
    runs = part.node.id in use.running
    if part.passes:
        return ()
    if part.step is not None:
        call = part.step.call
        axis = _wording(call)
        names = tuple(name for name, _ in call.kwargs)
        return runs, call.target, call.packed, len(call.args), names, axis, part.step.named, part.step.initial
    repetitions = use.inner[part.node.id]
    return runs, len(repetitions), _uniform(repetitions, codes), tuple(_inner(each, codes) for each in repetitions)


def _inner(use: Use, codes: Codes) -> Any:
    return codes[id(use)].name, use.taken, use.wanted, use.live


def _uniform(repetitions: Sequence[Use], codes: Codes) -> bool:
    """Whether all after the first are the same, so that how many there are can be an argument."""
    first = repetitions[0]
    rest = repetitions[1:]
    alike = all(_inner(each, codes) == _inner(first, codes) for each in rest)
    rows = [codes[id(each)].given(each) for each in rest]
    return alike and all(agree(rows[0], row) for row in rows)


def _fits(uses: Sequence[Use], codes: Codes) -> bool:
    """Whether uses can share one class."""
    first = uses[0]
    if any((use.taken, use.wanted) != (first.taken, first.wanted) for use in uses):
        return False
    running = set()
    for index, part in enumerate(first.drawn.parts):
        row = [(use, use.drawn.parts[index]) for use in uses]
        there = [(use, each) for use, each in row if not each.passes]
        if not there:
            continue
        if len({part.node.id in use.running for use, _ in there}) > 1:
            return False
        if not (_same_steps(there) if there[0][1].step is not None else _same_instances(there, codes)):
            return False
        if len(there) < len(row) and not _can_be_left_out(*there[0]):
            return False
        if part.node.id in there[0][0].running:
            running.add(part.node.id)
    return _complete(uses, running)


def _wording(call: Call) -> Any:
    """What of a call says how its line reads, and cannot be an argument: a slice's colons, a formula."""
    if call.target == "slice":
        return dict(call.kwargs)["dim"]
    return call.args if call.target == "formula" else None


def _same_steps(there: list[tuple[Use, Part]]) -> bool:
    steps = [part.step for _, part in there]
    calls = [step.call for step in steps if step is not None]
    if len(calls) < len(there) or len({(call.target, call.packed, len(call.args)) for call in calls}) > 1:
        return False
    if len({(step.named, step.initial) for step in steps if step is not None}) > 1:
        return False
    if len({_wording(call) for call in calls}) > 1:
        return False
    names = {name for call in calls for name, _ in call.kwargs}
    # An argument that only some calls need is written for all of them; the block's setting says what it is there.
    return all(
        hasattr(part.block, name)
        for (_, part), call in zip(there, calls, strict=True)
        for name in names - {each for each, _ in call.kwargs}
    )


def _same_instances(there: list[tuple[Use, Part]], codes: Codes) -> bool:
    rows = [use.inner[part.node.id] for use, part in there if part.copies]
    if len(rows) < len(there) or len({len(row) == 1 for row in rows}) > 1:  # "block.conv1" or "block.0.conv1"
        return False
    marks = {tuple(_inner(each, codes) for each in row) for row in rows}
    if len(marks) == 1:
        return True
    return len({row[0] for row in marks}) == 1 and all(_uniform(row, codes) for row in rows)


def _can_be_left_out(use: Use, part: Part) -> bool:
    """Whether code can leave it out by an argument, so that its first input passes."""
    if part.step is not None:
        return not part.step.more and (len(part.sources) == 1 or not part.step.call.is_module)
    repetitions = use.inner[part.node.id]
    if len(repetitions) == 1:
        return repetitions[0].taken == (0,) and len(repetitions[0].wanted) == 1
    return all(each.runs_in_order for each in repetitions)


def _complete(uses: Sequence[Use], running: set[str]) -> bool:
    """Whether everything that the class's blocks would read is computed."""
    drawn = uses[0].drawn
    there = running | {drawn.entries[place][1].block for place in uses[0].taken}
    read = {drawn.exits[place][1] for place in uses[0].wanted}
    for index, part in enumerate(drawn.parts):
        if part.node.id in running:
            read.update(source for use in uses for source in sources_of(use, use.drawn.parts[index]))
    passing = passed(uses)
    return all(origin(passing, end).block in there for end in read)


def sources_of(use: Use, part: Part) -> tuple[End, ...]:
    """What a block reads; of an instance, what its repetitions take from outside."""
    if part.passes:
        return part.sources[:1]
    if part.step is not None:
        return part.sources
    places: set[int] = set()
    live = [each for each in use.inner[part.node.id] if each.live]
    for number, each in enumerate(live):
        exits = len(each.drawn.exits)
        places |= {place for place in each.taken if number == 0 or place >= exits}
    return tuple(part.sources[place] for place in sorted(places))


def passed(uses: Sequence[Use]) -> dict[str, End]:
    """The blocks that no use has, by id, and what they pass on."""
    rows = zip(*(use.drawn.parts for use in uses), strict=True)
    return {row[0].node.id: row[0].sources[0] for row in rows if all(part.passes for part in row)}


def origin(passing: Mapping[str, End], end: End) -> End:
    """Where a value comes from, past blocks that no use has."""
    while end.block in passing:
        end = passing[end.block]
    return end
