"""The palette: every block that can be placed, grouped and coloured by family."""

from gui.palette.panel import Palette

__all__ = ["Palette"]
