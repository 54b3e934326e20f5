"""The whole network as a table: a row a block with its shapes, counts, memory and receptive field; as text and as CSV.

What a designer's analyser or torchinfo shows. Not for: finding any of it out (`engine.graph.check`,
`engine.graph.receptive`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from engine.blocks.spec import Shape
from engine.graph.check import Report
from engine.graph.model import Graph, Node
from engine.graph.receptive import NOTHING, Field, Seen, all_fields


@dataclass(frozen=True)
class Row:
    """One block.

    Attributes:
        block: Its id.
        name: Its name, with those of the composites that lead to it: "layer1.0.conv2" is in the first repetition of layer1.
        title: What kind of block it is, in words.
        family: The family of its kind.
        inputs: Shapes that arrive, None for one that is not known.
        output: Shape that it gives, None where that is not known.
        parameters: Learned numbers.
        parameter_share: Of those of the whole network, 0 to 1.
        macs: Multiply-adds for one sample.
        mac_share: Of those of the whole network, 0 to 1.
        activation_bytes: Memory of what it gives, for one sample.
        field: Its receptive field, None where no picture leads to it.
        depth: In how many composites it stands.
        path: Ids of the instances of composites that lead to it.
        repetition: Which repetition of the innermost of these, counted from 0.
        total: Whether its figures are the sum of the rows below it (a composite that is shown with its inside).
        bypassed: Whether it only passes on what arrives.
        frozen: Whether a training leaves its weights as they are.
    """

    block: str
    name: str
    title: str
    family: str
    inputs: tuple[Shape | None, ...]
    output: Shape | None
    parameters: int
    parameter_share: float
    macs: int
    mac_share: float
    activation_bytes: int
    field: Field | None
    depth: int = 0
    path: tuple[str, ...] = ()
    repetition: int = 0
    total: bool = False
    bypassed: bool = False
    frozen: bool = False

    @property
    def kind(self) -> str:
        """The title, with what keeps the block from its work or from learning."""
        states = [word for word, on in (("bypassed", self.bypassed), ("frozen", self.frozen)) if on]
        return f"{self.title} ({', '.join(states)})" if states else self.title

    @property
    def arrives(self) -> str:
        """The shapes that arrive, in words; empty for an input."""
        return " + ".join(str(shape) if shape is not None else "?" for shape in self.inputs)

    @property
    def leaves(self) -> str:
        """The shape that it gives, "?" where that is not known."""
        return str(self.output) if self.output is not None else "?"


def rows(graph: Graph, report: Report, *, inside: bool = False) -> tuple[Row, ...]:
    """A row a block in the order of the network; blocks that have no place in it come last.

    Args:
        graph: The network.
        report: What the checker said of it.
        inside: Whether the blocks within composites have rows too, each repetition below its instance.
    """
    return tuple(_rows(graph, report, all_fields(graph, report), _Place(report, inside)))


@dataclass(frozen=True)
class _Place:
    """Where a drawing stands: the whole network's report, and the composites that lead to it."""

    whole: Report
    inside: bool
    path: tuple[str, ...] = ()
    prefix: str = ""
    repetition: int = 0
    frozen: bool = False


def _rows(graph: Graph, report: Report, seen: Seen, place: _Place) -> Iterator[Row]:
    ordered = [id_ for id_ in report.order if id_ in graph.nodes]
    placed = set(ordered)
    for id_ in (*ordered, *(id_ for id_ in graph.nodes if id_ not in placed)):
        node = graph.nodes[id_]
        if node.kind in ("port_in", "port_out"):
            continue
        repetitions = report.inner.get(id_, ()) if place.inside and node.composite in graph.composites else ()
        yield _row(node, report, seen.field(id_), place, total=bool(repetitions))
        fields = seen.inner.get(id_, ())
        for number, inner in enumerate(repetitions):
            below = replace(
                place,
                path=(*place.path, id_),
                prefix=f"{place.prefix}{node.name}." + (f"{number}." if len(repetitions) > 1 else ""),
                repetition=number,
                frozen=place.frozen or node.frozen,
            )
            body = graph.composites[str(node.composite)].body
            yield from _rows(body, inner, fields[number] if number < len(fields) else NOTHING, below)


