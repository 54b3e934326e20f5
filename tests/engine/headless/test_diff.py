"""The command `diff`, in words and as JSON, on presets, files and folders of runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import engine
from engine.graph import store
from engine.graph.edits import Define, Definition, Inside
from engine.graph.model import AddBlock, Configure, Connect, End, Node, Wire
from engine.headless.commands import run
from engine.training.record import GRAPH, INFO

Capture = pytest.CaptureFixture[str]


def test_two_presets_are_compared_in_words(capsys: Capture) -> None:
    assert run(["diff", "preset:lenet5", "preset:lenet5_relu_max"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("− LeNet-5 (preset:lenet5)\n+ LeNet-5 with ReLU and max pooling")
    assert '~ pool1: kind "Average pooling" → "Max pooling"' in text
    assert "parameters: 61,706, the same" in text


def test_the_same_network_has_no_differences(capsys: Capture) -> None:
    assert run(["diff", "preset:lenet5", "preset:lenet5"]) == 0
    assert capsys.readouterr().out.endswith("\nno differences\n")


def test_json_has_an_object_a_change_and_the_counts_last(capsys: Capture) -> None:
    assert run(["diff", "preset:mlp_784_30_10_sigmoid", "preset:mlp_784_512_512_10", "--json"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert found[-1]["same"] is False
    assert found[-1]["before"]["parameters"] == 23_860
    assert found[-1]["after"]["parameters"] == 669_706
    [width] = [entry for entry in found if entry.get("block") == "fc1"]
    assert width["changes"] == [{"name": "out_features", "before": 30, "after": 512}]
    assert {"change": "removed", "wire": ["sigmoid2.y", "output.x"]} in found
    assert any(entry.get("section") == "training" for entry in found)


def test_a_run_is_compared_by_its_frozen_drawing(tmp_path: Path, capsys: Capture) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    graph = engine.open("preset:lenet5").graph
    graph.apply(Configure(graph.named("fc1").id, {"out_features": 64}))
    store.save(graph, folder / GRAPH)
    (folder / INFO).write_text(json.dumps({"title": "Narrow"}), encoding="utf-8")
    assert run(["diff", str(folder), "preset:lenet5"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("− Narrow (")
    assert "~ fc1: out_features 64 → 120" in text


def test_an_edit_inside_a_composite_is_told_once_under_its_name(tmp_path: Path, capsys: Capture) -> None:
    graph = engine.open("preset:lenet5").graph
    body = (Node("p1", "port_in", "x"), Node("a1", "dropout", "drop"), Node("p2", "port_out", "y"))
    wires = (Wire(End("p1", "y"), End("a1", "x")), Wire(End("a1", "y"), End("p2", "x")))
    graph.apply(Define(Definition("c1", "Stage", blocks=body, wires=wires)))
    graph.apply(AddBlock(Node("b90", "composite:c1", "stage")))
    graph.apply(Connect(Wire(End("b4", "y"), End("b90", "x"))))
    store.save(graph, tmp_path / "one.loom")
    graph.apply(Inside("c1", Configure("a1", {"p": 0.25})))
    store.save(graph, tmp_path / "two.loom")
    assert run(["diff", str(tmp_path / "one.loom"), str(tmp_path / "two.loom")]) == 0
    assert capsys.readouterr().out.endswith("~ composite Stage\n    ~ drop: p 0.5 → 0.25\n")
    assert run(["diff", "preset:lenet5", str(tmp_path / "two.loom")]) == 0
    assert "+ composite Stage\n" in capsys.readouterr().out


def test_what_cannot_be_read_is_told_in_a_sentence(capsys: Capture, tmp_path: Path) -> None:
    assert run(["diff", "preset:lenet5", str(tmp_path / "none.loom")]) == 2
    assert run(["diff", "preset:lenet5", str(tmp_path)]) == 2
    shown = capsys.readouterr()
    assert shown.err.count("\n") == 2
    assert "Traceback" not in shown.err
