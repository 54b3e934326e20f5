"""First values of a project's weights, made with a batch of its data, and kept as its trainings begin with them.

They are kept as imported weights are: a file beside the project and a name in its section "weights", so that undoing the
step takes them back.

Not for: how the values are found (`engine.training.lsuv`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from engine.compiler.module import Network, build
from engine.compiler.plan import plan
from engine.compiler.python_shapes import settled
from engine.data.dataset import DataSet
from engine.declare import Json
from engine.errors import RunError
from engine.graph.check import Report
from engine.graph.model import Graph
from engine.training.batches import Batches
from engine.training.imported import fill, keep
from engine.training.lsuv import LAYERS, lsuv
from engine.training.seeds import mix

SAMPLES = (16, 256)  # of the batch; more changes a variance by less than the tolerance
WORK = 5e11  # multiply-adds that finding may cost on the way through the layers, else there are fewer samples
MEMORY = 2**30  # bytes that the layers' answers may take
TOLERANCE = 0.1
ORIGIN = "a batch of the data (LSUV)"


@dataclass(frozen=True)
class LayerValues:
    """A layer, and the variance of what it gives for the batch.

    Attributes:
        name: The layer.
        before: With the weights that a training would have begun with.
        after: With the ones found.
    """

    name: str
    before: float
    after: float


@dataclass(frozen=True)
class FirstValues:
    """What was found.

    Attributes:
        layers: In the order of the network.
        samples: How many samples the batch had.
        section: The project's section "weights" with which its trainings begin with the values.
    """

    layers: tuple[LayerValues, ...]
    samples: int
    section: Mapping[str, Json]

    @property
    def sentence(self) -> str:
        """What holds now, in a sentence."""
        off = [layer.name for layer in self.layers if abs(layer.after - 1) > TOLERANCE]
        count = len(self.layers)
        text = f"{count - len(off)} of {count} layers give a variance of 1 ± {TOLERANCE} for {self.samples} samples"
        return f"{text}." if not off else f"{text}; not {', '.join(off[:3])}{' and others' if len(off) > 3 else ''}."


def find(graph: Graph, data: DataSet, *, seed: int, project: Path | None, weights: Path | None = None) -> FirstValues:
    """Find first values for a project and write their file. Takes seconds for a large network.

    Args:
        graph: The project.
        data: What it learns from.
        seed: Of its training: it draws the weights and chooses the samples.
        project: The project's file.
        weights: A file of imported weights, which blocks that are not scaled keep.

    Raises:
        EngineError: The drawing has errors, nothing can be scaled, or the file could not be written.
    """
    report = settled(graph, data.facts)
    planned = plan(graph, report)
    network = build(planned, seed=seed)
    if weights is not None:
        fill(network, weights)
    read = dict.fromkeys(spec.column for spec in planned.inputs if spec.draw is None)
    batches = Batches(data, tuple(read), torch.device("cpu"), channels_last=False)
    rows = batches.order(seed, 0)[: _samples(report, network)]
    inputs = batches.feed(planned.inputs, rows, mix(seed, 0))
    before = _variances(network, inputs)
    done = lsuv(network, inputs, tolerance=TOLERANCE, generator=torch.Generator().manual_seed(mix(seed, 1)))
    if not done:
        raise RunError(
            "this network has no linear layer and no convolution that learns, so there are no first values to find."
        )
    state = {name: value.detach() for name, value in network.state_dict().items()}
    file = keep(state, planned, project, origin=ORIGIN)
    held = {name: value for name, value in graph.sections["weights"].items() if name == "names"}
    layers = tuple(LayerValues(each.name, before[each.name], each.after) for each in done)
    return FirstValues(layers, len(rows), {**held, "file": file, "from": ORIGIN, "by": "lsuv"})


def _samples(report: Report, network: Network) -> int:
    """How many samples a batch may have: each layer costs a way through all that stand before it."""
    layers = sum(isinstance(module, LAYERS) for module in network.modules())
    least, most = SAMPLES
    affordable = min(WORK / max(1, report.macs * layers), MEMORY / max(1, report.activation_bytes))
    return int(max(least, min(most, affordable)))


def _variances(network: Network, inputs: Sequence[Tensor]) -> dict[str, float]:
    """Of what the layers give, as a training would begin; running statistics stay as they are."""
    kept = {name: buffer.clone() for name, buffer in network.named_buffers()}
    modules = dict(network.named_modules())
    steps = [step for step in network.plan.steps if isinstance(modules.get(step.name), LAYERS)]
    network.train()
    with torch.no_grad():
        values = network.values(inputs, [step.writes for step in steps])
        for name, buffer in network.named_buffers():
            buffer.copy_(kept[name])
    return {step.name: float(value.double().var(correction=0)) for step, value in zip(steps, values, strict=True)}
