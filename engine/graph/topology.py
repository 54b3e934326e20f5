"""What the wires of a drawing say by themselves: neighbours, order, what leads where.

Not for: shapes (`engine.graph.check`).
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping
from typing import TypeVar

from engine.graph.edits import End, Node, Wire

K = TypeVar("K")
_NONE: Mapping[str, Wire] = {}
LONGEST = 100_000  # changes of wires that are kept


class Topology:
    """Neighbours and order, kept up while blocks and wires come and go: most wires leave the order as it is, and sorting
    thousands of blocks takes longer than all else that an edit asks for.

    Attributes:
        into: Block id -> input port -> wire.
        leaving: Block id -> the input that a wire ends in -> wire, in the order in which they were laid.
        log: Blocks whose incoming wires have changed, in the order of the changes; begun anew when it has become long.
    """

    def __init__(self) -> None:
        self.into: dict[str, dict[str, Wire]] = {}
        self.leaving: dict[str, dict[End, Wire]] = {}
        self.log: list[str] = []
        self._order: tuple[str, ...] | None = None
        self._place: dict[str, int] = {}  # in the file, as it was when the order was made
        self._needed: tuple[frozenset[str], frozenset[str]] | None = None

    def lay(self, wire: Wire) -> None:
        """A wire has come, or another one into the same input."""
        self._note(wire)
        before = self.into.get(wire.target.block, {}).get(wire.target.port)
        if before is not None and before.source == wire.source:  # only its drawing has changed
            self.leaving[wire.source.block][wire.target] = wire
        else:
            if before is not None:
                self.take(before)
            self.leaving.setdefault(wire.source.block, {})[wire.target] = wire
            self._laid(wire.source.block, wire.target.block)
        self.into.setdefault(wire.target.block, {})[wire.target.port] = wire

    def take(self, wire: Wire) -> None:
        """A wire has gone."""
        self._note(wire)
        del self.into[wire.target.block][wire.target.port]
        del self.leaving[wire.source.block][wire.target]
        self._taken(wire.source.block, wire.target.block)

    def _note(self, wire: Wire) -> None:
        if len(self.log) >= LONGEST:
            self.log = []
        self.log.append(wire.target.block)

    def _laid(self, source: str, target: str) -> None:
        """Order and needs stay what they are where the source came before, and was needed, anyway."""
        needed = self._needed
        if not self._before(source, target):
            self._order = None
        if needed is not None and target in needed[1] and source not in needed[1]:
            self._needed = None

    def _taken(self, source: str, target: str) -> None:
        """A block may come earlier now, but for those before it that the file has before it too; a source may not be needed."""
        order, needed, place = self._order, self._needed, self._place
        if not self._before(source, target):
            self._order = None
        elif order is not None:
            ready = max([order.index(wire.source.block) for wire in self.into[target].values()], default=-1)
            between = order[ready + 1 : order.index(target)]
            if max(map(place.__getitem__, between), default=-1) > place[target]:
                self._order = None
        if needed is not None and target in needed[1] and source not in needed[0] and not any(
            block in needed[1] for block, _port in self.leaving[source]
        ):  # fmt: skip
            self._needed = None

    def _before(self, source: str, target: str) -> bool:
        """Whether the order is known, whole, and has one block before another."""
        order = self._order
        if order is None or len(order) < len(self._place):  # blocks on a cycle are left out
            return False
        return order.index(source) < order.index(target)

    def stale(self) -> None:
        """Blocks have come or gone, or wires: the order is another one."""
        self._order = self._needed = None

    def order(self, nodes: Mapping[str, Node]) -> tuple[str, ...]:
        """Ids so that every block comes after those that feed it; file order where that is free. Blocks on a cycle, and those
        behind one, are left out."""
        if self._order is None:
            self._place = dict(zip(nodes, range(len(nodes)), strict=True))
            self._order = tuple(self._sorted(tuple(nodes)))
        return self._order

    def _sorted(self, nodes: tuple[str, ...]) -> list[str]:
        into, leaving, place, none = self.into, self.leaving, self._place, ()
        waiting = {id_: len(into.get(id_, none)) for id_ in nodes}  # wires from blocks that are not in the order yet
        ready = [place[id_] for id_, count in waiting.items() if not count]
        out = []
        while ready:
            id_ = nodes[heapq.heappop(ready)]
            out.append(id_)
            for target, _port in leaving.get(id_, none):
                waiting[target] = count = waiting[target] - 1
                if not count:
                    heapq.heappush(ready, place[target])
        return out

    def reaches(self, start: str, goal: str) -> bool:
        """Whether wires lead from `start` to `goal` (or they are the same).

        Searched from both ends in turn, for mostly one of them leads nowhere yet: where thousands of wires come in one edit, a
        search from one end would go through all that is there already, each time.
        """
        if start == goal:
            return True
        if self._before(goal, start):
            return False
        below, above = {start}, {goal}
        down, up = [start], [goal]
        while down and up:
            for block, _port in self.leaving.get(down.pop(), ()):
                if block in above:
                    return True
                if block not in below:
                    below.add(block)
                    down.append(block)
            for wire in self.into.get(up.pop(), _NONE).values():
                block = wire.source.block
                if block in below:
                    return True
                if block not in above:
                    above.add(block)
                    up.append(block)
        return False

    def downstream(self, start: str) -> set[str]:
        """A block and all that wires lead to from it."""
        seen, waiting = {start}, [start]
        while waiting:
            for block, _port in self.leaving.get(waiting.pop(), ()):
                if block not in seen:
                    seen.add(block)
                    waiting.append(block)
        return seen

    def upstream(self, starts: frozenset[str]) -> frozenset[str]:
        """Blocks and everything that feeds them."""
        if self._needed is None or self._needed[0] != starts:
            self._needed = starts, self.above(starts)
        return self._needed[1]

    def above(self, starts: Collection[str]) -> frozenset[str]:
        """`upstream`, for once."""
        seen, waiting = set(starts), list(starts)
        while waiting:
            for wire in self.into.get(waiting.pop(), {}).values():
                if wire.source.block not in seen:
                    seen.add(wire.source.block)
                    waiting.append(wire.source.block)
        return frozenset(seen)


def inner_first(parts: Mapping[K, Collection[K]]) -> list[K]:
    """Things in an order in which each comes after its parts, as far as there is one; otherwise in the given order."""
    out: dict[K, None] = {}
    waiting = list(parts)
    while waiting:
        ready = [each for each in waiting if all(part in out for part in parts[each])]
        out |= dict.fromkeys(ready or waiting)
        waiting = [each for each in waiting if each not in out]
    return list(out)
