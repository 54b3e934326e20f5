import copy
import threading

import pytest
import torch
from hypothesis import given
from torch import nn

from engine.compiler.module import build
from engine.compiler.plan import plan
from engine.compiler.rewrite import pool_first
from engine.errors import CompileError

SMALL = ("image_input", {"height": 8, "width": 8})
POOLED = (
    SMALL,
    ("conv2d", {"out_channels": 4}),
    "relu",
    "maxpool2d",
    "flatten",
    ("linear", {"out_features": 10}),
    "output",
)


def batch(made, count=2):
    generator = torch.Generator().manual_seed(1)
    return [torch.randn((count, *spec.shape.dims), generator=generator) for spec in made.inputs]


def outputs(found):
    return list(found) if isinstance(found, tuple) else [found]


def test_it_computes_what_a_person_would_write(chained):
    network = build(plan(chained(*POOLED).graph), seed=0)
    conv, fc = network.conv1, network.fc1
    by_hand = nn.Sequential(conv, nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), fc)
    x = torch.randn(3, 1, 8, 8)
    assert torch.equal(network(x), by_hand(x))


def test_weights_bear_the_names_of_the_blocks(chained):
    network = build(plan(chained(*POOLED).graph), seed=0)
    assert list(network.state_dict()) == ["conv1.weight", "conv1.bias", "fc1.weight", "fc1.bias"]


def test_shapes_are_as_planned_and_counts_agree(graphs):
    @given(graphs)
    def holds(graph):
        made = plan(graph)
        network = build(made, seed=0).eval()
        assert sum(value.numel() for value in network.parameters()) == made.parameters
        values = network.run(batch(made), keep=made.slots)
        for step in made.steps:
            assert values[step.name].shape == (2, *step.output.dims)
        for spec, value in zip(made.outputs, outputs(network(*batch(made))), strict=True):
            assert torch.equal(values[spec.name], value)

    holds()


def test_a_seed_gives_the_same_weights_whatever_the_generator_did(chained):
    made = plan(chained(*POOLED).graph)
    torch.manual_seed(1)
    first = build(made, seed=7).state_dict()
    torch.manual_seed(2)
    second = build(made, seed=7).state_dict()
    other = build(made, seed=8).state_dict()
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert not torch.equal(first["fc1.weight"], other["fc1.weight"])


def test_a_seed_leaves_the_generator_alone(chained):
    made = plan(chained(*POOLED).graph)
    before = torch.random.get_rng_state()
    build(made, seed=7)
    assert torch.equal(before, torch.random.get_rng_state())
    build(made)
    assert not torch.equal(before, torch.random.get_rng_state())


def test_building_in_one_thread_does_not_disturb_what_another_draws(chained):
    made = plan(chained(*POOLED).graph)
    alone = build(made, seed=7).state_dict()
    torch.manual_seed(3)
    wanted = [torch.rand(5) for _ in range(200)]
    built = []
    thread = threading.Thread(target=lambda: built.extend(build(made, seed=7).state_dict() for _ in range(20)))
    torch.manual_seed(3)
    thread.start()
    drawn = [torch.rand(5) for _ in range(200)]
    thread.join()
    assert all(map(torch.equal, wanted, drawn))
    assert all(torch.equal(alone[name], each[name]) for each in built for name in alone)


def test_a_seed_gives_the_weights_that_torch_would_draw_from_it(chained):
    made = plan(chained(*POOLED).graph)
    with torch.random.fork_rng():
        torch.manual_seed(11)
        by_torch = build(made).state_dict()
    assert all(map(torch.equal, by_torch.values(), build(made, seed=11).state_dict().values()))


def test_only_what_is_asked_for_is_computed(chained):
    network = build(plan(chained(*POOLED).graph), seed=0)
    network.fc1.register_forward_hook(lambda *_: pytest.fail("fc1 was computed for nothing"))
    x = torch.randn(2, 1, 8, 8)
    values = network.run(x, keep=["relu1", "image"])
    assert list(values) == ["relu1", "image"]
    assert values["image"] is x


def test_run_knows_every_block_and_the_output(chained):
    network = build(plan(chained(*POOLED).graph), seed=0)
    x = torch.randn(2, 1, 8, 8)
    values = network.run([x])
    assert set(values) == {"image", "conv1", "relu1", "pool1", "flatten1", "fc1", "output", "outputs"}
    assert torch.equal(values["outputs"], network(x))
    with pytest.raises(CompileError, match='Did you mean "conv1"'):
        network.run(x, keep=["conv11"])


def test_values_are_given_by_slot(chained):
    made = plan(chained(*POOLED).graph)
    network = build(made, seed=0)
    x = torch.randn(2, 1, 8, 8)
    pool, conv = network.values(x, [made.slots["pool1"], made.slots["conv1"]])
    assert torch.equal(conv, network.conv1(x))
    assert pool.shape == (2, 4, 3, 3)


