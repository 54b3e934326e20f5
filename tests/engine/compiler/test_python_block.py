"""A person's class: inert text until it is trusted, then a layer like any other."""

import subprocess
import sys

import pytest
import torch

sys.path.insert(0, __file__.rpartition("/")[0])
from python_blocks import answered, drawing

from engine import trust
from engine.blocks import python
from engine.blocks.python import PENDING, TEMPLATE, UNTRUSTED, Answer, PythonBlock, Question, Refusal
from engine.blocks.python_text import CodeError, given, read
from engine.blocks.spec import BlockError, Shape
from engine.compiler.module import build
from engine.compiler.plan import plan
from engine.compiler.python import person_class
from engine.compiler.python_shapes import found_out, questions
from engine.compiler.source import source
from engine.errors import CompileError
from engine.graph.check import check
from engine.graph.diff import diff as compared
from engine.graph.store import dumps, loads


@pytest.fixture(autouse=True)
def machine(tmp_path, monkeypatch):
    """A machine on which nothing is trusted yet, and a process that has found nothing out."""
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path))
    monkeypatch.setattr(python, "_answers", {})


METHOD = "    def forward(self, x): ...\n"


def of(body, name="A"):
    return f"class {name}(nn.Module):\n    def forward(self, {body}\n"


# --- reading


def test_parameters_are_inputs_and_a_declared_tuple_is_the_outputs():
    found = read(of("a, b: Tensor, mask=None, p: float = 0.1) -> tuple[Tensor, Tensor]: ..."))
    assert [(port.name, port.optional) for port in found.inputs] == [("a", False), ("b", False), ("mask", True)]
    assert [port.name for port in found.outputs] == ["y1", "y2"]


@pytest.mark.parametrize(
    ("code", "word", "line"),
    [
        ("", "no class", None), ("x = 1", "no class", None), ("class A: pass", "derives", 1),
        ("class A(nn.Module):\n    pass\n", "forward", 1), (of("*xs): ..."), "any number", 2), (of("x): ret urn"), "not Python", 2),
        (of("a, b, c, d, e, f, g, h, i): ..."), "1 to 8", 2), (of("p=1): ..."), "1 to 8", 2),
        (of("x) -> tuple[Tensor, ...]: ..."), "how many", 2), ("-" * 65_000 + "1", "deep", None),
        ("1 if 1 else " * 5000 + "1", "deep", None), ("lambda:" * 9000 + "1", "deep", None), ("a" + ".b" * 30_000, "deep", None),
    ],
)  # fmt: skip
def test_what_cannot_be_a_block_is_a_sentence_with_its_line(code, word, line):
    with pytest.raises(CodeError, match=word) as caught:
        read(code)
    assert caught.value.line == line
    assert str(caught.value).endswith(".")


def test_arguments_are_plain_values():
    assert given("hidden=64, p=-0.5, shape=(1, 2)") == (("hidden", 64), ("p", -0.5), ("shape", (1, 2)))
    for wrong in ("64", "a=b", "a=f()", "**x", "a=1); import os; (", "a=__import__('os')"):
        with pytest.raises(BlockError, match="plain values"):
            given(wrong)


def test_what_arrives_fills_the_constructor():
    asked = PythonBlock().question(Shape((3, 8, 8)))
    assert dict(asked.arguments) == {"channels": 3}
    assert dict(PythonBlock(arguments="kernel_size=5").question(Shape((3, 8, 8))).arguments)["kernel_size"] == 5
    with pytest.raises(BlockError, match="takes no size"):
        PythonBlock(arguments="size=5").question(Shape((3, 8, 8)))


# --- trust


def sentinel(path):
    return f"open({str(path)!r}, 'w').close()\n" + TEMPLATE.replace(
        "    def forward", f"    open({str(path)!r}, 'w').close()\n\n    def forward"
    )


def test_untrusted_code_never_runs(tmp_path):
    path = tmp_path / "ran"
    graph = drawing(sentinel(path))
    again = loads(dumps(graph))
    report = check(again)
    assert [problem.code for problem in report.problems] == [UNTRUSTED]
    assert report.problems[0].fixes[0].title == "Read and trust…"
    compared(graph, drawing())
    assert again.node("b2").block().face() == "ResidualGate"
    assert questions(report) == ()
    assert found_out([PythonBlock(code=sentinel(path)).question(Shape((3, 8, 8)))]) == {}
    for refused in (plan, source):
        with pytest.raises(CompileError, match="not been trusted"):
            refused(again)
    with pytest.raises(CompileError, match="not been trusted"):
        person_class(sentinel(path))
    assert not path.exists()
    trust.give(sentinel(path), "A")  # the sentinel works
    person_class(sentinel(path))
    assert path.exists()


def test_another_byte_takes_trust_away():
    trust.give(TEMPLATE, "ResidualGate")
    assert [problem.code for problem in check(drawing()).problems] == [PENDING]
    assert [problem.code for problem in check(drawing(TEMPLATE + " ")).problems] == [UNTRUSTED]


