"""A project: the document with its place on disk, its data and its training, in one handle.

`import engine; p = engine.open("preset:lenet5")` gives one; the window and the commands use the same class.
Not for: the particular steps, which it calls.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import presets
from engine.compiler.python_shapes import settled
from engine.data.choice import DataChoice
from engine.declare import from_json, to_json
from engine.errors import SettingError, StoreError
from engine.graph import store
from engine.graph.check import Report
from engine.graph.facts import DataFacts
from engine.graph.model import Graph, SetSection
from engine.graph.picture import image_shape
from engine.importers.section import fault
from engine.training.places import carry, weights_file
from engine.training.settings import TrainingSettings

if TYPE_CHECKING:
    from engine.compiler.module import Network
    from engine.data import DataSet
    from engine.training.runs import Run

PRESET = "preset:"
ABOUT_KEYS = ("title", "text", "year", "paper")
LONGEST_TEXT = 100_000  # characters of a description


class Project:
    """A graph and what belongs to it.

    Attributes:
        graph: The document.
        path: Its file, None until it is saved.
    """

    def __init__(self, graph: Graph | None = None, path: Path | None = None) -> None:
        self.graph = graph if graph is not None else Graph()
        self.path = path

    @property
    def title(self) -> str:
        """What the person calls it: its own title, else the file's name."""
        named = self.graph.sections["about"].get("title")
        if isinstance(named, str) and named:
            return named
        return self.path.stem if self.path else "Untitled"

    @property
    def about(self) -> dict[str, Any]:
        """Title, text, year and paper, as far as they are there."""
        return dict(self.graph.sections["about"])

    @property
    def data(self) -> DataChoice:
        """Which data it trains on."""
        made: DataChoice = from_json(DataChoice, self.graph.sections["data"])
        return made

    @data.setter
    def data(self, choice: DataChoice) -> None:
        self.graph.apply(SetSection("data", to_json(choice)))

    @property
    def located_data(self) -> DataChoice:
        """`data` with a path that is relative to the project's file made absolute, so that a moved folder still works."""
        choice = self.data
        if not choice.path or self.path is None or Path(choice.path).expanduser().is_absolute():
            return choice
        return replace(choice, path=str((self.path.parent / choice.path).absolute()))

    @property
    def training(self) -> TrainingSettings:
        """How it is trained."""
        made: TrainingSettings = from_json(TrainingSettings, self.graph.sections["training"])
        return made

    @training.setter
    def training(self, settings: TrainingSettings) -> None:
        self.graph.apply(SetSection("training", to_json(settings)))

    @property
    def image_shape(self) -> tuple[int, int, int] | None:
        """(C, H, W) that pictures are brought to: what the first image input asks for."""
        return image_shape(self.graph)

    def check(self, facts: DataFacts | None = None) -> Report:
        """Shapes, counts and problems; against a data set where its `facts` are given. Waits for what has to be found out."""
        return settled(self.graph, facts)

    def build(self, seed: int | None = None) -> Network:
        """The network as a torch module with its imported weights, or fresh ones where there are none.

        Args:
            seed: Start of the weights' randomness; None takes torch's global generator.

        Raises:
            CompileError: The graph has problems; they are named.
            StoreError: The imported weights are gone or damaged.
        """
        from engine.compiler.module import build
        from engine.compiler.plan import plan

        network, path = build(plan(self.graph), seed=seed), self.weights
        if path is not None:
            from engine.training.imported import fill

            fill(network, path)
        return network

    @property
    def weights(self) -> Path | None:
        """File of its imported weights, with which it begins; None where it begins with fresh ones.

        Raises:
            StoreError: The file is gone.
        """
        return weights_file(self.graph, self.path)

    def source(self) -> str:
        """The network as a Python file that needs only torch.

        Raises:
            CompileError: The graph has problems; they are named.
        """
        from engine.compiler.source import source

        return source(self.graph, title=self.title)

    def save(self, path: Path | str | None = None) -> Path:
        """Write the project to `path`, or to where it lies already.

        Raises:
            StoreError: No place is known, or the file could not be written.
        """
        target = Path(path) if path is not None else self.path
        if target is None:
            raise StoreError("this project has no file yet; name one to save it in.")
        carry(self.graph, self.path, target)
        store.save(self.graph, target)
        self.path = target
        return target


