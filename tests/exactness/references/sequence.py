"""Recurrent networks, their cells written out step by step (Elman 1990; Hochreiter & Schmidhuber 1997; Cho et al. 2014).

Their tensors have torch's names within a layer and stand in the order of the drawings.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

State = tuple[Tensor, Tensor]  # what a cell says, and what it keeps to itself


def elman(fresh: Tensor, kept: Tensor, state: State) -> State:
    h = torch.tanh(fresh + kept)
    return h, state[1]


def lstm(fresh: Tensor, kept: Tensor, state: State) -> State:
    i, f, g, o = (fresh + kept).chunk(4, 1)
    c = torch.sigmoid(f) * state[1] + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def gru(fresh: Tensor, kept: Tensor, state: State) -> State:
    (r, z, n), (r_kept, z_kept, n_kept) = fresh.chunk(3, 1), kept.chunk(3, 1)
    r, z = torch.sigmoid(r + r_kept), torch.sigmoid(z + z_kept)
    n = torch.tanh(n + r * n_kept)
    return (1 - z) * n + z * state[0], state[1]


CELLS: dict[str, tuple[Callable[[Tensor, Tensor, State], State], int]] = {
    "rnn": (elman, 1),
    "lstm": (lstm, 4),
    "gru": (gru, 3),
}


class Direction(nn.Module):
    """One layer, read in one direction: four tensors."""

    def __init__(self, kind: str, arriving: int, width: int) -> None:
        super().__init__()
        self.cell, gates = CELLS[kind]
        self.width = width
        self.weight_ih = nn.Parameter(torch.zeros(gates * width, arriving))
        self.weight_hh = nn.Parameter(torch.zeros(gates * width, width))
        self.bias_ih, self.bias_hh = (nn.Parameter(torch.zeros(gates * width)) for _ in range(2))

    def forward(self, x: Tensor, h: Tensor | None = None, *, backwards: bool = False) -> Tensor:
        """(N, T, F) to (N, T, H), the steps in the order in which they arrived."""
        zero = x.new_zeros(len(x), self.width)
        state, said = (zero if h is None else h, zero), {}
        steps = range(x.shape[1])
        for step in reversed(steps) if backwards else steps:
            fresh = x[:, step] @ self.weight_ih.T + self.bias_ih
            state = self.cell(fresh, state[0] @ self.weight_hh.T + self.bias_hh, state)
            said[step] = state[0]
        return torch.stack([said[step] for step in steps], 1)


class Sentiment(nn.Module):
    """A text, one number. Read both ways: the forward half at its last step, the backward half at its first."""

    def __init__(self, words: int, kind: str, width: int, *, both: bool = False) -> None:
        super().__init__()
        self.embedding = nn.Embedding(words, 128)
        self.forwards = Direction(kind, 128, width)
        self.backwards = Direction(kind, 128, width) if both else None
        self.fc = nn.Linear(2 * width if both else width, 1)

    def forward(self, words: Tensor) -> Tensor:
        x = self.embedding(words)
        ends = [self.forwards(x)[:, -1]]
        if self.backwards is not None:
            ends.append(self.backwards(x, backwards=True)[:, 0])
        return self.fc(torch.cat(ends, 1))


class Tagger(nn.Module):
    def __init__(self, words: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(words, 100)
        self.forwards, self.backwards = Direction("lstm", 100, 128), Direction("lstm", 100, 128)
        self.tags = nn.Linear(256, 17)

    def forward(self, words: Tensor) -> Tensor:
        x = self.embedding(words)
        return self.tags(torch.cat([self.forwards(x), self.backwards(x, backwards=True)], 2))


class Letters(nn.Module):
    """What comes after each letter, or after the last alone."""

    def __init__(self, kind: str, width: int, *, layers: int = 1, last: bool = False) -> None:
        super().__init__()
        self.last = last
        self.layers = nn.ModuleList(Direction(kind, width if layer else 65, width) for layer in range(layers))
        self.next = nn.Linear(width, 65)

    def forward(self, letters: Tensor) -> Tensor:
        x = (letters[:, :, None] == torch.arange(65)).to(self.next.weight.dtype)
        for layer in self.layers:
            x = layer(x)
        return self.next(x[:, -1] if self.last else x)


class WordModel(nn.Module):
    """Dropout behind the words, between the two layers and behind them."""

    def __init__(self, words: int, dropout: float) -> None:
        super().__init__()
        self.dropout = dropout
        self.embedding = nn.Embedding(words, 200)
        self.layers = nn.ModuleList(Direction("lstm", 200, 200) for _ in range(2))
        self.next = nn.Linear(200, words)

    def forward(self, words: Tensor) -> Tensor:
        x = functional.dropout(self.embedding(words), self.dropout, self.training)
        for layer in self.layers:  # torch has the steps first within its layers, so that both draw the same
            steps = layer(x).transpose(0, 1).contiguous()
            x = functional.dropout(steps, self.dropout, self.training).transpose(0, 1)
        return self.next(x)


class Translator(nn.Module):
    """The state in which the one has read the source is the one in which the other begins to write."""

    def __init__(self, words: int) -> None:
        super().__init__()
        self.source, self.encoder = nn.Embedding(words, 128), Direction("gru", 128, 256)
        self.written, self.decoder = nn.Embedding(words, 128), Direction("gru", 128, 256)
        self.words = nn.Linear(256, words)

    def forward(self, source: Tensor, written: Tensor) -> Tensor:
        state = self.encoder(self.source(source))[:, -1]
        return self.words(self.decoder(self.written(written), state))


class Weather(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer, self.fc = Direction("lstm", 7, 32), nn.Linear(32, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.layer(x)[:, -1])


class Sine(nn.Module):
    """Two cells and a linear layer; behind the end of what it is given, it takes its own word for the next value."""

    def __init__(self, future: int = 0) -> None:
        super().__init__()
        self.future = future
        self.lower, self.upper, self.linear = Direction("lstm", 1, 51), Direction("lstm", 51, 51), nn.Linear(51, 1)

    def forward(self, x: Tensor) -> Tensor:
        said = self.linear(self.upper(self.lower(x)))
        for _ in range(self.future):
            x = torch.cat([x, said[:, -1:]], 1)
            said = self.linear(self.upper(self.lower(x)))
        return said
