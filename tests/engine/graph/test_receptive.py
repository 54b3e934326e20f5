"""The receptive field is the one that torch shows: which pixels, made huge one at a time, change a number of the output."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.compiler.module import build
from engine.compiler.plan import plan
from engine.graph.check import check
from engine.graph.model import AddBlock, Connect, End, Graph, Wire
from engine.graph.receptive import all_fields, receptive
from tests.engine.graph.drawn import resnet


class Drawing:
    """A graph drawn in order; `add` wires a block behind others and gives its id."""

    def __init__(self, height=13, width=11, channels=1):
        self.graph = Graph()
        self.last = self.add("image_input", {"channels": channels, "height": height, "width": width}, [])

    def add(self, kind, settings=None, sources=None):
        node = self.graph.new_node(kind, settings)
        self.graph.apply(AddBlock(node))
        sources = [self.last] if sources is None else sources
        for source, port in zip(sources, node.block().inputs(), strict=True):
            self.graph.apply(Connect(Wire(End(source, "y"), End(node.id, port.name))))
        self.last = node.id
        return node.id

    def field(self, block=None):
        return receptive(self.graph, check(self.graph))[block or self.last]


def influence(graph):
    """For each position (row, column) of the last map, which pixels change it: a bool tensor [rows, columns, height, width]."""
    network = build(plan(graph), seed=0).double().eval()
    with torch.no_grad():
        for weight in network.parameters():
            weight.copy_(weight.abs() + 0.1)  # no influence cancels another
        _, height, width = network.plan.inputs[0].shape.dims
        channels = network.plan.inputs[0].shape.dims[0]
        single = torch.zeros(1 + height * width, channels, height * width, dtype=torch.double)
        single[1 + torch.arange(height * width), :, torch.arange(height * width)] = 1e6  # the largest in any window
        out = network(single.reshape(-1, channels, height, width))
    changed = (out[1:] != out[:1]).any(1)  # any channel
    rows, columns = changed.shape[1:]
    return changed.reshape(height, width, rows, columns).permute(2, 3, 0, 1)


def extent(line):
    """First and last True, (0, -1) for none."""
    found = line.nonzero().flatten().tolist()
    return (found[0], found[-1]) if found else (0, -1)


def compare(drawing):
    """Every position sees at most what the field says, and exactly that where the field lies within the picture."""
    field = drawing.field()
    drawing.add("output")
    shown = influence(drawing.graph)
    rows, columns = shown.shape[:2]
    assert (field.height.count, field.width.count) == (rows, columns)
    for row in range(rows):
        for column in range(columns):
            seen = shown[row, column]
            for side, place, line in ((field.height, row, seen.any(1)), (field.width, column, seen.any(0))):
                first, last = extent(line)
                told = side.at(place)
                assert first >= told[0] or last < first
                assert last <= told[1]
                begin = side.start + (side.jump or 0) * place
                other = field.width if side is field.height else field.height
                there = column if side is field.height else row
                inside = begin >= side.seen[0] and begin + side.size - 1 <= side.seen[1]
                crosses = other.at(there)[0] <= other.at(there)[1] and seen.any()
                if inside and crosses and side.jump is not None:
                    assert (first, last) == told


small = st.integers(1, 3)
sizes = st.one_of(small, st.tuples(small, small).map(list))


@st.composite
def layers(draw):
    kind = draw(st.sampled_from(["conv2d", "maxpool2d", "avgpool2d", "relu", "batchnorm2d"]))
    settings = {}
    if kind == "conv2d":
        settings = {"out_channels": 1, "kernel_size": draw(sizes), "stride": draw(sizes), "dilation": draw(sizes)}
        settings["padding"] = draw(st.one_of(sizes, st.just("same") if settings["stride"] == 1 else st.just(0)))
    elif kind.endswith("pool2d"):
        settings = {"kernel_size": draw(st.integers(2, 3)), "stride": draw(sizes), "padding": draw(st.integers(0, 1))}
        settings["ceil_mode"] = draw(st.booleans())
    return kind, settings


@given(st.lists(layers(), min_size=1, max_size=4))
def test_a_chain_has_the_field_that_torch_shows(chain):
    drawing = Drawing()
    for kind, settings in chain:
        drawing.add(kind, settings)
    if check(drawing.graph).ok:
        compare(drawing)


@given(st.lists(layers(), max_size=2), st.integers(1, 3), st.integers(1, 3), st.sampled_from(["add", "concat"]))
def test_branches_have_the_hull_of_both(before, first, second, merge):
    drawing = Drawing()
    for kind, settings in before:
        drawing.add(kind, settings)
    fork = drawing.last
    one = drawing.add("conv2d", {"out_channels": 1, "kernel_size": first, "padding": "same"}, [fork])
    two = drawing.add("conv2d", {"out_channels": 1, "kernel_size": second, "dilation": 2, "padding": "same"}, [fork])
    drawing.add(merge, {}, [one, two])
    if check(drawing.graph).ok:
        compare(drawing)


def test_branches_that_step_differently_have_no_jump_and_the_widest_hull():
    drawing = Drawing(height=7, width=7)
    fork = drawing.last
    one = drawing.add("conv2d", {"out_channels": 1, "kernel_size": 1, "stride": 2}, [fork])  # 7 -> 4
    two = drawing.add("conv2d", {"out_channels": 1, "kernel_size": 4}, [fork])  # 7 -> 4
    drawing.add("add", {}, [one, two])
    field = drawing.field()
    assert field.height.jump is None
    assert [field.height.at(place) for place in range(4)] == [(0, 3), (1, 4), (2, 5), (3, 6)]
    compare(drawing)


def test_vgg_16_and_resnet_50_have_the_fields_of_the_literature():
    """Araujo, Norris, Sim 2019, table 1: VGG-16 212 up to conv5_3's pooling, ResNet-50 483; 3×3 stages by hand."""
    vgg = Drawing(224, 224, 3)
    for count in (2, 2, 3, 3, 3):
        for _ in range(count):
            vgg.add("conv2d", {"out_channels": 8, "kernel_size": 3, "padding": 1})
        vgg.add("maxpool2d")
    assert vgg.field().size == (212, 212)
    assert (vgg.field().height.jump, vgg.field().height.start) == (32, -90)
    resnet = Drawing(224, 224, 3)
    resnet.add("conv2d", {"out_channels": 8, "kernel_size": 7, "stride": 2, "padding": 3})
    resnet.add("maxpool2d", {"kernel_size": 3, "stride": 2, "padding": 1})
    for stage, count in enumerate((3, 4, 6, 3)):
        for number in range(count):
            stride = 2 if stage and not number else 1
            start = resnet.last
            resnet.add("conv2d", {"out_channels": 8, "kernel_size": 1, "stride": stride})  # the paper's placement
            resnet.add("conv2d", {"out_channels": 8, "kernel_size": 3, "padding": 1})
            main = resnet.add("conv2d", {"out_channels": 8, "kernel_size": 1})
            skip = start
            if not number:
                skip = resnet.add("conv2d", {"out_channels": 8, "kernel_size": 1, "stride": stride}, [start])
            resnet.add("add", {}, [main, skip])
    field = resnet.field()
    assert field.size == (483, 483)
    assert field.text == "483×483 (whole picture)"
    assert vgg.field().text == "212×212"
    vgg.add("conv2d", {"out_channels": 8, "kernel_size": 3, "padding": 1})
    assert vgg.field().text == "276×276 (covers the picture)"  # the corner of the map does not see the far corner


