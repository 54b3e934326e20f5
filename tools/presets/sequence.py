"""Recurrent networks: one answer for a text, one for every step, the next letter, the next value, another sentence.

Not for: transformers (`tools.presets.attention`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.declare import Json
from engine.graph.model import Graph
from engine.training.settings import TrainingSettings
from tools.presets.pencil import Sheet, about, recipe

# name -> the recurrent block, its settings
_SENTIMENT: Mapping[str, tuple[str, Mapping[str, Json]]] = {
    "rnn_sentiment": ("rnn", {"hidden_size": 128}),
    "lstm_sentiment": ("lstm", {"hidden_size": 128}),
    "gru_sentiment": ("gru", {"hidden_size": 128}),
    "bilstm_sentiment": ("lstm", {"hidden_size": 64, "bidirectional": True}),
}


def _adam(epochs: int, batch: int, *, rate: float = 1e-3) -> TrainingSettings:
    return recipe(epochs=epochs, batch_size=batch, optimizer="adam", learning_rate=rate)


def sentiment(name: str) -> Graph:
    """Many to one: a number for a whole text."""
    kind, settings = _SENTIMENT[name]
    sheet = Sheet()
    sheet.row("Words become vectors")
    sheet.put("words", "token_input", steps=80, vocabulary=20000)
    sheet.put("embedding", "embedding", num_embeddings=20000, embedding_dim=128)
    sheet.row("Word after word, with a memory; its state at the end is what counts")
    sheet.put(kind, kind, **settings)
    both = settings.get("bidirectional", False)
    sheet.put("last", "last_step", kind, **({"mode": "final"} if both else {}))
    sheet.row("One number: positive for praise")
    sheet.put("fc", "linear", out_features=1)
    sheet.put("output", "output")
    sheet.put("loss", "bce_with_logits", "fc")
    return sheet.network(
        about("sequence", name),
        data={"name": "opinions", "length": 80},
        training=_adam(15, 32),
    )


def tagger() -> Graph:
    """Many to many: a class for every word."""
    sheet = Sheet()
    sheet.row("Words become vectors")
    sheet.put("words", "token_input", steps=20, vocabulary=10000)
    sheet.put("embedding", "embedding", num_embeddings=10000, embedding_dim=100)
    sheet.row("Read from both ends; a class for every word")
    sheet.put("lstm", "lstm", hidden_size=128, bidirectional=True)
    sheet.put("tags", "linear", out_features=17)
    sheet.put("output", "output")
    return sheet.network(
        about("sequence", "bilstm_tagger"),
        data={"name": "tagging", "length": 20},
        training=_adam(20, 32),
    )


# name -> letters of the window, the recurrent block, its settings, whether only the last step answers
_LETTERS: Mapping[str, tuple[int, str, Mapping[str, Json], bool]] = {
    "char_rnn": (25, "rnn", {"hidden_size": 100, "init": "normal", "init_value": 0.01, "init_bias": 0}, False),
    "char_lm": (40, "lstm", {"hidden_size": 128}, True),
    "char_lstm2": (50, "lstm", {"hidden_size": 128, "num_layers": 2, "init": "uniform", "init_value": 0.08}, False),
}
_LETTER_RECIPES: Mapping[str, Mapping[str, Json]] = {
    "char_rnn": {"optimizer": "adagrad", "learning_rate": 0.1, "batch_size": 32, "epochs": 10},
    "char_lm": {"optimizer": "rmsprop", "learning_rate": 0.01, "batch_size": 128, "epochs": 20},
    "char_lstm2": {"optimizer": "rmsprop", "learning_rate": 2e-3, "batch_size": 50, "epochs": 20},
}


def letters(name: str) -> Graph:
    """A language model over characters."""
    steps, kind, settings, last = _LETTERS[name]
    begin: dict[str, Json] = {key: settings[key] for key in ("init", "init_value", "init_bias") if key in settings}
    sheet = Sheet()
    sheet.row("Letters as vectors with a single one")
    sheet.put("letters", "token_input", steps=steps, vocabulary=65)
    sheet.put("one_hot", "one_hot", classes=65)
    sheet.row("Letter after letter, with a memory")
    sheet.put(kind, kind, **settings)
    if last:
        sheet.put("last", "last_step", kind)
    sheet.put("next", "linear", "last" if last else kind, out_features=65, **begin)
    sheet.put("output", "output")
    data: dict[str, Json] = {"name": "pydoc", "length": steps, "vocabulary": 65, **({"answer": "last"} if last else {})}
    return sheet.network(about("sequence", name), data=data, training=recipe(**_LETTER_RECIPES[name]))


def word_lm() -> Graph:
    """A language model over words."""
    begin: dict[str, Json] = {"init": "uniform", "init_value": 0.1}
    sheet = Sheet()
    sheet.row("Words become vectors")
    sheet.put("words", "token_input", steps=35, vocabulary=33278)
    sheet.put("embedding", "embedding", num_embeddings=33278, embedding_dim=200, **begin)
    sheet.put("drop1", "dropout", p=0.2)
    sheet.row("Two layers of memory; at every step a number for each word that may follow")
    sheet.put("lstm", "lstm", hidden_size=200, num_layers=2, dropout=0.2)
    sheet.put("drop2", "dropout", "lstm", p=0.2)
    sheet.put("next", "linear", out_features=33278, init_bias=0, **begin)
    sheet.put("output", "output")
    training = recipe(
        epochs=40,
        batch_size=20,
        optimizer="sgd",
        momentum=0.0,
        learning_rate=20.0,
        schedule="step",
        step_epochs=8,
        gamma=0.25,
        clip_norm=0.25,
    )
    data: dict[str, Json] = {"name": "pydoc", "tokens": "words", "length": 35, "vocabulary": 33278}
    return sheet.network(about("sequence", "word_lm"), data=data, training=training)


def seq2seq() -> Graph:
    """Another sentence: one network reads, its state is where the other begins to write."""
    sheet = Sheet()
    sheet.row("Reading")
    sheet.put("source", "token_input", steps=10, vocabulary=1000, column="source")
    sheet.put("source_embedding", "embedding", num_embeddings=1000, embedding_dim=128)
    sheet.put("encoder", "gru", hidden_size=256)
    sheet.row("Writing: each step is given the word that should have come before", colour="Sequence")
    sheet.put("written", "token_input", steps=11, vocabulary=1000, column="written")
    sheet.put("written_embedding", "embedding", num_embeddings=1000, embedding_dim=128)
    sheet.skip()
    sheet.put("decoder", "gru", "written_embedding", "encoder.state", hidden_size=256)
    sheet.put("words", "linear", "decoder", out_features=1000)
    sheet.put("output", "output")
    return sheet.network(
        about("sequence", "seq2seq_gru"),
        data={"name": "dates", "vocabulary": 1000},
        training=_adam(20, 64),
    )


def forecast_lstm() -> Graph:
    """The next value of a series, from several measurements."""
    sheet = Sheet()
    sheet.row("Five days of weather: seven measurements, 120 steps")
    sheet.put("weather", "sequence_input", steps=120, features=7)
    sheet.put("lstm", "lstm", hidden_size=32)
    sheet.put("last", "last_step", "lstm")
    sheet.put("fc", "linear", out_features=1)
    sheet.put("output", "output")
    return sheet.network(
        about("sequence", "forecast_lstm"),
        data={"name": "weather", "length": 120, "horizon": 12, "target_scale": "standard"},
        training=_adam(10, 256),
    )


def forecast_sine() -> Graph:
    """The next value of a wave at every step."""
    sheet = Sheet()
    sheet.row("Two cells, one on the other, and a number at every step")
    sheet.put("wave", "sequence_input", steps=50, features=1)
    sheet.put("cells", "lstm_cell_loop", hidden_size=51, cells=2)
    sheet.put("output", "output")
    return sheet.network(
        about("sequence", "forecast_sine"),
        data={"name": "sines", "length": 50, "answer": "every"},
        training=_adam(15, 32, rate=5e-3),
    )


def _sentiment(name: str) -> Callable[[], Graph]:
    return lambda: sentiment(name)


def _letters(name: str) -> Callable[[], Graph]:
    return lambda: letters(name)


NETWORKS: Mapping[str, Callable[[], Graph]] = {
    **{name: _sentiment(name) for name in _SENTIMENT},
    "bilstm_tagger": tagger,
    **{name: _letters(name) for name in _LETTERS},
    "word_lm": word_lm,
    "seq2seq_gru": seq2seq,
    "forecast_lstm": forecast_lstm,
    "forecast_sine": forecast_sine,
}
