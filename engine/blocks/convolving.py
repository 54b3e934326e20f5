"""The arithmetic that all convolutions share, along any number of sides.

Not for: particular convolutions (`engine.blocks.convolution` and its neighbours).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from engine.blocks.initial import Weighted
from engine.blocks.spec import BlockError, Call, Shape


class Axis(NamedTuple):
    """How a filter slides along one side: its length, its step, what is added in front and behind, and from tap to tap."""

    kernel: int
    stride: int
    before: int
    after: int
    dilation: int

    @property
    def span(self) -> int:
        """Places from the first tap to the last, both counted."""
        return self.dilation * (self.kernel - 1) + 1

    def count(self, side: int) -> int:
        """Places of the filter on a side of that length; none where it does not fit."""
        return (side + self.before + self.after - self.span) // self.stride + 1


def crossed(values: Sequence[int]) -> str:
    """Numbers as sizes are written: "3×3"."""
    return "×".join(map(str, values))


def once(values: Sequence[int]) -> Any:
    """One number where all are equal, else all of them: as torch takes sizes."""
    return values[0] if len(set(values)) == 1 else tuple(values)


def same(kernel: int, dilation: int) -> tuple[int, int]:
    """What "same" adds in front and behind; torch puts the odd one behind."""
    rim = dilation * (kernel - 1)
    return rim // 2, rim - rim // 2


class Convolving(Weighted):
    """What the convolutions share. A subclass says how its filter slides and which shape it wants."""

    bias: bool

    def axes(self) -> tuple[Axis, ...]:
        """How the filter slides, side by side."""
        raise NotImplementedError(type(self).__name__)

    def arrives(self, x: Shape) -> tuple[int, ...]:
        """Channels and sides of what arrives.

        Raises:
            BlockError: It is no map, signal or volume.
        """
        raise NotImplementedError(type(self).__name__)

    def filters(self, channels: int) -> tuple[int, int]:
        """(output channels, groups) for so many input channels."""
        return int(getattr(self, "out_channels")), int(getattr(self, "groups", 1))  # noqa: B009  set by subclasses

    def fill(self) -> str:
        """What the rim is filled with."""
        return str(getattr(self, "padding_mode", "zeros"))

    def shape(self, *xs: Shape) -> Shape:
        channels, *sides = self.arrives(xs[0])
        out, groups = self.filters(channels)
        if channels % groups or out % groups:
            raise BlockError(
                "groups-differ",
                f"{groups} groups do not divide {channels} input and {out} output channels; choose a number of groups "
                "that divides both.",
                setting="groups",
            )
        axes = self.axes()
        if self.is_same() and any(axis.stride != 1 for axis in axes):
            raise BlockError(
                "same-with-stride",
                f'padding "same" keeps the size, which a stride of {crossed([axis.stride for axis in axes])} cannot; use stride 1 '
                "or padding in pixels.",
                setting="padding",
            )
        self._check_rim(axes, sides)
        counts = [axis.count(side) for axis, side in zip(axes, sides, strict=True)]
        if min(counts) < 1:
            self._refuse_filter(axes, sides)
        return Shape((out, *counts))

    def is_same(self) -> bool:
        """Whether the rim is chosen so that the size stays."""
        return getattr(self, "padding", 0) == "same" or bool(getattr(self, "same", False))

    def _refuse_filter(self, axes: Sequence[Axis], sides: Sequence[int]) -> None:
        dilations = [axis.dilation for axis in axes]
        what = "map" if len(sides) == 2 else "signal" if len(sides) == 1 else "volume"
        raise BlockError(
            "kernel-too-large",
            f"a {crossed([axis.kernel for axis in axes])} filter"
            + (f" with dilation {crossed(dilations)}" if max(dilations) > 1 else "")
            + f" does not fit a {crossed(sides)} {what} padded by {self.padding_words()}; use a smaller filter or more padding.",
            setting="kernel_size",
        )

    def _check_rim(self, axes: Sequence[Axis], sides: Sequence[int]) -> None:
        """torch's limits: a reflected rim is smaller than the map, a circular one at most as large."""
        if self.fill() not in ("reflect", "circular"):
            return
        for axis, side in zip(axes, sides, strict=True):
            largest = max(axis.before, axis.after)
            if largest > (side - 1 if self.fill() == "reflect" else side):
                raise BlockError(
                    "padding-too-large",
                    f"a {self.fill()} rim of {largest} pixels is more than a {crossed(sides)} map has to give; use less padding "
                    "or fill the rim with zeros.",
                    setting="padding",
                )

    def padding_words(self) -> str:
        """The rim as a person set it: '"same"', "1", "1×2"."""
        if self.is_same():
            return '"same"'
        rims = [(axis.before, axis.after) for axis in self.axes()]
        if all(before == after for before, after in rims):
            values = [before for before, _ in rims]
            return str(values[0]) if len(set(values)) == 1 else crossed(values)
        return ", ".join(f"{before} and {after}" for before, after in rims)

    def called(self, target: str, xs: Sequence[Shape], *names: str) -> Call:
        """The call of a torch convolution with those settings that are not as usual."""
        channels = xs[0].dims[0]
        optional: dict[str, Any] = {}
        for name in names:
            value = getattr(self, name)
            if value != type(self).settings[name].default:
                optional[name] = value
        return Call(target, channels, self.filters(channels)[0], kernel_size=getattr(self, "kernel_size"), **optional)  # noqa: B009

    def parameters(self, *xs: Shape) -> int:
        channels = xs[0].dims[0]
        out, groups = self.filters(channels)
        taps = math.prod(axis.kernel for axis in self.axes())
        return out * (channels // groups) * taps + (out if self.bias else 0)

    def macs(self, *xs: Shape) -> int:
        channels = xs[0].dims[0]
        taps = math.prod(axis.kernel for axis in self.axes())
        return self.shape(*xs).size * (channels // self.filters(channels)[1]) * taps

    def face(self) -> str:
        axes = self.axes()
        parts = [self.face_of_filters(crossed([axis.kernel for axis in axes]))]
        strides, dilations = [axis.stride for axis in axes], [axis.dilation for axis in axes]
        if max(strides) > 1:
            parts.append(f"s{strides[0] if len(set(strides)) == 1 else crossed(strides)}")
        if self.is_same():
            parts.append("same")
        elif any(axis.before or axis.after for axis in axes):
            parts.append(f"p{self._rim_in_short()}")
        if getattr(self, "groups", 1) != 1:
            parts.append(f"g{getattr(self, 'groups')}")  # noqa: B009
        if max(dilations) > 1:
            parts.append(f"d{dilations[0] if len(set(dilations)) == 1 else crossed(dilations)}")
        return ", ".join(parts)

    def _rim_in_short(self) -> str:
        """The rim on the face: what is behind is told after a plus where it is another than in front."""
        rims = [(axis.before, axis.after) for axis in self.axes()]
        if all(before == after for before, after in rims):
            return self.padding_words()
        words = [f"{before}+{after}" for before, after in rims]
        return words[0] if len(set(words)) == 1 else "×".join(words)

    def face_of_filters(self, kernel: str) -> str:
        """The first part of the face: "64 @ 3×3"."""
        return f"{self.filters(1)[0]} @ {kernel}"
