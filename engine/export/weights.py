"""Weights as files: safetensors and torch's state dict, to bytes and back.

Files are read into memory first, never mapped: a file that is cut off while it is mapped kills the process.
Not for: checkpoints of a training (`engine.training.checkpoint`).
"""

from __future__ import annotations

import io
import json
import pickle
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor

from engine.errors import StoreError

if TYPE_CHECKING:
    from engine.data.normalisation import Normalisation

State = dict[str, Tensor]  # weights by name, as `state_dict` gives them

# What torch and its unpickler raise for files that are damaged or mean harm.
_DAMAGE = (
    RuntimeError, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, EOFError, OSError, OverflowError,
    MemoryError, ImportError, NotImplementedError, pickle.UnpicklingError, zipfile.BadZipFile, struct.error,
    safetensors.SafetensorError,
)  # fmt: skip


def state_of(network: torch.nn.Module) -> State:
    """Copies of a network's weights and running statistics, on the CPU."""
    return {name: value.detach().to("cpu", copy=True).contiguous() for name, value in network.state_dict().items()}


def to_safetensors(
    state: State, *, title: str = "", classes: Sequence[str] = (), normalisation: Normalisation | None = None
) -> bytes:
    """The weights as safetensors; the rest goes into its header as text."""
    about = {"format": "pt", "title": title}
    if classes:
        about["classes"] = json.dumps(list(classes))
    if normalisation is not None:
        about["normalisation"] = json.dumps(normalisation.to_json())
    about = {name: text.encode("utf-8", "replace").decode("utf-8") for name, text in about.items()}
    content: bytes = safetensors.torch.save(dict(state), metadata=about)
    return content


def to_pt(state: State) -> bytes:
    """The weights as a file for `torch.load`."""
    content = io.BytesIO()
    torch.save(dict(state), content)
    return content.getvalue()


def read_weights(path: Path | str) -> State:
    """The weights in a .safetensors file, or in a .pt or .pth file that holds a state dict. Nothing in the file is executed.

    Raises:
        StoreError: The file is missing, damaged, or holds something else.
    """
    file = Path(path)
    try:
        content = file.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise StoreError(f"{path} could not be read: {reason}.", path=str(path)) from error
    return parse_weights(content, path=str(path))


def parse_weights(content: bytes, *, path: str) -> State:
    """The weights in a file's content; its name says which format it has.

    Raises:
        StoreError: The content is damaged or holds something else.
    """
    safe = path.lower().endswith(".safetensors")
    try:
        found: Any = safetensors.torch.load(content) if safe else _load_pt(content)
        return _checked(found, len(content))
    except _DAMAGE as error:
        wanted = "a safetensors file" if safe else "a state dict saved by PyTorch 1.6 or later"
        reason = str(error).strip().split("\n")[0][:200]
        raise StoreError(
            f"{path} is not {wanted} with weights by name, or it is damaged ({reason}); export or download it again.",
            path=path,
        ) from error


def _load_pt(content: bytes) -> Any:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
    # torch writes its archives uncompressed; anything else could unpack to far more than the file's size.
    if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
        raise ValueError("its parts are compressed")
    if sum(entry.file_size for entry in entries) > len(content):
        raise ValueError("its parts claim more bytes than the file has")
    return torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)


def _checked(found: Any, size: int) -> State:
    """The state dict, if it is one and claims no more numbers than the file has room for."""
    if not isinstance(found, Mapping):
        raise TypeError(f"it holds {type(found).__name__}")
    state: State = {}
    claimed = 0
    for name, value in found.items():
        if not isinstance(name, str) or not isinstance(value, Tensor):
            raise TypeError(f"under {str(name)[:60]!r} it holds {type(value).__name__}")
        if value.layout != torch.strided or value.is_quantized:
            raise TypeError(f"{name[:60]!r} is not a plain tensor")
        claimed += value.numel() * value.element_size()
        if claimed > size:  # a view with stride 0 can claim any size
            raise ValueError("its weights claim more bytes than the file has")
        state[name] = value.detach().contiguous()
    return state
