"""What goes wrong in a training: it is noticed at its step, named, and nothing good is lost."""

import numpy as np
import pytest
import torch
from small import chain, net, numbers, pictures

from engine.errors import RunError
from engine.training import steps
from engine.training.loop import fit
from engine.training.messages import Failed, Finished, Note, Steps
from engine.training.metrics import DeviceTally
from engine.training.prepare import Wishes
from engine.training.runs import Run
from engine.training.seeds import EPOCH, mix
from engine.training.settings import TrainingSettings


def of(messages, kind):
    return [message for message in messages if isinstance(message, kind)]


def test_a_value_that_is_not_finite_stops_at_its_step_and_names_the_block(tmp_path):
    data = numbers()
    data.columns["features"][20, 2] = np.nan
    graph = chain(("vector_input", {"features": 4}), ("linear", {"out_features": 2}), ("output", {}))
    settings = TrainingSettings(epochs=2, batch_size=4)
    order = torch.randperm(45, generator=torch.Generator().manual_seed(mix(0, EPOCH, 0))).tolist()
    messages = []
    result = fit(graph, data, settings, run=tmp_path / "run", say=messages.append)
    failed = of(messages, Failed)[0]
    assert result.reason == "failed"
    assert failed.step == order.index(20) // 4 + 1
    assert failed.block == "vector_input1"
    assert messages[-1] == Finished("failed", str(tmp_path / "run"))
    assert sum(len(message.loss) for message in of(messages, Steps)) == failed.step - 1
    assert all(np.isfinite(message.loss).all() for message in of(messages, Steps))


def test_a_training_that_blows_up_names_the_first_block_and_keeps_the_last_good_state(tmp_path):
    layers = [("linear", {"out_features": 4})] * 3
    graph = chain(("vector_input", {"features": 4}), *layers, ("linear", {"out_features": 2}), ("output", {}))
    data = numbers()
    data.columns["target"] *= 1e15
    settings = TrainingSettings(epochs=20, batch_size=16, optimizer="sgd", learning_rate=1000.0)
    messages = []
    result = fit(graph, data, settings, run=tmp_path / "run", say=messages.append)
    failed = of(messages, Failed)[0]
    assert result.reason == "failed"
    assert failed.block == "linear4"  # weights of some 1e17 twice are finite, three times they are not
    assert f"step {failed.step} " in failed.text
    run = Run(tmp_path / "run")
    assert run.state == "failed"
    assert run.info["failure"] == failed.text
    assert all(weight.isfinite().all() for weight in run.network("last").state_dict().values())


def test_batch_norm_statistics_of_a_failed_step_do_not_reach_the_checkpoint(tmp_path):
    data = numbers()
    data.columns["features"][20, 2] = np.inf
    graph = chain(
        ("vector_input", {"features": 4}), ("batchnorm1d", {}), ("linear", {"out_features": 2}), ("output", {})
    )  # fmt: skip
    settings = TrainingSettings(epochs=2, batch_size=4)
    result = fit(graph, data, settings, run=tmp_path / "run", wishes=Wishes(checkpoint_s=0.0))
    state = Run(tmp_path / "run").network("last").state_dict()
    assert result.reason == "failed"
    assert state["batchnorm1d2.num_batches_tracked"] == 9  # the step before the tenth, which has the infinite sample
    assert all(value.isfinite().all() for value in state.values())


def test_when_memory_runs_out_smaller_pieces_give_the_same_weights(tmp_path, monkeypatch):
    graph = chain(
        ("image_input", {"channels": 2, "height": 6, "width": 6}), ("flatten", {}), ("linear", {"out_features": 3}), ("output", {})
    )  # fmt: skip
    settings = TrainingSettings(epochs=2, batch_size=16, optimizer="sgd", learning_rate=0.1)
    whole = fit(graph, pictures(), settings, run=tmp_path / "whole").network.state_dict()
    real, tried = steps.forward, []

    def tight(work, rows):
        tried.append(len(rows))
        if len(rows) > 4:
            raise torch.OutOfMemoryError("out of memory")
        return real(work, rows)

    monkeypatch.setattr(steps, "forward", tight)
    messages = []
    result = fit(graph, pictures(), settings, run=tmp_path / "run", say=messages.append)
    assert tried[:6] == [16, 8, 4, 4, 4, 4]
    assert [message.level for message in of(messages, Note)] == ["warning", "warning"]
    for key, value in result.network.state_dict().items():
        torch.testing.assert_close(value, whole[key], rtol=1e-4, atol=1e-6)
    resumed = fit(graph, pictures(), TrainingSettings(epochs=3, batch_size=16), run=tmp_path / "run", resume=True)
    assert resumed.reason == "done"


