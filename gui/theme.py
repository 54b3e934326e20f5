"""Colours, fonts and icons of both themes, read by every panel, declared once.

`apply` sets Fusion, a palette and one small style sheet; `current()` gives the colours; `notifier().changed` says when they are
others. Not for: the look of particular panels, which paint with these tokens.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

import qtawesome
from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPalette, QPixmap
from PySide6.QtWidgets import QApplication
from qtawesome.iconic_font import CharIconEngine

import resources

ThemeName = Literal["light", "dark"]
SPACE = 8  # pixels; distances are multiples of it
RADIUS = 6  # pixels; rounding of cards and fields
FAMILY = "Inter"


@dataclass(frozen=True)
class Tokens:
    """Colours as #rrggbb, called after what they are for."""

    name: ThemeName
    window: str  # behind everything
    panel: str  # docks and places
    raised: str  # cards and buttons
    hover: str  # a button or a row under the mouse
    sunken: str  # fields, lists, plots
    canvas: str
    grid: str
    border: str
    border_strong: str
    text: str
    muted: str  # second line; still 4.5:1 on panel
    faint: str  # decoration and disabled text only
    accent: str
    accent_hover: str
    accent_text: str  # on accent
    accent_soft: str  # selected rows
    select: str  # ring around what is selected
    train: str
    val: str
    good: str
    bad: str
    warn: str
    family: dict[str, str]  # a colour a block family


_LIGHT = Tokens(
    name="light",
    window="#eceef2",
    panel="#f8f9fb",
    raised="#ffffff",
    hover="#eef1f6",
    sunken="#ffffff",
    canvas="#f1f3f7",
    grid="#dde1e9",
    border="#dcdfe6",
    border_strong="#b9bfca",
    text="#1b1f27",
    muted="#5a6272",
    faint="#9aa2b1",
    accent="#3b5bdb",
    accent_hover="#324fc4",
    accent_text="#ffffff",
    accent_soft="#e3e9fd",
    select="#3b5bdb",
    train="#2563c9",
    val="#c2540a",
    good="#1a7f4b",
    bad="#c62f3b",
    warn="#9a6200",
    family={
        "Input and output": "#475569",
        "Convolution": "#2f6fd6",
        "Pooling": "#0d8a93",
        "Linear": "#7048c8",
        "Activation": "#b8560c",
        "Normalisation": "#4a7d1c",
        "Regularisation": "#8a6d00",
        "Shape": "#5d6b82",
        "Merge": "#b0307f",
        "Sequence": "#1f7a6d",
        "Attention": "#9a3fb5",
        "Generative": "#a34a28",
        "Loss and metric": "#b83244",
        "Composites": "#0b7a5c",
    },
)

_DARK = Tokens(
    name="dark",
    window="#14161b",
    panel="#1b1e25",
    raised="#252932",
    hover="#2d323d",
    sunken="#15181e",
    canvas="#171a20",
    grid="#252a33",
    border="#2f3440",
    border_strong="#4a5262",
    text="#e8ebf1",
    muted="#a2abbb",
    faint="#6b7486",
    accent="#7c96ff",
    accent_hover="#93a8ff",
    accent_text="#10131a",
    accent_soft="#2a3354",
    select="#8aa1ff",
    train="#6ea8fe",
    val="#ffa45c",
    good="#5fd39a",
    bad="#ff7b86",
    warn="#f0bf5a",
    family={
        "Input and output": "#94a3b8",
        "Convolution": "#6ea8fe",
        "Pooling": "#4cc9d4",
        "Linear": "#b197fc",
        "Activation": "#ff9f5a",
        "Normalisation": "#98d25e",
        "Regularisation": "#e6c84f",
        "Shape": "#a0aec4",
        "Merge": "#f783c4",
        "Sequence": "#63d3b8",
        "Attention": "#d79bf2",
        "Generative": "#f2a07e",
        "Loss and metric": "#ff8591",
        "Composites": "#5bd6b0",
    },
)


class _Notifier(QObject):
    """Says that the theme is another one.

    Attributes:
        changing: Emits before anything is styled anew: what is not shown may go at once, so that it need not be.
        changed: Emits its name.
    """

    changing = Signal()
    changed = Signal(str)


