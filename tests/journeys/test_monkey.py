"""The short form of the monkey: 2,000 random actions in the real window while a network trains."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def play(actions: int, *words: str) -> str:
    command = [sys.executable, "-m", "tests.campaigns.monkey", "--actions", str(actions), "--any-time", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    return done.stdout


@pytest.mark.timeout(900)
def test_two_thousand_random_actions_raise_nothing_and_can_all_be_undone_and_done_again() -> None:
    told = play(1000, "--seed", "1", "2", "--blocks", "40", "--calm")
    steps = re.findall(r"1000 actions, (\d+) undo steps", told)
    assert len(steps) == 2
    assert min(map(int, steps)) > 50


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_twenty_thousand_random_actions_raise_nothing_and_can_all_be_undone_and_done_again() -> None:
    assert "20000 actions" in play(20_000, "--seed", "7")
