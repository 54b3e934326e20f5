"""What stands on a card can be read: names of ports, long settings, titles."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from engine.blocks.spec import Port, kinds, make
from gui.canvas.geometry import HEADER, WIDTH, height_of, port_y
from gui.canvas.inks import Inks
from gui.canvas.texts import Told, labels, written


@pytest.fixture
def inks(qtbot: QtBot) -> Inks:
    return Inks()


def told(
    kind: str, *, shape: str = "N×64×28×28", count: str = "12.8 K", picture: float = 0.0, **settings: object
) -> Told:
    block = make(kind, settings)
    inputs, outputs = block.inputs(), block.outputs()
    height = height_of(max(len(inputs), len(outputs)))
    return Told(f"{block.stem}1", block.title, block.face(), shape, count, inputs, outputs, height, picture)


def boxes(told: Told, inks: Inks) -> list[tuple[str, float, float, float, float]]:
    """Text, left, right, top and bottom of each line below the header; a line's letters are 12 high."""
    return [(line.text, at.x(), at.x() + line.width, at.y() + 2, at.y() + 14)
            for at, line, _ in written(told, inks) if at.y() >= HEADER - 4]  # fmt: skip


@pytest.mark.parametrize("picture", [0.0, 42.0])
@pytest.mark.parametrize("kind", kinds())
def test_no_text_of_a_card_lies_on_another_or_leaves_it(kind: str, picture: float, inks: Inks) -> None:
    card = told(kind, picture=picture)
    lines = boxes(card, inks)
    for text, left, right, top, bottom in lines:
        assert left >= 0, text
        assert right <= WIDTH, text
        assert top >= HEADER, text
        assert bottom <= card.height, text
    for number, (text, left, right, top, bottom) in enumerate(lines):
        for other, x0, x1, y0, y1 in lines[number + 1 :]:
            assert right <= x0 or x1 <= left or bottom <= y0 or y1 <= top, f"{text!r} lies on {other!r}"


@pytest.mark.parametrize("kind", kinds())
def test_the_usual_settings_of_a_block_are_never_cut(kind: str, inks: Inks) -> None:
    card = told(kind)
    if card.face:
        assert card.face in [text for text, *_ in boxes(card, inks)]


def test_long_settings_take_two_lines(inks: Inks) -> None:
    card = Told("stage1", "InvertedResidual", "width 160, inside 672, stride 2", "N×160×7×7", "1.2 M", (Port("x"),),
                (Port("y"),), 80.0)  # fmt: skip
    assert [text for text, *_ in boxes(card, inks)][:2] == ["width 160, inside 672,", "stride 2"]
    rim = told("conv2d", out_channels=256, stride=2, padding=0, extra_padding=[0, 1, 0, 1])
    assert "p0+1" in rim.face
    assert "…" not in "".join(text for text, *_ in boxes(rim, inks))


def test_ports_are_named_where_names_tell_them_apart(inks: Inks) -> None:
    assert labels(make("add", {}).inputs()) == ("", "")
    assert labels(make("relu", {}).inputs()) == ("",)
    assert labels(make("lstm", {}).inputs()) == ("", "h", "c", "mask")
    lines = {text: (top + bottom) / 2 for text, _, _, top, bottom in boxes(told("cross_entropy"), inks)}
    for row, name in enumerate(("prediction", "target", "weight", "mask")):
        assert abs(lines[name] - port_y(row)) <= 2, "a name stands level with its port"


def test_a_title_that_has_no_room_beside_the_name_stands_below(inks: Inks) -> None:
    assert "Instance norm 2d" in [text for text, *_ in boxes(told("instance_norm2d", shape="", count=""), inks)]


def test_a_card_is_as_tall_as_its_outputs_need() -> None:
    ports = make("split", {"parts": 6}).outputs()
    assert height_of(len(ports)) > port_y(len(ports) - 1)
