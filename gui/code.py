"""Python code to read and to write: equal widths, colours for words, strings, numbers and comments, numbered lines.

Not for: knowing what the code means.
"""

from __future__ import annotations

import re

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from gui import theme

INDENT = "    "
_WORDS = (
    "and|as|assert|async|await|break|case|class|continue|def|del|elif|else|except|False|finally|for|from|global|if|import|in|is|"
    "lambda|match|None|nonlocal|not|or|pass|raise|return|self|True|try|while|with|yield|true|false|null"
)
# In this order: what comes first takes its characters.
_TOKEN = re.compile(
    r"(?P<comment>#.*)"
    r'|(?P<long>[rRbBfFuU]{0,2}(?:"""|\'\'\'))'
    r'|(?P<string>[rRbBfFuU]{0,2}"(?:[^"\\]|\\.)*"?|[rRbBfFuU]{0,2}\'(?:[^\'\\]|\\.)*\'?)'
    rf"|(?P<mark>(?:(?<=^)|(?<=\s))@[\w.]+)|(?P<named>(?<=def )\w+|(?<=class )\w+)|(?P<word>\b(?:{_WORDS})\b)"
    r"|(?P<number>\b\d[\w.]*\b)"
)
_QUOTES = {1: '"""', 2: "'''"}  # by the state of a line that ends inside such a text


class Highlighter(QSyntaxHighlighter):
    """Colours for Python; good enough for JSON too."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        theme.notifier().changed.connect(self._theme_changed)

    def _theme_changed(self, _name: str) -> None:
        self.rehighlight()

    def _format(self, kind: str) -> QTextCharFormat:
        t = theme.current()
        colours = {
            "comment": t.muted, "string": t.good, "named": t.train, "word": t.accent, "number": t.val, "mark": t.warn,
        }  # fmt: skip
        made = QTextCharFormat()
        made.setForeground(QColor(colours[kind]))
        if kind in ("named", "word"):
            made.setFontWeight(QFont.Weight.DemiBold)
        if kind == "comment":
            made.setFontItalic(True)
        return made

    def highlightBlock(self, text: str) -> None:
        start, state = 0, max(self.previousBlockState(), 0)
        self.setCurrentBlockState(0)
        if state in _QUOTES:
            start = self._long(text, state, 0, 0)
        while start < len(text):
            match = _TOKEN.search(text, start)
            if match is None:
                return
            kind = str(match.lastgroup)
            if kind == "long":
                state = 1 if match.group().endswith('"""') else 2
                start = self._long(text, state, match.end(), match.start())
            else:
                self.setFormat(match.start(), match.end() - match.start(), self._format(kind))
                start = match.end()

    def _long(self, text: str, state: int, search: int, begin: int) -> int:
        """Colour a text in three quotes up to its end, or to the line's; gives where it ends."""
        closing = text.find(_QUOTES[state], search)
        end = len(text) if closing < 0 else closing + 3
        self.setCurrentBlockState(state if closing < 0 else 0)
        self.setFormat(begin, end - begin, self._format("string"))
        return end


class CodeView(QPlainTextEdit):
    """See the module; to be read."""

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


