"""What is said to be kept for the gradients is what torch keeps, for every block that can be placed."""

import warnings

import pytest
import torch

from engine.blocks.spec import BlockError, Shape, kinds
from engine.compiler.module import build
from engine.compiler.plan import InputSpec, OutputSpec, Plan, Step
from engine.training.kept import FLOAT, besides, keeps

BATCH = 32
KINDS = sorted(
    kind for kind, cls in kinds().items() if cls.role == "layer" and kind != "python"
)  # whose code is a person's
PLACES = ((8, 12, 12), (12, 16), (48,))


def shapes_of(block):
    """Shapes that the block takes, one a port."""
    if block.example() or not block.inputs():
        return block.example()
    for dims in PLACES:
        shapes = tuple(Shape(dims) for _ in block.inputs())
        try:
            block.shapes(*shapes)
        except BlockError:
            continue
        return shapes
    raise AssertionError(f"{block.kind} takes none of the shapes")


def step_of(block, shapes):
    """The one step of a network that is this block."""
    wired = [(port, x) for port, x in zip(block.inputs(), shapes, strict=False) if x is not None]
    xs = tuple(x for _, x in wired)
    slots = range(len(xs), len(xs) + len(block.outputs()))
    return Step(
        "b1", "it", block.kind, block.lower(*shapes), tuple(range(len(xs))), slots[0], xs, block.shapes(*shapes)[0],
        parameters=block.parameters(*shapes), more=tuple(slots[1:]), named=tuple(p.name for p, _ in wired if p.optional),
    )  # fmt: skip


def by_torch(step):
    """Bytes that torch keeps of a batch, without weights and whole numbers that arrive."""
    inputs = tuple(InputSpec(str(i), "image", x) for i, x in enumerate(step.inputs))
    outputs = tuple(OutputSpec(str(slot), slot, Shape(())) for slot in (step.writes, *step.more))
    network = build(Plan("", inputs, (step,), outputs, {"it": step.writes}), seed=0).train()
    given = [
        torch.rand(BATCH, *x.dims) if x.dtype == "float" else torch.ones(BATCH, *x.dims).long() for x in step.inputs
    ]
    xs = [x.requires_grad_() * 1.0 if x.is_floating_point() else x for x in given]
    own = {tensor.data_ptr() for tensor in (*network.parameters(), *network.buffers(), *given)}
    kept = {}

    def pack(tensor):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            kept[storage.data_ptr()] = storage  # and holds it, so that no other comes to lie there
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network(*xs)
    return sum(storage.nbytes() for storage in kept.values())


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_said_to_be_kept_is_what_torch_keeps(kind):
    block = kinds()[kind]()
    step = step_of(block, shapes_of(block))
    what = keeps(step)
    said = besides(step) + (FLOAT * step.output.size if "y" in what else 0)
    said += sum(FLOAT * x.size for x in step.inputs if x.dtype == "float") if "x" in what else 0
    found = by_torch(step) / BATCH
    least = FLOAT * (8 + step.output.size // 8)  # means and spreads of norms, lengths of sequences
    assert said >= 0.85 * found - least
    assert said <= 1.5 * found + least
