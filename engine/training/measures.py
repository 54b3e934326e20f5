"""The arithmetic of the metrics: sums over a batch on the device, added up over all batches, and the number they come to.

A mean of means would be wrong where batches differ in size or padding, so nothing but sums is kept. Not for: which metrics there
are (`engine.compiler.plan.objective`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from engine.compiler.plan import Term
from engine.errors import RunError
from engine.training.losses import aligned, as_numbers, cropped, yes_or_no

RATIOS = ("accuracy", "topk_accuracy", "pixel_accuracy", "mae", "rmse", "perplexity")  # two sums: told at every step
LOWER_IS_BETTER = ("mae", "rmse", "perplexity")
SHARES = ("accuracy", "topk_accuracy", "pixel_accuracy", "mean_iou", "f1")  # from 0 to 1, shown in per cent


def sums(term: Term, prediction: Tensor, target: Tensor, mask: Tensor | None = None) -> Tensor:
    """What a batch adds to a metric: a vector whose entries are added up over batches.

    Two of them, a sum and a count, for `RATIOS`; three a class for mean IoU and F1; four a column for R².
    """
    prediction = prediction.detach()
    match term.kind:
        case "mae" | "rmse" | "r2":
            return _of_numbers(term, prediction, as_numbers(target, prediction), mask)
        case "perplexity":
            return _surprise(term, prediction, target, mask)
        case "accuracy" | "pixel_accuracy" | "topk_accuracy" | "mean_iou" | "f1":
            return _of_classes(term, prediction, target, mask)
        case kind:
            raise RunError(f'the metric "{kind}" of {term.name} is not known.')


def value(kind: str, total: Sequence[float]) -> float:
    """The number that sums come to; nan where nothing was counted."""
    match kind:
        case "mean_iou" | "f1":
            return _by_class(kind, total)
        case "r2":
            return _explained(total)
    mean = total[0] / total[1] if total[1] else math.nan
    if kind == "rmse":
        return math.sqrt(mean)
    if kind == "perplexity":
        return math.exp(min(mean, 700.0))  # the largest power that a number holds
    return mean


def classes(term: Term, prediction: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Predicted and true classes, one for each sample, step or pixel."""
    if yes_or_no(prediction):
        border = 0.5 if term.last in ("sigmoid", "hardsigmoid", "step") else 0.0
        if prediction.numel() != target.numel():
            target = cropped(target, prediction.shape[2:])
        return (prediction > border).to(torch.int64).reshape(target.shape), target
    logits, target = aligned(prediction, target)
    return logits.argmax(1), target


def _judged(term: Term, target: Tensor, mask: Tensor | None) -> Tensor | None:
    """Where a metric of classes is counted; None: everywhere."""
    ignore = term.settings.get("ignore_index")
    kept = None if ignore is None else target != int(ignore)
    if mask is not None:
        held = mask.reshape(target.shape) != 0
        kept = held if kept is None else kept & held
    return kept


def _of_classes(term: Term, prediction: Tensor, target: Tensor, mask: Tensor | None) -> Tensor:
    if term.kind == "topk_accuracy":
        logits, target = aligned(prediction, target)
        best = logits.topk(min(int(term.settings.get("k", 5)), logits.shape[1]), dim=1).indices
        right = (best == target.unsqueeze(1)).any(1)
        return _ratio(right, _judged(term, target, mask))
    said, truth = classes(term, prediction, target)
    kept = _judged(term, truth, mask)
    if term.kind in ("accuracy", "pixel_accuracy"):
        return _ratio(said == truth, kept)
    count = 2 if yes_or_no(prediction) else int(aligned(prediction, target)[0].shape[1])
    said, truth = said.reshape(-1), truth.reshape(-1)
    ones = torch.ones_like(said, dtype=_exact(said))
    if kept is not None:
        ones = ones * kept.reshape(-1)
        truth = truth.clamp(0, count - 1)
    out = torch.zeros(3, count, dtype=ones.dtype, device=said.device)
    out[0].scatter_add_(0, truth, ones * (said == truth))
    out[1].scatter_add_(0, said, ones)
    out[2].scatter_add_(0, truth, ones)
    return out.reshape(-1)


def _exact(like: Tensor) -> torch.dtype:
    """The type in which sums are kept: exact for whole numbers, except where a device has no float64."""
    return torch.float32 if like.device.type == "mps" else torch.float64


def _ratio(hits: Tensor, kept: Tensor | None) -> Tensor:
    exact = _exact(hits)
    if kept is None:
        return torch.stack([hits.sum().to(exact), torch.tensor(hits.numel(), dtype=exact, device=hits.device)])
    return torch.stack([(hits & kept).sum().to(exact), kept.sum().to(exact)])


def _of_numbers(term: Term, prediction: Tensor, target: Tensor, mask: Tensor | None) -> Tensor:
    exact = _exact(prediction)
    y, error = target.to(exact).flatten(1), (prediction.to(exact) - target.to(exact)).flatten(1)
    kept = torch.ones_like(y)
    if mask is not None:
        held = mask.to(exact).flatten(1) if mask.numel() == y.numel() else mask.to(exact).reshape(-1, 1)
        kept = kept * held
    if term.kind == "r2":
        columns = [(error.square() * kept).sum(0), (y * kept).sum(0), (y.square() * kept).sum(0), kept.sum(0)]
        return torch.stack(columns).reshape(-1)
    size = error.abs() if term.kind == "mae" else error.square()
    return torch.stack([(size * kept).sum(), kept.sum()])


def _surprise(term: Term, prediction: Tensor, target: Tensor, mask: Tensor | None) -> Tensor:
    logits, target = aligned(prediction, target)
    judge = functional.nll_loss if term.last == "log_softmax" else functional.cross_entropy
    kept = _judged(term, target, mask)
    each = judge(logits, target.clamp(0, logits.shape[1] - 1), reduction="none").to(_exact(logits))
    weights = torch.ones_like(each) if kept is None else kept.to(each.dtype)
    return torch.stack([(each * weights).sum(), weights.sum()])


def _by_class(kind: str, total: Sequence[float]) -> float:
    """The mean over the classes that occur, in what is true or in what is said."""
    count = len(total) // 3
    shares = []
    for right, said, true in zip(total[:count], total[count : 2 * count], total[2 * count :], strict=True):
        if said or true:
            shares.append(right / (said + true - right) if kind == "mean_iou" else 2 * right / (said + true))
    return sum(shares) / len(shares) if shares else math.nan


def _explained(total: Sequence[float]) -> float:
    """R² of each column, and their mean; nan where the target does not vary."""
    wide = len(total) // 4
    found = []
    for column in range(wide):
        error, y, squares, count = (total[part * wide + column] for part in range(4))
        spread = squares - y * y / count if count else 0.0
        found.append(1 - error / spread if spread > 0 else math.nan)
    return sum(found) / wide if wide else math.nan
