"""What a plan is made of: steps in slots, and the drawings that they come from. Values only.

The steps are one flat list, whatever composites they stand in; a `Drawn` says which of them belong together, so that a
composite can be printed as a class of its own.

Not for: making a plan (`engine.compiler.plan`). No torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.blocks.initial import Initial
from engine.blocks.spec import Block, Call, Shape
from engine.declare import Json
from engine.graph.edits import End, Node


@dataclass(frozen=True)
class InputSpec:
    """An input of the network. Its slot is its place among the inputs.

    Attributes:
        name: The block's name, and the argument's in the exported source.
        column: The column of the data set that goes in here; empty for one that is drawn at random.
        shape: One sample's shape.
        draw: How it is drawn: "normal", "uniform" (-1 to 1) or "index", and below which number; empty for a column.
    """

    name: str
    column: str
    shape: Shape
    draw: tuple[str, int] | None = None


@dataclass(frozen=True)
class OutputSpec:
    """An output of the network: what it gives, in this order.

    Attributes:
        name: The block's name.
        slot: Where its value lies.
        shape: One sample's shape.
        logits: Whether a softmax of it gives probabilities; not where it is trained by mean squared error alone.
    """

    name: str
    slot: int
    shape: Shape
    logits: bool = True


@dataclass(frozen=True)
class Step:
    """One block's work.

    Attributes:
        id, kind: The block.
        name: The block's name; inside a composite the way to it, "layer1.0.conv1": weights are stored under it.
        call: What it does, as data.
        reads: Slots of its inputs, in the order of its ports; optional ones without a wire are left out.
        writes: Slot of what it gives (of its first output).
        inputs: Shapes that arrive, one a slot read.
        output: Shape that it gives.
        parameters: Learned numbers.
        macs: Multiply-adds a sample.
        more: Slots of its other outputs.
        bare: Whether its weights come before those of the layers beside it.
        initial: How its weights begin; None where torch's own values stay.
        named: Names of its optional inputs that have a wire; the last reads are theirs.
        path: Ids of the instances that it stands in, the outermost first.
        frozen: Whether a training leaves its weights as they are.
        tied: Name of the step whose weight it shares; empty for none.
    """

    id: str
    name: str
    kind: str
    call: Call
    reads: tuple[int, ...]
    writes: int
    inputs: tuple[Shape, ...]
    output: Shape
    parameters: int = 0
    macs: int = 0
    more: tuple[int, ...] = ()
    path: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    initial: Initial | None = None
    tied: str = ""
    bare: bool = False
    frozen: bool = False

    @property
    def key(self) -> str:
        """What it is known by whatever it is called: the ids that lead to it, with the repetitions' numbers between them."""
        ids = iter((*self.path, self.id))
        return ".".join(part if part.isdecimal() else next(ids) for part in self.name.split("."))


@dataclass(frozen=True)
class Part:
    """A block in a drawing that was planned.

    Attributes:
        node: The block as drawn.
        block: With all expressions worked out.
        sources: Where its wires come from, in the order of its ports.
        ports: Names of its outputs.
        step: What it does; None for an instance of a composite, and for what passes its first input on.
        copies: Of an instance: its repetitions.
    """

    node: Node
    block: Block
    sources: tuple[End, ...]
    ports: tuple[str, ...]
    step: Step | None = None
    copies: tuple[Drawn, ...] = ()

    @property
    def ends(self) -> tuple[End, ...]:
        """Where its values leave it."""
        return tuple(End(self.node.id, port) for port in self.ports)

    @property
    def passes(self) -> bool:
        """Whether it gives its first input on unchanged."""
        return self.step is None and not self.copies


@dataclass(frozen=True)
class Drawn:
    """A drawing as it stands in the network: the network itself, or one repetition of a composite.

    Attributes:
        name: The way to it, "layer1.0"; empty for the network.
        composite: Id of the definition; empty for the network.
        title: The definition's name.
        help: What the definition says of itself.
        values: The composite's settings here.
        defaults: What the definition sets them to.
        entries: What arrives, by name.
        exits: What leaves, in the order of the ports: name and where it comes from.
        parts: The blocks in their order, without the ports.
        slots: Slot of every value.
        shapes: One sample's shape of every value.
    """

    name: str = ""
    composite: str = ""
    title: str = ""
    help: str = ""
    values: Mapping[str, Json] = field(default_factory=dict)
    defaults: Mapping[str, Json] = field(default_factory=dict)
    entries: tuple[tuple[str, End], ...] = ()
    exits: tuple[tuple[str, End], ...] = ()
    parts: tuple[Part, ...] = ()
    slots: Mapping[End, int] = field(default_factory=dict)
    shapes: Mapping[End, Shape] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """A network as ordered steps.

    Attributes:
        title: The project's title, empty where it has none.
        inputs: In slots 0, 1, ...
        steps: In an order in which every value is there before it is read.
        outputs: What the network gives, in the order of the file.
        slots: Slot of every block's value by the block's name; inputs, outputs and blocks that change nothing included. Blocks in
            composites by the way to them ("layer1.0.conv1"), a repetition ("layer1.0") and an instance ("layer1") by what
            leaves them first.
        drawn: The drawing that the steps come from.
        watched: Slots that a drawn loss or metric reads.
    """

    title: str
    inputs: tuple[InputSpec, ...]
    steps: tuple[Step, ...]
    outputs: tuple[OutputSpec, ...]
    slots: Mapping[str, int]
    drawn: Drawn = field(default_factory=Drawn, repr=False, compare=False)
    watched: frozenset[int] = frozenset()

    @property
    def size(self) -> int:
        """How many slots there are."""
        return len(self.inputs) + sum(1 + len(step.more) for step in self.steps)

    @property
    def parameters(self) -> int:
        """Learned numbers of all steps."""
        return sum(step.parameters for step in self.steps)

    @property
    def macs(self) -> int:
        """Multiply-adds a sample of all steps."""
        return sum(step.macs for step in self.steps)

    def needed(self, slots: set[int] | frozenset[int], given: frozenset[int] = frozenset()) -> tuple[Step, ...]:
        """The steps without which these slots stay empty, in order; slots that are `given` need none."""
        wanted = set(slots) - given
        out = []
        for step in reversed(self.steps):
            if step.writes in wanted or not wanted.isdisjoint(step.more):
                wanted.update(slot for slot in step.reads if slot not in given)
                out.append(step)
        return tuple(reversed(out))
