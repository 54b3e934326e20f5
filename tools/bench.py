"""Run every benchmark in benchmarks/, one after the other; each prints ratios measured in one run on one machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Run them all; exit 1 if one failed."""
    failed = []
    for path in sorted((ROOT / "benchmarks").glob("*.py")):
        print(f"\n== {path.name}", flush=True)
        if subprocess.run([sys.executable, str(path)], cwd=ROOT, check=False).returncode != 0:
            failed.append(path.name)
    if failed:
        sys.exit("failed: " + ", ".join(failed))


if __name__ == "__main__":
    main()
