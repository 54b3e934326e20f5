"""Colour maps as tables of uint8 RGB.

Unsigned data: viridis or cividis, 256 entries, from 0 up. Signed data: CET-D1 on light and CET-D4 on dark grounds, 255
entries, so that the middle one (127) is zero's own; it is made exactly grey. Never jet or turbo.

Kept as 65 colours each, between which is interpolated: at most 3 of 255 levels from the published tables. Sources: viridis,
N. J. Smith, S. van der Walt and E. Firing (CC0). cividis, J. R. Nunez, C. R. Anderton and R. S. Renslow, PLoS ONE 13(7):
e0199239 (CC0). CET-D1 and CET-D4, P. Kovesi, Good Colour Maps, arXiv:1509.03700 (CC BY 4.0).

Not for: choosing limits and scales (`engine.probes`).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

_VIRIDIS = (
    "440154 46065a 470d60 471365 48186a 481d6f 482374 482878 472d7b 46327e 453681 443b84 424086 404587 3f4989 "
    "3d4e8a 3b528b 39568c 375a8d 355e8d 33638d 31668e 2f6a8e 2e6e8e 2c728e 2b768e 297a8e 287d8e 26818e 25858e "
    "23898e 228c8d 21908c 20948c 1f988b 1e9b8a 1f9f88 20a387 21a685 24aa83 28ae80 2cb17e 31b57b 37b877 3ebc74 "
    "45bf70 4cc26c 54c667 5dc963 65cc5d 6ece58 78d152 82d34c 8cd646 96d83f a0da39 abdc32 b5de2b c0df24 cbe11f "
    "d5e21a e0e318 eae51a f4e61e fde725 "
)
_CIVIDIS = (
    "00204d 002353 00265a 002961 002c68 002e6f 00306f 00336f 05366e 15396d 1e3c6d 263f6c 2c426c 32456b 37476b "
    "3c4a6b 414d6b 45506b 4a536b 4e566c 52596c 555b6d 595e6d 5d616e 61646f 646770 686a71 6b6d72 6f7073 727374 "
    "757676 797877 7c7b78 807e79 848279 888579 8c8879 908b79 948e78 989178 9c9477 a09777 a49b76 a89e75 aca174 "
    "b0a573 b4a872 b9ab70 bdaf6f c1b26d c5b66c cab96a cebd68 d2c065 d7c463 dbc761 e0cb5e e4cf5b e9d358 edd654 "
    "f2da50 f7de4c fbe248 ffe642 ffea46 "
)
_CET_D1 = (
    "2151db 3155dc 3e59dd 485ede 5262de 5a67df 626ce0 6970e1 7075e2 777ae2 7d7fe3 8383e4 8988e5 8f8de5 9592e6 "
    "9a97e7 a09ce7 a5a1e8 aba6e9 b0abea b5b0ea bab5eb bfbaeb c4c0ec c9c5ed cecaed d3cfee d8d5ee dddaef e1dfef "
    "e6e3ef eae7ed e9e9e9 f0e5e5 f1e2de f2dcd7 f2d6d0 f2d0c8 f1cac0 f1c4b9 f0beb1 f0b7a9 efb1a2 eeab9b eda593 "
    "ec9f8c ea9885 e9927d e78c76 e5866f e47f68 e27961 e0725a de6c53 db654d d95f46 d7573f d45038 d14932 cf412b "
    "cc3924 c9301d c62616 c3180e c00206 "
)
_CET_D4 = (
    "1981fa 1e7ef3 227aeb 2677e3 2873db 2b70d4 2c6ccc 2e69c4 2f66bd 3062b5 315fae 315ca7 31589f 325598 325291 "
    "314f8a 314b83 31487c 304575 30426e 2e3f67 2e3c61 2d395a 2b3653 2a334d 293047 272d40 262a3a 242734 22242e "
    "212229 212024 1f1f1f 251f1f 2a201f 2f221f 342420 3a2522 402723 462924 4c2b25 522d26 582e27 5e3029 64322a "
    "6a332b 70352c 76372d 7d382e 833a30 893b31 903d32 963f33 9c4034 a34236 aa4337 b04438 b74639 bd473a c4493b "
    "cb4a3d d14c3e d84d3f df4e40 e65042 "
)
_GREY = "000000 ffffff"

# Name -> colours from the first to the last, and how many entries the table has.
_TABLES = {
    "viridis": (_VIRIDIS, 256),
    "cividis": (_CIVIDIS, 256),
    "grey": (_GREY, 256),
    "CET-D1": (_CET_D1, 255),
    "CET-D4": (_CET_D4, 255),
}
COLOUR_MAPS = tuple(_TABLES)


@cache
def lut(name: str) -> npt.NDArray[np.uint8]:
    """The table [entries, 3] of a colour map; not writeable.

    Raises:
        KeyError: There is no such map; the names are `COLOUR_MAPS`.
    """
    colours, entries = _TABLES[name]
    knots = np.array([[int(colour[i : i + 2], 16) for i in (0, 2, 4)] for colour in colours.split()], np.float64)
    at = np.linspace(0.0, 1.0, len(knots))
    steps = np.arange(entries) / (entries - 1)
    table = np.stack([np.interp(steps, at, knots[:, channel]) for channel in range(3)], axis=1)
    out = np.rint(table).astype(np.uint8)
    out.setflags(write=False)
    return out
