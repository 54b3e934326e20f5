"""Health: networks built to vanish, to explode and to die are told so, a sound one is not, and looking changes no bit."""

import dataclasses
import math

import numpy as np
import pytest
import torch
from small import chain, net, pictures

from engine.training import loop, watch
from engine.training.batches import Batches
from engine.training.checkpoint import pack, unpack
from engine.training.control import Control
from engine.training.health import LEAP, LOOKS, Signs, from_event, judge, share, to_event, worst
from engine.training.messages import BlockHealth, Failed, Health, State, Steps
from engine.training.prepare import Wishes
from engine.training.record import LAST
from engine.training.runs import Run
from engine.training.settings import TrainingSettings

IMAGE = ("image_input", {"channels": 2, "height": 6, "width": 6})
END = (("linear", {"out_features": 3}), ("output", {}))


@pytest.fixture(autouse=True)
def eager(monkeypatch):
    """Looks at every step, so that short trainings tell as much as long ones."""
    monkeypatch.setattr(watch, "EVERY_S", 0.0)
    monkeypatch.setattr(watch, "SPARING", 0)
    monkeypatch.setattr(loop, "TELL_S", 0.0)


def deep(kind, layers, width=16):
    hidden = [block for _ in range(layers) for block in (("linear", {"out_features": width}), (kind, {}))]
    return chain(IMAGE, ("flatten", {}), *hidden, *END)


def trained(graph, tmp_path, *, wishes=None, **settings):
    messages = []
    chosen = TrainingSettings(**({"epochs": 2, "batch_size": 16, "learning_rate": 0.003} | settings))
    result = loop.fit(graph, pictures(120), chosen, run=tmp_path / "run", say=messages.append, wishes=wishes)
    return [message for message in messages if isinstance(message, Health)], messages, result


def states(health):
    return {name: one.state for name, one in health.blocks.items()}


def test_a_network_that_learns_is_well_in_all_its_blocks(tmp_path):
    told, _, _ = trained(net(), tmp_path, epochs=6)
    assert set(states(told[-1]).values()) == {"good"}
    assert told[-1].blocks["relu4"].units == 4
    assert 1e-4 < told[-1].blocks["conv2d2"].update < LEAP
    assert "of their size" in told[-1].blocks["conv2d2"].text


def test_a_deep_chain_of_sigmoids_lets_the_gradient_vanish_in_its_first_layers_only(tmp_path):
    told, _, _ = trained(deep("sigmoid", 8), tmp_path)
    found = states(told[-1])
    assert found["linear3"] == found["linear5"] == "vanishing"
    assert found["linear17"] == found["linear19"] == "good"
    assert "strongest block" in told[-1].blocks["linear3"].text


def test_the_same_chain_of_tanh_does_not_vanish(tmp_path):
    told, _, _ = trained(deep("tanh", 8), tmp_path)
    assert "vanishing" not in states(told[-1]).values()


def test_tiny_first_weights_vanish_too(tmp_path):
    shrunk(tmp_path, deep("tanh", 6), scale=1e-3)
    told, _, _ = resumed(tmp_path, deep("tanh", 6), learning_rate=1e-6)
    assert states(told[0])["linear3"] == "vanishing"


def shrunk(tmp_path, graph, *, scale=1.0, bias=None):
    """A run whose last checkpoint has weights of one's own making."""
    trained(graph, tmp_path, epochs=1, learning_rate=1e-6, wishes=Wishes(watched=False))
    path = tmp_path / "run" / LAST
    state = unpack(path)
    for name, weight in state["network"].items():
        weight.mul_(scale)
        if bias is not None and name == bias:
            weight.fill_(-10.0)
    path.write_bytes(pack(state))


def resumed(tmp_path, graph, **settings):
    messages = []
    chosen = TrainingSettings(**({"epochs": 2, "batch_size": 16} | settings))
    result = loop.fit(graph, pictures(120), chosen, run=tmp_path / "run", say=messages.append, resume=True)
    return [message for message in messages if isinstance(message, Health)], messages, result


