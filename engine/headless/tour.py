"""Where no window can open: the same project trained in the terminal, with everything a person would take away in ./out.

Not for: trainings that a person asks for with `train`, which chooses nothing by itself.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import engine
from engine.headless.terminal import say
from engine.headless.train import follow
from engine.project import PRESET, Project
from engine.training.runs import Run, new_run_path

EPOCHS = 5  # enough to see it learn, seconds on two cores
OUT = Path("out")


def tour(reference: str) -> int:
    """Train a few epochs, then write code, weights and a picture of the first filters.

    Raises:
        EngineError: The project cannot be opened or trained, or a file cannot be written.
    """
    from engine.headless.use import export_run, write_probe

    project = engine.open(reference)
    name = reference.removeprefix(PRESET) if reference.startswith(PRESET) else Path(reference).stem
    project.training = dataclasses.replace(project.training, epochs=min(EPOCHS, project.training.epochs))
    say(f"{project.title}: {project.check().parameters:,} parameters, trained on {project.data.name}")
    path = new_run_path(OUT / "runs", name)
    code = follow(project, path)
    if code != 0 or not path.exists():
        return code
    run = Run(path)
    for target, ending in (("source", "py"), ("safetensors", "safetensors")):
        export_run(run, to=target, out=OUT / f"{name}.{ending}")
    block = first_layer(project)
    if block:
        write_probe(run, block=block, probe="filters", image=None, out=OUT / f"{name}-{block}-filters.png")
    say(f"Everything is in {OUT.resolve()}")
    return 0


def first_layer(project: Project) -> str:
    """The name of the first convolution, else of the first linear layer, else nothing."""
    nodes = [project.graph.node(id_) for id_ in project.graph.order()]
    for kind in ("conv2d", "linear"):
        for node in nodes:
            if node.kind == kind:
                return node.name
    return ""
