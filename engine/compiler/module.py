"""The network as a torch module that walks the plan.

Submodules carry the names of the blocks and nest as composites do, so weights are stored under "layer1.0.conv1.weight"; an error
names the block in which it arose.

Not for: training, and not for printing code (`engine.compiler.source`).
"""

from __future__ import annotations

import contextlib
import functools
import operator
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from engine.blocks.python import code_of
from engine.blocks.spec import Call
from engine.compiler.formula import formula
from engine.compiler.plan import Plan, Step
from engine.compiler.python import made as person_made
from engine.compiler.rewrite import pool_first
from engine.declare import unknown
from engine.errors import CompileError
from engine.layers import layer

_NO_SLOTS: frozenset[int] = frozenset()
OUTPUTS = "outputs"  # what `Network.run` calls the network's result

_NORMS = nn.modules.batchnorm._NormBase  # batch and instance norms: what keeps running statistics

# What torch raises for tensors that do not fit; running out of memory is a RuntimeError.
_TORCH_ERRORS = (RuntimeError, ValueError, TypeError, IndexError, NotImplementedError)


@dataclass(frozen=True)
class _Line:
    """One step made ready to run.

    Attributes:
        function: What to call; None for the torch layer of the step's name.
        way: The parts of that name.
        frees: Slots that nobody reads afterwards.
    """

    step: Step
    function: Callable[..., Any] | None
    way: tuple[str, ...]
    frees: tuple[int, ...]


def build(plan: Plan, *, seed: int | None = None, fuse: bool = False) -> Network:
    """Make the torch module of a plan, with fresh weights in torch's own initialisation.

    Args:
        plan: What the network does.
        seed: The same seed gives the same weights, from any thread, and torch's own generator is not touched; None draws
            from that one.
        fuse: Whether `forward` may take exact short cuts (`engine.compiler.rewrite`).

    Raises:
        CompileError: torch does not accept a block's settings.
    """
    with contextlib.nullcontext() if seed is None else _Drawing(seed):
        return Network(plan, fuse=fuse)


class _Drawing(TorchFunctionMode):
    """Lets everything that is drawn in this thread come from a generator of its own.

    Not `fork_rng`: torch's generator is one for the whole process, and a training in another thread draws from it meanwhile.
    """

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.generator = torch.Generator().manual_seed(seed)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = dict(kwargs or {})
        # torch's own initialisations hand a generator on, which is None unless somebody set one.
        if "generator" in given and given["generator"] is None:
            given["generator"] = self.generator
        return func(*args, **given)


