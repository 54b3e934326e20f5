"""The pictures that a network makes while it trains: of fixed noise, or of fixed samples, so that one sees them get better.

Nothing here changes a training: evaluation mode, own generators. Not for: how they are shown.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.compiler.plan import Term
from engine.data.dataset import DataSet
from engine.graph.aims import Scale
from engine.training.adversarial import Adversarial
from engine.training.diffusion import Noised, sample
from engine.training.messages import Pictures
from engine.training.seeds import SAMPLES, mix
from engine.training.work import Work

COUNT = 16  # pictures on a sheet
STEPS = 50  # strengths that are gone through for a sheet; all of them would take minutes
_AGAIN = ("mse", "l1", "smooth_l1", "huber", "bce", "bce_with_logits", "vae_loss")

Gallery = Callable[[Work], Pictures | None]


def gallery_of(work: Work, terms: tuple[Term, ...], data: DataSet) -> Gallery | None:
    """Who makes the pictures of a training; None where its network makes none that can be shown."""
    match work.recipe:
        case Adversarial() as recipe:
            return _generated(recipe, terms[0], data)
        case Noised() as recipe:
            return _denoised(recipe)
        case _:
            pass
    for term in terms:
        column = data.facts.column(term.target_column)
        inside = any(spec.column == term.target_column for spec in work.network.plan.inputs)
        if column is not None and column.kind == "image" and inside and term.kind in _AGAIN:
            codes = [step for step in work.network.plan.steps if step.call.target == "layers.Reparameterize"]
            return _decoded(term, codes[0].writes, data) if codes else _again(term, data)
    return None


def _asked(work: Work, inputs: list[Tensor], slot: int, given: dict[int, Tensor] | None = None) -> Tensor:
    """A value of the network in evaluation mode."""
    training = work.network.training
    work.network.eval()
    try:
        with torch.inference_mode():
            (found,) = work.network.values(inputs, (slot,), given)
            return found
    finally:
        work.network.train(training)


def _rows(work: Work) -> Tensor:
    rows = work.batches.rows["val"] if len(work.batches.rows["val"]) else work.batches.rows["train"]
    return rows[:COUNT]


def _generated(recipe: Adversarial, term: Term, data: DataSet) -> Gallery:
    def made(work: Work) -> Pictures | None:
        rows = _rows(work).new_zeros(COUNT)
        inputs = work.batches.feed(work.network.plan.inputs, rows, mix(work.settings.seed, SAMPLES))
        found = _asked(work, inputs, recipe.generated)
        return _sheet(work, found, term, data, "Pictures made from noise")

    return made


def _denoised(recipe: Noised) -> Gallery:
    def made(work: Work) -> Pictures | None:
        specs = work.network.plan.inputs
        plain = work.batches.feed(specs, _rows(work).new_zeros(COUNT), mix(work.settings.seed, SAMPLES))

        def ask(x: Tensor, times: Tensor) -> Tensor:
            inputs = list(plain)
            inputs[recipe.picture] = x
            if recipe.time >= 0:
                inputs[recipe.time] = times
            return _asked(work, inputs, recipe.term.slot)

        size = (COUNT, *specs[recipe.picture].shape.dims)
        found = sample(
            ask, recipe.kept, size, seed=mix(work.settings.seed, SAMPLES, 1), steps=STEPS, device=work.device
        )
        images = _bytes(found, "signed", None)
        return None if images is None else Pictures(work.progress.step, images, None, "Pictures freed of noise")

    return made


def _decoded(term: Term, code: int, data: DataSet) -> Gallery:
    def made(work: Work) -> Pictures | None:
        rows = _rows(work)
        inputs = work.batches.feed(work.network.plan.inputs, rows, 0)
        size = _asked(work, inputs, code).shape
        draw = torch.Generator().manual_seed(mix(work.settings.seed, SAMPLES))
        codes = torch.randn(size, generator=draw).to(work.device)
        found = _asked(work, inputs, term.slot, {code: codes})
        return _sheet(work, found, term, data, "Pictures made from random codes")

    return made


def _again(term: Term, data: DataSet) -> Gallery:
    def made(work: Work) -> Pictures | None:
        rows = _rows(work)
        found = _asked(work, work.batches.feed(work.network.plan.inputs, rows, 0), term.slot)
        if term.kind == "bce_with_logits":
            found = found.sigmoid()
        sheet = _sheet(work, found, term, data, "Pictures made again")
        beside = np.ascontiguousarray(np.moveaxis(data.columns[term.target_column][rows.cpu().numpy()], 1, -1))
        return None if sheet is None else Pictures(sheet.step, sheet.images, beside, sheet.title)

    return made


def _sheet(work: Work, found: Tensor, term: Term, data: DataSet, title: str) -> Pictures | None:
    """What was found, as pictures like those of the data."""
    found = found.reshape(len(found), *data.columns[term.target_column].shape[1:])
    images = _bytes(found, term.scale, data)
    return None if images is None else Pictures(work.progress.step, images, None, title)


def _bytes(found: Tensor, scale: Scale, data: DataSet | None) -> NDArray[np.uint8] | None:
    """Pictures as bytes [N,H,W,C]; None for what has neither one nor three channels."""
    if found.dim() != 4 or found.shape[1] not in (1, 3):
        return None
    values = found.float().cpu().numpy()
    match scale:
        case "unit":
            values = values * 255
        case "signed":
            values = (values + 1) * 127.5
        case _ if data is not None:
            normal = data.normalisation
            mean, std = (np.asarray(part, np.float32).reshape(1, -1, 1, 1) for part in (normal.mean, normal.std))
            values = (values * std + mean) / normal.scale
        case _:
            pass
    values = np.nan_to_num(values, nan=0.0, posinf=255.0, neginf=0.0)
    return np.ascontiguousarray(np.moveaxis(values.round().clip(0, 255).astype(np.uint8), 1, -1))
