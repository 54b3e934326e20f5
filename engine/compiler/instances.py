"""Instances of composites in a constructor: `Bottleneck(64, 64, projection=True), *(Bottleneck(256, 64) for _ in range(2))`.

Not for: the line around them (`engine.compiler.writing`). No torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.compiler.arguments import ANY, Argument, Arguments, agree, literal, same
from engine.compiler.classes import Code, Codes
from engine.compiler.uses import Use
from engine.graph.edits import Node

_POSITIONAL = 3  # more arguments than these are told by their names
_RAMP = 3  # so many repetitions that differ in one number are written as a loop over the numbers


@dataclass(frozen=True)
class _Run:
    """Equal repetitions that follow each other.

    Attributes:
        code: Their class.
        values: Of each argument: one a use of the class around them.
        counts: How many, one a use.
    """

    code: Code
    values: tuple[tuple[Any, ...], ...]
    counts: tuple[Any, ...]


def items(
    node: Node, uses: Sequence[Sequence[Use]], codes: Codes, arguments: Arguments, texts: dict[str, str]
) -> tuple[list[str], bool]:
    """What to write for an instance.

    Args:
        node: The instance.
        uses: Its repetitions, one row a use of the class that it stands in; empty where it is left out.
        codes: Their classes.
        arguments: Of the class that it stands in.
        texts: Expressions of its settings.

    Returns:
        One text an entry of the list of layers, and whether `forward` has to loop over them.
    """
    there = [row for row in uses if row]
    loops = len(there[0]) > 1 and not all(each.runs_in_order for row in there for each in row)
    out = []
    runs = _runs(uses, codes)
    while runs:
        ramp = _ramp(runs)
        if ramp is not None:
            length, place = ramp
            name = runs[0].code.arguments[place].name
            name = name if arguments.free(name) else f"each_{name}"
            numbers = ", ".join(literal(_known(run.values[place])) for run in runs[:length])
            one = _one(node, runs[0], arguments, texts, {place: name})
            out.append(f"*({one} for {name} in ({numbers}))")
            runs = runs[length:]
            continue
        run = runs.pop(0)
        one = _one(node, run, arguments, texts, {})
        if all(same(1, count) for count in run.counts):
            out.append(one)
        else:
            out.append(f"*({one} for _ in range({_count(node, run, arguments, texts)}))")
    return out, loops


def _runs(uses: Sequence[Sequence[Use]], codes: Codes) -> list[_Run]:
    counts = {len(row) for row in uses if row}
    if len(counts) == 1:
        runs: list[_Run] = []
        for place in range(counts.pop()):
            run = _run([row[place] if row else None for row in uses], [1 if row else ANY for row in uses], codes)
            if runs and runs[-1].code is run.code and all(map(agree, runs[-1].values, run.values)):
                before = runs.pop()
                run = _Run(run.code, run.values, tuple(c if c is ANY else c + 1 for c in before.counts))
            runs.append(run)
        return runs
    first = _run([row[0] if row else None for row in uses], [1 if row else ANY for row in uses], codes)
    rest = _run([row[1] if row else None for row in uses], [len(row) - 1 if row else ANY for row in uses], codes)
    if all(map(agree, first.values, rest.values)):
        return [_Run(first.code, first.values, tuple(len(row) if row else ANY for row in uses))]
    return [first, rest]


def _run(row: Sequence[Use | None], counts: Sequence[Any], codes: Codes) -> _Run:
    """One place of the chain in every use."""
    code = next(codes[id(use)] for use in row if use is not None)
    given = [code.given(use) if use is not None else (ANY,) * len(code.arguments) for use in row]
    return _Run(code, tuple(zip(*given, strict=True)) if code.arguments else (), tuple(counts))


def _known(values: Sequence[Any]) -> Any:
    return next(value for value in values if value is not ANY)


def _ramp(runs: Sequence[_Run]) -> tuple[int, int] | None:
    """How many runs from the first on differ in one number that is the same in all uses, and the argument's place."""
    first = runs[0]
    for place, values in enumerate(first.values):
        length = 0
        for run in runs:
            others = [
                agree(a, b) for at, (a, b) in enumerate(zip(first.values, run.values, strict=False)) if at != place
            ]
            if run.code is not first.code or not all(others) or not all(same(1, count) for count in run.counts):
                break
            known = _known(run.values[place])
            if type(known) not in (int, float) or not all(same(known, value) for value in run.values[place]):
                break
            length += 1
        if length >= _RAMP and values:
            return length, place
    return None


def _one(node: Node, run: _Run, arguments: Arguments, texts: dict[str, str], said: dict[int, str]) -> str:
    """The making of one repetition; `said`: arguments that a loop brings."""
    needed = [each for each in run.code.arguments if each.plain]
    out = []
    for place, argument in enumerate(run.code.arguments):
        values = run.values[place]
        if place in said:
            text = said[place]
        elif argument.default is not ANY and all(same(argument.default, value) for value in values):
            continue
        else:
            text = arguments.text(values, _hint(node, argument, arguments), _typed(argument, texts))
        plain = argument.plain and len(needed) <= _POSITIONAL
        out.append(text if plain else f"{argument.name}={text}")
    return f"{run.code.name}({', '.join(out)})"


def _typed(argument: Argument, texts: dict[str, str]) -> tuple[str, ...]:
    """What the author typed for the setting that it is."""
    names = (argument.setting, f"first_{argument.setting}")
    return tuple(texts[name] for name in names if name in texts)


def _hint(node: Node, argument: Argument, arguments: Arguments) -> str:
    return argument.name if arguments.free(argument.name) else f"{node.name}_{argument.name}"


def _count(node: Node, run: _Run, arguments: Arguments, texts: dict[str, str]) -> str:
    """How many, as an expression; where the first stands by itself, one less than the author's number."""
    known = [count for count in run.counts if count is not ANY]
    if len(set(known)) == 1:
        return str(known[0])
    typed = tuple(texts[name] for name in ("repeat",) if name in texts)
    whole = tuple(count if count is ANY else count + 1 for count in run.counts)
    for values, less in ((run.counts, ""), (whole, " - 1")):
        text = arguments.known(values, typed)
        if text:
            return text if not less else f"{text if text.isidentifier() else f'({text})'}{less}"
    return arguments.text(run.counts, f"{node.name}_repeat")
