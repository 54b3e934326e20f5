"""What the vital signs of a network mean: gradients that vanish or explode, units that have fallen silent.

The thresholds stand here, each with its reason, and the sentences that a person reads. Not for: measuring
(`engine.training.watch`). No torch, so that a window may read it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from engine.declare import Json
from engine.training.messages import BlockHealth, Health, HealthState
from engine.training.record import plain

# A gradient vanishes where it is small beside the block's own weights AND beside the strongest block of the network. The first
# alone would blame every network that has learned its data: all gradients are small then. Karpathy (CS231n notes, "Neural
# Networks Part 3", ratio of updates to weights) wants steps of about 1e-3 of the weights; with the usual rates of 1e-2 to 1e-1
# a gradient of 1e-4 of the weights makes plain descent 100 to 1,000 times slower than that.
FAINT = 1e-4
# Between the strongest and the weakest block of presets that learn well lies a factor of 3 to 30, measured; a chain of sigmoids,
# whose slope is at most 1/4, loses a factor of 4 and more with every layer (Glorot and Bengio 2010).
BEHIND = 1e-3
# A step that changes a third of the weights' size forgets what was learned. The best runs had 2e-3 to 2e-2; 0.47 at the first
# step of Adam with a rate of 0.01 silenced 478 of 512 units of a multilayer perceptron, 0.14 did no harm to a convolutional net.
LEAP = 0.3
# The same at the first looks, before there is a median: Adam's first step is as long as the rate, whatever the gradient is.
FIRST_LEAP = 1.0
# A gradient a thousand times as large as the weights: even at a rate of 1e-3 plain descent replaces them in one step.
LOUD = 1e3
# "As much as 40 % of your network can be dead" where the rate is too high (CS231n notes, on ReLU); a network that learned well
# had 37 %, measured. From half on a layer is no longer as wide as it was drawn.
SILENT_SHARE = 0.5
# Readings whose median counts, so that one odd batch is no diagnosis; and looks at which a dead unit was silent.
LOOKS = 5

SEVERITY: dict[HealthState, int] = {"good": 0, "silent": 1, "vanishing": 2, "exploding": 3}
TITLES: dict[HealthState, str] = {
    "good": "Healthy",
    "silent": "Silent units",
    "vanishing": "Vanishing gradient",
    "exploding": "Exploding",
}
SIGNS: dict[HealthState, str] = {
    "good": "✓",
    "silent": "○",
    "vanishing": "↓",
    "exploding": "↑",
}  # never by colour alone


@dataclass(frozen=True)
class Signs:
    """What was measured of one block over the last looks; nan and 0 stand for what it does not have.

    Attributes:
        kind: What a silent unit of it does: "zero", "saturated", or "" for a block that has none.
        gradient, update, units, silent, dead, samples: As in `messages.BlockHealth`.
        looks: At how many looks a dead unit was silent.
        steady: Whether there were looks enough for gradient and update to be medians.
    """

    kind: str = ""
    gradient: float = float("nan")
    update: float = float("nan")
    units: int = 0
    silent: int = 0
    dead: int = 0
    samples: int = 0
    looks: int = 1
    steady: bool = True


def judge(signs: Mapping[str, Signs]) -> dict[str, BlockHealth]:
    """Say how every block fares; `signs` are those of the whole network, since blocks are compared with each other."""
    heard = [one.gradient for one in signs.values() if math.isfinite(one.gradient)]
    strongest = max(heard, default=0.0)
    return {name: _judged(one, strongest) for name, one in signs.items()}


def _judged(signs: Signs, strongest: float) -> BlockHealth:
    state: HealthState
    if _learns(signs):
        state, text = _of_weights(signs, strongest)
    else:
        state, text = _of_units(signs)
    return BlockHealth(
        state, text, signs.gradient, signs.update, signs.units, signs.silent, signs.dead, signs.samples
    )  # fmt: skip


def _learns(signs: Signs) -> bool:
    return signs.units == 0


def _of_weights(signs: Signs, strongest: float) -> tuple[HealthState, str]:
    gradient, update = signs.gradient, signs.update
    if not math.isfinite(gradient) or not math.isfinite(update):
        return "exploding", f"Its gradient is not a finite number any more. {CALM}"
    if update > (LEAP if signs.steady else FIRST_LEAP):
        return "exploding", f"Each step changes its weights by {share(update)} of their size. {CALM}"
    if gradient > LOUD:
        return "exploding", f"Its gradient is {figure(gradient)} times as large as its weights. {CALM}"
    if strongest > 0 and gradient < FAINT and gradient < BEHIND * strongest:
        return "vanishing", _faint(gradient, strongest)
    return "good", f"Each step changes its weights by {share(update)} of their size; gradients arrive."


def _faint(gradient: float, strongest: float) -> str:
    if gradient == 0:
        return "No gradient arrives, so it does not learn at all. Look for silent units between it and the loss."
    return (
        f"Its gradient is {figure(gradient)} of its weights' size, 1/{figure(strongest / gradient)} of the strongest block's: "
        "it hardly learns. Use ReLU instead of sigmoid or tanh, batch normalisation, a skip connection, or larger first weights."
    )


CALM = "Lower the learning rate, add a warm-up or batch normalisation, or look for very large numbers in the data."


def _of_units(signs: Signs) -> tuple[HealthState, str]:
    gave = "gave 0" if signs.kind == "zero" else "stood at the end of their range"
    told = f"{signs.silent:,} of {signs.units:,} units {gave} for all {signs.samples:,} samples"
    if signs.silent < SILENT_SHARE * signs.units:
        return "good", told + "."
    if signs.looks > 1 and signs.dead:
        told += f", {_these(signs)} at each of the last {signs.looks} looks"
    remedy = "use leaky ReLU" if signs.kind == "zero" else "use ReLU"
    return (
        "silent",
        f"{told}. No gradient passes them; lower the learning rate, {remedy}, or add batch normalisation before it.",
    )


def _these(signs: Signs) -> str:
    return "all of these" if signs.dead == signs.silent else f"{signs.dead:,} of them"


def share(value: float) -> str:
    """A share as a person reads it: 0.12 %, 35 %, 2,400 %."""
    percent = 100 * value
    if percent == 0:
        return "0 %"
    if percent < 0.01:
        return f"{percent:.0e} %".replace("e-0", "e-")
    return f"{percent:,.0f} %" if percent >= 10 else f"{percent:.2g} %"


def figure(value: float) -> str:
    """A number with one or two figures that count: 3e-9, 0.02, 4,500."""
    if value == 0:
        return "0"
    if 1e-3 <= value < 1e6:
        return f"{float(f'{value:.2g}'):,.10g}"
    return f"{value:.0e}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")


def failed(health: Health | None, block: str | None, step: int) -> Health | None:
    """The last health of a training that ended on a number that is not finite, with the block where it arose marked."""
    if block is None:
        return health
    known = {} if health is None else dict(health.blocks)
    text = f"What it gives is not a finite number any more. {CALM}"
    known[block] = replace(known.get(block, BlockHealth("exploding")), state="exploding", text=text)
    return Health(step, known)


def worst(healths: Iterable[tuple[str, BlockHealth]]) -> BlockHealth | None:
    """The health of a whole made of named blocks: that of its worst, whose name the sentence then begins with."""
    found = max(healths, key=lambda pair: SEVERITY[pair[1].state], default=None)
    if found is None:
        return None
    name, health = found
    if health.state == "good":
        return replace(health, text="Gradients arrive and units answer in all of its blocks.")
    return replace(health, text=f"{name}: {health.text}")


def to_event(health: Health) -> dict[str, Json]:
    """As a line of the run's events keeps it."""
    blocks: dict[str, Json] = {}
    for name, one in health.blocks.items():
        kept = asdict(one)
        blocks[name] = kept | {"gradient": plain(one.gradient), "update": plain(one.update)}
    return {"step": health.step, "blocks": blocks}


def from_event(event: Mapping[str, Any]) -> Health:
    """What `to_event` gave; a block in a state that this version does not know is left out.

    Raises:
        ValueError, KeyError, TypeError: It is something else.
    """
    blocks = {}
    for name, kept in dict(event["blocks"]).items():
        if kept["state"] in SEVERITY:
            gradient, update = (math.nan if kept[key] is None else float(kept[key]) for key in ("gradient", "update"))
            units, silent, dead, samples = (int(kept[key]) for key in ("units", "silent", "dead", "samples"))
            blocks[str(name)] = BlockHealth(
                kept["state"], str(kept["text"]), gradient, update, units, silent, dead, samples
            )
    return Health(int(event["step"]), blocks)
