"""What stands around the network in an exported file: scaling, reading of weights and samples, and `main`.

Not for: the network's class (`engine.compiler.source`). No torch.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from engine.compiler.plan import InputSpec, Plan

INDICES = 2  # made-up tokens and time steps are below it, so that every vocabulary knows them
_WORDS_OF_MAIN = frozenset(
    "parser arguments network answers answer weights values order number row places place value best name preprocess argparse "
    "read_weights read_samples print zip enumerate CLASSES".split()
)

READ_WEIGHTS = '''def read_weights(path: str) -> dict[str, Tensor]:
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

READ_SAMPLES = '''def read_samples(path: str) -> Tensor:
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


def scaled_inputs(plan: Plan) -> frozenset[int]:
    """Places of the inputs that `preprocess` is for: those that read the data set's input column."""
    columns = [spec.column for spec in plan.inputs]
    scaled = next((column for column in ("image", "features") if column in columns), columns[0])
    return frozenset(index for index, column in enumerate(columns) if column == scaled)


def asked_inputs(plan: Plan) -> tuple[int, ...]:
    """Places of the inputs that the answers depend on; a GAN's real pictures are there for its loss alone."""
    slots = {output.slot for output in plan.outputs}
    read = slots.union(*(step.reads for step in plan.needed(slots)))
    return tuple(index for index in range(len(plan.inputs)) if index in read)


def preprocess(plan: Plan) -> str:
    """The function `preprocess` of the file."""
    spec = plan.inputs[min(scaled_inputs(plan))]
    view = ".view(-1, 1, 1)" if len(spec.shape.dims) == 3 else ""
    word = "pixels" if view else "values"
    return (
        f"def preprocess({word}: Tensor) -> Tensor:\n"
        f'    """Scale {"uint8 pixels" if view else "raw numbers"}, {spec.shape}, as in training."""\n'
        f"    mean = torch.tensor(MEAN){view}\n"
        f"    std = torch.tensor(STD){view}\n"
        f"    return ({word}.float() * SCALE - mean) / std"
    )


def main(plan: Plan, name: str, title: str, *, scaled: bool, classes: Sequence[str]) -> str:
    """The function `main` of the file: weights in, answers out.

    Args:
        plan: What the network does.
        name: Its class.
        title: What the file is about.
        scaled: Whether the file has a `preprocess`.
        classes: Names of the classes, empty where there are none.
    """
    # An input may bear the name of something that main needs itself.
    taken = {*_WORDS_OF_MAIN, name}
    names = [f"{spec.name}_in" if spec.name in taken else spec.name for spec in plan.inputs]
    whole = scaled_inputs(plan) if scaled else frozenset()
    asked = asked_inputs(plan)
    inputs = [
        f"preprocess({names[index]})" if index in whole else f"{names[index]}{_typed(plan.inputs[index])}"
        for index in asked
    ]
    lines = [
        "def main() -> None:",
        '    """Load the weights and print what the network answers."""',
        f"    parser = argparse.ArgumentParser(description={quoted(title)})",
        '    parser.add_argument("weights", help="a .safetensors or .pt file")',
    ]
    for each, spec in [(names[index], plan.inputs[index]) for index in asked]:
        about = f"a .npy array, {spec.shape}; random without one"
        lines.append(f'    parser.add_argument("{each}", nargs="?", help="{about}")')
    lines += [
        "    arguments = parser.parse_args()",
        "    if not Path(arguments.weights).is_file():",
        '        parser.error(f"there is no file {arguments.weights}; name the .safetensors or .pt file that was saved")',
        "",
        f"    network = {name}()",
        "    network.load_state_dict(read_weights(arguments.weights))",
        "    network.eval()",
    ]
    for index, each, spec in [(index, names[index], plan.inputs[index]) for index in asked]:
        size = ", ".join(str(dim) for dim in (4, *spec.shape.dims))
        pixels = index in whole and len(spec.shape.dims) == 3
        drawn = f"torch.randint(256, ({size}))" if pixels else f"torch.randn({size})"
        if spec.shape.dtype == "index":
            drawn = f"torch.randint({INDICES}, ({size}{',' * (not spec.shape.dims)}))"
        lines.append(f"    {each} = read_samples(arguments.{each}) if arguments.{each} else {drawn}")
    lines += ["    with torch.inference_mode():", f"        answers = network({', '.join(inputs)})"]
    return "\n".join(lines + _printed(plan, classes))


def _typed(spec: InputSpec) -> str:
    """What brings an array to the type that the network takes."""
    return ".long()" if spec.shape.dtype == "index" else ".float()"


def _printed(plan: Plan, classes: Sequence[str]) -> list[str]:
    output = plan.outputs[0]
    if len(plan.outputs) > 1:
        names = ", ".join(quoted(each.name) for each in plan.outputs)
        return [f"    for name, answer in zip(({names}), answers):", '        print(name, answer, sep="\\n")']
    if not classes or output.shape.dims != (len(classes),):
        return ["    print(answers)"]
    last = next((step.kind for step in plan.steps if step.writes == output.slot), "")
    likely = output.logits or last == "softmax"
    lines = ["    answers = answers.softmax(dim=1)"] if likely and last != "softmax" else []
    best, shown = min(3, len(classes)), ".1%" if likely else ".3f"
    return [
        *lines,
        f"    values, order = answers.topk({best})",
        "    for number, (row, places) in enumerate(zip(values.tolist(), order.tolist()), start=1):",
        '        best = ", ".join(f"{CLASSES[place]} {value:' + shown + '}" for value, place in zip(row, places))',
        '        print(f"sample {number}: {best}")',
    ]


def quoted(text: str) -> str:
    """A Python string literal in double quotes; JSON's escapes are Python's too."""
    readable = json.dumps(text, ensure_ascii=False)
    try:
        readable.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(text)
    return readable