class _Numbers(QWidget):
    """The numbers of the lines, beside them; the line at fault has a dot as well."""

    def __init__(self, edit: CodeEdit) -> None:
        super().__init__(edit)
        self._edit = edit
        self.setAccessibleName("Line numbers")

    def sizeHint(self) -> QSize:
        return QSize(self._edit.margin, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Those of the lines in view."""
        t = theme.current()
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(t.panel))
        painter.setFont(theme.mono(11))
        here = self._edit.textCursor().blockNumber()
        block = self._edit.firstVisibleBlock()
        while block.isValid():
            area = self._edit.blockBoundingGeometry(block).translated(self._edit.contentOffset())
            if area.top() > event.rect().bottom():
                break
            number = block.blockNumber()
            wrong = number + 1 == self._edit.fault_line
            painter.setPen(QColor(t.bad if wrong else t.text if number == here else t.muted))
            row = QRect(0, int(area.top()), self.width() - 10, self._edit.fontMetrics().height())
            painter.drawText(row, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(number + 1))
            if wrong:
                painter.drawText(
                    row.adjusted(6, 0, 0, 0), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, "●"
                )
            block = block.next()


class CodeEdit(CodeView):
    """See the module; to be written in: Tab and Shift+Tab move lines, Enter keeps the indentation.

    Attributes:
        fault_line: The line that is marked, counted from 1; 0 where none is.
        margin: Width of the numbers, in pixels.
    """

    def __init__(self, parent: QWidget | None = None, *, name: str = "Python code") -> None:
        super().__init__(parent, name=name)
        self.setReadOnly(False)
        self.setFont(theme.mono(13))
        self.setTabStopDistance(self.fontMetrics().horizontalAdvance(" ") * len(INDENT))
        self.fault_line = 0
        self.margin = 0
        self._numbers = _Numbers(self)
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._scrolled)
        self.cursorPositionChanged.connect(self._draw)
        theme.notifier().changed.connect(self._draw)
        self._make_room()
        self._draw()

    def mark(self, line: int) -> None:
        """Mark a line as the one at fault; 0 marks none."""
        self.fault_line = line
        self._draw()

    def _make_room(self, _count: int = 0) -> None:
        digits = max(2, len(str(self.blockCount())))
        self.margin = 30 + self.fontMetrics().horizontalAdvance("9") * digits
        self.setViewportMargins(self.margin, 0, 0, 0)

    def _scrolled(self, area: QRect, down: int) -> None:
        if down:
            self._numbers.scroll(0, down)
        else:
            self._numbers.update(0, area.y(), self._numbers.width(), area.height())

    def _draw(self, _name: str = "") -> None:
        """The line of the cursor and the one at fault."""
        t = theme.current()
        marks = []
        block = self.document().findBlockByNumber(self.fault_line - 1) if self.fault_line else None
        for cursor, colour in (
            (self.textCursor(), t.hover),
            (QTextCursor(block) if block is not None and block.isValid() else None, t.bad),
        ):
            if cursor is None:
                continue
            one = QTextEdit.ExtraSelection()
            shade = QColor(colour)
            if colour == t.bad:
                shade.setAlpha(46)
            one.format.setBackground(shade)
            one.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
            cursor.clearSelection()
            one.cursor = cursor
            marks.append(one)
        self.setExtraSelections(marks)
        self._numbers.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the numbers as tall as the text."""
        super().resizeEvent(event)
        area = self.contentsRect()
        self._numbers.setGeometry(QRect(area.left(), area.top(), self.margin, area.height()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Indentation; Escape and Ctrl+Enter are the dialog's."""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        match event.key():
            case Qt.Key.Key_Tab if plain:
                self._shift(1)
            case Qt.Key.Key_Backtab:
                self._shift(-1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if plain:
                self._new_line()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                event.ignore()
            case Qt.Key.Key_Backspace if plain and self._before().endswith(INDENT) and not self._before().strip():
                cursor = self.textCursor()
                back = (len(self._before()) - 1) % len(INDENT) + 1
                cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, back)
                cursor.removeSelectedText()
            case _:
                super().keyPressEvent(event)

    def _before(self) -> str:
        """What stands before the cursor in its line; empty while something is selected."""
        cursor = self.textCursor()
        return "" if cursor.hasSelection() else cursor.block().text()[: cursor.positionInBlock()]

    def _new_line(self) -> None:
        cursor = self.textCursor()
        line = cursor.block().text()[: cursor.positionInBlock()]
        indent = line[: len(line) - len(line.lstrip(" "))]
        body = line.partition("#")[0].rstrip()
        if body.endswith(":"):
            indent += INDENT
        elif body.split() and body.split()[0] in ("return", "pass", "raise", "break", "continue"):
            indent = indent[: -len(INDENT)]
        cursor.insertText("\n" + indent)
        self.ensureCursorVisible()

    def _shift(self, by: int) -> None:
        """Move the selected lines, or write spaces up to the next stop."""
        cursor = self.textCursor()
        if by > 0 and not cursor.hasSelection():
            cursor.insertText(" " * (len(INDENT) - cursor.positionInBlock() % len(INDENT)))
            return
        document = self.document()
        first, last = document.findBlock(cursor.selectionStart()), document.findBlock(cursor.selectionEnd())
        if cursor.hasSelection() and cursor.selectionEnd() == last.position() and last != first:
            last = last.previous()
        cursor.beginEditBlock()
        block = first
        while block.isValid() and block.blockNumber() <= last.blockNumber():
            edit = QTextCursor(block)
            if by > 0 and block.text().strip():
                edit.insertText(INDENT)
            elif by < 0:
                spare = min(len(INDENT), len(block.text()) - len(block.text().lstrip(" ")))
                edit.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor, spare)
                edit.removeSelectedText()
            block = block.next()
        cursor.endEditBlock()
