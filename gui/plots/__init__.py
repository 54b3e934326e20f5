"""Live curves: growing histories of numbers and the widget that draws them.

Knows what a run's numbers are, not where they come from. Not for pictures: see `gui.pictures`.
"""

from __future__ import annotations

import pyqtgraph

# Row-major is the only axis order that shows a matrix as it is printed; whoever draws pictures sets it as well.
pyqtgraph.setConfigOptions(imageAxisOrder="row-major", antialias=False)
