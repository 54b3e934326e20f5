"""The whole check but the tests: format, lint, types and import contracts, one after the other, each reported.

All of them run even if one fails, so that one go shows everything. Exit code 1 if any failed.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
STEPS = (
    ("format", [str(BIN / "ruff"), "format", "--check", "--quiet", "."]),
    ("lint", [str(BIN / "ruff"), "check", "--quiet", "."]),
    ("types", [sys.executable, "-m", "mypy"]),
    ("imports", [str(BIN / "lint-imports")]),
)


def main() -> None:
    """Run every step and say how it went."""
    failed = []
    for name, command in STEPS:
        begun = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        verdict = "ok" if done.returncode == 0 else "FAILED"
        print(f"{name:8} {verdict:6} {time.monotonic() - begun:5.1f} s", flush=True)
        if done.returncode != 0:
            failed.append(name)
            print(done.stdout + done.stderr, flush=True)
    if failed:
        sys.exit("check failed: " + ", ".join(failed))


if __name__ == "__main__":
    main()
