"""Training: `fit` is a plain function; `Runner` gives it a thread; a run is a folder that anybody can read.

Not for: windows. What a training tells travels as the messages of `engine.training.messages`.
"""
