"""Names and ids: what a block, a composite and its settings may be called, because it ends up in code and in weights.

Not for: choosing a fresh one (`engine.graph.model`).
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Any

from engine.errors import GraphError

NAME_LENGTH = 64  # letters in a block's name; it has to be readable on a canvas and in code
# Names that a network's module has already; a block of that name would hide them in the exported class.
# The list is torch 2.13's `dir(nn.Module())` without underscores; a test compares the two.
RESERVED = frozenset(
    "T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches eval "
    "extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict modules mtia "
    "named_buffers named_children named_modules named_parameters parameters register_backward_hook register_buffer "
    "register_forward_hook register_forward_pre_hook register_full_backward_hook register_full_backward_pre_hook "
    "register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module register_parameter "
    "register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule share_memory "
    "state_dict to to_empty train training type xpu zero_grad self torch nn layers main math".split()
)
# What an expression may read besides a composite's settings, as if it stood first of two: a ramp such as i / (n - 1) has a value.
RUNNING: Mapping[str, int] = {"i": 0, "n": 2, "k": 0, "total": 2}
FIRST = "first_"  # starts the name of a setting's value in the first repetition
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def checked_id(id_: Any, what: str) -> str:
    """An id, if it is one.

    Raises:
        GraphError: It is not.
    """
    if not isinstance(id_, str) or not _ID.fullmatch(id_):
        raise GraphError(f"{what}'s id is 1 to 64 letters, digits, - or _.")
    return id_


def checked_name(name: Any, taken: Collection[str], what: str = "block") -> str:
    """The name as Python reads it (PEP 3131: identifiers are the same when their NFKC forms are).

    Raises:
        GraphError: It cannot stand in code, or it is taken.
    """
    if isinstance(name, str):
        name = unicodedata.normalize("NFKC", name)
    if isinstance(name, str) and keyword.iskeyword(name):
        raise GraphError(f"a {what} cannot be called {name!r}: it is a word of Python itself; try {name}1.")
    if not isinstance(name, str) or not name.isidentifier() or len(name) > NAME_LENGTH:
        raise GraphError(
            f"a {what} cannot be called {str(name)[:60]!r}: a name is letters, digits and _, does not start with a digit, and "
            f"has at most {NAME_LENGTH} characters, because it becomes the {'layer' if what == 'block' else what}'s name in code."
        )
    if name in RESERVED or name.startswith("_"):
        raise GraphError(
            f"a {what} cannot be called {name!r}: the exported network uses that name itself; try {name}1."
        )
    if name in taken:
        why = "weights are stored under them" if what == "block" else "exported code tells them apart by it"
        raise GraphError(f"there is already a {what} called {name!r}; names are unique because {why}.")
    return name


def checked_parameter(name: Any, taken: Collection[str]) -> str:
    """The name of a composite's setting.

    Raises:
        GraphError: It cannot stand in code, is taken, or means something else already.
    """
    checked = checked_name(name, taken, "setting")
    if checked in RUNNING or checked == "repeat" or checked.startswith(FIRST) or checked in ("min", "max"):
        raise GraphError(f"a setting cannot be called {checked!r}: expressions and instances use that word themselves.")
    return checked
