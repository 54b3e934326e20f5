"""Runs as they are found, read and followed."""

import json
from pathlib import Path

import numpy as np
import pytest
from small import net, pictures

from engine.errors import RunError, StoreError
from engine.training import lock
from engine.training.devices import choose, devices
from engine.training.history import read_history
from engine.training.loop import fit
from engine.training.messages import Steps
from engine.training.prepare import Wishes
from engine.training.runs import Run, adopt, list_runs, new_run_path, runs_folder
from engine.training.settings import TrainingSettings

SHORT = TrainingSettings(epochs=2, batch_size=16)


def test_runs_lie_beside_the_project():
    assert runs_folder(Path("/home/ada/digits.loom")) == Path("/home/ada/digits.runs")


def test_runs_of_an_unsaved_project_lie_in_the_user_s_data_folder(monkeypatch):
    monkeypatch.setenv("LAYERLOOM_DATA", "/here")
    assert runs_folder(None) == Path("/here/runs")


def test_a_new_path_is_free_and_speaks(tmp_path):
    first = new_run_path(tmp_path, "LeNet-5 / Übung ?")
    assert first.name.endswith("_lenet-5-bung")
    assert not first.exists()
    first.mkdir()
    second = new_run_path(tmp_path, "LeNet-5 / Übung ?")
    assert second != first
    assert new_run_path(tmp_path, "///").name.endswith("_run")


def test_what_is_not_a_run_is_left_out_of_the_list(tmp_path):
    fit(net(), pictures(), SHORT, run=tmp_path / "good")
    (tmp_path / "empty").mkdir()
    for name, text in (("broken", "{"), ("list", "[]")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.json").write_text(text)
    (tmp_path / "file").write_text("x")
    assert [run.path.name for run in list_runs(tmp_path)] == ["good"]
    assert list_runs(tmp_path / "missing") == []


def test_a_run_can_be_followed_while_it_is_trained(tmp_path):
    lengths = []
    run = Run(tmp_path / "run")

    def look(message):
        if isinstance(message, Steps):
            lengths.append((len(run.steps()[0]), message.first - 1))

    fit(net(), pictures(), TrainingSettings(epochs=3, batch_size=16), run=tmp_path / "run", say=look)
    assert all(read == told for read, told in lengths)  # the line is written after the message
    assert len(run.steps()[0]) == 9


def test_a_history_that_was_taken_back_is_read_as_it_counts(tmp_path):
    path = tmp_path / "events.jsonl"

    def write(*events):
        with path.open("a") as file:
            file.writelines(json.dumps(event) + "\n" for event in events)

    epoch = {"kind": "epoch", "epoch": 1, "step": 4, "train_loss": 1.0, "best": True}
    write({"kind": "steps", "first": 1, "loss": [5, 4, 3]}, {"kind": "steps", "first": 4, "loss": [2, 1]}, epoch)
    known = read_history(path)
    assert known.steps()[1].tolist() == [5, 4, 3, 2, 1]
    write({"kind": "resumed", "step": 2})
    known = read_history(path, known)
    assert known.steps()[1].tolist() == [5, 4]
    assert known.epochs() == []
    write({"kind": "steps", "first": 3, "loss": [9, None], "accuracy": [0.5, None]}, {"kind": "of a later version"})
    known = read_history(path, known)
    assert known.steps()[0].tolist() == [1, 2, 3, 4]
    np.testing.assert_array_equal(known.steps()[2], np.array([np.nan, np.nan, 0.5, np.nan], np.float32))
    fresh = read_history(path)
    np.testing.assert_array_equal(fresh.steps()[1], known.steps()[1])


def test_lines_of_nonsense_cost_only_themselves(tmp_path):
    path = tmp_path / "events.jsonl"
    good = b'{"kind":"steps","first":1,"loss":[1.5]}\n'
    path.write_bytes(
        good + b'\xff\xfe\n[1]\n{"kind":"steps"}\n{"kind":"epoch","epoch":"x"}\n' + b"[" * 50_000 + b"\n" + b"{"
    )
    assert read_history(path).steps()[1].tolist() == [1.5]
    assert len(read_history(tmp_path / "missing").steps()[0]) == 0


def test_a_folder_without_a_run_is_told_in_a_sentence(tmp_path):
    with pytest.raises(StoreError, match="holds no run"):
        _ = Run(tmp_path).info


def test_the_cpu_is_always_there_and_each_device_has_a_sentence():
    found = devices()
    assert found[-1].id == "cpu"
    assert found[-1].memory > 0
    assert all(device.sentence.endswith(".") and device.name in device.sentence for device in found)
    assert choose("auto") == found[0]


def test_a_device_that_is_not_there_is_refused_with_those_that_are():
    missing = next(kind for kind in ("mps", "cuda") if kind not in {device.id for device in devices()})
    with pytest.raises(RunError, match="cpu"):
        choose(missing)


@pytest.mark.parametrize("one_disk", [True, False])
def test_a_project_that_is_saved_takes_along_what_it_has_trained(tmp_path, monkeypatch, one_disk):
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path / "user"))
    monkeypatch.setattr("engine.training.runs._one_disk", lambda _one, _other: one_disk)
    unsaved, folder = runs_folder(None), runs_folder(tmp_path / "net.loom")
    for name, title in (("mine", "Net"), ("under_way", "Net"), ("another", "Other")):
        fit(net(), pictures(), SHORT, run=unsaved / name, wishes=Wishes(title=title))
    with open(unsaved / "under_way" / "events.jsonl", "rb+") as events:
        assert lock.hold(events.fileno())
        assert adopt(folder, "Net") == {unsaved / "mine": folder / "mine"}
    assert [entry.name for entry in folder.iterdir()] == ["mine"]
    assert len(Run(folder / "mine").epochs()) == 2
    assert {run.path.name for run in list_runs(unsaved)} == {"another", "under_way"}
