"""LSTM cells that go through a series step by step, and on into the future by themselves."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class LSTMCellLoop(nn.Module):
    """Cells on top of each other, and at each step a linear layer that makes as many numbers as a step has.

    After the last step that is given, what the linear layer says is taken for the next step, `future` times
    (pytorch/examples, time_sequence_prediction).

    Shapes:
        x: (N, T, F) -> (N, T + future, F); without the linear layer (N, T, H).
    """

    def __init__(
        self, in_features: int, hidden_size: int, cells: int = 2, future: int = 0, readout: bool = True
    ) -> None:
        super().__init__()
        self.cells, self.future, self.hidden_size = cells, future, hidden_size
        for number in range(cells):
            self.add_module(f"lstm{number + 1}", nn.LSTMCell(hidden_size if number else in_features, hidden_size))
        self.linear = nn.Linear(hidden_size, in_features) if readout else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        states = [(x.new_zeros(x.shape[0], self.hidden_size),) * 2 for _ in range(self.cells)]
        steps: list[Tensor] = []
        for step in range(x.shape[1] + self.future):
            y = x[:, step] if step < x.shape[1] else steps[-1]
            for number in range(self.cells):
                states[number] = self.get_submodule(f"lstm{number + 1}")(y, states[number])
                y = states[number][0]
            steps.append(self.linear(y))
        return torch.stack(steps, dim=1)
