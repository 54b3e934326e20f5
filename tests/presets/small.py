"""Presets made small enough for a test, data that fit them, and everything that two steps of training need.

A small preset is the same drawing: its pictures have fewer pixels, and where it holds more than `LARGE` numbers its layers are
a quarter as wide. Not for: comparing figures, which are those of the drawing as it is.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

import presets
from engine.compiler.module import Network, build
from engine.compiler.plan import objective, plan
from engine.data.dataset import DataSet
from engine.data.normalisation import Normalisation
from engine.declare import Json, from_json
from engine.graph import store
from engine.graph.check import check
from engine.graph.edits import Node
from engine.graph.facts import Column, DataFacts
from engine.graph.model import Batch, Configure, Define, Edit, Graph
from engine.training.adversarial import Adversarial
from engine.training.batches import Batches
from engine.training.control import Control
from engine.training.metrics import Criterion, HostTally
from engine.training.optimise import optimizer_of
from engine.training.recipes import recipe_of
from engine.training.settings import TrainingSettings
from engine.training.steps import forward, seed_step
from engine.training.work import Progress, Work

LARGE = 6_000_000  # parameters; above, a test makes the layers narrower
NARROWER = 4
# Of those that need large pictures: the layers' widths are divided by more.
NARROWEST: Mapping[str, int] = {"unet_2015": 16, "fcn32s": 16, "fcn8s": 16, "inception_v3": 8}
KEPT = 32  # widths up to here stay: colour channels, small groups
SAMPLES = 4
SIDES = (64, 96, 128, 160, 192, 224)  # tried one after the other
SIDE: Mapping[str, int] = {"unet_2015": 380, "deepface": 80}  # of those that fit few sizes
# Steps that are short for every network; the kind of optimiser is the preset's own.
RATES: Mapping[str, float] = {"sgd": 1e-3, "rmsprop": 1e-5, "adagrad": 1e-2, "perceptron": 1.0}
RATE: Mapping[str, float] = {"fcn32s": 1.0, "fcn8s": 1.0}  # their scores begin at zero and move slowly
_WIDTHS = ("out_channels", "out_features", "embedding_dim", "hidden", "width", "inside", "squeeze", "reaching")
_INPUTS: Mapping[str, str] = {"image_input": "image", "token_input": "tokens"}


def whole(name: str) -> Graph:
    """A preset as it is."""
    return store.loads(presets.read(name))


def small(name: str) -> Graph:
    """A preset with small pictures, and narrow where it is large."""
    return _small(name).copy()


@functools.cache  # several tests want each
def _small(name: str) -> Graph:
    graph = whole(name)
    if check(graph).parameters > LARGE:
        graph.apply(Batch(tuple(_narrower(graph, NARROWEST.get(name, NARROWER)))))
    return with_small_pictures(graph, SIDE.get(name))


def with_small_pictures(graph: Graph, side: int | None = None) -> Graph:
    """The drawing with the smallest pictures that fit it."""
    pictures = [node for node in graph if node.kind == "image_input"]
    sides = [node.block().height for node in pictures]  # type: ignore[attr-defined]
    if not sides or max(sides) <= SIDES[0]:
        return graph
    for tried in (side,) if side else SIDES:
        other = graph.copy()
        other.apply(Batch(tuple(Configure(node.id, {"height": tried, "width": tried}) for node in pictures)))
        if check(other).ok:
            return other
    return graph


def _narrower(graph: Graph, by: int) -> list[Edit]:
    edits: list[Edit] = []
    for composite in graph.composites.values():
        made = composite.definition()
        settings = tuple(
            replace(each, default=_less(each.default, by)) if each.name in _WIDTHS else each for each in made.settings
        )
        blocks = tuple(replace(node, settings={**node.settings, **_changed(node, by)}) for node in made.blocks)
        edits.append(Define(replace(made, settings=settings, blocks=blocks)))
    return [*edits, *(Configure(node.id, changed) for node in graph if (changed := _changed(node, by)))]


def _changed(node: Node, by: int) -> dict[str, Json]:
    if node.spec.role == "input" or node.settings.get("tied"):
        return {}
    known = {name: setting.default for name, setting in node.spec.settings.items()} if node.composite is None else {}
    values = {**known, **node.settings}
    widths = {name: value for name, value in values.items() if name.removeprefix("first_") in _WIDTHS}
    return {name: less for name, value in widths.items() if (less := _less(value, by)) != value}


def _less(value: Json, by: int) -> Json:
    return max(4, value // by) if isinstance(value, int) and value > KEPT else value


def data_for(graph: Graph, samples: int = SAMPLES) -> DataSet:
    """Random samples as the network reads them, and random targets of the kind that its own data have."""
    draw = np.random.default_rng(0)
    facts: list[Column] = []
    columns: dict[str, np.ndarray] = {}
    report = check(graph)
    for node in graph:
        if node.kind not in ("image_input", "vector_input", "sequence_input", "token_input"):
            continue
        block = node.block()
        dims = report.blocks[node.id].output.dims
        kind = _INPUTS.get(node.kind, "number")
        words = tuple(map(str, range(block.vocabulary))) if kind == "tokens" else ()
        facts.append(Column(block.column, kind, dims, words))
        columns[block.column] = {
            "image": lambda d=dims: draw.integers(0, 256, (samples, *d), np.uint8),
            "tokens": lambda d=dims, w=words: draw.integers(1, len(w), (samples, *d)),
            "number": lambda d=dims: draw.normal(size=(samples, *d)).astype(np.float32),
        }[kind]()
    for column in _targets(graph, facts):
        facts.append(column)
        size = (samples, *column.dims)
        if column.kind == "number":
            columns[column.name] = draw.random(size).astype(np.float32)
        elif column.dims:
            columns[column.name] = draw.integers(0, len(column.classes), size)
        else:
            columns[column.name] = np.arange(samples) % len(column.classes)
    rows = np.arange(samples)
    picture = bool(facts) and facts[0].kind == "image"
    normal = Normalisation(1 / 255, (0.5,), (0.25,)) if picture else Normalisation(last=True)
    known = DataFacts("random", samples, tuple(facts))
    return DataSet(known, columns, {"train": rows, "val": rows, "test": rows[:0]}, normal, (), "")


def _targets(graph: Graph, inputs: list[Column]) -> list[Column]:
    """What is to be predicted: as the preset's own data have it, as many classes as it tells apart."""
    planned = plan(graph)
    shapes = {step.writes: step.output for step in planned.steps}
    dims = shapes[planned.outputs[0].slot].dims

    def label(count: int, name: str = "label") -> Column:
        return Column(name, "label", (), tuple(map(str, range(count))))

    match graph.sections["data"]["name"], dims:
        case "portraits", _:
            return [Column("age", "number", (1,), target=True), label(2, "gender")]
        case "shapes", (channels, _, _) if inputs:
            return [Column("mask", "mask", inputs[0].dims[1:], tuple(map(str, range(max(2, channels)))))]
        case _ if inputs and inputs[-1].kind == "tokens" and dims != (1,):
            return [Column("next", "tags", inputs[-1].dims, tuple(map(str, range(dims[-1]))))]
        case name, _ if name in ("weather", "sines") or not inputs:
            return [Column("target", "number", dims)]
        case _:
            return [label(max(2, dims[0]) if len(dims) == 1 else 10)]


