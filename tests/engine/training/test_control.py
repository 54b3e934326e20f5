"""Commands: they act between two batches, and the run is left as it was asked for."""

import json

import pytest
import torch
from small import net, pictures

from engine.training.control import Control
from engine.training.loop import fit
from engine.training.messages import Epoch, Finished, Note, State, Steps, Weights
from engine.training.restore import restore_best
from engine.training.runs import Run
from engine.training.settings import TrainingSettings

LONG = TrainingSettings(epochs=200, batch_size=16, learning_rate=0.01)


class Script:
    """Listens to a training and gives a command when a message of a kind came so many times."""

    def __init__(self, *cues):
        self.control = Control()
        self.cues = list(cues)
        self.messages = []

    def __call__(self, message):
        self.messages.append(message)
        while self.cues and self.cues[0][0](message):
            for command in self.cues.pop(0)[1:]:
                self.control.ask(command)

    def of(self, kind):
        return [message for message in self.messages if isinstance(message, kind)]


def epoch(number):
    return lambda message: isinstance(message, Epoch) and message.epoch == number


def state(name):
    return lambda message: message == State(name)


def play(tmp_path, script, settings=LONG, **more):
    return fit(net(), pictures(), settings, run=tmp_path / "run", say=script, control=script.control, **more)


def test_stop_keeps_the_run_and_its_last_state(tmp_path):
    script = Script((epoch(2), "stop"))
    result = play(tmp_path, script)
    assert result.reason == "stopped"
    assert result.step == 6
    run = Run(tmp_path / "run")
    assert run.state == "stopped"
    last = run.network("last").state_dict()
    assert all(torch.equal(last[key], value) for key, value in result.network.state_dict().items())
    assert script.of(State)[-1] == State("stopping")
    assert script.messages[-1] == Finished("stopped", str(run.path))


def test_discard_removes_the_folder(tmp_path):
    result = play(tmp_path, Script((epoch(1), "discard")))
    assert result.reason == "discarded"
    assert result.run is None
    assert not (tmp_path / "run").exists()


def test_a_stop_breaks_a_validation_off(tmp_path, monkeypatch):
    script = Script()
    seen = []
    from engine.training import steps

    original = steps._values

    def watched(work, rows):
        if torch.is_inference_mode_enabled():
            seen.append(len(rows))
            script.control.ask("stop")
        return original(work, rows)

    monkeypatch.setattr(steps, "_values", watched)
    monkeypatch.setattr(steps, "VALIDATION_BATCH", 4)
    result = play(tmp_path, script, TrainingSettings(epochs=3, batch_size=4))
    assert seen == [4]
    assert result.reason == "stopped"
    assert script.of(Epoch) == []


def test_pause_waits_and_resume_goes_on_as_if_nothing_had_been(tmp_path):
    settings = TrainingSettings(epochs=3, batch_size=16)
    script = Script((epoch(1), "pause"), (state("paused"), "resume"))
    result = play(tmp_path, script, settings)
    assert [message.name for message in script.of(State)] == ["running", "paused", "running"]
    plain = fit(net(), pictures(), settings, run=tmp_path / "plain").network.state_dict()
    assert all(torch.equal(plain[key], value) for key, value in result.network.state_dict().items())


def test_a_step_does_one_batch_and_rests(tmp_path):
    stepped = lambda number: lambda message: isinstance(message, Steps) and message.first == number  # noqa: E731
    script = Script(
        (state("running"), "step"),
        (stepped(1), "step"),
        (stepped(2), "step"),
        (epoch(1), "step"),
        (stepped(4), "stop"),
    )
    result = play(tmp_path, script)
    assert result.step == 4
    assert [len(message.loss) for message in script.of(Steps)] == [1, 1, 1, 1]
    assert script.of(State)[1] == State("paused")


def test_weights_are_copies_from_between_two_steps(tmp_path):
    script = Script((epoch(1), "weights"), (lambda m: isinstance(m, Weights), "weights", "stop"))
    result = play(tmp_path, script)
    first, second = script.of(Weights)
    assert (first.step, second.step) == (3, 4)
    state_dict = result.network.state_dict()
    assert set(first.state) == set(state_dict)
    first.state["linear8.bias"][:] = 7
    assert not torch.all(state_dict["linear8.bias"] == 7)
    assert not (second.state["linear8.bias"] == 7).all()


def test_weights_are_given_while_it_rests(tmp_path):
    script = Script(
        (epoch(1), "pause"), (state("paused"), "weights"), (lambda m: isinstance(m, Weights), "stop")
    )  # fmt: skip
    assert play(tmp_path, script).reason == "stopped"


def test_the_best_weights_come_back_while_it_rests(tmp_path):
    # A learning rate that ruins the network: the first epoch stays the best for a while.
    settings = TrainingSettings(epochs=50, batch_size=16, optimizer="sgd", learning_rate=3.0, momentum=0.0)
    noted = lambda m: isinstance(m, Note) and "best" in m.text  # noqa: E731
    script = Script((epoch(8), "pause"), (state("paused"), "restore_best"), (noted, "stop"))
    result = play(tmp_path, script, settings)
    run = Run(tmp_path / "run")
    best, last = run.network("best").state_dict(), run.network("last").state_dict()
    assert run.info["best"]["epoch"] != 8
    for key, value in result.network.state_dict().items():
        assert torch.equal(value, best[key])
        assert torch.equal(value, last[key])


def test_the_best_weights_come_back_after_the_end(tmp_path):
    settings = TrainingSettings(epochs=8, batch_size=16, optimizer="sgd", learning_rate=3.0, momentum=0.0)
    fit(net(), pictures(), settings, run=tmp_path / "run")
    run = Run(tmp_path / "run")
    before = run.network("last").state_dict()
    assert restore_best(run.path) == run.info["best"]["epoch"]
    best, last = run.network("best").state_dict(), run.network("last").state_dict()
    assert all(torch.equal(best[key], last[key]) for key in best)
    assert not all(torch.equal(best[key], before[key]) for key in best)


def test_another_process_may_leave_a_command_in_the_folder(tmp_path, monkeypatch):
    from engine.training import loop

    monkeypatch.setattr(loop, "LOOK_S", 0.0)

    class Writer(Script):
        def __call__(self, message):
            super().__call__(message)
            if isinstance(message, Epoch) and message.epoch == 2:
                (tmp_path / "run" / "control.json").write_text(json.dumps({"command": "stop"}))

    result = play(tmp_path, Writer())
    assert result.reason == "stopped"
    assert result.step <= 7
    assert not (tmp_path / "run" / "control.json").exists()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"command": 3}', '{"command": "explode"}', "\xff" * 9, "[" * 100_000])
def test_a_command_file_of_nonsense_is_passed_over(tmp_path, text, monkeypatch):
    from engine.training import loop

    monkeypatch.setattr(loop, "LOOK_S", 0.0)
    script = Script((epoch(2), "stop"))
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "control.json").write_text(text, encoding="utf-8")
    assert play(tmp_path, script).step == 6
