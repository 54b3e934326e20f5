"""Settings: declared once on a class, read by whoever checks, stores, prints or shows them.

A class decorated with `declared` has fields made by `integer`, `real`, `flag`, `choice`, `text`, `size2` and `numbers`; each is a
`Setting` with its range, its unit and a line of help. Blocks, training settings and data choices are all declared this way,
so one form shows them all and one function reads them all from a file.

Not for: what the settings mean. No torch, no numpy.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar, dataclass_transform

from engine.errors import SettingError

Json = Any  # what json.loads gives: None, bool, int, float, str, list, dict
Size2 = int | tuple[int, int]  # pixels, one number for both or (height, width)
C = TypeVar("C", bound=type)


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


# The functions below return Any so that a field can be annotated with the type its value has, as dataclasses.field does.


def _field(setting: Setting) -> Any:
    return dataclasses.field(default=setting.default, metadata={"setting": setting})


def integer(
    default: int | None, *, lo: int | None = None, hi: int | None = None, help: str, unit: str = "", title: str = "",
    optional: bool = False, advanced: bool = False,
) -> Any:  # fmt: skip
    """A field that holds a whole number."""
    return _field(
        Integer(default=default, lo=lo, hi=hi, help=help, unit=unit, title=title,
                optional=optional or default is None, advanced=advanced)
    )  # fmt: skip


def real(
    default: float | None, *, lo: float | None = None, hi: float | None = None, help: str, unit: str = "", title: str = "",
    optional: bool = False, advanced: bool = False, log: bool = False,
) -> Any:  # fmt: skip
    """A field that holds a finite number."""
    return _field(
        Real(default=default, lo=lo, hi=hi, help=help, unit=unit, title=title, log=log,
             optional=optional or default is None, advanced=advanced)
    )  # fmt: skip


def flag(default: bool, *, help: str, title: str = "", advanced: bool = False) -> Any:
    """A field that is on or off."""
    return _field(Flag(default=default, help=help, title=title, advanced=advanced))


def choice(
    default: str,
    *,
    options: Sequence[str],
    labels: Sequence[str] = (),
    help: str,
    title: str = "",
    advanced: bool = False,
) -> Any:
    """A field that holds one of a few words."""
    return _field(
        Choice(default=default, options=tuple(options), labels=tuple(labels), help=help, title=title, advanced=advanced)
    )


def text(default: str = "", *, help: str, title: str = "", longest: int = 4096, advanced: bool = False) -> Any:
    """A field that holds a line of text."""
    return _field(Text(default=default, help=help, title=title, longest=longest, advanced=advanced))


def size2(
    default: Size2 | str | None, *, lo: int = 0, hi: int | None = None, help: str, words: Sequence[str] = (), title: str = "",
    unit: str = "pixels", advanced: bool = False,
) -> Any:  # fmt: skip
    """A field that holds height × width, one number for both or a pair."""
    return _field(
        Pair(default=default, lo=lo, hi=hi, help=help, words=tuple(words), title=title, unit=unit,
             optional=default is None, advanced=advanced)
    )  # fmt: skip


def numbers(
    default: Sequence[float], *, real: bool = False, lo: float | None = None, hi: float | None = None, least: int = 0,
    most: int = 64, help: str, unit: str = "", title: str = "", advanced: bool = False,
) -> Any:  # fmt: skip
    """A field that holds a row of numbers: whole ones, or any where `real`."""
    return _field(
        Row(default=tuple(default), real=real, lo=lo, hi=hi, least=least, most=most, help=help, unit=unit, title=title,
            advanced=advanced)
    )  # fmt: skip


@dataclass_transform(
    frozen_default=True, kw_only_default=True, field_specifiers=(integer, real, flag, choice, text, size2, numbers)
)
def declared(cls: C) -> C:
    """Make `cls` a frozen dataclass whose settings are checked when it is made."""
    cls.__post_init__ = _check_all(cls.__dict__.get("__post_init__"))  # type: ignore[attr-defined]
    fields: Any = dataclasses.dataclass(frozen=True, kw_only=True)(cls)
    settings: dict[str, Setting] = {}
    for item in dataclasses.fields(fields):
        if "setting" in item.metadata:
            settings[item.name] = dataclasses.replace(item.metadata["setting"], name=item.name)
    # What a class has itself stands before what it inherits.
    own = [name for name in cls.__annotations__ if name in settings]
    fields.settings = {name: settings[name] for name in dict.fromkeys((*own, *settings))}
    made: C = fields
    return made


def _check_all(after: Callable[[Any], None] | None) -> Callable[[Any], None]:
    def post_init(self: Any) -> None:
        for name, setting in type(self).settings.items():
            object.__setattr__(self, name, setting.check(getattr(self, name)))
        if after is not None:
            after(self)

    return post_init


def settings_of(declaration: Any) -> Mapping[str, Setting]:
    """The settings of a declared class or of a value of one, in the order of their declaration."""
    found: Mapping[str, Setting] = declaration.settings
    return found


def from_json(cls: type[Any], values: Json) -> Any:
    """A value of the declared class `cls` from a JSON object; what is missing takes its default.

    Raises:
        SettingError: Not an object, an unknown name, or a value that a setting cannot take.
    """
    if not isinstance(values, Mapping):
        raise SettingError(f"settings are {type(values).__name__}, but an object of names and values is wanted.")
    for name in values:
        if name not in settings_of(cls):
            raise SettingError(unknown(name, settings_of(cls), "setting"), str(name))
    return cls(**values)


def to_json(value: Any, *, all_of_them: bool = False) -> dict[str, Json]:
    """The settings of a declared value as JSON: those that differ from their default, or all."""
    out: dict[str, Json] = {}
    for name, setting in settings_of(value).items():
        held = getattr(value, name)
        if all_of_them or held != setting.default:
            out[name] = list(held) if isinstance(held, tuple) else held
    return out


def unknown(name: object, known: Sequence[str] | Mapping[str, Any], what: str) -> str:
    """The sentence for a name that is not there, with the nearest one that is."""
    shown = str(name)[:60]
    near = difflib.get_close_matches(str(name)[:200], list(known), n=1)
    hint = f' Did you mean "{near[0]}"?' if near else (f" Known: {', '.join(list(known)[:12])}." if known else "")
    return f'there is no {what} "{shown}".{hint}'
