"""What an output is trained to say where nobody drew a loss, and which column a drawn loss compares with.

Checker and compiler ask here, so what the one tells a person is what the other does. Outputs and columns find each other by name,
then by kind and shape in order; an output as large as an input that fits no target makes that input again.

Not for: finding faults (`engine.graph.ends`), and not for the arithmetic (`engine.training.losses`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from engine.blocks.spec import Shape, spec_of
from engine.graph.edits import End
from engine.graph.facts import Column, DataFacts
from engine.graph.model import Graph

Scale = Literal["network", "unit", "signed"]
_TASKS: Mapping[str, tuple[str, ...]] = {
    "auto": ("label", "number", "mask", "tags"),
    "classify": ("label", "tags"),
    "regress": ("number",),
    "segment": ("mask",),
    "sequence": ("tags", "number"),
    "reconstruct": (),
    "features": (),
}
_SEEN_THROUGH = ("flatten", "unflatten", "reshape", "squeeze", "unsqueeze", "identity", "output")
_PICTURES = ("vae_loss", "gan_loss", "diffusion_loss")  # losses that compare with the picture that goes in
_NUMBERS = ("mse", "l1", "smooth_l1", "huber", "kl_div", "bce", "bce_with_logits", "mae", "rmse", "r2", "vae_loss")


@dataclass(frozen=True)
class Head:
    """A prediction that is looked at.

    Attributes:
        name: The output's (or the loss's) name.
        shape: One sample of it.
        last: Kind of the block that gives it: "linear", "sigmoid".
        task: What the output says it is for.
        target: The column that it names, empty where it names none.
    """

    name: str
    shape: Shape
    last: str = ""
    task: str = "auto"
    target: str = ""


@dataclass(frozen=True)
class Aim:
    """What a head is trained to say.

    Attributes:
        column: Name of the column that it is compared with.
        loss: Kind of the loss block.
        settings: Settings of the loss that are not its defaults.
        metrics: Kinds of the metrics that are reported.
        scale: How a picture is scaled that is compared with: as the network reads it, 0 to 1, or -1 to 1.
        why: What of the data this is, in words: "10 classes".
    """

    column: str
    loss: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    metrics: tuple[str, ...] = ()
    scale: Scale = "network"
    why: str = ""

    def sentence(self, head: str) -> str:
        """What is done, for a person."""
        also = [spec_of(kind).title for kind in self.metrics]
        said = [title if title.startswith(("R²", "F1")) else title[0].lower() + title[1:] for title in also]
        report = f" {_listed(said)} {'are' if len(said) > 1 else 'is'} reported." if said else ""
        loss = spec_of(self.loss).title
        return f'{head} learns the column "{self.column}" ({self.why}) by {loss[0].lower()}{loss[1:]}.{report}'


def aims(heads: Sequence[Head], facts: DataFacts, inputs: Mapping[str, Shape]) -> list[Aim | None]:
    """One aim a head; None where nothing of the data fits it, or where it says that there is nothing to learn.

    Args:
        heads: The outputs without a loss of their own, in the order of the file.
        facts: The data.
        inputs: What the network reads: shape by column.
    """
    found: dict[int, Aim | None] = {}
    free = list(facts.targets)
    for index, head in enumerate(heads):
        column = named(head, facts)
        if column is not None and head.task != "features":
            found[index] = _aim(head, column, facts, inputs)
            free = [other for other in free if other is not column]
    # What fits in every way comes first: one number may be an age or, at a pinch, a yes or no.
    for candidates, loosely in ((free, False), (free, True), (list(facts.targets), True), ([*facts.inputs], True)):
        for index, head in enumerate(heads):
            if found.get(index) is not None or head.task == "features" or named(head, facts) is not None:
                continue
            for column in list(candidates):
                aim = _aim(head, column, facts, inputs)
                if aim is not None and (loosely or not aim.why.startswith("yes or no")):
                    found[index] = aim
                    if candidates is free:
                        free.remove(column)
                    break
    return [found.get(index) for index in range(len(heads))]


def last_kind(graph: Graph, end: End) -> str:
    """Kind of the block whose numbers leave an output port: composites are looked into, changes of shape looked through."""
    for _ in range(1000):  # no drawing goes round in circles, but one that is being checked might
        node = graph.nodes.get(end.block)
        if node is None:
            return ""
        if node.composite is not None and node.composite in graph.composites:
            body = graph.composites[node.composite].body
            inner = next((wire.source for wire in body.wires.values() if _leaves(body, wire.target, end.port)), None)
            if inner is None:
                return ""
            graph, end = body, inner
            continue
        into = graph.wires_into(node.id) if node.kind in _SEEN_THROUGH or node.bypassed is True else ()
        if not into:
            return node.kind
        end = into[0].source
    return ""


def _leaves(body: Graph, target: End, port: str) -> bool:
    node = body.nodes.get(target.block)
    return node is not None and node.kind == "port_out" and node.name == port


def named(head: Head, facts: DataFacts) -> Column | None:
    """The column that a head names, in a setting or by its own name."""
    if head.target:
        return facts.column(head.target)
    words = head.name.lower().split("_")
    return next((column for column in facts.targets if column.name.lower() in (head.name.lower(), *words)), None)


def column_of(kind: str, head: Head, facts: DataFacts, inputs: Mapping[str, Shape]) -> Column | None:
    """The column that a drawn loss or metric compares with; the first target where none fits, None where there is none."""
    column = named(head, facts)
    if column is not None or head.target:
        return column
    if kind in _PICTURES:
        fitting = [c for c in facts.inputs if c.kind == "image" and (kind != "vae_loss" or _again(head, c, inputs))]
        return next(iter(fitting), facts.input)
    fitting = [c for c in facts.targets if _fits(kind, head, c, facts, inputs)]
    if not fitting and kind in _NUMBERS:
        fitting = [c for c in facts.inputs if _again(head, c, inputs)]
    return next(iter(fitting), facts.target)


def scale_of(kind: str, head: Head, column: Column, settings: Mapping[str, Any]) -> Scale:
    """How a picture is scaled that a prediction is compared with."""
    if column.kind != "image":
        return "network"
    if head.last == "tanh" or kind == "diffusion_loss":
        return "signed"
    wants_share = kind in ("bce", "bce_with_logits") or (kind == "vae_loss" and settings.get("recon") == "bce")
    return "unit" if head.last in ("sigmoid", "hardsigmoid") or wants_share else "network"


def ignored(kind: str, settings: Mapping[str, Any], column: Column | None) -> dict[str, Any]:
    """The settings of a comparison with classes, with the data's own padding where none is set."""
    known = spec_of(kind).settings
    if "ignore_index" in known and settings.get("ignore_index") is None and column is not None:
        return {**settings, "ignore_index": column.pad}
    return dict(settings)


