"""The Data place: choose a data set, see what is in it, split and scale it.

Not for: reading data; the session does that in a thread.
"""
