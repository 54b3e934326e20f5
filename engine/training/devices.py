"""Where the arithmetic can be done on this machine, in words.

Not for: choosing the number format or the data's place. torch is imported when a function is called, not before.
"""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engine.errors import RunError

Kind = Literal["cpu", "cuda", "mps"]


@dataclass(frozen=True)
class Device:
    """A device that a run can be trained on.

    Attributes:
        id: "cpu", "cuda" or "mps".
        name: What it is, for a person: "NVIDIA GeForce RTX 3060".
        memory: Bytes of memory it has, 0 where that is unknown.
    """

    id: Kind
    name: str
    memory: int

    @property
    def sentence(self) -> str:
        """What it is, in one sentence."""
        memory = f" with {self.memory / 2**30:.0f} GiB of memory" if self.memory else ""
        match self.id:
            case "cuda":
                return f"{self.name}, a graphics card{memory}."
            case "mps":
                return f"{self.name}, the graphics unit of this Mac{memory}."
            case _:
                return f"{self.name}, {cores()} processor cores{memory}."


def devices() -> tuple[Device, ...]:
    """The devices of this machine, the fastest first; the CPU is always there and always last."""
    import torch

    found = []
    if torch.cuda.is_available():
        properties = torch.cuda.get_device_properties(torch.cuda.current_device())
        found.append(Device("cuda", str(properties.name), int(properties.total_memory)))
    if torch.backends.mps.is_available():
        found.append(Device("mps", "Apple GPU", 0))
    found.append(Device("cpu", _processor(), _memory()))
    return tuple(found)


def choose(wanted: str) -> Device:
    """The device of that id; "auto" gives the fastest.

    Raises:
        RunError: This machine has no such device.
    """
    found = devices()
    if wanted == "auto":
        return found[0]
    for device in found:
        if device.id == wanted:
            return device
    known = ", ".join(device.id for device in found)
    raise RunError(f'the device "{wanted}" was asked for, but this machine has {known}; choose one of these or "auto".')


def cores() -> int:
    """Processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _processor() -> str:
    """The processor's name; the word for its kind where the system does not tell."""
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine() or "CPU"


def _memory() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0
