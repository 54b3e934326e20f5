"""Checkpoints: the complete state of a training as bytes, and back.

Only tensors, numbers, strings, lists and dicts are stored, so that a file from anywhere can be read without running anything
that is in it. Files are read as a whole and then parsed: a file that shrinks while it is open cannot kill the program.

Not for: when they are written (`engine.training.loop`) nor where (`engine.training.record`).
"""

from __future__ import annotations

import io
import pickle
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from engine.errors import StoreError

FORMAT = 1

# What torch 2.13 was seen to raise on damaged files with weights_only=True.
_DAMAGED = (
    RuntimeError, ValueError, KeyError, IndexError, TypeError, AttributeError, EOFError, OSError, AssertionError,
    OverflowError, MemoryError, pickle.UnpicklingError, zipfile.BadZipFile,
)  # fmt: skip


def pack(state: Mapping[str, Any]) -> bytes:
    """A state as the bytes of a checkpoint file."""
    buffer = io.BytesIO()
    torch.save({"format": FORMAT, **state}, buffer)
    return buffer.getvalue()


def unpack(path: Path) -> dict[str, Any]:
    """The state in a checkpoint file, on the CPU.

    Raises:
        StoreError: No such file, damaged, or not a checkpoint of a training.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise StoreError(f"the checkpoint {path} could not be read: {error.strerror}.", path=str(path)) from error
    return unpack_bytes(data, path)


def unpack_bytes(data: bytes, path: Path) -> dict[str, Any]:
    """`unpack` for what was read already; `path` is for the sentence only."""
    try:
        _check_sizes(data)
        state = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except _DAMAGED as error:
        raise StoreError(
            f"the checkpoint {path} is damaged or is not a checkpoint of LayerLoom; use another checkpoint of the run.",
            path=str(path),
        ) from error
    if not isinstance(state, dict) or state.get("format") != FORMAT or not isinstance(state.get("network"), dict):
        raise StoreError(f"{path} is not a checkpoint that this version of LayerLoom reads.", path=str(path))
    return state


def _check_sizes(data: bytes) -> None:
    """Refuse a file that claims to hold more than it has.

    Raises:
        ValueError: It does.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        for part in parts.infolist():
            if part.compress_type != zipfile.ZIP_STORED or part.file_size > len(data):
                raise ValueError(f"{part.filename} claims {part.file_size} bytes in a file of {len(data)}")


def network_state(network: torch.nn.Module) -> dict[str, torch.Tensor]:
    """Weights and buffers as independent tensors on the CPU, in the plain memory order."""
    return {
        name: value.detach().to("cpu", copy=True, memory_format=torch.contiguous_format)
        for name, value in network.state_dict().items()
    }


def optimizer_state(optimizer: torch.optim.Optimizer) -> dict[str, Any]:
    """An optimiser's state on the CPU."""
    state = optimizer.state_dict()
    held = {index: {name: _on_cpu(value) for name, value in values.items()} for index, values in state["state"].items()}
    return {"state": held, "param_groups": state["param_groups"]}


def _on_cpu(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.detach().to("cpu", copy=True, memory_format=torch.contiguous_format)
    return value


def fill(network: torch.nn.Module, state: dict[str, Any], path: Path) -> None:
    """Load the network's part of a checkpoint.

    Raises:
        StoreError: It belongs to another network.
    """
    try:
        network.load_state_dict(state["network"])
    except (RuntimeError, TypeError, AttributeError) as error:
        raise StoreError(
            f"the checkpoint {path} belongs to a network with other blocks or other shapes than the run's graph.",
            path=str(path),
        ) from error
