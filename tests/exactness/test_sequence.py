"""Recurrent networks compared with references whose cells are written out step by step."""

from __future__ import annotations

import pytest
import torch

import engine
from engine.graph.model import Configure, Disconnect, End, Graph
from tests.exactness.compare import agree
from tests.exactness.references.sequence import Letters, Sentiment, Sine, Tagger, Translator, Weather, WordModel

WORDS = 30


def tokens(steps: int, vocabulary: int = WORDS, seed: int = 0) -> torch.Tensor:
    return torch.randint(vocabulary, (2, steps), generator=torch.Generator().manual_seed(seed))


def few_words(name: str, steps: int = 7) -> Graph:
    """The network with a small vocabulary and short sentences."""
    graph = engine.open(f"preset:{name}").graph
    graph.apply(Configure("words", {"steps": steps, "vocabulary": WORDS}))
    graph.apply(Configure("embedding", {"num_embeddings": WORDS}))
    return graph


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_a_network_that_judges_a_text_is_the_reference_to_the_last_digits(kind: str) -> None:
    agree(few_words(f"{kind}_sentiment"), Sentiment(WORDS, kind, 128), inputs=[tokens(7)])


def test_one_that_reads_both_ways_is_the_reference_to_the_last_digits() -> None:
    agree(few_words("bilstm_sentiment"), Sentiment(WORDS, "lstm", 64, both=True), inputs=[tokens(7)])


def test_the_last_step_of_both_ways_is_seen() -> None:
    graph = few_words("bilstm_sentiment")
    graph.apply(Configure("last", {"mode": "last"}))
    with pytest.raises(AssertionError, match="apart"):
        agree(graph, Sentiment(WORDS, "lstm", 64, both=True), inputs=[tokens(7)], trained=False)


def test_the_tagger_is_the_reference_to_the_last_digits() -> None:
    agree(few_words("bilstm_tagger"), Tagger(WORDS), inputs=[tokens(7)])


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("char_rnn", lambda: Letters("rnn", 100)),
        ("char_lm", lambda: Letters("lstm", 128, last=True)),
        ("char_lstm2", lambda: Letters("lstm", 128, layers=2)),
    ],
)
def test_models_of_letters_are_the_reference_to_the_last_digits(name: str, reference: type[Letters]) -> None:
    graph = engine.open(f"preset:{name}").graph
    graph.apply(Configure("letters", {"steps": 9}))
    agree(graph, reference(), inputs=[tokens(9, 65)])


def test_the_model_of_words_is_the_reference_to_the_last_digits() -> None:
    graph = few_words("word_lm")
    graph.apply(Configure("next", {"out_features": WORDS}))
    agree(graph, WordModel(WORDS, 0.2), inputs=[tokens(7)])


def translator() -> Graph:
    graph = engine.open("preset:seq2seq_gru").graph
    for which, steps in (("source", 5), ("written", 6)):
        graph.apply(Configure(which, {"steps": steps, "vocabulary": WORDS}))
        graph.apply(Configure(f"{which}_embedding", {"num_embeddings": WORDS}))
    graph.apply(Configure("words", {"out_features": WORDS}))
    return graph


def test_the_translator_is_the_reference_to_the_last_digits() -> None:
    agree(translator(), Translator(WORDS), inputs=[tokens(5), tokens(6, seed=1)])


def test_a_translator_that_hands_nothing_over_is_seen() -> None:
    graph = translator()
    graph.apply(Disconnect(End("decoder", "state")))
    with pytest.raises(AssertionError, match="apart"):
        agree(graph, Translator(WORDS), inputs=[tokens(5), tokens(6, seed=1)], trained=False)


def test_the_forecast_of_the_weather_is_the_reference_to_the_last_digits() -> None:
    graph = engine.open("preset:forecast_lstm").graph
    graph.apply(Configure("weather", {"steps": 9}))
    agree(graph, Weather(), (9, 7))


@pytest.mark.parametrize("future", [0, 4])
def test_the_forecast_of_a_wave_is_the_reference_to_the_last_digits(future: int) -> None:
    graph = engine.open("preset:forecast_sine").graph
    graph.apply(Configure("wave", {"steps": 6}))
    graph.apply(Configure("cells", {"future": future}))
    agree(graph, Sine(future), (6, 1))


def test_a_cell_with_another_curve_is_seen() -> None:
    graph = engine.open("preset:char_rnn").graph
    graph.apply(Configure("letters", {"steps": 9}))
    graph.apply(Configure("rnn", {"nonlinearity": "relu"}))
    with pytest.raises(AssertionError, match="apart"):
        agree(graph, Letters("rnn", 100), inputs=[tokens(9, 65)], trained=False)
