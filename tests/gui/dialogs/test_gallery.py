"""The gallery shows every network with its figures and its picture, is searched and walked by keys, and opens what is chosen."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import presets
from engine.data.choice import DataChoice
from engine.training.settings import TrainingSettings
from gui import theme
from gui.dialogs import gallery_shelf
from gui.dialogs.gallery import Gallery

LONG = 60_000  # milliseconds after which a test gives up
FEW = ("perceptron", "lenet5", "keras_mnist_cnn", "resnet18", "resnet50")


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A gallery of five networks and a user's folder of its own."""
    monkeypatch.setattr(presets, "names", lambda: FEW)
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path))


@pytest.fixture
def gallery(qtbot: QtBot) -> Gallery:
    made = Gallery()
    qtbot.addWidget(made)
    made.resize(1200, 750)
    made.show()
    qtbot.waitUntil(lambda: bool(made.current), timeout=LONG)
    return made


def settled(gallery: Gallery, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: gallery.hanging.idle, timeout=LONG)


def type_on_wall(gallery: Gallery, qtbot: QtBot, key: Qt.Key) -> None:
    qtbot.keyClick(gallery.wall.frames[gallery.current], key)


def test_it_opens_before_anything_was_read(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def read() -> list[object]:
        raise AssertionError("read on the window's thread")

    monkeypatch.setattr("gui.dialogs.gallery_hanging.in_background", lambda *_: None)
    monkeypatch.setattr("gui.dialogs.gallery_hanging.shelf", read)
    made = Gallery()
    qtbot.addWidget(made)
    made.show()
    assert made.pages.currentWidget() is made.waiting
    assert not made.open_button.isEnabled()


def test_every_exhibit_gets_its_figures_and_a_picture(gallery: Gallery, qtbot: QtBot) -> None:
    settled(gallery, qtbot)
    assert set(gallery.hanging.pictures) == set(FEW)
    gallery.wall.choose("keras_mnist_cnn")
    qtbot.waitUntil(lambda: gallery.plate.values["Parameters"].text() == "1,199,882", timeout=LONG)
    assert gallery.plate.values["Input"].text() == "1×28×28"
    assert gallery.plate.values["Output"].text() == "10"
    assert gallery.plate.values["Recipe"].text().startswith("Adam, rate 0.00")
    assert gallery.wall.frames["keras_mnist_cnn"].accessibleName() == "Keras MNIST network, 2015, 1.2 M parameters"


def test_a_recipe_is_one_line_without_exponents() -> None:
    training = TrainingSettings(
        epochs=90, batch_size=1024, optimizer="sgd", learning_rate=0.1, schedule="step", weight_decay=4e-5
    )
    assert gallery_shelf.recipe(training, DataChoice(name="folder")) == (
        "SGD, rate 0.1 in steps, momentum 0.9, weight decay 0.00004, batch 1,024, 90 epochs · Folder of pictures"
    )


def test_the_halls_lead_along_the_wall(gallery: Gallery) -> None:
    assert [gallery.halls.item(row).text() for row in range(gallery.halls.count())] == [
        "Perceptrons",
        "First convolutions",
        "Shortcuts",
    ]
    gallery.resize(1020, 660)
    gallery.halls.setCurrentRow(2)
    assert "resnet18" in gallery.wall.on_view()
    assert gallery.current == "resnet18"
    gallery.wall.choose("lenet5")
    assert gallery.halls.currentItem().text() == "First convolutions"


@pytest.mark.parametrize(
    ("query", "left", "first"),
    [
        ("resnet50", ["resnet50"], "resnet50"),
        ("ResNet 50", ["resnet50"], "resnet50"),
        ("2015 keras", ["keras_mnist_cnn"], "keras_mnist_cnn"),
        ("rosenblatt", ["perceptron"], "perceptron"),
        ("shortcuts", ["resnet18", "resnet50"], "resnet18"),
    ],
)
def test_a_search_finds_names_authors_years_and_words(
    gallery: Gallery, query: str, left: list[str], first: str
) -> None:
    gallery.search.setText(query)
    assert set(left) <= set(gallery.wall.in_order())
    assert gallery.current == first
    assert len(gallery.wall.in_order()) < len(FEW)


def test_what_nobody_has_made_is_said_and_the_way_back_offered(gallery: Gallery, qtbot: QtBot) -> None:
    gallery.search.setText("zzz")
    assert gallery.pages.currentWidget() is gallery.nothing
    assert "“zzz”" in gallery.nothing.text.text()
    assert not gallery.open_button.isEnabled()
    qtbot.mouseClick(gallery.nothing.button, Qt.MouseButton.LeftButton)
    assert gallery.wall.in_order() == list(FEW)
    assert gallery.current == "perceptron"
    qtbot.waitUntil(lambda: gallery.plate.title.text() == "Perceptron", timeout=LONG)


def test_the_keys_walk_type_and_open(gallery: Gallery, qtbot: QtBot) -> None:
    type_on_wall(gallery, qtbot, Qt.Key.Key_End)
    assert gallery.current == FEW[-1]
    type_on_wall(gallery, qtbot, Qt.Key.Key_Left)
    assert gallery.current == FEW[-2]
    type_on_wall(gallery, qtbot, Qt.Key.Key_Up)
    assert gallery.current == "lenet5"
    type_on_wall(gallery, qtbot, Qt.Key.Key_K)
    assert gallery.search.text() == "k"
    qtbot.keyClicks(gallery.search, "eras")
    with qtbot.waitSignal(gallery.chosen) as chosen:
        qtbot.keyClick(gallery.search, Qt.Key.Key_Return)
    assert chosen.args == ["preset:keras_mnist_cnn"]


def test_escape_gives_back_the_wall_before_it_closes(gallery: Gallery, qtbot: QtBot) -> None:
    gallery.search.setText("lenet")
    qtbot.keyClick(gallery.search, Qt.Key.Key_Escape)
    assert gallery.search.text() == ""
    gallery.plate.closer.click()
    assert gallery.close_up
    assert not gallery.pages.isVisible()
    qtbot.keyClick(gallery, Qt.Key.Key_Escape)
    assert not gallery.close_up
    assert gallery.isVisible()
    qtbot.keyClick(gallery, Qt.Key.Key_Escape)
    assert not gallery.isVisible()


def test_the_inside_of_a_composite_can_be_looked_at(gallery: Gallery, qtbot: QtBot) -> None:
    gallery.wall.choose("resnet50")
    qtbot.waitUntil(lambda: gallery.plate.title.text() == "ResNet-50", timeout=LONG)
    qtbot.waitUntil(lambda: gallery.plate.views is not None, timeout=LONG)
    settled(gallery, qtbot)
    whole, views = gallery.plate.portrait.image, gallery.plate.views
    assert views is not None
    qtbot.keyClick(views, Qt.Key.Key_Right)
    assert views.accessibleDescription() == "Bottleneck"
    qtbot.waitUntil(lambda: gallery.plate.portrait.image != whole, timeout=LONG)


def test_by_parameters_the_smallest_hangs_first(gallery: Gallery, qtbot: QtBot) -> None:
    settled(gallery, qtbot)
    qtbot.keyClick(gallery.order, Qt.Key.Key_Right)
    assert gallery.wall.in_order()[0] == "perceptron"
    assert gallery.halls.item(0).text() == "Before 1990"
    qtbot.keyClick(gallery.order, Qt.Key.Key_Right)
    assert gallery.wall.in_order() == ["perceptron", "lenet5", "keras_mnist_cnn", "resnet18", "resnet50"]


def test_what_was_found_is_remembered_until_the_file_changes(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = gallery_shelf.shelf()
    seen, broken = gallery_shelf.look(first, "light", stretch=60)
    assert ([one.name for one in seen], broken) == (list(FEW), [])
    opened: list[str] = []
    monkeypatch.setattr(gallery_shelf, "opened", lambda name: opened.append(name) or pytest.fail("opened again"))
    again, _ = gallery_shelf.look(gallery_shelf.shelf(), "light", stretch=60)
    assert [one.figures for one in again] == [one.figures for one in seen]
    assert [one.picture.size() for one in again] == [one.picture.size() for one in seen]
    changed = tmp_path / "changed.loom"
    changed.write_text(presets.read("lenet5").replace('"year": 1998', '"year": 1999'), encoding="utf-8")
    monkeypatch.setattr(presets, "path", lambda name: changed)
    assert {one.digest for one in gallery_shelf.shelf()}.isdisjoint(one.digest for one in first)
    gallery_shelf.tidy(gallery_shelf.shelf())
    assert list((tmp_path / "gallery").iterdir()) == []


def test_a_preset_that_cannot_be_read_is_left_out(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    torn = tmp_path / "torn.loom"
    torn.write_text("{", encoding="utf-8")
    whole = presets.path
    monkeypatch.setattr(presets, "path", lambda name: torn if name == "lenet5" else whole(name))
    assert [one.name for one in gallery_shelf.shelf()] == [name for name in FEW if name != "lenet5"]


def test_another_theme_paints_the_pictures_anew(gallery: Gallery, qtbot: QtBot) -> None:
    settled(gallery, qtbot)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    before, name = gallery.hanging.pictures["lenet5"], theme.current().name
    try:
        theme.apply(app, "dark" if name == "light" else "light")
        settled(gallery, qtbot)
        assert gallery.hanging.pictures["lenet5"] != before
        assert not gallery.plate.portrait.preview
    finally:
        theme.apply(app, name)


def test_comparing_names_the_exhibit(gallery: Gallery, qtbot: QtBot) -> None:
    gallery.wall.choose("resnet18")
    with qtbot.waitSignal(gallery.comparing) as wanted:
        gallery.plate.compare_button.click()
    assert wanted.args == ["preset:resnet18"]