def work_of(graph: Graph, data: DataSet, rate: float | None = None) -> Work:
    """A training of one batch that holds all samples, before its first step; nothing is written."""
    own: TrainingSettings = from_json(TrainingSettings, dict(graph.sections["training"]))
    rate = rate or RATES.get(own.optimizer, 1e-4)
    settings = replace(
        own, batch_size=len(data.splits["train"]), learning_rate=rate, epochs=10, schedule="constant", warmup_epochs=0.0
    )
    report = check(graph, data.facts)
    planned, goal = plan(graph, report), objective(graph, report, data.facts)
    network = build(planned, seed=0, fuse=True)
    place = torch.device("cpu")
    last = any(step.call.target == "nn.Conv2d" for step in planned.steps)
    if last:
        network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    criterion = Criterion(goal)
    read = (spec.column for spec in planned.inputs if spec.draw is None)
    names = tuple(dict.fromkeys((*read, *(name for name, _ in criterion.columns.values()))))
    return Work(
        settings=settings, device=place, network=network, optimizer=optimizer_of(settings, network, place),
        criterion=criterion, batches=Batches(data, names, place, channels_last=last), record=None, say=lambda _: None,
        control=Control(), tally=HostTally(), progress=Progress(), per_epoch=1, classes=0, every=1e9,
        recipe=recipe_of(goal, planned, settings),
    )  # type: ignore[arg-type]  # fmt: skip


def loss_now(work: Work) -> float:
    """The loss of the whole batch in training mode, of a GAN that of the generator; what is drawn is always drawn the same."""
    seed_step(work, 0)
    rows = work.batches.rows["train"]
    if isinstance(work.recipe, Adversarial):
        kept = copy.deepcopy((work.network.state_dict(), work.optimizer.state_dict()))
        told = work.recipe.learn(work, rows, forward)
        work.network.load_state_dict(kept[0])
        work.optimizer.load_state_dict(kept[1])
        assert told.sums is not None
        return float(told.sums[2])
    with torch.no_grad():
        return float(forward(work, rows).loss)


def random_weights(network: Network, seed: int = 0) -> None:
    """Random numbers for every weight and every running statistic, so that nothing that begins at zero hides what follows it."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, value in network.state_dict().items():
            if not value.is_floating_point():
                continue
            noise = torch.empty_like(value).uniform_(-1, 1, generator=generator)
            if name.endswith("running_var"):
                value.copy_(1 + 0.5 * noise)
            elif value.dim() > 1:
                value.copy_(noise * (6 / max(1, value[0].numel())) ** 0.5)
            else:
                value.copy_(1 + 0.1 * noise if name.endswith("weight") else 0.1 * noise)


def inputs_of(graph: Graph, samples: int = 2) -> list[Tensor]:
    """One random batch an input of the network."""
    generator = torch.Generator().manual_seed(0)
    batches = []
    for spec in plan(graph).inputs:
        size = (samples, *spec.shape.dims)
        words = [node.block().vocabulary for node in graph if node.kind == "token_input" and node.name == spec.name]
        below = words[0] if words else spec.draw[1] if spec.draw and spec.draw[0] == "index" else 0
        batches.append(
            torch.randint(below, size, generator=generator) if below else torch.randn(size, generator=generator)
        )
    return batches
