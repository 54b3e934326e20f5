"""The recipe of a GAN: two networks drawn in one chain, cut where the generator's picture is, each with its own steps.

One optimiser object serves both, since it keeps its memory weight by weight and passes weights without a gradient over: the
discriminator's step and the generator's step are those of two optimisers. Not for: which pictures are shown (`gallery`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.compiler.plan import Plan, Term
from engine.errors import RunError
from engine.training.metrics import Told
from engine.training.optimise import clip, set_rate
from engine.training.schedules import rate
from engine.training.seeds import mix
from engine.training.steps import guard
from engine.training.work import Work


@dataclass
class Adversarial:
    """A generator against a discriminator.

    Attributes:
        term: The GAN loss.
        score, generated: Slots of the discriminator's score and of the generator's picture.
        maker, judge: Names of the blocks of the generator and of the discriminator.
    """

    term: Term
    score: int
    generated: int
    maker: frozenset[str]
    judge: frozenset[str]
    names: tuple[tuple[str, str], ...] = (("discriminator_loss", "mean"), ("generator_loss", "mean"))
    whole: bool = True
    latest: bool = True
    validates: bool = False

    @staticmethod
    def of(term: Term, planned: Plan) -> Adversarial:
        """The recipe of a drawn GAN loss.

        Raises:
            RunError: Generator and discriminator cannot be told apart.
        """
        generated = term.slots["generated"]
        maker = frozenset(step.name for step in planned.needed({generated}) if step.call.is_module)
        judge = frozenset(
            step.name for step in planned.needed({term.slot}, frozenset({generated})) if step.call.is_module
        )
        reaching = {slot for step in planned.needed({term.slot}, frozenset({generated})) for slot in step.reads}
        if generated not in reaching or not maker or maker & judge:
            raise RunError(
                f"{term.name} cannot tell the generator from the discriminator: draw noise, generator and discriminator in one "
                'chain, and wire the picture between the two to its port "generated".'
            )
        return Adversarial(term, term.slot, generated, maker, judge)

    def inputs(self, work: Work, inputs: list[Tensor], rows: Tensor) -> list[Tensor]:
        """The plain inputs: noise."""
        return inputs

    def targets(self, work: Work, rows: Tensor) -> dict[str, Tensor]:
        """Nothing: the discriminator compares."""
        return {}

    def learn(self, work: Work, rows: Tensor, forward: Callable[[Work, Tensor], Told]) -> Told:
        """A step of the discriminator, and, where it is due, the generator's gradients behind it."""
        network = work.network
        inputs = work.batches.feed(network.plan.inputs, rows, work.drawing)
        ((column, scale),) = work.criterion.columns.values()
        real = work.batches.gather(column, rows, scale)
        every = int(self.term.settings.get("discriminator_steps", 1))
        due = work.progress.step % every == every - 1
        with torch.set_grad_enabled(due):
            (fake,) = network.values(inputs, (self.generated,))
        mine = _weights(network, self.judge)
        judged = self._discriminate(work, inputs, real, fake.detach())
        guard(work, judged)
        judged.backward(inputs=mine)
        one = torch.ones((), device=judged.device)
        if not due:
            return Told(judged.detach(), None, torch.stack([judged.detach(), one, one * 0, one * 0]))
        clip(work.settings, mine)
        set_rate(work.optimizer, rate(work.settings, work.progress.step, work.per_epoch))
        if work.tally.bad is not None:
            work.optimizer.found_inf = work.tally.bad  # type: ignore[attr-defined]
        work.optimizer.step()
        work.optimizer.zero_grad()
        made = self._score(self._ask(work, inputs, fake), real=True, fooling=True)
        guard(work, made)
        made.backward(inputs=_weights(network, self.maker))
        total = judged.detach() + made.detach()
        return Told(total, None, torch.stack([judged.detach(), one, made.detach(), one]))

    def _ask(self, work: Work, inputs: list[Tensor], pictures: Tensor) -> Tensor:
        """The discriminator's scores of pictures."""
        (score,) = work.network.values(inputs, (self.score,), {self.generated: pictures})
        return score

    def _discriminate(self, work: Work, inputs: list[Tensor], real: Tensor, fake: Tensor) -> Tensor:
        real = real.reshape(len(real), *fake.shape[1:])
        right = self._score(self._ask(work, inputs, real), real=True)
        wrong = self._score(self._ask(work, inputs, fake), real=False)
        total = right + wrong
        if self.term.settings.get("mode") == "wgan_gp":
            total = total + float(self.term.settings.get("penalty", 10.0)) * self._penalty(work, inputs, real, fake)
        return total

    def _score(self, score: Tensor, *, real: bool, fooling: bool = False) -> Tensor:
        """The loss of scores that should say "real", or should not."""
        wanted = torch.full_like(score, float(real))
        match self.term.settings.get("mode", "bce"):
            case "lsgan":
                return functional.mse_loss(score, wanted)
            case "wgan_gp":
                return -score.mean() if real or fooling else score.mean()
            case _ if self.term.last == "sigmoid":
                return functional.binary_cross_entropy(score, wanted)
            case _:
                return functional.binary_cross_entropy_with_logits(score, wanted)

    def _penalty(self, work: Work, inputs: list[Tensor], real: Tensor, fake: Tensor) -> Tensor:
        """(length of the score's slope − 1)² between real and generated pictures (Gulrajani et al. 2017)."""
        draw = torch.Generator().manual_seed(mix(work.drawing, 7))
        share = torch.rand((len(real), *[1] * (real.dim() - 1)), generator=draw).to(real.device)
        between = (share * real + (1 - share) * fake).requires_grad_()
        score = self._ask(work, inputs, between)
        (slope,) = torch.autograd.grad(score.sum(), between, create_graph=True)
        penalty: Tensor = (slope.flatten(1).norm(dim=1) - 1).square().mean()
        return penalty


def _weights(network: nn.Module, blocks: frozenset[str]) -> list[nn.Parameter]:
    return [
        weight for name in sorted(blocks) for weight in network.get_submodule(name).parameters() if weight.requires_grad
    ]
