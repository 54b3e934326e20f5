"""How long every preset takes to be opened and checked, composites expanded, against the target of 50 ms.

    python benchmarks/presets.py [NAME ...] [--cpu] [--rounds 5]

Cold is the first opening in a process that has the program loaded and one small network opened, as when a person opens it
from the gallery; each is measured in a process of its own, which is forked. Warm is the next opening in the same process. Both
are medians, in milliseconds: reading the file into a graph, checking it, and their sum. --cpu counts processor time, for
machines that others use meanwhile. The last lines say how many miss the target, and which kinds of blocks the worst are made of.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import presets
from engine.graph.check import Report, check
from engine.graph.model import Graph
from engine.project import read

TARGET_MS, WORST = 50.0, 5
Clock = Callable[[], float]
Times = tuple[float, float]  # milliseconds of opening and of checking


def once(text: str, clock: Clock) -> tuple[Times, Graph, Report]:
    """Open and check one network."""
    start = clock()
    graph = read(text)
    opened = clock()
    report = check(graph)
    return ((opened - start) * 1000, (clock() - opened) * 1000), graph, report


def apart(text: str, clock: Clock, rounds: int) -> list[Times]:
    """The times in a process of its own: the first is cold, the others are warm."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        times = [once(text, clock)[0] for _ in range(rounds)]
        os.write(writing, json.dumps(times).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    return [(opened, checked) for opened, checked in json.loads(told)]


def median(times: list[Times]) -> Times:
    """Each column's."""
    return statistics.median(t[0] for t in times), statistics.median(t[1] for t in times)


def blocks(graph: Graph, report: Report) -> Counter[str]:
    """How many blocks of each kind the checker walked through, those inside composites once for each repetition."""
    found = Counter(node.kind for node in graph if node.composite is None)
    for id_, repetitions in report.inner.items():
        owner = graph.nodes[id_].composite
        if owner is not None:
            for inside in repetitions:
                found += blocks(graph.composite(owner).body, inside)
    return found


def _columns(times: Times) -> str:
    return f"{times[0]:12.1f}{times[1]:8.1f}{sum(times):8.1f}"


def main() -> int:
    """Measure all presets, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--cpu", action="store_true", help="processor time instead of the clock")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    clock = time.process_time if arguments.cpu else time.perf_counter
    once(presets.read("perceptron"), clock)
    cold, warm = {}, {}
    for name in arguments.names or presets.names():
        runs = [apart(presets.read(name), clock, 3) for _ in range(arguments.rounds)]
        cold[name] = median([run[0] for run in runs])
        warm[name] = median([times for run in runs for times in run[1:]])
    ranked = sorted(cold, key=lambda name: -sum(cold[name]))
    print(f"{'preset':28}{'cold: open':>12}{'check':>8}{'both':>8}{'warm: open':>12}{'check':>8}{'both':>8}   ms")
    for name in ranked:
        late = "   over the target" if sum(cold[name]) > TARGET_MS else ""
        print(f"{name:28}{_columns(cold[name])}{_columns(warm[name])}{late}")
    for word, found in (("cold", cold), ("warm", warm)):
        sums = [sum(times) for times in found.values()]
        good = sum(total <= TARGET_MS for total in sums)
        print(f"{word}: {good} of {len(sums)} in {TARGET_MS:.0f} ms, median {statistics.median(sums):.1f} ms")
    for name in ranked[:WORST]:
        _, graph, report = once(presets.read(name), clock)
        kinds = blocks(graph, report)
        most = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common(4))
        print(f"{name}: {kinds.total()} blocks in {len(graph.composites)} composites and the drawing: {most}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
