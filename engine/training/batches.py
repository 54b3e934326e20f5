"""The data where the arithmetic is: columns as tensors, batches as permuted row numbers.

A set that fits lies on the device as a whole, small ones scaled already; otherwise batches are gathered on the CPU and sent
without waiting. Pictures for channels-last networks lie as N×H×W×C, so that a gathered batch has that layout at once.

Not for: reading or splitting data (`engine.data`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.compiler.steps import InputSpec
from engine.data.dataset import DataSet
from engine.graph.aims import Scale
from engine.training.devices import Kind
from engine.training.seeds import EPOCH, mix

# A column that takes no more than this as float32 is scaled once instead of batch by batch: saves three passes a batch.
READY_BYTES = 512 * 2**20
RESIDENT_SHARE = 0.5  # of a card's free memory; the rest is for weights and activations


@dataclass(frozen=True)
class _Column:
    """One column as a tensor.

    Attributes:
        values: All rows, on the device or (`sent`) on the CPU.
        scale: (scale, mean, std) still to be applied to a batch, None where there is nothing to do.
        last: Whether the channels come last.
        sent: Whether a batch has to be sent to the device.
    """

    values: Tensor
    scale: tuple[float, Tensor, Tensor] | None
    last: bool
    sent: bool


class Batches:
    """Columns on their device, and the rows of each part.

    Attributes:
        rows: Row numbers of "train", "val" and "test", where batches are gathered.
    """

    def __init__(self, data: DataSet, names: Collection[str], device: torch.device, *, channels_last: bool) -> None:
        self._device, self._data, self._last = device, data, channels_last
        total = sum(data.columns[name].nbytes for name in names)
        sent = self._sent = device.type == "cuda" and total > RESIDENT_SHARE * torch.cuda.mem_get_info(device)[0]
        self._columns = {name: _column(data, name, device, channels_last=channels_last, sent=sent) for name in names}
        home = torch.device("cpu") if sent else device
        self.rows: dict[str, Tensor] = {
            part: torch.from_numpy(rows.copy()).to(home) for part, rows in data.splits.items()
        }

    def order(self, seed: int, epoch: int) -> Tensor:
        """The training rows in the order of an epoch, which depends on nothing but these two numbers."""
        rows = self.rows["train"]
        generator = torch.Generator().manual_seed(mix(seed, EPOCH, epoch))
        return rows[torch.randperm(len(rows), generator=generator).to(rows.device)]

    def gather(self, name: str, rows: Tensor, scale: Scale = "network") -> Tensor:
        """The rows of a column on the device; pictures scaled as the network reads them, to 0..1 or to -1..1."""
        column = self._columns[name] if scale == "network" else self._scaled_otherwise(name, scale)
        batch = column.values.index_select(0, rows)
        if column.sent:
            batch = batch.pin_memory().to(self._device, non_blocking=True)
        if column.scale is not None:
            batch = _scaled(batch, column.scale)
        return batch.permute(0, 3, 1, 2) if column.last else batch

    def feed(self, inputs: Sequence[InputSpec], rows: Tensor, seed: int) -> list[Tensor]:
        """One batch an input of the network: rows of a column, or numbers that depend on nothing but the seed."""
        return [
            self.gather(spec.column, rows) if spec.draw is None else self._drawn(spec, len(rows), mix(seed, index))
            for index, spec in enumerate(inputs)
        ]

    def _drawn(self, spec: InputSpec, count: int, seed: int) -> Tensor:
        kind, below = spec.draw or ("normal", 0)
        size = (count, *spec.shape.dims)
        # Drawn by the processor, so that a graphics card sees the same numbers.
        generator = torch.Generator().manual_seed(seed)
        match kind:
            case "index":
                drawn = torch.randint(below, size, generator=generator)
            case "uniform":
                drawn = torch.rand(size, generator=generator) * 2 - 1
            case _:
                drawn = torch.randn(size, generator=generator)
        return drawn.to(self._device, non_blocking=True)

    def _scaled_otherwise(self, name: str, scale: Scale) -> _Column:
        key = f"{name} ({scale})"
        if key not in self._columns:
            column = _column(self._data, name, self._device, channels_last=self._last, sent=self._sent, scale=scale)
            self._columns[key] = column
        return self._columns[key]


def _column(
    data: DataSet, name: str, device: torch.device, *, channels_last: bool, sent: bool, scale: Scale = "network"
) -> _Column:
    raw = data.columns[name]
    # A copy only where torch could not write to the array: it warns of that, though nobody writes.
    values = torch.from_numpy(raw if raw.flags.writeable else raw.copy())
    last = channels_last and values.ndim == 4
    if last:
        values = values.permute(0, 2, 3, 1).contiguous()
    how = None
    if values.dtype == torch.uint8 or (name == _input(data) and values.is_floating_point()):
        how = _scale(data, name, device, last=last, scale=scale)
    if not sent:
        values = values.to(device)
        if how is not None and values.numel() * 4 <= READY_BYTES:
            values, how = _scaled(values, how), None
    return _Column(values, how, last, sent)


def _input(data: DataSet) -> str:
    return data.facts.input.name if data.facts.input is not None else ""


def _scale(data: DataSet, name: str, device: torch.device, *, last: bool, scale: Scale) -> tuple[float, Tensor, Tensor]:
    """The normalisation belongs to the input column; other pictures are brought into 0..1."""
    if scale == "signed":
        half = torch.full((1,), 0.5, device=device)
        return 1 / 255, half, half
    if name != _input(data) or scale == "unit":
        zero, one = torch.zeros(1, device=device), torch.ones(1, device=device)
        return 1 / 255, zero, one
    normal = data.normalisation
    picture = data.columns[name].ndim == 4
    shape = (-1, 1, 1) if picture and not last else (-1,)
    mean = torch.tensor(normal.mean, dtype=torch.float32, device=device).reshape(shape)
    std = torch.tensor(normal.std, dtype=torch.float32, device=device).reshape(shape)
    return normal.scale, mean, std


def _scaled(batch: Tensor, scale: tuple[float, Tensor, Tensor]) -> Tensor:
    """(x * scale - mean) / std, in the order of `Normalisation.apply`, so that both give equal bits."""
    factor, mean, std = scale
    return batch.to(torch.float32, copy=True).mul_(factor).sub_(mean).div_(std)


def device_of(kind: Kind) -> torch.device:
    """torch's device of one of ours."""
    return torch.device(kind, torch.cuda.current_device()) if kind == "cuda" else torch.device(kind)
