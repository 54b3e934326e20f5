"""The drawn code of a variational autoencoder: z = mu + eps * exp(logvar / 2) (Kingma & Welling 2014, arXiv:1312.6114)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Reparameterize(nn.Module):
    """Draws a code from its means and the logarithms of its variances; gives the means themselves in evaluation mode.

    Args:
        sample_in_eval: Whether to draw in evaluation mode, too.
    """

    def __init__(self, sample_in_eval: bool = False) -> None:
        super().__init__()
        self.sample_in_eval = sample_in_eval

    def forward(self, mu: Tensor, logvar: Tensor) -> Tensor:
        """[N, ...] and [N, ...] to [N, ...]."""
        if not (self.training or self.sample_in_eval):
            return mu
        return mu + torch.randn_like(mu) * torch.exp(0.5 * logvar)

    def extra_repr(self) -> str:
        return f"sample_in_eval={self.sample_in_eval}"
