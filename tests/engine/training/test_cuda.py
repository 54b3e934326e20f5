"""Training on a graphics card; collected everywhere, run where there is one."""

import numpy as np
import pytest
import torch
from small import net, numbers, pictures

from engine.training import batches
from engine.training.loop import fit
from engine.training.messages import Epoch, Failed, Started, Steps
from engine.training.prepare import Wishes
from engine.training.runs import Run
from engine.training.settings import TrainingSettings

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here")

SETTINGS = TrainingSettings(epochs=3, batch_size=16, learning_rate=0.01, device="cuda")


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
def test_a_card_learns_as_the_processor_does(tmp_path, optimizer):
    def losses(device):
        # No dropout: its masks differ from device to device.
        graph = net()
        from engine.graph.model import Configure

        graph.apply(Configure("b6", {"p": 0.0}))
        settings = TrainingSettings(epochs=3, batch_size=16, learning_rate=0.01, optimizer=optimizer, device=device)
        messages = []
        fit(graph, pictures(), settings, run=tmp_path / device, say=messages.append)
        return messages

    card, cpu = losses("cuda"), losses("cpu")
    assert card[0].device == "cuda"
    told = [np.concatenate([m.loss for m in messages if isinstance(m, Steps)]) for messages in (card, cpu)]
    np.testing.assert_allclose(told[0], told[1], rtol=2e-2)
    epochs = [[m for m in messages if isinstance(m, Epoch)] for messages in (card, cpu)]
    assert epochs[0][-1].val_loss == pytest.approx(epochs[1][-1].val_loss, rel=5e-2)


def test_every_step_is_told_once_and_in_order(tmp_path):
    settings = TrainingSettings(epochs=300, batch_size=16, device="cuda")
    messages = []
    fit(net(), pictures(), settings, run=tmp_path / "run", say=messages.append)
    assert isinstance(messages[0], Started)
    told = [n for m in messages if isinstance(m, Steps) for n in range(m.first, m.first + len(m.loss))]
    assert told == list(range(1, 901))
    assert Run(tmp_path / "run").steps()[0].tolist() == told


def test_a_run_resumes_on_the_card(tmp_path):
    fit(net(), pictures(), SETTINGS, run=tmp_path / "run", wishes=Wishes(checkpoint_s=0.0))
    more = TrainingSettings(epochs=5, batch_size=16, device="cuda")
    assert fit(net(), pictures(), more, run=tmp_path / "run", resume=True).reason == "done"
    assert Run(tmp_path / "run").network("last") is not None


def test_data_that_do_not_fit_the_card_are_sent_batch_by_batch(tmp_path, monkeypatch):
    resident = fit(net(), pictures(), SETTINGS, run=tmp_path / "resident").network.state_dict()
    monkeypatch.setattr(batches, "RESIDENT_SHARE", 0.0)
    sent = fit(net(), pictures(), SETTINGS, run=tmp_path / "sent").network.state_dict()
    for key, value in sent.items():
        torch.testing.assert_close(value, resident[key], rtol=1e-2, atol=1e-3)


def test_a_loss_that_is_not_finite_leaves_the_weights_before_it(tmp_path):
    from small import chain

    data = numbers()
    data.columns["features"][20, 2] = np.nan
    graph = chain(("vector_input", {"features": 4}), ("linear", {"out_features": 2}), ("output", {}))
    messages = []
    settings = TrainingSettings(epochs=2, batch_size=4, device="cuda")
    result = fit(graph, data, settings, run=tmp_path / "run", say=messages.append)
    failed = next(m for m in messages if isinstance(m, Failed))
    assert result.reason == "failed"
    assert failed.block == "vector_input1"
    assert all(value.isfinite().all() for value in result.network.state_dict().values())
