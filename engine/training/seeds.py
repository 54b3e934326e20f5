"""Randomness without a state: every step and every epoch has a seed of its own, made from the run's.

So a run that was killed goes on bit by bit as if nothing had happened, and random draws elsewhere in the process between two
steps disturb nothing. Not for: drawing. No torch.
"""

from __future__ import annotations

_WORD = 2**64 - 1

# What a seed is for; added to the mix so that step 3 and epoch 3 draw different numbers.
STEP, EPOCH, DRAW, SAMPLES = 1, 2, 3, 4


def mix(seed: int, *numbers: int) -> int:
    """A seed from 0 to 2^63 - 1 made of all numbers; near inputs give unlike seeds (splitmix64, Steele et al. 2014)."""
    state = _scramble(seed & _WORD)
    for number in numbers:
        state = _scramble((state ^ (number & _WORD)) & _WORD)
    return state >> 1


def _scramble(word: int) -> int:
    word = (word + 0x9E3779B97F4A7C15) & _WORD
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & _WORD
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & _WORD
    return word ^ (word >> 31)
