"""fit: it learns, it is repeatable to the bit, and it tells what it does."""

import json
import math

import numpy as np
import pytest
import torch
from small import chain, net, numbers, pictures

from engine.errors import CompileError, RunError
from engine.training.loop import fit
from engine.training.messages import Confusion, Epoch, Finished, Started, State, Steps
from engine.training.runs import Run, list_runs
from engine.training.settings import TrainingSettings

SHORT = TrainingSettings(epochs=2, batch_size=16, learning_rate=0.01)


def told(messages, kind):
    return [message for message in messages if isinstance(message, kind)]


def test_a_network_learns_what_can_be_learned(tmp_path):
    settings = TrainingSettings(epochs=12, batch_size=16, learning_rate=0.01)
    result = fit(net(), pictures(120), settings, run=tmp_path / "run")
    assert result.reason == "done"
    assert result.epochs[-1].val_accuracy >= 0.9
    assert result.epochs[-1].train_loss < result.epochs[0].train_loss / 2


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
def test_the_same_seed_gives_equal_bits_and_another_seed_others(tmp_path, optimizer):
    def weights(name, seed):
        settings = TrainingSettings(epochs=2, batch_size=16, optimizer=optimizer, schedule="one_cycle", seed=seed)
        return fit(net(), pictures(), settings, run=tmp_path / name).network.state_dict()

    one, two, other = weights("one", 3), weights("two", 3), weights("other", 4)
    assert all(torch.equal(one[key], two[key]) for key in one)
    assert not all(torch.equal(one[key], other[key]) for key in one)


def test_random_draws_elsewhere_between_steps_change_nothing(tmp_path):
    quiet = fit(net(), pictures(), SHORT, run=tmp_path / "quiet").network.state_dict()
    noisy = fit(
        net(), pictures(), SHORT, run=tmp_path / "noisy", say=lambda message: torch.rand(7)
    ).network.state_dict()
    assert all(torch.equal(quiet[key], noisy[key]) for key in quiet)


def test_every_step_is_told_once_and_in_order(tmp_path):
    messages = []
    fit(net(), pictures(), SHORT, run=tmp_path / "run", say=messages.append)
    assert isinstance(messages[0], Started)
    assert messages[1] == State("running")
    assert messages[-1] == Finished("done", str(tmp_path / "run"))
    numbers_told = [n for m in told(messages, Steps) for n in range(m.first, m.first + len(m.loss))]
    assert numbers_told == list(range(1, 7))  # 45 samples in batches of 16: 3 steps, twice
    steps, loss, accuracy = Run(tmp_path / "run").steps()
    assert steps.tolist() == numbers_told
    np.testing.assert_allclose(loss, np.concatenate([m.loss for m in told(messages, Steps)]), rtol=1e-6)
    np.testing.assert_allclose(accuracy, np.concatenate([m.accuracy for m in told(messages, Steps)]), rtol=1e-6)


def test_the_means_of_an_epoch_are_over_samples_not_over_batches(tmp_path):
    messages = []
    fit(net(), pictures(), SHORT, run=tmp_path / "run", say=messages.append)
    loss = np.concatenate([m.loss for m in told(messages, Steps)]).astype(float)[:3]
    sizes = np.array([16, 16, 13])
    assert told(messages, Epoch)[0].train_loss == pytest.approx((loss * sizes).sum() / 45, rel=1e-6)


def test_validation_is_what_the_network_gives_in_eval_mode(tmp_path):
    data = pictures()
    messages = []
    result = fit(net(), data, SHORT, run=tmp_path / "run", say=messages.append)
    rows = data.splits["val"]
    with torch.inference_mode():
        scores = result.network.eval()(torch.from_numpy(data.normalisation.apply(data.columns["image"][rows])))
    true = torch.from_numpy(data.columns["label"][rows])
    last = told(messages, Epoch)[-1]
    assert last.val_loss == pytest.approx(torch.nn.functional.cross_entropy(scores, true).item(), rel=1e-5)
    assert last.val_accuracy == pytest.approx((scores.argmax(1) == true).float().mean().item())
    expected = np.zeros((3, 3), int)
    np.add.at(expected, (true.numpy(), scores.argmax(1).numpy()), 1)
    assert (told(messages, Confusion)[-1].matrix == expected).all()


