"""A network with a composite, from the drawing to the exported file: trained, reopened, looked into, taken away."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import torch

import engine
from engine.compiler.plan import plan
from engine.export import export, read_weights
from engine.graph.model import (
    AddBlock,
    Connect,
    Define,
    Definition,
    Edit,
    End,
    Graph,
    Node,
    Parameter,
    SetSection,
    Wire,
)
from engine.probes.spec import ask
from engine.project import Project

RESIDUAL = Definition(
    "residual",
    "Residual",
    "Two convolutions and a way round them.",
    (Parameter("width", "integer", 4, lo=1), Parameter("projection", "flag", False)),
    (
        Node("x", "port_in", "x"),
        Node("conv", "conv2d", "conv", {"out_channels": "=width", "kernel_size": 3, "padding": 1, "bias": False}),
        Node("norm", "batchnorm2d", "norm"),
        Node("way", "conv2d", "way", {"out_channels": "=width", "kernel_size": 1}, bypassed="=not projection"),
        Node("add", "add", "add"),
        Node("y", "port_out", "y"),
    ),
    tuple(
        Wire(End(source, "y"), End(target, port))
        for source, target, port in (
            ("x", "conv", "x"),
            ("conv", "norm", "x"),
            ("x", "way", "x"),
            ("norm", "add", "x1"),
            ("way", "add", "x2"),
            ("add", "y", "x"),
        )
    ),
)


def drawn() -> Graph:
    """Digits into two composites of two repetitions each, and ten answers out."""
    graph = Graph()
    rows: list[tuple[str, str, dict[str, Any]]] = [
        ("image", "image_input", {"channels": 1, "height": 8, "width": 8}),
        ("layer1", "composite:residual", {"width": 4, "repeat": 2, "first_projection": "on"}),
        ("layer2", "composite:residual", {"width": 6, "repeat": 2, "first_projection": "on"}),
        ("mean", "global_avgpool", {}),
        ("fc", "linear", {"out_features": 10}),
        ("output", "output", {}),
    ]
    edits: list[Edit] = [Define(RESIDUAL), SetSection("data", {"name": "digits", "limit": 80})]
    edits += [AddBlock(Node(name, kind, name, settings)) for name, kind, settings in rows]
    for edit in edits:
        graph.apply(edit)
    names = [name for name, _, _ in rows]
    for before, after in pairwise(names):
        ports = graph.node(before).block().outputs()
        graph.apply(Connect(Wire(End(before, ports[0].name), End(after, "x"))))
    return graph


def test_a_network_with_a_composite_goes_the_whole_way(tmp_path: Path) -> None:
    project = Project(drawn())
    path = project.save(tmp_path / "residual.loom")

    run = engine.fit(path, out=tmp_path / "run", epochs=1, batch_size=32)
    again = run.graph()
    assert again.composites["residual"].definition() == project.graph.composites["residual"].definition()
    assert engine.open(path).graph.same_as(project.graph)

    network = run.network("last")
    fresh = plan(again)
    assert [name for name in network.state_dict() if name.startswith("layer1")] == [
        "layer1.0.conv.weight", *(f"layer1.0.norm.{each}" for each in
        ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")),
        "layer1.0.way.weight", "layer1.0.way.bias", "layer1.1.conv.weight", *(f"layer1.1.norm.{each}" for each in
        ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")),
    ]  # fmt: skip
    assert sum(weight.numel() for weight in network.parameters()) == fresh.parameters == project.check().parameters

    sample = (torch.zeros(1, 8, 8).numpy(),)
    for block in ("layer2", "layer2.1", "layer2.1.conv"):
        assert len(ask(network, "activations", block=block, sample=sample).titles) == 6
    assert "layer1.0.norm folded in" in ask(network, "filters", block="layer1.0.conv").note

    done = export(again, network, to="source", out=tmp_path / "net.py")
    assert "bit-equal" in done.check
    text = done.path.read_text(encoding="utf-8")
    assert "class Residual(nn.Module):" in text
    assert "self.layer2 = nn.Sequential(Residual(4, 6, projection=True), Residual(6, 6))" in text
    assert "bit-equal" in export(again, network, to="safetensors", out=tmp_path / "net.safetensors").check
    weights = read_weights(tmp_path / "net.safetensors")
    assert weights.keys() == network.state_dict().keys()
    assert all(torch.equal(value, weights[name]) for name, value in network.state_dict().items())
