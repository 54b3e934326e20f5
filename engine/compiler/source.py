"""The network as one readable Python file that needs only torch.

It is printed from the plan that the module walks, never from the module, so both give the same numbers to the bit.

Not for: weights (`engine.export`). No torch: the code can be shown before torch is imported.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from engine.blocks.spec import Call
from engine.compiler import script
from engine.compiler.plan import Plan, Step
from engine.compiler.plan import plan as planned
from engine.graph.model import Graph

LINE = 120  # characters; longer lists are wrapped
COMMENT_AT = 88  # the farthest column that comments are aligned to; beyond it a long line keeps its own


class Scaling(Protocol):
    """How numbers are scaled before the network sees them; `engine.data.Normalisation` is one."""

    @property
    def scale(self) -> float:
        """Multiplied first."""

    @property
    def mean(self) -> tuple[float, ...]:
        """Subtracted next, one a channel."""

    @property
    def std(self) -> tuple[float, ...]:
        """Divided by last, one a channel."""


def source(
    what: Graph | Plan, *, title: str = "", normalisation: Scaling | None = None, classes: Sequence[str] = (),
    file: str = "network.py",
) -> str:  # fmt: skip
    """Print the network as a Python file.

    Args:
        what: The drawing or its plan.
        title: What the file is about; the project's title where it is empty.
        normalisation: How training scaled its data; the file then scales alike.
        classes: Names of the classes in the order of the output.
        file: What the file will be called, for its usage lines.

    Raises:
        CompileError: The drawing cannot be planned.
    """
    plan = what if isinstance(what, Plan) else planned(what)
    title = _one_line(title or plan.title) or "Neural network"
    name = class_name(title)
    scaled = normalisation is not None
    parts = [
        _constants(plan, normalisation, classes),
        _class(plan, name),
        script.preprocess(plan) if scaled else "",
        script.READ_WEIGHTS,
        script.READ_SAMPLES,
        script.main(plan, name, title, scaled=scaled, classes=classes),
    ]
    head = _docstring(plan, title, file) + "\n\n" + _IMPORTS
    return head + "\n\n\n".join(part for part in parts if part) + '\n\n\nif __name__ == "__main__":\n    main()\n'


def class_name(title: str) -> str:
    """A class name made of a title: "LeNet-5, as drawn" gives LeNet5AsDrawn."""
    name = ""
    for word in re.findall(r"[A-Za-z0-9]+", title):
        if len(name) + len(word) > 40:
            break
        name += word[0].upper() + word[1:]
    if not name:
        return "Network"
    if name[0].isdigit():
        name = "Net" + name
    if keyword.iskeyword(name) or hasattr(builtins, name) or name in _TAKEN:
        name += "Net"
    return name


_TAKEN = frozenset(("Path", "Tensor", "CLASSES", "SCALE", "MEAN", "STD"))

_IMPORTS = """import argparse
import ast
import io
import json
from pathlib import Path

import torch
from torch import Tensor, nn

