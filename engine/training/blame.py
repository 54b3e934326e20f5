"""Where numbers went bad: the failing step is replayed, block by block.

Because every step has a seed of its own, the same batch, the same dropout and the same weights give the same numbers again.
Not for: noticing that a loss is not finite; the step does that.
"""

from __future__ import annotations

import torch

from engine.training.steps import inputs_of, rows_of, seed_step
from engine.training.work import Work


def explain(work: Work, step: int) -> tuple[str | None, str]:
    """The block whose output first went bad in a step (counted from 1), and a sentence about it.

    A block in a composite is named with the way to it: "layer1.0.conv1".
    """
    block = _first_bad(work, step)
    epoch = (step - 1) // work.per_epoch + 1
    where = f"In step {step} (epoch {epoch}) the loss became infinite or not a number"
    if block is None:
        cause = "though every block's output is still finite: the loss itself overflowed"
    else:
        cause = f"and the output of {block} is the first that is not finite"
    return block, (
        f"{where}, {cause}. The weights of the last checkpoint are kept. Lower the learning rate "
        f"({work.settings.learning_rate:g}), add a warm-up or batch normalisation, or look for numbers "
        "in the data that are not finite."
    )


def _first_bad(work: Work, step: int) -> str | None:
    seed_step(work, step - 1)
    work.network.train()
    with torch.no_grad():
        inputs = inputs_of(work, rows_of(work, step - 1))
        for spec, value in zip(work.network.plan.inputs, inputs, strict=True):
            if not value.isfinite().all():
                return spec.name
        steps = work.network.plan.needed(set(work.criterion.slots))
        values = work.network.run(inputs, keep=[planned.name for planned in steps])
        for planned in steps:
            if not values[planned.name].isfinite().all():
                return planned.name
    return None
