"""What measures a campaign: where a thread is that takes long."""

from __future__ import annotations

import threading

from tests.campaigns.pulse import Witness


def busy(told: threading.Event) -> None:
    assert told.wait(60)


def test_a_witness_tells_once_where_a_thread_is_that_takes_long_and_is_silent_between() -> None:
    stacks: list[str] = []
    told = threading.Event()

    def tell(stack: str) -> None:
        stacks.append(stack)
        told.set()

    witness = Witness(0.01, tell)
    with witness:
        busy(told)
    witness.close()
    assert len(stacks) == 1
    assert "in busy" in stacks[0]
