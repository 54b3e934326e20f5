"""Drawings with composites that several tests use."""

from __future__ import annotations

from engine.graph.model import (
    AddBlock,
    Batch,
    Connect,
    Define,
    Definition,
    Edit,
    End,
    Graph,
    Node,
    Parameter,
    Wire,
)


def wire(source: str, target: str) -> Wire:
    """ "a.y" to "b.x"."""
    return Wire(End(*source.split(".")), End(*target.split(".")))


def bottleneck() -> Definition:
    """ResNet's bottleneck: 1×1, 3×3, 1×1 to four times the width, and a projection where the shapes differ."""
    blocks = (
        Node("p", "port_in", "x"),
        Node("a", "conv2d", "conv1", {"out_channels": "=width", "kernel_size": 1, "bias": False}),
        Node("an", "batchnorm2d", "bn1"),
        Node("ar", "relu", "relu1"),
        Node("b", "conv2d", "conv2", {"out_channels": "=width", "stride": "=stride", "padding": 1, "bias": False}),
        Node("bn", "batchnorm2d", "bn2"),
        Node("br", "relu", "relu2"),
        Node("c", "conv2d", "conv3", {"out_channels": "=width * 4", "kernel_size": 1, "bias": False}),
        Node("cn", "batchnorm2d", "bn3"),
        Node("d", "conv2d", "project", {"out_channels": "=width * 4", "kernel_size": 1, "stride": "=stride", "bias": False},
             bypassed="=not projection"),
        Node("dn", "batchnorm2d", "project_bn", bypassed="=not projection"),
        Node("s", "add", "add"),
        Node("sr", "relu", "relu3"),
        Node("q", "port_out", "y"),
    )  # fmt: skip
    chain = ["p.y a.x", "a.y an.x", "an.y ar.x", "ar.y b.x", "b.y bn.x", "bn.y br.x", "br.y c.x", "c.y cn.x", "cn.y s.x1",
             "p.y d.x", "d.y dn.x", "dn.y s.x2", "s.y sr.x", "sr.y q.x"]  # fmt: skip
    settings = (
        Parameter("width", "integer", 64, lo=1, help="channels inside"),
        Parameter("stride", "size", 1, lo=1, help="stride of the 3×3 convolution"),
        Parameter("projection", "flag", False, help="whether the shortcut is a convolution"),
    )
    return Definition(
        "bottleneck", "Bottleneck", "He et al. 2015.", settings, blocks, tuple(wire(*pair.split()) for pair in chain)
    )


def resnet(repeats: tuple[int, ...] = (3, 4, 6, 3)) -> Graph:
    """ResNet with bottlenecks at 224 × 224; 3, 4, 6, 3 is ResNet-50."""
    graph = Graph()
    edits: list[Edit] = [Define(bottleneck())]
    edits += [
        AddBlock(Node("i", "image_input", "image", {"channels": 3, "height": 224, "width": 224})),
        AddBlock(Node("c", "conv2d", "conv1",
                      {"out_channels": 64, "kernel_size": 7, "stride": 2, "padding": 3, "bias": False})),
        AddBlock(Node("n", "batchnorm2d", "bn1")),
        AddBlock(Node("r", "relu", "relu")),
        AddBlock(Node("m", "maxpool2d", "maxpool", {"kernel_size": 3, "stride": 2, "padding": 1})),
    ]  # fmt: skip
    last, names = "m.y", ["i.y c.x", "c.y n.x", "n.y r.x", "r.y m.x"]
    for index, times in enumerate(repeats):
        stage = f"layer{index + 1}"
        values = {"width": 64 * 2**index, "repeat": times, "first_projection": "on"}
        values |= {"first_stride": 2} if index else {}
        edits.append(AddBlock(Node(stage, "composite:bottleneck", stage, values)))
        names.append(f"{last} {stage}.x")
        last = f"{stage}.y"
    edits += [
        AddBlock(Node("g", "global_avgpool", "avgpool")),
        AddBlock(Node("f", "linear", "fc", {"out_features": 1000})),
        AddBlock(Node("o", "output", "output")),
    ]
    names += [f"{last} g.x", "g.y f.x", "f.y o.x"]
    edits += [Connect(wire(*pair.split())) for pair in names]
    graph.apply(Batch(tuple(edits)))
    return graph
