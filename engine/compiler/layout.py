"""How exported code is laid out on the page: comments in a column, long calls broken over lines.

Not for: what the code says. No torch.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

LINE = 120  # characters; longer calls and lists are wrapped
SHORT = 100  # a list of layers that is longer than this goes one a line
COMMENT_AT = 88  # the farthest column that comments are aligned to; beyond it a long line keeps its own


def aligned(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Code with comments in one column; rows without a comment stay bare, and one of several lines has it on the first."""
    firsts = [(code.split("\n")[0], note) for code, note in rows]
    column = max((len(code) for code, note in firsts if note and len(code) <= COMMENT_AT), default=0)
    out = []
    for (first, note), (code, _) in zip(firsts, rows, strict=True):
        rest = code.split("\n")[1:]
        pad = first if rest else f"{first:<{column}}"
        out += [f"{pad}  # {note}" if note else first, *rest]
    return out


def broken(name: str, items: Sequence[str], around: str, when: str) -> str:
    """The line of a constructor that makes a layer, over several lines where it is long.

    Args:
        name: The attribute.
        items: What is made; several where there is something around them.
        around: "nn.Sequential", "nn.ModuleList" or nothing.
        when: On what it depends whether it is made.
    """
    start = f"        self.{name} = "
    tail = f" if {when} else nn.Identity()" if when else ""
    if not around:
        (item,) = items
        text = start + item + tail
        if len(text) <= LINE or not when:
            return text
        if len(item) + len(tail) + 12 <= LINE:
            return f"{start}(\n            {item}{tail}\n        )"
        return f"{start}(\n            {item}\n            if {when}\n            else nn.Identity()\n        )"
    opening, closing = (f"{around}(", ")") if around == "nn.Sequential" else (f"{around}([", "])")
    text = f"{start}{opening}{', '.join(items)}{closing}{tail}"
    if len(text) <= (SHORT if len(items) > 1 else LINE) and "\n" not in text:
        return text
    lines = [line for item in items for line in _wrapped(item)]
    return "\n".join([f"{start}{opening}", *lines, f"        {closing}{tail}"])


def _wrapped(item: str) -> list[str]:
    """A layer among others, with a comma behind it; a loop over a long row of numbers is laid out as one."""
    line = f"            {item},"
    made, loop, numbers = item.removeprefix("*(").removesuffix(")").partition(" for ")
    if len(line) <= LINE or not item.startswith("*(") or not loop:
        return [line]
    name, _, row = numbers.partition(" in ")
    if not row.startswith("("):  # a range
        return ["            *(", f"                {made}", f"                for {name} in {row}", "            ),"]
    wrapped = textwrap.wrap(row.strip("()"), LINE - 20, break_long_words=False, break_on_hyphens=False)
    inside = [f"                {made}", f"                for {name} in ("]
    inside += [f"                    {each}" for each in wrapped]
    return ["            *(", *inside, "                )", "            ),"]


def called(head: str, arguments: Sequence[str], tail: str, width: int) -> list[str]:
    """A call or signature; its arguments on lines of their own where they do not fit."""
    line = f"{head}({', '.join(arguments)}){tail}"
    if len(line) <= width:
        return [line]
    indent = " " * (len(head) - len(head.lstrip()))
    inside = f"{indent}    {', '.join(arguments)}"
    if len(inside) <= width:
        return [f"{head}(", inside, f"{indent}){tail}"]
    return [f"{head}(", *(f"{indent}    {each}," for each in arguments), f"{indent}){tail}"]


def documented(text: str) -> list[str]:
    """A class's docstring."""
    words = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    escaped = words.replace("\\", "\\\\").replace('"', '\\"')
    lines = textwrap.wrap(escaped, LINE - 10, break_on_hyphens=False) or [""]
    if len(lines) == 1:
        return [f'    """{lines[0]}"""']
    return [f'    """{lines[0]}', *(f"    {line}" for line in lines[1:]), '    """']
