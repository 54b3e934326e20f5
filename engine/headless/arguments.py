"""What can be typed behind `main.py`: the commands and their options.

Options of `train` come from the declarations of `TrainingSettings` and `DataChoice`: a new setting is an option at once.
Not for: carrying anything out.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any, NoReturn

from engine.declare import Choice, Flag, Integer, Real, Setting, settings_of, unknown

COMMANDS: Mapping[str, str] = {
    "presets": "list the networks that come with the program",
    "check": "shapes, parameters and problems of a network; exit code 1 when there are problems",
    "train": "train a network and keep the run",
    "predict": "ask a trained network about pictures",
    "inspect": "write a picture of what a layer has learned or answers",
    "export": "write PyTorch code or weights",
    "trust": "let the Python code of a project run on this computer, after it was shown",
    "diff": "what is different between two networks",
    "figure": "write the drawing as SVG, PDF or PNG",
    "import-weights": "let a project begin with the weights in a .pth, .pt or .safetensors file",
    "lsuv": "let a project begin with weights scaled with a batch of its data (layer-sequential unit-variance)",
}
PROBES = ("filters", "activations")
FIGURE_STYLES = ("print", "light", "dark")
FIGURE_PARTS = (
    "names", "kinds", "faces", "shapes", "wires", "counts", "problems", "marks", "title", "caption", "legend",
)  # fmt: skip
SHORT: Mapping[str, str] = {"learning_rate": "--lr"}  # second names that hands expect

OVERVIEW = """\
LayerLoom: click a neural network together, train it live, look inside it, take it away.

  main.py [PROJECT | preset:NAME]     open the window (without a display: train in the terminal, results in ./out)
{commands}

  main.py COMMAND --help              what a command takes
  main.py --version

