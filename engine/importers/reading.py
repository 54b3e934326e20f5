"""Reading a checkpoint of somebody else's: the tensors by name, and nothing in the file is executed.

A file is read into memory as a whole, never mapped: one that is cut off while it is mapped kills the process. What it claims to
hold is compared with its size before anything is made of it. Not for: what the tensors are good for (`engine.importers.matching`).
"""

from __future__ import annotations

import io
import pickle
import pickletools
import struct
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

import safetensors
import safetensors.torch
import torch
from torch import Tensor

from engine.errors import StoreError

ENDINGS = (".pth", ".pt", ".bin", ".ckpt", ".safetensors")
LARGEST = 16 * 2**30  # bytes; the largest network of the catalogue has half a gigabyte
MOST_TENSORS = 100_000
# Where programs put the weights beside an optimiser's state and the like, the likeliest first.
HOLDERS = (
    "state_dict", "model_state_dict", "model", "network", "net", "weights", "module", "params", "model_ema", "state_dict_ema",
)  # fmt: skip
_WHOLE = ("BININT", "BININT1", "BININT2", "INT", "LONG", "LONG1", "LONG4")  # how a pickle says a whole number
_PROTOCOL = 2  # of the pickles that PyTorch writes
_NOTES = ("PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE")  # what it keeps for later
# What torch and its unpickler raise for files that are damaged or mean harm.
_DAMAGE = (
    RuntimeError, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, EOFError, OSError, OverflowError,
    MemoryError, ImportError, NotImplementedError, RecursionError, pickle.UnpicklingError, zipfile.BadZipFile, struct.error,
    safetensors.SafetensorError,
)  # fmt: skip


@dataclass(frozen=True)
class Checkpoint:
    """The tensors of a file.

    Attributes:
        file: Its name, without the folder.
        tensors: By name, in the order of the file.
        holder: Under which name in the file they lay; empty where the file is nothing but tensors.
        ordered: Whether the order of the file is that of the network; safetensors sorts its tensors by name.
    """

    file: str
    tensors: Mapping[str, Tensor]
    holder: str = ""
    ordered: bool = True


def read_checkpoint(path: Path | str) -> Checkpoint:
    """The tensors in a .safetensors file, or in a .pth, .pt, .bin or .ckpt file of PyTorch's.

    Raises:
        StoreError: The file is missing, damaged, too large, or holds something else.
    """
    file = Path(path)
    try:
        size = file.stat().st_size
        if size > LARGEST:
            raise StoreError(
                f"{path} has {size / 2**30:.0f} GB, but at most {LARGEST // 2**30} GB are read; save the state dict alone.",
                path=str(path),
            )
        content = file.read_bytes()
    except (OSError, ValueError, MemoryError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error) or "memory ran out"
        raise StoreError(f"{path} could not be read: {reason}.", path=str(path)) from error
    return parse_checkpoint(content, file.name, path=str(path))


def parse_checkpoint(content: bytes, file: str, *, path: str = "") -> Checkpoint:
    """`read_checkpoint` for what was read already; the name says which format it has.

    Raises:
        StoreError: The content is damaged or holds something else.
    """
    path = path or file
    try:
        if file.lower().endswith(".safetensors"):
            return _checked(Checkpoint(file, safetensors.torch.load(content), ordered=False), len(content))
        tensors, holder = _unwrapped(_load(content))
        return _checked(Checkpoint(file, tensors, holder), len(content))
    except _OtherError as error:
        raise StoreError(f"{path} cannot be imported: {error}", path=path) from error
    except _DAMAGE as error:
        reason = _reason(error)
        raise StoreError(
            f"{path} is no file of weights that can be read, or it is damaged ({reason}); download or save it again.",
            path=path,
        ) from error


class _OtherError(Exception):
    """A sound file that holds something else; its text is a sentence."""


def _reason(error: BaseException) -> str:
    """The first line of what torch says, without its advice to run what is in the file."""
    line = str(error).strip().split("\n")[0].split(". ")[0].strip()[:160]
    return line or type(error).__name__


def _load(content: bytes) -> Any:
    if content.startswith(b"PK"):
        _check_archive(content)
    else:
        _check_claims(content)
    try:
        return torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        if "Weights only load failed" not in str(error):
            raise
        raise _OtherError(
            "it holds Python objects besides weights, such as a whole pickled model, and LayerLoom runs no code from files. "
            "Save model.state_dict() instead, or use a .safetensors file."
        ) from error


