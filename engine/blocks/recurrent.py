"""Recurrent layers: what reads a sequence step by step and remembers.

Not for: choosing and repeating steps (`engine.blocks.sequence`).
"""

from __future__ import annotations

from typing import Any, ClassVar

from engine.blocks.attention import check_mask
from engine.blocks.expect import want_sequence
from engine.blocks.initial import Weighted
from engine.blocks.spec import BlockError, Call, Port, Shape, block, choice, flag, integer, real
from engine.blocks.window import Looks
from engine.declare import declared

_FAMILY = "Sequence"


@declared
class _Recurrent(Weighted):
    """What RNN, GRU and LSTM share. `gates` is how many layers of weights a step has."""

    hidden_size: int = integer(128, lo=1, hi=100_000, help="numbers that it remembers, in each direction", unit="features",
                               title="Hidden")  # fmt: skip
    num_layers: int = integer(1, lo=1, hi=64, help="layers on top of each other", unit="layers", title="Layers")
    bidirectional: bool = flag(False, help="read the sequence backwards, too, and put both answers side by side")
    dropout: float = real(0.0, lo=0.0, hi=0.95, help="share dropped between layers while training; with two layers or more",
                          advanced=True)  # fmt: skip
    bias: bool = flag(True, help="add two learned numbers for each of its sums, as torch does", advanced=True)

    gates: ClassVar[int] = 1
    states: ClassVar[tuple[str, ...]] = ("state",)

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((5, 3)), *(Shape((1, 128)) for _ in cls.states), Shape((5,), "index"))

    @property
    def _directions(self) -> int:
        return 2 if self.bidirectional else 1

    def _out(self) -> int:
        """Numbers that one direction gives at each step."""
        return self.hidden_size

    def _wanted(self) -> tuple[int, ...]:
        """Numbers that each state has."""
        return (self.hidden_size,)

    def inputs(self) -> tuple[Port, ...]:
        firsts = tuple(
            Port(name, "what it remembers at first; nothing without a wire", optional=True) for name in self.states
        )
        return (
            Port("x", "the sequence"),
            *firsts,
            Port("mask", "0 for steps at the end that are padding", optional=True),
        )

    def outputs(self) -> tuple[Port, ...]:
        return (
            Port("y", "its answer at every step"),
            *(Port(name, "what it remembers at the end") for name in self.states),
        )

    def shapes(self, *xs: Shape) -> tuple[Shape, ...]:
        steps, _ = want_sequence(xs[0], self.title, "x")
        deep = self.num_layers * self._directions
        for place, (name, size) in enumerate(zip(self.states, self._wanted(), strict=True), start=1):
            state = xs[place] if len(xs) > place else None
            if state is not None and (state.dims != (deep, size) or state.dtype != "float" or not state.batched):
                raise BlockError(
                    "state-differs",
                    f"{self.title} remembers {deep}×{size} numbers (layers and directions × hidden), but {state.words} arrives; "
                    "give both networks as many layers, directions and hidden numbers.",
                    port=name,
                )
        place = 1 + len(self.states)
        check_mask(xs[place] if len(xs) > place else None, steps, self.title)
        y = Shape((steps, self._out() * self._directions))
        return (y, *(Shape((deep, size)) for size in self._wanted()))

    def _call(self, target: str, features: int, **own: Any) -> Call:
        more: dict[str, Any] = {"num_layers": self.num_layers} if self.num_layers > 1 else {}
        more |= {"bidirectional": True} if self.bidirectional else {}
        more |= {"dropout": self.dropout} if self.dropout and self.num_layers > 1 else {}
        more |= {} if self.bias else {"bias": False}
        return Call(target, features, self.hidden_size, **more, **own, batch_first=True)

    def _kernels(self, features: int) -> int:
        """Weights without biases, which is what a step multiplies by."""
        total = 0
        for layer in range(self.num_layers):
            arriving = self._out() * self._directions if layer else features
            total += self._directions * self.gates * self.hidden_size * (arriving + self._out())
        return total

    def parameters(self, *xs: Shape) -> int:
        biases = 2 * self.gates * self.hidden_size * self.num_layers * self._directions
        return self._kernels(xs[0].dims[1]) + (biases if self.bias else 0)

    def macs(self, *xs: Shape) -> int:
        return xs[0].dims[0] * self._kernels(xs[0].dims[1])

    def window(self, *xs: Shape) -> Looks:
        return "whole"

    def face(self) -> str:
        layers = f" × {self.num_layers}" if self.num_layers > 1 else ""
        return f"{self.hidden_size} hidden{layers}" + (", both ways" if self.bidirectional else "")


@block("rnn", title="RNN", family=_FAMILY, source="torch.nn.RNN; Elman 1990")
class RNN(_Recurrent):
    """Reads a sequence step by step and keeps what it has read in a state: h = tanh(W·x + U·h + b), the same weights at every
    step. The plainest recurrent layer: it forgets within some ten steps, for gradients shrink on their way back; LSTM and GRU
    remember longer. It gives its state at every step, and the last one, from which another network can go on."""

    nonlinearity: str = choice(
        "tanh", options=("tanh", "relu"), labels=("tanh", "ReLU"), help="what the state goes through"
    )

    def lower(self, *xs: Shape) -> Call:
        own = {} if self.nonlinearity == "tanh" else {"nonlinearity": "relu"}
        return self._call("layers.RNN", xs[0].dims[1], **own)


