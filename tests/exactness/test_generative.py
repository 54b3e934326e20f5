"""Autoencoders, the VAE, DCGAN and DDPM, compared with references written by hand."""

from __future__ import annotations

import pytest
import torch

import engine
from engine.graph.model import Configure, Graph, Inside
from tests.exactness.compare import agree
from tests.exactness.references.generative import (
    DDPM,
    VAE,
    ConvAutoencoder,
    DenseAutoencoder,
    Discriminator,
    Generator,
)

NARROW = (32, 64, 64, 64)
TIMES = torch.tensor([3, 871])


def pictures(*shape: int) -> torch.Tensor:
    return torch.randn(2, *shape, generator=torch.Generator().manual_seed(5), dtype=torch.float64)


def tiny() -> Graph:
    graph = engine.open("preset:ddpm_tiny_mnist").graph
    graph.apply(Configure("image", {"height": 12, "width": 12}))
    return graph


def tiny_reference() -> DDPM:
    return DDPM(1, (32, 64, 64), sines=32, blocks=1, groups=8)


def test_the_small_denoiser_is_the_reference_to_the_last_digits() -> None:
    agree(tiny(), tiny_reference(), inputs=[TIMES, pictures(1, 12, 12)])


def test_the_large_denoiser_made_narrow_is_the_reference_to_the_last_digits() -> None:
    graph = engine.open("preset:ddpm_cifar10").graph
    graph.apply(Configure("image", {"height": 16, "width": 16}))
    graph.apply(Configure("first", {"out_channels": NARROW[0]}))
    graph.apply(Configure("middle", {"width": NARROW[-1]}))
    for level, width in enumerate(NARROW, start=1):
        for way in ("down", "up"):
            graph.apply(Configure(f"{way}{level}", {"width": width}))
    graph.apply(Configure("sines", {"dim": 32}))
    for layer in ("time1", "time2"):
        graph.apply(Configure(layer, {"out_features": 128}))
    agree(graph, DDPM(3, NARROW, sines=32, blocks=2, groups=32), inputs=[TIMES, pictures(3, 16, 16)])


@pytest.mark.parametrize(
    "edit",
    [
        Inside("down", Configure("down", {"extra_padding": [1, 0, 1, 0]})),
        Inside("res", Configure("norm1", {"eps": 1e-5})),
        Configure("sines", {"order": "cos_sin"}),
    ],
    ids=["rim", "eps", "order"],
)
def test_a_denoiser_with_one_thing_else_is_seen(edit: Configure | Inside) -> None:
    graph = tiny()
    graph.apply(edit)
    with pytest.raises(AssertionError, match="apart"):
        agree(graph, tiny_reference(), inputs=[TIMES, pictures(1, 12, 12)], trained=False)


def generator() -> Graph:
    graph = engine.open("preset:dcgan_g").graph
    for number, width in enumerate((16, 12, 8, 4), start=1):
        graph.apply(Configure(f"up{number}", {"width": width}))
    return graph


def discriminator() -> Graph:
    graph = engine.open("preset:dcgan_d").graph
    for number, width in enumerate((4, 8, 12, 16), start=1):
        graph.apply(Configure(f"down{number}", {"width": width}))
    return graph


def test_the_generator_of_dcgan_is_the_reference_to_the_last_digits() -> None:
    agree(generator(), Generator((16, 12, 8, 4)), (100, 1, 1))


def test_the_discriminator_of_dcgan_is_the_reference_to_the_last_digits() -> None:
    agree(discriminator(), Discriminator((4, 8, 12, 16)), (3, 64, 64))


def test_a_discriminator_with_another_slope_is_seen() -> None:
    graph = discriminator()
    graph.apply(Inside("down", Configure("act", {"negative_slope": 0.1})))
    with pytest.raises(AssertionError, match="apart"):
        agree(graph, Discriminator((4, 8, 12, 16)), (3, 64, 64), trained=False)


def test_the_vae_is_the_reference_to_the_last_digits() -> None:
    agree("preset:vae_mlp", VAE(), (1, 28, 28))


def test_a_vae_that_draws_its_code_in_evaluation_too_is_seen() -> None:
    graph = engine.open("preset:vae_mlp").graph
    graph.apply(Configure("z", {"sample_in_eval": True}))
    with pytest.raises(AssertionError, match="apart"):
        agree(graph, VAE(), (1, 28, 28), trained=False)


@pytest.mark.parametrize(("name", "inside"), [("ae_dense_32", (32,)), ("ae_deep", (128, 64, 32, 64, 128))])
def test_autoencoders_of_linear_layers_are_the_reference_to_the_last_digits(name: str, inside: tuple[int, ...]) -> None:
    agree(f"preset:{name}", DenseAutoencoder(inside), (1, 28, 28))


def test_the_autoencoder_of_convolutions_is_the_reference_to_the_last_digits() -> None:
    agree("preset:ae_conv", ConvAutoencoder(), (1, 28, 28))


def test_an_autoencoder_that_enlarges_in_another_way_is_seen() -> None:
    graph = engine.open("preset:ae_conv").graph
    graph.apply(Configure("up5", {"mode": "bilinear"}))
    with pytest.raises(AssertionError, match="apart"):
        agree(graph, ConvAutoencoder(), (1, 28, 28), trained=False)
