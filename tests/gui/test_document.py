from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine.errors import StoreError
from engine.graph.model import AddBlock, Configure, End, Move, RemoveBlock, Rename
from engine.project import open_project
from gui.document import Document


@pytest.fixture
def document(qtbot: QtBot) -> Document:
    return Document(open_project("preset:lenet5"))


def test_an_edit_goes_through_the_undo_stack_and_back_to_an_equal_graph(document: Document) -> None:
    before = document.graph.copy()
    assert document.do(Configure(document.graph.named("conv1").id, {"out_channels": 9}), "More filters")
    assert document.stack.undoText() == "More filters"
    assert document.dirty
    document.stack.undo()
    assert document.graph.same_as(before)
    assert not document.dirty
    document.stack.redo()
    assert document.graph.named("conv1").settings["out_channels"] == 9
    document.stack.undo()
    assert document.graph.same_as(before)


def test_a_refused_edit_says_why_and_reaches_neither_graph_nor_undo_stack(document: Document, qtbot: QtBot) -> None:
    before = document.graph.copy()
    with qtbot.waitSignal(document.refused) as said:
        assert not document.do(Rename(document.graph.named("conv1").id, "conv2"), "Rename")
    assert "already a block called" in said.args[0]
    assert document.stack.count() == 0
    assert document.graph.same_as(before)


def test_what_was_done_under_a_word_is_taken_back_without_a_step_and_nothing_else_is(document: Document) -> None:
    id_ = document.graph.named("conv1").id
    before = document.graph.copy()
    assert not document.take_back("typing")
    document.do(Configure(id_, {"out_channels": 7}), "Filters", merge="typing")
    document.do(Configure(id_, {"out_channels": 71}), "Filters", merge="typing")
    assert not document.take_back("other")
    assert not document.take_back("")
    assert document.graph.named("conv1").settings["out_channels"] == 71
    assert document.take_back("typing")
    assert document.graph.same_as(before)
    assert not document.stack.count()
    assert not document.dirty


def test_edits_with_one_word_merge_into_one_undo_step_that_goes_back_all_the_way(document: Document) -> None:
    id_ = document.graph.named("conv1").id
    before = document.graph.copy()
    for x in (10, 20, 30):
        document.do(Move({id_: (x, 0)}), "Move", merge="drag 1")
    for filters in (7, 8):
        document.do(Configure(id_, {"out_channels": filters}), "Filters", merge="slider")
    assert document.stack.count() == 2
    after = document.graph.copy()
    document.stack.undo()
    document.stack.undo()
    assert document.graph.same_as(before)
    document.stack.redo()
    document.stack.redo()
    assert document.graph.same_as(after)
    document.stack.undo()
    document.stack.undo()
    assert document.graph.same_as(before)


def test_the_report_is_current_when_listeners_hear_of_an_edit(document: Document) -> None:
    heard: list[int] = []
    document.edited.connect(lambda _edit: heard.append(len(document.report.problems)))
    document.do(Configure(document.graph.named("conv2").id, {"kernel_size": 31}), "Break")
    document.stack.undo()
    assert heard == [1, 0]


def test_a_block_added_behind_the_selected_one_is_put_into_the_chain(document: Document) -> None:
    conv, following = (
        document.graph.named("conv1").id,
        document.graph.wires_from(document.graph.named("conv1").id)[0].target,
    )
    document.select([conv])
    added = document.add_block("batchnorm2d")
    assert added is not None
    assert document.graph.wires[End(added, "x")].source.block == conv
    assert document.graph.wires[following].source.block == added
    assert document.selection == (added,)
    assert document.report.ok
    document.stack.undo()
    assert document.graph.wires[following].source.block == conv


def test_added_blocks_never_lie_on_each_other(document: Document) -> None:
    document.select([])
    for _ in range(5):
        document.add_block("relu", at=(0.0, 0.0))
    places = [(node.x, node.y) for node in document.graph]
    assert len(set(places)) == len(places)


def test_a_selection_forgets_blocks_that_are_gone(document: Document) -> None:
    ids = [document.graph.named("conv1").id, document.graph.named("conv2").id]
    document.select(ids)
    document.do(RemoveBlock(ids[0]), "Remove")
    assert document.selection == (ids[1],)


def test_whoever_hears_that_the_steps_are_gone_sees_nothing_of_the_project_before(document: Document) -> None:
    conv = document.graph.named("conv2").id
    document.do(Configure(conv, {"out_channels": 9}), "More filters")
    document.select([conv])
    seen: list[tuple[tuple[str, ...], bool]] = []
    document.stack.indexChanged.connect(
        lambda _index: seen.append((document.selection, document.report.blocks.keys() == document.graph.nodes.keys()))
    )
    document.replace(open_project("preset:resnet18"))
    assert seen
    assert set(seen) == {((), True)}


def test_saving_clears_the_dirty_mark_and_a_file_that_cannot_be_opened_changes_nothing(
    document: Document, tmp_path: Path
) -> None:
    document.do(AddBlock(document.graph.new_node("relu")), "Add")
    path = document.save(tmp_path / "mine.loom")
    assert not document.dirty
    assert open_project(path).graph.same_as(document.graph)
    before = document.project
    (tmp_path / "bad.loom").write_text("{")
    with pytest.raises(StoreError, match="not JSON"):
        document.open(tmp_path / "bad.loom")
    assert document.project is before


def test_a_recovered_project_counts_as_unsaved_until_it_is_saved(document: Document, tmp_path: Path) -> None:
    document.replace(open_project("preset:perceptron"), recovered=True)
    assert document.dirty
    document.save(tmp_path / "kept.loom")
    assert not document.dirty
