"""The program without a window: the same engine, driven from a terminal or a script.

`run` (in `commands`) takes arguments and gives an exit code. Not for: deciding whether a window opens (`main`).
"""
