"""The commands as a script or a person would use them, in this process."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import Any

import pytest

import engine
import presets
from engine.export import targets
from engine.headless.arguments import COMMANDS
from engine.headless.commands import run
from engine.training.runs import Run

SMALL = ["--limit", "200", "--batch-size", "64"]
EPOCH_KEYS = {"epoch", "train_loss", "train_accuracy", "val_loss", "val_accuracy", "seconds", "samples_per_second"}

Capture = pytest.CaptureFixture[str]


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_presets_lists_all_with_the_counts_of_the_checker(capsys: Capture) -> None:
    assert run(["presets", "--json"]) == 0
    found = objects(capsys.readouterr().out)
    assert [row["name"] for row in found] == list(presets.names())
    lenet = next(row for row in found if row["name"] == "lenet5")
    assert lenet.pop("paper").startswith("LeCun, Bottou, Bengio, Haffner")
    assert lenet == {
        "name": "lenet5", "title": "LeNet-5", "hall": "First convolutions", "year": 1998, "parameters": 61706, "macs": 416520,
    }  # fmt: skip
    assert run(["presets"]) == 0
    assert "1,199,882" in capsys.readouterr().out


def test_check_of_a_sound_network_gives_shapes_and_totals(capsys: Capture) -> None:
    assert run(["check", "preset:lenet5", "--json"]) == 0
    *blocks, total = objects(capsys.readouterr().out)
    assert total["ok"] is True
    assert total["parameters"] == sum(block["parameters"] for block in blocks) == 61706
    conv1 = next(block for block in blocks if block["block"] == "conv1")
    assert conv1 == {
        "block": "conv1", "kind": "conv2d", "output": [6, 28, 28], "parameters": 156, "macs": 117600,
        "inputs": [[1, 28, 28]], "activation_bytes": 18816, "receptive_field": [5, 5],
    }  # fmt: skip
    assert run(["check", "preset:lenet5"]) == 0
    assert "61,706 parameters" in capsys.readouterr().out


def test_check_shows_the_table_of_layers_and_writes_it_as_csv(tmp_path: Path, capsys: Capture) -> None:
    target = tmp_path / "layers.csv"
    assert run(["check", "preset:lenet5", "--layers", "--csv", str(target)]) == 0
    said = capsys.readouterr()
    assert "receptive field" in said.out
    assert "14×14" in said.out
    assert str(target) in said.err
    assert target.read_text("utf-8").splitlines()[2].startswith("conv1,Convolution 2d,1x28x28,6x28x28,156,")


def test_a_table_that_cannot_be_written_is_a_sentence(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "file").write_text("")
    assert run(["check", "preset:lenet5", "--csv", str(tmp_path / "file" / "x.csv")]) == 2
    assert "could not be written" in capsys.readouterr().err


def test_check_of_a_faulty_network_names_the_block_and_exits_with_one(tmp_path: Path, capsys: Capture) -> None:
    project = tmp_path / "faulty.loom"
    text = presets.read("lenet5")
    old = '"kernel_size": 5'
    assert old in text
    project.write_text(text.replace(old, '"kernel_size": 50'), encoding="utf-8")
    assert run(["check", str(project), "--json"]) == 1
    found = objects(capsys.readouterr().out)
    assert found[-1]["ok"] is False
    problem = next(row for row in found if "problem" in row)
    assert problem["block"] in {row.get("block") for row in found if "kind" in row}
    assert problem["text"].endswith(".")
    assert run(["check", str(project)]) == 1
    assert f"error: {problem['text']}\n" in capsys.readouterr().out


def test_train_prints_one_object_an_epoch_and_a_last_one_that_names_the_run(
    trained: Path, tmp_path: Path, capsys: Capture
) -> None:
    assert (
        run(["train", "preset:lenet5_relu_max", *SMALL, "--epochs", "2", "--out", str(tmp_path / "r"), "--json"]) == 0
    )
    *epochs, last = objects(capsys.readouterr().out)
    assert [row["epoch"] for row in epochs] == [1, 2]
    assert all(set(row) == EPOCH_KEYS and all(math.isfinite(value) for value in row.values()) for row in epochs)
    assert last["done"] is True
    assert last["run"] == str(tmp_path / "r")
    # The same command gives the same numbers.
    for mine, theirs in zip(epochs, Run(trained).epochs(), strict=True):
        assert mine["train_loss"] == pytest.approx(theirs["train_loss"], rel=1e-6)
        assert mine["val_loss"] == pytest.approx(theirs["val_loss"], rel=1e-6)


def test_train_in_words_shows_every_epoch_and_where_the_run_is(tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "r"
    assert run(["train", "preset:lenet5_relu_max", *SMALL, "--epochs", "1", "--out", str(out), "--lr", "0.01"]) == 0
    shown = capsys.readouterr()
    assert "epoch 1/1" in shown.out
    assert "validation loss" in shown.out
    assert str(out) in shown.out
    assert "160 samples" in shown.err
    assert "resized to 28×28" in shown.err
    assert Run(out).settings.learning_rate == 0.01


def test_a_run_is_never_overwritten_by_another(trained: Path, capsys: Capture) -> None:
    assert run(["train", "preset:lenet5_relu_max", "--out", str(trained)]) == 2
    assert "--resume" in capsys.readouterr().err


def test_resume_goes_on_where_the_run_ended_with_its_own_settings(
    trained: Path, tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "copy"
    shutil.copytree(trained, out)
    assert run(["train", "preset:lenet5_relu_max", "--out", str(out), "--resume", "--epochs", "3", "--json"]) == 0
    *epochs, last = objects(capsys.readouterr().out)
    assert [row["epoch"] for row in epochs] == [3]
    assert last["run"] == str(out)
    assert Run(out).settings.batch_size == 64


def test_resume_says_what_it_does_not_change(trained: Path, tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "copy"
    shutil.copytree(trained, out)
    assert (
        run(["train", "preset:lenet5_relu_max", "--out", str(out), "--resume", "--lr", "0.5", "--batch-size", "64"])
        == 0
    )
    told = capsys.readouterr().err
    assert "goes on with the learning rate it began with" in told
    assert "batch size" not in told
    assert Run(out).settings.learning_rate != 0.5


def test_a_file_name_of_two_words_stays_as_it_was_typed(capsys: Capture) -> None:
    assert run(["check", "two words.loom"]) == 2
    assert capsys.readouterr().err.startswith("two words.loom could not be read")


def test_resume_refuses_the_run_of_another_network(trained: Path, capsys: Capture) -> None:
    assert run(["train", "preset:lenet5", "--out", str(trained), "--resume"]) == 2
    assert "not the one" in capsys.readouterr().err


def test_predict_gives_as_many_answers_as_asked_for(trained: Path, picture: Path, capsys: Capture) -> None:
    assert run(["predict", str(trained), str(picture), str(picture), "--top", "3", "--json"]) == 0
    first, second = objects(capsys.readouterr().out)
    assert first == second
    shares = [answer["probability"] for answer in first["answers"]]
    assert len(shares) == 3
    assert shares == sorted(shares, reverse=True)
    assert {answer["label"] for answer in first["answers"]} <= {str(digit) for digit in range(10)}
    assert run(["predict", str(trained), str(picture)]) == 0
    assert capsys.readouterr().out.startswith(f"{picture}: {first['answers'][0]['label']} ")


def test_an_inverted_picture_answers_as_its_negative_does(
    trained: Path, picture: Path, tmp_path: Path, capsys: Capture
) -> None:
    from engine import images

    negative = tmp_path / "negative.png"
    negative.write_bytes(images.encode_png(255 - images.read(picture)))
    assert run(["predict", str(trained), str(negative), "--json"]) == 0
    raw = objects(capsys.readouterr().out)[0]["answers"]
    assert run(["predict", str(trained), str(negative), "--invert", "--json"]) == 0
    inverted = objects(capsys.readouterr().out)[0]["answers"]
    assert run(["predict", str(trained), str(picture), "--json"]) == 0
    assert inverted == objects(capsys.readouterr().out)[0]["answers"] != raw


@pytest.mark.parametrize("probe", ["filters", "activations"])
def test_inspect_writes_a_picture_that_can_be_read(probe: str, trained: Path, tmp_path: Path, capsys: Capture) -> None:
    from engine import images

    out = tmp_path / "x.png"
    assert run(["inspect", str(trained), "--block", "conv1", "--probe", probe, "--out", str(out)]) == 0
    assert min(images.read(out).shape[:2]) >= 20
    assert "Scale" in capsys.readouterr().out


def test_inspect_answers_to_the_picture_that_is_given(trained: Path, picture: Path, tmp_path: Path) -> None:
    command = ["inspect", str(trained), "--block", "conv1", "--probe", "activations"]
    assert run([*command, "--out", str(tmp_path / "a.png")]) == 0
    assert run([*command, "--image", str(picture), "--out", str(tmp_path / "b.png")]) == 0
    assert (tmp_path / "a.png").read_bytes() != (tmp_path / "b.png").read_bytes()


@pytest.mark.parametrize("target", targets())
def test_export_writes_a_run_and_says_what_was_compared(
    target: str, trained: Path, tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / ("x" + targets()[target].suffix)
    assert run(["export", str(trained), "--to", target, "--out", str(out)]) == 0
    assert out.stat().st_size > 1000
    assert "bit-equal" in capsys.readouterr().out


def test_export_of_a_project_needs_no_run(tmp_path: Path) -> None:
    assert run(["export", "preset:lenet5", "--to", "safetensors", "--out", str(tmp_path / "x.safetensors")]) == 0


BAD = [
    ["train", "preset:lenet5", "--epochs", "0"],
    ["train", "preset:lenet5", "--epochs", "many"],
    ["train", "preset:lenet5", "--epochs"],
    ["train", "preset:lenet5", "--lr", "nan"],
    ["train", "preset:lenet5", "--optimizer", "adagard"],
    ["train", "preset:lenet5", "--data", "nowhere"],
    ["train", "preset:lenet5", "--resume"],
    ["train", "preset:lenet5", "--resume", "--out", "nowhere"],
    ["train", "preset:nothing"],
    ["train"],
    ["train", "preset:lenet5", "--bogus"],
    ["check", "nowhere.loom"],
    ["check", "."],
    ["predict", "nowhere", "x.png"],
    ["predict", "RUN", "nowhere.png"],
    ["predict", "RUN", "RUN/run.json"],
    ["predict", "RUN", "RUN", "--top", "0"],
    ["inspect", "RUN", "--block", "nothing", "--probe", "filters", "--out", "x.png"],
    ["inspect", "RUN", "--block", "relu1", "--probe", "filters", "--out", "x.png"],
    ["inspect", "RUN", "--block", "conv1", "--probe", "filters", "--out", "x.txt"],
    ["inspect", "RUN", "--block", "conv1", "--probe", "dreams", "--out", "x.png"],
    ["export", "RUN", "--to", "onyx", "--out", "x"],
    ["export", "RUN", "--to", "pt", "--out", "RUN/run.json/x.pt"],
    ["export", "nowhere", "--to", "pt", "--out", "x.pt"],
]


@pytest.mark.parametrize("typed", BAD, ids=" ".join)
def test_what_cannot_be_done_is_told_in_one_sentence_with_exit_code_two(
    typed: list[str], trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run([part.replace("RUN", str(trained)) for part in typed]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    line = shown.err.splitlines()[-1]
    assert shown.err.count("\n") == 1
    assert line.endswith((".", "?"))
    assert len(line.split()) >= 4
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as ended:
        run([command, "--help"])
    assert ended.value.code == 0
    assert "usage" in capsys.readouterr().out


def test_every_training_setting_can_be_typed(capsys: Capture) -> None:
    from engine.declare import settings_of
    from engine.training.settings import TrainingSettings

    with pytest.raises(SystemExit):
        run(["train", "--help"])
    text = capsys.readouterr().out
    for name in settings_of(TrainingSettings):
        assert "--" + name.replace("_", "-") in text


def test_a_project_of_ones_own_keeps_its_runs_beside_it(tmp_path: Path, capsys: Capture) -> None:
    project = engine.open("preset:lenet5_relu_max")
    path = project.save(tmp_path / "mine.loom")
    before = path.read_bytes()
    assert run(["train", str(path), *SMALL, "--epochs", "1", "--json"]) == 0
    last = objects(capsys.readouterr().out)[-1]
    assert Path(last["run"]).parent == tmp_path / "mine.runs"
    assert path.read_bytes() == before
