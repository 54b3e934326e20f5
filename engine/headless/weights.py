"""The command `import-weights`: a checkpoint of somebody else's into a project.

Not for: what matches (`engine.importers.matching`).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import engine
from engine.declare import unknown
from engine.errors import SettingError, StoreError
from engine.graph.frozen import frozen_parameters, learning
from engine.graph.model import Graph
from engine.headless.terminal import count, say, say_json
from engine.importers.bringing import Head, bring, edit, head_of, recorded_maps
from engine.importers.matching import Match, places, sizes, title, ways
from engine.importers.reading import read_checkpoint

SHOWN = 12  # lines of what does not match, unless all are asked for


def import_weights(values: argparse.Namespace) -> int:
    """Match, tell, and write the project unless only a look was asked for."""
    project = engine.open(values.network)
    out = Path(values.out).expanduser() if values.out else project.path
    if out is None and not values.look:
        raise StoreError(
            f"{values.network} is no file, so it cannot hold weights; name a new project with --out FILE.loom."
        )
    from engine.compiler.plan import plan

    report = project.check()
    planned = plan(project.graph, report)
    head = _head(head_of(project.graph, report), values)
    fresh = {head.name} if head is not None else set[str]()
    checkpoint = read_checkpoint(Path(values.file).expanduser())
    match = _chosen(ways(places(planned), checkpoint, recorded_maps(project.graph), fresh), values.by)
    _tell(match, as_json=values.json, all_of_them=values.all)
    if values.look:
        return 0
    assert out is not None
    if out.suffix != ".loom":
        raise SettingError(f"--out is {out.name}, but a project's file ends in .loom.")
    freeze = _freeze(project.graph, learning(report), values.freeze)
    section = bring(match, checkpoint, planned, project.graph, out)
    project.graph.apply(edit(project.graph, report, section, head=head, classes=values.classes, freeze=freeze))
    project.save(out)
    if not values.json:
        report = project.check()
        frozen = frozen_parameters(project.graph, report)
        say(f"{out}: {count(report.parameters - frozen)} of {count(report.parameters)} parameters are trained")
    return 0


def _head(head: Head | None, values: argparse.Namespace) -> Head | None:
    """The head, where it is to begin fresh.

    Raises:
        SettingError: A head is to be replaced, but there is none.
    """
    if values.classes is None and not values.fresh_head:
        return None
    if head is None:
        raise SettingError(
            "this network has no head of its own: its last block with weights gives no number of classes."
        )
    if values.classes is not None and values.classes < 1:
        raise SettingError(f"--classes is {values.classes}, but a head tells at least one class.")
    return head


def _chosen(found: Sequence[Match], way: str | None) -> Match:
    if way is None:
        return found[0]
    for match in found:
        if match.way == way:
            return match
    raise SettingError(unknown(way, [match.way for match in found], "way of matching this file"))


def _freeze(graph: Graph, order: Sequence[str], asked: str | None) -> str | None:
    """Id of the last block to freeze: "" leaves all as it is, None thaws all."""
    match asked:
        case None:
            return ""
        case "none":
            return None
        case "all":
            if len(order) < 2:
                raise SettingError(
                    "--freeze all freezes everything but the head, but this network has a single block that learns."
                )
            return order[-2]
    names = {graph.node(id_).name: id_ for id_ in order}
    if asked not in names:
        raise SettingError(unknown(asked, (*names, "all", "none"), "block that learns called"))
    return names[asked]


def _tell(match: Match, *, as_json: bool, all_of_them: bool) -> None:
    if as_json:
        for pair in match.pairs:
            say_json({
                "ours": pair.ours, "theirs": pair.theirs, "shape": list(pair.our_sizes), "their_shape": list(pair.their_sizes),
                "state": pair.state,
            })  # fmt: skip
        say_json({"by": match.way, "loaded": match.count("loaded"), "of": match.ours, "note": match.note})
        return
    wrong = [pair for pair in match.pairs if all_of_them or pair.state != "loaded"]
    for pair in wrong if all_of_them else wrong[:SHOWN]:
        ours = f"{pair.ours} ({sizes(pair.our_sizes)})" if pair.ours else "–"
        theirs = f"{pair.theirs} ({sizes(pair.their_sizes)})" if pair.theirs else "–"
        say(f"{pair.state:<9}  {ours}  ←  {theirs}")
    if len(wrong) > SHOWN and not all_of_them:
        say(f"… and {len(wrong) - SHOWN} more; --all lists them")
    say(f"{title(match.way)}: {match.sentence} {match.note}".rstrip())
