import ast
import io
import json
import struct
import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import presets
from engine.compiler.module import build
from engine.compiler.plan import plan
from engine.compiler.script import asked_inputs
from engine.compiler.source import class_name, source
from engine.data.normalisation import Normalisation
from engine.graph import store
from engine.graph.check import check
from tests.presets.small import inputs_of

SMALL = ("image_input", {"height": 8, "width": 8})
# Heavier presets take seconds and hundreds of megabytes; tests/presets/test_export.py asks the same of all, made small.
LIGHT_WEIGHTS, LIGHT_MACS = 1_500_000, 60_000_000
DENSE = (SMALL, "flatten", ("linear", {"out_features": 10}), "output")

# Runs many exported files in one fresh process that has torch and nothing of ours.
FRESH = """
import importlib.util, sys

class Nothing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("engine", "presets", "gui", "safetensors", "cv2", "PySide6", "sklearn", "pytest", "hypothesis"):
            raise ImportError(name)

sys.meta_path.insert(0, Nothing())
import torch

torch.set_num_threads(1)
folder = sys.argv[1]
found = {}
for name in sys.argv[2:]:
    spec = importlib.util.spec_from_file_location(name, f"{folder}/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made = [each for each in vars(module).values() if isinstance(each, type) and each.__module__ == name]
    network = made[-1]()  # composites come before the network that is made of them
    network.load_state_dict(module.read_weights(f"{folder}/{name}.pt"))
    network.eval()
    with torch.no_grad():
        found[name] = [network(*batch) for batch in torch.load(f"{folder}/{name}.in")]
torch.save(found, f"{folder}/answers")
"""


def batches(made, *counts):
    generator = torch.Generator().manual_seed(2)
    return [[torch.randn((count, *spec.shape.dims), generator=generator) for spec in made.inputs] for count in counts]


def executed(text):
    """(namespace, network class) of exported source."""
    space = {"__name__": "exported"}
    exec(compile(text, "exported.py", "exec"), space)
    (cls,) = [each for each in space.values() if isinstance(each, type) and each.__module__ == "exported"]
    return space, cls


def listed(found):
    return list(found) if isinstance(found, tuple) else [found]


