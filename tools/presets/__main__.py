"""Write preset files: `python -m tools.presets [--out presets] [name ...]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from engine.graph import store
from tools.presets.catalogue import NETWORKS


def main() -> int:
    """Draw the presets that are named, or all, and write their files."""
    parser = argparse.ArgumentParser(prog="python -m tools.presets", description=__doc__)
    parser.add_argument("names", nargs="*", help="presets to write; all without a name")
    parser.add_argument("--out", type=Path, default=Path("presets"), help="folder for the files")
    arguments = parser.parse_args()
    for name in arguments.names or NETWORKS:
        if name not in NETWORKS:
            parser.error(f'there is no drawing of "{name}"; there are: {", ".join(NETWORKS)}.')
        store.save(NETWORKS[name](), arguments.out / f"{name}.loom")
        print(arguments.out / f"{name}.loom")
    return 0


if __name__ == "__main__":
    sys.exit(main())
