"""Which blocks of a drawing run, and which of its inputs and outputs count: composites looked at from the network's outputs.

What nothing asks for is not computed by the network, so the exported classes must leave it out too: a batch norm that runs for
nothing still learns running averages, a dropout still draws.

Not for: printing (`engine.compiler.writing`). No torch.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from engine.compiler.steps import Drawn, Part
from engine.graph.edits import End


@dataclass
class Use:
    """A drawing as it is used in one place: the network, or one repetition of a composite.

    Attributes:
        drawn: The drawing.
        wanted: Places of the exits that are read.
        live: Whether the drawing around it reads what it gives; otherwise its layers are there only so that the weights fit.
        taken: Places of the entries that are read.
        running: Ids of the blocks that run.
        read: Values that are read.
        inner: Repetitions of the instances in it, by id.
    """

    drawn: Drawn
    wanted: tuple[int, ...]
    live: bool = True
    taken: tuple[int, ...] = ()
    running: set[str] = field(default_factory=set)
    read: set[End] = field(default_factory=set)
    inner: dict[str, list[Use]] = field(default_factory=dict)

    @property
    def runs_in_order(self) -> bool:
        """Whether what leaves first is what the next repetition takes first, and nothing else passes."""
        return self.taken == (0,) and self.wanted == (0,)


def use_of(drawn: Drawn, wanted: Collection[int] | None = None, *, live: bool = True) -> Use:
    """Go through a drawing from its exits.

    Args:
        drawn: The drawing.
        wanted: Places of the exits that are read; None: all of them.
        live: Whether anything is read of it.
    """
    places = tuple(range(len(drawn.exits))) if wanted is None else tuple(sorted(wanted))
    use = Use(drawn, places, live)
    use.read = {drawn.exits[place][1] for place in places}
    for part in reversed(drawn.parts):
        _look_at(use, part)
    use.taken = tuple(place for place, (_, end) in enumerate(drawn.entries) if end in use.read)
    return use


def _look_at(use: Use, part: Part) -> None:
    asked = [place for place, end in enumerate(part.ends) if end in use.read]
    if part.passes:
        use.read.update(part.sources[:1] if asked else ())
        return
    if asked:
        use.running.add(part.node.id)
    if not part.copies:
        use.read.update(part.sources if asked else ())
        return
    repetitions: list[Use] = []
    sources: set[int] = set()  # places of the instance's own inputs that are read
    wanted = set(asked)
    for copy in reversed(part.copies):
        inner = use_of(copy, wanted or None, live=bool(wanted))
        repetitions.append(inner)
        first = copy is part.copies[0]
        taken = set(inner.taken) if wanted else set()
        # What a repetition takes is what the one before gives at the same place, if that gives as much.
        sources |= taken if first else {place for place in taken if place >= len(copy.exits)}
        wanted = {place for place in taken if place < len(copy.exits)}
    use.inner[part.node.id] = repetitions[::-1]
    use.read.update(part.sources[place] for place in sources)
