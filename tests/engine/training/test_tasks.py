"""Each task of the data model trains: the loss falls within a few steps, and what is told fits the task."""

import json
from itertools import pairwise

import numpy as np
import pytest

from engine.compiler.plan import objective
from engine.data.dataset import DataSet, digest
from engine.data.normalisation import Normalisation, measure
from engine.graph.check import check
from engine.graph.facts import Column, DataFacts
from engine.graph.model import Graph
from engine.graph.store import loads
from engine.training.loop import fit
from engine.training.messages import Epoch, Started, Steps
from engine.training.runs import Run
from engine.training.settings import TrainingSettings

DRAW = np.random.default_rng(0)


def drawn(blocks: dict[str, tuple], wires: list[tuple[str, str]]) -> Graph:
    """A project: blocks by name as (kind, settings), wires as ("from", "to") or ("from.port", "to.port")."""
    rows = [
        {"id": name, "kind": kind, "name": name, "settings": dict(*more), "at": [0, 0]}
        for name, (kind, *more) in blocks.items()
    ]

    def end(text: str, *, source: bool) -> str:
        if "." in text:
            return text
        made = next(row for row in rows if row["id"] == text)
        block = loads(json.dumps({"loom": 1, "blocks": [made], "wires": []})).node(text).block()
        ports = block.outputs() if source else block.inputs()
        return f"{text}.{ports[0].name}"

    lines = [[end(a, source=True), end(b, source=False)] for a, b in wires]
    text = {"loom": 1, "about": {"title": "task"}, "blocks": rows, "wires": lines, "data": {}, "training": {}}
    return loads(json.dumps(text))


def row(*blocks: tuple) -> Graph:
    """A project whose blocks feed each other in order."""
    named = {f"b{number}": block for number, block in enumerate(blocks)}
    names = list(named)
    return drawn(named, list(pairwise(names)))


def data_of(columns: dict[str, tuple[Column, np.ndarray]], val: int = 8) -> DataSet:
    """A data set from columns as (description, values); the last samples are for validation."""
    arrays = {name: values for name, (_, values) in columns.items()}
    count = len(next(iter(arrays.values())))
    facts = DataFacts("made up", count, tuple(column for column, _ in columns.values()))
    rows = np.arange(count, dtype=np.int64)
    splits = {"train": rows[: count - val], "val": rows[count - val :], "test": rows[:0]}
    first = next(iter(arrays.values()))
    normal = Normalisation() if first.dtype.kind == "i" else measure(first, splits["train"], "standard")
    return DataSet(facts, arrays, splits, normal, (), digest(arrays, ()))


def trained(graph: Graph, data: DataSet, path, epochs: int = 4, **settings):
    """The messages of a training that is seen to learn, without a problem of the drawing."""
    report = check(graph, data.facts)
    assert not report.problems, [problem.text for problem in report.problems]
    messages: list = []
    chosen = TrainingSettings(**{"epochs": epochs, "batch_size": 8, "learning_rate": 0.01, "device": "cpu", **settings})
    result = fit(graph, data, chosen, run=path / "run", say=messages.append)
    assert result.reason == "done", result.text
    losses = np.concatenate([message.loss for message in messages if isinstance(message, Steps)])
    assert losses[-3:].mean() < losses[:3].mean()
    return messages


def last(messages) -> Epoch:
    return [message for message in messages if isinstance(message, Epoch)][-1]


def features(count=48, wide=4):
    return Column("features", "number", (wide,)), DRAW.normal(size=(count, wide)).astype(np.float32)


def pictures(count=48, side=8, channels=1):
    return Column("image", "image", (channels, side, side)), DRAW.integers(
        0, 255, (count, channels, side, side)
    ).astype(np.uint8)


def test_regression_tells_mae_and_rmse_at_every_step_and_after_every_epoch(tmp_path):
    column, x = features()
    y = x.sum(1, keepdims=True)
    data = data_of({"features": (column, x), "target": (Column("target", "number", (1,)), y)})
    graph = row(("vector_input", {"features": 4}), ("linear", {"out_features": 1}), ("output",))
    messages = trained(graph, data, tmp_path, learning_rate=0.1)
    assert 'learns the column "target" (1 number) by mean squared error' in messages[0].notes[0]
    epoch = last(messages)
    assert epoch.val_metrics.keys() == epoch.train_metrics.keys() == {"mae", "rmse"}
    assert epoch.val_metrics["rmse"] == pytest.approx(epoch.val_loss**0.5, rel=1e-5)
    assert np.isnan(epoch.val_accuracy)
    run = Run(tmp_path / "run")
    assert run.epochs()[-1]["val_metrics"]["mae"] == pytest.approx(epoch.val_metrics["mae"], rel=1e-5)
    assert len(run.metrics()["mae"]) == len(run.steps()[0]) == 20


