"""The network as one readable Python file that needs only torch.

It is printed from the plan that the module walks, never from the module, so both give the same numbers to the bit.

Not for: weights (`engine.export`). No torch: the code can be shown before torch is imported.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from engine.compiler import script
from engine.compiler.classes import Code, Codes, by_definition, grouped
from engine.compiler.layout import LINE
from engine.compiler.plan import Plan
from engine.compiler.plan import plan as planned
from engine.compiler.python_source import Classes, classes_of, defined
from engine.compiler.uses import use_of
from engine.compiler.writing import About, written
from engine.graph.model import Graph
from engine.layers import Text, text


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
    while name in defined(plan):
        name += "Net"
    scaled = normalisation is not None
    own = classes_of(plan, {name, *_TAKEN, *_layers(plan), *_WORDS})
    layers = [*(text(each) for each in _layers(plan)), *own.texts]
    parts = [
        _constants(plan, normalisation, classes),
        *(layer.code for layer in layers),
        *_classes(plan, name, own),
        script.preprocess(plan) if scaled else "",
        script.READ_WEIGHTS,
        script.READ_SAMPLES,
        script.main(plan, name, title, scaled=scaled, classes=classes),
    ]
    futures = f"from __future__ import {', '.join(own.futures)}\n\n" if own.futures else ""
    head = _docstring(plan, title, file) + "\n\n" + futures + _imports(layers)
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

_WORDS = frozenset(("read_weights", "read_samples", "preprocess", "main", "argparse", "ast", "io", "json"))

_STANDARD = ("import argparse", "import ast", "import io", "import json", "from pathlib import Path")
_TORCH = ("import torch", "from torch import Tensor, nn")


def _layers(plan: Plan) -> list[str]:
    """The layers of ours that the network needs, by name."""
    targets = {step.call.target for step in plan.steps}
    own = {target.removeprefix("layers.") for target in targets if target.startswith("layers.")}
    if any(step.initial is not None for step in plan.steps):
        own.add("initialise")
    return sorted(own)


def _imports(layers: Sequence[Text]) -> str:
    """Import lines: the standard library's, then torch's, each sorted as ruff would."""
    lines = {line for layer in layers for line in layer.imports if line != "from torch import Tensor"} | {
        *_STANDARD,
        *_TORCH,
    }
    lines -= {"from torch import nn"}
    ours = [line for line in lines if line.split()[1].partition(".")[0] == "torch"]

    def rank(line: str) -> tuple[bool, str]:
        return line.startswith("from"), line.split()[1]

    rest = sorted((line for line in lines if line not in ours), key=rank)
    return "\n".join([*rest, "", *sorted(ours, key=rank), "", ""])


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


def _classes(plan: Plan, name: str, own: Classes) -> Iterator[str]:
    """The classes of the composites, what stands inside others before them, and the network's last."""
    root = use_of(plan.drawn)
    taken = {
        name,
        *_TAKEN,
        *_layers(plan),
        *own.names,
        *_WORDS,
    }
    codes: Codes = {}
    for uses in by_definition(root):
        for code in grouped(uses, codes, taken):
            yield written(code, codes, taken, About(code.uses[0].drawn.help, named=own.named))
            codes.update(dict.fromkeys(map(id, code.uses), code))
    network = Code(name)
    network.add(root)
    asides = {step.name for step in plan.needed(plan.watched)}
    yield written(
        network, codes, taken, About(asides=asides, inputs=len(plan.inputs) > 1 or not root.running, named=own.named)
    )


def _one_line(text: str) -> str:
    """Text that can stand in a docstring: printable, without line breaks."""
    words = "".join(letter if letter.isprintable() else " " for letter in text).split()
    return " ".join(words)[:200]