def test_units_that_never_answer_are_counted_and_named(tmp_path):
    graph = deep("relu", 1, width=8)
    shrunk(tmp_path, graph, bias="linear3.bias")
    told, _, _ = resumed(tmp_path, graph)
    silent = told[-1].blocks["relu4"]
    assert silent.state == "silent"
    assert (silent.units, silent.silent, silent.samples) == (8, 8, 64)
    assert "8 of 8 units gave 0 for all 64 samples" in silent.text
    assert "leaky ReLU" in silent.text
    before = told[-1].blocks["linear3"]
    assert before.state == "vanishing"
    assert before.gradient == 0
    assert "No gradient arrives" in before.text


def test_saturated_sigmoids_are_silent_in_their_own_way(tmp_path):
    graph = deep("sigmoid", 1, width=8)
    shrunk(tmp_path, graph, bias="linear3.bias")
    told, _, _ = resumed(tmp_path, graph)
    assert told[-1].blocks["sigmoid4"].state == "silent"
    assert "end of their range" in told[-1].blocks["sigmoid4"].text


def test_a_unit_that_answers_one_sample_is_not_silent(tmp_path):
    # The channel's largest answer is positive somewhere for the network below, whatever the weights.
    told, _, _ = trained(chain(IMAGE, ("relu", {}), ("flatten", {}), *END), tmp_path)
    assert told[-1].blocks["relu2"].silent == 0


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_rate_far_too_high_is_told_as_exploding(tmp_path, optimizer):
    told, messages, _ = trained(deep("relu", 3), tmp_path, learning_rate=100.0, optimizer=optimizer)
    seen = [one for health in told for one in health.blocks.values() if one.state == "exploding"]
    assert seen
    assert "learning rate" in seen[0].text
    failures = [message for message in messages if isinstance(message, Failed)]
    if failures and failures[0].block is not None:
        assert states(told[-1])[failures[0].block] == "exploding"


def test_where_the_numbers_went_bad_is_marked_and_kept(tmp_path):
    graph = chain(IMAGE, ("flatten", {}), *[("linear", {"out_features": 16})] * 6, *END)
    told, messages, result = trained(graph, tmp_path, learning_rate=1000.0, optimizer="sgd", epochs=20)
    assert result.reason == "failed"
    block = next(message.block for message in messages if isinstance(message, Failed))
    assert block is not None
    assert told[-1].blocks[block].state == "exploding"
    kept = Run(tmp_path / "run").health()
    assert kept is not None
    assert states(kept) == states(told[-1])


@pytest.mark.parametrize("pieces", [1, 3])
def test_looking_changes_no_bit_of_what_is_learned(tmp_path, pieces, monkeypatch):
    def weights(name, watched):
        folder = tmp_path / f"{name}{pieces}"
        folder.mkdir()
        told, _, result = trained(net(), folder, wishes=Wishes(watched=watched), schedule="one_cycle")
        assert bool(told) == watched
        return result.network.state_dict(), [(epoch.train_loss, epoch.val_loss) for epoch in result.epochs]

    if pieces > 1:
        from engine.training.work import Progress

        monkeypatch.setattr(Progress.__init__, "__defaults__", (*Progress.__init__.__defaults__[:-1], pieces))
    (one, losses), (two, others) = weights("with", True), weights("without", False)
    assert losses == others
    assert all(torch.equal(one[key], two[key]) for key in one)


def test_the_network_is_left_in_training_mode_and_its_running_averages_alone(tmp_path):
    seen = []

    class Spy(watch.Watch):
        def look(self, step, pieces=1):
            before = {name: value.clone() for name, value in self._network.named_buffers()}
            super().look(step, pieces)
            seen.append(all(torch.equal(before[name], value) for name, value in self._network.named_buffers()))
            seen.append(all(module.training for module in self._network.modules()))

    import engine.training.prepare as prepare

    original, prepare.Watch = prepare.Watch, Spy
    try:
        trained(net(), tmp_path)
    finally:
        prepare.Watch = original
    assert seen
    assert all(seen)


