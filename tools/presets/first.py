"""LeNet-5 as it was published: trainable subsampling, a table of connections, codes of the digits.

Not for: today's LeNets, which are chains of ordinary layers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.blocks.special import LENET
from engine.declare import Json
from engine.graph.edits import Definition
from engine.graph.model import Graph
from tools.presets.pencil import Sheet, about, recipe

# The paper begins every unit between -2.4 / inputs and 2.4 / inputs.
_SPREAD = 2.4
# The paper's second-order method is not at hand; its rates fell from 0.0005 to 0.00001 in 20 passes.
_RECIPE = recipe(
    epochs=20, batch_size=32, optimizer="adam", learning_rate=0.001, schedule="step", step_epochs=5, gamma=0.4
)
_GROUPS = (
    ("Six maps read three neighbours", 0, 6),
    ("Six maps read four neighbours", 6, 12),
    ("Three maps read two pairs", 12, 15),
    ("One map reads all", 15, 16),
)


def _begin(inputs: int) -> dict[str, Json]:
    """How weights of units with so many inputs begin."""
    return {"init": "uniform", "init_value": round(_SPREAD / inputs, 6)}


def _third_layer() -> Definition:
    """C3 with every connection of the table drawn."""
    sheet = Sheet()
    middle = len(LENET) / 2
    sheet.row()
    sheet.place(0, middle)
    sheet.put("x", "port_in")
    sheet.put("maps", "split", parts=6)
    for group, (title, first, last) in enumerate(_GROUPS):
        sheet.frame(title)
        for line in range(first, last):
            read = LENET[line]
            sheet.place(3, line + group * 0.5)
            sheet.put(f"read{line}", "concat", *(f"maps.y{number + 1}" for number in read), count=len(read))
            sheet.put(f"map{line}", "conv2d", out_channels=1, kernel_size=5, **_begin(25 * len(read)))
    sheet.frame("")
    sheet.place(6, middle)
    sheet.put("stack", "concat", *(f"map{line}" for line in range(len(LENET))), count=len(LENET))
    sheet.put("y", "port_out")
    return sheet.definition("c3", "C3", "Sixteen filters, each on the maps that table I gives it.")


def lenet(name: str, how: str) -> Graph:
    """LeNet-5 of 1998.

    Args:
        name: The preset's.
        how: How C3 is held: "table", "dense" with a mask, or "nodes".
    """
    sheet = Sheet([_third_layer()] if how == "nodes" else [])
    sheet.row("C1 and S2: six maps of 28 × 28, then of 14 × 14")
    sheet.put("image", "image_input", channels=1, height=32, width=32)
    sheet.put("C1", "conv2d", out_channels=6, kernel_size=5, **_begin(25))
    sheet.put("squash1", "scaled_tanh")
    sheet.put("S2", "trainable_subsample")
    sheet.put("squash2", "scaled_tanh")
    sheet.row("C3 and S4: sixteen maps of 10 × 10, then of 5 × 5")
    if how == "nodes":
        sheet.put("C3", "c3")
    else:
        dense: dict[str, Json] = {"dense": True} if how == "dense" else {}
        sheet.put("C3", "connection_table_conv", **_begin(100), **dense)
    sheet.put("squash3", "scaled_tanh")
    sheet.put("S4", "trainable_subsample")
    sheet.put("squash4", "scaled_tanh")
    sheet.row("C5 and F6: 120 numbers, then 84, which are a picture of 7 × 12")
    sheet.put("C5", "conv2d", out_channels=120, kernel_size=5, **_begin(400))
    sheet.put("squash5", "scaled_tanh")
    sheet.put("flatten", "flatten")
    sheet.put("F6", "linear", out_features=84, **_begin(120))
    sheet.put("squash6", "scaled_tanh")
    sheet.row("How far from each digit's picture", column=2)
    sheet.put("codes", "rbf_output", negative=True)
    sheet.put("output", "output")
    return sheet.network(about("first", name), data="digits", training=_RECIPE)


NETWORKS: Mapping[str, Callable[[], Graph]] = {
    "lenet5_1998": lambda: lenet("lenet5_1998", "table"),
    "lenet5_1998_dense": lambda: lenet("lenet5_1998_dense", "dense"),
    "lenet5_1998_nodes": lambda: lenet("lenet5_1998_nodes", "nodes"),
}
