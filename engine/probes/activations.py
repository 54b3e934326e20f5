"""What a block answers to one sample.

Not for: the network's answer in words (`answers`), nor for learned weights (`filters`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.compiler.module import Network
from engine.probes.data import Answer, Nothing, Tiles
from engine.probes.spec import ProbeError, Sample, probe
from engine.probes.where import batch, quiet, step_of


@probe("activations", title="Activation maps")
def activations(network: Network, block: str, sample: Sample | None) -> Answer:
    """What a block gives for one sample: its maps, or its vector as one small square a number.

    Args:
        network: With the weights to show.
        block: Name of any block of the network.
        sample: Normalised arrays without a batch axis.

    Raises:
        ProbeError: There is no such block, or no sample.
    """
    step_of(network, block)
    if sample is None:
        raise ProbeError("Activation maps need a sample; choose a picture.")
    with quiet(network):
        values = network.run(batch(sample), keep=[block])[block][0].float().cpu().numpy().copy()
    return shown(block, values)


def shown(block: str, values: NDArray[np.float32]) -> Answer:
    """What a block gave for one sample, without the batch axis, as maps or as small squares."""
    signed = bool(np.nanmin(values, initial=0.0) < 0)
    match values.shape:
        case (count, height, width):
            names = tuple(f"map {index}" for index in range(count))
            return Tiles(values, signed, names, f"{count} maps of {height}×{width} for this sample.")
        case (count,):
            names = tuple(f"number {index}" for index in range(count))
            return Tiles(
                values.reshape(count, 1, 1),
                signed,
                names,
                f"A vector of {count:,} numbers for this sample, row by row.",
            )
        case shape:
            return Nothing(f"{block} gives a {'×'.join(map(str, shape))} tensor, which is no picture.")
