"""Counts that torch's counter cannot see, against REFERENCE and by hand; and what is said of what does not fit."""

import pytest

from engine.blocks.spec import BlockError, Shape, make

T80 = Shape((80, 128))


def counted(kind, settings, *xs):
    block = make(kind, settings)
    block.shapes(*xs)
    return block.parameters(*xs), block.macs(*xs)


@pytest.mark.parametrize(
    ("kind", "parameters", "macs"),
    [("rnn", 2593153, 2621568), ("gru", 2659201, 7864448), ("lstm", 2692225, 10485888)],
)
def test_recurrent_networks_count_as_the_reference_says(kind, parameters, macs):
    table, head = 20000 * 128, 129  # the embedding and the linear layer of the sentiment networks
    assert counted(kind, {}, T80) == (parameters - table - head, macs - 128)


def test_a_network_that_reads_both_ways_counts_both():
    assert counted("lstm", {"hidden_size": 64, "bidirectional": True}, T80) == (
        2659457 - 20000 * 128 - 129,
        7864448 - 128,
    )
    deep = counted("lstm", {"num_layers": 2}, Shape((50, 65)))
    assert deep == (240321 - 129 * 65, 11910400 - 50 * 128 * 65)


def test_a_projection_counts_too():
    layers = 4 * 6 * (5 + 2) + 6 * 2  # gates read 5 features and 2 projected numbers; 6 are brought to 2
    assert counted("lstm", {"hidden_size": 6, "proj_size": 2}, Shape((3, 5))) == (layers + 2 * 4 * 6, 3 * layers)


def test_cells_with_feedback_count_as_the_reference_says():
    assert counted("lstm_cell_loop", {}, Shape((50, 1))) == (32284, 1573350)
    assert counted("lstm_cell_loop", {"future": 50}, Shape((50, 1))) == (32284, 2 * 1573350)


def test_attention_counts_both_products_over_all_pairs():
    d, t = 768, 197
    assert counted("multihead_attention", {"heads": 12}, Shape((t, d))) == (
        4 * d * d + 4 * d,
        4 * t * d * d + 2 * t * t * d,
    )
    causal = counted("multihead_attention", {"heads": 12, "causal": True}, Shape((t, d)))
    assert causal[1] == 4 * t * d * d + 2 * t * t * d
    other = counted("multihead_attention", {}, Shape((5, 8)), Shape((7, 6)))
    assert other == (8 * 8 * 2 + 8 * 6 * 2 + 4 * 8, 5 * 64 * 2 + 7 * 48 * 2 + 2 * 5 * 7 * 8)
    assert counted("scaled_dot_product", {}, Shape((2, 5, 8)), Shape((2, 7, 8)), Shape((2, 7, 6)))[1] == 2 * 5 * 7 * (
        8 + 6
    )


def test_a_vision_transformer_counts_as_the_reference_says():
    d, t = 768, 197
    layer = counted("transformer_encoder_layer", {"heads": 12, "norm_first": True}, Shape((t, d)))
    patches = d * (16 * 16 * 3) + d
    assert 12 * layer[0] + patches + d + t * d + 2 * d + d * 1000 + 1000 == 86567656
    assert 12 * layer[1] + 196 * d * 768 + d * 1000 == 17563828224


def test_a_decoder_layer_counts_both_attentions():
    d, t, s = 8, 5, 7
    parameters, macs = counted("transformer_decoder_layer", {}, Shape((t, d)), Shape((s, d)))
    assert parameters == 2 * (4 * d * d + 4 * d) + 2 * d * 4 * d + 5 * d + 6 * d
    assert macs == 4 * t * d * d + 2 * t * t * d + 2 * (t + s) * d * d + 2 * t * s * d + 2 * t * d * 4 * d


@pytest.mark.parametrize(
    ("kind", "settings", "xs", "place", "said"),
    [
        ("multihead_attention", {"heads": 5}, (Shape((4, 24)),), "heads", "a divisor such as 4"),
        ("multihead_attention", {}, (Shape((4, 8)), None, None, Shape((3,), "index")), "mask", "a mask of 4"),
        ("lstm", {}, (Shape((8, 3, 3)),), "x", "permute the channels to the end"),
        ("gru", {}, (Shape((80,), "index"),), "x", "put an embedding"),
        ("gru", {"hidden_size": 4}, (Shape((5, 3)), Shape((2, 4))), "state", "remembers 1×4"),
        ("window_attention", {}, (Shape((3, 8, 8)),), "heads", "divisor"),
        ("window_attention", {"shift": 7}, (Shape((8, 8, 3)),), "shift", "half of it, 3, is usual"),
        ("slice", {"start": 9}, (Shape((6,)),), "start", "keeps nothing of the 6 positions"),
        ("select", {"dim": 0}, (Shape((6,)),), "dim", "count from 1"),
        ("select", {"dim": 3}, (Shape((6,)),), "dim", "use 1 to 1"),
        ("split", {"parts": 4}, (Shape((6,)),), "parts", "choose a divisor of 6"),
        ("permute", {}, (Shape((6,)),), "order", "name each of its axes 1 to 1 once"),
        ("reshape", {"sizes": [4, -1]}, (Shape((6,)),), "sizes", "choose sizes whose product is the same"),
        ("crop", {}, (Shape((1, 5, 5)),), "size", "wire a map of that size to like"),
        ("crop", {}, (Shape((1, 5, 5)), Shape((1, 6, 5))), "like", "out of a 5×5 map"),
        ("pad", {"mode": "reflect", "right": 5}, (Shape((1, 5, 5)),), "left", "has only 4 to give"),
        ("multiply", {}, (Shape((8, 4, 4)), Shape((8,))), "x2", "unsqueeze gives the smaller one its 2 missing axes"),
        ("add", {}, (Shape((8, 4, 4)), Shape((8, 1, 1))), "x2", "wants equal shapes"),
        ("matmul", {}, (Shape((4, 5)), Shape((4, 5))), "b", "as a column of the second has"),
        ("expression", {"formula": "a.b"}, (Shape((4,)), Shape((4,))), "formula", "it takes the inputs a, b, c, d"),
        ("expression", {"formula": "__import__('os')"}, (Shape((4,)), Shape((4,))), "formula", "it takes the inputs"),
        ("expression", {"formula": "2 ** 99"}, (Shape((4,)), Shape((4,))), "formula", "plain numbers"),
        ("last_step", {"mode": "final"}, (Shape((4, 5)),), "mode", "reads both ways"),
        ("position_embedding", {"max_len": 3}, (Shape((4, 8)),), "max_len", "knows 3 places"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_in_a_sentence(kind, settings, xs, place, said):
    with pytest.raises(BlockError) as caught:
        make(kind, settings).shapes(*xs)
    assert place in (caught.value.setting, caught.value.port)
    assert said in str(caught.value)
    assert str(caught.value).endswith(".")


def test_sizes_of_one_are_stretched_where_that_is_meant():
    maps, gate = Shape((8, 4, 4)), Shape((8, 1, 1))
    assert make("multiply", {}).shape(maps, gate) == maps
    assert make("add", {"broadcast": True}).shape(gate, maps) == maps


def test_a_constant_spreads_over_the_batch():
    steps, learned = Shape((5, 8)), Shape((5, 8), batched=False)
    assert make("add", {}).shape(learned, steps) == steps
    assert make("add", {}).shape(learned, learned) == learned
    assert make("concat", {}).shape(Shape((1, 8), batched=False), steps) == Shape((6, 8))
