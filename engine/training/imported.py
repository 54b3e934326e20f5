"""Imported weights: where their file lies, and a network that begins with them.

Tensors are found by the ids of their blocks, so that renaming a block loses nothing; a block that has another shape by now, or
is new, begins fresh.

Where the file lies is in `engine.training.places`. Not for: files of others (`engine.importers`).
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import safetensors
import safetensors.torch
import torch
from torch import Tensor

from engine.compiler.module import Network
from engine.compiler.plan import Plan
from engine.errors import StoreError
from engine.files import write_atomic
from engine.training.places import FOLDER
from engine.training.runs import runs_folder


def keep(state: Mapping[str, Tensor], planned: Plan, project: Path | None, *, origin: str) -> str:
    """Write weights for a network; gives the name of their file for the section "weights".

    Args:
        state: By our names.
        planned: The network that they belong to.
        project: The project's file.
        origin: Name of the file that they came from.

    Raises:
        StoreError: The file could not be written.
    """
    about = {
        "format": "pt",
        "origin": origin.encode("utf-8", "replace").decode("utf-8"),
        "blocks": json.dumps({step.name: step.key for step in planned.steps if step.call.is_module}),
    }
    content = safetensors.torch.save(
        {name: value.contiguous() for name, value in _untied(state).items()}, metadata=about
    )
    name = f"{FOLDER}/{hashlib.sha256(content).hexdigest()[:16]}.safetensors"
    path = runs_folder(project) / name
    if not path.exists():
        write_atomic(path, content)
    return name


def _untied(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The same with storages of their own: the format refuses tensors that share one."""
    seen: set[int] = set()
    out = {}
    for name, value in state.items():
        place = value.untyped_storage().data_ptr()
        out[name] = value.clone() if place in seen else value
        seen.add(place)
    return out


@dataclass(frozen=True)
class Filled:
    """What came of bringing weights into a network.

    Attributes:
        origin: Name of the file that they came from.
        loaded: Names of the tensors that have them.
        fresh: Names of those that begin fresh.
    """

    origin: str
    loaded: tuple[str, ...]
    fresh: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The counts, and what begins fresh."""
        total = len(self.loaded) + len(self.fresh)
        text = f"{len(self.loaded)} of {total} tensors begin with the weights of {self.origin}"
        if not self.fresh:
            return f"{text}."
        blocks = list(dict.fromkeys(name.rpartition(".")[0] for name in self.fresh))
        more = f" and {len(blocks) - 3} more" if len(blocks) > 3 else ""
        return f"{text}; fresh: {', '.join(blocks[:3])}{more}."


def fill(network: Network, path: Path) -> Filled:
    """Give a network the imported weights of the blocks that it still has, in the shapes that they had.

    Raises:
        StoreError: The file cannot be read or is damaged.
    """
    state, blocks, origin = _read(path)
    stored = {key: name for name, key in blocks.items()}
    ours = network.state_dict()
    loaded = []
    with torch.no_grad():
        for step in network.plan.steps:
            if not step.call.is_module:
                continue
            before = stored.get(step.key, step.name)
            for name, tensor in ours.items():
                if name.startswith(f"{step.name}."):
                    value = state.get(f"{before}.{name[len(step.name) + 1 :]}")
                    if value is not None and value.shape == tensor.shape:
                        tensor.copy_(value)
                        loaded.append(name)
    done = set(loaded)
    return Filled(origin, tuple(loaded), tuple(name for name in ours if name not in done))


def _read(path: Path) -> tuple[dict[str, Tensor], dict[str, str], str]:
    """Weights by the names that the blocks had, the blocks' keys by these names, and where they came from."""
    try:
        content = path.read_bytes()
        state = safetensors.torch.load(content)
        (length,) = struct.unpack("<Q", content[:8])
        about = json.loads(content[8 : 8 + length]).get("__metadata__", {})
        blocks = json.loads(about.get("blocks", "{}"))
        return state, {str(name): str(key) for name, key in blocks.items()}, str(about.get("origin", path.name))
    except OSError as error:
        raise StoreError(f"the imported weights {path} could not be read: {error.strerror}.", path=str(path)) from error
    except (safetensors.SafetensorError, ValueError, KeyError, AttributeError, struct.error, RecursionError) as error:
        raise StoreError(f"the imported weights {path} are damaged; import them again.", path=str(path)) from error
