"""An output says in a sentence what it learns where nobody drew a loss."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from engine.graph.facts import Column, DataFacts
from engine.project import open_project
from gui.document import Document
from gui.form.pages import BlockPage
from gui.form.properties import Properties


def test_an_output_says_what_it_learns_as_soon_as_the_data_are_known(qtbot: QtBot) -> None:
    document = Document(open_project("preset:lenet5"))
    panel = Properties(document)
    qtbot.addWidget(panel)
    panel.show()
    document.select([document.graph.named("output").id])
    assert isinstance(panel.page, BlockPage)
    assert panel.page.aim.isHidden()
    classes = tuple("0123456789")
    columns = (Column("image", "image", (1, 28, 28)), Column("label", "label", (), classes))
    document.set_facts(DataFacts("digits", 10, columns))
    panel.page.refresh()
    assert (
        panel.page.aim.text() == 'output learns the column "label" (10 classes) by cross entropy. Accuracy is reported.'
    )