def test_every_light_preset_gives_equal_bits_in_a_fresh_process_with_only_torch(tmp_path):
    wanted = {}
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for name in presets.names():
            graph = store.loads(presets.read(name))
            report = check(graph)
            if report.parameters > LIGHT_WEIGHTS or report.macs > LIGHT_MACS:
                continue
            made = plan(graph, report)
            network = build(made, seed=1).eval()
            (tmp_path / f"{name}.py").write_text(source(made), encoding="utf-8")
            torch.save(network.state_dict(), tmp_path / f"{name}.pt")
            asked = [inputs_of(graph, count) for count in (2, 1)]
            read = asked_inputs(made)
            torch.save([[batch[index] for index in read] for batch in asked], tmp_path / f"{name}.in")
            with torch.no_grad():
                wanted[name] = [network(*batch) for batch in asked]
    finally:
        torch.set_num_threads(threads)
    done = subprocess.run(
        [sys.executable, "-I", "-c", FRESH, str(tmp_path), *wanted], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    found = torch.load(tmp_path / "answers")
    for name, answers in wanted.items():
        for ours, theirs in zip(answers, found[name], strict=True):
            assert all(map(torch.equal, listed(ours), listed(theirs))), name


def test_drawn_networks_give_equal_bits_and_keep_their_weights(graphs):
    @given(graphs)
    def holds(graph):
        made = plan(graph)
        network = build(made, seed=1)
        _, cls = executed(source(graph))
        twin = cls()
        assert list(twin.state_dict()) == list(network.state_dict())
        twin.load_state_dict(network.state_dict())
        for mode in (True, False):
            network.train(mode), twin.train(mode)
            (batch,) = batches(made, 3)
            torch.manual_seed(4)  # for dropout
            expected = listed(network(*batch))
            torch.manual_seed(4)
            assert all(map(torch.equal, expected, listed(twin(*batch))))

    holds()


def test_the_same_seed_gives_the_exported_class_the_same_weights(chained):
    graph = chained(SMALL, ("conv2d", {"out_channels": 3}), "flatten", ("linear", {"out_features": 2}), "output").graph
    network = build(plan(graph), seed=9)
    _, cls = executed(source(graph))
    with torch.random.fork_rng():
        torch.manual_seed(9)
        twin = cls()
    assert all(map(torch.equal, network.state_dict().values(), twin.state_dict().values()))


def test_a_chain_is_written_with_one_variable_and_its_shapes():
    text = source(store.loads(presets.read("lenet5")))
    assert "class LeNet5(nn.Module):" in text
    assert "        self.conv1 = nn.Conv2d(1, 6, kernel_size=5, padding=2)  # 156 parameters\n" in text
    assert "        x = self.conv1(image)  # N×1×28×28 -> N×6×28×28\n" in text
    assert "        x = self.pool2(x)      # N×16×5×5\n" in text
    assert "parameters      61,706" in text
    assert "multiply-adds   416,520 a sample" in text


def test_a_branch_is_named_after_its_block(drawing):
    image = drawing.place("image_input", {"height": 4, "width": 4})
    stem = drawing.place("relu", {}, drawing.place("conv2d", {"out_channels": 2, "padding": 1}, image), name="stem")
    side = drawing.place("tanh", {}, drawing.place("conv2d", {"out_channels": 2, "padding": 1}, stem))
    both = drawing.place("concat", {}, drawing.place("add", {}, side, stem), stem)
    drawing.place("output", {}, both)
    lines = [line.split("#")[0].strip() for line in source(drawing.graph).splitlines()]
    start = lines.index("def forward(self, image: Tensor) -> Tensor:")
    assert lines[start + 1 : start + 8] == [
        "x = self.conv1(image)",
        "stem = self.stem(x)",
        "x = self.conv2(stem)",
        "x = self.tanh1(x)",
        "x = x + stem",
        "x = torch.cat([x, stem], dim=1)",
        "return x",
    ]


def test_layers_of_a_side_loss_are_there_so_that_the_weights_fit(drawing):
    image = drawing.place("image_input", {"height": 4, "width": 4})
    flat = drawing.place("flatten", {}, image)
    drawing.place("output", {}, drawing.place("linear", {"out_features": 3}, flat))
    drawing.place("cross_entropy", {}, drawing.place("linear", {"out_features": 3}, flat, name="side"))
    text = source(drawing.graph)
    assert "self.side = nn.Linear(16, 3)  # 51 parameters, used only while training" in text
    assert "self.side(" not in text
    executed(text)[1]().load_state_dict(build(plan(drawing.graph), seed=0).state_dict())


def test_imports_are_torch_and_the_standard_library():
    for name in presets.names():
        tree = ast.parse(
            source(store.loads(presets.read(name)), classes=["a", "b"], normalisation=Normalisation(1 / 255))
        )
        found = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
        found += [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        assert set(found) <= {"torch"} | sys.stdlib_module_names


def test_it_scales_its_input_as_the_training_did(chained):
    graph = chained(("image_input", {"channels": 3, "height": 8, "width": 8}), *DENSE[1:]).graph
    scaling = Normalisation(1 / 255, (0.1, 0.25, 0.7), (0.3, 0.2, 0.1))
    text = source(graph, normalisation=scaling)
    assert "SCALE = 1 / 255\nMEAN = (0.1, 0.25, 0.7)\nSTD = (0.3, 0.2, 0.1)\n" in text
    pixels = torch.randint(256, (4, 3, 8, 8), dtype=torch.uint8)
    scaled = executed(text)[0]["preprocess"](pixels)
    assert np.array_equal(scaled.numpy(), scaling.apply(pixels.numpy()))


def test_the_picture_is_scaled_wherever_it_comes_in(drawing):
    drawing.place("output", {}, drawing.place("vector_input", {"features": 3}, name="age"))
    drawing.place("output", {}, drawing.place("image_input", {"height": 4, "width": 4}))
    text = source(drawing.graph, normalisation=Normalisation(1 / 255))
    assert "answers = network(age.float(), preprocess(image))" in text
    assert "image = read_samples(arguments.image) if arguments.image else torch.randint(256, (4, 1, 4, 4))" in text
    assert "def preprocess(pixels: Tensor)" in text


def test_rows_of_numbers_are_scaled_column_by_column(chained):
    graph = chained(("vector_input", {"features": 3}), ("linear", {"out_features": 1}), "output").graph
    scaling = Normalisation(1.0, (0.5, -1.0, 3.0), (2.0, 0.1, 1.0))
    rows = torch.randn(5, 3)
    scaled = executed(source(graph, normalisation=scaling))[0]["preprocess"](rows)
    assert np.array_equal(scaled.numpy(), scaling.apply(rows.numpy()))


@given(
    title=st.text(max_size=60),
    classes=st.lists(st.text(max_size=12), min_size=10, max_size=10),
    file=st.text(max_size=20),
)
def test_any_words_give_a_file_that_python_reads(chained, title, classes, file):
    graph = chained(SMALL, "flatten", ("linear", {"out_features": len(classes)}), "output").graph
    text = source(graph, title=title, classes=classes, file=file)
    space, _ = executed(text.encode("utf-8").decode("utf-8"))
    assert space["CLASSES"] == tuple(classes)


def test_a_thousand_classes_are_wrapped(chained):
    graph = chained(SMALL, "flatten", ("linear", {"out_features": 1000}), "output").graph
    names = [f"class number {n}" for n in range(1000)]
    text = source(graph, classes=names)
    assert max(map(len, text.splitlines())) <= 120
    assert executed(text)[0]["CLASSES"] == tuple(names)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("LeNet-5", "LeNet5"),
        ("784-512-512-10 perceptron", "Net78451251210Perceptron"),
        ("true", "TrueNet"),
        ("tensor", "TensorNet"),
        ("exception", "ExceptionNet"),
        ("手書き", "Network"),
        ("", "Network"),
    ],
)
def test_a_title_becomes_a_class_name(title, name):
    assert class_name(title) == name


