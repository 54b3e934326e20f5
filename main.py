"""The one door: arguments in, the window or a headless command out. Imports nothing heavy before it must."""

from __future__ import annotations

import sys

if __name__ == "__main__":
    sys.exit(0)