def test_the_run_keeps_what_it_was_made_of(tmp_path):
    result = fit(net(), pictures(), SHORT, run=tmp_path / "run")
    run = Run(tmp_path / "run")
    assert run.state == "done"
    assert run.settings == SHORT
    assert run.classes == ("a", "b", "c")
    assert run.info["versions"]["torch"] == torch.__version__
    assert run.info["threads"] >= 1
    assert run.normalisation == pictures().normalisation
    assert [epoch["epoch"] for epoch in run.epochs()] == [1, 2]
    last = run.network("last")
    assert all(torch.equal(last.state_dict()[key], value) for key, value in result.network.state_dict().items())
    assert not last.training
    assert [found.path for found in list_runs(tmp_path)] == [run.path]


def test_the_best_network_is_that_of_the_best_epoch(tmp_path):
    settings = TrainingSettings(epochs=6, batch_size=16, learning_rate=0.02)
    fit(net(), pictures(), settings, run=tmp_path / "run")
    run, data = Run(tmp_path / "run"), pictures()
    epochs = run.epochs()
    best = max(epochs, key=lambda epoch: (epoch["val_accuracy"], -epoch["val_loss"]))
    assert run.info["best"]["epoch"] == best["epoch"]
    rows = data.splits["val"]
    with torch.inference_mode():
        scores = run.network("best")(torch.from_numpy(data.normalisation.apply(data.columns["image"][rows])))
    loss = torch.nn.functional.cross_entropy(scores, torch.from_numpy(data.columns["label"][rows])).item()
    assert loss == pytest.approx(best["val_loss"], rel=1e-4)


def test_numbers_are_predicted_by_mean_squared_error_without_an_accuracy(tmp_path):
    graph = chain(("vector_input", {"features": 4}), ("linear", {"out_features": 2}), ("output", {}))
    settings = TrainingSettings(epochs=40, batch_size=16, learning_rate=0.05)
    result = fit(graph, numbers(), settings, run=tmp_path / "run")
    assert result.epochs[-1].val_loss < 0.01
    assert math.isnan(result.epochs[-1].val_accuracy)
    assert result.best_epoch == min(result.epochs, key=lambda epoch: epoch.val_loss).epoch
    lines = (tmp_path / "run" / "events.jsonl").read_text().splitlines()
    assert all("NaN" not in line and json.loads(line) for line in lines)


def test_mean_squared_error_takes_classes_as_ones_and_zeros(tmp_path):
    graph = chain(
        ("image_input", {"channels": 2, "height": 6, "width": 6}), ("flatten", {}), ("linear", {"out_features": 3}),
        ("sigmoid", {}), ("mse", {}),
    )  # fmt: skip
    messages = []
    settings = TrainingSettings(epochs=1, batch_size=64, learning_rate=0.0, optimizer="sgd")
    result = fit(graph, pictures(), settings, run=tmp_path / "run", say=messages.append)
    data = pictures()
    rows = data.splits["train"]
    with torch.no_grad():
        answer = result.network(torch.from_numpy(data.normalisation.apply(data.columns["image"][rows])))
    wanted = torch.nn.functional.one_hot(torch.from_numpy(data.columns["label"][rows]), 3)
    assert told(messages, Steps)[0].loss[0] == pytest.approx(((answer - wanted) ** 2).mean().item(), rel=1e-5)


