"""ShuffleNet: grouped and halved channels that are dealt out anew between the units.

Not for: other networks for small machines (`tools.presets.mobile`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.declare import Json
from engine.graph.edits import Definition
from engine.graph.model import Graph
from tools.presets import names
from tools.presets.pencil import Sheet, about, recipe, whole

# The papers': 300,000 steps of 1,024 pictures.
_SHUFFLE = recipe(epochs=240, batch_size=1024, optimizer="sgd", learning_rate=0.5, schedule="cosine", weight_decay=4e-5)


def _shuffle_v1(*, paper: bool, down: bool) -> Definition:
    """A unit of ShuffleNet v1.

    Args:
        paper: Whether channels are shuffled before the depthwise convolution, as the paper draws it; the released code does it
            after, and the other way round.
        down: Whether it halves the map: then what arrived is pooled and put in front instead of added.
    """
    sheet = Sheet()
    if down:
        sheet.row("What arrived", colour="Merge", column=1)
        sheet.enter("x")
        sheet.put("pool", "avgpool2d", "x", kernel_size=3, stride=2, padding=1)
    sheet.row("Grouped 1 × 1", column=1)
    if not down:
        sheet.enter("x")
    sheet.put("conv1", "conv2d", "x", out_channels="=width // 4", kernel_size=1, groups="=groups", bias=False)
    sheet.put("bn1", "batchnorm2d")
    sheet.put("relu1", "relu")
    if paper:
        sheet.put("shuffle", "channel_shuffle", groups=3)
    sheet.row("Each channel by itself", column=1)
    sheet.put("depthwise", "depthwise_conv2d", kernel_size=3, stride=2 if down else 1, padding=1, bias=False)
    sheet.put("bn2", "batchnorm2d")
    if not paper:
        sheet.put("shuffle", "channel_shuffle", groups=3, inverse=True)
    sheet.row("Grouped 1 × 1", column=1)
    sheet.put(
        "conv2", "conv2d", out_channels="=width - reaching" if down else "=width", kernel_size=1, groups=3, bias=False
    )
    sheet.put("bn3", "batchnorm2d")
    settings = [whole("width", 240, "channels that come out")]
    if down:
        sheet.put("relu2", "relu")
        sheet.beside("relu2")
        sheet.put("join", "concat", "pool", "relu2", straight="pool")
        settings += [
            whole("reaching", 24, "channels that arrive"),
            whole("groups", 3, "groups of the first convolution"),
        ]
    else:
        sheet.beside("bn3")
        sheet.put("add", "add", "bn3", "x", under="x")
        sheet.put("relu2", "relu")
        settings += [whole("groups", 3, "groups of the first convolution")]
    sheet.put("y", "port_out")
    if down:
        return sheet.definition(
            "down", "ShuffleDown", "Halves the map; what arrived is pooled and put in front.", settings
        )
    return sheet.definition(
        "unit", "ShuffleUnit", "Grouped convolutions between which channels are shuffled.", settings
    )


def shufflenet_v1(name: str, *, paper: bool) -> Graph:
    """ShuffleNet v1 with three groups."""
    sheet = Sheet([_shuffle_v1(paper=paper, down=True), _shuffle_v1(paper=paper, down=False)])
    sheet.row("Stem")
    sheet.put("image", "image_input", channels=3, height=224, width=224)
    sheet.put(
        "conv",
        "conv2d",
        out_channels=24,
        kernel_size=3,
        stride=2,
        padding=1,
        bias=False,
        init="normal",
        init_value=0.01,
    )
    sheet.put("bn", "batchnorm2d")
    sheet.put("relu", "relu")
    sheet.put("maxpool", "maxpool2d", kernel_size=3, stride=2, padding=1)
    sheet.row("Three stages: each halves the map, then shuffles", colour="Composites")
    reaching = 24
    for number, (width, times) in enumerate(((240, 4), (480, 8), (960, 4)), start=2):
        # 24 channels are too few to be grouped.
        ungrouped: dict[str, Json] = {"groups": 1} if number == 2 else {}
        sheet.put(f"down{number}", "down", width=width, reaching=reaching, **ungrouped)
        sheet.put(f"stage{number}", "unit", width=width, repeat=times - 1)
        reaching = width
    sheet.row("Head: a number for each class")
    sheet.put("avgpool", "global_avgpool")
    sheet.put("fc", "linear", out_features=1000, bias=paper, init="normal", init_value=0.01)
    sheet.put("output", "output")
    said = names.sections(authors=names.shufflenet_v1((4, 8, 4)))
    return sheet.network(about("shuffle", name), data="folder", training=_SHUFFLE, sections=said)


def _shuffle_v2(*, down: bool) -> Definition:
    """A unit of ShuffleNet v2: one half of the channels goes by, the other is worked on; `down`: both are worked on."""
    sheet = Sheet()
    if down:
        sheet.row("Left way", column=1)
        sheet.enter("x")
        sheet.put("left_depthwise", "depthwise_conv2d", "x", kernel_size=3, stride=2, padding=1, bias=False)
        sheet.put("left_bn1", "batchnorm2d")
        sheet.put("left_conv", "conv2d", out_channels="=width // 2", kernel_size=1, bias=False)
        sheet.put("left_bn2", "batchnorm2d")
        left = sheet.put("left_relu", "relu")
    else:
        sheet.row("Two halves", column=1)
        sheet.enter("x")
        sheet.put("split", "split", "x")
        left = "split"
    sheet.row("1 × 1", column=1)
    sheet.put("conv1", "conv2d", "x" if down else "split.y2", out_channels="=width // 2", kernel_size=1, bias=False)
    sheet.put("bn1", "batchnorm2d")
    sheet.put("relu1", "relu")
    sheet.row("Each channel by itself", column=1)
    sheet.put("depthwise", "depthwise_conv2d", kernel_size=3, stride=2 if down else 1, padding=1, bias=False)
    sheet.put("bn2", "batchnorm2d")
    sheet.row("1 × 1", column=1)
    sheet.put("conv2", "conv2d", out_channels="=width // 2", kernel_size=1, bias=False)
    sheet.put("bn3", "batchnorm2d")
    sheet.put("relu2", "relu")
    sheet.beside("relu2")
    sheet.put("join", "concat", left, "relu2", straight=left)
    sheet.put("shuffle", "channel_shuffle", groups=2)
    sheet.put("y", "port_out")
    settings = (whole("width", 116, "channels that come out"),)
    if down:
        return sheet.definition(
            "down", "ShuffleDown", "Halves the map on two ways, whose channels are then mixed.", settings
        )
    return sheet.definition("unit", "ShuffleUnit", "Works on one half of the channels, then mixes both.", settings)


def shufflenet_v2() -> Graph:
    """ShuffleNet v2 1.0×."""
    sheet = Sheet([_shuffle_v2(down=True), _shuffle_v2(down=False)])
    sheet.row("Stem")
    sheet.put("image", "image_input", channels=3, height=224, width=224)
    sheet.put("conv", "conv2d", out_channels=24, kernel_size=3, stride=2, padding=1, bias=False)
    sheet.put("bn", "batchnorm2d")
    sheet.put("relu", "relu")
    sheet.put("maxpool", "maxpool2d", kernel_size=3, stride=2, padding=1)
    sheet.row("Three stages: each halves the map, then mixes halves", colour="Composites")
    for number, (width, times) in enumerate(((116, 4), (232, 8), (464, 4)), start=2):
        sheet.put(f"down{number}", "down", width=width)
        sheet.put(f"stage{number}", "unit", width=width, repeat=times - 1)
    sheet.row("Head: a number for each class")
    sheet.put("last", "conv2d", out_channels=1024, kernel_size=1, bias=False)
    sheet.put("last_bn", "batchnorm2d")
    sheet.put("last_relu", "relu")
    sheet.put("avgpool", "global_avgpool")
    sheet.put("fc", "linear", out_features=1000)
    sheet.put("output", "output")
    said = names.sections(torchvision=names.SHUFFLENET_V2)
    return sheet.network(about("shuffle", "shufflenet_v2_x1_0"), data="folder", training=_SHUFFLE, sections=said)


NETWORKS: Mapping[str, Callable[[], Graph]] = {
    "shufflenet_v1_g3": lambda: shufflenet_v1("shufflenet_v1_g3", paper=False),
    "shufflenet_v1_g3_paper": lambda: shufflenet_v1("shufflenet_v1_g3_paper", paper=True),
    "shufflenet_v2_x1_0": shufflenet_v2,
}
