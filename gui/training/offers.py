"""What can be done with the training now, and what the big button says: one table for every place that has such buttons."""

from __future__ import annotations

from dataclasses import dataclass

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
    """

    main: str
    label: str
    icon: str
    tip: str
    step: bool = False
    stop: bool = False
    restore: bool = False
    discard: bool = False


def offers(state: str, *, obstacle: str = "", best_known: bool = False) -> Offers:
    """What is offered in a state of the session.

    Args:
        state: "idle", "starting", "running", "paused" or "stopping".
        obstacle: The sentence that keeps the drawing from being trained, empty where nothing does.
        best_known: Whether an epoch has been the best so far.
    """
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
    for problem in document.report.problems:
        if problem.severity == "error":
            return problem
    if not len(document.graph):
        return Problem("empty", "The drawing is empty. Place an input, some layers and an output, or open a preset.")
    return Problem("data", data_error) if data_error else None
