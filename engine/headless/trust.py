"""The command `trust`: shows the Python code of a project, asks, and lets it run on this computer, or takes that back.

Not for: where trust is kept (`engine.trust`).
"""

from __future__ import annotations

import sys

import engine
from engine import trust as kept
from engine.blocks.python import PythonBlock
from engine.blocks.python_text import CodeError, read
from engine.graph.model import Graph
from engine.headless.terminal import say, say_json, tell

REFUSED = 1  # exit code where the person did not say yes


def trust(reference: str, *, yes: bool, take_back: bool, as_json: bool) -> int:
    """Show each piece of code that is not trusted, and ask about it.

    Args:
        reference: The project.
        yes: The person has read it, and is not asked.
        take_back: Trust its code no more.
        as_json: One JSON object a line, without the code.
    """
    codes = codes_of(engine.open(reference).graph)
    if kept.fault():
        tell(kept.fault())
    if not codes:
        say_json({"trusted": 0}) if as_json else say("There is no Python code in this project.")
        return 0
    if take_back:
        kept.take(tuple(kept.digest(code) for code in codes))
        return _told(codes, "Trusted no more", as_json=as_json)
    for code in codes:
        if kept.trusted(code):
            continue
        if not as_json:
            say(code)
        if not yes and not _agreed(code):
            tell(
                f"{name_of(code)} is not trusted, so it does not run. Read the code above, then say yes, or pass --yes."
            )
            return REFUSED
        kept.give(code, name_of(code))
    return _told(codes, "Trusted on this computer", as_json=as_json)


def codes_of(graph: Graph) -> tuple[str, ...]:
    """The texts of all Python blocks of a project, those in composites included."""
    drawings = (graph, *(composite.body for composite in graph.composites.values()))
    blocks = (node.block() for drawing in drawings for node in drawing if node.kind == PythonBlock.kind)
    return tuple(dict.fromkeys(block.code for block in blocks if isinstance(block, PythonBlock)))


def name_of(code: str) -> str:
    """The class of a text, in words where it has none."""
    try:
        return read(code).name
    except CodeError:
        return "code that cannot be read"


def _agreed(code: str) -> bool:
    """Whether the person at the terminal says yes; nobody there says no."""
    tell(
        f"{name_of(code)} may have been written by somebody else. Trusted, it runs on this computer with all that you may do. "
        "Trust it? Type yes:"
    )
    return sys.stdin.readline().strip().lower() == "yes"


def _told(codes: tuple[str, ...], what: str, *, as_json: bool) -> int:
    for code in codes:
        if as_json:
            say_json({"class": name_of(code), "sha256": kept.digest(code), "trusted": kept.trusted(code)})
        else:
            say(f"{what}: {name_of(code)} ({kept.digest(code)[:16]})")
    return 0