def test_a_look_never_asks_a_single_sample_where_batch_norm_compares_them(tmp_path, monkeypatch):
    monkeypatch.setattr(watch, "SAMPLES", 17)  # 16 and 1
    graph = chain(
        IMAGE, ("flatten", {}), ("linear", {"out_features": 4}), ("batchnorm1d", {"track_running_stats": False}), ("relu", {}), *END
    )  # fmt: skip
    healths, _, result = trained(graph, tmp_path, epochs=1)
    assert result.reason == "done"
    assert healths


def test_looks_are_few_where_steps_are_dear(tmp_path, monkeypatch):
    monkeypatch.setattr(watch, "SPARING", 16)
    told, messages, _ = trained(net(), tmp_path, epochs=8)
    steps = sum(len(message.loss) for message in messages if isinstance(message, Steps))
    assert steps == 7 * 8
    # 64 samples a look: after 64 steps of 16 the next; the first and the last step are always looked at.
    assert [health.step for health in told] == [1, steps]


def test_a_person_who_goes_step_by_step_sees_every_step(tmp_path, monkeypatch):
    monkeypatch.setattr(watch, "SPARING", 1000)
    control, told = Control(), []

    def say(message):
        if isinstance(message, Health):
            told.append(message.step)
        if isinstance(message, State) and message.name == "paused":
            control.ask("step")
        if isinstance(message, Steps) and message.first + len(message.loss) - 1 < 4:
            control.ask("step")
        elif isinstance(message, Steps):
            control.ask("stop")

    control.ask("step")
    loop.fit(
        net(), pictures(120), TrainingSettings(epochs=5, batch_size=16), run=tmp_path / "run", say=say, control=control
    )
    assert told == [1, 2, 3, 4]


def test_the_health_at_which_a_run_rests_is_read_from_its_folder(tmp_path):
    told, _, _ = trained(net(), tmp_path)
    kept = Run(tmp_path / "run").health()
    assert kept is not None
    assert kept.step == told[-1].step
    assert states(kept) == states(told[-1])
    assert kept.blocks["conv2d2"].update == pytest.approx(told[-1].blocks["conv2d2"].update, rel=1e-6)
    assert math.isnan(kept.blocks["relu4"].gradient)


def test_a_resumed_run_forgets_the_health_of_steps_that_are_taken_back(tmp_path):
    trained(net(), tmp_path)
    run = Run(tmp_path / "run")
    with (run.path / "events.jsonl").open("a") as file:
        file.write('{"kind":"resumed","step":3}\n')
    assert run.health() is None


def test_events_of_another_making_are_passed_over(tmp_path):
    trained(net(), tmp_path, wishes=Wishes(watched=False))
    run = Run(tmp_path / "run")
    with (run.path / "events.jsonl").open("a") as file:
        file.write(
            '{"kind":"health","step":3,"blocks":{"a":{"state":"good"}}}\n{"kind":"health","step":3,"blocks":[1]}\n'
        )
        file.write('{"kind":"health","step":3}\n')
    assert run.health() is None
    assert len(run.epochs()) == 2
    event = to_event(Health(1, {"a": BlockHealth("good"), "b": BlockHealth("good")}))
    event["blocks"]["b"]["state"] = "sleepy"
    assert set(from_event(event).blocks) == {"a"}


def test_small_gradients_everywhere_are_no_vanishing():
    converged = {"a": Signs(gradient=1e-7, update=1e-5), "b": Signs(gradient=3e-7, update=1e-5)}
    assert {one.state for one in judge(converged).values()} == {"good"}
    assert judge(converged | {"c": Signs(gradient=1e-2, update=1e-3)})["a"].state == "vanishing"


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_not_finite_explodes(value):
    told = judge({"a": Signs(gradient=value, update=0.1), "b": Signs(gradient=1.0, update=0.01)})
    assert told["a"].state == "exploding"
    assert told["b"].state == "good"