@block("gru", title="GRU", family=_FAMILY, source="torch.nn.GRU; Cho et al. 2014, arXiv:1406.1078")
class GRU(_Recurrent):
    """A recurrent layer with two gates: one says how much of the state is forgotten when something new is thought of, the other
    how much of the state stays as it is: h = (1 − z)·n + z·h. Remembers nearly as long as an LSTM with three quarters of its
    weights."""

    gates = 3

    def lower(self, *xs: Shape) -> Call:
        return self._call("layers.GRU", xs[0].dims[1])


@block("lstm", title="LSTM", family=_FAMILY, source="torch.nn.LSTM; Hochreiter and Schmidhuber 1997")
class LSTM(_Recurrent):
    """A recurrent layer with a memory cell c beside its answer h: gates between 0 and 1 say what is forgotten, written and shown,
    c = f·c + i·g, h = o·tanh(c). Because the cell is added to and not multiplied through, gradients reach back hundreds of
    steps. The layer for texts and series before transformers, and for short data after them."""

    proj_size: int = integer(0, lo=0, hi=100_000, help="a linear layer makes h as small as this; 0: none", unit="features",
                             title="Projection", advanced=True)  # fmt: skip

    gates = 4
    states = ("h", "c")

    @classmethod
    def example(cls) -> tuple[Any, ...]:
        return (Shape((5, 3)), None, Shape((1, 128)), Shape((5,), "index"))

    def _out(self) -> int:
        return self.proj_size or self.hidden_size

    def _wanted(self) -> tuple[int, ...]:
        return (self._out(), self.hidden_size)

    def _check(self) -> None:
        if self.proj_size >= self.hidden_size:
            raise BlockError(
                "projection-too-large",
                f"LSTM's projection to {self.proj_size} is not smaller than its {self.hidden_size} hidden numbers; use a smaller "
                "one, or 0 for none.",
                setting="proj_size",
            )

    def shapes(self, *xs: Shape) -> tuple[Shape, ...]:
        self._check()
        return super().shapes(*xs)

    def lower(self, *xs: Shape) -> Call:
        own = {"proj_size": self.proj_size} if self.proj_size else {}
        return self._call("layers.LSTM", xs[0].dims[1], **own)

    def _kernels(self, features: int) -> int:
        projections = self.num_layers * self._directions * self.hidden_size * self.proj_size
        return super()._kernels(features) + projections


@block("lstm_cell_loop", title="LSTM cells with feedback", family=_FAMILY, stem="cells",
       source="torch.nn.LSTMCell; pytorch/examples time_sequence_prediction")  # fmt: skip
class LSTMCellLoop(Weighted):
    """LSTM cells on top of each other and a linear layer that says at each step what the next one will be. After the last step it
    can go on by itself: what it said is taken for what came, so it draws a wave into the future. Errors feed on themselves
    that way, which shows how well a network has understood its series."""

    hidden_size: int = integer(
        51, lo=1, hi=100_000, help="numbers that each cell remembers", unit="features", title="Hidden"
    )
    cells: int = integer(2, lo=1, hi=16, help="cells on top of each other", unit="cells")
    future: int = integer(
        0, lo=0, hi=100_000, help="steps that it goes on by itself after the last one given", unit="steps"
    )
    readout: bool = flag(
        True, help="say what the next step will be; off: give what the last cell remembers", title="Says the next"
    )

    @classmethod
    def example(cls) -> tuple[Shape, ...]:
        return (Shape((5, 2)),)

    def shape(self, *xs: Shape) -> Shape:
        steps, features = want_sequence(xs[0], self.title)
        if self.future and not self.readout:
            raise BlockError(
                "no-feedback",
                f"{self.title} can only go on by itself where it says the next step; switch that on, or set the future to 0.",
                setting="future",
            )
        return Shape((steps + self.future, features if self.readout else self.hidden_size))

    def lower(self, *xs: Shape) -> Call:
        more: dict[str, Any] = {"future": self.future} if self.future else {}
        more |= {} if self.readout else {"readout": False}
        return Call("layers.LSTMCellLoop", xs[0].dims[1], self.hidden_size, cells=self.cells, **more)

    def _kernels(self, features: int) -> int:
        h = self.hidden_size
        cells = 4 * h * (features + h) + (self.cells - 1) * 8 * h * h
        return cells + (h * features if self.readout else 0)

    def parameters(self, *xs: Shape) -> int:
        features = xs[0].dims[1]
        return self._kernels(features) + self.cells * 8 * self.hidden_size + (features if self.readout else 0)

    def macs(self, *xs: Shape) -> int:
        steps, features = xs[0].dims
        return (steps + self.future) * self._kernels(features)

    def window(self, *xs: Shape) -> Looks:
        return "whole"

    def face(self) -> str:
        return f"{self.hidden_size} hidden × {self.cells}" + (f", {self.future} on" if self.future else "")
