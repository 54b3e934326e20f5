"""`fit`: train a network. A plain function: no thread, no globals; messages go out by `say`, commands come in by `control`.

The loop is driven by the state alone: what a checkpoint holds decides what is done next, so a resumed training cannot tell
that it was interrupted. Not for: threads (`engine.training.runner`).
"""

from __future__ import annotations

import math
import threading
import time
from pathlib import Path
from typing import Literal

import numpy as np

from engine.data.dataset import DataSet
from engine.declare import Json
from engine.graph.model import Graph
from engine.training.blame import explain
from engine.training.checkpoint import fill, unpack
from engine.training.control import COMMANDS, Command, Control
from engine.training.health import failed, to_event
from engine.training.judging import as_json, is_better, score_of
from engine.training.measures import value as measured
from engine.training.memory import kept
from engine.training.messages import (
    Confusion,
    Epoch,
    Failed,
    Finished,
    Message,
    Note,
    Started,
    State,
    Steps,
    Weights,
)
from engine.training.metrics import RING
from engine.training.prepare import Wishes, prepare, threads_set
from engine.training.record import BEST, plain
from engine.training.schedules import rate
from engine.training.settings import TrainingSettings
from engine.training.steps import Validation, interrupted, learn, snapshot, validate
from engine.training.work import NotFiniteError, Result, Say, Work, keep_best, keep_last, packed

TELL_S = 0.1  # between two readings of the device: live curves at 10 Hz
LOOK_S = 1.0  # between two looks at control.json
SETTLE_S = 3.0  # least time between the checkpoints of two epochs, or short epochs would be all disk
PICTURES_S = 3.0  # least time between two sheets of pictures within an epoch
REST_S = 0.25  # how long a paused training sleeps before it looks at control.json again

Reason = Literal["done", "stopped", "discarded", "failed"]


def _silent(message: Message) -> None:
    """Nobody listens."""


def fit(
    graph: Graph,
    data: DataSet,
    settings: TrainingSettings,
    *,
    run: Path | str,
    say: Say = _silent,
    control: Control | None = None,
    resume: bool = False,
    wishes: Wishes | None = None,
) -> Result:
    """Train a network on data, and leave a run behind.

    Args:
        graph: The project; it is copied. A resumed run keeps the graph it began with.
        data: What it learns from, fitted to the network's input.
        settings: How it is trained. A resumed run keeps its settings but for the number of epochs.
        run: Folder of the run; it must not hold one yet, or, with `resume`, it must.
        say: Called with every message, in this thread.
        control: Where commands come from.
        resume: Whether to go on with the run in the folder.
        wishes: What else may be wanted.

    Raises:
        EngineError: The training cannot start: `CompileError` for the drawing, `RunError` for data or settings that do not
            fit, `StoreError` for the folder.
    """
    wishes = wishes or Wishes()
    with threads_set(settings, Path(run), resume=resume, spare_one=wishes.spare_a_core):
        work, started = prepare(
            graph, data, settings, run=Path(run), say=say, control=control or Control(), resume=resume, wishes=wishes
        )
        try:
            with kept(wanted=work.device.type == "cpu"):
                return _train(work, started)
        finally:
            work.record.close()


def _train(work: Work, started: Started) -> Result:
    for text in started.notes:
        work.record.write("note", {"text": text})
    work.say(started)
    work.say(State("running"))
    work.pace.told = work.pace.kept = work.pace.looked = time.monotonic()
    work.pace.pictured = work.pace.told + PICTURES_S
    text = ""
    try:
        reason = _go(work)
        _settle(work, reason)
    except NotFiniteError as error:
        reason, text = "failed", _give_up(work, error.step)
    path = None if reason == "discarded" else work.record.path
    work.say(Finished(reason, None if path is None else str(path)))
    progress = work.progress
    return Result(reason, path, progress.step, tuple(work.epochs), progress.best_epoch, work.network, text)


def _go(work: Work) -> Reason:
    """Step, validate and obey until there is nothing left to do."""
    work.network.train()
    while True:
        if (reason := _obey(work)) is not None:
            return reason
        if work.validation_due:
            _end_epoch(work)
            continue
        if work.progress.step >= work.total:
            return "done"
        learn(work)
        _after_step(work)


