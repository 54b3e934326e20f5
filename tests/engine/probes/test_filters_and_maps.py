"""What probes show is what is there: hand-computed, not turned, not flipped, not scaled."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.compiler.module import build
from engine.compiler.plan import plan
from engine.graph.model import AddBlock, Connect, End, Wire
from engine.probes.data import Bars, Matrix, Nothing, Tiles
from engine.probes.spec import ProbeError, ask, probes
from engine.probes.where import fit_sample, private_copy

LECTURE = [[1, 0, 1], [1, 1, 1], [0, 0, 1]]


def one_filter(chain, size=5, kernel=LECTURE):
    graph = chain(
        ("image_input", {"channels": 1, "height": size, "width": size}),
        ("conv2d", {"out_channels": 1, "kernel_size": 3, "bias": False}),
        "output",
    )
    network = build(plan(graph), seed=0).eval()
    with torch.no_grad():
        network.get_submodule("conv1").weight[0, 0] = torch.tensor(kernel, dtype=torch.float32)
    return network


@pytest.mark.parametrize(
    ("picture", "wanted"),
    [
        (np.array([[0, 1, 1, 0, 1]] * 5), [[4, 3, 5]] * 3),
        (np.arange(25).reshape(5, 5), [[32, 38, 44], [62, 68, 74], [92, 98, 104]]),
    ],
)
def test_the_lectures_convolution_comes_out_as_computed_by_hand(chain, picture, wanted):
    sample = (picture[None].astype(np.float32),)
    maps = ask(one_filter(chain), "activations", block="conv1", sample=sample)
    assert isinstance(maps, Tiles)
    np.testing.assert_array_equal(maps.values[0], wanted)


def test_a_filter_is_shown_as_printed(chain):
    found = ask(one_filter(chain), "filters", block="conv1")
    np.testing.assert_array_equal(found.values[0], LECTURE)
    assert found.signed
    assert found.titles == ("filter 0",)


def test_a_first_layer_on_colours_keeps_its_channels_last(chain):
    graph = chain(
        ("image_input", {"channels": 3, "height": 6, "width": 6}),
        ("conv2d", {"out_channels": 4, "kernel_size": 3}),
        "output",
    )
    network = build(plan(graph), seed=1)
    found = ask(network, "filters", block="conv1")
    assert found.values.shape == (4, 3, 3, 3)
    weight = network.get_submodule("conv1").weight.detach().numpy()
    np.testing.assert_array_equal(found.values[2, :, :, 1], weight[2, 1])


def test_deep_filters_stand_in_columns_and_their_titles_name_the_slice(chain):
    graph = chain(
        ("image_input", {"channels": 1, "height": 12, "width": 12}),
        ("conv2d", {"out_channels": 6, "kernel_size": 3}),
        ("conv2d", {"out_channels": 8, "kernel_size": 3}),
        "output",
    )
    network = build(plan(graph), seed=1)
    weight = network.get_submodule("conv2").weight.detach().numpy()
    found = ask(network, "filters", block="conv2")
    assert found.columns == 8
    assert len(found) == 48
    at = found.titles.index("filter 5 · channel 2")
    np.testing.assert_array_equal(found.values[at], weight[5, 2])
    assert at % 8 == 5
    assert at // 8 == 2
    matrix = ask(network, "norms", block="conv2")
    assert isinstance(matrix, Matrix)
    np.testing.assert_allclose(matrix.values, np.sqrt((weight**2).sum(axis=(2, 3))), rtol=1e-6)


def test_the_strongest_slices_come_first(chain):
    graph = chain(
        ("image_input", {"channels": 1, "height": 12, "width": 12}),
        ("conv2d", {"out_channels": 12, "kernel_size": 3}),
        ("conv2d", {"out_channels": 10, "kernel_size": 3}),
        "output",
    )
    found = ask(build(plan(graph), seed=1), "filters", block="conv2", slices="strongest")
    strength = np.sqrt((found.values**2).sum(axis=(1, 2)))
    assert len(found) == 64
    assert np.all(np.diff(strength) <= 0)


def test_a_slice_of_a_grouped_convolution_names_the_channel_that_really_arrives(chain):
    graph = chain(
        ("image_input", {"channels": 4, "height": 6, "width": 6}),
        ("conv2d", {"out_channels": 4, "kernel_size": 3, "groups": 2}),
        "output",
    )
    found = ask(build(plan(graph), seed=1), "filters", block="conv1")
    assert "filter 3 · channel 2" in found.titles
    assert "filter 3 · channel 0" not in found.titles


def test_a_batch_norm_behind_a_convolution_is_folded_into_its_filters(chain):
    graph = chain(
        ("image_input", {"channels": 1, "height": 6, "width": 6}),
        ("conv2d", {"out_channels": 3, "kernel_size": 3, "bias": False}),
        "batchnorm2d",
        "output",
    )
    network = build(plan(graph), seed=1)
    norm = network.get_submodule("bn1")
    with torch.no_grad():
        norm.weight.copy_(torch.tensor([2.0, -1.0, 0.0]))
        norm.running_var.copy_(torch.tensor([0.25, 4.0, 1.0]))
    raw = ask(network, "filters", block="conv1", folded=False)
    both = ask(network, "filters", block="conv1")
    np.testing.assert_allclose(both.values, raw.values * np.array([4.0, -0.5, 0.0])[:, None, None], atol=1e-4)
    assert "bn1" in both.note
    assert "bn1" not in raw.note


def test_a_linear_layer_on_a_flattened_picture_is_shown_as_pictures(chain):
    graph = chain(
        ("image_input", {"channels": 1, "height": 4, "width": 6}),
        "flatten",
        "dropout",
        ("linear", {"out_features": 5}),
        "output",
    )
    network = build(plan(graph), seed=1)
    found = ask(network, "filters", block="fc1")
    assert found.values.shape == (5, 4, 6)
    weight = network.get_submodule("fc1").weight.detach().numpy()
    np.testing.assert_array_equal(found.values[3].reshape(-1), weight[3])


def test_a_linear_layer_on_no_picture_is_one_table(chain):
    graph = chain(("vector_input", {"features": 7}), ("linear", {"out_features": 5}), "output")
    assert ask(build(plan(graph), seed=1), "filters", block="fc1").values.shape == (1, 5, 7)


def test_a_vector_is_one_square_a_number(chain):
    graph = chain(("vector_input", {"features": 7}), ("linear", {"out_features": 5}), "relu", "output")
    sample = (np.ones(7, np.float32),)
    network = build(plan(graph), seed=1)
    found = ask(network, "activations", block="relu1", sample=sample)
    assert found.values.shape == (5, 1, 1)
    assert not found.signed


def test_a_block_without_weights_says_so(chain):
    graph = chain(("vector_input", {"features": 7}), ("linear", {"out_features": 5}), "relu", "output")
    found = ask(build(plan(graph), seed=1), "filters", block="relu1")
    assert isinstance(found, Nothing)
    assert "relu1" in found.text


def test_unknown_blocks_and_probes_are_named_in_a_sentence(chain):
    network = one_filter(chain)
    with pytest.raises(ProbeError, match="conv1"):
        ask(network, "filters", block="conv")
    with pytest.raises(ProbeError, match="filters"):
        ask(network, "filter")
    with pytest.raises(ProbeError, match="sample"):
        ask(network, "activations", block="conv1")


def test_answers_are_probabilities_and_a_softmax_is_not_applied_twice(chain):
    sample = (np.array([1.0, 2.0], np.float32),)
    classes = ("a", "b", "c")
    plain = build(plan(chain(("vector_input", {"features": 2}), ("linear", {"out_features": 3}), "output")), seed=3)
    with_softmax = build(
        plan(chain(("vector_input", {"features": 2}), ("linear", {"out_features": 3}), "softmax", "output")), seed=3
    )
    first = ask(plain, "answers", sample=sample, classes=classes, top=3)
    second = ask(with_softmax, "answers", sample=sample, classes=classes, top=3)
    assert isinstance(first, Bars)
    assert first.labels == second.labels
    np.testing.assert_allclose(first.values, second.values, rtol=1e-6)
    assert sum(first.values) == pytest.approx(1)
    assert list(first.values) == sorted(first.values, reverse=True)
    numbers = ask(plain, "answers", sample=sample, top=0)
    assert not numbers.probabilities
    assert numbers.indices == (0, 1, 2)


def test_a_batch_norm_without_running_averages_is_named_where_one_sample_is_asked_for(chain):
    def network(**settings):
        parts = (("vector_input", {"features": 2}), ("batchnorm1d", settings), "output")
        return build(plan(chain(*parts)), seed=3).eval()

    sample = (np.array([1.0, 2.0], np.float32),)
    with pytest.raises(ProbeError, match="bn1 keeps no running averages"):
        ask(network(track_running_stats=False), "answers", sample=sample)
    assert isinstance(ask(network(), "answers", sample=sample), Bars)


def test_outputs_trained_by_squared_error_are_not_told_as_probabilities(chain):
    graph = chain(("vector_input", {"features": 2}), ("linear", {"out_features": 3}), "sigmoid", "output")
    mse = graph.new_node("mse")
    graph.apply(AddBlock(mse))
    graph.apply(Connect(Wire(End(graph.named("sigmoid1").id, "y"), End(mse.id, "prediction"))))
    network = build(plan(graph), seed=3).eval()
    sample = (np.array([1.0, 2.0], np.float32),)
    found = ask(network, "answers", sample=sample, classes=("a", "b", "c"), top=3)
    assert not found.probabilities
    wanted = network(torch.from_numpy(sample[0])[None])[0]
    np.testing.assert_array_equal(found.values, sorted(wanted.tolist(), reverse=True))


def test_a_probe_leaves_training_bit_identical(chain):
    parts = (
        ("image_input", {"channels": 1, "height": 6, "width": 6}),
        ("conv2d", {"out_channels": 3, "kernel_size": 3}),
        "batchnorm2d", "relu", "flatten", "dropout", ("linear", {"out_features": 4}), "output",
    )  # fmt: skip
    graph = chain(*parts)
    sample = (np.ones((1, 6, 6), np.float32),)

    def train(look: bool):
        torch.manual_seed(5)
        network = build(plan(graph), seed=2).train()
        optimiser = torch.optim.SGD(network.parameters(), lr=0.1)
        for _ in range(3):
            optimiser.zero_grad()
            loss = network(torch.randn(8, 1, 6, 6)).square().mean()
            if look:
                private_copy(network.plan, seed=9)
                for name in probes():
                    ask(network, name, block="" if name == "answers" else "conv1", sample=sample)
            loss.backward()
            optimiser.step()
        assert all(module.training for module in network.modules())
        return network.state_dict()

    with_looks, without = train(True), train(False)
    assert all(torch.equal(with_looks[name], without[name]) for name in without)


def test_a_private_copy_has_the_weights_of_a_fresh_build(chain):
    graph = chain(
        ("image_input", {"channels": 2, "height": 6, "width": 6}),
        ("conv2d", {"out_channels": 4, "kernel_size": 3, "groups": 2}),
        "batchnorm2d", "flatten", ("linear", {"out_features": 4, "bias": False}), "batchnorm1d", "output",
    )  # fmt: skip
    planned = plan(graph)
    ours, theirs = private_copy(planned, seed=7).state_dict(), build(planned, seed=7).state_dict()
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_a_sample_of_another_size_is_resized_and_one_that_cannot_fit_is_refused(chain):
    planned = plan(chain(("image_input", {"channels": 1, "height": 4, "width": 4}), "output"))
    (fitted,) = fit_sample(planned, (np.full((3, 8, 8), 255, np.uint8),), None)
    np.testing.assert_allclose(fitted, np.ones((1, 4, 4)), atol=1e-6)
    with pytest.raises(ProbeError, match="image"):
        fit_sample(planned, (np.zeros(7, np.float32),), None)
