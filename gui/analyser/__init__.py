"""The analyser: the whole network as a table. Not for: finding anything out (`engine.graph.analyse`)."""

from gui.analyser.panel import Analyser

__all__ = ["Analyser"]
