"""Composites for the tests of the compiler: definitions in a few lines, and networks of the literature made of them."""

from engine.graph.model import (
    AddBlock,
    Connect,
    Define,
    Definition,
    End,
    Graph,
    Node,
    Parameter,
    Wire,
)


def setting(name, default, **more):
    kind = {bool: "flag", int: "integer", float: "real", str: "text", list: "size"}[type(default)]
    return Parameter(name, kind, default, **more)


def definition(id_, name, settings, *rows, help=""):
    """A composite; a row is (name, kind, settings, sources, bypassed), a source "block" or "block.port".

    The inputs of all composites are called x and y.
    """
    nodes, wires = [], []
    for row in rows:
        block, kind, values, sources, bypassed = (*row, *({}, (), False)[len(row) - 2 :])
        nodes.append(Node(block, kind, block, values, bypassed=bypassed))
        for number, source in enumerate(sources, start=1):
            start, _, port = source.partition(".")
            first, *more = ("x1", "x2", "x3") if kind in ("add", "concat") else ("x", "y")
            target = (first, *more)[number - 1]
            wires.append(Wire(End(start, port or "y"), End(block, target)))
    return Definition(id_, name, help, tuple(settings), tuple(nodes), tuple(wires))


def place(graph, kind, *sources, name="", bypassed=False, **settings):
    """Add a block behind others, which are ids or (id, port)."""
    node = graph.new_node(kind, settings, name=name)
    graph.apply(AddBlock(Node(node.id, kind, node.name, settings, bypassed=bypassed)))
    for port, source in zip(graph.node(node.id).block().inputs(), sources, strict=False):
        block, out = source if isinstance(source, tuple) else (source, None)
        out = out or graph.node(block).block().outputs()[0].name
        graph.apply(Connect(Wire(End(block, out), End(node.id, port.name))))
    return node.id


CONV = {"bias": False}
BOTTLENECK = definition(
    "bottleneck",
    "Bottleneck",
    [setting("width", 64, lo=1), setting("stride", 1, lo=1), setting("projection", False)],
    ("x", "port_in"),
    ("conv1", "conv2d", {"out_channels": "=width", "kernel_size": 1, **CONV}, ["x"]),
    ("norm1", "batchnorm2d", {}, ["conv1"]),
    ("relu1", "relu", {}, ["norm1"]),
    (
        "conv2",
        "conv2d",
        {"out_channels": "=width", "kernel_size": 3, "stride": "=stride", "padding": 1, **CONV},
        ["relu1"],
    ),
    ("norm2", "batchnorm2d", {}, ["conv2"]),
    ("relu2", "relu", {}, ["norm2"]),
    ("conv3", "conv2d", {"out_channels": "=width * 4", "kernel_size": 1, **CONV}, ["relu2"]),
    ("norm3", "batchnorm2d", {}, ["conv3"]),
    (
        "shortcut",
        "conv2d",
        {"out_channels": "=4 * width", "kernel_size": 1, "stride": "=stride", **CONV},
        ["x"],
        "=not projection",
    ),
    ("shortcut_norm", "batchnorm2d", {}, ["shortcut"], "=not projection"),
    ("add1", "add", {}, ["norm3", "shortcut_norm"]),
    ("relu3", "relu", {}, ["add1"]),
    ("y", "port_out", {}, ["relu3"]),
    help="A residual block with a narrow waist (He, Zhang, Ren and Sun, 2015).",
)


def resnet(counts=(3, 4, 6, 3), *, classes=1000, side=224, width=64):
    """A ResNet-50-like drawing: one block of blocks, placed four times."""
    graph = Graph()
    graph.apply(Define(BOTTLENECK))
    at = place(graph, "image_input", channels=3, height=side, width=side)
    at = place(graph, "conv2d", at, out_channels=width, kernel_size=7, stride=2, padding=3, **CONV)
    at = place(graph, "relu", place(graph, "batchnorm2d", at))
    at = place(graph, "maxpool2d", at, kernel_size=3, stride=2, padding=1)
    for stage, count in enumerate(counts):
        more = {"first_stride": 2} if stage else {}
        at = place(
            graph, "composite:bottleneck", at, name=f"layer{stage + 1}",
            width=width * 2**stage, repeat=count, first_projection="on", **more,
        )  # fmt: skip
    at = place(graph, "linear", place(graph, "global_avgpool", at), out_features=classes)
    place(graph, "output", at)
    return graph
