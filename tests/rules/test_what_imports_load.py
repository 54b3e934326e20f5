"""What importing a part of the program really loads, seen from a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("torch", "numpy", "cv2", "sklearn", "scipy", "safetensors", "PySide6", "pyqtgraph")

LIGHT = [
    "engine",
    "engine.blocks",
    "engine.graph.check",
    "engine.graph.store",
    "engine.graph.layout",
    "engine.declare",
    "engine.files",
    "engine.crash",
    "engine.data.choice",
    "engine.training.settings",
    "engine.headless.commands",
    "engine.headless.arguments",
    "main",
    "presets",
]


def loaded_by(statement: str) -> set[str]:
    """The heavy packages in memory after a statement."""
    code = f"import sys; {statement}; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("module", LIGHT)
def test_importing_it_loads_nothing_heavy(module: str) -> None:
    assert loaded_by(f"import {module}") == set()


def test_importing_every_engine_module_loads_no_qt() -> None:
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in sorted((ROOT / "engine").rglob("*.py"))
    ]
    found = loaded_by("import " + ", ".join(names))
    assert "torch" in found
    assert not found & {"PySide6", "pyqtgraph"}


def test_messages_and_mailbox_load_numpy_at_most() -> None:
    assert loaded_by("import engine.training.messages, engine.training.mailbox") <= {"numpy"}


def test_a_planted_import_is_seen() -> None:
    assert loaded_by("import numpy, engine") == {"numpy"}