def test_values_that_nobody_reads_any_more_are_let_go(chained):
    import weakref

    network = build(plan(chained(SMALL, "relu", "tanh", "sigmoid", "output").graph), seed=0)
    alive = []
    gone = []
    network.relu1.register_forward_hook(lambda _, __, y: alive.append(weakref.ref(y)))
    network.sigmoid1.register_forward_hook(lambda *_: gone.append(alive[0]() is None))
    with torch.no_grad():
        network(torch.randn(2, 1, 8, 8))
    assert gone == [True]


def test_an_error_names_the_block_and_the_shapes(chained):
    network = build(plan(chained(*POOLED).graph), seed=0)
    with pytest.raises(RuntimeError) as caught:
        network(torch.randn(2, 1, 9, 9, 9))
    (note,) = caught.value.__notes__
    assert note == "This happened in conv1 (conv2d): 2×1×9×9×9 arrived, N×1×8×8 was planned."


def test_a_wrong_number_of_inputs_is_named(chained):
    network = build(plan(chained(*POOLED).graph), seed=0)
    with pytest.raises(CompileError, match=r"takes 1 inputs \(image\), but 2 arrived"):
        network(torch.zeros(1), torch.zeros(1))


def test_a_block_may_bear_the_name_of_a_method(drawing):
    image = drawing.place("image_input", {"height": 4, "width": 4})
    flat = drawing.place("flatten", {}, image, name="values")
    drawing.place("output", {}, drawing.place("linear", {"out_features": 2}, flat, name="run"))
    network = build(plan(drawing.graph), seed=0)
    x = torch.randn(2, 1, 4, 4)
    assert list(network.state_dict()) == ["run.weight", "run.bias"]
    assert network.run(x, keep=["run"])["run"].shape == (2, 2)
    twin = build(plan(drawing.graph), seed=1)
    twin.load_state_dict(network.state_dict())
    assert torch.equal(twin(x), network(x))


def test_a_copy_has_weights_of_its_own(chained):
    network = build(plan(chained(*POOLED).graph), seed=0)
    x = torch.randn(2, 1, 8, 8)
    before = network(x)
    twin = copy.deepcopy(network)
    with torch.no_grad():
        twin.fc1.bias.add_(1)
    assert torch.equal(network(x), before)
    assert torch.allclose(twin(x), before + 1)


# --- the exact short cut


def test_the_pool_goes_before_the_relu(chained):
    made = plan(chained(*POOLED).graph)
    kinds = [step.kind for step in pool_first(made.steps, frozenset())]
    assert kinds == ["conv2d", "maxpool2d", "relu", "flatten", "linear"]
    assert [step.kind for step in made.steps] == ["conv2d", "relu", "maxpool2d", "flatten", "linear"]


def test_a_relu_that_somebody_looks_at_stays(chained):
    made = plan(chained(*POOLED).graph)
    assert pool_first(made.steps, frozenset({made.slots["relu1"]})) == made.steps


def test_a_relu_that_two_blocks_read_stays(chained):
    drawing = chained(SMALL, ("conv2d", {"out_channels": 4}), "relu", "maxpool2d", "output")
    drawing.place("output", {}, drawing.place("tanh", {}, drawing.graph.named("relu1").id), name="second")
    made = plan(drawing.graph)
    assert pool_first(made.steps, frozenset()) == made.steps


def test_a_window_of_padding_alone_keeps_the_relu_in_front(chained):
    wide = ("maxpool2d", {"kernel_size": 2, "dilation": 2, "padding": 1, "stride": 1})
    made = plan(chained(("image_input", {"height": 1, "width": 1}), "relu", wide, "output").graph)
    x = torch.ones(1, 1, 1, 1)
    assert pool_first(made.steps, frozenset()) == made.steps
    assert torch.equal(build(made, fuse=True)(x), build(made)(x))


def test_the_short_cut_changes_no_value_no_gradient_and_no_name(graphs, chained):
    def holds(graph):
        made = plan(graph)
        plain, fast = build(made, seed=3), build(made, seed=3, fuse=True)
        assert list(plain.state_dict()) == list(fast.state_dict())
        for network in (plain, fast):
            torch.manual_seed(5)  # for dropout
            sum(
                value.square().sum() for value in outputs(network(*batch(made)))
            ).backward() if made.parameters else None
        for (name, a), b in zip(plain.named_parameters(), fast.parameters(), strict=True):
            # A ReLU's gradient at equal maxima is the same number, summed in the same order.
            assert torch.equal(a.grad, b.grad) if a.grad is not None else b.grad is None, name
        plain.eval(), fast.eval()
        assert all(map(torch.equal, outputs(plain(*batch(made))), outputs(fast(*batch(made)))))
        asked = plain.run(batch(made)), fast.run(batch(made))
        assert all(torch.equal(asked[0][name], asked[1][name]) for name in asked[0])

    given(graphs)(holds)()
    holds(chained(*POOLED).graph)
    ragged = ("maxpool2d", {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True})
    holds(chained(SMALL, ("conv2d", {"out_channels": 3}), "relu", ragged, "flatten", "linear", "output").graph)
