"""Trust belongs to a content and a machine, and a damaged file trusts nothing."""

import json

import pytest

from engine import trust
from engine.errors import StoreError

CODE = "class A:\n    pass\n"


@pytest.fixture(autouse=True)
def machine(tmp_path, monkeypatch):
    """A machine on which nothing is trusted yet."""
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path))
    return tmp_path


def test_nothing_is_trusted_at_first():
    assert not trust.trusted(CODE)
    assert trust.entries() == ()
    assert trust.fault() == ""


def test_trust_is_kept_and_can_be_taken_back():
    trust.give(CODE, "A")
    assert trust.trusted(CODE)
    assert [entry.name for entry in trust.entries()] == ["A"]
    trust.take(trust.digest(CODE))
    assert not trust.trusted(CODE)


def test_another_byte_is_another_content():
    trust.give(CODE, "A")
    for other in (CODE + " ", CODE[:-1], CODE.replace("A", "B"), ""):
        assert not trust.trusted(other)


def test_trust_belongs_to_the_machine(tmp_path, monkeypatch):
    trust.give(CODE, "A")
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path / "another"))
    assert not trust.trusted(CODE)


def test_what_another_process_writes_is_seen():
    trust.give(CODE, "A")
    content = json.loads(trust.place().read_text())
    content["code"] = []
    trust.place().write_text(json.dumps(content))
    assert not trust.trusted(CODE)


@pytest.mark.parametrize(
    "damage",
    [
        "", "{", "[]", "null", '{"trust": 2, "code": []}', '{"trust": 1, "code": {}}', '{"trust": 1, "code": [{"sha256": "x"}]}',
        '{"trust": 1, "code": [1]}', "\ufffe", "[" * 100_000,
    ],
)  # fmt: skip
def test_a_damaged_file_trusts_nothing_and_says_so(damage):
    trust.give(CODE, "A")
    whole = trust.place().read_text()
    trust.place().write_text(damage or whole[: len(whole) // 2])
    assert not trust.trusted(CODE)
    assert trust.fault().endswith(".")
    assert str(trust.place()) in trust.fault()


def test_trust_after_damage_keeps_the_damaged_file_aside():
    trust.place().write_text("{")
    trust.give(CODE, "A")
    assert trust.trusted(CODE)
    assert trust.fault() == ""
    assert trust.place().with_name("trust-damaged.json").read_text() == "{"


def test_trust_that_cannot_be_written_is_a_sentence(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path / "file"))
    with pytest.raises(StoreError, match=r"could not be written"):
        trust.give(CODE, "A")
    assert not trust.trusted(CODE)
