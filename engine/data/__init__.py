"""Data sets: which there are, reading them, splitting and normalising them.

`load(choice)` gives a `DataSet`: named numpy columns, the parts, the normalisation and what there is to say about them.
What is imported here is imported when it is first used, so that `engine.data.choice` stays free of numpy.

Not for: batches and devices (`engine.training`). No torch.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.data.choice import DataChoice
    from engine.data.dataset import DataSet
    from engine.data.loading import facts, load
    from engine.data.normalisation import Normalisation

__all__ = ["DataChoice", "DataSet", "Normalisation", "facts", "load"]

_HOMES = {
    "DataChoice": "engine.data.choice",
    "DataSet": "engine.data.dataset",
    "Normalisation": "engine.data.normalisation",
    "facts": "engine.data.loading",
    "load": "engine.data.loading",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(home), name)