def test_silent_units_are_told_apart_from_those_that_were_silent_all_along():
    told = judge({"a": Signs("zero", units=128, silent=82, dead=70, samples=256, looks=5)})["a"]
    assert told.text.startswith("82 of 128 units gave 0 for all 256 samples, 70 of them at each of the last 5 looks.")
    few = judge({"a": Signs("zero", units=128, silent=20, dead=20, samples=256, looks=5)})["a"]
    assert few.state == "good"


def test_the_worst_block_speaks_for_a_composite():
    good, bad = BlockHealth("good", "fine"), BlockHealth("vanishing", "It is weak.")
    found = worst([("stage1.0.conv1", good), ("stage1.1.conv1", bad)])
    assert found is not None
    assert found.state == "vanishing"
    assert found.text == "stage1.1.conv1: It is weak."
    assert worst([]) is None
    assert worst([("a", good)]).state == "good"


def test_the_length_of_a_step_is_that_of_the_whole_tensor(tmp_path, monkeypatch):
    told, _, _ = trained(net(), tmp_path, optimizer="sgd", momentum=0.0)
    health = told[0].blocks["linear8"]
    assert health.update == pytest.approx(0.003 * health.gradient, rel=1e-2)  # of plain descent, by definition
    monkeypatch.setattr(watch, "SAMPLED", 8)
    (tmp_path / "again").mkdir()
    sampled, _, _ = trained(net(), tmp_path / "again", optimizer="sgd", momentum=0.0)
    assert sampled[0].blocks["linear8"].gradient == health.gradient
    assert sampled[0].blocks["linear8"].update != health.update
    assert 0 < sampled[0].blocks["linear8"].update < 1


def test_a_block_counts_as_dead_only_after_it_was_silent_at_every_look(tmp_path):
    graph = deep("relu", 1, width=8)
    shrunk(tmp_path, graph, bias="linear3.bias")
    told, _, _ = resumed(tmp_path, graph)
    assert len(told) >= LOOKS
    assert all(health.blocks["relu4"].dead == 8 for health in told)
    assert f"all of these at each of the last {LOOKS} looks" in told[-1].blocks["relu4"].text


def test_a_result_that_is_a_sigmoid_may_saturate(tmp_path):
    graph = chain(IMAGE, ("flatten", {}), ("linear", {"out_features": 3}), ("sigmoid", {}), ("output", {}))
    told, _, _ = trained(graph, tmp_path)
    assert "sigmoid4" not in told[-1].blocks


def test_no_tensor_is_in_the_message(tmp_path):
    told, _, _ = trained(net(), tmp_path)
    values = [value for one in told[-1].blocks.values() for value in dataclasses.astuple(one)]
    assert all(isinstance(value, (str, int, float)) and not isinstance(value, np.generic) for value in values)


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0 %"), (0.0012, "0.12 %"), (0.35, "35 %"), (24, "2,400 %"), (1e-9, "1e-7 %")]
)
def test_shares_are_read_easily(value, text):
    assert share(value) == text


def test_batches_are_asked_in_the_size_that_fits_the_memory(tmp_path, monkeypatch):
    sizes = []
    gather = Batches.gather

    def spy(self, name, rows, *more):
        sizes.append(len(rows))
        return gather(self, name, rows, *more)

    monkeypatch.setattr(Batches, "gather", spy)
    trained(net(), tmp_path)
    assert max(sizes) <= 256
    assert 64 not in sizes


def test_the_long_first_step_of_adam_is_no_explosion_but_one_that_replaces_the_weights_is():
    first = judge({"a": Signs(gradient=0.1, update=0.5, steady=False)})["a"]
    assert first.state == "good"
    assert judge({"a": Signs(gradient=0.1, update=0.5)})["a"].state == "exploding"
    assert judge({"a": Signs(gradient=0.1, update=1.5, steady=False)})["a"].state == "exploding"
