"""What a person's class does with shapes, found out by running it on the meta device in a process of its own.

A class can loop for ever, fill the memory or end its process; here it can only fail to answer. Nothing is asked about a text that
is not trusted.

Not for: remembering answers (`engine.blocks.python`). No torch in this process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from engine import trust
from engine.blocks.python import PENDING, Answer, PythonBlock, Question, Refusal, known, tell
from engine.blocks.python_text import read
from engine.blocks.spec import Shape
from engine.errors import EngineError
from engine.graph.check import Report, check
from engine.graph.facts import DataFacts
from engine.graph.model import Graph

START_S = 120  # for the process and torch's import, on a busy machine
SECONDS = 10.0  # for one question: a few passes without numbers, on a busy machine
LONGEST_ANSWER = 2**20  # characters
LARGEST = 2**40  # a size or a count above it is no network
_ROUNDS = 64  # of questions: each answer can bring shapes to the next class in a row
_SCRIPT = Path(__file__).with_name("python_child.py")
_ROOT = Path(__file__).parents[2]


def waits(report: Report) -> bool:
    """Whether the shapes of a trusted class are not known yet."""
    return any(problem.code == PENDING for problem in report.problems)


def questions(report: Report) -> tuple[Question, ...]:
    """What has to be found out for a report to be whole."""
    return tuple(dict.fromkeys(_questions(report)))


def _questions(report: Report) -> Iterator[Question]:
    for id_, block in report.made.items():
        found = report.blocks.get(id_)
        if not isinstance(block, PythonBlock) or found is None or id_ in report.bypassed:
            continue
        ports = block.inputs()
        shapes = {port.name: x for port, x in zip(ports, found.inputs, strict=False) if x is not None}
        if any(port.name not in shapes and not port.optional for port in ports):
            continue
        try:
            question = block.question(*block.arriving(shapes))
        except EngineError:
            continue  # the report says what is wrong with it
        if known(question) is None and trust.trusted(block.code):
            yield question
    for repetitions in report.inner.values():
        for inner in repetitions:
            yield from _questions(inner)


def forget(graph: Graph) -> None:
    """Let the insides of composites be checked anew: an answer, or trust that came or went, changes no name and no shape there."""
    for composite in graph.composites.values():
        composite.memo.clear()
        composite.chained.clear()


def settled(graph: Graph, facts: DataFacts | None = None, report: Report | None = None) -> Report:
    """The report of a graph when everything is found out; waits for that, so not for a window's thread.

    Args:
        graph: The drawing.
        facts: The data set.
        report: What `check` said of it, if that is known.
    """
    report = check(graph, facts) if report is None else report
    for _ in range(_ROUNDS):
        if not waits(report):
            break
        asked = questions(report)
        if not asked:
            break
        tell(found_out(asked))
        forget(graph)
        report = check(graph, facts)
    return report


def found_out(asked: Iterable[Question], *, seconds: float = SECONDS) -> dict[Question, Answer | Refusal]:
    """Answer questions, in one process as long as it lives.

    Args:
        asked: About texts that are trusted; others are left out.
        seconds: How long one of them may take.
    """
    out: dict[Question, Answer | Refusal] = {}
    child: _Child | None = None
    try:
        for question in asked:
            if not trust.trusted(question.code):
                continue
            if child is None or not child.alive:
                if child is not None:
                    child.end()
                child = _Child()
            out[question] = child.ask(question, seconds)
    finally:
        if child is not None:
            child.end()
    return out


class _Child:
    """The process."""

    def __init__(self) -> None:
        environment = dict(os.environ, OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", CUDA_VISIBLE_DEVICES="")
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(_SCRIPT), str(_ROOT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=tempfile.gettempdir(),
            env=environment,
            text=True,
            encoding="utf-8",
            errors="replace",
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            start_new_session=True,
        )
        self.alive = bool(self._line(START_S))

    def ask(self, question: Question, seconds: float) -> Answer | Refusal:
        """One answer; the process is gone where it gave none."""
        reading = read(question.code)
        if not self.alive:
            return Refusal(
                f"{reading.name} could not be tried: the process for it did not start. Try again, or restart the program."
            )
        asked = {
            "code": question.code,
            "arguments": question.arguments,
            "ports": [port.name for port in reading.inputs],
            "optional": [port.optional for port in reading.inputs],
            "outputs": len(reading.outputs),
            "shapes": [None if x is None else [list(x.dims), x.dtype, x.batched] for x in question.shapes],
        }
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(asked) + "\n")
            self._process.stdin.flush()
        except OSError:
            self.alive = False
        self._late = False
        line = self._line(seconds) if self.alive else ""
        what = " and ".join(x.words for x in question.shapes if x is not None)
        try:
            found = _read(reading.name, what, json.loads(line))
        except (ValueError, KeyError, TypeError):
            found = Refusal(self._silent(reading.name, what, seconds))
        self.alive = self.alive and isinstance(found, Answer)
        return found

    def _silent(self, name: str, what: str, seconds: float) -> str:
        if self._late:
            return f"{name} was tried on {what} and was not done after {seconds:g} seconds; look for a loop that does not end."
        self._process.wait(timeout=START_S)
        return (
            f"{name} was tried on {what} and ended its process (code {self._process.returncode}); look for what takes too much "
            "memory or ends the program."
        )

    def _line(self, seconds: float) -> str:
        """The next line it says; empty where it says none in time and is ended."""
        timer = threading.Timer(seconds, self._stop)
        self._late = False
        timer.start()
        try:
            assert self._process.stdout is not None
            return self._process.stdout.readline(LONGEST_ANSWER)
        finally:
            timer.cancel()

    def _stop(self) -> None:
        self._late = True
        self._process.kill()

    def end(self) -> None:
        """Let it go."""
        self.alive = False
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue
        self._process.wait(timeout=START_S)


def _read(name: str, what: str, said: dict[str, Any]) -> Answer | Refusal:
    """An answer as the process wrote it.

    Raises:
        ValueError, KeyError, TypeError: It is none.
    """
    if "error" in said:
        line = said["line"] if isinstance(said["line"], int) else None
        return Refusal(str(said["plain"]) or f"{name} cannot take {what}: {said['error']}. Mend it there.", line)
    outputs = tuple(
        Shape(tuple(_whole(dim) for dim in dims), "index" if dtype == "index" else "float", bool(batched))
        for dims, dtype, batched in said["outputs"]
    )
    return Answer(outputs, _whole(said["parameters"]), _whole(said["macs"]))


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST:
        raise ValueError("no size")
    return value
