"""The recipe of a diffusion model: pictures are noised by a random strength, the network tells the noise; and new pictures from it.

Source: Ho et al. 2020, arXiv:2006.11239 (linear strengths, noise as the target, clipped pictures on the way back); fewer steps
back as in Nichol & Dhariwal 2021, arXiv:2102.09672. Not for: the loss itself, which is a squared error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from engine.compiler.plan import Plan, Term
from engine.errors import RunError
from engine.training.metrics import Told, key_of
from engine.training.seeds import mix
from engine.training.work import Work


@dataclass
class Noised:
    """Pictures that are noised before the network sees them.

    Attributes:
        term: The diffusion loss.
        picture, time: Places of the picture input and of the time step input among the inputs; no time: -1.
        kept: Share of the picture's variance that is left after each strength: ᾱ.
    """

    term: Term
    picture: int
    time: int
    kept: Tensor
    names: tuple[tuple[str, str], ...] = ()
    whole: bool = False
    latest: bool = False
    validates: bool = True
    _noise: Tensor = field(default_factory=lambda: torch.zeros(0))

    @staticmethod
    def of(term: Term, planned: Plan) -> Noised:
        """The recipe of a drawn diffusion loss.

        Raises:
            RunError: There is no picture input, or there are several and none is wired to the loss.
        """
        inputs = planned.inputs
        pictures = [index for index, spec in enumerate(inputs) if spec.draw is None and len(spec.shape.dims) == 3]
        picture = term.slots.get("picture", pictures[0] if len(pictures) == 1 else -1)
        if picture not in pictures:
            raise RunError(
                f'{term.name} does not know which picture is noised; place one picture input, or wire it to the port "picture".'
            )
        times = [index for index, spec in enumerate(inputs) if spec.draw is not None and spec.draw[0] == "index"]
        return Noised(term, picture, times[0] if times else -1, kept_shares(term))

    def inputs(self, work: Work, inputs: list[Tensor], rows: Tensor) -> list[Tensor]:
        """The inputs with the picture noised: √ᾱₜ x + √(1 − ᾱₜ) ε."""
        ((column, scale),) = work.criterion.columns.values()
        clean = work.batches.gather(column, rows, scale)
        draw = torch.Generator().manual_seed(mix(work.drawing, 99))
        noise = torch.randn(clean.shape, generator=draw).to(clean.device)
        if self.time >= 0:
            times = inputs[self.time]
        else:
            times = torch.randint(len(self.kept), (len(rows),), generator=draw).to(clean.device)
        share = self.kept.to(clean.device)[times].to(clean.dtype).reshape(-1, 1, 1, 1)
        self._noise = noise
        noised = list(inputs)
        noised[self.picture] = share.sqrt() * clean + (1 - share).sqrt() * noise
        return noised

    def targets(self, work: Work, rows: Tensor) -> dict[str, Tensor]:
        """The noise."""
        return {key_of(self.term): self._noise}

    def learn(self, work: Work, rows: Tensor, forward: Callable[[Work, Tensor], Told]) -> Told:
        """A plain step: the inputs make the difference."""
        return forward(work, rows)


def kept_shares(term: Term) -> Tensor:
    """ᾱ for each strength t: the product of 1 − β over all strengths up to it, β rising linearly; float64 [T]."""
    settings = term.settings
    betas = torch.linspace(
        float(settings.get("beta_start", 1e-4)), float(settings.get("beta_end", 0.02)), int(settings.get("steps", 1000)),
        dtype=torch.float64,
    )  # fmt: skip
    return torch.cumprod(1 - betas, 0)


def sample(
    ask: Callable[[Tensor, Tensor], Tensor],
    kept: Tensor,
    size: tuple[int, ...],
    *,
    seed: int,
    steps: int,
    device: torch.device,
) -> Tensor:
    """New pictures from noise, freed of it step by step; from -1 to 1.

    Args:
        ask: Tells the noise in pictures [N,C,H,W] of the strengths [N].
        kept: ᾱ for each strength.
        size: (N, C, H, W).
        seed: The same seed, the same noise.
        steps: How many strengths are gone through; all of them is the paper's way, fewer are quicker.
        device: Where the network is.
    """
    draw = torch.Generator().manual_seed(seed)
    x = torch.randn(size, generator=draw).to(device)
    strengths = torch.linspace(0, len(kept) - 1, min(steps, len(kept)), dtype=torch.float64).round().long().tolist()
    for place in range(len(strengths) - 1, -1, -1):
        now = float(kept[strengths[place]])
        before = float(kept[strengths[place - 1]]) if place else 1.0
        times = torch.full((size[0],), strengths[place], dtype=torch.int64, device=device)
        noise = ask(x, times)
        clean = ((x - (1 - now) ** 0.5 * noise) / now**0.5).clamp(-1, 1)
        beta = 1 - now / before
        x = (before**0.5 * beta * clean + (now / before) ** 0.5 * (1 - before) * x) / (1 - now)
        if place:
            spread = ((1 - before) / (1 - now) * beta) ** 0.5
            x = x + spread * torch.randn(size, generator=draw).to(device)
    return x
