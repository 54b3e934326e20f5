"""What the program remembers of a person between starts: theme, recent files, the window's place.

Kept in the platform's own folder for settings. Not for: projects.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

MOST_RECENT = 10  # files in the menu
ARRANGEMENT = 2  # which docks there are; one more whenever one comes or goes, for an older layout has no place for it


def _store() -> QSettings:
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "LayerLoom", "LayerLoom")


def theme_choice() -> str:
    """What the person chose: "system", "light" or "dark"."""
    value = str(_store().value("theme", "system"))
    return value if value in ("light", "dark") else "system"


def set_theme_choice(value: str) -> None:
    """Remember the theme."""
    _store().setValue("theme", value)


def recent_files() -> list[Path]:
    """Projects opened lately that are still there, the last one first."""
    value = _store().value("recent", [])
    names = value if isinstance(value, list) else [value] if isinstance(value, str) else []
    return [Path(str(name)) for name in names[:MOST_RECENT]]


def remember_file(path: Path) -> None:
    """Put a project in front of the recent ones."""
    absolute = str(path.absolute())
    others = [str(other) for other in recent_files() if str(other) != absolute]
    _store().setValue("recent", [absolute, *others][:MOST_RECENT])


def forget_file(path: Path) -> None:
    """Take a project that is gone off the list."""
    _store().setValue("recent", [str(other) for other in recent_files() if other != path])


def save_layout(name: str, state: QByteArray) -> None:
    """Remember how a window or its docks are laid out."""
    _store().setValue(f"layout/{name}", state)


def layout(name: str) -> QByteArray | None:
    """How a window or its docks were laid out."""
    value = _store().value(f"layout/{name}")
    return value if isinstance(value, QByteArray) and not value.isEmpty() else None


def opened(name: str) -> set[str] | None:
    """Which sections of a list the person left unfolded; None where nothing was folded yet."""
    value = _store().value(f"opened/{name}")
    if value is None:
        return None
    names = value if isinstance(value, list) else [value]
    return {str(one) for one in names if str(one)}


def set_opened(name: str, sections: set[str]) -> None:
    """Remember which sections of a list are unfolded."""
    _store().setValue(f"opened/{name}", ["", *sorted(sections)])
