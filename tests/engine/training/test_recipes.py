"""GAN, VAE, diffusion and the perceptron: each with its own way of training, and the same run, resume and pictures."""

import numpy as np
import pytest
import torch
from test_tasks import data_of, drawn, pictures, row

from engine.compiler.module import build
from engine.compiler.plan import Term, objective, plan
from engine.errors import RunError
from engine.graph.check import check
from engine.graph.facts import Column
from engine.training import diffusion
from engine.training.control import Control
from engine.training.loop import fit
from engine.training.messages import Epoch, Finished, Pictures, Steps
from engine.training.runs import Run
from engine.training.settings import TrainingSettings

FACES = data_of({"image": pictures(40, 4)})


def gan(**settings):
    blocks = {
        "noise": ("noise_input", {"dims": [6]}), "make": ("linear", {"out_features": 16}), "tanh": ("tanh",),
        "picture": ("output",), "tell": ("linear", {"out_features": 8}), "leaky": ("relu",),
        "score": ("linear", {"out_features": 1}), "image": ("image_input", {"height": 4, "width": 4}),
        "flat": ("flatten",), "loss": ("gan_loss", settings),
    }  # fmt: skip
    wires = [
        ("noise", "make"), ("make", "tanh"), ("tanh", "picture"), ("tanh", "tell"), ("tell", "leaky"), ("leaky", "score"),
        ("score", "loss.prediction"), ("tanh", "loss.generated"), ("image", "flat"), ("flat", "loss.real"),
    ]  # fmt: skip
    return drawn(blocks, wires)


def vae():
    blocks = {
        "image": ("image_input", {"height": 4, "width": 4}), "flat": ("flatten",), "fc": ("linear", {"out_features": 12}),
        "mu": ("linear", {"out_features": 2}), "logvar": ("linear", {"out_features": 2}), "z": ("reparameterize",),
        "decode": ("linear", {"out_features": 16}), "sigmoid": ("sigmoid",), "out": ("output",), "loss": ("vae_loss",),
    }  # fmt: skip
    wires = [
        ("image", "flat"), ("flat", "fc"), ("fc", "mu"), ("fc", "logvar"), ("mu", "z.mu"), ("logvar", "z.logvar"),
        ("z", "decode"), ("decode", "sigmoid"), ("sigmoid", "out"), ("sigmoid", "loss.prediction"), ("mu", "loss.mu"),
        ("logvar", "loss.logvar"),
    ]  # fmt: skip
    return drawn(blocks, wires)


def denoiser(steps=20):
    blocks = {
        "image": ("image_input", {"height": 4, "width": 4}), "t": ("timestep_input", {"steps": steps}),
        "time": ("timestep_embedding", {"dim": 8}), "fc": ("linear", {"out_features": 16}), "flat": ("flatten",),
        "body": ("linear", {"out_features": 16}), "sum": ("add",), "relu": ("relu",), "noise": ("linear", {"out_features": 16}),
        "shape": ("reshape", {"sizes": [1, 4, 4]}), "out": ("output",), "loss": ("diffusion_loss", {"steps": steps}),
    }  # fmt: skip
    wires = [
        ("image", "flat"), ("flat", "body"), ("t", "time"), ("time", "fc"), ("body", "sum.x1"), ("fc", "sum.x2"),
        ("sum", "relu"), ("relu", "noise"), ("noise", "shape"), ("shape", "out"), ("shape", "loss.prediction"),
    ]  # fmt: skip
    return drawn(blocks, wires)


def trained(graph, path, data=FACES, epochs=3, resume=False, control=None, **settings):
    report = check(graph, data.facts)
    assert report.ok, [problem.text for problem in report.problems]
    messages = []
    chosen = TrainingSettings(**{"epochs": epochs, "batch_size": 8, "learning_rate": 0.01, "device": "cpu", **settings})
    result = fit(graph, data, chosen, run=path, say=messages.append, resume=resume, control=control)
    assert result.reason in ("done", "stopped"), result.text
    return messages, result


@pytest.mark.parametrize("make", [gan, vae, denoiser])
def test_a_recipe_shows_pictures_and_goes_on_bit_by_bit_after_a_stop(make, tmp_path):
    messages, whole = trained(make(), tmp_path / "whole", epochs=2)
    (first, *_, last) = [message for message in messages if isinstance(message, Pictures)]
    assert first.images.dtype == np.uint8
    assert first.images.shape[1:] == (4, 4, 1)
    assert (first.images != last.images).any()
    losses = np.concatenate([message.loss for message in messages if isinstance(message, Steps)])
    assert np.isfinite(losses).all()
    trained(make(), tmp_path / "parts", epochs=1)
    _, parts = trained(make(), tmp_path / "parts", epochs=2, resume=True)
    for name, weight in whole.network.state_dict().items():
        assert torch.equal(weight, parts.network.state_dict()[name]), name


