"""Taking the network away: source and weights, each checked before it is handed over.

`export` writes one target; `targets` says which there are. Not for: runs (`engine.training`) nor project files
(`engine.graph.store`).
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from engine.export.targets import Target, targets

if TYPE_CHECKING:
    from engine.export.exporting import Exported, export
    from engine.export.weights import read_weights

__all__ = ["Exported", "Target", "export", "read_weights", "targets"]

# What needs torch is imported when it is asked for, so that a dialog can list the targets without it.
_HOMES = {"Exported": "exporting", "export": "exporting", "read_weights": "weights"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"engine.export.{_HOMES[name]}"), name)
