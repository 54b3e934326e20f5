"""The table of the whole network says what the checker found, in an order a person and a program can read."""

import csv
import io

import engine
from engine.graph.analyse import CSV_HEAD, percent, rows, to_csv, to_text, totals
from engine.graph.check import check
from engine.graph.model import Configure
from tests.engine.graph.drawn import resnet


def table(name="lenet5"):
    project = engine.open(f"preset:{name}")
    report = project.check()
    return report, rows(project.graph, report)


def test_every_block_has_a_row_in_the_order_of_the_network_and_shares_add_up():
    report, found = table()
    assert [row.block for row in found] == list(report.order)
    assert totals(found) == (report.parameters, report.macs, report.activation_bytes)
    assert abs(sum(row.parameter_share for row in found) - 1) < 1e-12
    assert abs(sum(row.mac_share for row in found) - 1) < 1e-12


def test_a_row_tells_shapes_counts_and_field():
    _, found = table()
    row = next(row for row in found if row.name == "conv2")
    assert (row.title, row.arrives, row.leaves) == ("Convolution 2d", "N×6×14×14", "N×16×10×10")
    assert (row.parameters, row.macs, row.activation_bytes) == (2416, 240_000, 6400)
    assert row.field is not None
    assert row.field.text == "14×14"


def test_csv_is_read_back_number_by_number():
    _, found = table()
    read = list(csv.DictReader(io.StringIO(to_csv(found))))
    assert tuple(read[0]) == CSV_HEAD
    assert [int(line["parameters"]) for line in read] == [row.parameters for row in found]
    assert read[4]["output"] == "16x10x10"
    assert (read[4]["field_height"], read[4]["field_jump_width"]) == ("14", "2.0")


def test_the_text_is_aligned_and_ends_with_the_totals():
    report, found = table()
    lines = to_text(found).splitlines()
    assert len(lines) == len(found) + 4
    assert lines[-1].split()[:3] == ["14", "rows", f"{report.parameters:,}"]
    column = lines[0].index("receptive field")
    assert all(line[column - 2 : column] in ("", "  ") for line in lines[2:-2])


def test_a_faulty_network_has_its_rows_too():
    project = engine.open("preset:lenet5")
    project.graph.apply(Configure(project.graph.named("conv2").id, {"kernel_size": 50}))
    found = rows(project.graph, check(project.graph))
    row = next(row for row in found if row.name == "conv2")
    assert (row.arrives, row.leaves, row.field) == ("N×6×14×14", "?", None)
    assert "?" in to_text(found)


def test_an_empty_drawing_has_no_rows_and_a_line_of_noughts():
    graph = engine.Project().graph
    assert rows(graph, check(graph)) == ()
    assert to_text(()).splitlines()[-1].startswith("0 rows")


def test_shares_too_small_for_a_digit_are_not_nothing():
    assert (percent(0.0), percent(0.0001), percent(0.125)) == ("0.0", "<0.1", "12.5")


def test_composites_are_one_row_or_a_row_a_block_inside_and_nothing_counts_twice():
    graph = resnet()
    report = check(graph)
    folded, opened = rows(graph, report), rows(graph, report, inside=True)
    assert totals(folded) == totals(opened) == (report.parameters, report.macs, report.activation_bytes)
    names = [row.name for row in opened]
    assert len(set(names)) == len(names)
    assert [row.name for row in opened if row.depth == 0] == [row.name for row in folded]
    second = next(row for row in opened if row.name == "layer3.1.conv2")
    assert (second.path, second.repetition, second.depth) == (("layer3",), 1, 1)
    assert second.field is not None
    assert second.field.size == (139, 139)
    first = next(row for row in opened if row.name == "layer3")
    inside = [row for row in opened if row.path == ("layer3",)]
    assert first.total
    assert first.parameters == sum(row.parameters for row in inside)
    assert [row.bypassed for row in inside if row.block == "d"] == [False] + [True] * 5
