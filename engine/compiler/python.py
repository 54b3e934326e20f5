"""A person's class, run: the one place where code that came with a project becomes something that can do anything.

Nothing is run that is not trusted on this machine (`engine.trust`); it is asked each time.

Not for: reading the text (`engine.blocks.python_text`), nor trying it out (`engine.compiler.python_shapes`).
"""

from __future__ import annotations

import functools
import linecache
import math
import sys
import traceback
from types import ModuleType, TracebackType
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine import trust
from engine.blocks.python_text import read
from engine.errors import CompileError


def person_class(code: str) -> Any:
    """The class of a text, its module having been run once.

    Raises:
        CompileError: It is not trusted on this machine, or it cannot be run.
        CodeError: It holds no class for a block.
    """
    name = read(code).name
    if not trust.trusted(code):
        raise CompileError(
            f"The code of {name} has not been trusted on this computer, so it is not run; read it, then choose Trust."
        )
    return _executed(code, name)


def made(code: str, *args: Any, **kwargs: Any) -> nn.Module:
    """The layer of a text.

    Raises:
        CompileError: It is not trusted, or its constructor stops with an error.
    """
    cls = person_class(code)
    with _Saying(code):
        layer: nn.Module = cls(*args, **kwargs)
    if not isinstance(layer, nn.Module):
        raise CompileError(f"{read(code).name} is no nn.Module; write class {read(code).name}(nn.Module).")
    return layer


def file_of(code: str) -> str:
    """What tracebacks call the text."""
    return f"<{read(code).name} {trust.digest(code)[:12]}>"


def line_of(error: BaseException, code: str) -> int | None:
    """The last line of the text on the way to an error."""
    if isinstance(error, SyntaxError) and error.filename == file_of(code):
        return error.lineno
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file_of(code)
    ]  # fmt: skip
    return lines[-1] if lines else None


def told(error: BaseException, code: str) -> str:
    """An error of a person's code as a part of a sentence: "line 7 says NameError: name 'y' is not defined"."""
    line, text = line_of(error, code), " ".join(str(error).split())[:400].rstrip(".")
    said = type(error).__name__ + (f": {text}" if text else "")
    return f"line {line} says {said}" if line is not None else f"it says {said}"


@functools.lru_cache(maxsize=64)
def _executed(code: str, name: str) -> Any:
    file = file_of(code)
    module = ModuleType(f"layerloom_python_{trust.digest(code)[:16]}")
    module.__dict__.update(torch=torch, nn=nn, F=functional, functional=functional, Tensor=Tensor, math=math)
    sys.modules[module.__name__] = module  # dataclasses and the like look there
    linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)  # tracebacks show the lines
    with _Saying(code):
        exec(compile(code, file, "exec", dont_inherit=True), module.__dict__)  # noqa: S102  a person read and trusts it
    return module.__dict__[name]


class _Saying:
    """Around a person's code, which can raise anything: turns that into a sentence with the line."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception):
            raise CompileError(f"{read(self.code).name} could not be built: {told(error, self.code)}.") from error
