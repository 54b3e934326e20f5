"""`export`: one target, written and checked.

Not for: the formats (`engine.export.targets`) nor for choosing a file (window and command line).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from torch import nn

from engine.compiler.module import build
from engine.compiler.plan import plan as planned
from engine.declare import unknown
from engine.errors import StoreError
from engine.export.targets import Order, targets
from engine.export.verify import network_of
from engine.export.weights import state_of
from engine.files import write_atomic
from engine.graph.model import Graph

if TYPE_CHECKING:
    from engine.data.normalisation import Normalisation


@dataclass(frozen=True)
class Exported:
    """A finished export.

    Attributes:
        path: The file.
        check: A sentence that says what was compared.
    """

    path: Path
    check: str


def export(
    graph: Graph, network: nn.Module | None = None, *, to: str, out: Path | str, title: str = "",
    classes: Sequence[str] = (), normalisation: Normalisation | None = None,
) -> Exported:  # fmt: skip
    """Write the network as a target, after checking that the file computes the same.

    What was at `out` before stays there until the check has passed. Takes some seconds: source is run in a fresh process.

    Args:
        graph: The drawing.
        network: Its module, with the weights to export, in any mode and on any device; fresh weights where it is None.
        to: A name of `targets()`.
        out: The file; the target's ending is added where it has none.
        title: What the export is called; the project's title where it is empty.
        classes: Names of the classes in the order of the output.
        normalisation: How the training scaled its data.

    Raises:
        CompileError: The drawing has errors, the weights are another network's, or the check failed.
        StoreError: There is no such target, or the file cannot be written.
    """
    if to not in targets():
        raise StoreError(unknown(to, targets(), "export target"), path=str(out))
    chosen = targets()[to]
    path = Path(out)
    if not path.suffix:
        path = path.with_name(path.name + chosen.suffix)
    elif chosen.suffix == ".safetensors" and path.suffix.lower() != ".safetensors":
        raise StoreError(f"{path} must end in .safetensors, by which programs tell this format.", path=str(path))
    plan = planned(graph)
    state = state_of(network if network is not None else build(plan, seed=0))
    network_of(plan, state)  # refuses weights of another network before anything is written
    title = title or plan.title or "Neural network"
    order = Order(plan, state, title, tuple(classes), normalisation, path.name)
    content = chosen.write(order)
    sentence = chosen.check(order, content)
    write_atomic(path, content)
    return Exported(path, sentence)
