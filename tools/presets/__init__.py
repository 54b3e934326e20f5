"""How the files of `presets/` were drawn: one function a network, with a pencil that keeps rows and frames straight.

    python -m tools.presets [--out presets] [name ...]

What ships are the files; this is for whoever changes many of them alike, or draws one more. A test holds the two together.
"""
