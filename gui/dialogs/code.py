"""Source code to read: equal widths, colours for words, strings, numbers and comments.

Not for: editing.
"""

from __future__ import annotations

import re

from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from gui import theme

_WORDS = (
    "and|as|assert|break|class|continue|def|del|elif|else|except|False|finally|for|from|if|import|in|is|lambda|None|not|or|"
    "pass|raise|return|self|True|try|while|with|yield|true|false|null"
)
# In this order: what comes first takes its characters.
_TOKEN = re.compile(
    r'(?P<comment>#.*)|(?P<string>[rbf]?"(?:[^"\\]|\\.)*"|[rbf]?\'(?:[^\'\\]|\\.)*\')|'
    rf"(?P<named>(?<=def )\w+|(?<=class )\w+)|(?P<word>\b(?:{_WORDS})\b)|(?P<number>\b\d[\w.]*\b)"
)
_LONG = '"""'


class Highlighter(QSyntaxHighlighter):
    """Colours for Python; good enough for JSON too."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        theme.notifier().changed.connect(self._theme_changed)

    def _theme_changed(self, _name: str) -> None:
        self.rehighlight()

    def _format(self, kind: str) -> QTextCharFormat:
        t = theme.current()
        colours = {"comment": t.muted, "string": t.good, "named": t.train, "word": t.accent, "number": t.val}
        made = QTextCharFormat()
        made.setForeground(QColor(colours[kind]))
        if kind in ("named", "word"):
            made.setFontWeight(QFont.Weight.DemiBold)
        if kind == "comment":
            made.setFontItalic(True)
        return made

    def highlightBlock(self, text: str) -> None:
        start = 0
        if self.previousBlockState() == 1:
            start = self._long(text, 0)
        while start < len(text):
            opening = text.find(_LONG, start)
            end = len(text) if opening < 0 else opening
            for match in _TOKEN.finditer(text, start, end):
                self.setFormat(match.start(), match.end() - match.start(), self._format(str(match.lastgroup)))
            if opening < 0:
                break
            start = self._long(text, opening + len(_LONG), opening)

    def _long(self, text: str, search: int, begin: int = 0) -> int:
        """Colour a text in three quotes up to its end, or to the line's; gives where it ends."""
        closing = text.find(_LONG, search)
        end = len(text) if closing < 0 else closing + len(_LONG)
        self.setCurrentBlockState(1 if closing < 0 else 0)
        self.setFormat(begin, end - begin, self._format("string"))
        return end


class CodeView(QPlainTextEdit):
    """See the module."""

    def __init__(self, parent: QWidget | None = None, *, name: str = "Source") -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setAccessibleName(name)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFont(theme.mono(12))
        self._colours = Highlighter(self.document())

    def set_code(self, text: str) -> None:
        """Show a text from its beginning; the place stays where the text is the same."""
        if text != self.toPlainText():
            self.setPlainText(text)
