"""A gated recurrent network with states that have the batch first."""

from __future__ import annotations

from torch import Tensor, nn


class GRU(nn.GRU):
    """`nn.GRU`, batch first, whose state has the batch first too; with a mask, padding at the end is not read.

    Cho et al. 2014, arXiv:1406.1078; weights are called as torch's.

    Shapes:
        x: (N, T, F), state: (N, layers * directions, H), mask: (N, T), 0 where a step is padding.
        gives: (N, T, directions * H) and the last state.
    """

    def forward(  # type: ignore[override]
        self, x: Tensor, state: Tensor | None = None, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        first = None if state is None else state.transpose(0, 1).contiguous()
        if mask is None:
            y, last = super().forward(x, first)
        else:
            lengths = mask.ne(0).sum(dim=1).clamp(min=1).cpu()
            packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
            packed, last = super().forward(packed, first)
            y, _ = nn.utils.rnn.pad_packed_sequence(packed, batch_first=True, total_length=x.shape[1])
        return y, last.transpose(0, 1)
