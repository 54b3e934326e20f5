"""The one door: arguments in, the window or a headless command out. Imports nothing heavy before it must."""

from __future__ import annotations

import os
import sys
from types import TracebackType

VERSION = "0.1.0"
START = "preset:lenet5"


def main(argv: list[str]) -> int:
    """Run the program; gives its exit code."""
    try:
        return _choose(argv)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read us (`| head`) has gone; Python must not complain about it when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _choose(argv: list[str]) -> int:
    from engine.headless.arguments import COMMANDS, overview

    match argv:
        case ["-h" | "--help", *_]:
            print(overview())
            return 0
        case ["--version", *_]:
            print(f"LayerLoom {VERSION}")
            return 0
        case ["figure", *_]:
            return _figure(argv)
        case [name, *_] if name in COMMANDS:
            from engine.headless.commands import run

            return run(argv)
        case [option, *_] if option.startswith("-"):
            print(f"There is no option {option}. main.py --help lists what can be typed.", file=sys.stderr)
            return 2
        case [_, extra, *_]:
            print(f"{extra} cannot follow a project. main.py --help lists what can be typed.", file=sys.stderr)
            return 2
        case _:
            return _open(argv[0] if argv else START)


def _figure(argv: list[str]) -> int:
    """The one command that needs Qt, which paints the figure; no display."""
    from engine.errors import EngineError
    from engine.headless.arguments import UsageError, parse
    from engine.headless.commands import BAD_INPUT, sentence
    from gui.display import libraries

    try:
        values = parse(argv)
        missing = libraries(x11=False)
        if missing:
            print(f"Figures are painted by Qt, which does not load here ({missing}).", file=sys.stderr)
            return BAD_INPUT
        from gui.figure.command import figure

        return figure(values)
    except (UsageError, EngineError) as error:
        print(sentence(error, argv), file=sys.stderr)
        return BAD_INPUT


def _open(reference: str) -> int:
    """The window on a project; in the terminal where no window can be."""
    import engine
    from engine.errors import EngineError
    from engine.headless.commands import BAD_INPUT, sentence, without_window

    if not reference.startswith("preset:") and not os.path.exists(reference) and _near_command(reference):
        print(f'There is no file "{reference}". Did you mean the command {_near_command(reference)}?', file=sys.stderr)
        return BAD_INPUT
    try:
        engine.open(reference)
    except EngineError as error:
        print(sentence(error), file=sys.stderr)
        return BAD_INPUT
    from gui.display import fault

    reason = fault()
    if reason:
        return without_window(reference, f"{reason}, so LayerLoom works in this terminal.")
    from gui.app import run

    return run(reference)


def _near_command(name: str) -> str:
    import difflib

    from engine.headless.arguments import COMMANDS

    return next(iter(difflib.get_close_matches(name, COMMANDS, n=1)), "")


def report_crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What happens to an error that nobody foresaw: a report on disk and one sentence, instead of a traceback."""
    from engine.crash import write_report

    path = write_report(error.with_traceback(trace))
    print(f"LayerLoom met an error that it did not foresee ({kind.__name__}); the report is in {path}", file=sys.stderr)


if __name__ == "__main__":
    sys.excepthook = report_crash
    sys.exit(main(sys.argv[1:]))
