"""The probing thread: the latest request wins, weights are tagged, faults are sentences."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from engine.compiler.module import build
from engine.compiler.plan import plan
from engine.data.normalisation import Normalisation
from engine.probes.confusion import confusion
from engine.probes.data import Confusion, Questions, Tiles
from engine.probes.render import Look
from engine.probes.spec import ProbeError
from engine.probes.worker import ProbeWorker, Request

LIMIT = 20.0  # seconds after which a test gives up; never reached by a sound worker


@pytest.fixture
def worker() -> Iterator[ProbeWorker]:
    made = ProbeWorker()
    yield made
    made.close()


def answers(worker, wanted, *, whole=True):
    """What the worker gives until `wanted` keys are there."""
    found = {}
    pause = threading.Event()
    for _ in range(int(LIMIT / 0.002)):
        for key, result in worker.drain():
            if result.share == 1.0 or not whole:
                found[key] = result
        if set(wanted) <= set(found):
            return found
        pause.wait(0.002)
    raise AssertionError(f"only {sorted(found)} came of {wanted}")


def drawing(chain):
    return chain(
        ("image_input", {"channels": 1, "height": 4, "width": 4}),
        ("conv2d", {"out_channels": 2, "kernel_size": 3}), "flatten", ("linear", {"out_features": 3}), "output",
    )  # fmt: skip


def state(graph, seed):
    return {name: tensor.numpy().copy() for name, tensor in build(plan(graph), seed=seed).state_dict().items()}


def test_answers_come_with_picture_source_and_step(chain, worker):
    graph = drawing(chain)
    worker.load_graph(graph)
    worker.ask("f", Request("filters", block="conv1", look=Look(), tag="mine"))
    first = answers(worker, ["f"])["f"]
    assert isinstance(first.answer, Tiles)
    assert first.atlas is not None
    assert (first.source, first.step, first.request.tag) == ("untrained weights", None, "mine")
    worker.load_state(state(graph, 9), 1200)
    worker.ask("f", Request("filters", block="conv1"))
    second = answers(worker, ["f"])["f"]
    assert (second.step, second.source, second.atlas) == (1200, "step 1,200", None)
    np.testing.assert_array_equal(second.answer.values, state(graph, 9)["conv1.weight"][:, 0])


def test_live_requests_are_answered_again_when_weights_arrive(chain, worker):
    graph = drawing(chain)
    worker.load_graph(graph)
    worker.ask("live", Request("filters", block="conv1", live=True))
    worker.ask("once", Request("filters", block="conv1"))
    answers(worker, ["live", "once"])
    assert worker.due()
    worker.load_state(state(graph, 3), 7)
    again = answers(worker, ["live"])
    assert again["live"].step == 7
    assert "once" not in again
    worker.forget("live")
    assert not worker.due()


def test_the_first_round_which_loads_everything_does_not_slow_the_next_ones_down(chain, worker):
    graph = drawing(chain)
    worker.load_graph(graph)
    worker.ask("live", Request("filters", block="conv1", live=True))
    answers(worker, ["live"])
    assert worker.cost == 0.0
    for step in (1, 2):
        worker.load_state(state(graph, 3), step)
        assert answers(worker, ["live"])["live"].step == step
    worker.ask("once", Request("filters", block="conv1"))  # answered after the round has been counted
    answers(worker, ["once"])
    assert worker.cost > 0.0


def test_the_sample_is_normalised_as_the_network_was(chain, worker):
    graph = drawing(chain)
    worker.load_graph(graph, normalisation=Normalisation(1.0, (10.0,), (2.0,)))
    picture = np.full((1, 4, 4), 14, np.uint8)
    worker.ask("in", Request("activations", block="image", sample=(picture,), normalisation=Normalisation()))
    np.testing.assert_array_equal(answers(worker, ["in"])["in"].answer.values, np.full((1, 4, 4), 2.0))


def test_faults_are_sentences_and_the_thread_lives_on(chain, worker):
    worker.ask("early", Request("filters", block="conv1"))
    assert "no network" in answers(worker, ["early"])["early"].fault
    graph = drawing(chain)
    worker.load_graph(graph)
    worker.ask("block", Request("filters", block="nowhere"))
    worker.ask("sample", Request("activations", block="conv1", sample=(np.zeros(3, np.float32),)))
    worker.ask("option", Request("filters", block="conv1", options={"no_such": 1}))
    worker.ask("probe", Request("nonsense"))
    worker.ask("questions", Request("confusion"))
    found = answers(worker, ["block", "sample", "option", "probe", "questions"])
    assert all(result.answer is None for result in found.values())
    assert all(result.fault[-1] in ".?" for result in found.values())
    worker.load_state({"conv1.weight": np.zeros((1, 1, 1, 1), np.float32)}, 3)
    worker.ask("other", Request("filters", block="conv1"))
    assert "another network" in answers(worker, ["other"])["other"].fault
    worker.load_state(state(graph, 1), 4)
    worker.ask("fine", Request("filters", block="conv1"))
    assert answers(worker, ["fine"])["fine"].fault == ""


def test_a_drawing_that_cannot_be_built_is_told_in_its_own_words(chain, worker):
    worker.load_graph(
        chain(("image_input", {"channels": 1, "height": 2, "width": 2}), ("conv2d", {"kernel_size": 9}), "output")
    )
    worker.ask("f", Request("filters", block="conv1"))
    assert "cannot be built" in answers(worker, ["f"])["f"].fault


def test_the_confusion_matrix_counts_what_the_network_answers(chain, worker):
    graph = drawing(chain)
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (500, 1, 4, 4)).astype(np.uint8)
    labels = rng.integers(0, 3, 500)
    rows = np.arange(100, 400)
    questions = Questions((images,), labels, rows, ("a", "b", "c"))
    worker.load_graph(graph, seed=5)
    worker.ask("c", Request("confusion", questions=questions))
    worker.ask("quick", Request("filters", block="conv1"))
    found = answers(worker, ["c", "quick"])["c"].answer
    network = build(plan(graph), seed=5).eval()
    with torch.no_grad():
        best = network(torch.from_numpy(images[rows].astype(np.float32) / np.float32(255))).argmax(dim=1).numpy()
    wanted = np.zeros((3, 3), int)
    np.add.at(wanted, (labels[rows], best), 1)
    assert isinstance(found, Confusion)
    np.testing.assert_array_equal(found.matrix, wanted)
    assert set(found.mistakes()) == set(rows[best != labels[rows]])


def test_a_confusion_matrix_can_be_cancelled_between_batches(chain):
    questions = Questions(
        (np.zeros((900, 1, 4, 4), np.uint8),), np.zeros(900, np.int64), np.arange(900), ("a", "b", "c")
    )
    network = build(plan(drawing(chain)), seed=5)
    asked = []
    assert confusion(network, questions, cancelled=lambda: len(asked) >= 2 or asked.append(1) is not None) is None
    assert len(asked) == 2


@pytest.mark.parametrize("samples", [0, 1, 2, 129, 257])
def test_every_number_of_samples_can_be_judged_but_one_alone_where_they_are_compared(chain, samples):
    graph = chain(("vector_input", {"features": 2}), ("batchnorm1d", {"track_running_stats": False}), "output")
    values = np.random.default_rng(0).normal(size=(samples, 2)).astype(np.float32)
    questions = Questions((values,), np.zeros(samples, np.int64), np.arange(samples), ("a", "b"))
    network = build(plan(graph), seed=5).eval()
    if samples == 1:
        with pytest.raises(ProbeError, match="keeps no running averages"):
            confusion(network, questions)
        return
    found = confusion(network, questions)
    assert found is not None
    assert found.matrix.sum() == samples


def test_weights_that_arrive_meanwhile_do_not_mix_into_a_long_answer(chain, worker):
    graph = drawing(chain)
    images = np.random.default_rng(0).integers(0, 256, (4000, 1, 4, 4)).astype(np.uint8)
    questions = Questions((images,), np.zeros(4000, np.int64), np.arange(4000), ("a", "b", "c"))
    worker.load_graph(graph, seed=5)
    worker.ask("c", Request("confusion", questions=questions))
    found = answers(worker, ["c"], whole=False)["c"]
    worker.load_state(state(graph, 8), 8)
    found = found if found.share == 1.0 else answers(worker, ["c"])["c"]
    assert found.step is None
    np.testing.assert_array_equal(found.answer.matrix, confusion(build(plan(graph), seed=5), questions).matrix)


def test_closing_ends_the_thread(chain):
    made = ProbeWorker()
    made.load_graph(drawing(chain))
    made.close()
    assert not any(thread.name == "probes" for thread in threading.enumerate())


def test_blocks_asked_about_one_sample_are_answered_from_one_forward_pass(chain, worker, monkeypatch):
    from engine.compiler.module import Network

    passes = []
    run = Network.run

    def counted(self, inputs, keep=None):
        passes.append(list(keep))
        return run(self, inputs, keep)

    graph = drawing(chain)
    sample = (np.random.default_rng(0).integers(0, 255, (1, 4, 4)).astype(np.uint8),)
    worker.load_graph(graph)
    blocks = ("conv1", "fc1", "output")
    worker.ask("alone", Request("activations", block="conv1", sample=sample, look=Look()))
    alone = answers(worker, ["alone"])["alone"]
    monkeypatch.setattr(Network, "run", counted)
    for block in blocks:
        worker.ask(block, Request("activations", block=block, sample=sample, live=True, look=Look()))
    answers(worker, blocks)
    passes.clear()
    worker.load_state(state(graph, 5), 5)  # all live ones at once
    found = answers(worker, blocks)
    assert passes == [list(blocks)]
    worker.load_state(state(graph, 0), 6)
    again = answers(worker, blocks)
    assert np.allclose(again["conv1"].answer.values, alone.answer.values, atol=1e-6)
    assert found["fc1"].answer.values.shape == (3, 1, 1)
    assert not np.allclose(found["conv1"].answer.values, again["conv1"].answer.values)


def test_one_block_that_is_not_there_does_not_silence_the_others(chain, worker):
    sample = (np.zeros((1, 4, 4), np.uint8),)
    worker.load_graph(drawing(chain))
    asked = {"a": "conv1", "b": "gone"}
    for key, block in asked.items():
        worker.ask(key, Request("activations", block=block, sample=sample, live=True))
    answers(worker, asked)
    worker.load_state(state(drawing(chain), 1), 1)
    found = answers(worker, asked)
    assert found["a"].fault == ""
    assert "gone" in found["b"].fault
