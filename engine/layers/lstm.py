"""A recurrent network with a long memory, whose states have the batch first."""

from __future__ import annotations

from torch import Tensor, nn


class LSTM(nn.LSTM):
    """`nn.LSTM`, batch first, whose states have the batch first too; with a mask, padding at the end is not read.

    Hochreiter and Schmidhuber 1997; weights are called as torch's. A state that is not given is zero.

    Shapes:
        x: (N, T, F), mask: (N, T), 0 where a step is padding.
        h: (N, layers * directions, H or proj_size), c: (N, layers * directions, H).
        gives: (N, T, directions * (H or proj_size)) and the last h and c.
    """

    def forward(  # type: ignore[override]
        self, x: Tensor, h: Tensor | None = None, c: Tensor | None = None, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        first = None
        if h is not None or c is not None:
            count = self.num_layers * (2 if self.bidirectional else 1)
            h = x.new_zeros(x.shape[0], count, self.proj_size or self.hidden_size) if h is None else h
            c = x.new_zeros(x.shape[0], count, self.hidden_size) if c is None else c
            first = h.transpose(0, 1).contiguous(), c.transpose(0, 1).contiguous()
        if mask is None:
            y, last = super().forward(x, first)
        else:
            lengths = mask.ne(0).sum(dim=1).clamp(min=1).cpu()
            packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
            packed, last = super().forward(packed, first)
            y, _ = nn.utils.rnn.pad_packed_sequence(packed, batch_first=True, total_length=x.shape[1])
        return y, last[0].transpose(0, 1), last[1].transpose(0, 1)
