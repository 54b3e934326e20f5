"""The `forward` of an exported class: one line a block, `x` for what only the next line reads.

Not for: the constructor (`engine.compiler.writing`). No torch.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from engine.compiler.classes import Code, origin, passed
from engine.compiler.layout import LINE, aligned, called
from engine.compiler.steps import Part
from engine.compiler.uses import Use
from engine.graph.edits import End

_LETTERS = ("x", "h", "z")
_OPERATORS = {"add": " + ", "sub": " - ", "mul": " * "}


@dataclass(frozen=True)
class Line:
    """What `forward` needs to know about a block.

    Attributes:
        part: The block, in a use that has it.
        runs: Whether it runs at all.
        reads: What it reads, past blocks that no use has.
        target: The function that it is; empty for what the constructor makes.
        packed: Whether the function takes its tensors as one list.
        given: The function's other arguments.
        when: Of a function: on what it depends whether it is there.
        inner: Of an instance: its repetitions.
        loops: Whether they are gone through one by one.
        named: Names by which the last values are handed over.
    """

    part: Part
    runs: bool
    reads: tuple[End, ...]
    target: str = ""
    packed: bool = False
    given: tuple[str, ...] = ()
    when: str = ""
    inner: tuple[Use, ...] = ()
    loops: bool = False
    named: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The block's name."""
        return self.part.node.name

    @property
    def gives(self) -> tuple[End, ...]:
        """What it returns: all outputs of a layer, of a composite those that are read."""
        if not self.inner:
            return self.part.ends
        return tuple(self.part.ends[place] for place in self.inner[-1].wanted)


def forward(code: Code, lines: Sequence[Line], *, inputs: bool) -> list[str]:
    """The method as lines of text.

    Args:
        code: The class.
        lines: The blocks that run, in order.
        inputs: Whether comments at its top say what arrives.
    """
    use = code.uses[0]
    entries = [use.drawn.entries[place] for place in use.taken]
    passing = passed(code.uses)
    exits = [origin(passing, use.drawn.exits[place][1]) for place in use.wanted]
    names = _names(lines, entries, exits)
    gives = "tuple[" + ", ".join("Tensor" for _ in exits) + "]" if len(exits) > 1 else "Tensor"
    out = called("    def forward", ["self", *(f"{name}: Tensor" for name, _ in entries)], f" -> {gives}:", LINE)
    if inputs:
        out += [f"        # {name}: {use.drawn.shapes[end]}" for name, end in entries]
    rows: list[tuple[str, str]] = []
    for index, line in enumerate(lines):
        note = _shape(code, line.gives[0]) if len(line.gives) == 1 else ""
        if index == 0 and len(entries) == 1 and note and line.reads:
            arrives = _shape(code, line.reads[0])
            note = f"{arrives} -> {note}" if arrives else note
        texts = _looped(line, names) if line.loops else [_called(line, names)]
        rows += [(f"        {text}", note if text is texts[-1] else "") for text in texts]
    ends = [_shape(code, end) for end in exits]
    note = ", ".join(ends) if len(exits) > 1 and all(ends) else ""
    rows.append((f"        return {', '.join(names[end] for end in exits)}", note))
    return out + aligned(rows)


def _shape(code: Code, end: End) -> str:
    """The shape of a value, where all uses agree."""
    shapes = {str(use.drawn.shapes[end]) for use in code.uses}
    return shapes.pop() if len(shapes) == 1 else ""


def _names(lines: Sequence[Line], entries: Sequence[tuple[str, End]], exits: Sequence[End]) -> dict[End, str]:
    """A name for every value: the block's name, or x for what only the next line reads."""
    readers: dict[End, set[int]] = {}
    for index, line in enumerate(lines):
        for end in line.reads:
            readers.setdefault(end, set()).add(index)
    read = {*readers, *exits}
    names = {end: name for name, end in entries}
    used = set(names.values()) | {line.name for line in lines}
    chained: dict[End, int] = {}
    for index, line in enumerate(lines):
        for end in line.gives:
            last = index == len(lines) - 1 and set(exits) == {end}
            following = lines[index + 1] if index + 1 < len(lines) else line
            passed = readers.get(end) == {index + 1} and end not in exits and not following.loops
            if len(line.gives) == 1 and not line.loops and (last or passed):
                chained[end] = index
            elif end not in read:
                names[end] = "_"
            else:
                single = len(line.part.ports) == 1
                names[end] = _unused(line.name if single else f"{line.name}_{end.port}", used, single=single)
    letter = _letter(names, readers, chained, exits)
    return names | dict.fromkeys(chained, letter)


def _unused(name: str, used: set[str], *, single: bool) -> str:
    while not single and name in used:
        name += "_"
    used.add(name)
    return name


