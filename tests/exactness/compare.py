"""Comparing a preset with a reference implementation: a torch module written by hand, with the reference's names and order.

A test for one more architecture writes that module in `tests/exactness/references/` and calls `agree`. The module's own weights are
replaced by random ones, biases and running statistics too, so that no two tensors can be mistaken for each other.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

import engine
from engine.compiler.module import Network, build
from engine.compiler.plan import plan
from engine.graph.model import Graph
from engine.importers.bringing import recorded_maps, tensors_of
from engine.importers.matching import BY_ORDER, Match, places, ways
from engine.importers.reading import Checkpoint, parse_checkpoint

DOUBLE, SINGLE = 1e-9, 1e-4  # how far logits may be apart
PRESETS = Path("presets")


def agree(
    graph: Graph | str, reference: nn.Module, *shapes: Sequence[int], by: Sequence[str] = (), batch: int = 2,
    trained: bool = True, order: bool = True, seed: int = 0, inputs: Sequence[Tensor] = (),
) -> None:  # fmt: skip
    """Assert that a network and its reference are the same function.

    Args:
        graph: The network, or "preset:NAME".
        reference: The module.
        *shapes: One sample's shape of each input, as small as the network takes it: (3, 64, 64).
        by: Name maps that the preset records and the module's names follow, such as "torchvision".
        batch: Samples.
        trained: Whether one step in training mode is compared too: gradients and running statistics. Dropout draws the same where
            both sides meet it in the same order.
        order: Whether the weights load by order and shape too.
        seed: Of weights and samples.
        inputs: Batches instead of random numbers in `shapes`, such as whole numbers for tokens.
    """
    graph = engine.open(graph).graph if isinstance(graph, str) else graph
    randomise(reference, seed)
    planned = plan(graph)
    checkpoint = saved(reference)
    found = {match.way: match for match in ways(places(planned), checkpoint, recorded_maps(graph))}
    for way in (*by, *([BY_ORDER] if order else [])):
        match = found[way]
        assert match.count("loaded") == match.ours, _told(match)
        assert not match.count("left over"), _told(match)
    match = found[by[0] if by else BY_ORDER if order else "names"]
    network = build(planned, seed=1)
    network.load_state_dict(tensors_of(match, checkpoint))
    inputs = inputs or samples(shapes, batch, seed)
    same_answers(network, reference, inputs)
    if trained:
        same_step(network, reference, inputs, match)


def randomise(reference: nn.Module, seed: int = 0) -> None:
    """Random weights that keep numbers in range, and running statistics that no network has by chance."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, value in reference.state_dict().items():
            if not value.is_floating_point():
                continue
            noise = torch.randn(value.shape, generator=generator)
            if name.endswith("running_var"):
                noise = 0.5 + noise.abs()
            elif value.dim() > 1:
                noise *= (2 / max(1, value[0].numel())) ** 0.5
            elif name.endswith("weight"):
                noise = 1 + 0.1 * noise
            else:
                noise *= 0.1
            value.copy_(noise)


def saved(reference: nn.Module) -> Checkpoint:
    """The module's weights, written as people write them and read as ours reads them."""
    content = io.BytesIO()
    torch.save(reference.state_dict(), content)
    return parse_checkpoint(content.getvalue(), "reference.pth")


def samples(shapes: Sequence[Sequence[int]], batch: int, seed: int = 0) -> list[Tensor]:
    """Batches of random numbers in double precision."""
    generator = torch.Generator().manual_seed(seed + 1)
    return [torch.randn(batch, *shape, generator=generator, dtype=torch.float64) for shape in shapes]


def same_answers(network: Network, reference: nn.Module, inputs: Sequence[Tensor]) -> None:
    """In evaluation mode: to 1e-9 in double precision, and to 1e-4 in single."""
    for kind, bound in ((torch.float32, SINGLE), (torch.float64, DOUBLE)):
        network, reference = network.to(kind).eval(), reference.to(kind).eval()
        with torch.no_grad():
            ours, theirs = (
                _flat(module(*(x.to(kind) if x.is_floating_point() else x for x in inputs)))
                for module in (network, reference)
            )
        far = float((ours - theirs).abs().max())
        scale = max(1.0, float(theirs.abs().max()))
        assert far <= bound * scale, f"answers in {kind} are {far:.3g} apart (the largest is {scale:.3g})"
        assert float(theirs.std()) > 1e-6, "the reference says the same to everything, so that nothing is compared"


def same_step(network: Network, reference: nn.Module, inputs: Sequence[Tensor], match: Match) -> None:
    """After one forward and backward in training mode: every gradient and every running statistic."""
    network, reference = network.double().train(), reference.double().train()
    for module in (network, reference):
        module.zero_grad()
        torch.manual_seed(7)
        answer = _flat(module(*inputs))
        weight = torch.linspace(-1, 1, answer.numel(), dtype=answer.dtype).view_as(answer)
        (answer * weight).sum().backward()
    ours, theirs = dict(network.named_parameters()), dict(reference.named_parameters())
    mine_now, theirs_now = network.state_dict(), reference.state_dict()
    for pair in match.pairs:
        if pair.ours in ours:
            mine, other = ours[pair.ours].grad, theirs[pair.theirs].grad
            assert (mine is None) == (other is None), f"{pair.ours}: only one side has a gradient"
            if mine is not None and other is not None:
                _close(mine, other, f"gradient of {pair.ours}")
        else:
            _close(mine_now[pair.ours], theirs_now[pair.theirs], pair.ours)


def _close(ours: Tensor, theirs: Tensor, what: str) -> None:
    theirs = theirs.reshape(ours.shape)
    scale = max(1.0, float(theirs.abs().max()))
    far = float((ours - theirs).abs().max())
    assert far <= DOUBLE * scale, f"{what}: {far:.3g} apart (the largest is {scale:.3g})"


def _flat(answer: object) -> Tensor:
    """All answers of a network in one row a sample."""
    parts = answer if isinstance(answer, (tuple, list)) else (answer,)
    return torch.cat([part.flatten(1) for part in parts], 1)


def _told(match: Match) -> str:
    wrong = [pair for pair in match.pairs if pair.state != "loaded"][:8]
    return "\n".join([f"{match.way}: {match.sentence} {match.note}", *map(str, wrong)])
