"""Fixtures of the training tests."""

import sys
from pathlib import Path

# `small` is shared by these tests; with import-mode=importlib their folder is not on the path.
sys.path.insert(0, str(Path(__file__).parent))
