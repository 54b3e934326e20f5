"""Importing weights in the window: what is shown, what is changed, what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

import engine
from engine.graph.model import Configure
from engine.project import open_project
from engine.torch_import import ready
from gui.dialogs.export_job import UNTRAINED, Order, write
from gui.dialogs.weights import WeightsDialog
from gui.document import Document
from gui.session import Session
from gui.weights import weights_of

LONG = 60_000  # milliseconds after which a test gives up


@pytest.fixture
def document(qtbot: QtBot, tmp_path: Path) -> Document:
    ready()
    document = Document(open_project("preset:lenet5"))
    document.save(tmp_path / "mine.loom")
    return document


@pytest.fixture
def session(document: Document) -> Iterator[Session]:
    made = Session(document)
    yield made
    made.close()


@pytest.fixture
def dialog(document: Document, session: Session, qtbot: QtBot) -> WeightsDialog:
    made = WeightsDialog(document, session)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """LeNet-5's weights for seven classes, with one tensor too many."""
    project = engine.open("preset:lenet5")
    project.graph.apply(Configure("b13", {"out_features": 7}))
    state = {f"module.{name}": value for name, value in project.build(seed=5).state_dict().items()}
    torch.save({"state_dict": {**state, "module.extra": torch.zeros(3)}, "epoch": 2}, tmp_path / "seven.pth")
    return tmp_path / "seven.pth"


def read(dialog: WeightsDialog, file: Path, qtbot: QtBot) -> None:
    dialog.read(file)
    qtbot.waitUntil(lambda: dialog.choose.isEnabled(), timeout=LONG)


def test_another_head_is_replaced_unasked_and_the_rest_is_told_in_a_sentence_and_a_table(
    dialog: WeightsDialog, file: Path, qtbot: QtBot
) -> None:
    assert not dialog.bring.isEnabled()
    read(dialog, file, qtbot)
    assert dialog.sentence.text() == "8 of 10 tensors are loaded; 2 begin fresh, 1 of the file is not used."
    assert dialog.fresh.isChecked()
    assert "fc3" in dialog.fresh.text()
    assert dialog.file.text() == "seven.pth: 11 tensors, under “state_dict”"
    model = dialog.model
    rows = [tuple(model.data(model.index(row, column)) for column in range(5)) for row in range(model.rowCount())]
    assert rows[0] == ("loaded", "conv1.weight", "6 × 1 × 5 × 5", "module.conv1.weight", "6 × 1 × 5 × 5")
    assert ("begins fresh", "fc3.bias", "10", "module.fc3.bias", "7") in rows
    assert rows[-1] == ("not used", "–", "–", "module.extra", "3")
    dialog.wrong.setChecked(True)
    assert model.rowCount() == 3
    dialog.fresh.setChecked(False)
    qtbot.waitUntil(lambda: "differ" in dialog.sentence.text(), timeout=LONG)
    assert dialog.sentence.text().startswith("8 of 10 tensors are loaded; 2 differ in shape")


def test_an_import_is_one_step_and_the_network_is_looked_into_with_the_weights(
    dialog: WeightsDialog, document: Document, session: Session, file: Path, qtbot: QtBot
) -> None:
    read(dialog, file, qtbot)
    dialog.classes.setValue(4)
    dialog.freeze.setCurrentIndex(dialog.freeze.findText("Everything but the head"))
    assert dialog.trained.text() == "340 of 61,196 parameters are trained"
    before = document.root.copy()
    with qtbot.waitSignal(dialog.said, timeout=LONG) as said:
        qtbot.mouseClick(dialog.bring, Qt.MouseButton.LeftButton)
    assert said.args == ["8 of 10 tensors are loaded; 2 begin fresh, 1 of the file is not used."]
    path = weights_of(document)
    assert path is not None
    assert path.is_relative_to(document.path.with_suffix(".runs"))
    assert document.root.node("b13").settings["out_features"] == 4
    assert [node.name for node in document.root if node.frozen] == ["conv1", "conv2", "fc1", "fc2"]
    qtbot.waitUntil(lambda: session.imported == "seven.pth", timeout=LONG)
    document.stack.undo()
    assert document.root.same_as(before)
    assert weights_of(document) is None
    document.stack.redo()
    assert weights_of(document) == path


def test_the_export_takes_the_imported_weights(
    dialog: WeightsDialog, document: Document, file: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    read(dialog, file, qtbot)
    with qtbot.waitSignal(dialog.said, timeout=LONG):
        dialog.carry_out()
    order = Order(document.root.copy(), UNTRAINED, "pt", "x", imported=weights_of(document))
    write(order, tmp_path / "out.pt")
    state = torch.load(tmp_path / "out.pt", weights_only=True)
    theirs = torch.load(file, weights_only=True)["state_dict"]
    assert torch.equal(state["conv2.weight"], theirs["module.conv2.weight"])


def test_weights_can_be_forgotten(
    dialog: WeightsDialog, document: Document, session: Session, file: Path, qtbot: QtBot
) -> None:
    read(dialog, file, qtbot)
    with qtbot.waitSignal(dialog.said, timeout=LONG):
        dialog.carry_out()
    again = WeightsDialog(document, session)
    qtbot.addWidget(again)
    again.show()
    assert again.forget.isVisible()
    qtbot.mouseClick(again.forget, Qt.MouseButton.LeftButton)
    assert weights_of(document) is None
    document.stack.undo()
    assert weights_of(document) is not None


def test_a_file_that_is_none_is_a_sentence_and_the_dialog_goes_on(
    dialog: WeightsDialog, file: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "bad.pth").write_bytes(b"PK\x03\x04 nothing")
    read(dialog, tmp_path / "bad.pth", qtbot)
    assert "no file of weights" in dialog.fault.text()
    assert not dialog.bring.isEnabled()
    read(dialog, file, qtbot)
    assert dialog.fault.text() == ""
    assert dialog.bring.isEnabled()


def test_every_part_has_a_name_and_is_reached_by_keys(dialog: WeightsDialog, file: Path, qtbot: QtBot) -> None:
    read(dialog, file, qtbot)
    for widget in (
        dialog.choose,
        dialog.way,
        dialog.wrong,
        dialog.table,
        dialog.fresh,
        dialog.classes,
        dialog.freeze,
        dialog.bring,
    ):
        assert widget.accessibleName() or getattr(widget, "text", str)(), widget
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus
