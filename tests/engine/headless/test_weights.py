"""`import-weights` as a script would use it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

import engine
from engine.graph.check import check
from engine.graph.frozen import frozen_parameters
from engine.headless.commands import run

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Weights of LeNet-5 under other names."""
    state = engine.open("preset:lenet5").build(seed=5).state_dict()
    torch.save({"state_dict": {f"layers.{place}.{name}": value for place, (name, value) in enumerate(state.items())}},
               tmp_path / "lenet.pth")  # fmt: skip
    return tmp_path / "lenet.pth"


def test_a_look_tells_what_matches_and_writes_nothing(file: Path, tmp_path: Path, capsys: Capture) -> None:
    assert run(["import-weights", "preset:lenet5", str(file), "--look", "--json"]) == 0
    *pairs, last = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert last == {"by": "order", "loaded": 10, "of": 10, "note": ""}
    assert pairs[0] == {
        "ours": "conv1.weight", "theirs": "layers.0.conv1.weight", "shape": [6, 1, 5, 5], "their_shape": [6, 1, 5, 5],
        "state": "loaded",
    }  # fmt: skip
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lenet.pth"]


def test_a_project_is_written_that_begins_with_the_weights(file: Path, tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "mine.loom"
    assert (
        run(["import-weights", "preset:lenet5", str(file), "--out", str(out), "--classes", "3", "--freeze", "all"]) == 0
    )
    said = capsys.readouterr().out
    assert "8 of 10 tensors are loaded; 2 begin fresh" in said
    assert "255 of 61,111 parameters are trained" in said
    project = engine.open(out)
    state = torch.load(file, weights_only=True)["state_dict"]
    assert torch.equal(project.build(seed=1).state_dict()["conv1.weight"], state["layers.0.conv1.weight"])
    report = check(project.graph)
    assert report.parameters - frozen_parameters(project.graph, report) == 255


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ([], "no file, so it cannot hold weights"),
        (["--look", "--by", "timm"], "no way of matching this file"),
        (["--out", "x.txt"], "ends in .loom"),
        (["--look", "--classes", "0"], "at least one class"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(more: list[str], text: str, file: Path, capsys: Capture) -> None:
    assert run(["import-weights", "preset:lenet5", str(file), *more]) == 2
    assert text in capsys.readouterr().err


def test_a_block_to_freeze_up_to_that_is_not_there_is_a_sentence(file: Path, tmp_path: Path, capsys: Capture) -> None:
    out = str(tmp_path / "x.loom")
    assert run(["import-weights", "preset:lenet5", str(file), "--out", out, "--freeze", "conv9"]) == 2
    assert "conv2" in capsys.readouterr().err


def test_a_file_of_something_else_is_a_sentence(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "x.pth").write_text("hello")
    assert run(["import-weights", "preset:lenet5", str(tmp_path / "x.pth"), "--look"]) == 2
    assert "no file of weights" in capsys.readouterr().err