def test_the_loss_of_a_vae_and_of_a_denoiser_falls(tmp_path):
    for name, make in (("vae", vae), ("denoiser", denoiser)):
        messages, _ = trained(make(), tmp_path / name, epochs=12)
        epochs = [message for message in messages if isinstance(message, Epoch)]
        assert epochs[-1].train_loss < epochs[0].train_loss
        assert epochs[-1].val_loss < epochs[0].val_loss


def test_a_step_of_a_gan_is_that_of_two_optimisers_in_turn(tmp_path):
    """As in the DCGAN example of PyTorch: discriminator on real, on generated, its step; then the generator through it."""
    graph = gan()
    aim, planned = objective(graph, None, FACES.facts), plan(graph)
    assert aim.terms[0].scale == "signed"
    messages, result = trained(graph, tmp_path / "run", epochs=1, batch_size=32, learning_rate=0.05, beta1=0.5)
    twin = build(planned, seed=0)
    adams = {
        part: torch.optim.Adam([p for name in names for p in twin.get_submodule(name).parameters()], 0.05, betas=(0.5, 0.999))
        for part, names in (("make", ["make"]), ("tell", ["tell", "score"]))
    }  # fmt: skip
    from engine.training.batches import Batches
    from engine.training.seeds import DRAW, mix

    batches = Batches(FACES, ("image",), torch.device("cpu"), channels_last=False)
    rows = batches.order(0, 0)
    real = (torch.from_numpy(FACES.columns["image"])[rows].float() / 127.5 - 1).flatten(1)
    noise = batches.feed(planned.inputs, rows, mix(0, DRAW, 0))[[spec.name for spec in planned.inputs].index("noise")]

    def tell(x):
        return twin.get_submodule("score")(torch.relu(twin.get_submodule("tell")(x)))

    judge = torch.nn.BCEWithLogitsLoss()
    fake = torch.tanh(twin.get_submodule("make")(noise))
    wrong = judge(tell(real), torch.ones(32, 1)) + judge(tell(fake.detach()), torch.zeros(32, 1))
    adams["tell"].zero_grad()
    wrong.backward()
    adams["tell"].step()
    made = judge(tell(fake), torch.ones(32, 1))
    adams["make"].zero_grad()
    made.backward()
    adams["make"].step()
    steps = next(message for message in messages if isinstance(message, Steps))
    assert steps.metrics["discriminator_loss"][0] == pytest.approx(wrong.item(), rel=1e-5)
    assert steps.metrics["generator_loss"][0] == pytest.approx(made.item(), rel=1e-5)
    for name, weight in twin.state_dict().items():
        assert torch.allclose(weight, result.network.state_dict()[name], atol=1e-6), name


@pytest.mark.parametrize("settings", [{"mode": "lsgan"}, {"mode": "wgan_gp", "discriminator_steps": 2}])
def test_other_gans_train_too(settings, tmp_path):
    messages, result = trained(gan(**settings), tmp_path / "run", epochs=2)
    assert result.best_epoch == 2  # no number says which is the best, so it is the last
    told = np.concatenate([message.metrics["generator_loss"] for message in messages if isinstance(message, Steps)])
    assert np.isnan(told).sum() == (4 if settings["mode"] == "wgan_gp" else 0)
    assert set(Run(tmp_path / "run").epochs()[0]["train_metrics"]) == {"discriminator_loss", "generator_loss"}


def test_a_gan_whose_networks_cannot_be_told_apart_says_how_to_draw_it(tmp_path):
    blocks = {"noise": ("noise_input", {"dims": [4]}), "make": ("linear", {"out_features": 16}),
              "score": ("linear", {"out_features": 1}), "loss": ("gan_loss",)}  # fmt: skip
    graph = drawn(
        blocks, [("noise", "make"), ("noise", "score"), ("score", "loss.prediction"), ("make", "loss.generated")]
    )
    with pytest.raises(RunError, match="cannot tell the generator from the discriminator"):
        fit(graph, FACES, TrainingSettings(epochs=1), run=tmp_path / "run")