def _row(node: Node, report: Report, field: Field | None, place: _Place, *, total: bool) -> Row:
    about, whole = report.blocks.get(node.id), place.whole
    spec = type(report.made.get(node.id) or node.block())
    parameters, macs = (about.parameters, about.macs) if about else (0, 0)
    return Row(
        block=node.id,
        name=place.prefix + node.name,
        title=spec.title,
        family=spec.family,
        inputs=about.inputs if about else (),
        output=about.output if about else None,
        parameters=parameters,
        parameter_share=parameters / whole.parameters if whole.parameters else 0.0,
        macs=macs,
        mac_share=macs / whole.macs if whole.macs else 0.0,
        activation_bytes=about.activation_bytes if about else 0,
        field=field,
        depth=len(place.path),
        path=place.path,
        repetition=place.repetition,
        total=total,
        bypassed=node.id in report.bypassed,
        frozen=bool(parameters) and (place.frozen or node.frozen),
    )


CSV_HEAD = (
    "block", "kind", "inputs", "output", "parameters", "parameter_share", "macs", "mac_share", "activation_bytes",
    "field_height", "field_width", "field_jump_height", "field_jump_width", "depth",
)  # fmt: skip


def to_csv(found: Sequence[Row]) -> str:
    """The rows as comma-separated values with a head; sizes as 64x28x28 without the batch, empty where not known."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_HEAD)
    for row in found:
        field = row.field
        sizes: tuple[object, ...] = ("", "", "", "")
        if field is not None:
            jumps = (field.height.jump, field.width.jump)
            sizes = (*field.size, *("" if jump is None else float(jump) for jump in jumps))
        writer.writerow((
            row.name, row.title, " + ".join(_plain(shape) for shape in row.inputs), _plain(row.output), row.parameters,
            round(row.parameter_share, 6), row.macs, round(row.mac_share, 6), row.activation_bytes, *sizes, row.depth,
        ))  # fmt: skip
    return out.getvalue()


def _plain(shape: Shape | None) -> str:
    return "x".join(map(str, shape.dims)) if shape is not None else ""


HEAD = ("block", "kind", "input", "output", "parameters", "%", "multiply-adds", "%", "activations", "receptive field")
_RIGHT = frozenset({4, 5, 6, 7, 8})  # columns of numbers, which end flush


def cells(row: Row) -> tuple[str, ...]:
    """A row as it is read, in the order of `HEAD`; names stand further right the deeper they are."""
    return (
        "  " * row.depth + row.name,
        row.kind,
        row.arrives,
        row.leaves,
        f"{row.parameters:,}" if row.parameters else "",
        percent(row.parameter_share) if row.parameters else "",
        f"{row.macs:,}" if row.macs else "",
        percent(row.mac_share) if row.macs else "",
        size(row.activation_bytes) if row.activation_bytes else "",
        row.field.text if row.field is not None else "",
    )


def percent(share: float) -> str:
    """A share with one digit: "12.5", "<0.1" for the least that is something."""
    return "<0.1" if 0 < share < 0.0005 else f"{100 * share:.1f}"


def size(number: int) -> str:
    """Bytes in units of 1,024: "18.4 KB"."""
    value, units = float(number), ["B", "KB", "MB", "GB", "TB"]
    while value >= 1024 and len(units) > 1:
        value /= 1024
        units.pop(0)
    return f"{number} B" if units[0] == "B" else f"{value:.1f} {units[0]}"


def totals(found: Sequence[Row]) -> tuple[int, int, int]:
    """Parameters, multiply-adds and activation bytes of all rows, none counted twice."""
    own = [row for row in found if not row.total]
    return sum(row.parameters for row in own), sum(row.macs for row in own), sum(row.activation_bytes for row in own)


def to_text(found: Sequence[Row]) -> str:
    """The rows as a table of aligned columns with a line of totals, for a terminal or a letter."""
    parameters, macs, held = totals(found)
    body = [cells(row) for row in found]
    foot = (
        f"{len(found)} {'row' if len(found) == 1 else 'rows'}", "", "", "", f"{parameters:,}", "", f"{macs:,}", "",
        size(held), "",
    )  # fmt: skip
    widths = [max(len(line[column]) for line in (HEAD, *body, foot)) for column in range(len(HEAD))]
    rule = "─" * (sum(widths) + 2 * (len(widths) - 1))
    lines = [_line(HEAD, widths), rule, *(_line(line, widths) for line in body), rule, _line(foot, widths)]
    return "\n".join(lines) + "\n"


def _line(line: Sequence[str], widths: Sequence[int]) -> str:
    made = [
        cell.rjust(width) if column in _RIGHT else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(line, widths, strict=True))
    ]
    return "  ".join(made).rstrip()
