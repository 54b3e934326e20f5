"""The arithmetic of the loss blocks: a prediction and a target in, the mean loss and how much it is the mean of out.

Not for: which losses there are (`engine.compiler.plan.objective`), nor for the recipes of GANs and diffusion models
(`engine.training.recipes`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from engine.compiler.plan import Term
from engine.errors import RunError

# The mean loss, and the sum of the weights that it is the mean of; None: the number of samples.
Found = tuple[Tensor, Tensor | None]


def loss_of(term: Term, prediction: Tensor, target: Tensor, others: Mapping[str, Tensor]) -> Found:
    """The loss of one term.

    Args:
        term: What kind of loss, and its settings.
        prediction: What the network says, batch first.
        target: What it should say.
        others: What other wired ports bring: "weight", "mask", "mu", "logvar".
    """
    counts = _counts(others)
    settings = term.settings
    match term.kind:
        case "cross_entropy" if counts is None and _simple(settings):
            if prediction.dim() == 2 and target.dim() == 1:
                smoothing = float(settings.get("label_smoothing", 0.0))
                return functional.cross_entropy(prediction, target, label_smoothing=smoothing), None
            return _classes(term, prediction, target, counts)
        case "cross_entropy" | "nll":
            return _classes(term, prediction, target, counts)
        case "multi_margin":
            each = functional.multi_margin_loss(
                *_rows(*aligned(prediction, target)), p=settings.get("p", 1), margin=settings.get("margin", 1.0),
                reduction="none",
            )  # fmt: skip
            return _mean(each, counts)
        case "kl_div":
            each = functional.kl_div(
                prediction,
                target.reshape(prediction.shape),
                reduction="none",
                log_target=bool(settings.get("log_target")),
            )
            return _mean(each.flatten(1).sum(1), counts)
        case "dice":
            return _dice(settings, prediction, target, others.get("mask")), None
        case "triplet_margin":
            return _triplets(settings, prediction, target), None
        case "vae_loss":
            return _variational(settings, prediction, target, others), None
        case kind if kind in _EACH:
            numbers = as_numbers(target, prediction)
            if counts is None:
                return _EACH[kind](prediction, numbers, settings, "mean"), None
            return _mean(_EACH[kind](prediction, numbers, settings, "none"), counts)
        case kind:
            raise RunError(f'the loss "{kind}" of {term.name} cannot be trained with; take cross entropy or another.')


def _bce_with_logits(p: Tensor, t: Tensor, settings: Mapping[str, Any], reduction: str) -> Tensor:
    weight = float(settings.get("pos_weight", 1.0))
    given = None if weight == 1.0 else torch.tensor(weight, dtype=p.dtype, device=p.device)
    return functional.binary_cross_entropy_with_logits(p, t, reduction=reduction, pos_weight=given)


def _plain(judge: Callable[..., Tensor], **settings: float) -> Callable[..., Tensor]:
    """A loss of torch that compares number with number; `settings`: names of settings that it takes, with their defaults."""

    def each(p: Tensor, t: Tensor, given: Mapping[str, Any], reduction: str) -> Tensor:
        wanted = {name: float(given.get(name, default)) for name, default in settings.items()}
        return judge(p, t, reduction=reduction, **wanted)

    return each


_EACH: dict[str, Callable[..., Tensor]] = {
    "mse": _plain(functional.mse_loss),
    "diffusion_loss": _plain(functional.mse_loss),  # its recipe gives the noise as the target
    "l1": _plain(functional.l1_loss),
    "smooth_l1": _plain(functional.smooth_l1_loss, beta=1.0),
    "huber": _plain(functional.huber_loss, delta=1.0),
    "bce": _plain(functional.binary_cross_entropy),
    "bce_with_logits": _bce_with_logits,
}


def as_numbers(target: Tensor, prediction: Tensor) -> Tensor:
    """A target as numbers of the prediction's shape; classes become 0 and 1: one number for two classes, else one a class."""
    if target.dtype == torch.int64:
        if yes_or_no(prediction) and prediction.dim() < 4:
            return target.to(prediction.dtype).reshape(prediction.shape)
        if yes_or_no(prediction):
            return cropped(target, prediction.shape[2:]).to(prediction.dtype).reshape(prediction.shape)
        logits, target = aligned(prediction, target)
        hot = functional.one_hot(target, logits.shape[1]).movedim(-1, 1).to(prediction.dtype)
        return hot.transpose(1, 2) if logits.shape != prediction.shape else hot
    return target.reshape(prediction.shape)


