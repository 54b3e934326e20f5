"""The optimiser of a run.

Not for: the learning rate, which `engine.training.schedules` gives anew for every step.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import nn

from engine.errors import RunError
from engine.training.settings import TrainingSettings

# Devices for which torch has optimisers that update all weights in one pass (torch 2.6 and later).
FUSED = ("cpu", "cuda", "mps")


def optimizer_of(settings: TrainingSettings, network: nn.Module, device: torch.device) -> torch.optim.Optimizer:
    """The optimiser that the settings ask for, over all weights of the network that are not frozen.

    Raises:
        RunError: There is nothing to learn, or the settings contradict each other.
    """
    weights = [weight for weight in network.parameters() if weight.requires_grad]
    if not weights:
        if any(True for _ in network.parameters()):
            raise RunError(
                "every block with weights is frozen, so there is nothing to learn; thaw one, such as the last layer."
            )
        raise RunError("the network has no weights, so there is nothing to learn; add a linear or a convolution layer.")
    common: dict[str, Any] = {
        "lr": settings.learning_rate,
        "weight_decay": settings.weight_decay,
        "fused": device.type in FUSED,
    }
    match settings.optimizer:
        case "adam":
            return torch.optim.Adam(weights, betas=(settings.beta1, settings.beta2), **common)
        case "adamw":
            return torch.optim.AdamW(weights, betas=(settings.beta1, settings.beta2), **common)
        case "rmsprop":
            return torch.optim.RMSprop(
                weights, lr=settings.learning_rate, alpha=settings.rho, momentum=settings.rms_momentum,
                weight_decay=settings.weight_decay,
            )  # fmt: skip
        case "adagrad":
            return torch.optim.Adagrad(weights, lr=settings.learning_rate, weight_decay=settings.weight_decay)
        case "adadelta":
            return torch.optim.Adadelta(
                weights, lr=settings.learning_rate, rho=settings.rho, weight_decay=settings.weight_decay
            )
        case "perceptron":
            return torch.optim.SGD(weights, **common)
        case _:
            if settings.nesterov and settings.momentum == 0:
                raise RunError("Nesterov needs a momentum above 0, but it is 0; set one, or switch Nesterov off.")
            return torch.optim.SGD(weights, momentum=settings.momentum, nesterov=settings.nesterov, **common)


def load_optimizer(optimizer: torch.optim.Optimizer, state: dict[str, Any]) -> None:
    """Load a stored state; every moment gets the memory layout of its weight, which the fused optimisers rely on."""
    optimizer.load_state_dict(state)
    for weight, held in optimizer.state.items():
        for name, value in held.items():
            if isinstance(value, torch.Tensor) and value.shape == weight.shape and value.dim() == 4:
                held[name] = torch.empty_like(weight, requires_grad=False).copy_(value)


def clip(settings: TrainingSettings, weights: Iterable[nn.Parameter]) -> None:
    """Shorten the gradients as the settings ask."""
    held = [weight for weight in weights if weight.grad is not None]
    if settings.clip_value > 0:
        nn.utils.clip_grad_value_(held, settings.clip_value)
    if settings.clip_norm > 0:
        nn.utils.clip_grad_norm_(held, settings.clip_norm)


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Give every weight this learning rate from the next step on."""
    for group in optimizer.param_groups:
        group["lr"] = rate


def warm_up() -> None:
    """Make and forget an optimiser: a process's first one imports some 800 modules, better before a window is watched."""
    weight = nn.Parameter(torch.zeros(1))
    weight.grad = torch.zeros(1)
    torch.optim.Adam([weight], fused=True).step()