def read(text: str | bytes, path: str = "") -> Graph:
    """A graph from a project's text, with the sections checked too.

    Raises:
        StoreError: The text is no project; `where` names the place.
    """
    graph = store.loads(text, path)
    file = path or "the project"
    for name, declared in (("data", DataChoice), ("training", TrainingSettings)):
        try:
            from_json(declared, graph.sections[name])
        except SettingError as error:
            where = f"{name}.{error.setting}".rstrip(".")
            text_ = f"{file} is not a project that can be opened, at {where}: {error}"
            raise StoreError(text_, path=path, where=where) from error
    _check_about(graph.sections["about"], path, file)
    _check_weights(graph.sections["weights"], path, file)
    return graph


def _check_weights(weights: Any, path: str, file: str) -> None:
    """Refuse a section "weights" that names a file elsewhere, or a map of names that cannot be understood.

    Raises:
        StoreError: It is one.
    """
    problem, where = fault(weights)
    if problem:
        where = f"weights.{where}".rstrip(".")
        raise StoreError(f"{file} is not a project that can be opened, at {where}: {problem}", path=path, where=where)


def _check_about(about: Any, path: str, file: str) -> None:
    for key, value in about.items():
        if key not in ABOUT_KEYS:
            problem = f"there is no field of that name; known: {', '.join(ABOUT_KEYS)}."
        elif key == "year":
            if value is None or (isinstance(value, int) and not isinstance(value, bool)):
                continue
            problem = "a year is a whole number."
        elif isinstance(value, str) and len(value) <= LONGEST_TEXT:
            continue
        else:
            problem = f"a text of at most {LONGEST_TEXT} characters is wanted."
        where = f"about.{str(key)[:60]}"
        raise StoreError(f"{file} is not a project that can be opened, at {where}: {problem}", path=path, where=where)


def open_project(reference: str | Path) -> Project:
    """A project from "preset:NAME" or from a file.

    A preset has no path: saving it asks for one.

    Raises:
        StoreError: There is no such preset or file, or it is no project.
    """
    if isinstance(reference, str) and reference.startswith(PRESET):
        name = reference[len(PRESET) :]
        if name not in presets.names():
            raise StoreError(f'there is no preset "{name[:60]}"; known: {", ".join(presets.names())}.', path=reference)
        return Project(read(presets.read(name), reference))
    path = Path(reference)
    try:
        with open(path, "rb") as file:
            content = file.read(store.LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise StoreError(
            f"{path} could not be read: {reason}. Check the name and try again.", path=str(path)
        ) from error
    return Project(read(content, str(path)), path)


def fit(
    project: Project | str | Path,
    *,
    out: Path | str | None = None,
    data: DataSet | None = None,
    data_dir: Path | str | None = None,
    resume: bool = False,
    **settings: Any,
) -> Run:
    """Train a project in this thread and give the finished run.

    Args:
        project: A project, a path or "preset:NAME".
        out: The run's folder; made beside the project (or in the user's data folder) where it is not given.
        data: A data set that is loaded already; else the project's choice is loaded.
        data_dir: Where to look for the files of a data set.
        resume: Go on with the run in `out`.
        **settings: Training settings other than the project's (`epochs=3`).

    Raises:
        EngineError: The network has problems, the data cannot be read or do not fit, or the training failed.
    """
    from engine.training.start import train

    opened = project if isinstance(project, Project) else open_project(project)
    merged = {**to_json(opened.training), **settings}
    chosen: TrainingSettings = from_json(TrainingSettings, merged)
    return train(opened, chosen, out=out, data=data, data_dir=data_dir, resume=resume)