"""


def _docstring(plan: Plan, title: str, file: str) -> str:
    facts = [("input", f"{spec.name}, {spec.shape}") for spec in plan.inputs]
    facts += [("output", f"{output.name}, {output.shape}") for output in plan.outputs]
    facts += [("parameters", f"{plan.parameters:,}"), ("multiply-adds", f"{plan.macs:,} a sample")]
    table = "\n".join(f"    {label:<15} {text}" for label, text in facts)
    call = f"python {_one_line(file)} WEIGHTS"
    samples = " ".join(f"{spec.name.upper()}.npy" for spec in plan.inputs)
    width = len(call) + len(samples) + 3
    text = (
        f"{title}.\n\n{table}\n\nIt needs nothing but PyTorch. WEIGHTS is a .safetensors or .pt file:\n\n"
        f"    {call:<{width}}# answers to random samples\n    {call + ' ' + samples:<{width}}# answers to the samples in a file\n\n"
        "Drawn and exported with LayerLoom."
    )
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"""{escaped}\n"""'


def _constants(plan: Plan, normalisation: Scaling | None, classes: Sequence[str]) -> str:
    parts = []
    if classes:
        parts.append(_tuple("CLASSES", [script.quoted(name) for name in classes]))
    if normalisation is not None:
        what = "Pixels are" if len(plan.inputs[min(script.scaled_inputs(plan))].shape.dims) == 3 else "Numbers are"
        scale = "1 / 255" if normalisation.scale == 1 / 255 else repr(normalisation.scale)
        parts.append(
            f"# {what} scaled as in training: (value * SCALE - MEAN) / STD, with figures of the training data.\nSCALE = {scale}\n"
            + _tuple("MEAN", [repr(number) for number in normalisation.mean])
            + "\n"
            + _tuple("STD", [repr(number) for number in normalisation.std])
        )
    return "\n\n".join(parts)


def _tuple(name: str, items: Sequence[str]) -> str:
    line = f"{name} = ({', '.join(items)}{',' if len(items) == 1 else ''})"
    if len(line) <= LINE:
        return line
    lines, row = [f"{name} = ("], "   "
    for item in items:
        if len(row) + len(item) + 2 > LINE and row.strip():
            lines.append(row)
            row = "   "
        row += f" {item},"
    return "\n".join([*lines, row, ")"])


def _class(plan: Plan, name: str) -> str:
    used = plan.needed({output.slot for output in plan.outputs})
    running = {step.writes for step in used}
    lines = [f"class {name}(nn.Module):", "    def __init__(self) -> None:", "        super().__init__()"]
    layers = []
    for step in plan.steps:
        if step.call.is_module:
            notes = [f"{step.parameters:,} parameters"] if step.parameters else []
            notes += [] if step.writes in running else ["used only while training"]
            layers.append((f"        self.{step.name} = {_made(step.call)}", ", ".join(notes)))
    lines += _aligned(layers)
    names = _variables(plan, used)
    arguments = "".join(f", {spec.name}: Tensor" for spec in plan.inputs)
    several = len(plan.outputs) > 1
    gives = "tuple[" + ", ".join("Tensor" for _ in plan.outputs) + "]" if several else "Tensor"
    lines += ["", f"    def forward(self{arguments}) -> {gives}:"]
    shapes = {index: spec.shape for index, spec in enumerate(plan.inputs)} | {
        step.writes: step.output for step in plan.steps
    }
    if len(plan.inputs) > 1 or not used:
        lines += [f"        # {spec.name}: {spec.shape}" for spec in plan.inputs]
    rows = [
        (f"        {names[step.writes]} = {_called(step, names)}", _flow(step, first=index == 0, plan=plan))
        for index, step in enumerate(used)
    ]
    returned = ", ".join(names[output.slot] for output in plan.outputs)
    ends = ", ".join(str(shapes[output.slot]) for output in plan.outputs)
    lines += _aligned([*rows, (f"        return {returned}", ends if several else "")])
    return "\n".join(lines)


def _flow(step: Step, *, first: bool, plan: Plan) -> str:
    """The shape comment: what comes out; at the first step of a network with one input, what goes in too."""
    return f"{step.inputs[0]} -> {step.output}" if first and len(plan.inputs) == 1 else str(step.output)


def _variables(plan: Plan, steps: Sequence[Step]) -> Mapping[int, str]:
    """A name for every slot: the block's name, or x for what only the next step reads."""
    results = {output.slot for output in plan.outputs}
    readers: dict[int, set[int]] = {}
    for index, step in enumerate(steps):
        for slot in step.reads:
            readers.setdefault(slot, set()).add(index)
    names = {index: spec.name for index, spec in enumerate(plan.inputs)}
    chained = []
    for index, step in enumerate(steps):
        last = index == len(steps) - 1 and results == {step.writes}
        if last or (readers.get(step.writes) == {index + 1} and step.writes not in results):
            chained.append(step.writes)
        else:
            names[step.writes] = step.name
    letter = next(
        word for word in ("x", "h", "z", *(f"x{n}" for n in range(len(names) + 1))) if word not in names.values()
    )
    return names | dict.fromkeys(chained, letter)


def _aligned(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Code with comments in one column; rows without a comment stay bare."""
    column = max((len(code) for code, note in rows if note and len(code) <= COMMENT_AT), default=0)
    return [f"{code:<{column}}  # {note}" if note else code for code, note in rows]


def _made(call: Call) -> str:
    return f"{call.target}({_arguments(call)})"


def _called(step: Step, names: Mapping[int, str]) -> str:
    xs = [names[slot] for slot in step.reads]
    call = step.call
    if call.is_module:
        return f"self.{step.name}({', '.join(xs)})"
    if call.target == "add":
        return " + ".join(xs)
    tensors = f"[{', '.join(xs)}]" if call.packed else ", ".join(xs)
    more = _arguments(call)
    return f"{call.target}({tensors}{', ' if more else ''}{more})"


def _arguments(call: Call) -> str:
    return ", ".join([*map(_value, call.args), *(f"{name}={_value(value)}" for name, value in call.kwargs)])


def _value(value: object) -> str:
    return script.quoted(value) if isinstance(value, str) else repr(value)


def _one_line(text: str) -> str:
    """Text that can stand in a docstring: printable, without line breaks."""
    words = "".join(letter if letter.isprintable() else " " for letter in text).split()
    return " ".join(words)[:200]
