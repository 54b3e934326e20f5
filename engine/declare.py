"""Settings: declared once on a class, read by whoever checks, stores, prints or shows them.

A class decorated with `declared` has fields made by `integer`, `real`, `flag`, `choice`, `text`, `code`, `size2`, `numbers`; each
is a `Setting` with its range, its unit and a line of help. Blocks, training settings and data choices are all declared this way,
so one form shows them all and one function reads them all from a file.

Not for: what the settings mean. No torch, no numpy.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, dataclass_transform

from engine.errors import SettingError
from engine.setting import (
    LONGEST_CODE,
    Choice,
    Code,
    Flag,
    Integer,
    Pair,
    Real,
    Row,
    Setting,
    Size2,
    Text,
)  # fmt: skip

__all__ = [
    "Choice", "Code", "Flag", "Integer", "Json", "Pair", "Real", "Row", "Setting", "Size2", "Text", "choice", "code",
    "declared", "flag", "from_json", "integer", "numbers", "real", "settings_of", "size2", "text", "to_json", "unknown",
]  # fmt: skip

Json = Any  # what json.loads gives: None, bool, int, float, str, list, dict
C = TypeVar("C", bound=type)


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


def code(default: str, *, help: str, title: str = "", longest: int = LONGEST_CODE) -> Any:
    """A field that holds Python code, several lines of it."""
    return _field(Code(default=default, help=help, title=title, longest=longest))


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
    frozen_default=True,
    kw_only_default=True,
    field_specifiers=(integer, real, flag, choice, text, code, size2, numbers),
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
