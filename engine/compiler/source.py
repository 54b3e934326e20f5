"""The network as one readable Python file that needs only torch.

It is printed from the plan that the module walks, never from the module, so both give the same numbers to the bit.

Not for: weights (`engine.export`). No torch: the code can be shown before torch is imported.
"""

from __future__ import annotations

import builtins
import json
import keyword
import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from engine.blocks.spec import Call
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
    io = [_READ_WEIGHTS, _READ_SAMPLES]
    parts = [_constants(plan, normalisation, classes), _class(plan, name), _preprocess(plan, normalisation), *io]
    parts.append(_main(plan, name, title, scaled=normalisation is not None, classes=classes))
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


_WORDS_OF_MAIN = frozenset(
    "parser arguments network answers answer weights values order number row places place value best name preprocess argparse "
    "read_weights read_samples print zip enumerate CLASSES".split()
)

_TAKEN = frozenset(("Path", "Tensor", "CLASSES", "SCALE", "MEAN", "STD"))

_IMPORTS = """import argparse
import ast
import io
import json
from pathlib import Path

import torch
from torch import Tensor, nn

"""

_READ_WEIGHTS = '''def read_weights(path: str) -> dict[str, Tensor]:
    """The weights by name, from a .safetensors file or from a .pt file that holds a state dict."""
    content = Path(path).read_bytes()
    if not path.endswith(".safetensors"):
        return torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    # A .safetensors file is the length of its header (8 bytes), the header as JSON, and the numbers.
    start = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:start])
    header.pop("__metadata__", None)
    dtypes = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "I64": torch.int64}
    weights = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        numbers = torch.frombuffer(bytearray(content[start + begin : start + end]), dtype=dtypes[entry["dtype"]])
        weights[name] = numbers.reshape(entry["shape"])
    return weights'''

_READ_SAMPLES = '''def read_samples(path: str) -> Tensor:
    """The array in a .npy file, as numpy.save writes it."""
    content = Path(path).read_bytes()
    # A .npy file is 8 bytes of magic and version, the length of its header, the header as a dict, and the numbers.
    begin = 10 if content[6] == 1 else 12
    start = begin + int.from_bytes(content[8:begin], "little")
    header = ast.literal_eval(content[begin:start].decode())
    dtypes = {"|u1": torch.uint8, "<i8": torch.int64, "<f4": torch.float32, "<f8": torch.float64}
    if header["fortran_order"] or header["descr"] not in dtypes:
        raise SystemExit(f"{path} is not a row-major array of uint8, int64, float32 or float64.")
    return torch.frombuffer(bytearray(content[start:]), dtype=dtypes[header["descr"]]).reshape(header["shape"])'''


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
        parts.append(_tuple("CLASSES", [_quoted(name) for name in classes]))
    if normalisation is not None:
        what = "Pixels are" if len(plan.inputs[0].shape.dims) == 3 else "Numbers are"
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
    lines = [f"class {name}(nn.Module):", "    def __init__(self) -> None:", "        super().__init__()"]
    layers = []
    for step in plan.steps:
        if step.call.is_module:
            notes = [f"{step.parameters:,} parameters"] if step.parameters else []
            notes += [] if step in used else ["used only while training"]
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
    return _quoted(value) if isinstance(value, str) else repr(value)


def _preprocess(plan: Plan, normalisation: Scaling | None) -> str:
    if normalisation is None:
        return ""
    spec = plan.inputs[0]
    view = ".view(-1, 1, 1)" if len(spec.shape.dims) == 3 else ""
    word = "pixels" if view else "values"
    return (
        f"def preprocess({word}: Tensor) -> Tensor:\n"
        f'    """Scale {"uint8 pixels" if view else "raw numbers"}, {spec.shape}, as in training."""\n'
        f"    mean = torch.tensor(MEAN){view}\n"
        f"    std = torch.tensor(STD){view}\n"
        f"    return ({word}.float() * SCALE - mean) / std"
    )


def _main(plan: Plan, name: str, title: str, *, scaled: bool, classes: Sequence[str]) -> str:
    # An input may bear the name of something that main needs itself.
    taken = {*_WORDS_OF_MAIN, name}
    names = [f"{spec.name}_in" if spec.name in taken else spec.name for spec in plan.inputs]
    inputs = [f"preprocess({each})" if scaled and index == 0 else f"{each}.float()" for index, each in enumerate(names)]
    lines = [
        "def main() -> None:",
        '    """Load the weights and print what the network answers."""',
        f"    parser = argparse.ArgumentParser(description={_quoted(title)})",
        '    parser.add_argument("weights", help="a .safetensors or .pt file")',
    ]
    for each, spec in zip(names, plan.inputs, strict=True):
        about = f"a .npy array, {spec.shape}; random without one"
        lines.append(f'    parser.add_argument("{each}", nargs="?", help="{about}")')
    lines += [
        "    arguments = parser.parse_args()",
        "",
        f"    network = {name}()",
        "    network.load_state_dict(read_weights(arguments.weights))",
        "    network.eval()",
    ]
    for index, (each, spec) in enumerate(zip(names, plan.inputs, strict=True)):
        size = ", ".join(str(dim) for dim in (4, *spec.shape.dims))
        pixels = scaled and index == 0 and len(spec.shape.dims) == 3
        drawn = f"torch.randint(256, ({size}))" if pixels else f"torch.randn({size})"
        lines.append(f"    {each} = read_samples(arguments.{each}) if arguments.{each} else {drawn}")
    lines += ["    with torch.inference_mode():", f"        answers = network({', '.join(inputs)})"]
    return "\n".join(lines + _printed(plan, classes))


def _printed(plan: Plan, classes: Sequence[str]) -> list[str]:
    output = plan.outputs[0]
    if len(plan.outputs) > 1:
        names = ", ".join(_quoted(each.name) for each in plan.outputs)
        return [f"    for name, answer in zip(({names}), answers):", '        print(name, answer, sep="\\n")']
    if not classes or output.shape.dims != (len(classes),):
        return ["    print(answers)"]
    last = next((step.kind for step in plan.steps if step.writes == output.slot), "")
    lines = [] if last in ("softmax", "sigmoid") else ["    answers = answers.softmax(dim=1)"]
    best = min(3, len(classes))
    return [
        *lines,
        f"    values, order = answers.topk({best})",
        "    for number, (row, places) in enumerate(zip(values.tolist(), order.tolist()), start=1):",
        '        best = ", ".join(f"{CLASSES[place]} {value:.1%}" for value, place in zip(row, places))',
        '        print(f"sample {number}: {best}")',
    ]


def _quoted(text: str) -> str:
    """A Python string literal in double quotes; JSON's escapes are Python's too."""
    readable = json.dumps(text, ensure_ascii=False)
    try:
        readable.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(text)
    return readable


def _one_line(text: str) -> str:
    """Text that can stand in a docstring: printable, without line breaks."""
    words = "".join(letter if letter.isprintable() else " " for letter in text).split()
    return " ".join(words)[:200]
