"""Files of others: what is in them is found, and nothing in them is executed."""

from __future__ import annotations

import io
import os
import pickle
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from engine.errors import StoreError
from engine.importers.reading import parse_checkpoint, read_checkpoint

STATE = {
    "fc.weight": torch.arange(12.0).reshape(3, 4),
    "fc.bias": torch.zeros(3),
    "bn.num_batches_tracked": torch.tensor(5),
}


def pth(value: Any, *, old: bool = False) -> bytes:
    content = io.BytesIO()
    torch.save(value, content, _use_new_zipfile_serialization=not old)
    return content.getvalue()


FILES = {"new.pth": pth(STATE), "old.pth": pth(STATE, old=True), "w.safetensors": safetensors.torch.save(STATE)}


@pytest.mark.parametrize("file", FILES)
def test_every_format_gives_the_tensors(file: str) -> None:
    found = parse_checkpoint(FILES[file], file)
    assert set(found.tensors) == set(STATE)
    assert all(torch.equal(found.tensors[name], value) for name, value in STATE.items())
    assert found.ordered == (file != "w.safetensors")
    if found.ordered:
        assert list(found.tensors) == list(STATE)


@pytest.mark.parametrize(
    ("holder", "value"),
    [
        ("state_dict", {"epoch": 3, "state_dict": STATE, "optimizer": {"state": {0: torch.zeros(2)}}}),
        ("model", {"model": STATE, "args": {"lr": 0.1}}),
        ("network", {"format": 1, "network": STATE, "progress": {"step": 4}}),
        ("generator", {"generator": STATE, "epoch": 1}),
        ("", {**STATE, "epoch": 7}),
        ("", nn.Linear(4, 3).state_dict()),
    ],
)
@pytest.mark.parametrize("old", [False, True])
def test_weights_are_found_beside_an_optimisers_state(holder: str, value: dict[str, Any], old: bool) -> None:
    found = parse_checkpoint(pth(value, old=old), "x.pt")
    assert found.holder == holder
    assert len(found.tensors) in (2, 3)


def test_parameters_and_shared_tensors_are_plain_tensors() -> None:
    tied = nn.Parameter(torch.randn(5, 2))
    found = parse_checkpoint(pth({"a": tied, "b": tied, "c": torch.zeros(0)}), "x.pth")
    assert all(type(value) is Tensor for value in found.tensors.values()) or torch.equal(found.tensors["a"], tied)
    assert torch.equal(found.tensors["a"], found.tensors["b"])


class _Evil:
    def __reduce__(self) -> Any:
        return os.system, ("touch /tmp/layerloom-was-executed",)


@pytest.mark.parametrize("old", [False, True])
def test_code_in_a_file_is_not_run_and_no_advice_to_run_it_is_given(old: bool) -> None:
    content = pth({"fc.weight": torch.zeros(2), "x": _Evil()}, old=old)
    with pytest.raises(StoreError) as error:
        parse_checkpoint(content, "evil.pth")
    assert not Path("/tmp/layerloom-was-executed").exists()
    text = str(error.value)
    assert "state_dict" in text
    assert "weights_only" not in text


def test_a_whole_pickled_model_is_refused_with_what_to_do() -> None:
    with pytest.raises(StoreError, match=r"runs no code from files.*state_dict\(\)"):
        parse_checkpoint(pth(nn.Linear(2, 2)), "model.pth")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({}, "no weights by name"),
        ([torch.zeros(2)], "list"),
        ({"epoch": 3, "lr": 0.1}, "epoch, lr"),
        ({"optimizer": {"state": torch.zeros(2)}}, "no weights by name"),
        (torch.zeros(3), "Tensor"),
        ({"w": torch.zeros(3).to_sparse()}, "plain"),
        ({"w": torch.zeros(3, device="meta")}, "plain"),
    ],
)
def test_what_is_no_state_dict_is_a_sentence(value: Any, text: str) -> None:
    with pytest.raises(StoreError, match=text) as error:
        parse_checkpoint(pth(value), "x.pth")
    assert str(error.value).endswith(".")


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="could not be read"):
        read_checkpoint(tmp_path / "none.pth")


def _huge_old(*, memoised: bool) -> bytes:
    """An old file with one storage of 2**40 numbers; the number in plain sight, or taken from the memo."""
    content = FILES["old.pth"]
    number = b"\x8a\x06" + struct.pack("<q", 2**40)[:6]  # LONG1
    where = content.index(b"K\x0c")  # BININT1 12: the numbers of fc.weight
    if memoised:
        return content[:where] + number + b"q\xfe0h\xfe" + content[where + 2 :]  # put, pop, get
    return content[:where] + number + content[where + 2 :]


@pytest.mark.parametrize("memoised", [False, True])
def test_an_old_file_that_claims_a_terabyte_is_refused_before_memory_is_taken(memoised: bool) -> None:
    with pytest.raises(StoreError, match=r"claim more bytes|not described"):
        parse_checkpoint(_huge_old(memoised=memoised), "x.pth")


def test_views_that_claim_more_than_the_file_are_refused() -> None:
    spread = torch.zeros(1).expand(10**10)
    with pytest.raises(StoreError, match="claim more bytes"):
        parse_checkpoint(pth({"w": spread}), "x.pth")


def test_compressed_archives_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(FILES["new.pth"])) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, old.read(entry.filename))
    with pytest.raises(StoreError, match="compressed"):
        parse_checkpoint(out.getvalue(), "x.pth")


@pytest.mark.parametrize("file", FILES)
@given(data=st.data())
def test_a_damaged_file_gives_tensors_or_one_sentence(file: str, data: st.DataObject) -> None:
    content = bytearray(FILES[file])
    match data.draw(st.sampled_from(("flip", "cut", "insert"))):
        case "flip":
            for _ in range(data.draw(st.integers(1, 8))):
                content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        case "cut":
            del content[data.draw(st.integers(0, len(content))) :]
        case _:
            place = data.draw(st.integers(0, len(content)))
            content[place:place] = data.draw(st.binary(min_size=1, max_size=40))
    try:
        found = parse_checkpoint(bytes(content), file)
    except StoreError as error:
        assert "\n" not in str(error)
        assert str(error).endswith((".", "again."))
    else:
        assert sum(value.numel() for value in found.tensors.values()) <= len(content)


def test_a_bare_pickle_is_no_checkpoint() -> None:
    with pytest.raises(StoreError):
        parse_checkpoint(pickle.dumps({"w": [1, 2, 3]}), "x.pth")
