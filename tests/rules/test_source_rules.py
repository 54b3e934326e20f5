"""House rules that no linter sees, read off the source; each is seen to fail on a planted violation."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 400  # lines of a module; the aim is 250
# The last doors: where an error of any kind must not go further.
LAST_DOORS = {"engine/training/runner.py"}

Rule = Callable[[str, str], Iterator[str]]  # (path, text) -> faults


def nodes(text: str, *words: str) -> Iterator[ast.AST]:
    """The syntax of a source text; nothing where none of the words is in it: reading five hundred files takes its time."""
    if any(word in text for word in words):
        yield from ast.walk(ast.parse(text))


def calls(text: str, *words: str) -> Iterator[tuple[ast.Call, str]]:
    """Every call in a source text that has one of the words, with the dotted name that is called."""
    for node in nodes(text, *words):
        if isinstance(node, ast.Call):
            yield node, ast.unparse(node.func)


# The one place where code that a person has read and trusts on this machine becomes a class; it asks `engine.trust` first.
TRUSTED_CODE = "engine/compiler/python.py"


def loads_no_code(path: str, text: str) -> Iterator[str]:
    """Nothing that arrives from outside is executed, but what a person trusts, in one place."""
    for node, name in calls(text, "eval", "exec", "load", "shell"):
        if name == "exec" and path == TRUSTED_CODE:
            continue
        if name in ("eval", "exec", "pickle.load", "pickle.loads", "marshal.loads", "dill.load", "joblib.load"):
            yield f"{path}:{node.lineno} {name}"
        if name == "torch.load" and not any(
            word.arg == "weights_only" and isinstance(word.value, ast.Constant) and word.value.value is True
            for word in node.keywords
        ):
            yield f"{path}:{node.lineno} torch.load without weights_only=True"
        if name in ("np.load", "numpy.load") and any(
            word.arg == "allow_pickle" and not (isinstance(word.value, ast.Constant) and word.value.value is False)
            for word in node.keywords
        ):
            yield f"{path}:{node.lineno} np.load with pickles"
        if any(word.arg == "shell" and ast.unparse(word.value) == "True" for word in node.keywords):
            yield f"{path}:{node.lineno} shell=True"


def catches_what_it_foresees(path: str, text: str) -> Iterator[str]:
    """`except Exception` stands at the last door only; cleaning up and raising again is no catching."""
    for node in nodes(text, "Exception", "except:"):
        if isinstance(node, ast.ExceptHandler) and path not in LAST_DOORS:
            last = node.body[-1]
            if isinstance(last, ast.Raise) and last.exc is None:
                continue
            caught = "everything" if node.type is None else ast.unparse(node.type)
            if re.search(r"\b(everything|Exception|BaseException)\b", caught):
                yield f"{path}:{node.lineno} catches {caught}"


def is_short(path: str, text: str) -> Iterator[str]:
    """A module that grows beyond the limit wants to be two."""
    lines = text.count("\n")
    if lines > LONGEST:
        yield f"{path} has {lines} lines"


def says_what_it_is_for(path: str, text: str) -> Iterator[str]:
    """Every module begins with a docstring."""
    if text.strip() and not text.startswith('"""') and not ast.get_docstring(ast.parse(text)):
        yield f"{path} has no docstring"


def leaves_nothing_unfinished(path: str, text: str) -> Iterator[str]:
    """No marks of things left for later."""
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(r"\b(TODO|FIXME|XXX|HACK)\b|coming soon|not implemented yet", line):
            yield f"{path}:{number} {line.strip()[:60]}"


def uses_words_of_the_field(path: str, text: str) -> Iterator[str]:
    """No classes or modules called manager, handler, helper or utils."""
    forbidden = re.compile(r"manager|helper|utils?$|handler", re.IGNORECASE)
    if forbidden.search(Path(path).stem):
        yield f"{path} is called so"
    for node in nodes(text, *re.findall(r"class \w*(?:manager|helper|util|handler)", text, re.IGNORECASE)):
        if isinstance(node, ast.ClassDef) and forbidden.search(node.name):
            yield f"{path}:{node.lineno} class {node.name}"


def opencv_has_one_room(path: str, text: str) -> Iterator[str]:
    """Pictures are decoded where headers are checked first, and nowhere else."""
    for node in nodes(text, "cv2"):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        if any(name.split(".")[0] == "cv2" for name in names) and not path.startswith("engine/images/"):
            yield f"{path}:{getattr(node, 'lineno', 0)} imports cv2"


PROGRAM_RULES: list[Rule] = [
    opencv_has_one_room,
    loads_no_code,
    catches_what_it_foresees,
    is_short,
    says_what_it_is_for,
    leaves_nothing_unfinished,
    uses_words_of_the_field,
]


def program() -> list[Path]:
    """The program's own Python files, without tests."""
    found = [ROOT / "main.py"]
    for folder in ("engine", "gui", "presets", "resources", "tools", "benchmarks"):
        found += sorted((ROOT / folder).rglob("*.py"))
    return [path for path in found if path.exists()]


