"""The process in which a person's class is tried: it reads questions line by line, and answers each with a line.

Whatever the class does, only this process suffers: it is given little memory and little time, and is ended when it does not
answer. Run as a script by `engine.compiler.python_shapes`. Not for: import.
"""

from __future__ import annotations

import json
import os
import sys
from types import TracebackType
from typing import Any

MEMORY = 2 * 2**30  # bytes of addresses besides those that torch has taken when it is there
OPEN_FILES = 256
BATCHES = (2, 3)  # samples; what comes out must follow them


def main() -> None:
    """Answer until there are no more questions."""
    root = sys.argv[1]
    sys.path.insert(0, root)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    questions = os.fdopen(os.dup(0), encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):  # what the class prints goes nowhere, and it has nothing to read
        os.dup2(nothing, number)
    import torch

    torch.set_num_threads(1)
    _warm()
    _bound()
    _say(answers, {"ready": True})
    for line in questions:
        asked = json.loads(line)
        sys.excepthook = _Telling(answers, asked["code"])
        _say(answers, tried(asked))


def _warm() -> None:
    """Let torch load what it loads at the first use of the meta device, so that the class's time is its own."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    import engine.compiler.python  # noqa: F401  so that the questions need not wait for it

    with torch.device("meta"), torch.no_grad(), FlopCounterMode(display=False):
        torch.relu(torch.nn.Linear(2, 2)(torch.randn(2, 2)))


def _say(answers: Any, what: dict[str, Any]) -> None:
    answers.write(json.dumps(what) + "\n")
    answers.flush()


class _Telling:
    """Says with which error the class stopped; the process ends with it."""

    def __init__(self, answers: Any, code: str) -> None:
        self.answers = answers
        self.code = code

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        from engine.compiler.python import line_of, told
        from engine.errors import EngineError

        cause = error.__cause__ if isinstance(error, EngineError) and error.__cause__ is not None else error
        plain = str(error) if isinstance(error, (EngineError, UnfitError)) else ""
        _say(self.answers, {"plain": plain, "error": told(cause, self.code), "line": line_of(cause, self.code)})


class UnfitError(Exception):
    """A class that runs, but is no layer for a network; the text is a sentence."""


def _bound() -> None:
    """Bound the memory where the system can; nothing is dumped when it ends badly."""
    try:
        import resource
    except ImportError:  # Windows
        return
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            taken = int(file.read().split()[0]) * os.sysconf("SC_PAGESIZE")
    except OSError:
        taken = 32 * 2**30
    for what, most in (
        (resource.RLIMIT_AS, taken + MEMORY), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, OPEN_FILES)
    ):  # fmt: skip
        hard = resource.getrlimit(what)[1]
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def tried(asked: dict[str, Any]) -> dict[str, Any]:
    """What a class does with shapes: on the meta device, which has no numbers; with numbers where it needs them."""
    try:
        return _on(asked, "meta")
    except UnfitError:
        raise
    except (RuntimeError, TypeError, ValueError) as error:  # among others: a number was asked for and there is none
        from engine.errors import CompileError

        if isinstance(error, CompileError):
            raise
        return _on(asked, "cpu")


def _on(asked: dict[str, Any], device: str) -> dict[str, Any]:
    import torch
    from torch.nn.parameter import is_lazy
    from torch.utils.flop_counter import FlopCounterMode

    from engine.compiler.python import person_class

    cls = person_class(asked["code"])
    with torch.device(device), torch.no_grad():
        torch.manual_seed(0)
        layer = cls(**dict(asked["arguments"]))
        if not isinstance(layer, torch.nn.Module):
            raise UnfitError(f"{cls.__name__} is no nn.Module; write class {cls.__name__}(nn.Module).")
        if any(is_lazy(parameter) for parameter in layer.parameters()):
            raise UnfitError(
                f"{cls.__name__} has a lazy layer, whose weights are not known before it runs; take channels as an argument of "
                "__init__ instead."
            )
        found = []
        layer.eval()
        with FlopCounterMode(display=False) as flops:
            found.append(_run(layer, asked, BATCHES[0], device))
        layer.train()
        found.append(_run(layer, asked, BATCHES[1], device))
    return {
        "outputs": _shapes(cls.__name__, found, asked["outputs"]),
        "parameters": sum(parameter.numel() for parameter in layer.parameters()),
        "macs": flops.get_total_flops() // 2 // BATCHES[0],
    }


def _run(layer: Any, asked: dict[str, Any], batch: int, device: str) -> Any:
    import torch

    plain, named = [], {}
    for port, optional, shape in zip(asked["ports"], asked["optional"], asked["shapes"], strict=False):
        if shape is None:
            continue
        dims, dtype, batched = shape
        size = (batch if batched else 1, *dims)
        x = (
            torch.zeros(size, dtype=torch.int64, device=device)
            if dtype == "index"
            else torch.randn(size, device=device)
        )
        if optional:
            named[port] = x
        else:
            plain.append(x)
    return layer(*plain, **named)


def _shapes(name: str, found: list[Any], wanted: int) -> list[Any]:
    """The shapes of what came out of both runs."""
    import torch

    several = [list(each) if isinstance(each, (tuple, list)) else [each] for each in found]
    if wanted == 1 and not isinstance(found[0], torch.Tensor):
        several = [[each] for each in found]
    out = []
    if {len(each) for each in several} != {wanted}:
        raise UnfitError(
            f"forward of {name} returns {len(several[0])} values, but declares {wanted}; write -> Tensor, or "
            "-> tuple[Tensor, Tensor] for two."
        )
    for first, second in zip(*several, strict=True):
        if not isinstance(first, torch.Tensor) or not isinstance(second, torch.Tensor):
            raise UnfitError(
                f"forward of {name} returns {type(first).__name__}, but a tensor is wanted; several tensors are declared as "
                "-> tuple[Tensor, Tensor]."
            )
        sizes = (tuple(first.shape), tuple(second.shape))
        heads = tuple(size[:1] for size in sizes)
        if heads not in (((BATCHES[0],), (BATCHES[1],)), ((1,), (1,))) or sizes[0][1:] != sizes[1][1:]:
            raise UnfitError(
                f"forward of {name} gives {_by(sizes[0])} for {BATCHES[0]} samples and {_by(sizes[1])} for {BATCHES[1]}; the batch "
                "has to stay in front, and nothing else may depend on it."
            )
        dtype = "float" if first.is_floating_point() else "index"
        out.append([list(sizes[0][1:]), dtype, heads[0] != (1,)])
    return out


def _by(size: tuple[int, ...]) -> str:
    return "×".join(map(str, size)) or "one number"


if __name__ == "__main__":
    main()
