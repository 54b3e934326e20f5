"""`run`: from what was typed to an exit code.

0: done. 1: the network has problems (`check`), or a training failed on its way. 2: what was asked for cannot be done.
Not for: the window, nor for what happens to errors nobody foresaw (`main`).
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.errors import EngineError
from engine.headless.arguments import UsageError, parse
from engine.headless.terminal import tell

BAD_INPUT = 2


def run(argv: list[str]) -> int:
    """Carry out a command line that begins with a command's name."""
    try:
        return _dispatch(argv)
    except (UsageError, EngineError) as error:
        tell(sentence(error, argv))
        return BAD_INPUT


def sentence(error: BaseException, typed: Sequence[str] = ()) -> str:
    """An error's text as it stands in a terminal: one line, with a capital unless it begins with a word that was typed."""
    text = " ".join(str(error).split())
    first = text.split(" ", 1)[0]
    if any(word and text.startswith(word) for word in typed) or any(sign in first for sign in "./\\_"):
        return text
    return text[:1].upper() + text[1:]


def _dispatch(argv: list[str]) -> int:
    values = parse(argv)
    # torch and the data are imported by the command that needs them: `presets` and `check` answer at once.
    match values.command:
        case "presets":
            from engine.headless.drawing import presets

            return presets(as_json=values.json)
        case "check":
            from engine.headless.drawing import check

            return check(values.network, as_json=values.json, layers=values.layers, table=values.csv)
        case "train":
            from engine.headless.train import train

            return train(values)
        case "predict":
            from engine.headless.use import predict

            return predict(values.run, values.pictures, top=values.top, as_json=values.json, invert=values.invert)
        case "inspect":
            from engine.headless.use import inspect

            return inspect(values.run, block=values.block, probe=values.probe, image=values.image, out=values.out)
        case "trust":
            from engine.headless.trust import trust

            return trust(values.network, yes=values.yes, take_back=values.take_back, as_json=values.json)
        case "diff":
            from engine.headless.diff import difference

            return difference(values.before, values.after, as_json=values.json)
        case "import-weights":
            from engine.headless.weights import import_weights

            return import_weights(values)
        case "lsuv":
            from engine.headless.first_values import scale

            return scale(values)
        case _:
            from engine.headless.use import export

            return export(values.what, to=values.to, out=values.out)


def without_window(reference: str, reason: str) -> int:
    """The window's first job in the terminal: train, export, show the first filters. `reason` says why, in a sentence."""
    from engine.headless.tour import tour

    tell(reason)
    try:
        return tour(reference)
    except EngineError as error:
        tell(sentence(error))
        return BAD_INPUT
