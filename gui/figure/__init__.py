"""Figures: a drawing as it stands in a paper or on a slide, planned once and painted as SVG, PDF, PNG or on the screen.

Not for: the canvas, which is painted to be edited (`gui.canvas`).
"""