def test_global_pooling_and_linear_layers_see_the_whole_picture():
    drawing = Drawing()
    assert drawing.field().text == "1×1"
    drawing.add("conv2d", {"kernel_size": 3, "padding": 1})
    conv = drawing.last
    drawing.add("global_avgpool")
    assert drawing.field().text == "whole picture"
    drawing.add("flatten", {}, [conv])
    assert drawing.field().size == (3, 3)  # each number of the vector still sees its own place
    drawing.add("linear", {"out_features": 4})
    assert drawing.field().whole
    drawing.add("adaptive_avgpool2d", {"output_size": 1}, [conv])
    assert drawing.field().whole


def test_pixels_that_windows_leave_over_are_not_claimed():
    drawing = Drawing(height=5, width=5)
    drawing.add("maxpool2d")  # 5 -> 2: the last row and column are never looked at
    drawing.add("conv2d", {"out_channels": 1, "kernel_size": 3, "padding": 1})
    assert drawing.field().height.at(1) == (0, 3)
    compare(drawing)


@pytest.mark.parametrize("out", [1, 2, 3, 4, 6, 12])
def test_adaptive_pooling_has_even_windows_where_its_size_divides(out):
    drawing = Drawing(height=12, width=12)
    drawing.add("conv2d", {"out_channels": 1, "kernel_size": 3, "padding": 1})
    drawing.add("adaptive_avgpool2d", {"output_size": out})
    compare(drawing)