def _check_archive(content: bytes) -> None:
    """Refuse an archive that could unpack to more than the file's size; torch writes its own uncompressed.

    Raises:
        ValueError: It could.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
            raise ValueError("its parts are compressed")
        if sum(entry.file_size for entry in entries) > len(content):
            raise ValueError("its parts claim more bytes than the file has")
        for entry in entries:
            if entry.filename.endswith("data.pkl") and archive.read(entry)[:2] != bytes((0x80, _PROTOCOL)):
                raise ValueError("its list of weights is no pickle of PyTorch's")
            if entry.filename.endswith("constants.pkl"):
                raise _OtherError("it is a TorchScript program, not weights; save model.state_dict() instead.")


def _check_claims(content: bytes) -> None:
    """Refuse a file of PyTorch before 1.6 whose storages claim more numbers than the file has bytes.

    Such a file is a row of pickles and then the numbers. Its pickles are looked through, not run: a storage has to be described as
    PyTorch describes it, so that how many numbers it holds stands there in plain sight.

    Raises:
        ValueError: It does.
    """
    stream, claimed = io.BytesIO(content), 0
    for _ in range(5):  # magic number, protocol, system, the object, the keys of its storages
        before: list[tuple[str, Any]] = []
        for opcode, argument, _position in pickletools.genops(stream):
            if opcode.name == "PROTO" and argument != _PROTOCOL:
                raise ValueError(f"it is a pickle of protocol {argument}")
            if opcode.name == "BINPERSID":
                names = [name for name, _ in before[-3:]]
                if len(names) < 3 or names[0] not in _WHOLE or names[1:] != ["NONE", "TUPLE"]:
                    raise ValueError("its storages are not described as PyTorch does")
                number = int(before[-3][1])
                claimed += number
                if number < 0 or claimed > len(content):
                    raise ValueError("its weights claim more bytes than the file has")
            elif opcode.name not in _NOTES:
                before = [*before[-2:], (opcode.name, argument)]


def _unwrapped(found: Any) -> tuple[Mapping[str, Tensor], str]:
    """The tensors by name, and where they lay: at the top, or under one of the usual names."""
    if not isinstance(found, Mapping):
        raise _OtherError(
            f"it holds a {type(found).__name__} where weights by name are wanted; save model.state_dict()."
        )
    if any(isinstance(value, Tensor) for value in found.values()):
        return _tensors(found), ""
    inside = {name: value for name, value in found.items() if isinstance(name, str) and isinstance(value, Mapping)}
    for name in (*(name for name in HOLDERS if name in inside), *(name for name in inside if name not in HOLDERS)):
        tensors = _tensors(inside[name])
        if tensors and name != "optimizer":
            return tensors, name
    keys = ", ".join(str(name)[:40] for name in list(found)[:6])
    raise _OtherError(
        f"there are no weights by name in it (what is there: {keys or 'nothing'}); save model.state_dict()."
    )


def _tensors(found: Mapping[Any, Any]) -> dict[str, Tensor]:
    return {name: value for name, value in found.items() if isinstance(name, str) and isinstance(value, Tensor)}


def _checked(found: Checkpoint, size: int) -> Checkpoint:
    """The same with plain tensors in memory, if they claim no more numbers than the file has room for."""
    if not found.tensors:
        raise _OtherError("there is no tensor in it.")
    if len(found.tensors) > MOST_TENSORS:
        raise _OtherError(f"it holds {len(found.tensors):,} tensors, but no network has more than {MOST_TENSORS:,}.")
    state: dict[str, Tensor] = {}
    for name, value, claimed in _claiming(found.tensors):
        if value.layout != torch.strided or value.is_quantized or value.is_nested or value.device.type != "cpu":
            _fail(f"under {name[:60]!r} there is no plain tensor")
        if (
            claimed > size
        ):  # tied weights are stored once, so each is measured by itself; a stride of 0 can claim any size
            _fail("its weights claim more bytes than the file has")
        state[name] = value.detach()
    return replace(found, tensors=state)


def _claiming(tensors: Mapping[str, Tensor]) -> Iterator[tuple[str, Tensor, int]]:
    """Each tensor with the bytes claimed so far, storages that several share counted once."""
    seen: set[int] = set()
    total = 0
    for name, value in tensors.items():
        own = value.numel() * value.element_size()
        if value.layout == torch.strided and value.device.type == "cpu" and not value.is_quantized:
            place = value.untyped_storage().data_ptr()
            if own > value.untyped_storage().nbytes():
                total += own  # spread over itself
            elif place not in seen:
                seen.add(place)
                total += own
        yield name, value, total


def _fail(text: str) -> NoReturn:
    raise ValueError(text)