# --- what the file's own main does


def answered(monkeypatch, capsys, text, *words):
    monkeypatch.setattr(sys, "argv", ["network.py", *map(str, words)])
    executed(text)[0]["main"]()
    return capsys.readouterr().out.splitlines()


def test_main_names_the_likeliest_classes_of_an_array(chained, tmp_path, monkeypatch, capsys):
    graph = chained(*DENSE).graph
    network = build(plan(graph), seed=0).eval()
    scaling = Normalisation(1 / 255, (0.5,), (0.2,))
    pixels = np.random.default_rng(0).integers(0, 256, (3, 1, 8, 8), dtype=np.uint8)
    np.save(tmp_path / "some.npy", pixels)
    torch.save(network.state_dict(), tmp_path / "weights.pt")
    text = source(graph, classes=[f"class {n}" for n in range(10)], normalisation=scaling)
    lines = answered(monkeypatch, capsys, text, tmp_path / "weights.pt", tmp_path / "some.npy")
    with torch.no_grad():
        wanted = network(torch.from_numpy(scaling.apply(pixels))).softmax(dim=1)
    assert len(lines) == 3
    for line, row in zip(lines, wanted, strict=True):
        assert line.split(": ")[1].startswith(f"class {int(row.argmax())} {float(row.max()):.1%}")


def test_main_tells_outputs_of_squared_error_as_they_are(chained, tmp_path, monkeypatch, capsys):
    graph = chained(SMALL, "flatten", ("linear", {"out_features": 10}), "sigmoid", "output", "mse").graph
    network = build(plan(graph), seed=0).eval()
    pixels = np.random.default_rng(0).normal(size=(1, 1, 8, 8)).astype(np.float32)
    np.save(tmp_path / "some.npy", pixels)
    torch.save(network.state_dict(), tmp_path / "weights.pt")
    text = source(graph, classes=[f"class {n}" for n in range(10)])
    (line,) = answered(monkeypatch, capsys, text, tmp_path / "weights.pt", tmp_path / "some.npy")
    with torch.no_grad():
        best = network(torch.from_numpy(pixels))[0]
    assert line.startswith(f"sample 1: class {int(best.argmax())} {float(best.max()):.3f}, ")


def test_main_answers_random_samples_when_none_are_given(chained, tmp_path, monkeypatch, capsys):
    graph = chained(*DENSE).graph
    torch.save(build(plan(graph), seed=0).state_dict(), tmp_path / "weights.pt")
    assert "tensor(" in answered(monkeypatch, capsys, source(graph), tmp_path / "weights.pt")[0]


def test_main_copes_with_awkward_names_and_several_ends(drawing, tmp_path, monkeypatch, capsys):
    first = drawing.place("vector_input", {"features": 3}, name="print")
    second = drawing.place("vector_input", {"features": 3}, name="weights")
    drawing.place("output", {}, drawing.place("add", {}, first, second), name="x")
    drawing.place("output", {}, drawing.place("linear", {"out_features": 2}, second, name="network"), name="zip")
    torch.save(build(plan(drawing.graph), seed=0).state_dict(), tmp_path / "weights.pt")
    np.save(tmp_path / "ones.npy", np.ones((2, 3), np.float64))
    words = (tmp_path / "weights.pt", tmp_path / "ones.npy", tmp_path / "ones.npy")
    lines = answered(monkeypatch, capsys, source(drawing.graph), *words)
    assert lines[0].startswith("x tensor([[2., 2., 2.],") or lines[:2] == ["x", "tensor([[2., 2., 2.],"]


def test_it_reads_safetensors_without_the_package(tmp_path, chained):
    weights = {"a": torch.randn(2, 3), "b": torch.tensor(7), "c": torch.randn(4, dtype=torch.float64)}
    header, body = {"__metadata__": {"format": "pt"}}, b""
    for name, value in weights.items():
        raw = value.numpy().tobytes()
        kind = {torch.float32: "F32", torch.int64: "I64", torch.float64: "F64"}[value.dtype]
        header[name] = {"dtype": kind, "shape": list(value.shape), "data_offsets": [len(body), len(body) + len(raw)]}
        body += raw
    text = json.dumps(header).encode()
    (tmp_path / "w.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + body)
    found = executed(source(chained(*DENSE).graph))[0]["read_weights"](str(tmp_path / "w.safetensors"))
    assert all(torch.equal(found[name], value) and found[name].dtype == value.dtype for name, value in weights.items())


def test_an_array_in_another_order_is_refused(tmp_path, chained):
    content = io.BytesIO()
    np.save(content, np.asfortranarray(np.zeros((2, 3))))
    (tmp_path / "f.npy").write_bytes(content.getvalue())
    with pytest.raises(SystemExit, match="row-major"):
        executed(source(chained(*DENSE).graph))[0]["read_samples"](str(tmp_path / "f.npy"))
