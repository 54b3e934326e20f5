"""Signs of health: on the blocks that were trained, while they are what was trained, for the run that is shown."""

from __future__ import annotations

import itertools
import math
from pathlib import Path
from typing import Any, cast

import pytest
from pytestqt.qtbot import QtBot

from engine.graph.model import AddBlock, Configure, Connect, End, Move, Node, Rename, SetSection, Wire
from engine.project import Project, open_project
from engine.training.health import to_event
from engine.training.messages import BlockHealth, Health, Note
from engine.training.record import EVENTS
from gui.document import Document
from gui.form.pages import BlockPage
from gui.form.properties import Properties
from gui.health import HealthSigns, under
from gui.session import Session

GOOD = BlockHealth("good", "Fine.", 0.02, 0.004)
FAINT = BlockHealth("vanishing", "Its gradient is 3e-9.", 3e-9, 1e-9)
SILENT = BlockHealth("silent", "82 of 128 units gave 0.", units=128, silent=82, dead=80, samples=256)


class Signs:
    """A document, a session without threads, and what is shown on faces."""

    def __init__(self, document: Document, session: Any) -> None:
        self.document, self.session = document, session
        self.faces: dict[str, BlockHealth] = {}
        self.signs = HealthSigns(document, cast(Session, self.session), self._show)

    def _show(self, block: str, health: BlockHealth | None) -> None:
        if health is None:
            self.faces.pop(block, None)
        else:
            self.faces[block] = health

    def say(self, **blocks: BlockHealth) -> None:
        self.session.messages.emit(
            [Note("before"), Health(7, {name.replace("__", "."): h for name, h in blocks.items()})]
        )


@pytest.fixture
def on(qtbot: QtBot, looked_at: Any) -> Signs:
    """image -> conv1 -> relu1 -> flatten1 -> fc1 -> output, with the ids b1 to b6."""
    project = Project()
    blocks = ("image_input", "image", {}), ("conv2d", "conv1", {}), ("relu", "relu1", {}), ("flatten", "flatten1", {})
    for number, (kind, name, settings) in enumerate((*blocks, ("linear", "fc1", {}), ("output", "output", {})), 1):
        project.graph.apply(AddBlock(Node(f"b{number}", kind, name, settings, number * 256.0, 0.0)))
    for one, two in itertools.pairwise(range(1, 7)):
        project.graph.apply(Connect(Wire(End(f"b{one}", "y"), End(f"b{two}", "x"))))
    document = Document(project)
    return Signs(document, looked_at(document.root))


def test_what_a_training_tells_is_on_the_faces_at_once(on: Signs) -> None:
    on.say(conv1=GOOD, relu1=SILENT, gone=GOOD)
    assert on.faces == {"b2": GOOD, "b3": SILENT}
    on.say(conv1=FAINT)
    assert on.faces == {"b2": FAINT}


def test_a_block_that_was_edited_loses_its_sign_and_gets_it_back_by_undo(on: Signs, qtbot: QtBot) -> None:
    on.say(conv1=GOOD, fc1=FAINT)
    on.document.do(Configure("b2", {"kernel_size": 5}), "Set")
    qtbot.waitUntil(lambda: set(on.faces) == {"b5"})
    on.document.stack.undo()
    qtbot.waitUntil(lambda: set(on.faces) == {"b2", "b5"})


def test_a_block_that_was_moved_or_renamed_keeps_its_sign(on: Signs) -> None:
    on.say(conv1=GOOD)
    on.document.do(Move({"b2": (5.0, 5.0)}), "Move")
    on.document.do(Rename("b2", "other"), "Rename")
    on.signs.refresh()
    assert on.faces == {"b2": GOOD}


def test_an_untrained_drawing_has_no_signs(on: Signs) -> None:
    on.say(conv1=GOOD)
    on.session.trained = False
    on.session.network_changed.emit()
    assert on.faces == {}
    on.session.trained = True
    on.session.network_changed.emit()
    assert on.faces == {"b2": GOOD}


