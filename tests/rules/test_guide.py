"""The user guide tells every key of the window and shows pictures that exist in both themes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from engine.project import Project
from gui.app import build

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("README.md", "docs/guide.md")
# Read by the other tests of the canvas' own table; arrows and numbers stand for several keys in one row of the guide.
MANY = re.compile(r"Ctrl\+[1-4]$|(Left|Right|Up|Down)$")


def test_the_guide_tells_every_key_of_the_window(qtbot: QtBot) -> None:
    window = build(Project())
    qtbot.addWidget(window)
    guide = (ROOT / "docs/guide.md").read_text(encoding="utf-8").partition("## Keys")[2]
    told = {QKeySequence(key).toString() for key in re.findall(r"`([^`]+)`", guide)}
    keys = {
        QKeySequence(key.strip()).toString()
        for action in window.actions_.table.values()
        for key in action.shortcut.split(", ")
        if key.strip()
    }
    window.session.close()
    same = {"Ctrl+Enter": "Ctrl+Return", "Ctrl+=": "Ctrl++"}
    assert {key for key in keys if not MANY.search(key) and same.get(key, key) not in told} == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_picture_is_there_in_both_themes(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = [(ROOT / page).parent / link for link in re.findall(r"!\[[^]]*\]\(([^)]+\.png)\)", text)]
    assert named
    for path in named:
        assert path.is_file(), path
        assert path.with_name(path.name.replace("-light", "-dark")).is_file(), path


@pytest.mark.parametrize("page", [*PAGES, "CONTRIBUTING.md", "CHANGELOG.md", "docs/decisions/README.md"])
def test_every_link_leads_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text) if "://" not in link]
    assert [link for link in links if not ((ROOT / page).parent / link).exists()] == []
