"""A block that is a person's own class: text until somebody trusts it on this machine.

Its ports are read from the text, which is parsed and never run here. Shapes and counts are found out by running the class on
the meta device in a process of its own (`engine.compiler.python_shapes`); what was found out lies here, for the checker to ask.

Not for: running anything. No torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine import trust
from engine.blocks.python_text import FROM_CHANNELS, FROM_FEATURES, FROM_SHAPE, LONGEST_ARGUMENTS, given, read
from engine.blocks.spec import Block, BlockError, Call, Port, Shape, block, text
from engine.blocks.window import Looks
from engine.declare import code

UNTRUSTED = "untrusted"  # codes of the problems that are not the person's mistakes
PENDING = "python-pending"
MOST_KNOWN = 4096  # answers; a class is asked about once for each of the shapes that arrive
_START = "python."  # of a call's target: "python.Gate:" and the text
TEMPLATE = '''class ResidualGate(nn.Module):
    """A convolution beside a shortcut, let through by a learned gate a channel."""

    def __init__(self, channels: int, kernel_size: int = 3) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, kernel_size, padding="same")
        self.gate = nn.Parameter(torch.zeros(channels, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return x + torch.sigmoid(self.gate) * F.relu(self.conv(x))
'''


@dataclass(frozen=True)
class Question:
    """What has to be found out by running a class.

    Attributes:
        code: The text.
        arguments: What the constructor is given.
        shapes: What arrives, one an input; None for an optional one without a wire.
    """

    code: str
    arguments: tuple[tuple[str, Any], ...]
    shapes: tuple[Shape | None, ...]


@dataclass(frozen=True)
class Answer:
    """What a class does with these shapes.

    Attributes:
        outputs: What leaves it.
        parameters: Learned numbers.
        macs: Multiply-adds for one sample.
    """

    outputs: tuple[Shape, ...]
    parameters: int = 0
    macs: int = 0


@dataclass(frozen=True)
class Refusal:
    """Why a class does nothing with these shapes.

    Attributes:
        text: A sentence.
        line: Of the text, counted from 1; None where no line is at fault.
    """

    text: str
    line: int | None = None


@dataclass(frozen=True)
class ReadAndTrust:
    """In the place of an edit in a mend: let the person read a text and decide. It changes no drawing.

    Attributes:
        code: The text.
    """

    code: str


_answers: dict[Question, Answer | Refusal] = {}


def tell(found: Mapping[Question, Answer | Refusal]) -> None:
    """Remember what was found out, for as long as the program runs."""
    if len(_answers) + len(found) > MOST_KNOWN:
        _answers.clear()
    _answers.update(found)


def known(question: Question) -> Answer | Refusal | None:
    """What was found out; None as long as nothing was."""
    return _answers.get(question)


def fault_of(code: str) -> Refusal | None:
    """What went wrong the last time when a text was tried; None where nothing did, or it was not."""
    found = [answer for question, answer in _answers.items() if question.code == code]
    last = found[-1] if found else None
    return last if isinstance(last, Refusal) else None


def target(text: str) -> str:
    """What the call of a text names.

    Raises:
        CodeError: The text holds no class for a block.
    """
    return f"{_START}{read(text).name}:{text}"


def code_of(called: str) -> str | None:
    """The text that a call names; None where it names something else."""
    return called.partition(":")[2] if called.startswith(_START) else None


@block("python", title="Python", family="Merge", stem="python", source="a class of your own")
class PythonBlock(Block):
    """A layer that you write yourself: a class of torch's nn.Module. Each parameter of its forward is an input (optional where its
    default is None), and a declared tuple return gives several outputs; `channels`, `features` and `shape` in its constructor are
    filled in from what arrives. torch, nn, F, Tensor and math are at hand. The code is plain text, and nothing of it runs, until
    you have read it and trusted it on this computer; then its shapes are found out by trying it, and it trains and exports like
    any other layer. Use it for what no block does, and draw what blocks can say, for only that can be looked into."""

    code: str = code(TEMPLATE, help="the class, as Python code")
    arguments: str = text(
        "",
        longest=LONGEST_ARGUMENTS,
        help="what its constructor is given besides, such as kernel_size=5",
    )

    @property
    def memo(self) -> dict[tuple[int, ...], Any]:
        """Nothing is remembered here: trust can be taken back, and answers come later."""
        return {}

    def inputs(self) -> tuple[Port, ...]:
        try:
            return read(self.code).inputs
        except BlockError:
            return (Port("x"),)

    def outputs(self) -> tuple[Port, ...]:
        try:
            return read(self.code).outputs
        except BlockError:
            return (Port("y"),)

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((4, 9, 9)),)

    def question(self, *xs: Shape | None) -> Question:
        """What has to be known of it where these shapes arrive.

        Raises:
            BlockError: The text is no class for a block, or its constructor cannot be given what it wants.
        """
        reading = read(self.code)
        typed = dict(given(self.arguments))
        first = next((x for x in xs if x is not None), Shape(()))
        names = {each.name for each in reading.arguments}
        strange = [name for name in typed if name not in names and not reading.loose]
        if strange:
            raise BlockError(
                "python-arguments",
                f"The constructor of {reading.name} takes no {strange[0]}; it takes "
                f"{', '.join(each.name for each in reading.arguments) or 'nothing'}.",
                setting="arguments",
            )
        for each in reading.arguments:
            if each.needed and each.name not in typed:
                typed[each.name] = _arriving(each.name, first, reading.name)
        order = [each.name for each in reading.arguments]
        ranked = sorted(typed.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order))
        return Question(self.code, tuple(ranked), tuple(xs))

    def answer(self, *xs: Shape | None) -> Answer:
        """What is known of it where these shapes arrive.

        Raises:
            BlockError: It is not trusted, not known yet, or does nothing with them.
        """
        question = self.question(*xs)
        name = read(self.code).name
        if not trust.trusted(self.code):
            raise BlockError(
                UNTRUSTED,
                "This block holds Python code that has not been trusted on this computer; read it, then choose Trust.",
                setting="code",
            )
        match known(question):
            case Answer() as found:
                return found
            case Refusal(text=why):
                raise BlockError("python-failed", why, setting="code")
            case _:
                raise BlockError(PENDING, f"{name} is being tried, to find out its shapes.", setting="code")

    def shapes(self, *xs: Shape) -> tuple[Shape, ...]:
        return self.answer(*xs).outputs

    def shape(self, *xs: Shape) -> Shape:
        return self.shapes(*xs)[0]

    def lower(self, *xs: Shape) -> Call:
        return Call(target(self.code), **dict(self.question(*xs).arguments))

    def parameters(self, *xs: Shape) -> int:
        return self.answer(*xs).parameters

    def macs(self, *xs: Shape) -> int:
        return self.answer(*xs).macs

    def window(self, *xs: Shape) -> Looks:
        return "whole"

    def face(self) -> str:
        try:
            return read(self.code).name
        except BlockError:
            return "cannot be read"


def _arriving(name: str, x: Shape, title: str) -> Any:
    """What a constructor's argument is filled in with.

    Raises:
        BlockError: Its name says nothing of what arrives.
    """
    if name in FROM_SHAPE:
        return x.dims
    if x.dims and name in FROM_CHANNELS:
        return x.dims[0] if len(x.dims) > 2 else x.dims[-1]
    if x.dims and name in FROM_FEATURES:
        return x.dims[-1]
    ready = ", ".join((*FROM_CHANNELS, *FROM_FEATURES, *FROM_SHAPE))
    raise BlockError(
        "python-arguments",
        f"The constructor of {title} needs {name}; type {name}=… among the arguments, or give it a default. "
        f"({ready} are filled in from what arrives.)",
        setting="arguments",
    )