def test_trust_that_is_taken_back_is_gone_at_the_next_check():
    trust.give(TEMPLATE, "ResidualGate")
    graph = drawing()
    answered(graph, Shape((3, 8, 8)))
    assert check(graph).ok
    trust.take(trust.digest(TEMPLATE))
    assert [problem.code for problem in check(graph).problems] == [UNTRUSTED]


def test_a_damaged_file_of_trust_trusts_nothing():
    trust.give(TEMPLATE, "ResidualGate")
    trust.place().write_text("{")
    assert [problem.code for problem in check(drawing()).problems] == [UNTRUSTED]
    assert trust.fault().endswith(".")


# --- as a layer


def test_a_trusted_block_is_built_and_printed_as_its_class():
    trust.give(TEMPLATE, "ResidualGate")
    graph = drawing()
    answered(graph, Shape((3, 8, 8)), parameters=87, macs=5184)
    report = check(graph)
    assert (report.problems, report.parameters) == ((), 87 + 1930)
    network = build(plan(graph, report), seed=0).eval()
    space = {"__name__": "exported"}
    exec(source(graph, title="residual gate"), space)
    other = space["ResidualGateNet"]().eval()
    other.load_state_dict(network.state_dict())
    x = torch.randn(2, 3, 8, 8)
    assert torch.equal(network(x), other(x))


def test_names_that_two_texts_share_are_told_apart_in_exported_source():
    first = "def scale(x):\n    return x * 2\n\n" + of("x: Tensor) -> Tensor:\n        return scale(x)")
    graph = drawing(first)
    second = first.replace("* 2", "* 3")
    from engine.graph.model import AddBlock, Connect, Disconnect, End, Node, Wire

    graph.apply(AddBlock(Node("b9", "python", "again", {"code": second}, 0, 99)))
    graph.apply(Disconnect(End("b3", "x")))
    graph.apply(Connect(Wire(End("b2", "y"), End("b9", "x"))))
    graph.apply(Connect(Wire(End("b9", "y"), End("b3", "x"))))
    for code in (first, second):
        trust.give(code, "A")
    from engine.blocks.python import tell

    tell({Question(code, (), (Shape((3, 8, 8)),)): Answer((Shape((3, 8, 8)),)) for code in (first, second)})
    text = source(graph, title="net")
    assert "class A2(nn.Module)" in text
    assert "scale2(x)" in text
    space = {"__name__": "exported"}
    exec(text, space)
    network, made = build(plan(graph), seed=0), space["Net"]()
    made.load_state_dict(network.state_dict())
    x = torch.randn(2, 3, 8, 8)
    assert torch.equal(network(x), made(x))


def test_an_error_of_the_class_is_a_sentence_with_its_line():
    code = "class A(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.n = 1 / 0\n" + METHOD
    trust.give(code, "A")
    graph = drawing(code)
    answered(graph, Shape((3, 8, 8)))
    with pytest.raises(CompileError, match="line 4 says ZeroDivisionError"):
        build(plan(graph, check(graph)))


# --- tried in a process of its own; torch is loaded there, so all questions are in one test


@pytest.mark.timeout(400)
def test_a_class_is_tried_on_the_meta_device_and_can_only_fail_to_answer():
    codes = {
        "template": TEMPLATE,
        "reads numbers": of("x): return x * x.mean().item()"),
        "two": of("x, m=None) -> tuple[Tensor, Tensor]: return x, x.sum(-1)"),
        "unknown name": of("x):\n        return y"),
    }
    for code in codes.values():
        trust.give(code, "A")
    map_ = Shape((4, 9, 9))
    asked = {name: PythonBlock(code=code).question(map_) for name, code in codes.items()}
    found = found_out(asked.values(), seconds=10)
    assert found[asked["template"]] == Answer((map_,), 4 * 4 * 9 + 4 + 4, 4 * 4 * 9 * 81)
    assert found[asked["reads numbers"]] == Answer((map_,))
    assert found[asked["two"]] == Answer((map_, Shape((4, 9))))
    wrong = found[asked["unknown name"]]
    assert isinstance(wrong, Refusal)
    assert wrong.line == 3
    assert "NameError" in wrong.text


def test_a_class_that_does_not_come_to_an_end_is_ended_and_told(tmp_path, monkeypatch):
    endless = tmp_path / "child.py"  # as the process is while a class loops in it
    endless.write_text("print('{}', flush=True)\nwhile True: pass\n")
    monkeypatch.setattr("engine.compiler.python_shapes._SCRIPT", endless)
    trust.give(TEMPLATE, "A")
    never = PythonBlock(code=TEMPLATE).question(Shape((4, 9, 9)))
    found = found_out([never], seconds=0.5)[never]
    assert isinstance(found, Refusal)
    assert "not done after 0.5 seconds" in found.text


def test_reading_and_checking_a_block_loads_no_torch():
    code = "import sys; import engine.blocks.python, engine.compiler.python_shapes; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
