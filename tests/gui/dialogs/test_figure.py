"""The figure dialog shows what it writes, and writes it whole or not at all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from engine.graph.model import Configure
from engine.project import Project, open_project
from gui.dialogs import figure
from gui.dialogs.figure import FigureDialog, drawn
from gui.document import Document

LONG = 60_000  # milliseconds after which a test gives up


@pytest.fixture
def document(qtbot: QtBot) -> Document:
    return Document(open_project("preset:lenet5"))


@pytest.fixture
def dialog(qtbot: QtBot, document: Document) -> Iterator[FigureDialog]:
    made = FigureDialog(document)
    qtbot.addWidget(made)
    made.show()
    yield made
    QGuiApplication.clipboard().clear()


def saved(dialog: FigureDialog, qtbot: QtBot, path: Path) -> bytes:
    dialog.written = None
    dialog.save_to(path)
    qtbot.waitUntil(lambda: dialog.written is not None or bool(dialog.fault.text()), timeout=LONG)
    assert dialog.fault.text() == ""
    return path.read_bytes()


def choose(choice: object, value: str) -> None:
    choice._choose(value)  # type: ignore[attr-defined]  # what a click on it does


def test_every_choice_is_seen_at_once_and_is_in_the_file(dialog: FigureDialog, qtbot: QtBot, tmp_path: Path) -> None:
    before = dialog.view.grab().toImage()
    dialog.parts["wires"].setChecked(True)
    dialog.parts["counts"].setChecked(False)
    dialog.title.setText("A network that read cheques")
    choose(dialog.style_, "dark")
    assert dialog.view.grab().toImage() != before
    text = saved(dialog, qtbot, tmp_path / "net.svg").decode()
    assert "A network that read cheques" in text
    assert text.count(">N×6×28×28<") == 4  # on two blocks and on the two wires that leave them
    assert ">156<" not in text
    assert str(tmp_path / "net.svg") in dialog.outcome.text()


@pytest.mark.parametrize(("format_", "start"), [("pdf", b"%PDF-"), ("png", b"\x89PNG")])
def test_the_other_formats_are_written(
    dialog: FigureDialog, qtbot: QtBot, tmp_path: Path, format_: str, start: bytes
) -> None:
    choose(dialog.format, format_)
    assert saved(dialog, qtbot, tmp_path / f"net.{format_}").startswith(start)


def test_the_size_is_told_before_and_holds_afterwards(dialog: FigureDialog, qtbot: QtBot, tmp_path: Path) -> None:
    dialog.wide.setValue(120)
    assert dialog.extent.text().startswith("120 × ")
    assert "Too small to read" in dialog.extent.text()
    assert b'width="120.00mm"' in saved(dialog, qtbot, tmp_path / "net.svg")
    choose(dialog.format, "png")
    choose(dialog.scale, "3")
    image = QImage.fromData(saved(dialog, qtbot, tmp_path / "net.png"))
    assert dialog.extent.text() == f"{image.width():,} × {image.height():,} pixels"


def test_the_caption_tells_the_totals_of_what_is_drawn_unless_it_was_written(qtbot: QtBot, document: Document) -> None:
    document.select([document.graph.named("conv1").id, document.graph.named("conv2").id])
    dialog = FigureDialog(document)
    qtbot.addWidget(dialog)
    whole = dialog.caption.text()
    assert whole.startswith("61,706 parameters")
    dialog.only.setChecked(True)
    assert dialog.caption.text().startswith("2,572 parameters")
    assert [word.text for word in dialog.plan.words if "parameters" in word.text] == [dialog.caption.text()]
    dialog.only.setChecked(False)
    assert dialog.caption.text() == whole
    dialog.caption.setText("LeNet-5")
    dialog.only.setChecked(True)
    assert dialog.caption.text() == "LeNet-5"


def test_only_the_selected_blocks_can_be_drawn(qtbot: QtBot, document: Document) -> None:
    document.select(["b2", "b3"])
    dialog = FigureDialog(document)
    qtbot.addWidget(dialog)
    assert not dialog.only.isHidden()
    dialog.only.setChecked(True)
    assert [card.id for card in dialog.plan.cards] == ["b2", "b3"]


def test_the_figure_is_copied_as_svg_and_as_a_picture(dialog: FigureDialog, qtbot: QtBot) -> None:
    dialog.copy.click()
    qtbot.waitUntil(lambda: "clipboard" in dialog.outcome.text(), timeout=LONG)
    data = QGuiApplication.clipboard().mimeData()
    assert bytes(data.data("image/svg+xml").data()).startswith(b"<?xml")
    assert data.hasImage()


def test_a_large_drawing_is_laid_out_on_another_thread_as_it_was_chosen_last(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []

    def noting(*given: Any) -> Any:
        threads.append(threading.current_thread())
        return drawn(*given)

    monkeypatch.setattr(figure, "drawn", noting)
    monkeypatch.setattr(figure, "MANY", 5)
    dialog = FigureDialog(Document(open_project("preset:lenet5")))
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.save.isEnabled()
    assert dialog.outcome.text()
    assert not dialog.wide.isVisible(), "no width is known yet"
    dialog.parts["counts"].setChecked(False)
    dialog.parts["wires"].setChecked(True)
    qtbot.waitUntil(dialog.save.isEnabled, timeout=LONG)
    assert len(threads) == 2  # the first was under way
    assert threading.main_thread() not in threads
    assert any(line.label is not None for line in dialog.plan.lines)
    assert dialog.wide.isVisible()
    assert dialog.outcome.text() == ""
    dialog.title.setText("deep")
    assert dialog.plan.words[0].text == "deep"
    assert len(threads) == 2


def test_a_layout_that_fails_is_told_and_the_next_choice_tries_again(
    dialog: FigureDialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_given: Any) -> Any:
        raise OSError("no memory is left.")

    monkeypatch.setattr(figure, "MANY", 5)
    monkeypatch.setattr(figure, "drawn", failing)
    dialog.parts["counts"].setChecked(False)
    qtbot.waitUntil(lambda: bool(dialog.fault.text()), timeout=LONG)
    assert not dialog.save.isEnabled()
    assert dialog.outcome.text() == ""
    monkeypatch.setattr(figure, "drawn", drawn)
    dialog.parts["counts"].setChecked(True)
    qtbot.waitUntil(dialog.save.isEnabled, timeout=LONG)
    assert dialog.fault.text() == ""
    assert dialog.plan.cards


def test_what_was_written_is_told_though_another_layout_is_under_way(
    dialog: FigureDialog, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def held(*given: Any) -> Any:
        go_on.wait()
        return drawn(*given)

    monkeypatch.setattr(figure, "MANY", 5)
    monkeypatch.setattr(figure, "drawn", held)
    dialog.parts["counts"].setChecked(False)
    dialog.save_to(tmp_path / "net.svg")
    qtbot.waitUntil(lambda: dialog.written is not None, timeout=LONG)
    assert not dialog.save.isEnabled()
    go_on.set()
    qtbot.waitUntil(dialog.save.isEnabled, timeout=LONG)
    assert str(tmp_path / "net.svg") in dialog.outcome.text()


def test_an_empty_drawing_is_told_and_not_written(qtbot: QtBot) -> None:
    dialog = FigureDialog(Document(Project()))
    qtbot.addWidget(dialog)
    assert "no blocks" in dialog.fault.text()
    assert not dialog.save.isEnabled()
    assert not dialog.copy.isEnabled()


def test_a_place_that_cannot_be_written_is_told_in_a_sentence(
    dialog: FigureDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("not a folder")
    dialog.save_to(tmp_path / "file" / "net.svg")
    qtbot.waitUntil(lambda: bool(dialog.fault.text()), timeout=LONG)
    assert "net.svg" in dialog.fault.text()
    assert dialog.written is None
    assert dialog.save.isEnabled()


def test_the_figure_is_of_the_moment_the_dialog_opened(dialog: FigureDialog, document: Document) -> None:
    document.do(Configure("b2", {"out_channels": 99}), "Another width")
    dialog.redraw()
    assert any("6 @ 5×5" in word.text for card in dialog.plan.cards for word in card.words)


def test_the_preview_is_zoomed_moved_and_fitted_with_the_keyboard(dialog: FigureDialog, qtbot: QtBot) -> None:
    view = dialog.view
    fitted = view.zoom
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.zoom > fitted
    before = view.centre.x()
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.centre.x() > before
    qtbot.keyClick(view, Qt.Key.Key_F)
    assert view.zoom == fitted


def test_a_click_in_a_preview_names_the_block_and_a_drag_moves_it(dialog: FigureDialog, qtbot: QtBot) -> None:
    view, heard = dialog.view, []
    view.clicked.connect(heard.append)
    card = next(card for card in view.plan.cards if card.id == "b5")
    place = ((card.rect.center() - view.centre) * view.zoom).toPoint() + view.rect().center()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
    assert heard == ["b5"]
    centre = view.centre
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseMove(view, place + QPoint(40, 0))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=place + QPoint(40, 0))
    assert view.centre.x() < centre.x()
    assert heard == ["b5"]


def test_the_printed_width_can_be_read_and_typed_into(document: Document, qtbot: QtBot) -> None:
    dialog = FigureDialog(document)
    qtbot.addWidget(dialog)
    dialog.show()
    field = dialog.wide.lineEdit()
    assert field.width() > field.fontMetrics().horizontalAdvance(dialog.wide.text() + "  ")
