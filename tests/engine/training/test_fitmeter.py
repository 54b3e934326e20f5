"""The meter: memory against the device, and steps that are timed without a trace."""

import threading

import pytest
import torch
from small import chain, net, numbers, pictures

from engine.declare import from_json
from engine.errors import EngineError
from engine.graph.model import Move
from engine.training import fitmeter
from engine.training.devices import Device
from engine.training.fitmeter import Pace, data_bytes, measure, memory_of, survey
from engine.training.settings import TrainingSettings

GB = 2**30


def asked(**values):
    return from_json(TrainingSettings, {"device": "cpu", "batch_size": 16, **values})


@pytest.fixture
def room(monkeypatch):
    """A device of 8 GB, 4 of them free."""
    monkeypatch.setattr(fitmeter, "memory_of", lambda _device: (8 * GB, 4 * GB))


def test_a_survey_tells_need_room_and_the_largest_batch(room):
    found = survey(net(), asked(), pictures())
    assert (found.samples, found.validated, found.total, found.free) == (45, 15, 8 * GB, 4 * GB)
    assert found.need == found.memory.at(16) < found.room
    assert found.fits
    assert found.largest_batch == 45  # the whole training part


def test_a_batch_is_never_larger_than_the_training_part(room):
    assert (
        survey(net(), asked(batch_size=4096), pictures()).need == survey(net(), asked(batch_size=45), pictures()).need
    )


def test_what_does_not_fit_is_said_and_the_largest_batch_is_a_power_of_two(monkeypatch):
    without = survey(net(), asked(batch_size=4096), None)
    free = round((without.memory.fixed + 100 * without.memory.per_sample) / 0.9)
    monkeypatch.setattr(fitmeter, "memory_of", lambda _device: (8 * GB, free))
    found = survey(net(), asked(batch_size=4096), None)
    assert found.fits is False
    assert found.largest_batch == 64


def test_unknown_memory_is_not_called_too_little(monkeypatch):
    monkeypatch.setattr(fitmeter, "memory_of", lambda _device: (0, 0))
    found = survey(net(), asked(), None)
    assert found.fits is None
    assert found.largest_batch == 0


def test_the_key_changes_with_what_costs_time_and_with_nothing_else(room):
    key = survey(net(), asked(), pictures()).key
    assert survey(net(), asked(epochs=99, learning_rate=0.5, seed=3), pictures()).key == key
    assert survey(net(), asked(optimizer="sgd"), pictures()).key != key
    assert survey(net(), asked(batch_size=17), pictures()).key != key
    moved = net()
    first = next(iter(moved))
    moved.apply(Move({first.id: (500.0, 500.0)}))
    assert survey(moved, asked(), pictures()).key == key
    assert hash(key) == hash(survey(moved, asked(), pictures()).key)


@pytest.mark.parametrize("data", [pictures, None])
def test_steps_are_timed_and_leave_torch_as_it_was(data):
    before = torch.random.get_rng_state(), torch.get_num_threads()
    found = measure(net(), asked(), data() if data else None, cancelled=threading.Event(), budget=0.05)
    assert found is not None
    assert found.step > 0
    assert (found.measured, found.batch) == (16, 16)
    assert torch.equal(torch.random.get_rng_state(), before[0])
    assert torch.get_num_threads() == before[1]


def test_regression_is_timed_too():
    graph = chain(("vector_input", {"features": 4}), ("linear", {"out_features": 2}), ("output", {}))
    assert measure(graph, asked(), numbers(), cancelled=threading.Event(), budget=0.05) is not None


def test_a_cancelled_measurement_gives_nothing():
    cancelled = threading.Event()
    cancelled.set()
    assert measure(net(), asked(), None, cancelled=cancelled) is None


def test_large_batches_are_timed_in_part_and_carried_on(monkeypatch):
    monkeypatch.setattr(fitmeter, "FIRST_MACS", 0.0)
    found = measure(net(), asked(batch_size=4096), None, cancelled=threading.Event(), budget=0.0)
    assert found is not None
    assert (found.measured, found.batch) == (2, 4096)


def test_what_each_further_sample_added_is_carried_on():
    assert fitmeter._at(100, [(10, 2.0), (20, 3.0)]) == pytest.approx(3.0 + 0.1 * 80)
    assert fitmeter._at(20, [(20, 3.0)]) == 3.0


def test_an_epoch_is_its_steps_and_its_validation():
    pace = Pace(step=0.5, look=0.01, measured=16, batch=16)
    assert pace.epoch(45, 15) == pytest.approx(3 * 0.5 + 15 * 0.01)
    assert pace.epoch(0, 0) == 0.0


def test_a_network_that_cannot_be_built_is_refused_in_a_sentence():
    graph = chain(("image_input", {}), ("linear", {}), ("output", {}))
    for call in (
        lambda: survey(graph, asked(), None),
        lambda: measure(graph, asked(), None, cancelled=threading.Event()),
    ):
        with pytest.raises(EngineError, match="flat vector"):
            call()


def test_a_container_counts_its_own_limit(tmp_path, monkeypatch):
    (tmp_path / "memory.max").write_text("1000000000\n")
    (tmp_path / "memory.current").write_text("400000000\n")
    assert fitmeter._limit(tmp_path) == (1_000_000_000, 400_000_000)
    (tmp_path / "memory.max").write_text("max\n")
    assert fitmeter._limit(tmp_path) == (0, 0)
    monkeypatch.setattr(fitmeter, "_limit", lambda: (1_000_000_000, 400_000_000))
    monkeypatch.setattr(fitmeter, "_available", lambda: 5 * GB)
    assert memory_of(Device("cpu", "a processor", 8 * GB)) == (1_000_000_000, 600_000_000)


def test_available_memory_is_read_as_linux_writes_it(tmp_path):
    path = tmp_path / "meminfo"
    path.write_text("MemTotal:       16000 kB\nMemAvailable:    8000 kB\n")
    assert fitmeter._available(path) == 8000 * 1024
    assert fitmeter._available(tmp_path / "none") == 0


def test_small_data_are_counted_as_floats():
    data = pictures()
    assert data_bytes(data) == 4 * data.columns["image"].nbytes + data.columns["label"].nbytes
    assert data_bytes(data, on_card=True, free=100) == 0
