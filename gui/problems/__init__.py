"""The list of problems: every fault of the drawing in a sentence, with its mends."""

from gui.problems.panel import Problems

__all__ = ["Problems"]
