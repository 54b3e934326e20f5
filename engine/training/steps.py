"""One step of learning, and one look at the validation part.

Nothing here waits for a graphics card but the end of a validation. Not for: the order of events (`engine.training.loop`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.compiler.plan import Plan, Step
from engine.training.measures import value
from engine.training.messages import Note, Weights
from engine.training.metrics import DeviceTally, Told
from engine.training.optimise import clip, set_rate
from engine.training.schedules import rate
from engine.training.seeds import DRAW, STEP, mix
from engine.training.work import NotFiniteError, Work

VALIDATION_BATCH = 256  # samples at least; without gradients a batch takes a fraction of the memory
VALIDATION_STEP = 2**40  # no training has so many steps: seeds from here on are those of validations


@dataclass(frozen=True)
class Validation:
    """Means over the validation part; nan where there is nothing to measure.

    Attributes:
        loss, accuracy: The total loss and the accuracy that stands first.
        matrix: True class by predicted class.
        metrics: All other metrics by name.
    """

    loss: float
    accuracy: float
    matrix: NDArray[np.int64] | None
    metrics: Mapping[str, float] = field(default_factory=dict)


def learn(work: Work) -> None:
    """Do the next step.

    Raises:
        NotFiniteError: The loss is not finite; on the CPU the weights are those before the step.
    """
    progress = work.progress
    rows = rows_of(work, progress.step)
    while not _attempt(work, rows):
        progress.pieces = _smaller(work, len(rows))
    set_rate(work.optimizer, rate(work.settings, progress.step, work.per_epoch))
    if work.tally.bad is not None:
        work.optimizer.found_inf = work.tally.bad  # type: ignore[attr-defined]
    watch = work.watch
    looking = watch is not None and watch.due(progress.step, asked=work.allowed > 0)
    if work.settings.clip_norm or work.settings.clip_value:
        clip(work.settings, work.network.parameters())
    if watch is not None and looking:
        watch.before()
    work.optimizer.step()
    progress.step += 1
    if watch is not None and looking:
        watch.look(progress.step, progress.pieces)


def rows_of(work: Work, step: int) -> Tensor:
    """The rows of the batch of the step with the index `step`, counted from 0."""
    epoch, place = divmod(step, work.per_epoch)
    if work.order is None or work.order[0] != epoch:
        work.order = epoch, work.batches.order(work.settings.seed, epoch)
    size = work.settings.batch_size
    return work.order[1][place * size : (place + 1) * size]


def seed_step(work: Work, step: int) -> None:
    """Give torch's generators, and the inputs that are drawn, the seed of this step."""
    seed = mix(work.settings.seed, STEP, step)
    work.drawing = mix(work.settings.seed, DRAW, step)
    torch.default_generator.manual_seed(seed)
    match work.device.type:
        case "cuda":
            torch.cuda.default_generators[work.device.index or 0].manual_seed(seed)
        case "mps":
            torch.mps.manual_seed(seed)


def forward(work: Work, rows: Tensor) -> Told:
    """Loss, number of right answers and sums of other metrics of some rows."""
    values, targets = _values(work, rows)
    loss, correct = work.criterion(values, targets)
    return Told(loss, correct, work.criterion.cheap_sums(values, targets))


def inputs_of(work: Work, rows: Tensor) -> list[Tensor]:
    """One batch an input of the network."""
    inputs = work.batches.feed(work.network.plan.inputs, rows, work.drawing)
    return inputs if work.recipe is None else work.recipe.inputs(work, inputs, rows)


def _values(work: Work, rows: Tensor) -> tuple[list[Tensor], dict[str, Tensor]]:
    inputs = inputs_of(work, rows)
    values = work.network.values(inputs, work.criterion.slots)
    if work.recipe is not None:
        return values, work.recipe.targets(work, rows)
    columns = work.criterion.columns.items()
    return values, {key: work.batches.gather(name, rows, scale) for key, (name, scale) in columns}


def _attempt(work: Work, rows: Tensor) -> bool:
    """Compute the gradients of a batch; False where memory ran out.

    The exception holds the tensors that filled the memory, so nothing is tried again before it is gone.
    """
    try:
        _gradients(work, rows)
    except RuntimeError as error:
        if not _is_memory(error) or work.progress.pieces >= _most_pieces(work, len(rows)):
            raise
    else:
        return True
    return False


def _smaller(work: Work, size: int) -> int:
    """Twice as many micro-batches, and the sentence that says so."""
    work.optimizer.zero_grad()
    if work.device.type == "cuda":
        torch.cuda.empty_cache()
    pieces = min(_most_pieces(work, size), work.progress.pieces * 2)
    text = (
        f"Memory ran out: from step {work.progress.step + 1} on a batch of {size} is worked on in {pieces} pieces whose gradients "
        "are added up. It learns the same but for batch normalisation, which sees the pieces."
    )
    work.say(Note(text, "warning"))
    work.record.write("note", {"text": text})
    return pieces


def compares(planned: Plan) -> list[Step]:
    """The batch norms that a sample gives one value a channel: they compare samples, so a single one says nothing to them."""
    return [
        step
        for step in planned.steps
        if step.call.target.startswith("nn.BatchNorm") and math.prod(step.output.dims[1:]) == 1
    ]


