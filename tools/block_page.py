"""Writes docs/blocks.md, the page of all blocks, from their declarations; a rule test sees that it is up to date.

    python -m tools.block_page

Not for: what a block does, which its own docstring tells.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

from engine.blocks.initial import FIRST_VALUES
from engine.blocks.spec import FAMILIES, Block, Port, kinds
from engine.blocks.words import words_of
from engine.declare import Choice, Setting, settings_of

PAGE = Path(__file__).resolve().parent.parent / "docs" / "blocks.md"


def page() -> str:
    """The whole page."""
    known = {family: [spec for spec in kinds().values() if spec.family == family] for family in FAMILIES}
    families = {family: specs for family, specs in known.items() if specs}
    lines = [
        "# All blocks",
        "",
        f"{len(kinds())} blocks in {len(families)} families, as the palette shows them. This page is written from",
        "the declarations in `engine/blocks` by `python -m tools.block_page`.",
        "",
        *(f"- [{family}](#{family.lower().replace(' ', '-')}): {', '.join(spec.title for spec in specs)}"
          for family, specs in families.items()),
        "",
        "Blocks with weights also have settings for the **first values** of these: PyTorch's own, a constant, uniform, normal,",
        "truncated normal, Xavier, Kaiming or orthogonal, and a first value of the biases.",
    ]  # fmt: skip
    for family, specs in families.items():
        lines += ["", f"## {family}"]
        for spec in specs:
            lines += ["", *_block(spec)]
    return "\n".join(lines) + "\n"


def _block(spec: type[Block]) -> Iterator[str]:
    yield f"### {spec.title}"
    yield ""
    yield from inspect.cleandoc(spec.__doc__ or "").splitlines()
    yield ""
    yield f"`{spec.kind}` · source: {spec.source}" + _known_as(spec)
    made = spec()
    ports = [_port(port, "in") for port in made.inputs() if len(made.inputs()) > 1]
    ports += [_port(port, "out") for port in made.outputs() if len(made.outputs()) > 1]
    settings = [_setting(setting) for name, setting in settings_of(spec).items() if name not in FIRST_VALUES]
    if ports or settings:
        yield ""
    yield from ports
    yield from settings
    if "init" in settings_of(spec):
        yield "- first values"


def _known_as(spec: type[Block]) -> str:
    words = words_of(spec.kind)
    return f" · found as: {', '.join(words)}" if words else ""


def _port(port: Port, way: str) -> str:
    optional = ", optional" if port.optional else ""
    return f"- {way} *{port.name}*{optional}" + (f": {port.help}" if port.help else "")


def _setting(setting: Setting) -> str:
    taken = "" if isinstance(setting, Choice) else setting.range_text()
    if isinstance(setting, Choice):
        taken = ", ".join(setting.labels or setting.options)
    default = setting.default
    if isinstance(default, str) and "\n" in default:
        usual = "an example"
    elif isinstance(default, bool):
        usual = "on" if default else "off"
    elif default in (None, "", ()):
        usual = "empty"
    else:
        usual = ", ".join(map(str, default)) if isinstance(default, tuple) else str(default)
    return f"- **{setting.label}** (`{setting.name}`, {usual}): {setting.help}" + (f"; {taken}" if taken else "")


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
