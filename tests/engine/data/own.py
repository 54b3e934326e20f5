"""Files of a person's own for tests: written, chosen, loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.data import DataSet, load
from engine.data.choice import DataChoice
from engine.declare import from_json


def written(folder: Path, content: str | bytes, name: str = "data.csv") -> Path:
    """A file with this content."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def loaded(name: str, path: Path | None = None, **more: Any) -> DataSet:
    """The data of a choice."""
    return load(from_json(DataChoice, {"name": name, "path": str(path or ""), **more}))
