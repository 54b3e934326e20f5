"""Pictures as uint8 arrays [H,W,C]: decoded, resized, fitted to an input, encoded; and colour maps.

Not for: Qt pictures (`gui.pictures`) nor for laying out maps and filters (`engine.probes`).
"""

from engine.images.codec import Picture, decode, encode_png, read, read_bytes, resize, to_input
from engine.images.colours import COLOUR_MAPS, lut
from engine.images.headers import Header, read_header

__all__ = [
    "COLOUR_MAPS", "Header", "Picture", "decode", "encode_png", "lut", "read", "read_bytes", "read_header", "resize",
    "to_input",
]  # fmt: skip