def faults(rule: Rule, paths: list[Path]) -> list[str]:
    return [
        fault
        for path in paths
        for fault in rule(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8", errors="replace"))
    ]  # fmt: skip


@pytest.mark.parametrize("rule", PROGRAM_RULES, ids=lambda rule: rule.__name__)
def test_the_program_keeps_the_rule(rule: Rule) -> None:
    assert faults(rule, program()) == []


PLANTS: list[tuple[Rule, str, str]] = [
    (opencv_has_one_room, "gui/a.py", "import cv2"),
    (opencv_has_one_room, "engine/data/a.py", "def f():\n    from cv2 import imread"),
    (loads_no_code, "engine/a.py", "x = eval(text)"),
    (loads_no_code, "engine/a.py", "exec(text)"),
    (loads_no_code, TRUSTED_CODE, "x = eval(text)"),
    (loads_no_code, "engine/a.py", "import torch\nx = torch.load(path)"),
    (loads_no_code, "engine/a.py", "import torch\nx = torch.load(path, weights_only=False)"),
    (loads_no_code, "engine/a.py", "import numpy as np\nx = np.load(path, allow_pickle=True)"),
    (loads_no_code, "tools/a.py", "subprocess.run(text, shell=True)"),
    (catches_what_it_foresees, "gui/a.py", "try:\n    f()\nexcept Exception:\n    pass"),
    (catches_what_it_foresees, "gui/a.py", "try:\n    f()\nexcept:\n    pass"),
    (catches_what_it_foresees, "gui/a.py", "try:\n    f()\nexcept (ValueError, Exception):\n    pass"),
    (is_short, "gui/a.py", "x = 1\n" * (LONGEST + 1)),
    (says_what_it_is_for, "gui/a.py", "x = 1"),
    (leaves_nothing_unfinished, "gui/a.py", "x = 1  # TO" + "DO later"),
    (uses_words_of_the_field, "gui/a.py", "class PanelManager: ..."),
    (uses_words_of_the_field, "gui/utils.py", "x = 1"),
]


@pytest.mark.parametrize(("rule", "path", "text"), PLANTS, ids=lambda part: getattr(part, "__name__", None))
def test_a_planted_violation_is_found(rule: Rule, path: str, text: str) -> None:
    assert list(rule(path, text))


# --- what holds for every file, tests and text among them ---------------------------------------------------------------


def tracked() -> list[Path]:
    """The text files that git keeps, or that lie here where there is no git."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = done.stdout.split("\0") if done.returncode == 0 else []
    paths = [ROOT / name for name in names if name] or [path for path in ROOT.rglob("*") if ".venv" not in path.parts]
    binary = {".png", ".ttf", ".woff2", ".gz", ".ico", ".npz"}
    return [path for path in paths if path.is_file() and path.suffix not in binary]


# Home folders and the like of one machine (ada and me are nobody); built from parts so that this file does not name them itself.
MACHINE_PATH = re.compile(
    r"(?<![\w.~])/(?:"
    + "|".join(["wo" + "rk/", "ro" + "ot/", "ho" + r"me/(?!(?:ada|me)\b)\w", "Us" + r"ers/\w", "o" + "pt/wheels"])
    + ")"
)


def machine_paths(path: str, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        if MACHINE_PATH.search(line):
            yield f"{path}:{number} {line.strip()[:80]}"


def test_no_file_names_a_path_of_one_machine() -> None:
    assert faults(machine_paths, tracked()) == []


@pytest.mark.parametrize("text", ["open('/ho" + "me/ann/x')", "see /wo" + "rk/main", "/ro" + "ot/.venv"])
def test_a_planted_machine_path_is_found(text: str) -> None:
    assert list(machine_paths("a.py", text))


def short_test_names(path: str, text: str) -> Iterator[str]:
    """Tests are called after what is true: at least three words."""
    for node in nodes(text, *re.findall(r"def test(?:_[^_\W]*){1,2}\b", text)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and len(node.name.split("_")) < 4:
            yield f"{path}:{node.lineno} {node.name}"


def never_sleeps(path: str, text: str) -> Iterator[str]:
    """A test that sleeps is slow on a fast machine and wrong on a slow one."""
    for node, name in calls(text, "sleep", "Sleep", "ait("):
        if name in ("time.sleep", "sleep", "qtbot.wait", "QTest.qWait", "QTest.qSleep"):
            yield f"{path}:{node.lineno} {name}"


TEST_RULES: list[Rule] = [short_test_names, never_sleeps]


@pytest.mark.parametrize("rule", TEST_RULES, ids=lambda rule: rule.__name__)
def test_the_tests_keep_the_rule(rule: Rule) -> None:
    assert faults(rule, sorted((ROOT / "tests").rglob("test_*.py"))) == []


@pytest.mark.parametrize(
    ("rule", "text"), [(short_test_names, "def test_it_works(): ..."), (never_sleeps, "time.sleep(1)")]
)
def test_a_planted_violation_in_a_test_is_found(rule: Rule, text: str) -> None:
    assert list(rule("tests/test_a.py", text))