PROJECT is a .loom file, preset:NAME a network that comes with the program (main.py presets lists them), RUN the folder of
a training. Commands that answer take --json: one JSON object a line.
"""


class UsageError(Exception):
    """What was typed cannot be understood; its text is a sentence."""


class _Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one sentence, and leaves the exit to its caller."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message[:1].upper()}{message[1:]}. {self.prog} --help tells what it takes.")


def overview() -> str:
    """The text of `main.py --help`."""
    return OVERVIEW.format(commands="\n".join(f"  main.py {name:<28}{text}" for name, text in COMMANDS.items()))


def parse(argv: list[str]) -> argparse.Namespace:
    """The command's arguments as a namespace with `command` in it.

    Raises:
        UsageError: They cannot be understood.
        SystemExit: Help was asked for and printed.
    """
    name = argv[0]
    if name not in COMMANDS:
        raise UsageError(unknown(name, COMMANDS, "command")[0].upper() + unknown(name, COMMANDS, "command")[1:])
    parser = _Parser(
        prog=f"main.py {name}", description=f"{COMMANDS[name][:1].upper()}{COMMANDS[name][1:]}.", allow_abbrev=False
    )
    {
        "presets": _nothing,
        "check": _check,
        "train": _train,
        "predict": _predict,
        "inspect": _inspect,
        "export": _export,
        "trust": _trust,
        "diff": _diff,
        "figure": _figure,
        "import-weights": _import,
        "lsuv": _lsuv,
    }[name](parser)
    if name not in ("inspect", "export", "figure"):
        parser.add_argument("--json", action="store_true", help="one JSON object a line")
    found = parser.parse_args(argv[1:])
    found.command = name
    return found


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'"{text}" is not a whole number') from None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'"{text}" is not a number') from None


def given(values: argparse.Namespace, declaration: type[Any]) -> dict[str, Any]:
    """The settings of a declared class that were typed."""
    return {
        name: getattr(values, name)
        for name in settings_of(declaration)
        if getattr(values, name, None) is not None
    }  # fmt: skip


def _nothing(parser: argparse.ArgumentParser) -> None:
    """`presets` takes no more than --json."""


def _network(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("network", metavar="PROJECT", help="a .loom file, or preset:NAME")


def _check(parser: argparse.ArgumentParser) -> None:
    _network(parser)
    parser.add_argument(
        "--layers", action="store_true", help="the wide table: shares, activation memory and receptive fields too"
    )
    parser.add_argument("--csv", metavar="FILE", help="write the table of layers as CSV, too")


def _train(parser: argparse.ArgumentParser) -> None:
    from engine.data.choice import DataChoice
    from engine.training.settings import TrainingSettings

    _network(parser)
    parser.add_argument(
        "--data",
        metavar="NAME|PATH",
        help="a data set's name, a folder of pictures, a table (.csv), a text (.txt), or arrays (.npz)",
    )
    parser.add_argument("--data-dir", metavar="DIR", help="where known data sets such as mnist lie")
    parser.add_argument("--out", metavar="DIR", help="the run's folder; without it, beside the project")
    parser.add_argument("--resume", action="store_true", help="go on with the run in --out")
    group = parser.add_argument_group("training")
    for name, setting in settings_of(TrainingSettings).items():
        _option(group, name, setting)
    group = parser.add_argument_group("data")
    for name, setting in settings_of(DataChoice).items():
        if name not in ("name", "path"):
            _option(group, name, setting)


def _option(group: argparse._ArgumentGroup, name: str, setting: Setting) -> None:
    """An option for a declared setting; its range is checked by the setting itself, later."""
    flags = ["--" + name.replace("_", "-"), *([SHORT[name]] if name in SHORT else [])]
    text = setting.help.rstrip(".").replace("%", "%%")
    more: dict[str, Any] = {"dest": name, "default": None, "help": f"{text} ({setting.range_text()})"}
    match setting:
        case Integer():
            group.add_argument(*flags, type=_whole, metavar="N", **more)
        case Real():
            group.add_argument(*flags, type=_number, metavar="X", **more)
        case Flag():
            group.add_argument(*flags, action=argparse.BooleanOptionalAction, **more)
        case Choice():
            group.add_argument(*flags, metavar="|".join(setting.options), **{**more, "help": text})
        case _:
            group.add_argument(*flags, metavar="TEXT", **more)


def _predict(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="the folder of a training")
    parser.add_argument("pictures", metavar="PICTURE", nargs="+", help="a picture file")
    parser.add_argument(
        "--invert", action="store_true", help="exchange light and dark first, for dark ink on white paper"
    )
    parser.add_argument("--top", type=_whole, default=5, metavar="N", help="how many answers, the likeliest first (5)")


def _inspect(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="the folder of a training")
    parser.add_argument("--block", required=True, metavar="NAME", help="the block's name")
    parser.add_argument("--probe", required=True, choices=PROBES, help="what to show of it")
    parser.add_argument(
        "--image", metavar="FILE", help="the picture it answers to; without it, one that was kept for validation"
    )
    parser.add_argument("--out", required=True, metavar="FILE.png", help="the picture to write")


def _export(parser: argparse.ArgumentParser) -> None:
    from engine.export.targets import targets

    parser.add_argument("what", metavar="RUN|PROJECT", help="a run's folder, a .loom file or preset:NAME")
    parser.add_argument("--to", required=True, choices=tuple(targets()), help="what to write")
    parser.add_argument("--out", required=True, metavar="FILE", help="the file to write")


def _trust(parser: argparse.ArgumentParser) -> None:
    _network(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask: you have read the code and trust it")
    parser.add_argument("--take-back", action="store_true", help="trust the project's code no more")


def _diff(parser: argparse.ArgumentParser) -> None:
    for name, help_ in (("before", "a .loom file, preset:NAME or the folder of a run"), ("after", "the same")):
        parser.add_argument(name, metavar=name.upper(), help=help_)


def _import(parser: argparse.ArgumentParser) -> None:
    _network(parser)
    parser.add_argument("file", metavar="FILE", help="a .pth, .pt or .safetensors file of weights")
    parser.add_argument("-o", "--out", metavar="FILE.loom", help="the project to write; without it, PROJECT itself")
    parser.add_argument("--look", action="store_true", help="only tell what matches; nothing is written")
    parser.add_argument("--all", action="store_true", help="list what matches, too")
    parser.add_argument(
        "--by", metavar="WAY", help="names, order, or a map that the project brings, such as torchvision"
    )
    parser.add_argument("--classes", type=_whole, metavar="N", help="replace the head by a fresh one for N classes")
    parser.add_argument("--fresh-head", action="store_true", help="let the head begin fresh")
    parser.add_argument(
        "--freeze", metavar="BLOCK|all|none", help="freeze every block up to this one; all: everything but the head"
    )


def _lsuv(parser: argparse.ArgumentParser) -> None:
    _network(parser)
    parser.add_argument("-o", "--out", metavar="FILE.loom", help="the project to write; without it, PROJECT itself")
    parser.add_argument("--data-dir", metavar="DIR", help="where known data sets such as mnist lie")


def _figure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("network", metavar="PROJECT", help="a .loom file, preset:NAME or the folder of a run")
    parser.add_argument(
        "-o", "--out", required=True, metavar="FILE", help="the file to write; its ending says how: .svg, .pdf or .png"
    )
    parser.add_argument("--style", choices=FIGURE_STYLES, default="print", help="its look (print: black on white)")
    parser.add_argument("--width", type=_number, metavar="MM", help="how wide it is printed, in millimetres")
    parser.add_argument("--scale", type=_number, default=2.0, metavar="X", help="pixels a unit of a .png, 1 to 4 (2)")
    parser.add_argument("--transparent", action="store_true", help="no ground behind the drawing")
    parser.add_argument("--show", metavar="WORDS", help="what to show, separated by commas: " + ", ".join(FIGURE_PARTS))