def yes_or_no(prediction: Tensor) -> bool:
    """Whether a prediction is one number for two classes, for each sample, step or pixel."""
    return prediction.dim() == 1 or prediction.shape[1] == 1 or (prediction.dim() == 3 and prediction.shape[2] == 1)


def aligned(prediction: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Logits with the classes in axis 1, as torch wants them, and one class for each place.

    [N,K] with [N]; [N,K] with [N,T]: the last step; [N,T,K] or [N,K,T] with [N,T]; [N,K,H,W] with [N,H,W], whose rim is cut
    off where the map is smaller. A target of probabilities, as large as the prediction, is turned in the same way.
    """
    if target.is_floating_point():
        if prediction.dim() == 3:
            return prediction.transpose(1, 2), target.reshape(prediction.shape).transpose(1, 2)
        return prediction, target.reshape(prediction.shape)
    match prediction.dim(), target.dim():
        case 2, 2:
            return prediction, target[:, -1]
        case 3, 2 if prediction.shape[1] == target.shape[1]:
            return prediction.transpose(1, 2), target
        case 4, 3:
            return prediction, cropped(target, prediction.shape[2:])
        case _:
            return prediction, target


def cropped(target: Tensor, size: torch.Size | tuple[int, ...]) -> Tensor:
    """The middle of a mask [N,H,W], as large as the map that is compared with it."""
    height, width = target.shape[-2:]
    top, left = (height - size[0]) // 2, (width - size[1]) // 2
    return target[..., top : top + size[0], left : left + size[1]]


def _rows(logits: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """[N,K,...] and [N,...] as [M,K] and [M]."""
    return logits.movedim(1, -1).reshape(-1, logits.shape[1]), target.reshape(-1)


def _simple(settings: Mapping[str, Any]) -> bool:
    return settings.get("ignore_index") is None and not settings.get("class_weights")


def _counts(others: Mapping[str, Tensor]) -> Tensor | None:
    """How much each sample or number counts: the product of weight and mask."""
    weight, mask = others.get("weight"), others.get("mask")
    if weight is None or mask is None:
        found = weight if mask is None else mask
        return None if found is None else found.to(torch.float32)
    while weight.dim() < mask.dim():
        weight = weight.unsqueeze(-1)
    return weight.to(torch.float32) * mask.to(torch.float32)


def _mean(each: Tensor, counts: Tensor | None) -> Found:
    """The weighted mean of losses and the sum of its weights."""
    if counts is None:
        return each.mean(), None
    if counts.numel() == each.numel():
        counts = counts.reshape(each.shape)
    else:
        counts = counts.reshape(counts.shape[0], *counts.shape[1:], *[1] * (each.dim() - counts.dim()))
        counts = counts.expand(each.shape)
    total = counts.sum()
    return (each * counts).sum() / total.clamp(min=1e-12), total.detach()


def _classes(term: Term, prediction: Tensor, target: Tensor, counts: Tensor | None) -> Found:
    """Cross entropy and negative log likelihood, for samples, steps or pixels."""
    settings = term.settings
    logits, target = aligned(prediction, target)
    shares = settings.get("class_weights") or None
    weights = None if shares is None else torch.tensor(shares, dtype=logits.dtype, device=logits.device)
    if weights is not None and len(weights) != logits.shape[1]:
        raise RunError(
            f"{term.name} has {len(weights)} class weights for {logits.shape[1]} classes; give one a class, or none."
        )
    ignore = settings.get("ignore_index")
    common: dict[str, Any] = {"weight": weights, "reduction": "none"}
    if not target.is_floating_point():
        common["ignore_index"] = -100 if ignore is None else int(ignore)
    if term.kind == "nll":
        each = functional.nll_loss(logits, target, **common)
    else:
        each = functional.cross_entropy(
            logits, target, label_smoothing=float(settings.get("label_smoothing", 0.0)), **common
        )
    if target.is_floating_point() or (weights is None and ignore is None):
        return _mean(each, counts)
    judged = torch.ones_like(each) if weights is None else weights[target.clamp(0, len(weights) - 1)]
    if ignore is not None:
        judged = judged * (target != int(ignore))
    if counts is not None:
        counts = (
            counts.reshape(each.shape)
            if counts.numel() == each.numel()
            else counts.reshape(-1, *[1] * (each.dim() - 1))
        )
        each, judged = each * counts, judged * counts
    total = judged.sum()
    return each.sum() / total.clamp(min=1e-12), total.detach()


def _dice(settings: Mapping[str, Any], prediction: Tensor, target: Tensor, mask: Tensor | None) -> Tensor:
    classes = prediction.shape[1]
    share = prediction
    if settings.get("logits", True):
        share = prediction.sigmoid() if classes == 1 else prediction.softmax(1)
    truth = as_numbers(target, prediction)
    if mask is not None:
        kept = mask.to(share.dtype).reshape(-1, 1, *prediction.shape[2:])
        share, truth = share * kept, truth * kept
    axes = (0, 2, 3)
    smooth = float(settings.get("smooth", 1.0))
    both = (share * truth).sum(axes)
    return (1 - (2 * both + smooth) / (share.sum(axes) + truth.sum(axes) + smooth)).mean()


def _triplets(settings: Mapping[str, Any], embedding: Tensor, label: Tensor) -> Tensor:
    """Triplet margin over the triplets of a batch; 0 (with a gradient of 0) where it has none."""
    margin = float(settings.get("margin", 1.0))
    # torch's own distance of triplets adds 1e-6 to the difference, which also keeps the root's gradient finite.
    distance = torch.linalg.vector_norm(embedding[:, None] - embedding[None, :] + 1e-6, dim=2)
    same = label[:, None] == label[None, :]
    others = ~torch.eye(len(label), dtype=torch.bool, device=label.device)
    if settings.get("mining") == "hardest":
        far = distance.masked_fill(~(same & others), -torch.inf).amax(1)
        near = distance.masked_fill(same, torch.inf).amin(1)
        valid = far.isfinite() & near.isfinite()
        gap = torch.where(valid, far - near + margin, torch.zeros_like(far)).clamp(min=0)
        hardest: Tensor = gap.sum() / valid.sum().clamp(min=1)
        return hardest
    valid = (same & others)[:, :, None] & ~same[:, None, :]
    gap = (distance[:, :, None] - distance[:, None, :] + margin).clamp(min=0) * valid
    mean: Tensor = gap.sum() / valid.sum().clamp(min=1)
    return mean


def _variational(
    settings: Mapping[str, Any], prediction: Tensor, target: Tensor, others: Mapping[str, Tensor]
) -> Tensor:
    mean = settings.get("reduction") == "mean"
    target = target.reshape(prediction.shape)
    bce = settings.get("recon", "bce") == "bce"
    judge = functional.binary_cross_entropy if bce else functional.mse_loss
    each = judge(prediction, target, reduction="none").flatten(1)
    mu, logvar = others["mu"], others["logvar"]
    code = -0.5 * (1 + logvar - mu.square() - logvar.exp()).flatten(1)
    parts = (each.mean(1), code.mean(1)) if mean else (each.sum(1), code.sum(1))
    return (parts[0] + float(settings.get("beta", 1.0)) * parts[1]).mean()