def test_another_run_brings_its_own_signs_from_its_folder(on: Signs, tmp_path: Path, qtbot: QtBot) -> None:
    import json

    on.say(conv1=GOOD)
    line = json.dumps({"kind": "health", **to_event(Health(9, {"fc1": SILENT}))})
    (tmp_path / EVENTS).write_text(line + "\n")
    on.session.run = str(tmp_path)
    on.session.run_changed.emit(str(tmp_path))
    assert on.faces == {}
    qtbot.waitUntil(lambda: on.faces.get("b5") is not None)
    assert on.faces["b5"].silent == 82
    assert math.isnan(on.faces["b5"].gradient)
    on.session.run = None
    on.session.run_changed.emit(None)
    assert on.faces == {}


def test_what_a_live_training_says_is_not_overwritten_by_what_its_folder_said(on: Signs, tmp_path: Path) -> None:
    on.session.run = str(tmp_path)
    on.say(conv1=GOOD)
    on.signs._read(str(tmp_path), Health(1, {"conv1": FAINT}))
    assert on.faces == {"b2": GOOD}
    on.signs._read("elsewhere", Health(1, {"conv1": FAINT}))
    assert on.faces == {"b2": GOOD}


def test_the_panel_is_told_figures_and_a_sentence_where_something_ails(on: Signs) -> None:
    on.say(conv1=GOOD, relu1=SILENT)
    facts, sentence = on.signs.told("b2")
    assert dict(facts) == {"Health": "✓ Healthy", "Gradient": "0.02 × weights", "Change by a step": "0.4 % of weights"}
    assert sentence == ""
    facts, sentence = on.signs.told("b3")
    assert dict(facts) == {"Health": "○ Silent units", "Silent units": "82 of 128"}
    assert sentence == SILENT.text
    assert on.signs.told("b1") == ([], "")


def test_a_composite_fares_as_its_worst_block_and_its_inside_has_signs_of_its_own() -> None:
    health = Health(1, {"image": GOOD, "stage.0.unit.conv": GOOD, "stage.1.unit.conv": FAINT, "stage.1.relu": GOOD})
    top = under(health, ())
    assert top["image"] is GOOD
    assert top["stage"].state == "vanishing"
    assert top["stage"].text.startswith("stage.1.unit.conv: ")
    assert under(health, ("stage",)).keys() == {"unit", "relu"}
    assert under(health, ("stage",))["unit"].state == "vanishing"
    assert under(health, ("stage", "unit"))["conv"].state == "vanishing"
    assert under(health, ("stage", "elsewhere")) == {}


def test_the_page_of_a_block_tells_how_it_learns_while_that_is_known(on: Signs, qtbot: QtBot) -> None:
    panel = Properties(on.document)
    qtbot.addWidget(panel)
    panel.follow_learning(on.signs.told)
    on.signs.changed.connect(panel.refresh_learning)
    on.document.select(["b3"])
    page: Any = panel.page
    assert isinstance(page, BlockPage)
    assert page.learning.isHidden()
    on.say(relu1=SILENT)
    assert not page.learning.isHidden()
    assert page.learning.facts.facts()["Silent units"] == "82 of 128"
    assert page.learning.sentence.text() == SILENT.text
    on.document.select(["b2"])
    page = panel.page
    assert page.learning.isHidden()


def test_a_real_training_is_seen_and_its_run_shows_the_same_when_it_is_opened_again(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path))
    document = Document(open_project("preset:mlp_784_512_512_10"))
    document.do(Configure(document.graph.named("fc1").id, {"out_features": 16}), "Small")
    document.do(SetSection("data", {"limit": 300}), "Few")
    document.do(SetSection("training", {"epochs": 1, "batch_size": 64}), "Short")
    session = Session(document)
    try:
        faces: dict[str, BlockHealth | None] = {}
        HealthSigns(document, session, lambda block, health: faces.update({block: health}))
        qtbot.waitUntil(lambda: session.dataset is not None, timeout=60_000)
        session.play()
        qtbot.waitUntil(lambda: faces.get(document.graph.named("fc1").id) is not None, timeout=60_000)
        qtbot.waitUntil(lambda: session.state == "idle", timeout=60_000)  # type: ignore[comparison-overlap]
        again: dict[str, BlockHealth | None] = {}
        later = HealthSigns(document, session, lambda block, health: again.update({block: health}))
        qtbot.waitUntil(lambda: bool(later.shown), timeout=30_000)
        assert again.keys() == {document.graph.named(name).id for name in ("fc1", "relu1", "fc2", "relu2", "fc3")}
        assert {one and one.state for one in faces.values()} == {one and one.state for one in again.values()}
    finally:
        session.close()