_state: dict[str, Tokens] = {"tokens": _LIGHT}


@cache
def notifier() -> _Notifier:
    """The one object whose `changed(name)` tells that colours are others."""
    return _Notifier()


def current() -> Tokens:
    """The colours in force."""
    return _state["tokens"]


def tokens_of(name: ThemeName) -> Tokens:
    """The colours of a theme, for previews and tests."""
    return _DARK if name == "dark" else _LIGHT


def system_theme(app: QApplication) -> ThemeName:
    """What the desktop asks for; light where it does not say."""
    return "dark" if app.styleHints().colorScheme() == Qt.ColorScheme.Dark else "light"


@cache
def load_fonts() -> bool:
    """Make the bundled font known to Qt; True where that worked."""
    found = [
        QFontDatabase.addApplicationFont(str(resources.path(f"fonts/Inter-{weight}.otf")))
        for weight in ("Regular", "Medium", "SemiBold")
    ]
    return all(number >= 0 for number in found)


def font(px: int = 13, weight: int = 400) -> QFont:
    """The program's font at a size in pixels; weights are 400, 500 and 600."""
    made = QFont(FAMILY)
    made.setPixelSize(px)
    made.setWeight(QFont.Weight(weight))
    return made


def mono(px: int = 12) -> QFont:
    """A font of equal widths, for code and numbers in columns."""
    made = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    made.setPixelSize(px)
    return made


# WORKAROUND qtawesome (1.4.2): its engine paints on whatever pixmap is asked for, also on one of no size, which a layout in the
# middle of its work asks for; Qt then warns seven times. And it paints a glyph anew for everyone who asks, in a millisecond.
_paint_glyph = CharIconEngine.pixmap
MOST_GLYPHS = 32  # pictures that an icon keeps, one for each size and state


def _glyph(engine: CharIconEngine, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
    if size.isEmpty():
        return QPixmap()
    drawn: dict[object, QPixmap] = engine.__dict__.setdefault("drawn", {})
    key = (size.width(), size.height(), mode, state)
    if key not in drawn:
        if len(drawn) >= MOST_GLYPHS:
            drawn.clear()
        drawn[key] = _paint_glyph(engine, size, mode, state)
    return drawn[key]


CharIconEngine.pixmap = _glyph


def icon(name: str, *, color: str | None = None) -> QIcon:
    """A Material Design icon ("play", "delete-outline") in a token's colour, faint where it is disabled."""
    tokens = current()
    made: QIcon = qtawesome.icon(
        f"mdi6.{name}", color=color or tokens.text, color_disabled=tokens.faint, color_active=color or tokens.text
    )
    return made


def apply(app: QApplication, name: ThemeName) -> None:
    """Put a theme into force for the whole application and tell the listeners."""
    for _done in steps(app, name):
        pass


def steps(app: QApplication, name: ThemeName) -> Iterator[str]:
    """Do what `apply` does, in parts; gives the name of each that is done.

    It ends early where another theme has been put into force meanwhile.
    """
    load_fonts()
    tokens = tokens_of(name)
    _state["tokens"] = tokens
    notifier().changing.emit()
    yield "cleared"
    if current() is not tokens:
        return
    if app.property("layerloom-style") is None:  # a style sheet hides the style's name, so it cannot be asked for
        app.setStyle("Fusion")
        app.setProperty("layerloom-style", True)
    # Qt takes three times as long to replace a style sheet as to drop it and take another: 0.9 s and 0.3 s for 1,000 widgets.
    app.setStyleSheet("")
    yield "bare"
    if current() is not tokens:
        return
    app.setFont(font(13))
    app.setPalette(_palette(tokens))
    app.setStyleSheet(_sheet(tokens))
    yield "styled"
    if current() is not tokens:
        return
    notifier().changed.emit(name)
    yield "told"


def _palette(t: Tokens) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    pairs = {
        role.Window: t.panel,
        role.WindowText: t.text,
        role.Base: t.sunken,
        role.AlternateBase: t.panel,
        role.Text: t.text,
        role.Button: t.raised,
        role.ButtonText: t.text,
        role.BrightText: t.bad,
        role.Highlight: t.accent,
        role.HighlightedText: t.accent_text,
        role.ToolTipBase: t.raised,
        role.ToolTipText: t.text,
        role.PlaceholderText: t.muted,
        role.Link: t.accent,
        role.LinkVisited: t.accent,
        role.Accent: t.accent,
        role.Light: t.raised,
        role.Midlight: t.border,
        role.Mid: t.border_strong,
        role.Dark: t.border_strong,
        role.Shadow: t.window,
    }
    for which, colour in pairs.items():
        palette.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(t.faint))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(t.border_strong))
    return palette


