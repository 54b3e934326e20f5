from __future__ import annotations

from pathlib import Path

import pytest

import engine
from engine.errors import CompileError, StoreError
from engine.graph.model import Configure, SetSection


def test_the_python_interface_of_the_readme_holds(tmp_path: Path) -> None:
    project = engine.open("preset:lenet5")
    assert project.check().ok
    assert project.check().parameters == 61_706
    network = project.build(seed=1)
    assert sum(parameter.numel() for parameter in network.parameters()) == 61_706
    assert "class " in project.source()
    path = project.save(tmp_path / "mine.loom")
    assert engine.open(str(path)).graph.same_as(project.graph)
    assert engine.open(path).path == path


def test_fit_trains_a_project_and_gives_its_run(tmp_path: Path) -> None:
    project = engine.open("preset:lenet5_relu_max")
    project.graph.apply(SetSection("data", {"limit": 200}))
    run = engine.fit(project, out=tmp_path / "run", epochs=1, batch_size=64)
    assert [entry["epoch"] for entry in run.epochs()] == [1]
    assert run.network("last").training is False
    frozen = run.graph()
    assert dict(frozen.nodes) == dict(project.graph.nodes)
    assert dict(frozen.wires) == dict(project.graph.wires)
    assert frozen.sections["training"]["epochs"] == 1, "the run keeps the settings it was trained with"


def test_a_preset_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(StoreError, match=r'no preset "lenet6"; known: .*lenet5'):
        engine.open("preset:lenet6")


def test_a_broken_project_is_not_built_and_the_error_carries_the_problems() -> None:
    project = engine.open("preset:lenet5")
    project.graph.apply(Configure(project.graph.named("conv1").id, {"kernel_size": 99}))
    with pytest.raises(CompileError) as caught:
        project.build()
    assert [problem.code for problem in caught.value.problems] == ["kernel-too-large"]


def test_a_project_without_a_file_asks_for_one_when_it_is_saved() -> None:
    with pytest.raises(StoreError, match="no file yet"):
        engine.open("preset:lenet5").save()


@pytest.mark.parametrize(
    ("about", "where"),
    [({"titel": "x"}, "about.titel"), ({"title": 3}, "about.title"), ({"year": "1998"}, "about.year")],
)
def test_what_a_project_says_of_itself_is_checked_too(about: dict[str, object], where: str, tmp_path: Path) -> None:
    project = engine.open("preset:lenet5")
    project.graph.apply(SetSection("about", about))
    path = project.save(tmp_path / "x.loom")
    with pytest.raises(StoreError) as caught:
        engine.open(path)
    assert caught.value.where == where


def test_a_relative_data_path_is_meant_from_the_projects_own_folder(tmp_path: Path) -> None:
    project = engine.open("preset:lenet5")
    project.graph.apply(SetSection("data", {"name": "folder", "path": "pictures"}))
    assert project.located_data.path == "pictures", "an unsaved project has no folder yet"
    project.save(tmp_path / "mine.loom")
    assert project.located_data.path == str(tmp_path / "pictures")
    assert project.data.path == "pictures"
