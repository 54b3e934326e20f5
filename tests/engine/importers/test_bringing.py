"""Imported weights in a project: kept with it, begun with, found again after renaming and moving."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import torch

import engine
from engine.compiler.plan import plan
from engine.data.choice import DataChoice
from engine.errors import StoreError
from engine.folders import user_folder
from engine.graph.check import check
from engine.graph.frozen import frozen_parameters
from engine.graph.model import Rename
from engine.importers.bringing import bring, edit, forget, head_of, recorded_maps
from engine.importers.matching import Match, places, ways
from engine.importers.reading import Checkpoint, parse_checkpoint
from engine.project import Project
from engine.training.imported import fill
from engine.training.places import weights_file


def checkpoint(project: Project, seed: int = 3) -> Checkpoint:
    content = io.BytesIO()
    torch.save(project.build(seed=seed).state_dict(), content)
    return parse_checkpoint(content.getvalue(), "lenet.pth")


def matched(project: Project, file: Checkpoint, fresh: set[str] | None = None) -> Match:
    return ways(places(plan(project.graph)), file, recorded_maps(project.graph), fresh or set())[0]


def imported(project: Project, fresh: set[str] | None = None, *, seed: int = 3, **wishes: object) -> Checkpoint:
    file = checkpoint(project, seed)
    planned, report = plan(project.graph), check(project.graph)
    section = bring(matched(project, file, fresh), file, planned, project.graph, project.path)
    project.graph.apply(edit(project.graph, report, section, head=head_of(project.graph, report), **wishes))  # type: ignore[arg-type]
    return file


def test_a_network_begins_with_what_was_imported(tmp_path: Path) -> None:
    project = engine.open("preset:lenet5")
    project.save(tmp_path / "a.loom")
    file = imported(project)
    state = project.build(seed=9).state_dict()
    assert all(torch.equal(state[name], value) for name, value in file.tensors.items())
    assert project.weights == tmp_path / "a.runs" / project.graph.sections["weights"]["file"]
    assert project.graph.sections["weights"]["from"] == "lenet.pth"


def test_an_import_is_one_step_that_can_be_undone(tmp_path: Path) -> None:
    project = engine.open("preset:lenet5")
    project.save(tmp_path / "a.loom")
    before = project.graph.copy()
    file, report = checkpoint(project), check(project.graph)
    section = bring(matched(project, file, {"fc3"}), file, plan(project.graph), project.graph, project.path)
    head = head_of(project.graph, report)
    assert head is not None
    inverse = project.graph.apply(edit(project.graph, report, section, head=head, classes=3, freeze="b11"))
    project.graph.apply(inverse)
    assert project.graph.same_as(before)
    assert project.weights is None


def test_a_replaced_head_begins_fresh_and_the_rest_is_frozen(tmp_path: Path) -> None:
    project = engine.open("preset:lenet5")
    project.save(tmp_path / "a.loom")
    report = check(project.graph)
    head = head_of(project.graph, report)
    assert head is not None
    order = [node.id for node in project.graph if node.id in report.blocks and report.blocks[node.id].parameters]
    file = imported(project, {head.name}, classes=3, freeze=order[-2])
    network = project.build(seed=9)
    found = fill(network, project.weights)  # type: ignore[arg-type]
    assert found.fresh == (f"{head.name}.weight", f"{head.name}.bias")
    assert found.sentence == f"8 of 10 tensors begin with the weights of lenet.pth; fresh: {head.name}."
    assert network.state_dict()[f"{head.name}.weight"].shape == (3, 84)
    assert {name for name, w in network.named_parameters() if w.requires_grad} == set(found.fresh)
    report = check(project.graph)
    assert report.parameters - frozen_parameters(project.graph, report) == 84 * 3 + 3
    assert torch.equal(network.state_dict()["conv1.weight"], file.tensors["conv1.weight"])


def test_a_renamed_block_keeps_its_weights_and_a_new_one_begins_fresh(tmp_path: Path) -> None:
    project = engine.open("preset:lenet5")
    project.save(tmp_path / "a.loom")
    file = imported(project)
    project.graph.apply(Rename(project.graph.named("conv1").id, "edges"))
    state = project.build(seed=9).state_dict()
    assert torch.equal(state["edges.weight"], file.tensors["conv1.weight"])


def test_weights_go_along_when_a_project_is_saved_elsewhere(tmp_path: Path) -> None:
    project = engine.open("preset:lenet5")
    file = imported(project)  # not saved yet: it lies in the user's folder
    assert project.weights is not None
    assert project.weights.is_relative_to(user_folder())
    for name in ("one/a.loom", "two/b.loom"):
        project.save(tmp_path / name)
        assert project.weights.is_relative_to(tmp_path / name[:3])
        again = engine.open(tmp_path / name)
        assert torch.equal(again.build(seed=1).state_dict()["conv1.weight"], file.tensors["conv1.weight"])


def test_weights_that_are_gone_are_a_sentence_and_can_be_forgotten(tmp_path: Path) -> None:
    project = engine.open("preset:lenet5")
    project.save(tmp_path / "a.loom")
    imported(project, seed=11)  # others lie in the user's folder too
    assert project.weights is not None
    project.weights.unlink()
    with pytest.raises(StoreError, match=r"lenet\.pth are not there any more"):
        project.build()
    project.graph.apply(forget(project.graph))
    assert weights_file(project.graph, project.path) is None


def test_damaged_imported_weights_are_a_sentence(tmp_path: Path) -> None:
    project = engine.open("preset:lenet5")
    project.save(tmp_path / "a.loom")
    imported(project)
    assert project.weights is not None
    project.weights.write_bytes(project.weights.read_bytes()[:5000])
    with pytest.raises(StoreError, match="damaged"):
        project.build()


def test_nothing_that_matches_is_a_sentence(tmp_path: Path) -> None:
    project = engine.open("preset:lenet5")
    file = Checkpoint("other.pth", {"x": torch.zeros(3)})
    with pytest.raises(StoreError, match=r"no tensor of other\.pth matches"):
        bring(matched(project, file), file, plan(project.graph), project.graph, tmp_path / "a.loom")


def test_a_project_that_names_a_file_elsewhere_is_not_opened(tmp_path: Path) -> None:
    project = engine.open("preset:lenet5")
    path = project.save(tmp_path / "a.loom")
    text = path.read_text(encoding="utf-8").rstrip()
    path.write_text(text[:-1].rstrip() + ',\n"weights": {"file": "../secret.safetensors"}\n}\n', encoding="utf-8")
    with pytest.raises(StoreError, match=r"weights\.file"):
        engine.open(path)


def test_a_training_begins_with_imported_weights_and_keeps_what_is_frozen(tmp_path: Path) -> None:
    project = engine.open("preset:lenet5")
    project.save(tmp_path / "a.loom")
    file = imported(project, freeze=project.graph.named("conv2").id)
    project.data = DataChoice(name="digits", limit=64)
    run = engine.fit(project, epochs=1, batch_size=32)
    state = run.network("last").state_dict()
    assert torch.equal(state["conv1.weight"], file.tensors["conv1.weight"])
    assert torch.equal(state["conv2.bias"], file.tensors["conv2.bias"])
    assert not torch.equal(state["fc1.weight"], file.tensors["fc1.weight"])
    assert (state["fc1.weight"] - file.tensors["fc1.weight"]).abs().max() < 0.1
    assert any("begin with the weights of lenet.pth" in text for text in _notes(run.path))
    resumed = engine.fit(project, out=run.path, epochs=2, batch_size=32, resume=True)
    assert torch.equal(resumed.network("last").state_dict()["conv1.weight"], file.tensors["conv1.weight"])


def _notes(run: Path) -> list[str]:
    return [line for line in (run / "events.jsonl").read_text(encoding="utf-8").splitlines() if '"text"' in line]