def normed(**settings: object):
    return chain(
        ("vector_input", {"features": 4}), ("batchnorm1d", settings), ("linear", {"out_features": 2}), ("output", {})
    )  # fmt: skip


@pytest.mark.parametrize("samples", [1, 2])
def test_a_validation_part_of_one_sample_is_refused_where_batch_norm_would_compare_it(tmp_path, samples):
    data, settings = numbers(40, val=samples), TrainingSettings(epochs=1, batch_size=8)
    assert fit(normed(), data, settings, run=tmp_path / "kept").reason == "done"
    graph = normed(track_running_stats=False)
    if samples == 2:
        assert fit(graph, data, settings, run=tmp_path / "run").reason == "done"
        return
    with pytest.raises(RunError, match=r"batchnorm1d2 keeps no running averages.* holds a single one; switch"):
        fit(graph, data, settings, run=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_pieces_never_hold_a_single_sample_where_batch_norm_compares_them(tmp_path, monkeypatch):
    real, tried = steps.forward, []

    def tight(work, rows):
        tried.append(len(rows))
        if len(rows) > 3:
            raise torch.OutOfMemoryError("out of memory")
        return real(work, rows)

    monkeypatch.setattr(steps, "forward", tight)
    result = fit(normed(), numbers(21, val=2), TrainingSettings(epochs=1, batch_size=7), run=tmp_path / "run")
    assert result.reason == "done"
    assert tried == [7, 4, 3, 2, 2, 3, 2, 2, 3, 2]  # batches of 7, 7 and 5


def test_memory_too_small_for_two_samples_ends_the_training_where_batch_norm_compares_them(tmp_path, monkeypatch):
    def full(work, rows):
        raise torch.OutOfMemoryError("out of memory")

    monkeypatch.setattr(steps, "forward", full)
    with pytest.raises(torch.OutOfMemoryError):
        fit(normed(), numbers(21, val=2), TrainingSettings(epochs=1, batch_size=7), run=tmp_path / "run")


def test_an_error_that_is_not_about_memory_is_not_tried_again(tmp_path, monkeypatch):
    def broken(work, rows):
        raise RuntimeError("shapes do not fit")

    monkeypatch.setattr(steps, "forward", broken)
    with pytest.raises(RuntimeError, match="shapes do not fit"):
        fit(net(), pictures(), TrainingSettings(epochs=1), run=tmp_path / "run")


def test_the_tally_of_a_device_gives_every_step_once_even_when_the_ring_goes_round():
    tally = DeviceTally(torch.device("cpu"))
    got = []
    for number in range(5000):
        tally.add(torch.tensor(float(number)), torch.tensor(number % 7))
        if number % 611 == 0:
            got.append(tally.take(wait=number % 2 == 0))
    got.append(tally.take(wait=True))
    losses = np.concatenate([loss for loss, _, _ in got])
    assert losses.tolist() == list(range(5000))
    assert np.concatenate([right for _, right, _ in got]).tolist() == [number % 7 for number in range(5000)]
    assert len(tally) == 0


def test_a_device_notices_a_loss_that_is_not_finite_and_stays_alarmed():
    tally = DeviceTally(torch.device("cpu"))
    seen = []
    for value in (1.0, 3e38, float("inf"), 1.0):
        tally.watch(torch.tensor(value))
        seen.append(tally.bad.item())
    assert seen == [0, 0, 1, 1]


@pytest.mark.parametrize("kind", [torch.optim.Adam, torch.optim.AdamW, torch.optim.SGD])
def test_a_fused_optimiser_stands_still_while_the_alarm_is_on(kind):
    weight = torch.nn.Parameter(torch.ones(8))
    optimizer = kind([weight], lr=0.1, fused=True)
    for alarm, moves in ((0.0, True), (1.0, False)):
        weight.grad = torch.ones(8)
        optimizer.found_inf = torch.tensor(alarm)
        before = weight.detach().clone()
        optimizer.step()
        assert torch.equal(before, weight.detach()) != moves
