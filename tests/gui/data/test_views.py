"""Every kind of data is shown as what it is, and its own settings stand in the form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.data import DataSet, load
from engine.data.choice import DataChoice
from engine.data.registry import GROUPS, datasets
from engine.declare import from_json, settings_of
from engine.project import open_project
from gui import theme
from gui.background import open_jobs
from gui.data.choosing import OWN, Choosing
from gui.data.colours import class_rgb, with_mask
from gui.data.counts import countable, counted
from gui.data.samples import pick, sample_text
from gui.data.summary import facts_of
from gui.data.texts import TextTable
from gui.data.views import SampleViews, kind_of_view
from gui.document import Document


def data_of(name: str, **more: Any) -> DataSet:
    return load(from_json(DataChoice, {"name": name, **more}))


@pytest.fixture
def views(qtbot: QtBot) -> Iterator[SampleViews]:
    made = SampleViews()
    qtbot.addWidget(made)
    made.resize(640, 480)
    made.show()
    yield made
    qtbot.waitUntil(lambda: open_jobs() == 0, timeout=30_000)


@pytest.fixture
def choosing(qtbot: QtBot) -> Choosing:
    made = Choosing(Document(open_project("preset:lenet5_relu_max")))
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize(
    ("name", "more", "kind"),
    [
        ("digits", {"limit": 50}, "pictures"), ("iris", {}, "values"), ("diabetes", {}, "values"), ("moons", {}, "points"),
        ("sines", {"count": 40}, "curves"), ("sines", {"count": 40, "answer": "every"}, "curves"),
        ("pydoc", {"limit": 60}, "texts"), ("pydoc", {"limit": 60, "answer": "last"}, "texts"), ("echo", {"count": 40}, "texts"),
        ("grammar", {"count": 40}, "texts"), ("opinions", {"count": 40}, "texts"), ("shapes", {"count": 20}, "pictures"),
    ],
)  # fmt: skip
def test_samples_are_shown_as_what_they_are_in_both_themes(
    views: SampleViews, name: str, more: dict[str, Any], kind: str
) -> None:  # fmt: skip
    data = data_of(name, **more)
    assert kind_of_view(data) == kind
    assert views.show_data(data)
    colours = set()
    page = views.currentWidget()
    assert page is not None
    for word in ("light", "dark"):
        theme.notifier().changed.emit(word)
        shot = page.grab().toImage()
        colours |= {shot.pixel(x, y) for x in range(0, shot.width(), 5) for y in range(0, shot.height(), 5)}
    assert len(colours) > 2 or kind == "pictures"
    assert all(len(fact) == 4 and fact[2] for fact in facts_of(data, "standard"))


def test_text_stands_beside_its_answer(views: SampleViews) -> None:
    views.show_data(data_of("opinions", count=40))
    table = views.texts
    heads = [table.horizontalHeaderItem(place).text() for place in range(2)]  # type: ignore[union-attr]
    assert heads == ["Text", "Label"]
    assert table.item(0, 0).text().startswith("the ")  # type: ignore[union-attr]
    assert table.item(0, 1).text() in ("negative", "positive")  # type: ignore[union-attr]
    views.show_data(data_of("grammar", count=40))
    texts = [table.item(0, place).text() for place in range(2)]  # type: ignore[union-attr]
    assert len(texts[0].rstrip(".").split()) + 1 == len(texts[1].split())
    assert texts[1].endswith("verb determiner noun mark") or texts[1].endswith("mark")


def test_shuffling_shows_other_text(views: SampleViews) -> None:
    views.show_data(data_of("pydoc"))
    before = views.texts.item(0, 0).text()  # type: ignore[union-attr]
    assert views.shuffles
    views.shuffle()
    assert views.texts.item(0, 0).text() != before  # type: ignore[union-attr]


def test_masks_are_laid_over_pictures_and_can_be_taken_off(views: SampleViews, qtbot: QtBot) -> None:
    data = data_of("shapes", count=24)
    views.show_data(data)
    assert views.has_masks
    qtbot.waitUntil(lambda: views.grid.sheet is not None, timeout=20_000)
    laid = views.grid.sheet
    views.set_masks(False)
    qtbot.waitUntil(lambda: views.grid.sheet is not laid, timeout=20_000)
    assert laid is not None
    assert views.grid.sheet is not None
    bare = pick(data, 0)
    assert bare is not None
    assert np.array_equal(views.grid.sheet.picture, bare.picture)
    assert not np.array_equal(laid.picture, bare.picture)


def test_a_mask_leaves_class_0_bare_and_greys_what_is_not_judged() -> None:
    picture = np.full((4, 6, 3), 200, np.uint8)
    mask = np.repeat(np.array([[0, 0, 1, 1, 2, 2]]), 4, axis=0)
    out = with_mask(picture, mask, class_rgb(2), 2)
    assert (out[:, 0] == 200).all()
    assert out[2, 2].tolist() == class_rgb(2)[1].tolist()
    assert (out[:, 5] == 164).all()


def test_what_is_counted_can_be_chosen() -> None:
    shapes = data_of("shapes", count=24)
    assert [column.name for column in countable(shapes)] == ["mask", "label", "size"]
    names, counts = counted(shapes, countable(shapes)[0])
    assert names == ("ground", "circle", "square", "triangle")
    assert sum(int(values.sum()) for values in counts.values()) == 24 * 32 * 32
    spans, numbers = counted(shapes, countable(shapes)[2])
    assert len(spans) == 16
    assert sum(int(values.sum()) for values in numbers.values()) == 24


def test_of_a_vocabulary_the_most_frequent_come_first() -> None:
    data = data_of("pydoc", limit=200)
    names, counts = counted(data, countable(data)[0])
    totals = np.sum(list(counts.values()), axis=0)
    assert names[0] == "␣"
    assert (np.diff(totals) <= 0).all()


def test_a_sample_is_described_by_all_that_is_to_be_predicted() -> None:
    data = data_of("portraits", count=16)
    text = sample_text(data, 0)
    assert text.startswith(f"woman · age {data.columns['age'][0, 0]:.4g} · sample 1 · ")


def test_every_set_stands_in_a_group_that_opens_with_it(choosing: Choosing, qtbot: QtBot) -> None:
    cards = choosing.cards
    assert set(cards.heads) == set(GROUPS)
    assert cards.cards["digits"].isVisible()
    assert not cards.cards["iris"].isVisible()
    qtbot.mouseClick(cards.heads["Tables"], Qt.MouseButton.LeftButton)
    assert cards.cards["iris"].isVisible()
    qtbot.mouseClick(cards.cards["iris"], Qt.MouseButton.LeftButton)
    assert choosing.choice.name == "iris"
    choosing.choose("moons")
    assert cards.cards["moons"].isVisible()
    assert not cards.cards["iris"].isVisible()


def test_only_the_settings_that_a_set_reads_are_shown(choosing: Choosing) -> None:
    assert not choosing.own.isVisible()
    choosing.choose("csv")
    shown = {name for name, row in choosing.own.rows.items() if not row.isHidden()}
    assert shown == set(datasets()["csv"].settings)
    choosing.choose("pydoc")
    assert choosing.form.rows["normalise"].isHidden()
    assert choosing.own.editor("length").isVisible()
    choosing.choose("digits")
    assert not choosing.own.isVisible()
    assert not choosing.form.rows["normalise"].isHidden()


def test_every_setting_that_a_set_names_is_there() -> None:
    for declared in datasets().values():
        assert set(declared.settings) <= OWN <= set(settings_of(DataChoice))
        assert set(declared.idle) <= set(settings_of(DataChoice)) - OWN


def test_a_setting_of_a_set_is_an_edit_that_can_be_undone(choosing: Choosing) -> None:
    choosing.choose("pydoc")
    choosing.own.changed.emit("length", 32)
    assert choosing.choice.length == 32
    choosing.document.stack.undo()
    assert choosing.choice.length is None


def test_a_sequence_that_becomes_another_of_its_own_length_is_shown_with_it(qtbot: QtBot) -> None:
    table = TextTable()
    qtbot.addWidget(table)
    table.show_data(load(DataChoice(name="dates", count=20)), 0)
    assert table.horizontalHeaderItem(1).text() == "To be said"
    assert all(table.item(row, 1).text().endswith("·end·") for row in range(table.rowCount()))
