import dataclasses
import subprocess
import sys

import pytest
import torch

import presets
from engine.compiler.module import build
from engine.compiler.plan import plan
from engine.data.normalisation import Normalisation
from engine.errors import CompileError, StoreError
from engine.export import export, read_weights, targets
from engine.graph import store

SCALING = Normalisation(1 / 255, (0.13,), (0.31,))


@pytest.fixture(scope="module")
def graph():
    return store.loads(presets.read("mlp_784_16_16_10_sigmoid"))


@pytest.fixture
def network(graph):
    return build(plan(graph), seed=5)


@pytest.fixture
def here(monkeypatch):
    """Let the trial of the source run in this process, for tests that need no fresh one: torch takes seconds to load."""

    def run(words, **given):
        monkeypatch.setattr(sys, "argv", ["-c", *words[3:]])
        monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
        exec(words[2], {"__name__": "__main__"})
        return subprocess.CompletedProcess(words, 0, "", "")

    monkeypatch.setattr("engine.export.verify.subprocess.run", run)


def plant(monkeypatch, name, change):
    """Let a target write something else than it should."""
    honest = targets()[name]
    lying = dataclasses.replace(honest, write=lambda order: change(honest.write(order)))
    monkeypatch.setitem(targets(), name, lying)


def test_every_target_has_a_title_an_ending_and_a_line_of_help():
    assert list(targets()) == ["source", "safetensors", "pt"]
    for name, target in targets().items():
        assert target.name == name
        assert target.title
        assert target.help
        assert target.suffix.startswith(".")


def test_listing_targets_needs_no_torch():
    code = "import engine.export, sys; assert len(engine.export.targets()) == 3; assert 'torch' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_exported_source_and_weights_answer_together_in_a_fresh_process(graph, network, tmp_path):
    classes = [f"digit {n}" for n in range(10)]
    done = export(graph, network, to="source", out=tmp_path / "net.py", classes=classes, normalisation=SCALING)
    assert done.path == tmp_path / "net.py"
    assert done.check == (
        "The exported file gave bit-equal outputs on 3 random batches in a fresh process and scales its input as the training did."
    )
    export(graph, network, to="safetensors", out=tmp_path / "net.safetensors")
    words = [sys.executable, "-I", str(tmp_path / "net.py"), str(tmp_path / "net.safetensors")]
    ran = subprocess.run(words, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[0].startswith("sample 1: digit ")


@pytest.mark.parametrize("to", ["safetensors", "pt"])
def test_exported_weights_come_back_bit_equal(graph, network, tmp_path, to):
    done = export(graph, network, to=to, out=tmp_path / "weights")
    assert done.path == tmp_path / f"weights{targets()[to].suffix}"
    assert "bit-equal" in done.check
    found = read_weights(done.path)
    assert found.keys() == network.state_dict().keys()
    assert all(torch.equal(found[name], value) for name, value in network.state_dict().items())


def test_the_state_dict_is_one_for_plain_torch(graph, network, tmp_path):
    done = export(graph, network, to="pt", out=tmp_path / "weights.pt")
    assert all(map(torch.equal, torch.load(done.path, weights_only=True).values(), network.state_dict().values()))


def test_safetensors_carry_title_classes_and_scaling(graph, network, tmp_path):
    import json

    from safetensors import safe_open

    done = export(graph, network, to="safetensors", out=tmp_path / "w", classes=["a", "b"], normalisation=SCALING)
    with safe_open(done.path, "pt") as file:
        about = file.metadata()
    assert about["title"] == "Two hidden layers of 16"
    assert json.loads(about["classes"]) == ["a", "b"]
    assert Normalisation.from_json(json.loads(about["normalisation"])) == SCALING


def test_exporting_leaves_the_network_as_it_was(graph, network, tmp_path):
    network.train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    export(graph, network, to="pt", out=tmp_path / "w")
    assert network.training
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())


def test_a_network_of_nan_can_be_taken_away_too(graph, network, tmp_path):
    with torch.no_grad():
        network.fc1.weight.fill_(float("nan"))
    assert export(graph, network, to="pt", out=tmp_path / "w").path.exists()


# --- nothing wrong is ever written


def test_source_that_gives_other_numbers_is_not_written(graph, network, tmp_path, monkeypatch, here):
    plant(
        monkeypatch,
        "source",
        lambda content: content.replace(b"x = self.sigmoid3(x)", b"x = self.sigmoid3(x) * 1.0000001"),
    )
    (tmp_path / "net.py").write_text("what was there before")
    with pytest.raises(CompileError, match="other numbers"):
        export(graph, network, to="source", out=tmp_path / "net.py")
    assert (tmp_path / "net.py").read_text() == "what was there before"


def test_source_that_needs_this_program_is_not_written(graph, network, tmp_path, monkeypatch):
    plant(monkeypatch, "source", lambda content: content.replace(b"import argparse", b"import engine, argparse"))
    with pytest.raises(CompileError, match="must not need engine"):
        export(graph, network, to="source", out=tmp_path / "net.py")
    assert not list(tmp_path.iterdir())


def test_source_that_scales_otherwise_is_not_written(graph, network, tmp_path, monkeypatch, here):
    plant(monkeypatch, "source", lambda content: content.replace(b"MEAN = (0.13,)", b"MEAN = (0.14,)"))
    with pytest.raises(CompileError, match="scales its input otherwise"):
        export(graph, network, to="source", out=tmp_path / "net.py", normalisation=SCALING)


@pytest.mark.parametrize("to", ["safetensors", "pt"])
def test_weights_that_read_back_otherwise_are_not_written(graph, network, tmp_path, monkeypatch, to):
    plant(monkeypatch, to, lambda content: content[: len(content) // 2])
    with pytest.raises(CompileError, match="not written"):
        export(graph, network, to=to, out=tmp_path / "w")
    assert not list(tmp_path.iterdir())


def test_weights_of_another_network_are_refused(network, tmp_path):
    other = store.loads(presets.read("mlp_784_30_10_sigmoid"))
    with pytest.raises(CompileError, match="another network"):
        export(other, network, to="pt", out=tmp_path / "w")


def test_an_unknown_target_is_named(graph, tmp_path):
    with pytest.raises(StoreError, match='Did you mean "safetensors"'):
        export(graph, to="safetensor", out=tmp_path / "w")


def test_safetensors_keep_their_ending(graph, tmp_path):
    with pytest.raises(StoreError, match=r"must end in \.safetensors"):
        export(graph, to="safetensors", out=tmp_path / "w.bin")


def test_a_place_that_cannot_be_written_is_named(graph, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="could not be written"):
        export(graph, to="pt", out=tmp_path / "file" / "w.pt")
