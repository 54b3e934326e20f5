"""Rules for the files of `engine/layers`: each can be carried by an exported file as it is."""

import ast
from collections import Counter
from pathlib import Path

import pytest

from engine import layers

FOLDER = Path(layers.__file__).parent
FILES = sorted(path for path in FOLDER.glob("*.py") if path.stem != "__init__")
ALLOWED = {"__future__", "math", "torch", "torch.nn", "typing"}


def tops(path):
    return ast.parse(path.read_text(encoding="utf-8")).body


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_layer_imports_nothing_but_torch_and_stands_alone(path):
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            modules.add(node.module)
        if isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names)
    assert modules <= ALLOWED


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_layer_is_found_by_its_name_and_carries_all_of_its_text(path):
    (public,) = [
        node for node in tops(path) if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and node.name[0] != "_"
    ]
    assert layers.layer(public.name).__name__ == public.name
    assert public.name in layers.names()
    text = layers.text(public.name)
    assert f"{public.name}(" in text.code
    # What lies below the imports is all there; nothing of ours is read to say so.
    compile("\n".join([*text.imports, text.code]), path.name, "exec")


def test_no_two_layers_use_one_name_for_different_things():
    names = Counter(
        node.name for path in FILES for node in tops(path) if isinstance(node, (ast.ClassDef, ast.FunctionDef))
    )
    assert [name for name, count in names.items() if count > 1] == []
