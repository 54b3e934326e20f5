"""Files that ship with the program: fonts, with their licences beside them. Imports nothing of ours."""

from __future__ import annotations

from pathlib import Path


def path(name: str) -> Path:
    """The place of a shipped file, for example `path("fonts/Inter-Regular.otf")`."""
    return Path(__file__).resolve().parent / name
