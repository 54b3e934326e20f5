from __future__ import annotations

from engine.observe import Signal


def test_listeners_are_called_in_order_and_may_leave_while_they_are_called() -> None:
    signal: Signal[int] = Signal()
    heard: list[tuple[str, int]] = []

    def first(value: int) -> None:
        heard.append(("first", value))
        leave()

    leave = signal.connect(first)
    signal.connect(lambda value: heard.append(("second", value)))
    signal.emit(1)
    signal.emit(2)
    assert heard == [("first", 1), ("second", 1), ("second", 2)]
    leave()
