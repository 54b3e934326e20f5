"""torch's first import, paid once and off the window's thread.

Importing torch takes seconds, and the first optimiser of a process imports some 800 modules more, which freezes a window for
about 0.1 s if it happens while somebody watches. Threads call `ready` before they need torch; the first one pays, the others
wait for it instead of importing beside it. Not for: choosing devices or threads.
"""

from __future__ import annotations

import threading

_first = threading.Lock()
_done = False


def ready() -> None:
    """Import torch and what its optimisers import at their first use (some 800 modules); later calls cost nothing."""
    global _done
    if _done:
        return
    with _first:
        if _done:
            return
        import torch

        weight = torch.nn.Parameter(torch.zeros(1))
        optimizer = torch.optim.Adam([weight], lr=0.0)
        weight.grad = torch.zeros(1)
        optimizer.step()
        _done = True
