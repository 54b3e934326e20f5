"""How fast `fit` is, against loops that a person would write with PyTorch.

    python benchmarks/train_step.py [--device cpu] [--model keras_mnist_cnn] [--data-dir DIR] [--short]

Contenders, on the same network, data, batch size, number of threads and machine:
    plain   a hand-written loop: a DataLoader over a TensorDataset, `.item()` of the loss and the accuracy at every step
    tuned   all tensors on the device, batches by a permutation of indices, fused Adam, channels last, losses summed on the device
    fit     engine.training.loop.fit, with messages, history, checkpoints and seeds for every step

Each contender lives in a process of its own (so that none gains by another's settings) and they work in turns; a ratio is the
median over the turns of times in the same turn. Only whole epochs of training are timed, validation is left out for all.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

MODELS = ("keras_mnist_cnn", "lenet5_relu_max")
CONTENDERS = ("plain", "tuned", "fit")
BATCH = 128
CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}


def main() -> int:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda", "mps"))
    parser.add_argument("--model", action="append", choices=MODELS, help="may be given again; default: both")
    parser.add_argument("--data-dir", help="a folder with MNIST; default: the digits, repeated")
    parser.add_argument("--samples", type=int, default=0, help="samples an epoch; default: by model and device")
    parser.add_argument("--turns", type=int, default=9)
    parser.add_argument("--threads", type=int, default=0, help="0: as many as cores")
    parser.add_argument(
        "--clock", default="wall", choices=tuple(CLOCKS), help="cpu: for busy machines, with --threads 1"
    )
    parser.add_argument("--short", action="store_true", help="see that it works; the figures mean nothing")
    args = parser.parse_args()
    print(
        f"{'network':18} {'device':6} {'samples/s plain':>16} {'tuned':>10} {'fit':>10} {'fit:plain':>10} {'fit:tuned':>10}"
    )
    for model in args.model or MODELS:
        samples = args.samples or _samples(model, args.device, short=args.short)
        rows = measure(
            model,
            args.device,
            samples,
            args.data_dir,
            turns=2 if args.short else args.turns,
            threads=args.threads,
            clock=args.clock,
        )
        speed = {name: samples / statistics.median(row[name] for row in rows) for name in CONTENDERS}
        ratio = {name: statistics.median(row["fit"] / row[name] for row in rows) for name in ("plain", "tuned")}
        print(
            f"{model:18} {args.device:6} {speed['plain']:16,.0f} {speed['tuned']:10,.0f} {speed['fit']:10,.0f} "
            f"{ratio['plain']:10.3f} {ratio['tuned']:10.3f}",
            flush=True,
        )
    print("Ratios are times: below 1, fit is the faster.")
    return 0


def _samples(model: str, device: str, *, short: bool) -> int:
    """Samples an epoch: a second or two of work for each contender."""
    if short:
        return 3 * BATCH
    if device != "cpu":
        return 400 * BATCH
    return (24 if model == "keras_mnist_cnn" else 120) * BATCH


def measure(
    model: str, device: str, samples: int, data_dir: str | None, *, turns: int, threads: int, clock: str
) -> list[dict[str, float]]:
    """Seconds of one epoch by contender, a dict a turn; the first turn of each is thrown away."""
    context = multiprocessing.get_context("spawn")
    pipes = {}
    processes = []
    for name in CONTENDERS:
        here, there = context.Pipe()
        process = context.Process(
            target=_contend, args=(there, name, model, device, samples, data_dir, threads, clock), daemon=True
        )
        process.start()
        pipes[name] = here
        processes.append(process)
    for pipe in pipes.values():
        pipe.recv()  # ready
    rows = []
    for turn in range(turns + 1):
        row = {}
        # The order changes from turn to turn, so that none always follows the same other.
        for name in CONTENDERS[turn % 3 :] + CONTENDERS[: turn % 3]:
            pipes[name].send("go")
            row[name] = pipes[name].recv()
        if turn:
            rows.append(row)
    for pipe in pipes.values():
        pipe.send("end")
    for process in processes:
        process.join()
    return rows


def _contend(
    pipe: Any, name: str, model: str, device: str, samples: int, data_dir: str | None, threads: int, clock: str
) -> None:
    """One contender's process: an epoch whenever it is told to."""
    import torch

    from engine.training.devices import cores

    torch.set_num_threads(threads or cores())
    graph, data = _project(model, samples, data_dir)
    match name:
        case "fit":
            _contend_fit(pipe, graph, data, device, threads, CLOCKS[clock])
            return
        case "plain":
            epoch = _plain(graph, data, device)
        case _:
            epoch = _tuned(graph, data, device)
    pipe.send("ready")
    while pipe.recv() == "go":
        start = CLOCKS[clock]()
        epoch()
        pipe.send(CLOCKS[clock]() - start)