def test_without_a_validation_part_the_training_loss_says_which_epoch_is_best(tmp_path):
    result = fit(net(), pictures(val=0), SHORT, run=tmp_path / "run")
    assert math.isnan(result.epochs[-1].val_loss)
    assert result.best_epoch > 0
    assert Run(tmp_path / "run").network("best") is not None


def normed():
    """A network whose batch norm gets one value a channel and sample."""
    return chain(
        ("image_input", {"channels": 2, "height": 6, "width": 6}), ("flatten", {}), ("linear", {"out_features": 3}),
        ("batchnorm1d", {}), ("output", {}),
    )  # fmt: skip


def test_a_last_batch_of_one_is_left_out_where_batch_norm_would_fail(tmp_path):
    messages = []
    fit(normed(), pictures(64), SHORT, run=tmp_path / "run", say=messages.append)  # 49 samples: 3 of 16 and 1
    assert told(messages, Started)[0].steps_per_epoch == 3
    assert any("left out" in note for note in told(messages, Started)[0].notes)


def test_a_last_batch_of_one_is_learned_from_where_maps_give_batch_norm_enough(tmp_path):
    messages = []
    fit(net(), pictures(64), SHORT, run=tmp_path / "run", say=messages.append)
    assert told(messages, Started)[0].steps_per_epoch == 4
    assert not told(messages, Started)[0].notes


@pytest.mark.parametrize(("size", "samples", "mend"), [(1, 64, "batch size to 2"), (16, 16, "more samples")])
def test_batches_of_one_are_refused_where_batch_norm_would_fail(tmp_path, size, samples, mend):
    with pytest.raises(RunError, match=f"batchnorm1d4 compares .* {mend}"):
        fit(normed(), pictures(samples), TrainingSettings(epochs=1, batch_size=size), run=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_labels_outside_the_classes_are_refused_before_the_first_step(tmp_path):
    data = pictures()
    data.columns["label"][5] = 3
    with pytest.raises(RunError, match="classes from 0 to 3"):
        fit(net(), data, SHORT, run=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_last_layer_of_the_wrong_width_is_refused_before_the_first_step(tmp_path):
    with pytest.raises(CompileError, match="classes"):
        fit(net(), pictures(classes=4), SHORT, run=tmp_path / "run")


def test_a_softmax_before_cross_entropy_is_told(tmp_path):
    graph = chain(
        ("image_input", {"channels": 2, "height": 6, "width": 6}), ("flatten", {}), ("linear", {"out_features": 3}),
        ("softmax", {}), ("output", {}),
    )  # fmt: skip
    messages = []
    fit(graph, pictures(), SHORT, run=tmp_path / "run", say=messages.append)
    assert any("softmax" in note for note in told(messages, Started)[0].notes)


def test_a_network_without_weights_is_refused(tmp_path):
    graph = chain(("vector_input", {"features": 4}), ("relu", {}), ("mse", {}))
    data = numbers()
    data.columns["target"] = data.columns["features"]
    with pytest.raises((RunError, CompileError)):
        fit(graph, data, SHORT, run=tmp_path / "run")


def test_nesterov_without_momentum_is_refused_in_words(tmp_path):
    settings = TrainingSettings(optimizer="sgd", momentum=0.0, nesterov=True)
    with pytest.raises(RunError, match="momentum"):
        fit(net(), pictures(), settings, run=tmp_path / "run")


def test_a_folder_that_holds_a_run_is_not_overwritten(tmp_path):
    fit(net(), pictures(), SHORT, run=tmp_path / "run")
    with pytest.raises(RunError, match="holds a run already"):
        fit(net(), pictures(), SHORT, run=tmp_path / "run")


def test_the_number_of_threads_is_as_before_afterwards(tmp_path):
    before = torch.get_num_threads()
    fit(net(), pictures(), TrainingSettings(epochs=1, threads=before + 1), run=tmp_path / "run")
    assert torch.get_num_threads() == before
    assert Run(tmp_path / "run").info["threads"] == before + 1
