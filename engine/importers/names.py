"""Recorded name maps: what a reference implementation calls the tensors of a project, as a few rules.

A rule is a pattern for our names and what they are called there:

    "{block...}.downsample_bn": "{block}.downsample.1"
    "block{s}.{i}.conv":        "features.{3 * s + 2 * i}"

`{name}` stands for a part of a name between dots, `{name...}` for one part or several. On the right side `{name}` puts it back,
and an expression works out numbers. A rule is about the leading parts of a name, up to a dot; what follows stays. The first rule
that fits a name is taken, and names that no rule fits are the same on both sides.

Not for: comparing shapes (`engine.importers.matching`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from engine.errors import SettingError
from engine.graph.expression import evaluate

MOST_RULES = 2_000
LONGEST = 300  # characters of a pattern or a name
MOST_HOLES = 4  # in one pattern
_HOLE = re.compile(r"\{([^{}]*)\}")
_NAME = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True)
class Rule:
    """One line of a map.

    Attributes:
        expression: What the leading parts of our name look like, as a regular expression.
        target: What they are called there.
    """

    expression: str
    target: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The regular expression ready to use; made when it is needed, for a project that is opened has no names to change."""
        return re.compile(self.expression)

    def apply(self, name: str) -> str | None:
        """The name on the other side; None where the rule does not fit it."""
        found = self.pattern.match(name)
        if found is None:
            return None
        held = found.groupdict()
        numbers: dict[str, Any] = {key: int(text) for key, text in held.items() if text.isdecimal() and len(text) < 10}

        def put(hole: re.Match[str]) -> str:
            text = hole[1].strip()
            if text in held:
                return held[text]
            value = evaluate(f"={text}", numbers)
            return str(int(value)) if isinstance(value, (int, float)) and value == int(value) else str(value)

        return _HOLE.sub(put, self.target) + name[found.end() :]


def rule(pattern: str, target: str) -> Rule:
    """Read a rule.

    Raises:
        SettingError: It cannot be understood; the sentence says why.
    """
    if (
        not (isinstance(pattern, str) and isinstance(target, str))
        or not 0 < len(pattern) <= LONGEST
        or len(target) > LONGEST
    ):
        raise SettingError(f"a rule of names is two texts of at most {LONGEST} characters: our name, and theirs.")
    out: list[str] = []
    seen: set[str] = set()
    at = several = 0
    for hole in _HOLE.finditer(pattern):
        name = hole[1].strip().removesuffix("...")
        if not _NAME.fullmatch(name) or not name.isidentifier() or name in seen or len(seen) == MOST_HOLES:
            raise SettingError(
                f'"{pattern}" is no pattern of names: write {{i}} or {{block...}}, each once, at most {MOST_HOLES}.'
            )
        seen.add(name)
        wide = hole[1].strip().endswith("...")
        several += wide
        out += [
            re.escape(pattern[at : hole.start()]),
            rf"(?P<{name}>[^.]+(?:\.[^.]+)*?)" if wide else rf"(?P<{name}>[^.]+?)",
        ]
        at = hole.end()
    if several > 1:
        raise SettingError(
            f'"{pattern}" has two parts of any length; one can be told from the other only by a name between.'
        )
    return Rule("".join(out) + re.escape(pattern[at:]) + r"(?=\.|$)", target)


def rules(table: Mapping[str, str]) -> tuple[Rule, ...]:
    """Read a map.

    Raises:
        SettingError: One of its rules cannot be understood.
    """
    if len(table) > MOST_RULES:
        raise SettingError(f"a map of names has at most {MOST_RULES} rules, but {len(table)} arrived.")
    return tuple([rule(pattern, target) for pattern, target in table.items()])


def renamed(name: str, known: tuple[Rule, ...]) -> str:
    """What a tensor of ours is called there.

    Raises:
        SettingError: A rule works something out that it cannot.
    """
    if len(name) > LONGEST:
        return name
    for each in known:
        there = each.apply(name)
        if there is not None:
            return there
    return name
