"""Ctrl-C: the first keeps what is learned, the second goes at once and loses nothing that was saved."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from engine.training.runs import Run

ROOT = Path(__file__).resolve().parents[3]


def test_ctrl_c_stops_after_the_batch_and_keeps_the_run(tmp_path: Path) -> None:
    out = tmp_path / "run"
    command = ["train", "preset:lenet5_relu_max", "--epochs", "100000", "--limit", "200", "--out", str(out), "--json"]
    with subprocess.Popen(
        [sys.executable, "main.py", *command], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()  # the first epoch is over
        process.send_signal(signal.SIGINT)
        shown, said = process.communicate(timeout=60)
    assert process.returncode == 0
    assert '"reason": "stopped"' in shown
    assert "Stopping after this batch" in said
    assert "Traceback" not in said
    run = Run(out)
    assert run.state == "stopped"
    run.network("last")
