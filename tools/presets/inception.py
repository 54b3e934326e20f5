"""Inception v3: modules of five kinds, of which each map size has its own.

Not for: the first Inception network, GoogLeNet (`paths`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from engine.declare import Json
from engine.graph.edits import Definition
from engine.graph.model import Graph, Parameter
from tools.presets.paths import convolution
from tools.presets.pencil import Sheet, about, named, recipe, share, whole

_STD = share("std", 0.1, "standard deviation of the first weights")
_BEGIN: dict[str, Json] = {"init": "normal", "init_value": "=std"}
# A step of a path: its name, its filters (or how it pools), their size, the step before it if that is not the one to the left.
_Step = tuple[str, Json, Json, int, str]


def _conv(name: str, width: Json, kernel: Json = 1, stride: int = 1, source: str = "") -> _Step:
    return name, width, kernel, stride, source


_DOUBLE: tuple[_Step, ...] = (_conv("branch3x3dbl_1", 64), _conv("branch3x3dbl_2", 96, 3))
_AVERAGE = _conv("avgpool", "average", 3)
_LARGEST = _conv("maxpool", "largest", 3, 2)
# Kind -> its paths. Those of two 3 × 3 filters see what one of 5 × 5 sees, and 1 × 7 behind 7 × 1 what one of 7 × 7 sees.
_PATHS: Mapping[str, Sequence[Sequence[_Step]]] = {
    "A": (
        (_conv("branch1x1", 64),),
        (_conv("branch5x5_1", 48), _conv("branch5x5_2", 64, 5)),
        (*_DOUBLE, _conv("branch3x3dbl_3", 96, 3)),
        (_AVERAGE, _conv("branch_pool", "=pool")),
    ),
    "B": ((_conv("branch3x3", 384, 3, 2),), (*_DOUBLE, _conv("branch3x3dbl_3", 96, 3, 2)), (_LARGEST,)),
    "C": (
        (_conv("branch1x1", 192),),
        (_conv("branch7x7_1", "=width"), _conv("branch7x7_2", "=width", [1, 7]), _conv("branch7x7_3", 192, [7, 1])),
        (
            _conv("branch7x7dbl_1", "=width"),
            _conv("branch7x7dbl_2", "=width", [7, 1]),
            _conv("branch7x7dbl_3", "=width", [1, 7]),
            _conv("branch7x7dbl_4", "=width", [7, 1]),
            _conv("branch7x7dbl_5", 192, [1, 7]),
        ),
        (_AVERAGE, _conv("branch_pool", 192)),
    ),
    "D": (
        (_conv("branch3x3_1", 192), _conv("branch3x3_2", 320, 3, 2)),
        (
            _conv("branch7x7x3_1", 192),
            _conv("branch7x7x3_2", 192, [1, 7]),
            _conv("branch7x7x3_3", 192, [7, 1]),
            _conv("branch7x7x3_4", 192, 3, 2),
        ),
        (_LARGEST,),
    ),
    "E": (
        (_conv("branch1x1", 320),),
        (_conv("branch3x3_1", 384), _conv("branch3x3_2a", 384, [1, 3])),
        (_conv("branch3x3_2b", 384, [3, 1], source="branch3x3_1"),),
        (_conv("branch3x3dbl_1", 448), _conv("branch3x3dbl_2", 384, 3), _conv("branch3x3dbl_3a", 384, [1, 3])),
        (_conv("branch3x3dbl_3b", 384, [3, 1], source="branch3x3dbl_2"),),
        (_AVERAGE, _conv("branch_pool", 192)),
    ),
}
_SETTINGS: Mapping[str, Sequence[Parameter]] = {
    "A": (whole("pool", 32, "filters behind the pooling"),),
    "C": (whole("width", 128, "filters of the long and narrow kinds"),),
}
_HELP: Mapping[str, str] = {
    "A": "Paths of 1 × 1, 5 × 5 and twice 3 × 3 filters, and one behind a pooling.",
    "B": "Half as high and wide, by filters and by a pooling side by side.",
    "C": "Paths whose 7 × 7 filters are cut into long and narrow ones.",
    "D": "Half as high and wide again, by filters and by a pooling side by side.",
    "E": "Paths that fork into long and narrow filters at their ends.",
}


def _rim(kernel: Json, stride: int) -> Json:
    """Zeros that keep the size; none where the map is made smaller."""
    if stride > 1:
        return 0
    return [side // 2 for side in kernel] if isinstance(kernel, list) else int(kernel) // 2


def _step(sheet: Sheet, kind: str, step: _Step, *sources: str) -> None:
    """A convolution or a pooling of a path."""
    name, width, kernel, stride, _ = step
    if width in ("average", "largest"):
        sheet.put(name, "avgpool2d" if width == "average" else "maxpool2d", *sources, kernel_size=kernel, stride=stride,
                  padding=1 if stride == 1 else 0)  # fmt: skip
        return
    rest = {"kernel": kernel, "stride": stride, "padding": _rim(kernel, stride)}
    usual = {"kernel": 1, "stride": 1, "padding": 0}
    sheet.put(name, kind, *sources, width=width, **{key: value for key, value in rest.items() if value != usual[key]})


def _module(conv: Definition, letter: str) -> Definition:
    """A module of one kind."""
    paths = _PATHS[letter]
    sheet = Sheet([conv])
    sheet.row()
    sheet.place(0, (len(paths) - 1) / 2)
    sheet.put("x", "port_in")
    places: dict[str, float] = {"x": 0}
    for line, path in enumerate(paths):
        source = path[0][4] or "x"
        column = places[source] + 1
        for step in path:
            sheet.place(column, line)
            _step(sheet, conv.id, step, source)
            places[step[0]] = column
            source, column = step[0], column + 1
    ends = [path[-1][0] for path in paths]
    last = max(places.values()) + 1
    middle, room = (len(paths) - 1) / 2, 0.3 if len(paths) > 4 else 0.0
    sheet.place(last + room, middle - 0.3)
    sheet.put("concat", "concat", *ends, count=len(ends))
    sheet.put("y", "port_out")
    for line, end in enumerate(ends):
        if places[end] < last - 1:
            sheet.bend(end, "concat", (last - 0.3 + room / 3 * abs(line - middle), line))
    return sheet.definition(
        f"inception_{letter.lower()}", f"Inception{letter}", _HELP[letter], _SETTINGS.get(letter, ())
    )


def _head(conv: Definition) -> Definition:
    """The classifier that hangs in the middle of the network while it trains."""
    sheet = Sheet([conv])
    sheet.put("x", "port_in")
    sheet.put("pool", "avgpool2d", kernel_size=5, stride=3)
    sheet.put("conv0", conv.id, width=128)
    sheet.put("conv1", conv.id, width=768, kernel=5, std=0.01)
    sheet.row(column=1)
    sheet.put("avgpool", "global_avgpool")
    sheet.put("fc", "linear", out_features=1000, init="normal", init_value=0.001)
    sheet.put("y", "port_out")
    return sheet.definition("aux", "InceptionAux", "A small classifier, there in training only.")


# The paper's: RMSProp from 0.045, 6 % less every second epoch, label smoothing 0.1. Its epsilon is 1, far above the gradients'
# size, so that it is plain descent in all but name.
_RECIPE = recipe(
    epochs=100, batch_size=32, optimizer="sgd", learning_rate=0.045, schedule="step", step_epochs=2, gamma=0.94
)
# name -> kind of module and its setting, size by size of the map.
_35: Mapping[str, tuple[str, dict[str, Json]]] = {
    "mixed_5b": ("A", {"pool": 32}),
    "mixed_5c": ("A", {"pool": 64}),
    "mixed_5d": ("A", {"pool": 64}),
}
_17: Mapping[str, tuple[str, dict[str, Json]]] = {
    "mixed_6a": ("B", {}),
    "mixed_6b": ("C", {"width": 128}),
    "mixed_6c": ("C", {"width": 160}),
    "mixed_6d": ("C", {"width": 160}),
    "mixed_6e": ("C", {"width": 192}),
}
_8: Mapping[str, tuple[str, dict[str, Json]]] = {"mixed_7a": ("D", {}), "mixed_7b": ("E", {}), "mixed_7c": ("E", {})}


def inception_v3() -> Graph:
    """Inception v3 as libraries have it."""
    conv = convolution(norm=True, begin=_BEGIN, more=(_STD,))
    sheet = Sheet([conv, *(_module(conv, letter) for letter in _PATHS), _head(conv)])
    kind = conv.id
    sheet.row("Stem: from 299 × 299 to 35 × 35")
    sheet.put("image", "image_input", channels=3, height=299, width=299)
    sheet.put("conv_1a", kind, width=32, kernel=3, stride=2)
    sheet.put("conv_2a", kind, width=32, kernel=3)
    sheet.put("conv_2b", kind, width=64, kernel=3, padding=1)
    sheet.put("maxpool1", "maxpool2d", kernel_size=3, stride=2)
    sheet.put("conv_3b", kind, width=80)
    sheet.put("conv_4a", kind, width=192, kernel=3)
    sheet.put("maxpool2", "maxpool2d", kernel_size=3, stride=2)
    for title, modules in (("35 × 35", _35), ("17 × 17: the first makes the map smaller", _17)):
        sheet.row(title)
        for name, (letter, settings) in modules.items():
            sheet.put(name, f"inception_{letter.lower()}", **settings)
    sheet.row("Training only: a classifier in the middle", colour="Loss and metric", column=5)
    sheet.put("aux", "aux", "mixed_6e")
    sheet.put("aux_loss", "aux_output")
    sheet.row("8 × 8, and the answer")
    for name, (letter, settings) in _8.items():
        sheet.put(name, f"inception_{letter.lower()}", *(("mixed_6e",) if name == "mixed_7a" else ()), **settings)
    sheet.bend("mixed_6e", "mixed_7a", (4.71, -0.65), (-0.085, -0.65))
    sheet.put("avgpool", "global_avgpool")
    sheet.put("drop", "dropout")
    sheet.put("fc", "linear", out_features=1000, init="normal", init_value=0.1)
    sheet.put("output", "output")
    sheet.lane(6)
    sheet.put("loss", "cross_entropy", "fc", label_smoothing=0.1)
    names = {
        "conv_3b": "Conv2d_3b_1x1",
        "conv_{n}": "Conv2d_{n}_3x3",
        "mixed_{n}": "Mixed_{n}",
        "aux": "AuxLogits",
    }
    return sheet.network(
        about("inception", "inception_v3"), data="folder", training=_RECIPE, sections=named("torchvision", names)
    )


NETWORKS: Mapping[str, Callable[[], Graph]] = {"inception_v3": inception_v3}
