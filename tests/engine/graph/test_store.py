from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest
from hypothesis import given

import presets
from engine.errors import StoreError
from engine.graph import reader, store
from engine.graph.model import AddBlock, Graph
from engine.project import open_project, read
from tests.engine.graph.strategies import graphs

TEXT = presets.read("lenet5")


def mutate(text: str, rng: random.Random) -> bytes:
    """One damage: bytes, lines, values or structure."""
    raw = bytearray(text.encode())
    match rng.randrange(8):
        case 0:
            for _ in range(rng.randint(1, 8)):
                raw[rng.randrange(len(raw))] = rng.randrange(256)
            return bytes(raw)
        case 1:
            return bytes(raw[: rng.randrange(len(raw))])
        case 2:
            lines = text.splitlines(keepends=True)
            rng.shuffle(lines)
            return "".join(lines).encode()
        case 3:
            start = rng.randrange(len(raw))
            return bytes(raw[:start] + raw[start : start + rng.randint(1, 400)] * rng.randint(2, 50) + raw[start:])
        case 4:
            return b"[" * rng.randint(1, 200_000) + bytes(raw)
        case 5:
            return text.replace(rng.choice(["1", "28", "5", "6"]), str(10 ** rng.randint(1, 4000))).encode()
        case _:
            return json.dumps(_bend(json.loads(text), rng)).encode()


def _bend(value: object, rng: random.Random) -> object:
    """Replace one value somewhere inside by something else."""
    strange: list[object] = [
        None,
        True,
        -1,
        1e308,
        10**30,
        "",
        "x" * 5000,
        "\ud800",
        [],
        {},
        [[]],
        {"a": {"b": []}},
        0.5,
    ]
    if isinstance(value, dict) and value and rng.random() < 0.9:
        key = rng.choice(list(value))
        if rng.random() < 0.1:
            return {**value, rng.choice(["", "__class__", "kind ", "ключ"]): rng.choice(strange)}
        return {**value, key: _bend(value[key], rng)}
    if isinstance(value, list) and value and rng.random() < 0.9:
        at = rng.randrange(len(value))
        return [*value[:at], _bend(value[at], rng), *value[at + rng.randint(0, 1) :]]
    return rng.choice(strange)


def damage(times: int, seed: int) -> int:
    """Read so many damaged projects; gives how many were refused. Each refusal is one sentence that names the place."""
    rng, refused = random.Random(seed), 0
    for number in range(times):
        content = mutate(presets.read(rng.choice(presets.names())), rng)
        try:
            graph = read(content, "damaged.loom")
        except StoreError as error:
            refused += 1
            said = str(error)
            assert said.startswith("damaged.loom is not a project that can be opened"), (number, said)
            assert "\n" not in said, (number, said)
            assert len(said) < 1000, (number, said)
            continue
        assert read(store.dumps(graph)).same_as(graph)
    return refused


@given(graphs())
def test_a_stored_graph_reads_back_equal_and_writes_the_same_text_again(graph: Graph) -> None:
    text = store.dumps(graph)
    again = store.loads(text)
    assert again.same_as(graph)
    assert store.dumps(again) == text


def test_mutated_projects_are_refused_in_one_sentence_or_read_back_equal(request: pytest.FixtureRequest) -> None:
    times = 10_000 if request.config.getoption("--long") else 500
    assert damage(times, seed=7) > times / 2


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('"loom": 2', '"loom": 3', "loom"),
        ('"loom": 2', '"loom": "2"', "loom"),
        ('"kernel_size": 5', '"kernel_size": 0', r"blocks[1].settings.kernel_size"),
        ('"kernel_size": 5', '"kernel_sise": 5', r"blocks[1].settings.kernel_sise"),
        ('"kind": "conv2d"', '"kind": "conv9d"', r"blocks[1].kind"),
        ('"wires"', '"wirez"', "wirez"),
    ],
)
def test_a_damaged_field_is_named_with_its_place(old: str, new: str, where: str) -> None:
    assert old in TEXT
    with pytest.raises(StoreError) as caught:
        store.loads(TEXT.replace(old, new, 1), "my.loom")
    assert caught.value.where == where
    assert f"my.loom is not a project that can be opened, at {where}" in str(caught.value)


def test_a_field_that_is_there_twice_is_refused() -> None:
    with pytest.raises(StoreError, match='"loom" is there twice'):
        store.loads('{"loom": 1, "loom": 1, "blocks": [], "wires": []}')


def test_a_second_wire_into_one_input_is_refused_not_silently_dropped() -> None:
    raw = json.loads(TEXT)
    raw["wires"].append(raw["wires"][0])
    with pytest.raises(StoreError, match="a second wire ends in"):
        store.loads(json.dumps(raw))


def test_a_damaged_training_section_is_named_too() -> None:
    raw = json.loads(TEXT)
    raw["training"] = {"epochs": -3}
    with pytest.raises(StoreError) as caught:
        read(json.dumps(raw))
    assert caught.value.where == "training.epochs"


def test_saving_is_atomic_so_a_full_disk_leaves_the_old_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.loom"
    store.save(open_project("preset:lenet5").graph, path)
    before = path.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    graph = Graph()
    graph.apply(AddBlock(graph.new_node("relu")))
    with pytest.raises(StoreError, match="No space left on device"):
        store.save(graph, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path], "a temporary file was left behind"


def test_a_missing_file_and_a_folder_are_one_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "no.loom", tmp_path):
        with pytest.raises(StoreError, match="could not be read"):
            open_project(path)


def test_versions_before_the_first_are_refused_by_number() -> None:
    with pytest.raises(StoreError, match="schema version 0 is not known"):
        store.loads('{"loom": 0, "blocks": [], "wires": []}')


def test_an_older_version_goes_through_every_migration_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def step(version: int) -> object:
        def run(raw: dict[str, object]) -> dict[str, object]:
            seen.append(version)
            return {**raw, "loom": version + 1}

        return run

    monkeypatch.setattr(reader, "MIGRATIONS", {-1: step(-1), 0: step(0), 1: step(1)})
    store.loads('{"loom": -1, "blocks": [], "wires": []}')
    assert seen == [-1, 0, 1]


def test_a_block_kind_that_was_renamed_opens_under_its_new_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "RENAMED", {"convolution": "conv2d"})
    graph = store.loads(TEXT.replace('"kind": "conv2d"', '"kind": "convolution"'))
    assert graph.same_as(store.loads(TEXT))


@pytest.mark.parametrize("place", ["about", "composite"])
def test_half_a_character_is_refused_because_it_could_not_be_saved(place: str) -> None:
    raw = json.loads(presets.read("resnet18"))
    (raw["about"] if place == "about" else raw["composites"][0])["text" if place == "about" else "help"] = "\ud800"
    with pytest.raises(StoreError, match="half a character"):
        store.loads(json.dumps(raw))
    raw = json.loads(presets.read("resnet18"))
    raw["about"]["text"] = "\U0001f600"  # written as two escapes, and whole
    assert store.loads(json.dumps(raw)).sections["about"]["text"] == "\U0001f600"


def test_marks_without_proper_texts_and_endless_bounds_are_refused_in_one_short_sentence() -> None:
    for change in (
        lambda raw: raw["marks"][0].update(id={}),
        lambda raw: raw["marks"][0].update(kind=[]),
        lambda raw: raw["marks"][0].update(text=None),
        lambda raw: raw["composites"][0]["settings"][0].update(lo=10**3000),
    ):
        raw = json.loads(presets.read("resnet18"))
        change(raw)
        with pytest.raises(StoreError) as told:
            store.loads(json.dumps(raw))
        assert len(str(told.value)) < 400