def seen(column: Column, facts: DataFacts, inputs: Mapping[str, Shape]) -> tuple[int, ...]:
    """Sizes of one sample of a column when it is trained with: masks are resized with their pictures."""
    if column.kind == "image":
        return inputs[column.name].dims if column.name in inputs else column.dims
    if column.kind == "mask":
        for name, shape in inputs.items():
            picture = facts.column(name)
            if picture is not None and picture.kind == "image" and picture.dims[1:] == column.dims:
                return shape.dims[1:]
    return column.dims


def _fits(kind: str, head: Head, column: Column, facts: DataFacts, inputs: Mapping[str, Shape]) -> bool:
    """Whether a drawn loss of a kind can compare a head with a column."""
    if kind == "triplet_margin":
        return column.kind == "label"
    if kind == "dice":
        return column.kind == "mask"
    aim = _aim(head, column, facts, inputs)
    if column.kind == "number":
        return aim is not None and kind in _NUMBERS
    return aim is not None


def _aim(head: Head, column: Column, facts: DataFacts, inputs: Mapping[str, Shape]) -> Aim | None:
    """What a head is trained to say of a column, None where its shape does not fit."""
    if column.kind not in _TASKS[head.task] and column.target:
        return None
    dims, count = head.shape.dims, len(column.classes)
    pad = {} if column.pad is None else {"ignore_index": column.pad}
    several = "nll" if head.last == "log_softmax" else "cross_entropy"
    yes_or_no = {"sigmoid": "bce", "step": "mse"}.get(head.last, "bce_with_logits")
    match column.kind:
        case "label" if dims == (count,) and count > 1:
            return Aim(column.name, several, pad, ("accuracy",), why=f"{count} classes")
        case "label" if head.shape.size == 1 and count == 2:
            return Aim(column.name, yes_or_no, {}, ("accuracy",), why="yes or no")
        case "mask" if len(dims) == 3 and _covers(dims[1:], seen(column, facts, inputs)):
            if dims[0] == count:
                return Aim(column.name, several, pad, ("mean_iou", "pixel_accuracy"), why=f"{count} classes a pixel")
            if dims[0] == 1 and count == 2:
                return Aim(column.name, yes_or_no, {}, ("mean_iou", "pixel_accuracy"), why="yes or no a pixel")
        case "tags" if dims in ((*column.dims, count), (count, *column.dims), (count,)):
            language = any(c.kind == "tokens" and c.classes == column.classes for c in facts.inputs)
            metrics = ("accuracy", "perplexity") if language else ("accuracy",)
            place = "the last step" if len(dims) == 1 else "each step"
            return Aim(column.name, several, pad, metrics, why=f"one of {count} at {place}")
        case "number" if column.target and head.shape.size == _size(column.dims):
            wide = "1 number" if head.shape.size == 1 else f"{head.shape.size} numbers"
            return Aim(column.name, "mse", {}, ("mae", "rmse"), why=wide)
        case "image" | "number" if not column.target and head.task in ("auto", "reconstruct"):
            if _again(head, column, inputs):
                loss = "bce" if head.last == "sigmoid" and column.kind == "image" else "mse"
                return Aim(column.name, loss, {}, (), scale_of(loss, head, column, {}), "its own input, made again")
        case _:
            pass
    return None


def _again(head: Head, column: Column, inputs: Mapping[str, Shape]) -> bool:
    """Whether a head is as large as an input that the network reads."""
    shape = inputs.get(column.name)
    return column.kind in ("image", "number") and shape is not None and head.shape.size == shape.size and shape.size > 1


def _covers(map_: tuple[int, ...], mask: tuple[int, ...]) -> bool:
    """Whether a map is as large as a mask, or lies in its middle (a network without padding loses the rim)."""
    rims = [whole - part for part, whole in zip(map_, mask, strict=True)]
    return all(rim >= 0 and rim % 2 == 0 and 2 * rim < whole for rim, whole in zip(rims, mask, strict=True))


def _size(dims: tuple[int, ...]) -> int:
    return Shape(dims).size


def _listed(words: Sequence[str]) -> str:
    text = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
    return text[0].upper() + text[1:]
