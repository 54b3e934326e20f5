"""What the section "weights" of a project file may hold.

    "weights": {
        "names": {"torchvision": {"{block...}.downsample_bn": "{block}.downsample.1"}},
        "file": "imported/0123456789abcdef.safetensors", "from": "resnet18.pth", "by": "torchvision"
    }

`names` are maps to names of reference implementations (`engine.importers.names`), which presets bring along; the rest is said of
weights that were imported. Not for: reading either. No torch.
"""

from __future__ import annotations

from typing import Any

from engine.errors import SettingError
from engine.importers.names import rules
from engine.training.places import FILE

MOST_MAPS = 16
KNOWN = ("names", "file", "from", "by")


def fault(section: Any) -> tuple[str, str]:
    """What is wrong with the section, and where in it; both empty where nothing is."""
    for key, value in section.items():
        match key:
            case "names":
                problem = _names(value)
            case "file" if not (isinstance(value, str) and FILE.fullmatch(value)):
                problem = 'the name of a file such as "imported/0123456789abcdef.safetensors" is wanted.'
            case "from" | "by" if not (isinstance(value, str) and len(value) <= 300):
                problem = "a short text is wanted."
            case "file" | "from" | "by":
                problem = ""
            case _:
                problem = f"there is no field of that name; known: {', '.join(KNOWN)}."
        if problem:
            return problem, str(key)[:60]
    return "", ""


def _names(value: Any) -> str:
    if not isinstance(value, dict) or len(value) > MOST_MAPS:
        return f"an object with at most {MOST_MAPS} maps of names is wanted."
    for name, table in value.items():
        if not name or len(name) > 40 or name in ("names", "order") or not isinstance(table, dict):
            return "each map is an object of rules under the name of an implementation."
        try:
            rules(table)
        except SettingError as error:
            return str(error)
    return ""
