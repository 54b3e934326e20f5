"""What a drawing refuses: values of blocks, marks and places, each with a sentence.

Not for: names and ids (`engine.graph.naming`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.declare import Json
from engine.errors import GraphError, SettingError
from engine.graph.edits import Mark, Node
from engine.graph.expression import is_expression

LONGEST_MARK = 100_000  # characters of a note
FARTHEST = 1e7  # canvas units from the origin


def checked_settings(node: Node, settings: Mapping[str, Json]) -> dict[str, Json]:
    """Settings in their normal form: those that differ from their default, expressions as they are.

    Raises:
        GraphError: A setting is not known or cannot take its value.
    """
    node = node if settings is node.settings else replace(node, settings=settings)
    try:
        values, texts = node.block().said, node.expressions
    except SettingError as error:
        raise GraphError(str(error)) from error
    if texts:
        values = {
            name: texts.get(name, values.get(name)) for name in node.spec.settings if name in texts or name in values
        }
    return {name: list(value) if isinstance(value, list) else value for name, value in values.items()}


def held(node: Node, name: str) -> Json:
    """A setting as it is stored, the default where it is absent."""
    if name in node.settings:
        return node.settings[name]
    default = node.spec.settings[name].default
    return list(default) if isinstance(default, tuple) else default


def check_flags(node: Node) -> None:
    """Refuse a pin, a bypass or a freezing that makes no sense.

    Raises:
        GraphError: It does not.
    """
    if not isinstance(node.pinned, bool):
        raise GraphError("a block is pinned or not: true or false is wanted.")
    if not isinstance(node.frozen, bool):
        raise GraphError("a block is frozen or not: true or false is wanted.")
    if node.frozen and node.block().role != "layer":
        raise GraphError(f"{node.name} cannot be frozen: only a layer has weights that a training changes.")
    if node.bypassed is False:
        return
    if node.bypassed is not True and not is_expression(node.bypassed):
        raise GraphError(
            'a block is bypassed or not: true, false or an expression such as "=not projection" is wanted.'
        )
    try:
        node.bypassed_with(node.names or {})
    except SettingError as error:
        raise GraphError(str(error)) from error
    if not can_be_bypassed(node):
        raise GraphError(f"{node.name} cannot be bypassed: only a block with an input and an output can be left out.")


def can_be_bypassed(node: Node) -> bool:
    """Whether there is something to leave out, and a way past it."""
    block = node.block()
    return block.role == "layer" and bool(block.inputs()) and bool(block.outputs())


def check_mark(mark: Mark) -> None:
    """Refuse a frame or note that cannot be drawn.

    Raises:
        GraphError: It cannot.
    """
    if mark.kind not in ("frame", "note"):
        raise GraphError(f'a mark is a "frame" or a "note", not {str(mark.kind)[:40]!r}.')
    if not isinstance(mark.text, str) or len(mark.text) > LONGEST_MARK:
        raise GraphError(f"a mark's text has at most {LONGEST_MARK} characters.")
    if not isinstance(mark.colour, str) or len(mark.colour) > 64:
        raise GraphError("a mark's colour is the name of a family of blocks, or empty.")
    check_place(mark.x, mark.y)
    check_place(mark.width, mark.height)
    if mark.width <= 0 or mark.height <= 0:
        raise GraphError("a frame or note has a width and a height above 0.")


def check_place(x: Any, y: Any) -> None:
    """Refuse what is no place on the canvas.

    Raises:
        GraphError: It is none.
    """
    for value in (x, y):
        if (
            isinstance(value, bool)
            or not isinstance(value, (int, float))
            or not abs(value) <= FARTHEST  # also what is not a number
        ):
            raise GraphError("a block's place is two finite numbers, at most ten million units from the origin.")