class Network(nn.Module):
    """A plan, walked.

    `forward` gives the output, or a tuple of them in the plan's order. `run` and `values` give values from inside without
    hooks, and compute no more than they need.
    """

    def __init__(self, plan: Plan, *, fuse: bool = False) -> None:
        super().__init__()
        self._plan = plan
        self._fuse = fuse
        self._schedules: dict[tuple[frozenset[int], bool, frozenset[int]], tuple[_Line, ...]] = {}
        self._outputs = tuple(output.slot for output in plan.outputs)
        self._still: list[nn.Module] = []
        for step in plan.steps:
            if step.call.is_module:
                made = _made(step)
                if step.frozen:
                    made.requires_grad_(False)
                    self._still += [part for part in made.modules() if isinstance(part, _NORMS)]
                _put(self, step.name.split("."), made)
        made_of = {step.name for step in plan.steps if step.call.is_module}
        for step in plan.steps:
            if step.tied in made_of:  # one tensor under two names, learned once
                mine, theirs = self._layer(tuple(step.name.split("."))), self._layer(tuple(step.tied.split(".")))
                mine.weight = theirs.weight
        for step in reversed(plan.steps):
            if step.bare:
                _move_first(self, step.name.split("."))

    @property
    def plan(self) -> Plan:
        """What this network does."""
        return self._plan

    def train(self, mode: bool = True) -> Network:
        """As torch's; the norms of frozen blocks stay in eval mode, so that their running statistics stay as they are."""
        super().train(mode)
        for norm in self._still:
            norm.eval()
        return self

    def forward(self, *inputs: Tensor) -> Any:
        """The output for a batch, or the tuple of outputs.

        Args:
            *inputs: One tensor an input of the plan, batch first.
        """
        found = self._walk(inputs, self._outputs, fuse=self._fuse)
        return found[0] if len(found) == 1 else tuple(found)

    def values(
        self, inputs: Sequence[Tensor] | Tensor, slots: Sequence[int], given: Mapping[int, Tensor] | None = None
    ) -> list[Tensor]:
        """The values of slots of the plan, in the order asked for; what they do not need is not computed.

        Args:
            inputs: One tensor an input of the plan; a lone tensor stands for one input.
            slots: Slots of the plan, outputs and inputs among them.
            given: Values that are put into slots instead of what the network would compute there.
        """
        return self._walk(_several(inputs), slots, fuse=self._fuse, given=given)

    def run(self, inputs: Sequence[Tensor] | Tensor, keep: Collection[str] | None = None) -> dict[str, Tensor]:
        """What named blocks give for a batch.

        Args:
            inputs: One tensor an input of the plan; a lone tensor stands for one input.
            keep: Names of blocks; "outputs" for the (first) output whatever it is called. None: every block.

        Returns:
            Values by name, in the order asked for.

        Raises:
            CompileError: There is no block of that name in the network.
        """
        slots = {OUTPUTS: self._outputs[0], **self._plan.slots}
        names = list(slots) if keep is None else list(keep)
        for name in names:
            if name not in slots:
                raise CompileError(unknown(name, list(slots), "block in the network named"))
        found = self._walk(_several(inputs), [slots[name] for name in names], fuse=False)
        return dict(zip(names, found, strict=True))

    def _walk(
        self, inputs: Sequence[Tensor], wanted: Sequence[int], *, fuse: bool, given: Mapping[int, Tensor] | None = None
    ) -> list[Tensor]:
        if len(inputs) != len(self._plan.inputs):
            names = ", ".join(spec.name for spec in self._plan.inputs)
            raise CompileError(
                f"The network takes {len(self._plan.inputs)} inputs ({names}), but {len(inputs)} arrived."
            )
        kept = frozenset(wanted)
        known = frozenset(given) if given else _NO_SLOTS
        schedule = self._schedules.get((kept, fuse, known))
        if schedule is None:
            schedule = self._schedules[kept, fuse, known] = _schedule(self._plan, kept, fuse=fuse, given=known)
        values: dict[int, Tensor] = dict(enumerate(inputs))
        if given:
            values.update(given)
        line = None
        try:
            for line in schedule:
                step = line.step
                call = line.function or self._layer(line.way)
                if step.named:
                    plain = len(step.reads) - len(step.named)
                    named = {name: values[slot] for name, slot in zip(step.named, step.reads[plain:], strict=True)}
                    found = call(*[values[slot] for slot in step.reads[:plain]], **named)
                else:
                    found = call(*[values[slot] for slot in step.reads])
                if step.more:
                    values.update(zip((step.writes, *step.more), found, strict=True))
                else:
                    values[step.writes] = found
                for slot in line.frees:
                    del values[slot]
        except _TORCH_ERRORS as error:
            if line is not None:
                error.add_note(_note(line.step, [values[slot] for slot in line.step.reads]))
            raise
        return [values[slot] for slot in wanted]

    def _layer(self, way: tuple[str, ...]) -> Any:
        """The torch layer at the end of a way; looked up each time, so that one can be put in another's place."""
        here: Any = self
        for name in way:
            here = here._modules[name]
        return here


def _several(inputs: Sequence[Tensor] | Tensor) -> Sequence[Tensor]:
    return (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)


