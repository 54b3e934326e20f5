"""The page of all blocks is as the declarations are, and every block teaches."""

from __future__ import annotations

import re

import pytest

from engine.blocks.spec import Block, kinds
from tools import block_page

ENDS = re.compile(r"[.!?:](?=\s+[\"“(]?[A-ZΑ-Ω0-9]|\s*$)")


def sentences(text: str) -> int:
    """How many sentences there are; what leads to a formula or an example counts as one."""
    return len(ENDS.findall(" ".join(text.split())))


def test_the_page_of_all_blocks_is_up_to_date() -> None:
    assert block_page.PAGE.read_text(encoding="utf-8") == block_page.page(), "run `python -m tools.block_page`"


@pytest.mark.parametrize("kind", [kind for kind, spec in kinds().items() if spec.role not in ("entry", "exit")])
def test_a_block_teaches_in_at_least_two_sentences_and_names_its_source(kind: str) -> None:
    spec = kinds()[kind]
    assert spec.__doc__ != Block.__doc__
    assert sentences(spec.__doc__ or "") >= 2, f"{kind}: say what it does, and when to use it"
    assert re.search(r"\w{3}", spec.source), f"{kind} names no paper and no documentation"


def test_a_single_sentence_is_counted_as_one() -> None:
    assert sentences("Keep the largest value, e.g. of four.") == 1
    assert sentences("max(0, x): negative numbers become 0. The usual choice.") == 2
