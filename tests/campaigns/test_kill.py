"""The short form of the kill campaign: 15 kills at random moments."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(sys.platform == "win32", reason="the campaign forks")
@pytest.mark.timeout(400)
def test_kills_at_random_moments_lose_nothing_and_change_no_bit():
    command = [sys.executable, "-m", "tests.campaigns.kill", "--times", "15"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("15 kills")


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="the campaign forks")
@pytest.mark.timeout(7200)
def test_a_thousand_kills_lose_nothing_and_change_no_bit():
    command = [sys.executable, "-m", "tests.campaigns.kill", "--times", "1000"]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0