def _url(name: str, t: Tokens) -> str:
    """A drawing that the style sheet refers to; Qt wants forward slashes."""
    return resources.path(f"icons/{name}-{t.name}.svg").as_posix()


def _sheet(t: Tokens) -> str:
    """The one style sheet: what Fusion cannot say by palette."""
    return f"""
    QToolTip {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.border_strong}; padding: 6px 8px; }}
    QMainWindow, QDialog {{ background: {t.panel}; }}
    QMainWindow::separator {{ background: {t.panel}; width: 4px; height: 4px; border-top: 1px solid {t.border}; }}
    QMainWindow::separator:vertical {{ border-left: 1px solid {t.border}; }}
    QMainWindow::separator:hover {{ background: {t.accent}; }} QSplitter::handle {{ background: {t.border}; }}
    QSplitter::handle:horizontal {{ width: 1px; }} QSplitter::handle:vertical {{ height: 1px; }}
    QDockWidget {{ color: {t.muted}; font-weight: 600; }}
    QDockWidget::title {{ background: {t.panel}; padding: 7px 12px; border-bottom: 1px solid {t.border}; }}
    QMenuBar {{ background: {t.panel}; border-bottom: 1px solid {t.border}; padding: 2px 6px; }}
    QMenuBar::item {{ padding: 4px 9px; border-radius: 4px; background: transparent; }}
    QMenuBar::item:selected {{ background: {t.hover}; }}
    QMenu {{ background: {t.raised}; border: 1px solid {t.border_strong}; padding: 5px; }}
    QMenu::item {{ padding: 5px 28px 5px 12px; border-radius: 4px; }}
    QMenu::item:selected {{ background: {t.accent_soft}; color: {t.text}; }}
    QMenu::item:disabled {{ color: {t.faint}; }}
    QMenu::separator {{ height: 1px; background: {t.border}; margin: 5px 8px; }}
    QMenu::icon {{ padding-left: 8px; }}
    QStatusBar {{ background: {t.panel}; border-top: 1px solid {t.border}; color: {t.muted}; }}
    QStatusBar::item {{ border: none; }}
    QPushButton {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.border_strong}; border-radius: {RADIUS}px;
        padding: 5px 14px; min-height: 18px; }}
    QPushButton:hover {{ background: {t.hover}; }}
    QPushButton:pressed {{ background: {t.border}; }}
    QPushButton:focus {{ border: 1px solid {t.accent}; outline: none; }}
    QPushButton:disabled {{ color: {t.faint}; border-color: {t.border}; background: {t.panel}; }}
    QPushButton[primary="true"] {{ background: {t.accent}; color: {t.accent_text}; border-color: {t.accent}; font-weight: 600; }}
    QPushButton[primary="true"]:hover {{ background: {t.accent_hover}; }}
    QPushButton[primary="true"]:focus {{ border: 1px solid {t.text}; }}
    QPushButton[primary="true"]:disabled {{ background: {t.border}; color: {t.muted}; border-color: {t.border}; }}
    QPushButton[flat="true"] {{ border: 1px solid transparent; background: transparent; padding: 3px 8px; }}
    QPushButton[flat="true"]:hover {{ background: {t.hover}; }}
    QPushButton[flat="true"]:focus {{ border: 1px solid {t.accent}; }}
    QPushButton[danger="true"] {{ color: {t.bad}; }}
    QToolButton {{ background: transparent; border: 1px solid transparent; border-radius: {RADIUS}px; padding: 4px; }}
    QToolButton:hover {{ background: {t.hover}; }}
    QToolButton:checked {{ background: {t.accent_soft}; }}
    QToolButton:focus {{ border: 1px solid {t.accent}; }}
    QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox {{ background: {t.sunken}; color: {t.text};
        border: 1px solid {t.border_strong}; border-radius: {RADIUS}px; padding: 4px 8px; min-height: 18px;
        selection-background-color: {t.accent}; selection-color: {t.accent_text}; }}
    QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus {{
        border: 1px solid {t.accent}; }}
    QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled {{ color: {t.faint};
        background: {t.panel}; border-color: {t.border}; }}
    QAbstractSpinBox QLineEdit {{ border: none; background: transparent; padding: 0; min-height: 0; }}
    QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ width: 0; border: none; }}
    QComboBox::drop-down {{ border: none; width: 24px; }}
    QComboBox::down-arrow {{ image: url({_url("chevron", t)}); width: 14px; height: 14px; }}
    QCheckBox {{ spacing: 8px; }}
    QCheckBox::indicator, QTreeView::indicator, QListView::indicator, QTableView::indicator {{ width: 14px; height: 14px;
        border: 1px solid {t.border_strong}; border-radius: 4px; background: {t.sunken}; }}
    QCheckBox::indicator:hover {{ border-color: {t.accent}; }}
    QCheckBox::indicator:checked, QTreeView::indicator:checked, QListView::indicator:checked, QTableView::indicator:checked {{
        background: {t.accent}; border-color: {t.accent}; image: url({_url("tick", t)}); }}
    QCheckBox:focus {{ color: {t.accent}; }}
    QComboBox QAbstractItemView {{ background: {t.raised}; border: 1px solid {t.border_strong}; padding: 4px; outline: none;
        selection-background-color: {t.accent_soft}; selection-color: {t.text}; }}
    QListView, QTreeView, QTableView {{ background: {t.sunken}; border: 1px solid {t.border}; border-radius: {RADIUS}px;
        outline: none; selection-background-color: {t.accent_soft}; selection-color: {t.text}; }}
    QListView:focus, QTreeView:focus, QTableView:focus {{ border: 1px solid {t.accent}; }}
    QHeaderView::section {{ background: {t.panel}; color: {t.muted}; border: none; border-bottom: 1px solid {t.border};
        padding: 6px 8px; font-weight: 500; }}
    QTableView {{ gridline-color: {t.border}; }}
    QScrollArea {{ background: transparent; border: none; }}
    QScrollArea > QWidget > QWidget {{ background: transparent; }}
    QScrollBar:vertical {{ background: transparent; width: 11px; margin: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: 11px; margin: 0; }}
    QScrollBar::handle {{ background: {t.border_strong}; border-radius: 2px; margin: 3px; min-height: 24px; min-width: 24px; }}
    QScrollBar::handle:hover {{ background: {t.faint}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    QProgressBar {{ background: {t.border}; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }}
    QProgressBar::chunk {{ background: {t.accent}; border-radius: 3px; }}
    QTabWidget::pane {{ border: none; border-top: 1px solid {t.border}; }}
    QTabBar::tab {{ background: transparent; color: {t.muted}; padding: 8px 14px; border: none;
        border-bottom: 2px solid transparent; font-weight: 500; }}
    QTabBar::tab:selected {{ color: {t.text}; border-bottom: 2px solid {t.accent}; }}
    QTabBar::tab:hover {{ color: {t.text}; }}
    QFrame[card="true"] {{ background: {t.raised}; border: 1px solid {t.border}; border-radius: 8px; }}
    QLabel[heading="true"] {{ font-size: 15px; font-weight: 600; }}
    QLabel[section="true"] {{ font-size: 12px; font-weight: 600; color: {t.muted}; }}
    QLabel[hint="true"] {{ color: {t.muted}; }}
    QLabel[fault="true"] {{ color: {t.bad}; }}
    QFrame[rule="true"] {{ background: {t.border}; max-height: 1px; min-height: 1px; border: none; }}
    """


ICON = QSize(18, 18)  # pixels; icons of buttons
