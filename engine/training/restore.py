"""Going back to the best weights of a run that is over.

Not for: a training under way; that carries out the same wish between two steps.
"""

from __future__ import annotations

from pathlib import Path

from engine.errors import RunError
from engine.training.checkpoint import pack, unpack
from engine.training.prepare import read_info
from engine.training.record import BEST, LAST, Record


def restore_best(run: Path) -> int:
    """Put the weights of the best checkpoint into the last one; the epoch they are from.

    Raises:
        RunError: There is no best checkpoint, or the run is being trained.
        StoreError: A checkpoint cannot be read or written.
    """
    if not (run / BEST).exists():
        raise RunError(f"{run} has no best network; one is kept from the first epoch on.")
    record = Record(run, read_info(run))
    try:
        best, last = unpack(run / BEST), unpack(run / LAST)
        epoch = int(best.get("progress", {}).get("best_epoch", 0))
        record.write("note", {"text": f"The weights of epoch {epoch}, the best, are in the network again."})
        record.keep(LAST, pack({**last, "network": best["network"]}))
    finally:
        record.close()
    return epoch