def _after_step(work: Work) -> None:
    now = time.monotonic()
    if work.allowed:
        _tell(work, now, wait=True)
        work.allowed -= 0 if work.validation_due else 1
    elif now - work.pace.told >= TELL_S or len(work.tally) >= RING // 2:
        _tell(work, now, wait=len(work.tally) >= RING // 2)
    if work.gallery is not None and now >= work.pace.pictured:
        _show(work)
    since = now - work.pace.kept
    if since >= work.every or (work.best is not None and since >= SETTLE_S):
        _tell(work, now, wait=True)
        keep_last(work, now)


def _show(work: Work) -> None:
    """Tell what pictures the network makes at this moment; making them takes a twentieth of the time at most."""
    if work.gallery is None:
        return
    start = time.monotonic()
    pictures = work.gallery(work)
    if pictures is not None:
        work.say(pictures)
    now = time.monotonic()
    work.pace.pictured = now + max(PICTURES_S, 20 * (now - start))


def _obey(work: Work) -> Reason | None:
    """Carry out what was asked for; return only to go on, or with the reason to end."""
    while True:
        _look(work)
        if work.control.pending:
            for command in work.control.take():
                if (reason := _carry_out(work, command)) is not None:
                    return reason
        if not work.paused or work.allowed:
            return None
        work.control.wait(REST_S)
        work.pace.told = time.monotonic()


def _look(work: Work) -> None:
    """See whether another process left a command, or whether this one is ending: its exit waits for every thread."""
    now = time.monotonic()
    if now - work.pace.looked < LOOK_S and not work.paused:
        return
    work.pace.looked = now
    if not threading.main_thread().is_alive():
        work.control.ask("stop")
    asked = work.record.asked()
    for command in COMMANDS:
        if asked == command:
            work.control.ask(command)  # type: ignore[arg-type]


def _carry_out(work: Work, command: Command) -> Reason | None:
    match command:
        case "stop":
            work.say(State("stopping"))
            return "stopped"
        case "discard":
            work.say(State("stopping"))
            return "discarded"
        case "weights":
            work.say(Weights(work.progress.step, snapshot(work)))
        case "restore_best":
            _restore(work)
        case "step":
            _pause(work)
            work.allowed = 1
        case "pause":
            work.allowed = 0
            _pause(work)
        case "resume" if work.paused:
            work.paused, work.allowed = False, 0
            work.record.set_state("running")
            work.say(State("running"))
        case _:
            pass
    return None


def _pause(work: Work) -> None:
    if work.paused:
        return
    now = time.monotonic()
    _tell(work, now, wait=True)
    keep_last(work, now)
    work.paused = True
    _keep_health(work)
    work.record.set_state("paused")
    work.say(State("paused"))


def _restore(work: Work) -> None:
    """Put the weights of the best epoch into the network."""
    now = time.monotonic()
    _tell(work, now, wait=True)
    keep_best(work)
    path = work.record.path / BEST
    if not path.exists():
        work.say(Note("There is no best network yet; it is known after the first epoch.", "warning"))
        return
    fill(work.network, unpack(path), path)
    keep_last(work, now)
    text = f"The weights of epoch {work.progress.best_epoch}, the best so far, are in the network again."
    work.record.write("note", {"text": text, "step": work.progress.step})
    work.say(Note(text))


def _tell(work: Work, now: float, *, wait: bool) -> None:
    """Read what the steps gave, add it up and tell it.

    Raises:
        NotFiniteError: One of the losses is not finite; those before it have been told.
    """
    loss, correct, sums = work.tally.take(wait=wait)
    good = np.isfinite(loss)
    bad = int(np.argmin(good)) if not good.all() else None
    loss, correct, sums = loss[:bad], correct[:bad], sums[:bad]
    if len(loss):
        _add_up(work, loss, correct, sums, now)
    if work.watch is not None and (health := work.watch.take(wait=wait)) is not None:
        work.say(health)
    if bad is not None:
        raise NotFiniteError(work.progress.told + 1)


def _add_up(work: Work, loss: np.ndarray, correct: np.ndarray, sums: np.ndarray, now: float) -> None:
    progress = work.progress
    first = progress.told + 1
    sizes = _sizes(work, first, len(loss))
    for number, right, size in zip(loss.tolist(), correct.tolist(), sizes.tolist(), strict=True):
        progress.loss += number * size
        progress.correct += right
        progress.seen += size
    progress.told += len(loss)
    spent = max(now - work.pace.told, 1e-9)
    progress.seconds += spent
    work.pace.told = now
    accuracy, metrics = (correct / sizes).astype(np.float32), _told_metrics(work, sums)
    counted = work.criterion.counted
    if not counted and work.criterion.accuracy is not None:
        accuracy = metrics.pop(work.criterion.accuracy.name)
    epoch = (first - 1) // work.per_epoch + 1
    lr = rate(work.settings, progress.told - 1, work.per_epoch)
    work.say(Steps(first, loss, accuracy, lr, float(sizes.sum() / spent), epoch, metrics))
    told: dict[str, Json] = {"first": first, "epoch": epoch, "lr": lr, "loss": [plain(value) for value in loss]}
    if work.criterion.accuracy is not None:
        told["accuracy"] = [plain(value) for value in accuracy]
    if metrics:
        told["metrics"] = {name: [plain(value) for value in values] for name, values in metrics.items()}
    work.record.write("steps", told)


def _told_metrics(work: Work, sums: np.ndarray) -> dict[str, np.ndarray]:
    """The values of the steps' other metrics, which are added up on the way."""
    found = {}
    for index, (name, kind) in enumerate(work.reported):
        pairs = sums[:, 2 * index : 2 * index + 2].astype(np.float64)
        kept = work.progress.sums.setdefault(name, [0.0, 0.0])
        kept[0] += float(pairs[:, 0].sum())
        kept[1] += float(pairs[:, 1].sum())
        found[name] = np.array([measured(kind, pair) for pair in pairs.tolist()], np.float32)
    return found


def _sizes(work: Work, first: int, count: int) -> np.ndarray:
    """Samples in the batches of `count` steps from `first` on."""
    size = work.settings.batch_size
    places = (np.arange(first - 1, first - 1 + count)) % work.per_epoch
    return np.minimum(size, len(work.batches.rows["train"]) - places * size)


def _end_epoch(work: Work) -> None:
    """Validate the epoch whose steps are done, judge it and tell it; broken off where a command came."""
    start = time.monotonic()
    _tell(work, start, wait=True)
    found = validate(work)
    now = time.monotonic()
    work.pace.told = now
    if found is None:
        return
    progress = work.progress
    train_seconds, seconds = progress.seconds, progress.seconds + now - start
    number = progress.validated + 1
    train_loss, train_accuracy = progress.loss / progress.seen, progress.correct / progress.seen
    train_metrics = {name: measured(kind, progress.sums[name]) for name, kind in work.reported if name in progress.sums}
    if not work.criterion.counted and work.criterion.accuracy is not None:
        train_accuracy = train_metrics.pop(work.criterion.accuracy.name, math.nan)
    judged = found if not math.isnan(found.loss) else Validation(train_loss, train_accuracy, None, train_metrics)
    best = is_better(work, judged)
    if best:
        progress.best_epoch, progress.best_accuracy, progress.best_loss = number, judged.accuracy, judged.loss
        progress.best_score = score_of(work, judged)
    epoch = Epoch(
        number, progress.step, train_loss, train_accuracy, found.loss, found.accuracy, seconds,
        progress.seen / max(train_seconds, 1e-9), best, train_metrics, dict(found.metrics),
    )  # fmt: skip
    progress.validated, progress.sums = number, {}
    progress.loss = progress.correct = progress.seconds = 0.0
    progress.seen = 0
    if best:
        work.best = packed(progress, work.network, None)
    work.epochs.append(epoch)
    work.say(epoch)
    if found.matrix is not None:
        work.say(Confusion(number, found.matrix))
    _show(work)
    work.record.write("epoch", {name: as_json(value) for name, value in vars(epoch).items()})
    work.allowed = max(0, work.allowed - 1)
    if now - work.pace.kept >= SETTLE_S:
        keep_last(work, now)


def _settle(work: Work, reason: Reason) -> None:
    """Leave the run as it is to be found."""
    if reason == "discarded":
        work.record.discard()
        return
    now = time.monotonic()
    _tell(work, now, wait=True)
    keep_last(work, now)
    _keep_health(work)
    work.record.set_state(reason, **_standing(work))


def _give_up(work: Work, step: int) -> str:
    """Name the block where numbers went bad; the last good checkpoint stays."""
    if work.tally.bad is None:
        _tell(work, time.monotonic(), wait=True)  # the steps before; a card has told them already
    keep_best(work)
    block, text = explain(work, step)
    if work.watch is not None:
        work.watch.health = failed(work.watch.health, block, step)
        if work.watch.health is not None:
            work.say(work.watch.health)
        _keep_health(work)
    work.record.write("note", {"text": text, "step": step})
    work.record.set_state("failed", failure=text, **_standing(work))
    work.say(Failed(text, step, block))
    return text


def _keep_health(work: Work) -> None:
    """Write the health at which the training rests, so that the run shows it when it is opened again."""
    if work.watch is not None and work.watch.health is not None:
        work.record.write("health", to_event(work.watch.health))


def _standing(work: Work) -> dict[str, object]:
    """What the table of runs shows."""
    progress = work.progress
    return {
        "epochs_done": progress.validated,
        "step": progress.step,
        "best": {
            "epoch": progress.best_epoch,
            "accuracy": plain(progress.best_accuracy),
            "loss": plain(progress.best_loss),
        },
    }


__all__ = ["Result", "Validation", "Wishes", "fit", "interrupted"]
