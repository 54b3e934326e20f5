"""Every preset at its full width learns, is exported and reopened; the tests do the same with narrower layers.

    python -m tests.campaigns.presets [NAME ...]

Pictures are as small as the drawing allows. Of each preset one line is printed: the numbers it learns, the loss of a batch of two
samples before and after two steps, and whether its exported source gave equal bits. The largest take some three gigabytes.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time

import torch

import presets
from engine.compiler.module import build
from engine.compiler.plan import plan
from engine.compiler.script import asked_inputs
from engine.compiler.source import source
from engine.graph import store
from engine.graph.model import Graph
from engine.training.steps import learn
from tests.presets.small import (
    RATE,
    SIDE,
    data_for,
    inputs_of,
    loss_now,
    random_weights,
    whole,
    with_small_pictures,
    work_of,
)


def trains(name: str, graph: Graph) -> tuple[int, float, float]:
    """Parameters, and the loss before and after two steps; where they were too long for a wide network, after shorter ones."""
    data = data_for(graph, 2)
    rate: float | None = RATE.get(name)
    for _ in range(3):
        work = work_of(graph, data, rate)
        before = loss_now(work)
        learn(work)
        learn(work)
        after = loss_now(work)
        if after < before:
            break
        rate = work.settings.learning_rate / 10
    return sum(weight.numel() for weight in work.network.parameters()), before, after


def exports(graph: Graph) -> bool:
    """Whether the exported class, by itself, gives equal bits."""
    network = build(plan(graph), seed=1)
    random_weights(network)
    space = {"__name__": "exported"}
    exec(compile(source(graph, title="The preset"), "exported.py", "exec"), space)
    copy = space["ThePreset"]()
    copy.load_state_dict(network.state_dict())
    samples = inputs_of(graph)
    with torch.inference_mode():
        ours = network.eval()(*samples)
        theirs = copy.eval()(*(samples[index] for index in asked_inputs(network.plan)))
    pairs = zip(ours, theirs, strict=True) if isinstance(ours, tuple) else [(ours, theirs)]
    return all(torch.equal(one, other) for one, other in pairs)


def main() -> int:
    """Go through all presets, or those that are named."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns.presets", description=__doc__)
    parser.add_argument("names", nargs="*", help="presets; all without a name")
    failed = []
    for name in parser.parse_args().names or presets.names():
        start = time.perf_counter()
        graph = with_small_pictures(whole(name), SIDE.get(name))
        count, before, after = trains(name, graph)
        gc.collect()
        equal = exports(graph)
        again = store.dumps(store.loads(store.dumps(graph))) == store.dumps(graph)
        good = after < before and equal and again
        failed += [] if good else [name]
        told = f"{count:>13,} {before:10.5f} -> {after:10.5f}  source {'equal' if equal else 'DIFFERS'}"
        print(f"{'ok  ' if good else 'FAIL'} {name:26} {told}  {time.perf_counter() - start:6.1f} s", flush=True)
        gc.collect()
    print(f"failed: {', '.join(failed)}" if failed else "all presets train, export and reopen")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