def _most_pieces(work: Work, size: int) -> int:
    """In how many pieces a batch can be worked on: of one sample each, or of two where they are compared."""
    if work.recipe is not None and work.recipe.whole:
        return 1
    return max(1, size // 2 if compares(work.network.plan) else size)


def _gradients(work: Work, rows: Tensor) -> None:
    seed_step(work, work.progress.step)
    work.optimizer.zero_grad()
    work.tally.add(*(_pieces(work, rows) if work.progress.pieces > 1 else _whole(work, rows)))


def _whole(work: Work, rows: Tensor) -> Told:
    told = forward(work, rows) if work.recipe is None else work.recipe.learn(work, rows, forward)
    guard(work, told.loss)
    if told.loss.requires_grad:  # a recipe may have gone back already
        told.loss.backward()
    return told


def _pieces(work: Work, rows: Tensor) -> Told:
    """`_whole` in micro-batches; the gradients are weighted so that their sum is that of the whole batch."""
    total, right = torch.zeros((), device=work.device), torch.zeros((), device=work.device)
    correct = sums = None
    # As even as can be: `chunk` may leave a piece of one sample at the end.
    for part in rows.tensor_split(min(work.progress.pieces, _most_pieces(work, len(rows)))):
        loss, correct, more = forward(work, part)
        loss = loss * (len(part) / len(rows))
        guard(work, loss)
        loss.backward()
        total += loss.detach()
        right += 0 if correct is None else correct
        sums = more if sums is None or more is None else sums + more
        work.drawing = mix(work.drawing, 0)
    return Told(total, None if correct is None else right, sums)


def guard(work: Work, loss: Tensor) -> None:
    """Stop, or let the optimiser stand still, where a loss is not finite.

    Raises:
        NotFiniteError: It is not, and the numbers are in the computer's own memory.
    """
    if isinstance(work.tally, DeviceTally):
        work.tally.watch(loss)
    elif not np.isfinite(loss.item()):
        raise NotFiniteError(work.progress.step + 1)


def _is_memory(error: RuntimeError) -> bool:
    """Whether memory ran out: a type of its own on CUDA, a sentence elsewhere."""
    text = str(error)
    return isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in text or "out of memory" in text


def validate(work: Work) -> Validation | None:
    """Measure the validation part in eval mode; None where a command came that cannot wait."""
    work.network.eval()
    try:
        with torch.inference_mode():
            return _validate(work)
    finally:
        work.network.train()


def _validate(work: Work) -> Validation | None:
    rows = work.batches.rows["val"]
    if work.recipe is not None and not work.recipe.validates:
        return Validation(float("nan"), float("nan"), None)
    parts = list(rows.split(max(VALIDATION_BATCH, work.settings.batch_size)))
    if len(parts) > 1 and len(parts[-1]) == 1:
        # A batch norm without running averages cannot work on a single sample.
        parts[-2:] = [torch.cat(parts[-2:])]
    found = _Sums(work)
    for number, part in enumerate(parts):
        if work.control.pending and interrupted(work):
            return None
        # The same draws after every epoch, or a better network could not be told from a luckier one.
        seed_step(work, VALIDATION_STEP + number)
        values, targets = _values(work, part)
        found.add(work, values, targets, len(part))
    return found.means(work) if len(rows) else Validation(float("nan"), float("nan"), None)


class _Sums:
    """What a validation adds up, on the device."""

    def __init__(self, work: Work) -> None:
        self.exact = torch.float32 if work.device.type == "mps" else torch.float64
        self.losses = torch.zeros(len(work.criterion.judging), dtype=self.exact, device=work.device)
        self.counts = torch.zeros_like(self.losses)
        self.right = torch.zeros((), dtype=self.exact, device=work.device)
        self.seen = 0
        self.measured: list[Tensor] | None = None
        cells = work.classes * work.classes
        self.matrix = torch.zeros(cells, dtype=torch.int64, device=work.device) if cells else None

    def add(self, work: Work, values: list[Tensor], targets: Mapping[str, Tensor], count: int) -> None:
        """Take in a batch."""
        criterion = work.criterion
        self.seen += count
        for index, (loss, amount) in enumerate(criterion.parts(values, targets)):
            held = count if amount is None else amount.to(self.exact)
            self.losses[index] += loss.to(self.exact) * held
            self.counts[index] += held
        correct = criterion.correct(values, targets)
        self.right += float("nan") if correct is None else correct
        more = criterion.sums(criterion.measured, values, targets)
        self.measured = more if self.measured is None else [a + b for a, b in zip(self.measured, more, strict=True)]
        answers = criterion.answers(values, targets) if self.matrix is not None else None
        if self.matrix is not None and answers is not None:
            predicted, true = answers
            self.matrix.scatter_add_(0, true * work.classes + predicted, torch.ones_like(true))

    def means(self, work: Work) -> Validation:
        """What it comes to."""
        criterion = work.criterion
        means = zip(criterion.judging, self.losses.tolist(), self.counts.tolist(), strict=True)
        loss = math.fsum(term.weight * (total / count) for term, total, count in means if count)
        metrics = {
            term.name: value(term.kind, sums.tolist())
            for term, sums in zip(criterion.measured, self.measured or [], strict=False)
        }
        accuracy = self.right.item() / self.seen
        if criterion.accuracy is not None and not criterion.counted:
            accuracy = metrics.pop(criterion.accuracy.name, float("nan"))
        table = None if self.matrix is None else self.matrix.cpu().numpy().reshape(work.classes, work.classes)
        return Validation(loss, accuracy, table, metrics)


def interrupted(work: Work) -> bool:
    """Hand out weights where they are asked for, and say whether another command waits."""
    if work.control.take("weights"):
        work.say(Weights(work.progress.step, snapshot(work)))
    return work.control.urgent()


def snapshot(work: Work) -> dict[str, Any]:
    """All weights and buffers as arrays of their own."""
    return {name: value.detach().cpu().numpy().copy() for name, value in work.network.state_dict().items()}
