"""`trust` shows the code, asks, and is taken back; without it nothing trains and nothing is exported."""

import io
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "compiler"))
from python_blocks import drawing

from engine import trust
from engine.blocks.python import TEMPLATE
from engine.graph.store import save
from engine.headless.commands import run


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path / "data"))
    save(drawing(), tmp_path / "own.loom")
    return str(tmp_path / "own.loom")


def test_it_shows_the_code_and_takes_only_yes(project, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert run(["trust", project]) == 1
    assert "class ResidualGate" in capsys.readouterr().out
    assert not trust.trusted(TEMPLATE)
    monkeypatch.setattr(sys, "stdin", io.StringIO("yes\n"))
    assert run(["trust", project]) == 0
    assert trust.trusted(TEMPLATE)


def test_it_need_not_ask_and_can_be_taken_back(project):
    assert run(["trust", project, "--yes"]) == 0
    assert trust.trusted(TEMPLATE)
    assert run(["trust", project, "--take-back"]) == 0
    assert not trust.trusted(TEMPLATE)


@pytest.mark.parametrize("command", [["train"], ["export", "--to", "source", "--out", "network.py"]])
def test_untrusted_code_is_neither_trained_nor_exported(project, command, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run([command[0], project, *command[1:]]) == 2
    assert "has not been trusted on this computer" in capsys.readouterr().err
    assert not (tmp_path / "network.py").exists()
