"""The runner: a thread whose messages arrive and whose end is always told."""

import subprocess
import sys
import textwrap
import threading
import warnings
from pathlib import Path

import pytest
from small import net, pictures

from engine.data.choice import DataChoice
from engine.errors import RunError
from engine.training import runner as module
from engine.training.messages import Epoch, Failed, Finished, Note, Started, State, Steps, Weights
from engine.training.runner import Runner
from engine.training.runs import Run
from engine.training.settings import TrainingSettings

LONG = TrainingSettings(epochs=100_000, batch_size=16)


def runner(tmp_path, settings, **more):
    return Runner(net(), DataChoice(), settings, run_dir=tmp_path / "run", dataset=pictures(), **more)


def follow(running, until):
    """Messages until one of a kind has come, or the thread has ended."""
    messages = []
    while not any(until(message) for message in messages):
        alive = running.alive
        messages += running.mailbox.drain()
        if not alive:
            break
        running.join(0.01)
    return messages


def ended(running):
    running.join(60)
    assert not running.alive
    return running.mailbox.drain()


def test_a_training_in_a_thread_tells_its_beginning_and_its_end(tmp_path):
    running = runner(tmp_path, TrainingSettings(epochs=2, batch_size=16))
    running.start()
    messages = ended(running)
    assert isinstance(next(m for m in messages if not isinstance(m, Note)), Started)
    assert len([m for m in messages if isinstance(m, Epoch)]) == 2
    assert messages[-1] == Finished("done", str(tmp_path / "run"))


def test_it_loads_its_data_fitted_to_the_network_itself(tmp_path):
    from small import chain

    graph = chain(
        ("image_input", {"channels": 3, "height": 9, "width": 7}), ("flatten", {}), ("linear", {"out_features": 10}), ("output", {})
    )  # fmt: skip
    running = Runner(graph, DataChoice(limit=200), TrainingSettings(epochs=1), run_dir=tmp_path / "run")
    running.start()
    assert ended(running)[-1] == Finished("done", str(tmp_path / "run"))
    assert Run(tmp_path / "run").choice.limit == 200


def test_pause_resume_weights_and_stop_from_another_thread(tmp_path):
    running = runner(tmp_path, LONG)
    running.start()
    follow(running, lambda m: isinstance(m, Steps))
    running.pause()
    follow(running, lambda m: m == State("paused"))
    running.mailbox.drain()
    running.ask_weights()
    weights = next(m for m in follow(running, lambda m: isinstance(m, Weights)) if isinstance(m, Weights))
    running.step()
    stepped = next(m for m in follow(running, lambda m: isinstance(m, Steps)) if isinstance(m, Steps))
    assert (stepped.first, len(stepped.loss)) == (weights.step + 1, 1)
    running.resume()
    assert State("running") in follow(running, lambda m: m == State("running"))
    running.stop()
    assert ended(running)[-1] == Finished("stopped", str(tmp_path / "run"))


def test_discard_while_it_runs_and_after_it_has_ended(tmp_path):
    running = runner(tmp_path, LONG)
    running.start()
    follow(running, lambda m: isinstance(m, Steps))
    running.discard()
    assert ended(running)[-1] == Finished("discarded", None)
    assert not (tmp_path / "run").exists()
    again = runner(tmp_path, TrainingSettings(epochs=1, batch_size=16))
    again.start()
    ended(again)
    assert (tmp_path / "run").exists()
    again.discard()
    assert not (tmp_path / "run").exists()


def test_the_best_comes_back_after_the_end(tmp_path):
    running = runner(tmp_path, TrainingSettings(epochs=2, batch_size=16))
    running.start()
    ended(running)
    running.restore_best()
    (tmp_path / "run" / "best.pt").unlink()
    with pytest.raises(RunError, match="no best"):
        running.restore_best()


def test_a_command_given_before_the_start_is_obeyed(tmp_path):
    running = runner(tmp_path, LONG)
    running.step()
    running.start()
    follow(running, lambda m: isinstance(m, Steps))
    running.stop()
    messages = ended(running)
    assert messages[-1].reason == "stopped"
    assert Run(tmp_path / "run").steps()[0].tolist() == [1]


def test_what_was_not_foreseen_is_told_and_ends_the_thread(tmp_path, monkeypatch):
    def broken(*args, **kwargs):
        raise ZeroDivisionError("seven")

    monkeypatch.setattr(module, "fit", broken)
    running = runner(tmp_path, LONG)
    running.start()
    messages = ended(running)
    assert isinstance(messages[-2], Failed)
    assert "seven" in messages[-2].text
    assert messages[-1] == Finished("failed", None)


def test_data_that_cannot_be_read_are_told_in_a_sentence(tmp_path):
    choice = DataChoice(name="mnist", path=str(tmp_path / "missing"))
    running = Runner(net(), choice, LONG, run_dir=tmp_path / "run")
    running.start()
    messages = ended(running)
    assert isinstance(messages[-2], Failed)
    assert messages[-2].step == 0
    assert messages[-1] == Finished("failed", None)


def test_a_stop_while_the_data_are_read_ends_without_a_run(tmp_path, monkeypatch):
    running = Runner(net(), DataChoice(), LONG, run_dir=tmp_path / "run")

    def slow(choice, *, image, data_dir, progress):
        progress("Reading", 1, 2)
        running.stop()
        progress("Reading", 2, 2)

    monkeypatch.setattr(module, "load", slow)
    running.start()
    messages = ended(running)
    assert messages[0] == Note("Reading: 1 of 2")
    assert messages[-1] == Finished("stopped", None)
    assert not (tmp_path / "run").exists()


def test_warnings_of_the_thread_become_notes_and_others_stay_where_they_were(tmp_path, monkeypatch):
    def warn(*args, **kwargs):
        warnings.warn("from the thread", UserWarning, stacklevel=1)

    elsewhere = []
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        monkeypatch.setattr(warnings, "showwarning", lambda *args: elsewhere.append(args[0]))
        monkeypatch.setattr(module, "fit", warn)
        running = runner(tmp_path, LONG)
        running.start()
        messages = ended(running)
        warnings.warn("from here", UserWarning, stacklevel=1)
    assert Note("UserWarning: from the thread", "warning") in messages
    assert [str(message) for message in elsewhere] == ["from here"]


def test_a_window_s_training_steps_back_and_leaves_a_core(tmp_path):
    running = runner(tmp_path, TrainingSettings(epochs=1, batch_size=16), in_window=True)
    running.start()
    assert ended(running)[-1].reason == "done"
    from engine.training.devices import cores

    assert Run(tmp_path / "run").info["threads"] == max(1, cores() - 1)
    assert threading.current_thread() is threading.main_thread()


def test_a_program_that_ends_while_it_trains_stops_the_training_and_keeps_the_run(tmp_path):
    script = f"""
        import sys
        sys.path[:0] = [{str(Path(__file__).parent)!r}, {str(Path(__file__).parents[3])!r}]
        from small import net, pictures
        from engine.data.choice import DataChoice
        from engine.training.runner import Runner
        from engine.training.settings import TrainingSettings
        from pathlib import Path
        settings = TrainingSettings(epochs=100_000, batch_size=16)
        runner = Runner(net(), DataChoice(), settings, run_dir=Path({str(tmp_path / "run")!r}), dataset=pictures())
        runner.start()
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, timeout=100, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert Run(tmp_path / "run").state == "stopped"
