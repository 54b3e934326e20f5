"""Networks for pictures of faces: DeepFace, and age and gender with two answers.

Not for: finding faces in pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.declare import Json
from engine.graph.model import Graph
from tools.presets.pencil import Sheet, about, recipe

_WIDE_POOL: dict[str, Json] = {"kernel_size": 3, "stride": 2, "ceil_mode": True}


def deepface() -> Graph:
    """DeepFace."""
    begin: dict[str, Json] = {"init": "normal", "init_value": 0.01, "init_bias": 0.5}
    sheet = Sheet()
    sheet.row("Shared filters: edges and texture, the same everywhere in the face")
    sheet.put("image", "image_input", channels=3, height=152, width=152)
    sheet.put("C1", "conv2d", out_channels=32, kernel_size=11, **begin)
    sheet.put("relu1", "relu")
    sheet.put("M2", "maxpool2d", **_WIDE_POOL)
    sheet.put("C3", "conv2d", out_channels=16, kernel_size=9, **begin)
    sheet.put("relu3", "relu")
    sheet.row("Filters of each place: an eye is looked at in another way than a mouth")
    for number, kernel, stride in ((4, 9, 1), (5, 7, 2), (6, 5, 1)):
        settings: dict[str, Json] = {"stride": stride} if stride > 1 else {}
        sheet.put(f"L{number}", "locally_connected2d", out_channels=16, kernel_size=kernel, **settings, **begin)
        sheet.put(f"relu{number}", "relu")
    sheet.row("Who is it? F7 is the face as 4,096 numbers")
    sheet.put("flatten", "flatten")
    sheet.put("F7", "linear", out_features=4096, **begin)
    sheet.put("relu7", "relu")
    sheet.put("drop", "dropout")
    sheet.put("F8", "linear", out_features=4030, **begin)
    sheet.put("output", "output")
    training = recipe(epochs=15, batch_size=128, optimizer="sgd", learning_rate=0.01, schedule="step", step_epochs=5)
    return sheet.network(about("faces", "deepface"), data="folder", training=training)


def _answers(sheet: Sheet, column: int, **begin: Json) -> None:
    """Age and gender from the same numbers, each with its loss."""
    for line, name, width, loss in ((0, "age", 1, "smooth_l1"), (2, "gender", 2, "cross_entropy")):
        sheet.place(column, line)
        sheet.put(
            f"fc_{name}", "linear", *(("drop2",) if "drop2" in sheet.nodes else ("drop1",)), out_features=width, **begin
        )
        sheet.put(name, "output")
        sheet.place(column + 1, line + 1)
        sheet.put(f"loss_{name}", loss, f"fc_{name}", target=name)


# Ages in deviations from their mean, so that both losses are of one size.
_DATA: dict[str, Json] = {"name": "portraits", "target_scale": "standard"}


def levi() -> Graph:
    """The network of Levi and Hassner with two answers instead of two networks."""
    begin: dict[str, Json] = {"init": "normal", "init_value": 0.01, "init_bias": 0}
    sheet = Sheet()
    sheet.row("Three rounds of convolution, pooling and response normalisation")
    sheet.put("image", "image_input", channels=3, height=227, width=227)
    for number, (width, kernel, stride, rim) in enumerate(((96, 7, 4, 0), (256, 5, 1, 2), (384, 3, 1, 1)), start=1):
        sheet.place(1, number - 1)
        sheet.put(
            f"conv{number}", "conv2d", out_channels=width, kernel_size=kernel, stride=stride, padding=rim, **begin
        )
        sheet.put(f"relu{number}", "relu")
        sheet.put(f"pool{number}", "maxpool2d", **_WIDE_POOL)
        if number < 3:
            sheet.put(f"norm{number}", "local_response_norm")
    sheet.row("What both answers share, and the two answers")
    sheet.put("flatten", "flatten")
    for line in (0, 1):
        sheet.place(1, line)
        sheet.put(f"fc{line + 1}", "linear", out_features=512, **begin)
        sheet.put(f"relu_fc{line + 1}", "relu")
        sheet.put(f"drop{line + 1}", "dropout")
    _answers(sheet, 4, **begin)
    training = recipe(epochs=30, batch_size=50, optimizer="sgd", learning_rate=0.001, schedule="step", step_epochs=20)
    return sheet.network(about("faces", "age_gender_levi"), data=_DATA, training=training)


def small() -> Graph:
    """A small network with two answers."""
    sheet = Sheet()
    sheet.row("Four rounds of convolution, batch norm and pooling: from 64 × 64 to 4 × 4")
    sheet.put("image", "image_input", channels=3, height=64, width=64)
    for number, width in enumerate((32, 64, 128, 256), start=1):
        sheet.place(1, number - 1)
        sheet.put(f"conv{number}", "conv2d", out_channels=width, kernel_size=3, padding=1, bias=False)
        sheet.put(f"bn{number}", "batchnorm2d")
        sheet.put(f"relu{number}", "relu")
        sheet.put(f"pool{number}", "maxpool2d", kernel_size=2)
    sheet.row("What both answers share, and the two answers")
    sheet.put("avgpool", "global_avgpool")
    sheet.put("fc1", "linear", out_features=128)
    sheet.put("relu_fc1", "relu")
    sheet.put("drop1", "dropout")
    _answers(sheet, 4)
    training = recipe(epochs=20, batch_size=64, learning_rate=1e-3)
    return sheet.network(about("faces", "age_gender_small"), data=_DATA, training=training)


NETWORKS: Mapping[str, Callable[[], Graph]] = {
    "deepface": deepface,
    "age_gender_levi": levi,
    "age_gender_small": small,
}
