"""Imported weights: where their file lies, and a network that begins with them.

The file belongs to a project as its runs do: in "name.runs/imported" beside it, in the user's data folder while the project is
not saved. Its name is made of its content, so it never changes, and undoing an import is undoing a name. The project's section
"weights" says which file it is. Tensors are found by the ids of their blocks, so that renaming a block loses nothing.

Not for: files of others (`engine.importers`).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
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
from engine.graph.model import Graph
from engine.training.runs import runs_folder

FOLDER = "imported"
_FILE = re.compile(r"imported/[0-9a-f]{16}\.safetensors")


def named_file(graph: Graph) -> str:
    """What the project says its imported weights are called, "imported/0123456789abcdef.safetensors"; empty for none."""
    name = graph.sections["weights"].get("file")
    return name if isinstance(name, str) and _FILE.fullmatch(name) else ""


def weights_file(graph: Graph, project: Path | None) -> Path | None:
    """The file of a project's imported weights, None where it has none.

    Raises:
        StoreError: It is not there any more.
    """
    name = named_file(graph)
    if not name:
        return None
    path = found(name, project)
    if path is None:
        origin = graph.sections["weights"].get("from") or "a file"
        raise StoreError(
            f"the weights that were imported from {origin} are not there any more ({runs_folder(project) / name}); "
            "import them again, or forget them in the window for importing weights.",
            path=str(runs_folder(project) / name),
        )
    return path


def found(name: str, project: Path | None) -> Path | None:
    """Where a file of that name lies: beside the project, or where an unsaved one keeps it."""
    for folder in dict.fromkeys((runs_folder(project), runs_folder(None))):
        if (folder / name).is_file():
            return folder / name
    return None


def carry(graph: Graph, before: Path | None, after: Path) -> None:
    """Let the imported weights go along with a project that is saved elsewhere: a second name for the file, or a copy.

    Raises:
        StoreError: They could not be brought there.
    """
    name = named_file(graph)
    source = found(name, before) if name else None
    target = runs_folder(after) / name
    if source is None or target.exists():
        return
    aside = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, target)
        except OSError:  # another disk, or one that knows no second names
            shutil.copyfile(source, aside)
            os.replace(aside, target)
    except OSError as error:
        with contextlib.suppress(OSError):
            aside.unlink()
        raise StoreError(
            f"The imported weights could not be brought to {target} ({error.strerror}); the project is not saved there.",
            path=str(target),
        ) from error


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
