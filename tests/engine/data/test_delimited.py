"""Tables of values are read however they are written, or refused in one sentence."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.delimited import chosen, look
from engine.data.registry import Request
from engine.data.tabular import table
from engine.errors import DataError
from tests.engine.data.own import loaded, written

FLOWERS = "length,width,kind\n" + "".join(f"{i % 7}.5,{i % 5},{'ab'[i % 2]}\n" for i in range(40))


@pytest.mark.parametrize(("mark", "comma"), [(",", "."), (";", ","), (";", "."), ("\t", ","), ("|", "."), (" ", ".")])
def test_the_delimiter_is_found_with_either_decimal_sign(tmp_path, mark, comma):
    text = "".join(f"{i}{comma}25{mark}{-i}{mark}{'ab'[i % 2]}\n" for i in range(30))
    data = loaded("csv", written(tmp_path, text))
    np.testing.assert_array_equal(data.columns["features"][:, 0], np.arange(30) + 0.25)
    assert data.classes == ("a", "b")


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("a,b\n1,2\n3,4\n", True), ("1,2\n3,4\n", False), ("name,colour\nx,red\ny,blue\nz,red\n", True),
        ("red,x\nblue,y\nred,z\n", False),
        ("a,a\n1,2\n", False), ("only\n", False),
    ],
)  # fmt: skip
def test_the_first_line_is_told_by_its_looks(tmp_path, text, header):
    assert look(written(tmp_path, text), "auto", "auto").header is header


def test_a_person_may_say_what_the_first_line_and_the_delimiter_are(tmp_path):
    path = written(tmp_path, "1;2,5\n3;4,5\n5;6,0\n")
    assert look(path, "yes", "auto").names == ("1", "2,5")
    assert look(path, "auto", "comma").delimiter == ","


def test_quotes_hold_delimiters_and_lines(tmp_path):
    text = "text,n,label\n" + '"one, two",1,"a ""b"""\n' * 5 + '"line\nbreak",2,c\n' * 5
    data = loaded("csv", written(tmp_path, text), targets="label", inputs="n")
    assert data.classes == ('a "b"', "c")
    assert data.facts.samples == 10


@pytest.mark.parametrize(
    ("encoding", "noted"), [("utf-8", False), ("utf-8-sig", False), ("utf-16", False), ("latin-1", True)]
)
def test_encodings_are_told_apart(tmp_path, encoding, noted):
    text = "größe,art\n" + "1,süß\n2,herb\n" * 10
    data = loaded("csv", written(tmp_path, text.encode(encoding)))
    assert data.classes == ("herb", "süß")
    assert data.facts.input.fields == ("größe",)
    assert any("Latin-1" in note for note in data.notes) is noted


def test_missing_values_and_lines_of_another_width_are_counted_and_said(tmp_path):
    data = loaded("csv", written(tmp_path, FLOWERS + "NA,3,a\n4,,b\n1,2\n1,2,a,9\n5,6,?\n"))
    assert data.facts.samples == 40
    assert "2 lines have more or fewer than 3 values and are left out." in data.notes
    assert "3 of 43 lines lack a value and are left out: length (1), width (1), kind (1)." in data.notes


def test_columns_of_the_same_name_are_told_apart(tmp_path):
    found = look(written(tmp_path, "x,x,\n1,2,3\n"), "yes", "auto")
    assert found.names == ("x", "x 2", "column 3")


def test_columns_are_named_by_name_or_number():
    names = ("Age", "the size", "3")
    assert chosen("age, 2", names, "input") == ["Age", "the size"]
    assert chosen("3", names, "input") == ["3"]
    assert chosen('"the size",the size', names, "input") == ["the size"]
    with pytest.raises(DataError, match='There is no target column "weight"; the file has: Age, the size, 3'):
        chosen("weight", names, "target")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds no line of values"), (b"\n\n  \n", "holds no line of values"), (b"a,b\n", "no line of values below"),
        (b"\x00\x01\x02", "bytes that no text has"), (b"\x89PNG\r\n\x1a\n\x00", "bytes that no text has"),
        (b"x,y\n" + b"abc,def\n" * 3, "None of the input columns"), (b"\xff\xfea", "UTF-16, but is not"),
        (b'a,b\n1,"' + b"x" * (2 << 20), "a quote that is never closed"), (b"a,b\n1e39,1\n2,2\n", "too large"),
        (b"a,b\n,1\n,2\n", "nothing to learn from"), (b"a,b,c\n1,,x\n,2,y\n", "Every line lacks a value"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_in_a_sentence(tmp_path, content, said):
    if said == "None of the input columns":
        content = b"x,y\n" + b"".join(b"t%d,%d\n" % (i, i) for i in range(60))
    with pytest.raises(DataError, match=said) as caught:
        loaded("csv", written(tmp_path, content), header="yes")
    assert str(caught.value).endswith(".")


def test_a_folder_or_nothing_is_refused(tmp_path):
    for path in (tmp_path, tmp_path / "missing.csv"):
        with pytest.raises(DataError, match="cannot be read"):
            loaded("csv", path)


def test_more_values_than_memory_holds_are_refused_before_they_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr("engine.data.places.memory_limit", lambda: 100)
    with pytest.raises(DataError, match="GB of memory"):
        loaded("csv", written(tmp_path, FLOWERS))


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 12))
def test_a_mutated_file_is_read_or_refused_in_a_sentence(seed, count):
    rng = random.Random(seed)
    content = bytearray(FLOWERS.encode())
    for _ in range(count):
        place = rng.randrange(len(content))
        kind = rng.randrange(4)
        if kind == 0:
            content[place] = rng.randrange(256)
        elif kind == 1:
            content[place:place] = bytes(rng.choice(b'",;\n\r\t|\\ \x00\xff-eE.') for _ in range(rng.randrange(1, 9)))
        elif kind == 2:
            del content[place : place + rng.randrange(1, 60)]
            content = content or bytearray(b"x")
        else:
            content += content[place : place + rng.randrange(1, 200)]
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder), bytes(content))
        try:
            found = table(Request(path=path))
        except DataError as error:
            assert str(error).endswith(".")
            return
        assert len(found) > 0
        assert np.isfinite(found.columns["features"]).all()
        assert all(len(values) == len(found) for values in found.columns.values())
