"""What looking at a network's health costs a training: `fit` with a watch against `fit` without one.

    python benchmarks/health.py [--model keras_mnist_cnn] [--turns 7] [--short]

Both train the same network on the same data, in turns, in one process; a ratio is the median over the turns of processor times in
the same turn. Each training is as long as several looks, or there would be nothing to measure.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

MODELS = ("keras_mnist_cnn", "lenet5_relu_max", "mlp_784_512_512_10")
SAMPLES = {"keras_mnist_cnn": 64 * 128, "lenet5_relu_max": 320 * 128, "mlp_784_512_512_10": 320 * 128}


def main() -> int:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", action="append", choices=MODELS, help="may be given again; default: all")
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda", "mps"))
    parser.add_argument("--short", action="store_true", help="see that it works; the figures mean nothing")
    args = parser.parse_args()
    print(f"{'network':20} {'steps':>6} {'looks':>6} {'ms a look':>10} {'watched:not':>12}")
    for model in args.model or MODELS:
        samples = 3 * 128 if args.short else SAMPLES[model]
        print(_row(model, args.device, samples, 2 if args.short else args.turns), flush=True)
    print("A ratio of 1.02: two per cent of the processor's time go into looking.")
    return 0


def _row(model: str, device: str, samples: int, turns: int) -> str:
    from benchmarks.train_step import _project

    graph, data = _project(model, samples, None)
    ratios, extra, looks = [], [], 0
    for turn in range(turns + 1):
        seconds = {}
        for watched in (True, False) if turn % 2 else (False, True):
            seconds[watched], told = _train(graph, data, device, watched=watched)
            looks = told or looks
        if turn:  # the first warms up
            ratios.append(seconds[True] / seconds[False])
            extra.append(1000 * (seconds[True] - seconds[False]) / looks)
    return f"{model:20} {samples // 128:6} {looks:6} {statistics.median(extra):10.1f} {statistics.median(ratios):12.3f}"


def _train(graph: Any, data: Any, device: str, *, watched: bool) -> tuple[float, int]:
    """Processor seconds of one epoch without validation, and how many looks there were."""
    from engine.training.loop import fit
    from engine.training.messages import Health, Message, Started
    from engine.training.prepare import Wishes
    from engine.training.settings import TrainingSettings

    looks, start = 0, 0.0

    def say(message: Message) -> None:
        nonlocal looks, start
        looks += isinstance(message, Health)
        if isinstance(message, Started):
            start = time.process_time()

    settings = TrainingSettings(epochs=1, batch_size=128, device=device, threads=1)
    with tempfile.TemporaryDirectory() as folder:
        fit(graph, data, settings, run=Path(folder) / "run", say=say, wishes=Wishes(watched=watched))
        return time.process_time() - start, looks


if __name__ == "__main__":
    sys.exit(main())