@pytest.mark.parametrize("out", [5, 7, 9, 16])
def test_uneven_adaptive_windows_are_told_within_a_pixel_of_their_jump(out):
    drawing = Drawing(height=12, width=12)
    drawing.add("adaptive_maxpool2d", {"output_size": out})
    side = drawing.field().height
    drawing.add("output")
    shown = influence(drawing.graph)
    for place in range(out):
        first, last = extent(shown[place, place].any(1))
        told = side.at(place)
        assert told[0] <= first
        assert last <= told[1] <= last + 1 + math.ceil(side.jump)


def test_two_pictures_have_a_field_each_and_numbers_have_none():
    drawing = Drawing(height=8, width=8)
    left = drawing.add("conv2d", {"out_channels": 1, "kernel_size": 3, "padding": 1})
    other = drawing.add("image_input", {"height": 8, "width": 8}, [])
    both = drawing.add("add", {}, [left, other])
    vector = drawing.add("vector_input", {"features": 3}, [])
    fields = all_fields(drawing.graph, check(drawing.graph)).blocks
    assert {source: field.size for source, field in fields[both].items()} == {"b1": (3, 3), other: (1, 1)}
    assert drawing.field(both).size == (3, 3)
    assert vector not in fields


def test_blocks_behind_a_fault_have_no_field():
    drawing = Drawing(height=8, width=8)
    drawing.add("conv2d", {"kernel_size": 31})
    behind = drawing.add("relu")
    found = receptive(drawing.graph, check(drawing.graph))
    assert behind not in found
    assert "b1" in found


def test_a_field_is_told_in_words():
    drawing = Drawing(height=28, width=28)
    drawing.add("conv2d", {"kernel_size": 5, "padding": 2, "stride": 2})
    assert drawing.field().sentence == (
        "Each number sees 5 × 5 pixels; the next one sees those 2 further on. The first begins at row -2, column -2, in the rim."
    )


def test_a_composite_has_the_field_behind_all_its_repetitions():
    """ResNet-50 with the stride at the 3×3: 427 pixels; stage by stage as if every block had been drawn."""
    graph = resnet()
    report = check(graph)
    fields = receptive(graph, report)
    assert [fields[stage].size[0] for stage in ("m", "layer1", "layer2", "layer3", "layer4")] == [11, 35, 91, 267, 427]
    assert [fields[stage].height.jump for stage in ("m", "layer1", "layer2", "layer3", "layer4")] == [4, 4, 8, 16, 32]
    assert fields["f"].whole
    inner = all_fields(graph, report).inner["layer1"]
    assert [one.field("b").size[0] for one in inner if one.field("b")] == [19, 27, 35]


def test_one_block_alone_is_found_as_all_together_are():
    graph = resnet()
    report = check(graph)
    seen = all_fields(graph, report)
    for id_ in graph.nodes:
        alone = all_fields(graph, report, until=id_)
        assert alone.field(id_) == seen.field(id_)
        assert alone.inner.get(id_) == seen.inner.get(id_)
    assert "layer4" not in all_fields(graph, report, until="layer2").blocks
