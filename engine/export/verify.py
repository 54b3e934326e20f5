"""Checks that an export computes what the network computes, before anybody gets the file.

Source is run in a fresh process that cannot see this program; weights are read back. Not for: judging the network.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from torch import Tensor

from engine.compiler.module import Network, build
from engine.compiler.plan import Plan
from engine.compiler.script import INDICES, asked_inputs, scaled_inputs
from engine.errors import CompileError, StoreError
from engine.export.targets import Order
from engine.export.weights import State, parse_weights, to_safetensors

BATCHES = (2, 1, 3)  # samples; two sizes besides the first, so that a fixed batch size would show
SECONDS = 300  # for the fresh process; a large network on a busy machine takes some of them

# Runs in the fresh process, given: source file, weights, batches, answers, number of threads.
_SCRIPT = """
import importlib.util
import sys

class Nothing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("engine", "gui", "presets", "safetensors", "cv2", "PySide6", "sklearn"):
            raise ImportError(f"an exported network must not need {name}")

sys.meta_path.insert(0, Nothing())
import torch

source, weights, batches, answers, threads = sys.argv[1:]
torch.set_num_threads(int(threads))
spec = importlib.util.spec_from_file_location("exported", source)
exported = importlib.util.module_from_spec(spec)
spec.loader.exec_module(exported)
classes = [
    each for each in vars(exported).values()
    if isinstance(each, type) and issubclass(each, torch.nn.Module) and each.__module__ == "exported"
]
network = classes[-1]()  # those of composites stand before it
network.load_state_dict(exported.read_weights(weights))
network.eval()
asked = torch.load(batches, weights_only=True)
with torch.inference_mode():
    found = [network(*batch) for batch in asked["batches"]]
found = [list(each) if isinstance(each, tuple) else [each] for each in found]
raw = asked["raw"]
scaled = exported.preprocess(raw) if hasattr(exported, "preprocess") else raw
torch.save({"found": found, "scaled": scaled}, answers)
"""


def check_source(order: Order, content: bytes) -> str:
    """Run the source with its weights in a fresh process and compare it with the network, bit for bit.

    Raises:
        CompileError: It fails, or it gives something else.
    """
    network = network_of(order.plan, order.state)
    generator = torch.Generator().manual_seed(0)
    batches = [_random(order.plan, count, generator) for count in BATCHES]
    with torch.inference_mode():
        wanted = [_listed(network(*batch)) for batch in batches]
    spec = order.plan.inputs[min(scaled_inputs(order.plan))]
    raw = torch.randint(256, (2, *spec.shape.dims), generator=generator, dtype=torch.uint8)
    asked = asked_inputs(order.plan)
    given = [[batch[index] for index in asked] for batch in batches]
    answers = _fresh(order, content, {"batches": given, "raw": raw})
    for expected, found in zip(wanted, answers["found"], strict=True):
        if not all(same_bits(a, b) for a, b in zip(expected, found, strict=True)):
            raise CompileError(
                "The exported source gave other numbers than the network, so it was not written; please report this."
            )
    if order.normalisation is not None:
        scaled = torch.from_numpy(order.normalisation.apply(raw.numpy()))
        if not same_bits(scaled, answers["scaled"]):
            raise CompileError(
                "The exported source scales its input otherwise than the training, so it was not written."
            )
    also = " and scales its input as the training did" if order.normalisation is not None else ""
    return f"The exported file gave bit-equal outputs on {len(BATCHES)} random batches in a fresh process{also}."


def check_weights(order: Order, content: bytes) -> str:
    """Read the weights back, compare them, and compare the answer of a network that is given them.

    Raises:
        CompileError: They are not the network's.
    """
    try:
        found = parse_weights(content, path=order.file)
    except StoreError as error:
        raise CompileError(f"The exported weights could not be read back, so they were not written: {error}") from error
    same = found.keys() == order.state.keys() and all(same_bits(found[name], order.state[name]) for name in found)
    batch = _random(order.plan, BATCHES[0], torch.Generator().manual_seed(0))
    with torch.inference_mode():
        wanted = _listed(network_of(order.plan, order.state)(*batch))
        given = _listed(network_of(order.plan, found)(*batch)) if same else []
    if not same or not all(same_bits(a, b) for a, b in zip(wanted, given, strict=True)):
        raise CompileError(
            "The exported weights are not those of the network when read back, so they were not written."
        )
    count = sum(value.numel() for value in found.values())
    return f"Read back, all {len(found)} tensors ({count:,} numbers) are bit-equal, and a network given them answers the same."


def network_of(plan: Plan, state: State) -> Network:
    """A network with these weights, ready to answer.

    Raises:
        CompileError: The weights are those of another network.
    """
    network = build(plan, seed=0)
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        raise CompileError(
            "The weights belong to another network than the drawing: " + " ".join(str(error).split())[:400]
        ) from error
    return network.eval()


def same_bits(a: Tensor, b: Tensor) -> bool:
    """Whether two tensors have equal shape, type and bits; a NaN equals itself."""
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    return torch.equal(a.contiguous().reshape(-1).view(torch.uint8), b.contiguous().reshape(-1).view(torch.uint8))


def _random(plan: Plan, count: int, generator: torch.Generator) -> list[Tensor]:
    return [
        torch.randint(INDICES, (count, *spec.shape.dims), generator=generator)
        if spec.shape.dtype == "index"
        else torch.randn((count, *spec.shape.dims), generator=generator)
        for spec in plan.inputs
    ]


def _listed(answers: Tensor | tuple[Tensor, ...]) -> list[Tensor]:
    return [answers] if isinstance(answers, Tensor) else list(answers)


def _fresh(order: Order, content: bytes, asked: dict[str, object]) -> dict[str, Tensor]:
    """What the source answers in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="layerloom-") as folder:
        paths = [str(Path(folder, name)) for name in ("network.py", "weights.safetensors", "batches.pt", "answers.pt")]
        Path(paths[0]).write_bytes(content)
        Path(paths[1]).write_bytes(to_safetensors(order.state))
        torch.save(asked, paths[2])
        # As many threads as here: sums that are split otherwise may differ in the last bit.
        words = [*paths, str(torch.get_num_threads())]
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        try:
            done = subprocess.run(
                [sys.executable, "-c", _SCRIPT, *words],
                cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            raise CompileError(
                f"The exported source could not be tried out in a fresh process, so it was not written: {error}"
            ) from error
        if done.returncode != 0:
            last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise CompileError(f"The exported source fails in a fresh process, so it was not written: {last}")
        found: dict[str, Tensor] = torch.load(paths[3], weights_only=True)
        return found
