from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine.graph.model import Configure, Move, SetSection
from engine.probes.worker import Request
from engine.project import open_project
from engine.training import messages as m
from engine.training.runs import Run
from gui.adoption import Adoption
from gui.document import Document
from gui.session import Session, same_network


@pytest.fixture
def session(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path))
    project = open_project("preset:mlp_784_512_512_10")
    document = Document(project)
    document.do(Configure(document.graph.named("fc1").id, {"out_features": 16}), "Small")
    document.do(SetSection("data", {"limit": 300}), "Few")
    document.do(SetSection("training", {"epochs": 2, "batch_size": 32}), "Short")
    made = Session(document)
    qtbot.waitUntil(lambda: made.dataset is not None, timeout=60_000)
    yield made
    made.close()


def state_is(session: Session, state: str) -> bool:
    return session.state == state


def test_a_training_runs_to_its_end_and_its_run_can_be_read(session: Session, qtbot: QtBot) -> None:
    came: list[m.Message] = []
    session.messages.connect(came.extend)
    session.play()
    assert session.state == "starting"
    qtbot.waitUntil(lambda: state_is(session, "idle"), timeout=90_000)
    assert session.failure is None
    epochs = [message for message in came if isinstance(message, m.Epoch)]
    assert [epoch.epoch for epoch in epochs] == [1, 2]
    assert isinstance(came[-1], m.Finished)
    assert session.run is not None
    assert session.trained
    assert [entry["epoch"] for entry in Run(session.run).epochs()] == [1, 2]
    answers: list[str] = []
    session.probed.connect(lambda results: answers.extend(key for key, _ in results))
    assert session.dataset is not None
    session.probe("mine", Request("answers", sample=(session.dataset.columns["image"][0],)))
    qtbot.waitUntil(lambda: "mine" in answers, timeout=30_000)


def test_pause_holds_step_goes_one_batch_and_stop_keeps_the_run(session: Session, qtbot: QtBot) -> None:
    steps: list[int] = []
    session.messages.connect(
        lambda came: steps.extend(msg.first + len(msg.loss) - 1 for msg in came if isinstance(msg, m.Steps))
    )
    session.document.do(SetSection("training", {"epochs": 10_000, "batch_size": 32}), "Long")
    session.step()
    qtbot.waitUntil(lambda: state_is(session, "paused"), timeout=60_000)
    qtbot.waitUntil(lambda: steps[-1:] == [1], timeout=10_000)
    session.step()
    qtbot.waitUntil(lambda: steps[-1:] == [2], timeout=30_000)
    session.play()
    qtbot.waitUntil(lambda: state_is(session, "running"), timeout=30_000)
    session.stop()
    qtbot.waitUntil(lambda: state_is(session, "idle"), timeout=30_000)
    assert session.run is not None
    assert Run(session.run).state == "stopped"


def test_a_drawing_with_an_error_is_not_trained_and_the_reason_is_said(session: Session, qtbot: QtBot) -> None:
    session.document.do(Configure(session.document.graph.named("fc3").id, {"out_features": 7}), "Wrong")
    with qtbot.waitSignal(session.refused) as said:
        session.play()
    assert "10 classes" in said.args[0]
    assert session.state == "idle"


def test_data_that_cannot_be_read_say_so_and_come_back(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    with qtbot.waitSignal(session.data_failed, timeout=30_000) as said:
        session.document.do(SetSection("data", {"name": "mnist", "path": str(tmp_path / "nowhere")}), "Wrong folder")
    assert "nowhere" in said.args[0]
    assert session.document.facts is None
    with qtbot.waitSignal(session.dataset_ready, timeout=30_000):
        session.document.stack.undo()
    assert session.data_error == ""


def test_the_window_looks_into_a_run_only_while_the_drawing_is_its_own(session: Session, qtbot: QtBot) -> None:
    session.document.do(SetSection("training", {"epochs": 1, "batch_size": 64}), "Short")
    session.play()
    qtbot.waitUntil(lambda: state_is(session, "idle"), timeout=90_000)
    assert session.trained
    conv = session.document.graph.named("fc1").id
    with qtbot.waitSignal(session.network_changed, timeout=10_000):
        session.document.do(Configure(conv, {"out_features": 20}), "Another network")
    assert not session.trained
    with qtbot.waitSignal(session.network_changed, timeout=10_000):
        session.document.stack.undo()
    assert session.trained


def test_a_run_goes_along_when_its_project_is_saved_even_one_under_way(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    adoption = Adoption(session.document, session)
    session.play()
    qtbot.waitUntil(lambda: state_is(session, "running"), timeout=60_000)
    title = session.document.title
    adoption.settle(session.document.save(tmp_path / "mine.loom"), title)
    folder = tmp_path / "mine.runs"
    qtbot.waitUntil(lambda: session.run is not None and Path(session.run).parent == folder, timeout=90_000)
    assert session.state == "idle"
    assert session.trained
    assert len(Run(str(session.run)).epochs()) == 2


def test_moving_blocks_does_not_make_another_network() -> None:
    one = open_project("preset:lenet5").graph
    other = one.copy()
    other.apply(Move({other.named("conv1").id: (1.0, 2.0)}))
    assert same_network(one, other)
    other.apply(Configure(other.named("conv1").id, {"out_channels": 7}))
    assert not same_network(one, other)
