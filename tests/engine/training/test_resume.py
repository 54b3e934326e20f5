"""A run that was interrupted goes on to the very bits that it would have had."""

import os

import numpy as np
import pytest
import torch
from small import net, pictures

from engine.errors import EngineError, RunError, StoreError
from engine.training import record
from engine.training.loop import fit
from engine.training.messages import Steps
from engine.training.prepare import Wishes
from engine.training.restore import restore_best
from engine.training.runs import Run
from engine.training.settings import TrainingSettings

OFTEN = Wishes(checkpoint_s=0.0)  # a checkpoint after every step


class Killed(BaseException):
    """Stands for a kill: nothing of ours catches it."""


def settings(optimizer="adam", **more):
    return TrainingSettings(epochs=4, batch_size=16, optimizer=optimizer, schedule="cosine", warmup_epochs=1, **more)


def same(one, two):
    return all(torch.equal(one[key], two[key]) for key in one)


@pytest.mark.parametrize(
    ("optimizer", "place"),
    [
        ("adam", "step 1"),
        ("adam", "step 5"),
        ("adam", "step 6"),
        ("adam", "epoch 4"),
        ("sgd", "epoch 2"),
        ("adamw", "step 5"),
    ],
)
def test_a_run_killed_anywhere_resumes_to_the_same_bits(tmp_path, optimizer, place):
    whole = fit(net(), pictures(), settings(optimizer), run=tmp_path / "whole", wishes=OFTEN)
    kind, number = place.split()

    def kill(message):
        if kind == "step" and isinstance(message, Steps) and message.first + len(message.loss) > int(number):
            raise Killed
        if kind == "epoch" and getattr(message, "epoch", 0) == int(number) and hasattr(message, "best"):
            raise Killed

    with pytest.raises(Killed):
        fit(net(), pictures(), settings(optimizer), run=tmp_path / "run", say=kill, wishes=OFTEN)
    resumed = fit(net(), pictures(), settings(optimizer), run=tmp_path / "run", resume=True, wishes=OFTEN)
    assert resumed.reason == "done"
    assert same(whole.network.state_dict(), resumed.network.state_dict())
    one, two = Run(tmp_path / "whole"), Run(tmp_path / "run")
    assert same(one.network("best").state_dict(), two.network("best").state_dict())
    for a, b in zip(one.steps(), two.steps(), strict=True):
        np.testing.assert_array_equal(a, b)
    timeless = [{k: v for k, v in e.items() if "second" not in k} for run in (one, two) for e in run.epochs()]
    assert timeless[:4] == timeless[4:]


def test_a_done_run_goes_on_for_more_epochs(tmp_path):
    short = TrainingSettings(epochs=2, batch_size=16)
    long = TrainingSettings(epochs=5, batch_size=16)
    fit(net(), pictures(), short, run=tmp_path / "run")
    resumed = fit(net(), pictures(), long, run=tmp_path / "run", resume=True)
    whole = fit(net(), pictures(), long, run=tmp_path / "whole")
    assert same(whole.network.state_dict(), resumed.network.state_dict())
    assert [epoch["epoch"] for epoch in Run(tmp_path / "run").epochs()] == [1, 2, 3, 4, 5]
    assert Run(tmp_path / "run").settings.epochs == 5


def test_a_torn_last_line_is_left_out_and_cut_off(tmp_path):
    fit(net(), pictures(), TrainingSettings(epochs=2, batch_size=16), run=tmp_path / "run")
    events = tmp_path / "run" / "events.jsonl"
    before = Run(tmp_path / "run").steps()[0]
    with events.open("ab") as file:
        file.write(b'{"kind":"steps","first":7,"loss":[0.')
    assert (Run(tmp_path / "run").steps()[0] == before).all()
    fit(net(), pictures(), TrainingSettings(epochs=3, batch_size=16), run=tmp_path / "run", resume=True)
    assert Run(tmp_path / "run").steps()[0].tolist() == list(range(1, 10))
    assert b"[0.{" not in events.read_bytes()


