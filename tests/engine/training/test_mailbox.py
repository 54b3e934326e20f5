"""The mailbox: numbers are never dropped, of large messages only the newest is kept."""

import threading

import numpy as np

from engine.training.mailbox import Mailbox
from engine.training.messages import Confusion, Note, Weights


def test_numbers_are_never_dropped_and_keep_their_order():
    box = Mailbox()
    for number in range(1000):
        box.put(Note(str(number)))
    assert [message.text for message in box.drain()] == [str(number) for number in range(1000)]
    assert box.drain() == []


def test_of_large_messages_only_the_newest_of_each_type_is_kept():
    box = Mailbox()
    box.put(Weights(1, {}))
    box.put(Confusion(1, np.zeros((2, 2), np.int64)))
    box.put(Note("between"))
    box.put(Weights(2, {}))
    kinds = [(type(message).__name__, getattr(message, "step", None)) for message in box.drain()]
    assert kinds == [("Confusion", None), ("Note", None), ("Weights", 2)]


def test_four_threads_that_put_while_one_drains_lose_nothing():
    box, got = Mailbox(), []

    def put(name):
        for number in range(500):
            box.put(Note(f"{name} {number}"))

    threads = [threading.Thread(target=put, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        got += box.drain()
    for thread in threads:
        thread.join()
    got += box.drain()
    for name in "abcd":
        own = [message.text for message in got if message.text.startswith(name)]
        assert own == [f"{name} {number}" for number in range(500)]
