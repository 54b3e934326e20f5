"""The engine: everything of LayerLoom that is not a window, usable from a script.

    import engine

    project = engine.open("preset:lenet5")      # or a path to a .loom file
    print(project.check().parameters)           # 61706
    network = project.build(seed=0)             # a torch.nn.Module
    run = engine.fit(project, epochs=3)         # trains; a Run with .network("best")

Importing the package is light; torch is imported when it is first needed. Not for: anything with Qt.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.project import Project, fit
    from engine.project import open_project as open  # noqa: A004  the name that scripts call

__all__ = ["Project", "fit", "open"]

_HOMES = {"Project": "Project", "fit": "fit", "open": "open_project"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module("engine.project"), _HOMES[name])
