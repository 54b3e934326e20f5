import io
import pickle
import zipfile

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import StoreError
from engine.export.weights import parse_weights, read_weights, to_pt, to_safetensors

STATE = {
    "fc.weight": torch.arange(12.0).reshape(3, 4),
    "fc.bias": torch.zeros(3),
    "bn.num_batches_tracked": torch.tensor(5),
}
FORMATS = {"w.pt": to_pt(STATE), "w.safetensors": to_safetensors(STATE, title="☃ \ud800", classes=["a"])}


def repacked(content, *, compress=zipfile.ZIP_STORED, **changed):
    """A .pt archive with some of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", compress) as new:
        for entry in old.infolist():
            part = old.read(entry.filename)
            for ending, change in changed.items():
                if entry.filename.endswith(ending.replace("_", ".")):
                    part = change(part)
            new.writestr(entry.filename, part)
    return out.getvalue()


def asked(content, name):
    """(weights, None) or (None, why they are refused)."""
    try:
        return parse_weights(content, path=name), None
    except StoreError as error:
        return None, str(error)


@pytest.mark.parametrize("name", FORMATS)
def test_weights_come_back_as_they_were(name):
    found = parse_weights(FORMATS[name], path=name)
    assert found.keys() == STATE.keys()
    for key, value in STATE.items():
        assert torch.equal(found[key], value)
        assert found[key].dtype == value.dtype


@pytest.mark.parametrize("name", FORMATS)
@given(data=st.data())
def test_a_damaged_file_gives_weights_or_one_sentence(name, data):
    content = bytearray(FORMATS[name])
    match data.draw(st.sampled_from(("flip", "cut", "insert", "drop"))):
        case "flip":
            for _ in range(data.draw(st.integers(1, 8))):
                content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        case "cut":
            del content[data.draw(st.integers(0, len(content))) :]
        case "insert":
            at = data.draw(st.integers(0, len(content)))
            content[at:at] = data.draw(st.binary(min_size=1, max_size=20))
        case "drop":
            at = data.draw(st.integers(0, len(content) - 1))
            del content[at : at + data.draw(st.integers(1, 40))]
    found, refusal = asked(bytes(content), name)
    if refusal is None:
        assert sum(value.numel() * value.element_size() for value in found.values()) <= len(content)
    else:
        assert refusal.startswith(name)
        assert refusal.endswith("again.")
        assert "weights_only=False" not in refusal
        assert "\n" not in refusal


def test_a_pickle_that_would_run_something_is_refused(tmp_path):
    marker = tmp_path / "ran"

    class Harm:
        def __reduce__(self):
            return open, (str(marker), "w")

    harmful = repacked(FORMATS["w.pt"], data_pkl=lambda _: pickle.dumps({"fc.weight": Harm()}, protocol=2))
    for content in (harmful, pickle.dumps(Harm())):
        with pytest.raises(StoreError) as caught:
            parse_weights(content, path="w.pt")
        assert "weights_only=False" not in str(caught.value)
    assert not marker.exists()


def test_a_small_file_cannot_claim_a_large_tensor():
    wide = torch.zeros(1).expand(2**40)
    out = io.BytesIO()
    torch.save({"wide": wide}, out)
    with pytest.raises(StoreError, match="claim more bytes than the file has"):
        parse_weights(out.getvalue(), path="w.pt")


def test_a_compressed_archive_is_refused_before_it_unpacks():
    with pytest.raises(StoreError, match="compressed"):
        parse_weights(repacked(FORMATS["w.pt"], compress=zipfile.ZIP_DEFLATED), path="w.pt")


@pytest.mark.parametrize("held", [[1, 2], {"epoch": 3}, {"model": dict(STATE)}, torch.zeros(2), {3: torch.zeros(2)}])
def test_what_is_not_a_state_dict_is_refused(held):
    out = io.BytesIO()
    torch.save(held, out)
    with pytest.raises(StoreError, match="it holds"):
        parse_weights(out.getvalue(), path="w.pt")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(StoreError, match=r"nowhere\.pt could not be read: No such file"):
        read_weights(tmp_path / "nowhere.pt")
