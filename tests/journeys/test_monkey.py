"""The short form of the monkey: 2,000 random actions in the real window while a network trains."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def play(actions: int, seed: int) -> str:
    command = [sys.executable, "-m", "tests.campaigns.monkey", "--actions", str(actions), "--seed", str(seed)]
    done = subprocess.run([*command, "--any-time"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    return done.stdout


@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_thousand_random_actions_raise_nothing_and_can_all_be_undone_and_done_again(seed: int) -> None:
    steps = re.search(r"(\d+) undo steps", play(1000, seed))
    assert steps is not None
    assert int(steps[1]) > 50


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_twenty_thousand_random_actions_raise_nothing_and_can_all_be_undone_and_done_again() -> None:
    assert play(20_000, 7).startswith("20000 actions")