def test_strengths_of_noise_are_those_of_the_paper():
    kept = diffusion.kept_shares(Term("loss", "diffusion_loss", 0, "image"))
    assert len(kept) == 1000
    assert kept[0].item() == pytest.approx(1 - 1e-4)
    assert kept[-1].item() == pytest.approx(4.0358e-5, rel=1e-3)  # sqrt: 0.00635, as in the paper's code


@pytest.mark.parametrize("steps", [1000, 50])
def test_a_network_that_tells_the_noise_exactly_leads_back_to_the_picture(steps):
    kept = diffusion.kept_shares(Term("loss", "diffusion_loss", 0, "image"))
    picture = torch.linspace(-0.9, 0.9, 16).reshape(1, 1, 4, 4)

    def ask(x, times):
        share = kept[times].float().reshape(-1, 1, 1, 1)
        return (x - share.sqrt() * picture) / (1 - share).sqrt()

    found = diffusion.sample(ask, kept, (3, 1, 4, 4), seed=0, steps=steps, device=torch.device("cpu"))
    assert torch.allclose(found, picture.expand(3, -1, -1, -1), atol=1e-3)


def test_the_rule_of_the_perceptron_is_applied_to_the_letter(tmp_path):
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]] * 2, np.float32)
    y = np.array([0, 1, 1, 1] * 2)
    data = data_of(
        {
            "features": (Column("features", "number", (2,)), x),
            "label": (Column("label", "label", (), ("no", "yes")), y),
        },
        4,
    )
    graph = row(("vector_input", {"features": 2}), ("linear", {"out_features": 1}), ("step",), ("output",))
    messages, result = trained(
        graph, tmp_path / "run", data, epochs=20, batch_size=1, learning_rate=1.0, optimizer="perceptron"
    )
    assert [message for message in messages if isinstance(message, Epoch)][-1].val_accuracy == 1
    twin = build(plan(graph), seed=0)
    weight, bias = (value.detach().clone() for value in twin.state_dict().values())
    from engine.training.batches import Batches

    batches = Batches(data, ("features",), torch.device("cpu"), channels_last=False)
    for epoch in range(20):
        for place in batches.order(0, epoch).tolist():
            sample = batches.gather("features", torch.tensor([place]))[0]
            said = float(weight[0] @ sample + bias[0] >= 0)
            weight += (y[place] - said) * sample
            bias += y[place] - said
    found = list(result.network.state_dict().values())
    assert torch.allclose(found[0], weight, atol=1e-5)
    assert torch.allclose(found[1], bias, atol=1e-5)


def test_the_perceptron_rule_wants_a_step_at_the_end(tmp_path):
    x = np.zeros((12, 2), np.float32)
    columns = {
        "features": (Column("features", "number", (2,)), x),
        "target": (Column("target", "number", (1,)), x[:, :1]),
    }
    graph = row(("vector_input", {"features": 2}), ("linear", {"out_features": 1}), ("output",))
    with pytest.raises(RunError, match="ends in a step"):
        fit(graph, data_of(columns, 4), TrainingSettings(epochs=1, optimizer="perceptron"), run=tmp_path / "run")


@pytest.mark.parametrize("optimizer", ["rmsprop", "adagrad", "adadelta"])
def test_other_optimisers_learn_with_short_gradients_and_resume(optimizer, tmp_path):
    settings = {"optimizer": optimizer, "clip_norm": 1.0, "clip_value": 0.5, "learning_rate": 0.05}
    _, whole = trained(vae(), tmp_path / "whole", epochs=2, **settings)
    trained(vae(), tmp_path / "parts", epochs=1, **settings)
    _, parts = trained(vae(), tmp_path / "parts", epochs=2, resume=True)
    for name, weight in whole.network.state_dict().items():
        assert torch.equal(weight, parts.network.state_dict()[name]), name


def test_a_stopped_recipe_is_kept(tmp_path):
    control = Control()
    control.ask("stop")
    messages, _ = trained(gan(), tmp_path / "run", control=control)
    assert [message.reason for message in messages if isinstance(message, Finished)] == ["stopped"]


@pytest.mark.parametrize("make", [gan, denoiser])
def test_what_a_recipe_trains_is_exported_without_what_only_its_loss_reads(make, tmp_path):
    from engine.export import export

    written = export(make(), to="source", out=tmp_path / "network.py", title="network")
    assert "bit-equal" in written.check
    text = (tmp_path / "network.py").read_text()
    arguments = text.rpartition("def forward")[2].partition(")")[0]
    assert ("image" in arguments) == (make is denoiser)
