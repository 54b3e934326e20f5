"""`train`: a project trained in the caller's thread, from its data to the finished run.

Not for: windows and progress bars, which use `engine.training.runner`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from engine.data.choice import DataChoice
from engine.data.dataset import DataSet
from engine.data.loading import load
from engine.errors import RunError
from engine.graph.model import Graph
from engine.graph.picture import image_shape
from engine.training.loop import fit
from engine.training.places import weights_file
from engine.training.prepare import Wishes
from engine.training.runs import Run, new_run_path, runs_folder
from engine.training.settings import TrainingSettings


class Trainable(Protocol):
    """What of a project is needed here."""

    @property
    def graph(self) -> Graph:
        """The drawing."""

    @property
    def located_data(self) -> DataChoice:
        """The data it wants, with an absolute path."""

    @property
    def path(self) -> Path | None:
        """Its file."""

    @property
    def title(self) -> str:
        """Its name."""


def train(
    project: Trainable, settings: TrainingSettings, *, out: Path | str | None = None, data: DataSet | None = None,
    data_dir: Path | str | None = None, resume: bool = False,
) -> Run:  # fmt: skip
    """Train a project and give the finished run.

    Raises:
        EngineError: It cannot start, or the loss became infinite.
    """
    run = Path(out) if out is not None else new_run_path(runs_folder(project.path), project.title)
    if data is None:
        data = load(project.located_data, image=image_shape(project.graph), data_dir=data_dir)
    weights = None if resume else weights_file(project.graph, project.path)
    wishes = Wishes(choice=project.located_data, title=project.title, weights=weights)
    result = fit(project.graph, data, settings, run=run, resume=resume, wishes=wishes)
    if result.reason == "failed":
        raise RunError(result.text)
    return Run(run)
