"""What is known while a graph is walked from its inputs to its outputs: shared by the parts of the checker.

Not for: judging anything (`engine.graph.check`, `engine.graph.ends`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.blocks.spec import Block, Shape
from engine.errors import Problem
from engine.graph.facts import DataFacts
from engine.graph.model import Graph, Wire


@dataclass(frozen=True)
class BlockReport:
    """What the checker found out about one block.

    Attributes:
        inputs: One shape an input port, None where none arrives or it is not known.
        output: The shape that comes out, None where a fault keeps it from being known.
        parameters: Learned numbers.
        macs: Multiply-adds for one sample.
        activation_bytes: Memory of the output for one sample, in bytes.
    """

    inputs: tuple[Shape | None, ...]
    output: Shape | None
    parameters: int = 0
    macs: int = 0
    activation_bytes: int = 0


@dataclass
class Walk:
    """The graph, its blocks by id, and what has been found out so far.

    Attributes:
        graph: What is walked.
        facts: The data set, where one is known.
        made: The declared block of each node.
        into: Block id -> port -> wire.
        leaving: Block id -> wires that start there.
        needed: Blocks that an output or a loss depends on.
        blocks, problems: The findings.
    """

    graph: Graph
    facts: DataFacts | None
    made: dict[str, Block]
    into: dict[str, dict[str, Wire]]
    leaving: dict[str, list[Wire]]
    needed: set[str]
    blocks: dict[str, BlockReport] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
