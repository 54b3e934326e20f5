"""What a network can be exported as: declared here, once, for dialog and command line.

A new target is a function that makes the file's bytes and a function that checks them. Not for: the work itself, which
`engine.export.exporting` does. No torch until a target is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.compiler.plan import Plan
    from engine.data.normalisation import Normalisation
    from engine.export.weights import State


@dataclass(frozen=True)
class Order:
    """What is to be exported.

    Attributes:
        plan: What the network does.
        state: Its weights by name, on the CPU.
        title: What it is called.
        classes: Names of the classes in the order of the output, empty where there are none.
        normalisation: How the training scaled its data, None where it did not.
        file: Name of the file that is written, without its folder.
    """

    plan: Plan
    state: State
    title: str
    classes: tuple[str, ...]
    normalisation: Normalisation | None
    file: str


Write = Callable[[Order], bytes]
Check = Callable[[Order, bytes], str]


@dataclass(frozen=True)
class Target:
    """One kind of export.

    Attributes:
        name: What the command line calls it.
        title: What the dialog calls it.
        suffix: The ending of its files.
        help: One line that says what it is good for.
        write: Makes the file's content.
        check: Says in a sentence what was compared; raises `CompileError` where the content does not do what the network does.
    """

    name: str
    title: str
    suffix: str
    help: str
    write: Write
    check: Check


_TARGETS: dict[str, Target] = {}


def target(name: str, *, title: str, suffix: str, help: str, check: Check) -> Callable[[Write], Write]:
    """Declare a target by the function that makes its bytes."""

    def decorate(write: Write) -> Write:
        _TARGETS[name] = Target(name, title, suffix, help, write, check)
        return write

    return decorate


def targets() -> Mapping[str, Target]:
    """Every declared target by name, in the order in which a dialog shows them."""
    return _TARGETS


def _check_source(order: Order, content: bytes) -> str:
    from engine.export.verify import check_source

    return check_source(order, content)


def _check_weights(order: Order, content: bytes) -> str:
    from engine.export.verify import check_weights

    return check_weights(order, content)


@target(
    "source",
    title="PyTorch source",
    suffix=".py",
    help="one readable Python file that needs only PyTorch; the weights go beside it",
    check=_check_source,
)
def source(order: Order) -> bytes:
    """The network as Python source."""
    from engine.compiler import source as printing

    return printing.source(
        order.plan, title=order.title, normalisation=order.normalisation, classes=order.classes, file=order.file
    ).encode("utf-8")


@target(
    "safetensors",
    title="Weights, safetensors",
    suffix=".safetensors",
    help="the weights by name in a format that holds nothing but numbers",
    check=_check_weights,
)
def safetensors(order: Order) -> bytes:
    """The weights as safetensors, with title, classes and normalisation in the header."""
    from engine.export.weights import to_safetensors

    return to_safetensors(order.state, title=order.title, classes=order.classes, normalisation=order.normalisation)


@target(
    "pt",
    title="Weights, PyTorch",
    suffix=".pt",
    help="the state dict, for torch.load with weights_only=True",
    check=_check_weights,
)
def pt(order: Order) -> bytes:
    """The weights as a state dict."""
    from engine.export.weights import to_pt

    return to_pt(order.state)
