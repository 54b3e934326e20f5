"""Figures: all that is drawn is in them, as vectors and real text, inside the page, the same every time."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

import engine
from engine.graph import layout
from engine.graph.check import check
from engine.graph.edits import Define, Definition, Mark, Parameter, SetFlags, SetMark
from engine.graph.model import AddBlock, Batch, Connect, Disconnect, End, Graph, Move, Node, RemoveBlock, Rename, Wire
from gui.figure.formats import FigureError, Form, made, picture
from gui.figure.plan import Plan, Request, caption_of, plan
from gui.figure.style import STYLES, Show, width

SVG = "{http://www.w3.org/2000/svg}"
EVERYTHING = Show(wires=True, legend=True)


def preset(name: str = "lenet5") -> Graph:
    return engine.open(f"preset:{name}").graph.copy()


def planned(graph: Graph, show: Show = EVERYTHING, **more: object) -> Plan:
    report = check(graph)
    request = Request(show, title="A network", caption=caption_of(report), **more)  # type: ignore[arg-type]
    return plan(graph, report, request)


def residual(blocks: int) -> Graph:
    """A chain of residual blocks, laid out."""
    graph = Graph()
    number = 0

    def add(kind: str, *feeds: str) -> str:
        nonlocal number
        number += 1
        id_ = f"b{number}"
        graph.apply(AddBlock(Node(id_, kind, f"{kind}_{number}")))
        ports = [port.name for port in graph.nodes[id_].block().inputs()]
        graph.apply(Batch(tuple(Connect(Wire(End(f, "y"), End(id_, p))) for f, p in zip(feeds, ports, strict=True))))
        return id_

    here = add("image_input")
    for _ in range(blocks // 4):
        inner = add("relu", add("conv2d", here))
        here = add("relu", add("add", inner, inner))
    graph.apply(Move(layout.tidy(graph)))
    return graph


def broken() -> Graph:
    graph = preset()
    graph.apply(Rename(graph.named("conv2").id, "a_name_that_is_much_too_long_for_its_card"))
    graph.apply(Disconnect(End(graph.named("fc2").id, "x")))
    graph.apply(RemoveBlock(graph.named("flatten1").id))
    graph.apply(Connect(Wire(End(graph.named("pool2").id, "y"), End(graph.named("fc1").id, "x"))))
    return graph


def with_everything() -> Graph:
    """A repeated composite, a bypassed block, a wire with reroute points, a frame and a note."""
    graph = preset()
    body = (Node("p1", "port_in", "x"), Node("r1", "relu", "act", x=256), Node("p2", "port_out", "y", x=512))
    wires = (Wire(End("p1", "y"), End("r1", "x")), Wire(End("r1", "y"), End("p2", "x")))
    graph.apply(
        Define(Definition("c1", "Stage", settings=(Parameter("width", "integer", 4),), blocks=body, wires=wires))
    )
    graph.apply(AddBlock(Node("b90", "composite:c1", "stage", {"repeat": 3}, 600, 700)))
    graph.apply(Connect(Wire(End("b4", "y"), End("b90", "x"), via=((1200.0, 500.0), (500.0, 640.0)))))
    graph.apply(SetFlags(graph.named("tanh1").id, {"bypassed": True}))
    graph.apply(SetMark(Mark("m1", "frame", "Features", -40, -60, 1240, 200, "Convolution")))
    graph.apply(SetMark(Mark("m2", "note", "# Why\n\nTwo *rounds* of:\n- convolution\n- pooling", 1200, 300, 220, 40)))
    return graph


GRAPHS = {"lenet5": preset, "residual": lambda: residual(40), "broken": broken, "everything": with_everything}


def svg(plan_: Plan, **form: object) -> ET.Element:
    return ET.fromstring(made(plan_, Form("svg", **form)).decode())  # type: ignore[arg-type]


def texts(root: ET.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("style", [style for style, _ in STYLES])
def test_an_svg_has_every_word_as_text_and_nothing_outside_its_page(qtbot: QtBot, name: str, style: str) -> None:
    graph = GRAPHS[name]()
    found = planned(graph, patterned=style == "print")
    root = svg(found, style=style)
    shown = texts(root)
    for node in graph:
        if width(node.name, 9, 600) < 110:
            assert node.name in shown
    assert "A network" in shown
    left, top, wide, high = map(float, root.attrib["viewBox"].split())
    assert (left, top) == (0, 0)
    assert (wide, high) == (found.bounds.width(), found.bounds.height())
    for element in root.iter(f"{SVG}text"):
        x = float(element.attrib["x"]) - found.bounds.left()
        y = float(element.attrib["y"]) - found.bounds.top()
        assert x >= 0
        assert x + float(element.attrib["textLength"]) <= wide
        assert 8 <= y <= high


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("patterned", [True, False])
def test_no_words_of_a_card_overlap_or_leave_it(qtbot: QtBot, name: str, patterned: bool) -> None:
    for card in planned(GRAPHS[name](), patterned=patterned).cards:
        rects = [(word.x, word.y - word.size * 0.75, word.x + width(word.text, word.size, word.weight), word.y)
                 for word in card.words]  # fmt: skip
        for left, top, right, bottom in rects:
            assert left >= card.rect.left() + 8
            assert right <= card.rect.right() - 8
            assert top >= card.rect.top()
            assert bottom <= card.rect.bottom() - 2
        for index, one in enumerate(rects):
            for other in rects[index + 1 :]:
                assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def test_labels_on_wires_stand_beside_the_blocks_and_the_line_leaves_room_for_them(qtbot: QtBot) -> None:
    found = planned(preset())
    labelled = [line for line in found.lines if line.label is not None]
    assert len(labelled) == len(found.lines) == 13
    for line in labelled:
        assert not any(card.rect.intersects(line.patch) for card in found.cards)
    assert planned(preset(), Show(wires=False)).lines[0].label is None


def test_the_same_drawing_gives_the_same_bytes(qtbot: QtBot) -> None:
    first, second = (made(planned(with_everything()), Form("svg")) for _ in range(2))
    assert first == second
    assert made(planned(preset()), Form("png")) == made(planned(preset()), Form("png"))


def test_what_is_not_wanted_is_left_out(qtbot: QtBot) -> None:
    bare = Show(*([False] * 11))
    shown = texts(svg(planned(preset(), replace(bare, names=True))))
    assert sorted(shown) == sorted(node.name for node in preset())
    assert texts(svg(planned(broken(), bare))) == []
    assert "61,706 parameters · 416.5 K multiply-adds" in texts(svg(planned(preset())))


def test_a_part_of_the_drawing_has_its_blocks_and_the_wires_between_them(qtbot: QtBot) -> None:
    found = planned(preset(), only=["b2", "b3", "b5"])
    assert [card.id for card in found.cards] == ["b2", "b3", "b5"]
    assert [line.target for line in found.lines] == [End("b3", "x")]


def test_a_fault_shows_on_the_wire_where_it_arises_and_at_the_open_input(qtbot: QtBot) -> None:
    found = planned(broken())
    [bad] = [line for line in found.lines if line.bad]
    assert bad.label is not None
    assert bad.label.text == "N×16×5×5"
    signed = {card.id for card in found.cards if card.severity}
    assert signed == {"b9", "b11"}
    [open_] = [card for card in found.cards if card.open]
    assert open_.id == "b11"
    assert not any(line.bad for line in planned(broken(), replace(EVERYTHING, problems=False)).lines)


def test_composites_bypassed_blocks_frames_notes_and_reroute_points_are_drawn(qtbot: QtBot) -> None:
    found = planned(with_everything())
    cards = {card.id: card for card in found.cards}
    assert (cards["b90"].composite, cards["b90"].copies) == (True, 3)
    assert cards["b3"].bypassed
    assert any("bypassed" in word.text for word in cards["b3"].words)
    frame, note = found.panels
    assert [word.text for word in frame.words] == ["Features"]
    assert [word.text for word in note.words] == ["Why", "Two rounds of:", "•", "convolution", "•", "pooling"]
    assert note.rect.height() > 40
    assert found.bounds.contains(note.rect)
    [line] = [line for line in found.lines if line.target.block == "b90"]
    samples = [line.path.pointAtPercent(number / 400) for number in range(401)]
    for point in (QPointF(1200, 500), QPointF(500, 640)):
        assert min((sample - point).manhattanLength() for sample in samples) < 12


def test_differences_are_marked_by_sign_in_every_style(qtbot: QtBot) -> None:
    marks = {"b2": "added", "b3": "removed", "b5": "changed"}
    for style, _ in STYLES:
        shown = texts(svg(planned(preset(), marks=marks), style=style))
        assert {"+", "−", "~"} <= set(shown)


def test_a_pdf_is_cut_to_the_figure_and_its_text_can_be_read_back(qtbot: QtBot) -> None:
    found = planned(preset())
    data = made(found, Form("pdf", width=180))
    box = re.search(rb"/MediaBox \[([\d. ]+)\]", data)
    assert box is not None
    _, _, wide, high = map(float, box.group(1).split())
    assert wide == pytest.approx(180 / 25.4 * 72, abs=0.6)
    assert high == pytest.approx(wide * found.bounds.height() / found.bounds.width(), abs=0.6)
    assert b"+Inter-SemiBold" in data  # embedded as a subset
    letters = b"".join(re.findall(rb"beginbfrange.*?endbfrange", data, re.DOTALL)).lower()
    # The signs that a font likes to replace by others without a letter, and the space.
    for letter in "×@.c ":
        assert f"<{ord(letter):04x}>".encode() in letters, letter
    assert b"<0009>" not in letters


def test_a_png_has_the_asked_for_size_and_ground(qtbot: QtBot) -> None:
    found = planned(preset())
    for scale in (1.0, 3.0):
        image = QImage.fromData(made(found, Form("png", scale=scale)))
        assert (image.width(), image.height()) == (
            round(found.bounds.width() * scale),
            round(found.bounds.height() * scale),
        )
        assert image.pixelColor(2, 2) == QColor("#ffffff")
    clear = picture(found, Form("png", "light", transparent=True))
    assert clear.pixelColor(2, 2).alpha() == 0
    opaque = QImage.fromData(made(found, Form("png", "dark")))
    assert opaque.pixelColor(2, 2).lightness() < 60


def test_print_is_black_on_white_whatever_is_drawn(qtbot: QtBot) -> None:
    image = picture(planned(with_everything(), marks={"b2": "added"}), Form("png", "print", scale=1))
    pixels = image.convertToFormat(QImage.Format.Format_RGB32)
    for y in range(0, pixels.height(), 3):
        for x in range(0, pixels.width(), 3):
            assert pixels.pixelColor(x, y).hsvSaturation() <= 8


def test_what_cannot_be_made_is_told_in_a_sentence(qtbot: QtBot) -> None:
    with pytest.raises(FigureError, match="no blocks"):
        made(planned(Graph()), Form())
    graph = Graph()
    graph.apply(AddBlock(Node("b1", "relu", "one")))
    graph.apply(AddBlock(Node("b2", "relu", "two", x=100_000)))
    with pytest.raises(FigureError, match="SVG or PDF"):
        made(planned(graph), Form("png"))
    assert made(planned(graph), Form("svg"))


def test_a_thousand_blocks_are_all_in_the_figure(qtbot: QtBot) -> None:
    found = planned(residual(1000), Show())
    assert len(found.cards) == 1001
    assert len(found.lines) == 1250
    names = set(texts(svg(found)))
    assert sum(card.words[0].text in names for card in found.cards) == 1001
    assert made(found, Form("pdf"))[:5] == b"%PDF-"


def test_three_lines_on_a_card_keep_off_the_inner_border_of_a_composite(qtbot: QtBot) -> None:
    graph = with_everything()
    node = next(node for node in graph if node.composite is not None)
    graph.apply(Rename(node.id, "a_name_that_leaves_no_room_for_kinds"))
    card = next(card for card in planned(graph).cards if card.composite)
    lines = sorted({word.y for word in card.words if word.y > card.rect.top() + 28})
    assert len(lines) == 3
    assert lines[-1] + 0.3 * 11 < card.rect.bottom() - 4  # below its base line a letter is so deep
    assert lines[0] - 12 > card.rect.top() + 28