def _letter(names: dict[End, str], readers: dict[End, set[int]], chained: dict[End, int], exits: Sequence[End]) -> str:
    """What a value that only the next line reads is called; also an input's name, once nobody reads that any more."""
    first = min(chained.values(), default=0)
    taken = {
        name
        for end, name in names.items()
        if not (max(readers.get(end, {0}), default=0) <= first and end not in exits and name in _LETTERS)
    }
    return next(word for word in (*_LETTERS, *(f"x{n}" for n in range(len(names) + 1))) if word not in taken)


def _called(line: Line, names: dict[End, str]) -> str:
    xs = [names[end] for end in line.reads]
    plain = len(xs) - len(line.named)
    xs = xs[:plain] + [f"{name}={x}" for name, x in zip(line.named, xs[plain:], strict=True)]
    gives = ", ".join(names[end] for end in line.gives)
    if not line.target:
        return f"{gives} = self.{line.name}({', '.join(xs)})"
    if line.target in _OPERATORS:
        text = _OPERATORS[line.target].join(xs)
    elif line.target == "slice":
        text = f"{xs[0]}[{_place(line.given)}]"
    elif line.target == "formula":
        text = _formula(line.given, xs)
    elif line.target.startswith("."):
        text = f"{xs[0]}{line.target}({', '.join([*xs[1:], *line.given])})"
    else:
        tensors = f"[{', '.join(xs)}]" if line.packed else ", ".join(xs)
        text = f"{line.target}({', '.join([tensors, *line.given])})"
    return f"{gives} = {text}" + (f" if {line.when} else {xs[0]}" if line.when else "")


def _formula(given: Sequence[str], xs: Sequence[str]) -> str:
    """A formula with the names that its inputs have here."""
    code, letters = (ast.literal_eval(each) for each in given)
    here = dict(zip(letters, xs, strict=True))
    tree = ast.parse(code, mode="eval").body
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in here:
            node.id = here[node.id]
    return ast.unparse(tree)


def _place(given: Sequence[str]) -> str:
    """What stands in the brackets of a slice: ":, 1:5:2"."""
    said = dict(each.split("=", 1) for each in given)
    start, stop, step = ("" if said[name] == "None" else said[name] for name in ("start", "stop", "step"))
    return ":, " * int(said["dim"]) + f"{start}:{stop}" + (f":{step}" if step else "")


def _looped(line: Line, names: dict[End, str]) -> list[str]:
    """Repetitions that take or give several values, one after the other."""
    ports = {place: names.get(end, "_") for place, end in enumerate(line.part.ends)}
    sources = dict(zip(_places(line), (names[end] for end in line.reads), strict=True))
    taken = {*names.values()}
    held = {
        place: name if name != "_" else _unused(f"{line.name}_{line.part.ports[place]}", taken, single=False)
        for place, name in ports.items()
    }
    now = dict(sources)  # where each input's value is
    out = []
    block = _unused("block", taken, single=False)
    for start, stop in _runs(line):
        use = line.inner[start]
        several = stop - start > 1
        carried = [place for place in use.taken if place < len(line.part.ports)]
        if several:
            moved = [(held[place], now[place]) for place in carried if held[place] != now[place]]
            if moved:
                out.append(f"{', '.join(a for a, _ in moved)} = {', '.join(b for _, b in moved)}")
            now.update({place: held[place] for place in carried})
        whole = (start, stop) == (0, len(line.inner))
        layer = block if several else f"self.{line.name}[{start}]"
        gives = ", ".join(held[place] for place in use.wanted)
        text = f"{gives} = {layer}({', '.join(now[place] for place in use.taken)})"
        if several:
            out.append(f"for {block} in self.{line.name}{'' if whole else f'[{start}:{stop}]'}:")
            text = "    " + text
        out.append(text)
        now.update({place: held[place] for place in use.wanted})
    return out


def _places(line: Line) -> list[int]:
    """Places of the instance's inputs that are read from outside."""
    places: set[int] = set()
    live = [each for each in line.inner if each.live]
    for number, each in enumerate(live):
        places |= {place for place in each.taken if number == 0 or place >= len(each.drawn.exits)}
    return sorted(places)


def _runs(line: Line) -> list[tuple[int, int]]:
    """Repetitions that are called alike, as ranges; those that nothing depends on are left out."""
    runs: list[tuple[int, int]] = []
    for place, use in enumerate(line.inner):
        if not use.live:
            continue
        before = line.inner[runs[-1][0]] if runs else None
        if before is not None and runs[-1][1] == place and (before.taken, before.wanted) == (use.taken, use.wanted):
            runs[-1] = runs[-1][0], place + 1
        else:
            runs.append((place, place + 1))
    return runs
