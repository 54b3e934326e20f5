"""The block whose weight is shared is chosen from those that are there, and followed when it is renamed."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from engine.project import Project
from gui import composing
from gui.document import Document
from gui.form.editors import TextEditor
from gui.form.pages import BlockPage
from gui.form.properties import Properties


def test_it_is_chosen_from_the_blocks_that_are_there(qtbot: QtBot) -> None:
    document = Document(Project())
    embed, linear = document.add_block("embedding"), document.add_block("linear")
    assert embed
    assert linear
    panel = Properties(document)
    qtbot.addWidget(panel)
    panel.show()
    document.select([linear])
    assert isinstance(panel.page, BlockPage)
    editor = panel.page.form.rows["tied"].editor
    assert isinstance(editor, TextEditor)
    completer = editor.field.completer()
    assert [completer.model().index(row, 0).data() for row in range(completer.model().rowCount())] == ["embed1"]
    completer.activated.emit("embed1")
    assert document.graph.node(linear).settings["tied"] == "embed1"
    composing.rename(document, embed, "words")
    assert document.graph.node(linear).settings["tied"] == "words"
    assert editor.field.text() == "words"
    document.stack.undo()
    assert document.graph.node(linear).settings["tied"] == "embed1"
