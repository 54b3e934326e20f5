"""What a training takes of the memory, estimated (`engine.training.footprint`) and measured, and their ratio.

Each case is trained for a few steps in a process of its own. On the CPU the measured figure is how far the peak of the resident
memory (VmHWM) rises above what the process had after a first tiny training; on CUDA it is torch's own peak of allocated memory.
A ratio above 1: the estimate is on the safe side.

    python benchmarks/memory.py [--device cpu|cuda] [--steps 6]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from engine.declare import from_json

if TYPE_CHECKING:
    from engine.data.dataset import DataSet
    from engine.graph.facts import DataFacts
    from engine.graph.model import Graph
    from engine.training.settings import TrainingSettings

MIB = 2**20
# (name, preset, batch sizes): what ships, and drawings that are made here because no preset is of their kind.
CASES = (
    ("lenet5", (128, 2048, 8192)),
    ("lenet5_relu_max", (2048,)),
    ("keras_mnist_cnn", (128, 512)),
    ("tiny_vgg", (256, 2048)),
    ("mlp_784_512_512_10", (128, 8192)),
    ("made:residual", (32, 128)),
    ("made:vgg", (16, 64)),
    ("made:wide", (64, 1024)),
)


def drawing(name: str) -> Graph:
    """The graph of a case."""
    from engine.project import open_project

    return made(name.removeprefix("made:")) if name.startswith("made:") else open_project(f"preset:{name}").graph


def made(name: str) -> Graph:
    """A drawing that no preset has."""
    from engine.graph.model import AddBlock, Connect, End, Graph, Wire

    graph = Graph()

    def add(kind: str, sources: list[str], **settings: Any) -> str:
        node = graph.new_node(kind, settings)
        graph.apply(AddBlock(node))
        for source, port in zip(sources, node.block().inputs(), strict=True):
            graph.apply(Connect(Wire(End(source, "y"), End(node.id, port.name))))
        return node.id

    if name == "wide":
        here = add("vector_input", [], features=1024)
        for _ in range(4):
            here = add("gelu", [add("linear", [here], out_features=2048)])
            here = add("dropout", [here])
        add("output", [add("linear", [here], out_features=10)])
        return graph
    here = add("image_input", [], channels=3, height=64, width=64)
    for channels in (32, 64, 128):
        if name == "vgg":
            for _ in range(2):
                here = add("relu", [add("batchnorm2d", [add("conv2d", [here], out_channels=channels, padding=1)])])
            here = add("maxpool2d", [here])
            continue
        here = skip = add("conv2d", [here], out_channels=channels, stride=2, padding=1)
        for _ in range(2):
            one = add("relu", [add("batchnorm2d", [add("conv2d", [here], out_channels=channels, padding=1)])])
            two = add("batchnorm2d", [add("conv2d", [one], out_channels=channels, padding=1)])
            here = skip = add("relu", [add("add", [two, skip])])
    here = add("flatten", [here]) if name == "vgg" else add("global_avgpool", [here])
    if name == "vgg":
        here = add("relu", [add("linear", [here], out_features=512)])
    add("output", [add("linear", [here], out_features=10)])
    return graph


def data_for(graph: Graph, samples: int) -> DataSet:
    """Made-up data that fit the drawing's input."""
    import numpy as np

    from engine.data.dataset import DataSet
    from engine.data.normalisation import measure
    from engine.graph.facts import Column, DataFacts

    source = next(node for node in graph if type(node.block()).role == "input")
    dims = source.block().shape().dims
    draw = np.random.default_rng(0)
    picture = len(dims) == 3
    column = str(getattr(source.block(), "column", "image"))
    values: Any = (
        draw.integers(0, 256, (samples, *dims), np.uint8) if picture else draw.random((samples, *dims), np.float32)
    )
    labels = draw.integers(0, 10, samples)
    facts: DataFacts = DataFacts(
        "made up", samples,
        (Column(column, "image" if picture else "number", dims), Column("label", "label", (), tuple("0123456789"))),
    )  # fmt: skip
    rows = np.arange(samples, dtype=np.int64)
    splits = {"train": rows, "val": rows[:0], "test": rows[:0]}
    return DataSet(facts, {column: values, "label": labels}, splits, measure(values, rows, "standard"), (), "x")


def asked(batch: int, device: str) -> TrainingSettings:
    """Settings of a short training."""
    from engine.training.settings import TrainingSettings

    made: TrainingSettings = from_json(TrainingSettings, {"epochs": 1, "batch_size": batch, "device": device})
    return made


def one(name: str, batch: int, steps: int, device: str) -> dict[str, float]:
    """Train a case in this process."""
    import torch

    from engine.compiler.plan import objective, plan
    from engine.graph.check import check
    from engine.training.fitmeter import data_bytes
    from engine.training.footprint import footprint
    from engine.training.loop import fit
    from engine.training.optimise import warm_up

    graph = drawing(name)
    settings = asked(batch, device)
    data = data_for(graph, batch * steps)
    report = check(graph, data.facts)
    planned = plan(graph, report)
    card = device == "cuda"
    held = data_bytes(data, on_card=card)
    said = footprint(planned, objective(graph, report, data.facts), settings, data=held, on_card=card)
    warm_up()
    with tempfile.TemporaryDirectory(prefix="memory-") as folder:
        tiny = data_for(graph, 8)
        fit(graph, tiny, asked(4, device), run=Path(folder) / "tiny")
        if device == "cuda":
            torch.cuda.reset_peak_memory_stats()
            before = torch.cuda.memory_allocated()
        else:
            Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
            before = resident("VmRSS")
        fit(graph, data, settings, run=Path(folder) / "run")
        peak = torch.cuda.max_memory_allocated() if device == "cuda" else resident("VmHWM")
    return {"estimated": said.at(batch), "measured": peak - before, "kept": said.kept * batch, "fixed": said.fixed}


def resident(name: str) -> int:
    """A line of the kernel's account of this process, in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024
    raise OSError(f"this system does not tell {name}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--only", default="", help="cases whose name begins so")
    parser.add_argument("--case", help=argparse.SUPPRESS)
    parser.add_argument("--batch", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case:
        print(json.dumps(one(options.case, options.batch, options.steps, options.device)))
        return 0
    print(f"{'network':<22}{'batch':>7}{'estimated':>12}{'measured':>12}{'ratio':>8}   MiB, on {options.device}")
    for name, batches in CASES:
        for batch in batches if name.startswith(options.only) else ():
            command = [sys.executable, __file__, "--case", name, "--batch", str(batch), "--steps", str(options.steps),
                       "--device", options.device]  # fmt: skip
            done = subprocess.run(command, capture_output=True, text=True, env={**os.environ}, check=False)
            if done.returncode:
                print(f"{name:<22}{batch:>7}  failed: {done.stderr.strip().splitlines()[-1]}")
                continue
            found = json.loads(done.stdout.splitlines()[-1])
            ratio = found["estimated"] / max(1, found["measured"])
            print(
                f"{name:<22}{batch:>7}{found['estimated'] / MIB:>12.1f}{found['measured'] / MIB:>12.1f}{ratio:>8.2f}   "
                f"kept {found['kept'] / MIB:.1f}, fixed {found['fixed'] / MIB:.1f}",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
