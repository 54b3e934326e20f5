"""The command `lsuv`: a project whose trainings begin with weights that were scaled with a batch of its data.

Not for: how they are found (`engine.training.lsuv`).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import engine
from engine.data.loading import load
from engine.errors import SettingError, StoreError
from engine.graph.model import SetSection
from engine.headless.terminal import say, say_json
from engine.training.first_values import find


def scale(values: argparse.Namespace) -> int:
    """Find first values, tell the variances, and write the project.

    Raises:
        EngineError: The project cannot be opened or trained, the data cannot be read, or nothing could be written.
    """
    project = engine.open(values.network)
    out = Path(values.out).expanduser() if values.out else project.path
    if out is None:
        raise StoreError(
            f"{values.network} is no file, so it cannot hold weights; name a new project with --out FILE.loom."
        )
    if out.suffix != ".loom":
        raise SettingError(f"--out is {out.name}, but a project's file ends in .loom.")
    data = load(project.located_data, image=project.image_shape, data_dir=values.data_dir)
    found = find(project.graph, data, seed=project.training.seed, project=out, weights=project.weights)
    project.graph.apply(SetSection("weights", dict(found.section)))
    project.save(out)
    for layer in found.layers:
        if values.json:
            say_json({"layer": layer.name, "before": layer.before, "after": layer.after})
        else:
            say(f"{layer.name:<32}{layer.before:>12.4g}  →  {layer.after:.4g}")
    if values.json:
        say_json({"layers": len(found.layers), "samples": found.samples, "project": str(out)})
    else:
        say(f"{out}: {found.sentence}")
    return 0