def test_two_heads_find_their_columns_by_name_then_by_shape(tmp_path):
    image, x = pictures(channels=3)
    age = x.mean((1, 2, 3))[:, None].astype(np.float32) / 100
    sex = (x[:, 0].mean((1, 2)) > x[:, 1].mean((1, 2))).astype(np.int64)
    data = data_of({
        "image": (image, x), "sex": (Column("sex", "label", (), ("f", "m")), sex),
        "age": (Column("age", "number", (1,), target=True), age),
    })  # fmt: skip
    blocks = {
        "image": ("image_input", {"channels": 3, "height": 8, "width": 8}), "conv": ("conv2d", {"out_channels": 4}),
        "pool": ("global_avgpool",), "fc1": ("linear", {"out_features": 1}), "fc2": ("linear", {"out_features": 2}),
        "first": ("output",), "second": ("output",),
    }  # fmt: skip
    wires = [("image", "conv"), ("conv", "pool"), ("pool", "fc1"), ("pool", "fc2"), ("fc1", "first"), ("fc2", "second")]
    graph = drawn(blocks, wires)
    aim = objective(graph, None, data.facts)
    assert [(t.kind, t.target_column) for t in aim.terms] == [("mse", "age"), ("cross_entropy", "sex")]
    epoch = last(trained(graph, data, tmp_path))
    assert epoch.val_metrics.keys() == {"mae_first", "rmse_first"}
    assert 0 <= epoch.val_accuracy <= 1
    summed = drawn(blocks | {"sum": ("multi_task", {"weights": [0.25, 2.0]})},
                   [*wires, ("fc1", "sum.prediction1"), ("fc2", "sum.prediction2")])  # fmt: skip
    terms = objective(summed, None, data.facts).terms
    assert [(t.kind, t.target_column, t.weight) for t in terms] == [("mse", "age", 0.25), ("cross_entropy", "sex", 2.0)]
    named = drawn(blocks | {"second": ("output", {"target": "age"})}, wires)
    assert {problem.code for problem in check(named, data.facts).problems} == {"target-differs"}


def masks(count=48, side=8):
    image, x = pictures(count, side)
    mask = (x[:, 0] > 170).astype(np.int64) + (x[:, 0] > 85)
    return image, x, Column("mask", "mask", (side, side), ("dark", "grey", "light")), mask


def test_segmentation_tells_mean_iou_and_is_judged_by_it(tmp_path):
    image, x, column, mask = masks()
    data = data_of({"image": (image, x), "mask": (column, mask)})
    head = ("conv2d", {"out_channels": 3, "kernel_size": 1})
    messages = trained(
        row(("image_input", {"height": 8, "width": 8}), head, ("output",)), data, tmp_path, learning_rate=0.1
    )
    epochs = [message for message in messages if isinstance(message, Epoch)]
    assert epochs[-1].val_metrics.keys() == {"mean_iou", "pixel_accuracy"}
    assert epochs[-1].train_metrics.keys() == {"pixel_accuracy"}  # mean IoU of a batch says nothing of the whole
    best = max(epochs, key=lambda epoch: (epoch.val_metrics["mean_iou"], -epoch.val_loss))
    assert [epoch.epoch for epoch in epochs if epoch.best][-1] == best.epoch


def test_a_head_that_does_not_fit_the_mask_is_mended_by_a_click():
    image, x, column, mask = masks(2)
    data = data_of({"image": (image, x), "mask": (column, mask)}, 1)
    graph = row(
        ("image_input", {"height": 8, "width": 8}), ("conv2d", {"out_channels": 5, "kernel_size": 1}), ("output",)
    )
    (problem,) = check(graph, data.facts).problems
    assert problem.code == "mask-differs"
    assert "3×8×8 map is wanted" in problem.text
    for edit in problem.fixes[0].edits:
        graph.apply(edit)
    assert check(graph, data.facts).ok


def test_dice_and_drawn_metrics_train(tmp_path):
    image, x, column, mask = masks()
    data = data_of({"image": (image, x), "mask": (column, mask)})
    blocks = {
        "image": ("image_input", {"height": 8, "width": 8}), "conv": ("conv2d", {"out_channels": 3, "kernel_size": 1}),
        "out": ("output",), "dice": ("dice",), "f1": ("f1",),
    }  # fmt: skip
    graph = drawn(blocks, [("image", "conv"), ("conv", "out"), ("conv", "dice"), ("conv", "f1")])
    epoch = last(trained(graph, data, tmp_path, learning_rate=0.1))
    assert epoch.val_metrics.keys() == {"f1"}


