"""Exported source of layers of ours, parts, formulas and constants stands alone and gives equal bits."""

import pytest
import torch

from engine.compiler.module import build
from engine.compiler.plan import plan
from engine.compiler.source import source
from engine.graph.check import check
from engine.graph.model import AddBlock, Connect, End, Graph, Node, Wire

SEQUENCE = ("sequence_input", {"steps": 6, "features": 8})
TOKENS = ("token_input", {"steps": 6, "vocabulary": 5})
MAP = ("image_input", {"channels": 8, "height": 6, "width": 6})
LAST = ("permute", {})

# Sources, then what is behind them: kind, settings, and where its ports are wired to ("0" is the first source, "-1" the block
# before; "0:y2" names a port).
NETWORKS = {
    "attention": [SEQUENCE, TOKENS, "/", ("sequence_mask", {}, "1"),
                  ("multihead_attention", {"causal": True}, "0", None, None, "2"), ("last_step", {}, "3", "2")],
    "attention to another": [SEQUENCE, SEQUENCE, "/", ("multihead_attention", {"weights": True}, "0", "1"),
                             ("add", {}, "2:y", "0")],
    "encoder and decoder": [SEQUENCE, SEQUENCE, "/", ("transformer_encoder_layer", {"norm_first": True}, "0"),
                            ("transformer_decoder_layer", {"activation": "gelu"}, "1", "2")],
    "recurrent with states": [SEQUENCE, SEQUENCE, "/", ("lstm", {"hidden_size": 3}, "0"),
                              ("lstm", {"hidden_size": 3}, "1", "2:h", "2:c"), ("last_step", {}, "3:y")],
    "recurrent with a mask": [SEQUENCE, TOKENS, "/", ("sequence_mask", {}, "1"),
                              ("gru", {"hidden_size": 3, "bidirectional": True}, "0", None, "2"),
                              ("last_step", {"mode": "final"}, "3:y", "2")],
    "a plain one": [SEQUENCE, "/", ("rnn", {"hidden_size": 3}, "0"), ("reduce", {"dims": [1]}, "1:y"),
                    ("repeat_vector", {"steps": 2}, "2")],
    "cells": [SEQUENCE, "/", ("lstm_cell_loop", {"hidden_size": 3, "future": 2}, "0")],
    "windows": [MAP, "/", ("permute", {}, "0"), ("window_attention", {"heads": 2, "window_size": 4, "shift": 2}, "1"),
                ("patch_merging", {}, "2"), ("window_partition", {"window_size": 3}, "3"), ("window_reverse", {}, "4")],
    "attention by hand": [MAP, "/", ("permute", {}, "0"), ("window_partition", {"window_size": 3}, "1"),
                          ("unflatten", {"dim": 3, "sizes": [2, 4]}, "2"), ("permute", {"order": [1, 3, 2, 4]}, "3"),
                          ("relative_position_bias", {"window_size": 3, "heads": 2}),
                          ("scaled_dot_product", {}, "4", "4", "4", "5")],
    "tokens and positions": [SEQUENCE, "/", ("class_token", {}, "0"), ("position_embedding", {}, "1"),
                             ("position_embedding", {"form": "sin_cos"}, "2"), ("select", {"index": 0}, "3")],
    "constants": [SEQUENCE, "/", ("learned_tensor", {"dims": [1, 8], "init": "normal"}), ("concat", {}, "1", "0"),
                  ("learned_tensor", {"dims": [7, 8], "init": "normal"}), ("add", {}, "2", "3")],
    "one-hot": [TOKENS, "/", ("one_hot", {"classes": 5}, "0")],
    "parts": [MAP, "/", ("split", {}, "0"), ("slice", {"dim": 2, "start": 1, "stop": 5, "step": 2}, "1:y2"),
              ("crop", {}, "1:y1", "2"), ("pad", {"mode": "reflect"}, "3"),
              ("channel_shuffle", {"inverse": True}, "4"), ("roll", {}, "5"),
              ("normalize", {}, "6"), ("unfold", {"kernel_size": 2}, "7")],
    "shapes": [MAP, "/", ("flatten", {"start_dim": 2}, "0"), ("unsqueeze", {}, "1"), ("expand", {"sizes": [-1, -1, 2]}, "2"),
               ("tile", {"times": [1, 2, 1]}, "3"), ("reshape", {"sizes": [4, -1]}, "4"), ("stack", {}, "5", "5")],
    "arithmetic": [MAP, "/", ("spatial_attention", {"groups": 4}, "0"), ("layer_scale", {"start": 0.5}, "1"),
                   ("scale_shift", {"scale": 2.0, "learned": True}, "2"),
                   ("expression", {"formula": "a * sigmoid(-b / 2) + max(a, b) ** 2 - pi"}, "0", "3"),
                   ("subtract", {}, "4", "0"), ("matmul", {"transpose_b": True}, "5", "0"), ("mean", {"count": 3}, "6", "6", "6"),
                   ("maximum", {}, "6", "7"), ("reduce", {"dims": [2, 3], "op": "max", "keepdim": True}, "8"),
                   ("multiply", {}, "0", "9")],
}  # fmt: skip


def drawn(blocks):
    """The graph of one of the networks; what is read last goes to the output."""
    graph, ids = Graph(), []
    for item in [each for each in blocks if each != "/"]:
        kind, settings, *sources = item
        node = graph.new_node(kind, settings)
        graph.apply(AddBlock(node))
        for port, before in zip(node.block().inputs(), sources, strict=False):
            if before is not None:
                place, _, name = before.partition(":")
                there: Node = graph.node(ids[int(place)])
                graph.apply(
                    Connect(Wire(End(there.id, name or there.block().outputs()[0].name), End(node.id, port.name)))
                )
        ids.append(node.id)
    last = graph.node(ids[-1])
    end = graph.new_node("output", {})
    graph.apply(AddBlock(end))
    graph.apply(Connect(Wire(End(last.id, last.block().outputs()[0].name), End(end.id, "x"))))
    return graph


def batch(spec):
    generator = torch.Generator().manual_seed(2)
    if spec.shape.dtype == "index":
        return torch.randint(0, 5, (3, *spec.shape.dims), generator=generator)
    return torch.randn((3, *spec.shape.dims), generator=generator)


@pytest.mark.parametrize("name", NETWORKS)
def test_exported_source_stands_alone_and_gives_equal_bits(name):
    graph = drawn(NETWORKS[name])
    assert [problem.text for problem in check(graph).problems if problem.severity == "error"] == []
    made = plan(graph)
    text = source(made)
    assert "engine" not in text
    space = {"__name__": "exported"}
    exec(compile(text, "exported.py", "exec"), space)
    cls = [each for each in space.values() if isinstance(each, type) and each.__module__ == "exported"][-1]
    network, twin = build(made, seed=1), cls()
    assert list(twin.state_dict()) == list(network.state_dict())
    twin.load_state_dict(network.state_dict())
    assert sum(p.numel() for p in network.parameters()) == made.parameters
    xs = [batch(spec) for spec in made.inputs]
    for mode in (True, False):
        network.train(mode), twin.train(mode)
        torch.manual_seed(4)
        expected = network(*xs)
        torch.manual_seed(4)
        assert torch.equal(expected, twin(*xs))
        assert expected.shape[1:] == made.outputs[0].shape.dims
