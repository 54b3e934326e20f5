"""The kinds of settings: what a value may be, and the sentence for one that it may not be.

Not for: declaring them on a class (`engine.declare`). No torch, no numpy.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

from engine.errors import SettingError

Size2 = int | tuple[int, int]  # pixels, one number for both or (height, width)
LONGEST_CODE = 64 * 1024  # bytes; what is longer belongs into a module of its own


@dataclass(frozen=True)
class Setting:
    """One thing a person can set.

    Attributes:
        name: The field's name; filled in by `declared`.
        default: The value it has until somebody sets it.
        help: One line that says what it does.
        unit: What the number counts ("pixels", "epochs"), empty where it has none.
        optional: Whether None ("empty") is a value.
        title: What a form shows; made from the name where it is empty.
        advanced: Whether a form keeps it folded away at first.
    """

    name: str = ""
    default: Any = None
    help: str = ""
    unit: str = ""
    optional: bool = False
    title: str = ""
    advanced: bool = False

    kind: ClassVar[str] = "setting"

    @property
    def label(self) -> str:
        """What a form writes in front of the field."""
        return self.title or self.name.replace("_", " ").capitalize()

    def check(self, value: Any) -> Any:
        """Give the value in its one normal form.

        Raises:
            SettingError: It is of the wrong kind or out of range.
        """
        if value is None:
            if self.optional:
                return None
            raise self.refuse(value, "a value")
        return self.check_value(value)

    def check_value(self, value: Any) -> Any:
        """`check` for a value that is not None."""
        raise NotImplementedError(type(self).__name__)

    def refuse(self, value: Any, wanted: str) -> SettingError:
        """The error that says what arrived and what was wanted."""
        arrived = "nothing" if value is None else _shown(value)
        return SettingError(f"{self.name or 'the setting'} is {arrived}, but it takes {wanted}.", self.name)

    def range_text(self) -> str:
        """The values it takes, in words; for help and tool tips."""
        return ""


@dataclass(frozen=True)
class Integer(Setting):
    """A whole number from `lo` to `hi` (None: no bound)."""

    lo: int | None = None
    hi: int | None = None
    kind: ClassVar[str] = "integer"

    def check_value(self, value: Any) -> int:
        if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.refuse(value, f"a whole number{_bounds(self.lo, self.hi)}")
        if (self.lo is not None and value < self.lo) or (self.hi is not None and value > self.hi):
            raise self.refuse(value, f"a whole number{_bounds(self.lo, self.hi)}")
        return value

    def range_text(self) -> str:
        return f"whole number{_bounds(self.lo, self.hi)}"


@dataclass(frozen=True)
class Real(Setting):
    """A finite number from `lo` to `hi` (None: no bound); `log` tells a form to step by factors."""

    lo: float | None = None
    hi: float | None = None
    log: bool = False
    kind: ClassVar[str] = "real"

    def check_value(self, value: Any) -> float:
        wanted = f"a number{_bounds(self.lo, self.hi)}"
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.refuse(value, wanted)
        try:
            number = float(value)
        except OverflowError:
            raise self.refuse(value, wanted) from None
        if not math.isfinite(number):
            raise self.refuse(value, wanted)
        if (self.lo is not None and number < self.lo) or (self.hi is not None and number > self.hi):
            raise self.refuse(value, wanted)
        return number

    def range_text(self) -> str:
        return f"number{_bounds(self.lo, self.hi)}"


@dataclass(frozen=True)
class Flag(Setting):
    """On or off."""

    kind: ClassVar[str] = "flag"

    def check_value(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self.refuse(value, "true or false")
        return value

    def range_text(self) -> str:
        return "on or off"


@dataclass(frozen=True)
class Choice(Setting):
    """One of a few words. `labels` are what a form shows for them, in the same order."""

    options: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    kind: ClassVar[str] = "choice"

    def check_value(self, value: Any) -> str:
        if not isinstance(value, str) or value not in self.options:
            raise self.refuse(value, "one of " + ", ".join(self.options))
        return value

    def range_text(self) -> str:
        return "one of " + ", ".join(self.options)


@dataclass(frozen=True)
class Text(Setting):
    """A line of text of at most `longest` characters."""

    longest: int = 4096
    kind: ClassVar[str] = "text"

    def check_value(self, value: Any) -> str:
        if not isinstance(value, str) or len(value) > self.longest or "\0" in value:
            raise self.refuse(value, f"a text of at most {self.longest} characters")
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise self.refuse(value, "a text that can be written as UTF-8") from None
        return value

    def range_text(self) -> str:
        return "text"


@dataclass(frozen=True)
class Code(Text):
    """Python code of at most `longest` bytes, with line breaks: text that is shown, stored and compared, and here nothing more."""

    longest: int = LONGEST_CODE
    kind: ClassVar[str] = "code"

    def check_value(self, value: Any) -> str:
        checked = super().check_value(value)
        if len(checked.encode("utf-8")) > self.longest:
            raise self.refuse(value, f"a text of at most {self.longest} bytes")
        return checked.replace("\r\n", "\n").replace("\r", "\n")

    def range_text(self) -> str:
        return f"Python code of at most {self.longest // 1024} KB"


@dataclass(frozen=True)
class Pair(Setting):
    """Pixels, height × width: one number for both, or two. `words` are words it takes instead ("same")."""

    lo: int = 0
    hi: int | None = None
    words: tuple[str, ...] = ()
    kind: ClassVar[str] = "pair"

    def check_value(self, value: Any) -> Size2 | str:
        if isinstance(value, str) and value in self.words:
            return value
        numbers = list(value) if isinstance(value, (list, tuple)) else [value]
        if len(numbers) not in (1, 2):
            raise self.refuse(value, self._wanted())
        checked = []
        for number in numbers:
            if isinstance(number, float) and number.is_integer() and abs(number) < 2**53:
                number = int(number)
            if isinstance(number, bool) or not isinstance(number, int):
                raise self.refuse(value, self._wanted())
            if number < self.lo or (self.hi is not None and number > self.hi):
                raise self.refuse(value, self._wanted())
            checked.append(number)
        if len(checked) == 1 or checked[0] == checked[1]:
            return checked[0]
        return checked[0], checked[1]

    def _wanted(self) -> str:
        words = "".join(f' or "{word}"' for word in self.words)
        return f"one whole number or a pair [height, width]{_bounds(self.lo, self.hi)}{words}"

    def range_text(self) -> str:
        return self._wanted()


@dataclass(frozen=True)
class Row(Setting):
    """A row of numbers such as a shape or an order of axes; the value is a tuple, in a file a list.

    Attributes:
        real: Whether the numbers may have a fraction.
        lo, hi: Bounds of each number.
        least, most: How many numbers there are.
    """

    real: bool = False
    lo: float | None = None
    hi: float | None = None
    least: int = 0
    most: int = 64
    kind: ClassVar[str] = "row"

    def check_value(self, value: Any) -> tuple[float, ...]:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value = [value]
        if not isinstance(value, (list, tuple)) or not self.least <= len(value) <= self.most:
            raise self.refuse(value, self.range_text())
        return tuple(self._number(value, number) for number in value)

    def _number(self, row: Any, value: Any) -> float:
        if isinstance(value, float) and not self.real and value.is_integer() and abs(value) < 2**53:
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, (int, float) if self.real else int):
            raise self.refuse(row, self.range_text())
        if (self.lo is not None and value < self.lo) or (self.hi is not None and value > self.hi):
            raise self.refuse(row, self.range_text())
        try:
            number = float(value)
        except OverflowError:
            raise self.refuse(row, self.range_text()) from None
        if not math.isfinite(number):
            raise self.refuse(row, self.range_text())
        return number if self.real else int(value)

    def range_text(self) -> str:
        count = f"{self.least}" if self.least == self.most else f"{self.least} to {self.most}"
        return f"a row of {count} {'numbers' if self.real else 'whole numbers'}{_bounds(self.lo, self.hi)}"


def _bounds(lo: float | None, hi: float | None) -> str:
    match lo, hi:
        case None, None:
            return ""
        case _, None:
            return f" of at least {_shown(lo)}"
        case None, _:
            return f" of at most {_shown(hi)}"
        case _:
            return f" from {_shown(lo)} to {_shown(hi)}"


def _shown(value: Any) -> str:
    """A value in a sentence, which stays one however long the value is."""
    said = repr(value)
    return said if len(said) <= 60 else said[:57] + "..."