def sequences(count=64, steps=6, vocabulary=5):
    tokens = DRAW.integers(1, vocabulary, (count, steps))
    tokens[: count // 2, steps - 2 :] = 0
    return tokens.astype(np.int64)


WORDS = tuple("-abcd")


def per_step(kind="linear", out=5):
    return row(
        ("token_input", {"steps": 6, "vocabulary": 5}), ("embedding", {"embedding_dim": 8}),
        (kind, {"out_features": out}), ("output",),
    )  # fmt: skip


def test_a_tagger_counts_no_padding(tmp_path):
    tokens = sequences()
    tags = np.where(tokens == 0, 0, 1 + tokens % 2)
    data = data_of({
        "tokens": (Column("tokens", "tokens", (6,), WORDS, pad=0), tokens),
        "tags": (Column("tags", "tags", (6,), ("-", "even", "odd"), pad=0), tags),
    })  # fmt: skip
    messages = trained(per_step(out=3), data, tmp_path, epochs=6, learning_rate=0.05)
    epoch = last(messages)
    assert epoch.val_accuracy > 0.9
    assert not epoch.val_metrics
    steps = [message for message in messages if isinstance(message, Steps)]
    assert all(np.isfinite(message.accuracy).all() for message in steps)


def test_a_language_model_tells_its_perplexity(tmp_path):
    tokens = sequences()
    data = data_of({
        "tokens": (Column("tokens", "tokens", (6,), WORDS), tokens),
        "next": (Column("next", "tags", (6,), WORDS), np.roll(tokens, -1, 1)),
    })  # fmt: skip
    epoch = last(trained(per_step(), data, tmp_path, epochs=6))
    assert epoch.val_metrics["perplexity"] == pytest.approx(np.exp(epoch.val_loss), rel=1e-4)
    assert epoch.train_metrics.keys() == {"perplexity"}


def test_an_output_as_large_as_its_picture_makes_it_again(tmp_path):
    image, x = pictures()
    data = data_of({"image": (image, x), "label": (Column("label", "label", (), ("a", "b")), np.zeros(48, np.int64))})
    body = [("image_input", {"height": 8, "width": 8}), ("flatten",), ("linear", {"out_features": 64})]
    aim = objective(row(*body, ("output",)), None, data.facts)
    assert [(t.kind, t.target_column, t.scale) for t in aim.terms] == [("mse", "image", "network")]
    graph = row(*body, ("sigmoid",), ("output",))
    aim = objective(graph, None, data.facts)
    assert [(t.kind, t.target_column, t.scale) for t in aim.terms] == [("bce", "image", "unit")]
    assert last(trained(graph, data, tmp_path)).val_loss < 1


def test_yes_or_no_takes_one_output(tmp_path):
    column, x = features()
    label = (x.sum(1) > 0).astype(np.int64)
    data = data_of({"features": (column, x), "label": (Column("label", "label", (), ("no", "yes")), label)})
    graph = row(("vector_input", {"features": 4}), ("linear", {"out_features": 1}), ("output",))
    assert objective(graph, None, data.facts).terms[0].kind == "bce_with_logits"
    assert last(trained(graph, data, tmp_path, learning_rate=0.1)).val_accuracy > 0.6


def test_embeddings_learn_from_the_triplets_of_a_batch(tmp_path):
    column, x = features()
    label = (x[:, 0] > 0).astype(np.int64)
    data = data_of({"features": (column, x), "label": (Column("label", "label", (), ("no", "yes")), label)})
    blocks = {"source": ("vector_input", {"features": 4}), "fc": ("linear", {"out_features": 2}),
              "out": ("output", {"task": "features"}), "loss": ("triplet_margin", {"margin": 0.5})}  # fmt: skip
    trained(
        drawn(blocks, [("source", "fc"), ("fc", "out"), ("fc", "loss")]), data, tmp_path, learning_rate=0.05, epochs=8
    )


def test_an_auxiliary_output_counts_in_training_only(tmp_path):
    column, x = features()
    label = (x[:, 0] > 0).astype(np.int64)
    data = data_of({"features": (column, x), "label": (Column("label", "label", (), ("no", "yes")), label)})
    blocks = {"source": ("vector_input", {"features": 4}), "fc": ("linear", {"out_features": 2}), "out": ("output",),
              "side": ("linear", {"out_features": 2}), "aux": ("aux_output",)}  # fmt: skip
    graph = drawn(blocks, [("source", "fc"), ("fc", "out"), ("source", "side"), ("side", "aux")])
    aim = objective(graph, None, data.facts)
    assert [(t.name, t.kind, t.weight, t.train_only) for t in aim.terms] == [
        ("loss", "cross_entropy", 1.0, False), ("aux", "cross_entropy", 0.3, True),
    ]  # fmt: skip
    started = trained(graph, data, tmp_path)[0]
    assert isinstance(started, Started)
    network = Run(tmp_path / "run").network("last")
    assert "side.weight" in network.state_dict()
    assert len(network.plan.outputs) == 1
