"""The canvas: blocks and wires as pictures of the document, and the gestures that edit it."""

from gui.canvas.view import Canvas

__all__ = ["Canvas"]