def _schedule(plan: Plan, kept: frozenset[int], *, fuse: bool, given: frozenset[int]) -> tuple[_Line, ...]:
    steps = plan.needed(kept, given)
    if fuse:
        steps = pool_first(steps, kept)
    last = {slot: index for index, step in enumerate(steps) for slot in step.reads}
    return tuple(
        _Line(
            step,
            None if step.call.is_module else _function(step.call),
            tuple(step.name.split(".")),
            tuple(slot for slot in dict.fromkeys(step.reads) if last[slot] == index and slot not in kept),
        )
        for index, step in enumerate(steps)
    )


class _Group(nn.Module):
    """A composite's layers, or its repetitions; the network walks what is inside."""


def _put(root: nn.Module, way: Sequence[str], layer: nn.Module) -> None:
    """Store a layer under a dotted name, as nested modules of a person's code would have it."""
    here = root
    for name in way[:-1]:
        below = here._modules.get(name)
        if below is None:
            below = here._modules[name] = _Group()
        here = below
    # Not add_module: a block may bear the name of a method of these classes ("run"); it is stored all the same.
    here._modules[way[-1]] = layer


def _move_first(root: nn.Module, way: Sequence[str]) -> None:
    """Let a layer be the first of the modules that it stands among."""
    here = root
    for name in way[:-1]:
        here = cast("nn.Module", here._modules[name])
    first = here._modules.pop(way[-1])
    rest = dict(here._modules)
    here._modules.clear()
    here._modules.update({way[-1]: first, **rest})


def _made(step: Step) -> nn.Module:
    call = step.call
    try:
        code = code_of(call.target)
        make = _named(call.target) if code is None else functools.partial(person_made, code)
        module: nn.Module = make(*call.args, **dict(call.kwargs))
        if step.initial is not None:
            layer("initialise")(module, step.initial.weight, **step.initial.given())
    except _TORCH_ERRORS as error:
        raise CompileError(f"{step.name} ({step.kind}) could not be built: torch says: {error}") from error
    return module


def _named(target: str) -> Any:
    """What a dotted name stands for: a layer of ours under `layers`, everything else under `torch`."""
    if target.startswith("layers."):
        return layer(target.removeprefix("layers."))
    found: Any = torch
    for part in target.removeprefix("torch.").split("."):
        found = getattr(found, part)
    return found


_OPERATORS: dict[str, Callable[..., Any]] = {"add": operator.add, "sub": operator.sub, "mul": operator.mul}


def _function(call: Call) -> Callable[..., Any]:
    kwargs = dict(call.kwargs)
    if call.target in _OPERATORS:
        return functools.partial(_folded, _OPERATORS[call.target])
    if call.target == "slice":
        place = (slice(None),) * kwargs["dim"] + (slice(kwargs["start"], kwargs["stop"], kwargs["step"]),)
        return functools.partial(_sliced, place)
    if call.target == "formula":
        return formula(*call.args)
    if call.target.startswith("."):
        return functools.partial(_method, call.target[1:], call.args, kwargs)
    return functools.partial(_apply, _named(call.target), call.packed, call.args, kwargs)


def _apply(
    function: Any, packed: bool, args: tuple[Any, ...], kwargs: dict[str, Any], *xs: Tensor, **named: Tensor
) -> Any:
    return function(list(xs), *args, **kwargs) if packed else function(*xs, *args, **kwargs, **named)


def _method(name: str, args: tuple[Any, ...], kwargs: dict[str, Any], x: Tensor, *xs: Tensor) -> Any:
    return getattr(x, name)(*xs, *args, **kwargs)


def _sliced(place: tuple[slice, ...], x: Tensor) -> Tensor:
    return x[place]


def _folded(function: Callable[[Any, Any], Any], first: Tensor, *rest: Tensor) -> Tensor:
    for other in rest:
        first = function(first, other)
    return first


def _note(step: Step, arrived: Iterable[Tensor]) -> str:
    shapes = ", ".join("×".join(map(str, x.shape)) for x in arrived)
    planned = ", ".join(map(str, step.inputs))
    return f"This happened in {step.name} ({step.kind}): {shapes} arrived, {planned} was planned."
