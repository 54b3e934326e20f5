"""Drawn figures in place of pictures that nobody has named: whether that can be had, and having it, as one undo step.

Not for: which data and which changes of the drawing those are (`engine.training.standin`).
"""

from __future__ import annotations

from engine.graph.model import Batch
from engine.training.standin import INSTEAD, stand_in
from gui.document import Document

TITLE = "Use drawn figures"
TIP = "Draws figures in this network's size and gives its last layers as many outputs as there are kinds; Undo takes it back"


def has_stand_in(document: Document) -> bool:
    """Whether drawn figures can stand in for the data that the project names."""
    project = document.project
    return project.data.name in INSTEAD and project.image_shape is not None


def use_stand_in(document: Document) -> bool:
    """Take the drawn figures; False where there are none for this drawing or the drawing refuses the change."""
    fix = stand_in(document.root)
    return fix is not None and document.do(Batch(fix.edits), TITLE, whole=True)
