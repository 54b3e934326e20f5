"""The session: the data in memory, the one training that runs, and the worker that looks into the network.

Whatever comes from other threads arrives here, once a frame, and goes on as Qt signals of the window's thread. Places ask the
session and listen to it; none of them touches a thread. Not for: the document, and not for anything that is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QTimer, Signal

from engine.data import DataSet
from engine.graph.model import Edit, Graph
from engine.probes.worker import ProbeWorker, Request
from engine.torch_import import ready
from engine.training import messages as m
from engine.training.places import weights_file
from engine.training.runs import Run, new_run_path, runs_folder
from gui.background import in_background
from gui.document import Document
from gui.feed import DataFeed, settling
from gui.weights import moves_no_weight, same_network, weights_of

if TYPE_CHECKING:
    from engine.training.runner import Runner

FRAME_MS = 16  # one look a frame of a 60-Hz screen
IDLE_MS = 60  # between looks while nothing trains; answers of probes are still prompt

SessionState = Literal["idle", "starting", "running", "paused", "stopping"]


class Session(QObject):
    """One window's training.

    Attributes:
        state: "idle", "starting", "running", "paused" or "stopping".
        run: Path of the run that is shown (live, or picked in the list), None for untrained weights.
        feed: The data in memory.
        looking_at: The graph whose network the probes look into, None while the drawing cannot be built.
    """

    messages = Signal(object)  # list of engine.training.messages that came since the last frame
    state_changed = Signal(str)
    run_changed = Signal(object)  # str or None
    runs_changed = Signal()
    probed = Signal(object)  # list of (key, engine.probes.worker.Result)
    network_changed = Signal()  # `looking_at` or its weights are others altogether
    loading = Signal(str, int, int)  # what, done, total
    dataset_ready = Signal(object)
    data_failed = Signal(str)
    refused = Signal(str)  # why nothing was started

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.state: SessionState = "idle"
        self.run: str | None = None
        self.feed = DataFeed(document, self)
        self.feed.loading.connect(self.loading)
        self.feed.ready.connect(self._data_came)
        self.feed.failed.connect(self._data_failed)
        self.looking_at: Graph | None = None
        self.failure: m.Failed | None = None
        self._runner: Runner | None = None
        self._wanted_step = False  # the next training pauses after its first batch
        self._abandoned = False  # the training that is being prepared is not wanted any more
        self._worker = ProbeWorker()
        self._run_graph: Graph | None = None
        self._pump = QTimer(self)
        self._pump.setInterval(IDLE_MS)
        self._pump.timeout.connect(self.pump)
        self._pump.start()
        self._settle_network = settling(self, self._network_follows)
        document.edited.connect(self._edited)
        document.replaced.connect(self._replaced)
        self._settle_network.start()

    # --- data

    @property
    def dataset(self) -> DataSet | None:
        """The data that are loaded, None while there are none."""
        return self.feed.dataset

    @property
    def data_error(self) -> str:
        """Why there are none, as a sentence."""
        return self.feed.error

    def reload_data(self) -> None:
        """Read the data of the project's choice again; `dataset_ready` or `data_failed` tells the end."""
        self.feed.reload()

    def _data_came(self, data: DataSet) -> None:
        self.document.set_facts(data.facts)
        self.dataset_ready.emit(data)
        self._settle_network.start()

    def _data_failed(self, text: str) -> None:
        self.document.set_facts(None)
        self.data_failed.emit(text)

    # --- following the document

    def _edited(self, edit: Edit) -> None:
        if not moves_no_weight(edit):
            self._settle_network.start()

    def _replaced(self) -> None:
        self.stop()
        self.failure = None
        self._show(None)
        self.runs_changed.emit()
        self._network_follows()

    def _network_follows(self) -> None:
        """Look into the run that is shown while the drawing is still its own, else into the drawing, untrained."""
        self._settle_network.stop()
        if self._runner is not None:
            return
        graph = self.document.root
        if self.run is not None and self._run_graph is not None and same_network(self._run_graph, graph):
            if self.looking_at is not self._run_graph:
                self.looking_at = self._run_graph
                self._worker.load_run(self.run, "best")
                self.network_changed.emit()
            return
        if not self.document.root_report.ok:
            if self.looking_at is not None:
                self.looking_at = None
                self.network_changed.emit()
            return
        self.looking_at = graph.copy()
        normalisation = self.dataset.normalisation if self.dataset is not None else None
        seed = self.document.project.training.seed
        self._worker.load_graph(graph, normalisation=normalisation, seed=seed, weights=weights_of(self.document))
        self.network_changed.emit()

    @property
    def trained(self) -> bool:
        """Whether the network that is looked into has learned anything."""
        return self._runner is not None or (self.looking_at is not None and self.looking_at is self._run_graph)

    @property
    def imported(self) -> str:
        """File name of the imported weights that are looked into; empty where a run's are, or fresh ones."""
        here = not self.trained and self.looking_at is not None and weights_of(self.document) is not None
        return str(self.document.root.sections["weights"].get("from", "")) if here else ""

    # --- training

    def play(self) -> None:
        """Start a training of the project as it is drawn now, or go on with the one that is paused."""
        if self.state == "starting":
            return
        if self._runner is not None:
            if self.state == "paused":
                self._runner.resume()
            return
        errors = [problem for problem in self.document.root_report.problems if problem.severity == "error"]
        if errors:
            self._wanted_step = False
            self.refused.emit(errors[0].text)
            return
        if self.data_error:
            self._wanted_step = False
            self.refused.emit(self.data_error)
            return
        project = self.document.project
        path = new_run_path(runs_folder(project.path), project.title)
        graph, choice, settings, dataset = (
            project.graph.copy(),
            project.located_data,
            project.training,
            self.feed.current,
        )
        title, place = project.title, project.path

        def make() -> Runner:
            ready()
            from engine.training.runner import Runner

            weights = weights_file(graph, place)
            return Runner(
                graph, choice, settings, run_dir=path, dataset=dataset, in_window=True, title=title, weights=weights
            )

        self._prepare(make)

    def _prepare(self, make: Callable[[], Runner]) -> None:
        """Make a runner off the window's thread, then start it."""
        self.failure = None
        self._set_state("starting")
        in_background(self, make, self._begin, self._not_begun)

    def _not_begun(self, text: str) -> None:
        self._wanted_step = self._abandoned = False
        self._set_state("idle")
        self.refused.emit(text)

    def resume_run(self, path: str) -> None:
        """Go on with a run that was stopped or killed, as it was."""
        if self.state != "idle":
            self.refused.emit("A training is running; stop it before another one goes on.")
            return

        def read() -> Runner:
            ready()
            from engine.training.runner import Runner

            run = Run(path)
            return Runner(run.graph(), run.choice, run.settings, run_dir=Path(path), resume=True, in_window=True)

        self._prepare(read)

    def _begin(self, runner: Runner) -> None:
        if self._abandoned:
            self._not_begun("The training was stopped before its first step.")
            return
        self._runner = runner
        self._pump.setInterval(FRAME_MS)
        self._run_graph = runner.graph.copy()
        self.looking_at = self._run_graph
        normalisation = self.dataset.normalisation if self.dataset is not None else None
        weights = weights_of(self.document)
        self._worker.load_graph(runner.graph, normalisation=normalisation, seed=runner.settings.seed, weights=weights)
        self._show(str(runner.run_dir))
        self.network_changed.emit()
        runner.start()
        if self._wanted_step:
            self._wanted_step = False
            runner.step()

    def pause(self) -> None:
        """Hold the training after the batch that is being worked on."""
        if self._runner is not None:
            self._runner.pause()

    def resume(self) -> None:
        """Go on after a pause."""
        if self._runner is not None:
            self._runner.resume()

    def toggle(self) -> None:
        """Play, pause or go on: what one key does."""
        if self.state == "running":
            self.pause()
        else:
            self.play()

    def step(self) -> None:
        """Train one batch and pause; starts a training that waits after its first batch where none runs."""
        if self._runner is not None:
            self._runner.step()
        elif self.state == "idle":
            self._wanted_step = True
            self.play()

    def stop(self) -> None:
        """End the training and keep the run."""
        if self._runner is None and self.state == "starting":
            self._abandoned = True
        if self._runner is not None:
            self._set_state("stopping")
            self._runner.stop()

    def discard(self) -> None:
        """End the training and remove its run."""
        if self._runner is not None:
            self._set_state("stopping")
            self._runner.discard()

    def restore_best(self) -> None:
        """Put the best weights so far into the network, of the running training or of the run that is shown."""
        if self._runner is not None:
            self._runner.restore_best()
        elif self.run is not None:
            self._worker.load_run(self.run, "best")
            self.network_changed.emit()

    # --- runs

    def show_run(self, path: str | None) -> None:
        """Look into a stored run; None goes back to the drawing. Ignored while a training runs."""
        if self._runner is not None:
            return
        if path is None:
            self._run_graph = None
            self._show(None)
            self.looking_at = None
            self._network_follows()
            return

        def done(graph: Graph) -> None:
            if self._runner is not None:
                return
            self._run_graph = graph
            self._show(path)
            self.looking_at = graph
            self._worker.load_run(path, "best")
            self.network_changed.emit()

        in_background(self, lambda: Run(path).graph(), done, self.refused.emit)

    def run_moved(self, path: str) -> None:
        """The run that is shown lies elsewhere now."""
        self._show(path)

    def _show(self, path: str | None) -> None:
        if path is None:
            self._run_graph = None
        if path != self.run:
            self.run = path
            self.run_changed.emit(path)

    # --- probes

    def probe(self, key: str, request: Request) -> None:
        """Ask something of the network; the answer comes with `probed`. The latest request under a key wins."""
        self._worker.ask(key, request)

    def forget(self, key: str) -> None:
        """Ask no more under a key."""
        self._worker.forget(key)

    # --- the pump

    def pump(self) -> None:
        """Hand on what has come from other threads; the timer calls it once a frame."""
        self.feed.pump()
        runner = self._runner
        if runner is not None:
            self._take(runner)
        results = self._worker.drain()
        if results:
            self.probed.emit(results)

    def _take(self, runner: Runner) -> None:
        came = runner.mailbox.drain()
        for message in came:
            match message:
                case m.Weights():
                    self._worker.load_state(message.state, message.step)
                case m.State():
                    if self.state != "stopping":
                        self._set_state(message.name)
                case m.Started():
                    self.runs_changed.emit()
                    if self.state == "starting":
                        self._set_state("running")
                case m.Failed():
                    self.failure = message
                case _:
                    pass
        if came:
            self.messages.emit(came)
        ended = next((message for message in came if isinstance(message, m.Finished)), None)
        if ended is not None:
            self._finish(runner, ended)
        elif self.state == "running" and self._worker.due():
            runner.ask_weights()

    def _finish(self, runner: Runner, ended: m.Finished) -> None:
        runner.join(5.0)
        self._runner = None
        self._pump.setInterval(IDLE_MS)
        if ended.run is None:
            self._show(None)
            self.looking_at = None
        else:
            self.looking_at = self._run_graph
            self._worker.load_run(ended.run, "best")
            self.network_changed.emit()
        self._set_state("idle")
        self.runs_changed.emit()
        self._settle_network.start()

    def _set_state(self, state: SessionState) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)

    def close(self) -> None:
        """Stop what runs and wait for the threads; a daemon thread left behind would abort the interpreter."""
        self._pump.stop()
        self._settle_network.stop()
        self.feed.close()
        if self._runner is not None:
            self._runner.stop()
            self._runner.join(20.0)
            self._runner = None
        self._worker.close()
