"""Where the file of a project's imported weights lies.

It belongs to a project as its runs do: in "name.runs/imported" beside it, in the user's data folder while the project is not
saved. Its name is made of its content, so it never changes, and undoing an import is undoing a name. The project's section
"weights" says which file it is.

Not for: what is in it (`engine.training.imported`). No torch.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from pathlib import Path

from engine.errors import StoreError
from engine.graph.model import Graph
from engine.training.runs import runs_folder

FOLDER = "imported"
FILE = re.compile(r"imported/[0-9a-f]{16}\.safetensors")


def named_file(graph: Graph) -> str:
    """What the project says its imported weights are called, "imported/0123456789abcdef.safetensors"; empty for none."""
    name = graph.sections["weights"].get("file")
    return name if isinstance(name, str) and FILE.fullmatch(name) else ""


def weights_file(graph: Graph, project: Path | None) -> Path | None:
    """The file of a project's imported weights, None where it has none.

    Raises:
        StoreError: It is not there any more.
    """
    name = named_file(graph)
    if not name:
        return None
    path = found(name, project)
    if path is None:
        origin = graph.sections["weights"].get("from") or "a file"
        raise StoreError(
            f"the weights that were imported from {origin} are not there any more ({runs_folder(project) / name}); "
            "import them again, or forget them in the window for importing weights.",
            path=str(runs_folder(project) / name),
        )
    return path


def found(name: str, project: Path | None) -> Path | None:
    """Where a file of that name lies: beside the project, or where an unsaved one keeps it."""
    for folder in dict.fromkeys((runs_folder(project), runs_folder(None))):
        if (folder / name).is_file():
            return folder / name
    return None


def carry(graph: Graph, before: Path | None, after: Path) -> None:
    """Let the imported weights go along with a project that is saved elsewhere: a second name for the file, or a copy.

    Raises:
        StoreError: They could not be brought there.
    """
    name = named_file(graph)
    source = found(name, before) if name else None
    target = runs_folder(after) / name
    if source is None or target.exists():
        return
    aside = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, target)
        except OSError:  # another disk, or one that knows no second names
            shutil.copyfile(source, aside)
            os.replace(aside, target)
    except OSError as error:
        with contextlib.suppress(OSError):
            aside.unlink()
        raise StoreError(
            f"The imported weights could not be brought to {target} ({error.strerror}); the project is not saved there.",
            path=str(target),
        ) from error
