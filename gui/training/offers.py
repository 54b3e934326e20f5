"""What can be done with the training now, and what the big button says: one table for every place that has such buttons."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.errors import Problem
from gui.document import Document


@dataclass(frozen=True)
class Offers:
    """Which commands make sense.

    Attributes:
        main: What the main button does: "play", "pause", "resume" or "" where it only waits.
        label: Its words.
        icon: Its icon.
        tip: Its tool tip.
        step, stop, restore, discard: Whether these can be asked for.
        restore_tip: What restoring the best weights does, or why there is nothing to restore.
    """

    main: str
    label: str
    icon: str
    tip: str
    step: bool = False
    stop: bool = False
    restore: bool = False
    discard: bool = False
    restore_tip: str = ""


def offers(state: str, *, obstacle: str = "", best_epoch: int | None = None, run_in_use: bool = False) -> Offers:
    """What is offered in a state of the session.

    Args:
        state: "idle", "starting", "running", "paused" or "stopping".
        obstacle: The sentence that keeps the drawing from being trained, empty where nothing does.
        best_epoch: The epoch that has been the best so far, None before the first.
        run_in_use: Whether the weights in use are those of a run.
    """
    tip = _restore_tip(state, best_epoch, run_in_use=run_in_use)
    return replace(_offers(state, obstacle, best_epoch is not None), restore_tip=tip)


def _restore_tip(state: str, best_epoch: int | None, *, run_in_use: bool) -> str:
    if state in ("running", "paused"):
        if best_epoch is None:
            return "Go back to the weights of the best epoch; none has been finished yet"
        return f"Go back to the weights of the best epoch so far, number {best_epoch}, and train on from there"
    if state != "idle":
        return "Go back to the weights of the best epoch, once the training runs"
    if run_in_use:
        return "Nothing to restore: since the training has ended, its best weights are in use, in Inspect and in Export"
    return "Go back to the weights of the best epoch; nothing has been trained yet"


def _offers(state: str, obstacle: str, best_known: bool) -> Offers:
    match state:
        case "running":
            return Offers("pause", "Pause", "pause", "Pause the training (Ctrl+Enter)",
                          stop=True, restore=best_known, discard=True)  # fmt: skip
        case "paused":
            return Offers("resume", "Resume", "play", "Go on training (Ctrl+Enter)",
                          step=True, stop=True, restore=best_known, discard=True)  # fmt: skip
        case "starting":
            return Offers("", "Starting…", "timer-sand", "The data are read and the network is built", discard=True)
        case "stopping":
            return Offers("", "Stopping…", "timer-sand", "The last batch is finished and the weights are kept")
        case _ if obstacle:
            return Offers("", "Train", "play", f"Cannot train yet: {obstacle}")
        case _:
            return Offers("play", "Train", "play", "Train this network (Ctrl+Enter)", step=True)


def obstacle(document: Document, data_error: str = "") -> Problem | None:
    """The first problem that keeps the drawing from being trained; `data_error` says why there are no data."""
    for problem in document.root_report.problems:
        if problem.severity == "error":
            return problem
    if not len(document.root):
        return Problem("empty", "The drawing is empty. Place an input, some layers and an output, or open a preset.")
    return Problem("data", data_error) if data_error else None