def _project(model: str, samples: int, data_dir: str | None) -> tuple[Any, Any]:
    """The preset's graph, and `samples` samples that fit it, none of them for validation."""
    import dataclasses

    import numpy as np

    from engine.data import DataChoice, load
    from engine.graph.store import loads
    from engine.training.start import image_shape
    from presets import read

    graph = loads(read(model))
    choice = DataChoice(name="mnist", path=data_dir) if data_dir else DataChoice(name="digits")
    data = load(choice, image=image_shape(graph))
    rows = np.resize(data.splits["train"], samples)
    columns = {name: column[rows] for name, column in data.columns.items()}
    every = np.arange(samples, dtype=np.int64)
    return graph, dataclasses.replace(
        data, columns=columns, splits={"train": every, "val": every[:0], "test": every[:0]}
    )


def _network(graph: Any, device: str) -> Any:
    """The network as plain torch: the module without the compiler's short cuts."""
    from engine.compiler.module import build
    from engine.compiler.plan import plan

    return build(plan(graph), seed=0).to(device).train()


def _plain(graph: Any, data: Any, device: str) -> Callable[[], None]:
    import torch
    from torch.nn import functional

    network = _network(graph, device)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    x = torch.from_numpy(data.normalisation.apply(data.columns["image"]))
    y = torch.from_numpy(data.columns["label"])
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=BATCH, shuffle=True)

    def epoch() -> None:
        loss_sum = right = 0.0
        for inputs, target in loader:
            inputs, target = inputs.to(device), target.to(device)
            optimizer.zero_grad()
            output = network(inputs)
            loss = functional.cross_entropy(output, target)
            loss.backward()
            optimizer.step()
            loss_sum += loss.item()
            right += (output.argmax(1) == target).sum().item()

    return epoch


def _tuned(graph: Any, data: Any, device: str) -> Callable[[], None]:
    import torch
    from torch.nn import functional

    network = _network(graph, device).to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3, fused=True)
    x = torch.from_numpy(data.normalisation.apply(data.columns["image"])).to(device)
    x = x.contiguous(memory_format=torch.channels_last)
    y = torch.from_numpy(data.columns["label"]).to(device)

    def epoch() -> None:
        loss_sum, right = torch.zeros((), device=device), torch.zeros((), device=device)
        for rows in torch.randperm(len(x), device=device).split(BATCH):
            inputs, target = x[rows], y[rows]
            optimizer.zero_grad()
            output = network(inputs)
            loss = functional.cross_entropy(output, target)
            loss.backward()
            optimizer.step()
            loss_sum += loss.detach()
            right += (output.argmax(1) == target).sum()
        loss_sum.item()  # the end of the epoch waits for the device, as fit does

    return epoch


def _contend_fit(pipe: Any, graph: Any, data: Any, device: str, threads: int, now: Callable[[], float]) -> None:
    """`fit` runs for ever and is held after every epoch: the time is from letting go to the message of the epoch."""
    from engine.training.control import Control
    from engine.training.loop import fit
    from engine.training.messages import Epoch, Message, Started
    from engine.training.settings import TrainingSettings

    control = Control()
    start = [0.0]

    def say(message: Message) -> None:
        match message:
            case Started():
                pipe.send("ready")
            case Epoch():
                pipe.send(now() - start[0])
            case _:
                return
        if pipe.recv() == "end":
            control.ask("discard")
        start[0] = now()

    settings = TrainingSettings(epochs=100_000, batch_size=BATCH, device=device, threads=threads)
    with tempfile.TemporaryDirectory() as folder:
        fit(graph, data, settings, run=Path(folder) / "run", say=say, control=control)


if __name__ == "__main__":
    sys.exit(main())