def test_changed_data_are_noticed(tmp_path):
    fit(net(), pictures(), settings(), run=tmp_path / "run")
    with pytest.raises(RunError, match="data have changed"):
        fit(net(), pictures(seed=1), settings(), run=tmp_path / "run", resume=True)
    more = TrainingSettings(epochs=5, batch_size=16)
    wishes = Wishes(accept_changed_data=True)
    assert fit(net(), pictures(seed=1), more, run=tmp_path / "run", resume=True, wishes=wishes).reason == "done"


def test_a_run_that_is_trained_is_not_resumed_by_another(tmp_path):
    caught = []

    def meddle(message):
        if not caught:
            with pytest.raises(RunError) as error:
                fit(net(), pictures(), settings(), run=tmp_path / "run", resume=True)
            caught.append(str(error.value))
            with pytest.raises(RunError):
                restore_best(tmp_path / "run")
            assert Run(tmp_path / "run").state == "running"

    fit(net(), pictures(), settings(), run=tmp_path / "run", say=meddle)
    assert caught


def test_a_run_whose_program_died_is_interrupted(tmp_path):
    def kill(message):
        if isinstance(message, Steps):
            raise Killed

    with pytest.raises(Killed):
        fit(net(), pictures(), settings(), run=tmp_path / "run", say=kill)
    assert Run(tmp_path / "run").state == "interrupted"


def test_there_is_nothing_to_resume_in_an_empty_folder(tmp_path):
    with pytest.raises(RunError, match="no run to resume"):
        fit(net(), pictures(), settings(), run=tmp_path, resume=True)


@pytest.mark.parametrize("name", ["last.pt", "best.pt", "run.json", "graph.loom"])
def test_damaged_files_give_one_sentence_and_never_anything_else(tmp_path, name):
    fit(net(), pictures(), settings(), run=tmp_path / "run")
    path = tmp_path / "run" / name
    good = path.read_bytes()
    draw = np.random.default_rng(0)
    cases = [b"", b"PK\x03\x04", good[: len(good) // 2], good[:-1], b"\0" * 4096, b"[1]", b"{}"]
    for _ in range(40):
        bad = bytearray(good)
        for place in draw.integers(0, len(bad), 8):
            bad[place] = draw.integers(0, 256)
        cases.append(bytes(bad))
    for case in cases:
        path.write_bytes(case)
        for question in ("weights", "graph", "settings", "epochs"):
            try:
                _ask(Run(tmp_path / "run"), question, name)
            except EngineError as error:
                assert len(str(error)) > 20


def _ask(run, question, name):
    match question:
        case "weights":
            run.network("best" if name == "best.pt" else "last")
        case "graph":
            run.graph()
        case "settings":
            assert run.settings
        case _:
            run.epochs()


def test_a_checkpoint_of_another_network_is_refused(tmp_path):
    from small import chain

    fit(net(), pictures(), settings(), run=tmp_path / "run")
    other = chain(
        ("image_input", {"channels": 2, "height": 6, "width": 6}), ("flatten", {}), ("linear", {"out_features": 3}), ("output", {})
    )  # fmt: skip
    fit(other, pictures(), settings(), run=tmp_path / "other")
    (tmp_path / "other" / "last.pt").replace(tmp_path / "run" / "last.pt")
    with pytest.raises(StoreError, match="other blocks"):
        Run(tmp_path / "run").network("last")


def test_a_full_disk_ends_the_run_with_a_sentence_and_leaves_it_readable(tmp_path, monkeypatch):
    real = record.write_atomic

    def full(path, data):
        if path.name == "last.pt" and (tmp_path / "run" / "run.json").exists():
            raise StoreError("no space", path=str(path))
        real(path, data)

    monkeypatch.setattr(record, "write_atomic", full)
    with pytest.raises(StoreError):
        fit(net(), pictures(), settings(), run=tmp_path / "run", wishes=OFTEN)
    monkeypatch.undo()
    assert fit(net(), pictures(), settings(), run=tmp_path / "run", resume=True).reason == "done"


def test_the_lock_goes_with_the_file(tmp_path):
    from engine.training import lock

    path = tmp_path / "file"
    path.write_bytes(b"")
    descriptor = os.open(path, os.O_RDWR)
    assert lock.hold(descriptor)
    assert lock.held(path)
    os.close(descriptor)
    assert not lock.held(path)
    assert not lock.held(tmp_path / "missing")
