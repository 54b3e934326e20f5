"""Trainings and saves that are killed (SIGKILL) at random moments: nothing is lost and nothing changes.

    python -m tests.campaigns.kill --times 1000 [--seed N]

One process imports torch once and forks a child for every training and every save; the children are killed after a random time.
After each kill the run must be readable, and the training goes on in the next child. When it comes to its end, its weights, its
optimiser and its history must equal, bit by bit, those of a training that nobody disturbed. A project file that is saved again
and again must always be a whole version, and never one older than the last that the child had reported as saved.

Needs `fork`, so it does not run on Windows. No Qt in here: a process that has started Qt must not be forked.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engine.data import DataChoice, load
from engine.graph.model import Graph, SetSection
from engine.graph.store import load as load_project
from engine.graph.store import loads, save
from engine.training.loop import fit
from engine.training.optimise import warm_up
from engine.training.prepare import Wishes
from engine.training.runs import Run
from engine.training.settings import TrainingSettings

FORK = multiprocessing.get_context("fork") if sys.platform != "win32" else multiprocessing.get_context()
SETTINGS = TrainingSettings(epochs=5, batch_size=96, optimizer="adam", schedule="one_cycle", threads=1, seed=5)
WISHES = Wishes(checkpoint_s=0.01)
SAVES_IN = 5  # one of so many kills hits a save instead of a training


def project() -> Graph:
    """A tiny network with all that has a state: dropout, batch norm, a convolution."""
    kinds = [
        ("image_input", {"channels": 1, "height": 8, "width": 8}), ("conv2d", {"out_channels": 4, "kernel_size": 3}),
        ("batchnorm2d", {}), ("relu", {}), ("maxpool2d", {}), ("dropout", {"p": 0.25}), ("flatten", {}),
        ("linear", {"out_features": 10}), ("output", {}),
    ]  # fmt: skip
    blocks = [
        {"id": f"b{n}", "kind": kind, "name": f"{kind}_{n}", "settings": settings, "at": [0, 0]}
        for n, (kind, settings) in enumerate(kinds)
    ]
    wires = [[f"b{n}.y", f"b{n + 1}.x"] for n in range(len(kinds) - 1)]
    text = {"loom": 1, "about": {}, "blocks": blocks, "wires": wires, "data": {}, "training": {}}
    return loads(json.dumps(text))


def train(folder: Path, graph: Graph, data: Any) -> None:
    """The child: begin the run, or go on with it."""
    fit(graph, data, SETTINGS, run=folder, resume=(folder / "run.json").exists(), wishes=WISHES)


def save_again_and_again(path: Path, graph: Graph, first: int, pipe: Connection) -> None:
    """The child: save version after version, and report each one that is saved."""
    number = first
    while True:
        number += 1
        graph.apply(SetSection("about", {"title": str(number), "text": "x" * (number * 7919 % 60_000)}))
        save(graph, path)
        pipe.send(number)


def run_and_kill(target: Callable[..., None], arguments: tuple[Any, ...], delay: float | None) -> int:
    """The exit code of a child, which is killed after `delay` seconds where it still runs."""
    child = FORK.Process(target=target, args=arguments)
    child.start()
    child.join(delay)
    if child.is_alive():
        child.kill()
        child.join()
    code = child.exitcode
    child.close()
    if code not in (0, -signal.SIGKILL):
        raise AssertionError(f"a child ended with {code}")
    return code


def look(folder: Path) -> None:
    """After a kill: there is no run yet, or one that can be read in every respect."""
    if not (folder / "run.json").exists():
        return
    run = Run(folder)
    assert run.state in ("interrupted", "done"), run.state
    assert run.settings == SETTINGS
    assert len(run.graph()) == 9
    run.network("last")
    run.network("best")
    steps = run.steps()[0]
    # Resumed or not, the history has neither gaps nor doubles.
    assert steps.tolist() == list(range(1, len(steps) + 1))
    assert [epoch["epoch"] for epoch in run.epochs()] == list(range(1, len(run.epochs()) + 1))


def outcome(folder: Path) -> dict[str, Any]:
    """What must be equal: everything but times."""
    run = Run(folder)
    last, best = run.checkpoint("last")[1], run.checkpoint("best")[1]
    for state in (last, best):
        state["progress"].pop("seconds")
    epochs = [{key: value for key, value in epoch.items() if "second" not in key} for epoch in run.epochs()]
    return {"last": last, "best": best, "epochs": epochs, "steps": run.steps(), "state": run.state}


def same(one: Any, two: Any) -> bool:
    """Equality to the bit, all the way down."""
    match one:
        case torch.Tensor():
            return one.dtype == two.dtype and torch.equal(one, two)
        case np.ndarray():
            return np.array_equal(one, two, equal_nan=True)
        case dict():
            return one.keys() == two.keys() and all(same(value, two[key]) for key, value in one.items())
        case list() | tuple():
            return len(one) == len(two) and all(same(a, b) for a, b in zip(one, two, strict=True))
        case _:
            return bool(one == two)


def campaign(times: int, seed: int, folder: Path) -> str:
    """Kill so many times; what happened, in a sentence."""
    torch.set_num_threads(1)  # no pool of threads in this process, which is forked
    warm_up()  # imports what every child would import again
    draw = random.Random(seed)
    graph, data = project(), load(DataChoice())
    start = time.monotonic()
    run_and_kill(train, (folder / "whole", graph, data), None)
    whole = outcome(folder / "whole")
    lasts = time.monotonic() - start
    kills = runs = saves = version = 0
    path = folder / "project.loom"
    save(graph, path)
    while kills < times:
        if kills % SAVES_IN == SAVES_IN - 1:
            version = _kill_a_save(path, graph, version, draw.uniform(0, 0.1))
            saves, kills = saves + 1, kills + 1
            continue
        current = folder / f"run{runs}"
        code = run_and_kill(train, (current, graph, data), draw.uniform(0, lasts / 2))
        kills += code != 0
        look(current)
        if code == 0 or kills == times:
            runs += _finish(current, graph, data, whole)
    if (folder / f"run{runs}").exists():
        runs += _finish(folder / f"run{runs}", graph, data, whole)
    return f"{kills} kills, {saves} of them while saving: {runs} trainings came to their end with equal bits, no file was lost."


def _finish(folder: Path, graph: Graph, data: Any, whole: dict[str, Any]) -> int:
    run_and_kill(train, (folder, graph, data), None)
    assert same(outcome(folder), whole), f"{folder} differs from the undisturbed training"
    return 1


def _kill_a_save(path: Path, graph: Graph, version: int, delay: float) -> int:
    """The version in the file after a kill."""
    here, there = FORK.Pipe(duplex=False)
    run_and_kill(save_again_and_again, (path, graph, version, there), delay)
    there.close()
    reported = version
    while here.poll():
        try:
            reported = here.recv()
        except EOFError:
            break
    found = int(load_project(path).sections["about"].get("title", "0") or 0)
    assert found in (reported, reported + 1), f"version {found} is in the file, {reported} was reported"
    return found


def main() -> int:
    """Read the arguments, kill, tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        print(campaign(args.times, args.seed, Path(folder)), f"{time.monotonic() - start:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
