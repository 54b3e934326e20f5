"""Attention layers against sums written out by hand."""

import math

import pytest
import torch
from torch import nn

from engine.layers import layer

RANDOM = torch.Generator().manual_seed(3)


def noise(*size):
    return torch.randn(size, generator=RANDOM, dtype=torch.float64)


def made(name, *args, **kwargs):
    torch.manual_seed(5)
    return layer(name)(*args, **kwargs).double().eval()


def plain(rows, att):
    """Attention of one window's pixels (P, C), pixel by pixel and head by head, without the bias of positions."""
    heads, channels = att.heads, rows.shape[1]
    size = channels // heads
    q, k, v = (rows @ att.qkv.weight.T + att.qkv.bias).split(channels, dim=1)
    out = torch.zeros_like(rows)
    for head in range(heads):
        part = slice(head * size, (head + 1) * size)
        weights = (q[:, part] @ k[:, part].T / math.sqrt(size)).softmax(dim=1)
        out[:, part] = weights @ v[:, part]
    return out @ att.proj.weight.T + att.proj.bias


def with_bias(rows, places, pieces, att):
    """The same with the bias of positions, and -100 between pixels of different pieces."""
    heads, channels, side = att.heads, rows.shape[1], 2 * att.window - 1
    size = channels // heads
    q, k, v = (rows @ att.qkv.weight.T + att.qkv.bias).split(channels, dim=1)
    out = torch.zeros_like(rows)
    for head in range(heads):
        part = slice(head * size, (head + 1) * size)
        products = q[:, part] @ k[:, part].T / math.sqrt(size)
        for a, (row, column) in enumerate(places):
            for b, (row2, column2) in enumerate(places):
                place = (row - row2 + att.window - 1) * side + column - column2 + att.window - 1
                products[a, b] += att.relative_position_bias_table[place, head]
                if pieces[a] != pieces[b]:
                    products[a, b] -= 100.0
        out[:, part] = products.softmax(dim=1) @ v[:, part]
    return out @ att.proj.weight.T + att.proj.bias


def test_without_shift_and_bias_each_window_attends_to_itself():
    att = made("WindowAttention", 4, 2, window=3)
    nn.init.zeros_(att.relative_position_bias_table)
    x = noise(2, 6, 9, 4)
    y = att(x)
    for n in range(2):
        for top in range(0, 6, 3):
            for left in range(0, 9, 3):
                window = x[n, top : top + 3, left : left + 3].reshape(9, 4)
                found = y[n, top : top + 3, left : left + 3].reshape(9, 4)
                torch.testing.assert_close(found, plain(window, att), rtol=1e-12, atol=1e-12)


def test_a_shifted_window_sees_only_pixels_that_lie_together():
    att = made("WindowAttention", 4, 2, window=4, shift=2)
    x = noise(1, 8, 8, 4)
    y = att(x)

    def piece(i):  # of rows and of columns alike, as they lie after the map was moved
        return 0 if i < 4 else 1 if i < 6 else 2

    for top in (0, 4):
        for left in (0, 4):
            inside = [(row, column) for row in range(4) for column in range(4)]
            moved = [(top + row, left + column) for row, column in inside]
            before = [((row + 2) % 8, (column + 2) % 8) for row, column in moved]
            rows = torch.stack([x[0, row, column] for row, column in before])
            pieces = [(piece(row), piece(column)) for row, column in moved]
            wanted = with_bias(rows, inside, pieces, att)
            found = torch.stack([y[0, row, column] for row, column in before])
            torch.testing.assert_close(found, wanted, rtol=1e-12, atol=1e-12)


def test_a_side_that_one_window_covers_is_not_moved():
    moved, still = made("WindowAttention", 4, 2, window=7, shift=3), made("WindowAttention", 4, 2, window=7)
    for size in ((7, 7), (5, 6)):
        x = noise(1, *size, 4)
        assert torch.equal(moved(x), still(x))
    wide = noise(1, 7, 14, 4)
    assert not torch.allclose(moved(wide), still(wide))
    turned = moved(wide.flip(1))  # rows are not moved, so a pixel's row of windows stays its own
    assert turned.shape == wide.shape


def test_a_map_that_windows_do_not_fill_is_filled_up_with_zeros():
    att = made("WindowAttention", 4, 2, window=4)
    x = noise(1, 6, 7, 4)
    full = nn.functional.pad(x, (0, 0, 0, 1, 0, 2))
    assert torch.equal(att(x), att(full)[:, :6, :7])


def test_tensors_of_window_attention_stand_in_torchvisions_order():
    att = made("WindowAttention", 6, 3)
    assert [name for name, _ in att.named_parameters()] == [
        "relative_position_bias_table", "qkv.weight", "qkv.bias", "proj.weight", "proj.bias",
    ]  # fmt: skip
    assert list(att.state_dict())[:2] == ["relative_position_bias_table", "relative_position_index"]
    assert att.relative_position_bias_table.shape == (169, 3)
    assert att.relative_position_index.shape == (49 * 49,)


def test_relative_positions_are_the_bias_that_window_attention_adds():
    att, bias = made("WindowAttention", 4, 2, window=3), made("RelativePositionBias", 3, 2)
    table = att.relative_position_bias_table[att.relative_position_index].reshape(9, 9, 2).permute(2, 0, 1)
    with torch.no_grad():
        bias.relative_position_bias_table.copy_(att.relative_position_bias_table)
    assert torch.equal(bias(), table.unsqueeze(0))


def test_patch_merging_reads_the_pixels_column_by_column():
    merge = made("PatchMerging", 1)
    assert [name for name, _ in merge.named_parameters()] == ["reduction.weight", "norm.weight", "norm.bias"]
    seen = []
    merge.norm.register_forward_pre_hook(lambda _, xs: seen.append(xs[0]))
    x = torch.arange(15.0, dtype=torch.float64).reshape(1, 3, 5, 1)
    assert merge(x).shape == (1, 2, 3, 2)
    assert seen[0][0, 0, 0].tolist() == [0.0, 5.0, 1.0, 6.0]  # (0, 0), (1, 0), (0, 1), (1, 1)
    assert seen[0][0, 1, 2].tolist() == [14.0, 0.0, 0.0, 0.0]  # odd sides are filled up with zeros


def test_causal_attention_never_looks_ahead():
    att = made("MultiheadAttention", 8, 2, causal=True)
    x = noise(1, 5, 8)
    other = x.clone()
    other[:, 3:] = noise(1, 2, 8)
    torch.testing.assert_close(att(x)[:, :3], att(other)[:, :3], rtol=1e-12, atol=1e-12)
    assert not torch.allclose(att(x)[:, 3:], att(other)[:, 3:])
    _, seen = made("MultiheadAttention", 8, 2, causal=True, weights=True)(x)
    assert torch.equal(seen.triu(1), torch.zeros_like(seen))


def test_masked_keys_are_as_if_they_were_not_there():
    att = made("MultiheadAttention", 8, 2)
    x = noise(2, 5, 8)
    mask = torch.tensor([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]])
    y = att(x, mask=mask)
    torch.testing.assert_close(y[:1, :3], att(x[:1, :3]), rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(y[1:], att(x[1:]), rtol=1e-12, atol=1e-12)
    assert att(x, mask=torch.zeros(2, 5)).isfinite().all()


def test_attention_to_itself_is_torchs():
    torch.manual_seed(1)
    theirs = nn.MultiheadAttention(8, 2, batch_first=True).double().eval()
    ours = made("MultiheadAttention", 8, 2)
    ours.load_state_dict(theirs.state_dict())
    x, k = noise(2, 5, 8), noise(2, 7, 8)
    torch.testing.assert_close(ours(x), theirs(x, x, x)[0], rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(ours(x, k=k), theirs(x, k, k)[0], rtol=1e-12, atol=1e-12)


def test_dot_product_attention_is_its_formula():
    q, k, v, bias = noise(2, 3, 4, 6), noise(2, 3, 5, 6), noise(2, 3, 5, 7), noise(1, 3, 4, 5)
    products = torch.einsum("nhtd,nhsd->nhts", q, k) / math.sqrt(6) + bias
    torch.testing.assert_close(
        made("ScaledDotProduct")(q, k, v, bias=bias), products.softmax(-1) @ v, rtol=1e-12, atol=1e-12
    )


@pytest.mark.parametrize("heads", [1, 2])
def test_spatial_attention_is_its_formula(heads):
    att = made("SpatialAttention", 4, groups=2, heads=heads)
    assert [name for name, _ in att.named_children()] == ["norm", "q", "k", "v", "proj_out"]
    x = noise(2, 4, 3, 5)
    y = att.norm(x)
    q, k, v = (conv(y).flatten(2).transpose(1, 2) for conv in (att.q, att.k, att.v))  # (N, pixels, C)
    parts = []
    for part in range(heads):
        of = slice(part * 4 // heads, (part + 1) * 4 // heads)
        products = torch.einsum("npc,nqc->npq", q[..., of], k[..., of]) / math.sqrt(4 // heads)
        parts.append(torch.einsum("npq,nqc->npc", products.softmax(-1), v[..., of]))
    wanted = x + att.proj_out(torch.cat(parts, -1).transpose(1, 2).reshape(2, 4, 3, 5))
    torch.testing.assert_close(att(x), wanted, rtol=1e-12, atol=1e-12)


def test_sines_stand_in_turn_with_cosines_or_before_them():
    x = torch.zeros(1, 3, 4, dtype=torch.float64)
    turn, apart = made("SinusoidalPosition")(x)[0], made("SinusoidalPosition", "sin_cos")(x)[0]
    wanted = [math.sin(2), math.cos(2), math.sin(2 / 100), math.cos(2 / 100)]
    assert turn[2].tolist() == pytest.approx(wanted, rel=1e-12)
    assert apart[2].tolist() == pytest.approx([wanted[0], wanted[2], wanted[1], wanted[3]], rel=1e-12)


def test_the_class_token_stands_first_and_starts_as_zeros():
    x = noise(2, 3, 4)
    y = made("ClassToken", 4)(x)
    assert torch.equal(y[:, 0], torch.zeros(2, 4, dtype=torch.float64))
    assert torch.equal(y[:, 1:], x)


@pytest.mark.parametrize("norm_first", [False, True])
def test_transformer_layers_are_torchs(norm_first):
    x, memory = noise(2, 5, 8), noise(2, 7, 8)
    later = nn.Transformer.generate_square_subsequent_mask(5, dtype=torch.float64)
    ours = made("TransformerEncoderLayer", 8, 2, 32, norm_first=norm_first, causal=True)
    theirs = nn.TransformerEncoderLayer(8, 2, 32, batch_first=True, norm_first=norm_first).double().eval()
    theirs.load_state_dict(ours.state_dict())
    torch.testing.assert_close(ours(x), theirs(x, later), rtol=1e-12, atol=1e-12)
    ours = made("TransformerDecoderLayer", 8, 2, 32, norm_first=norm_first)
    theirs = nn.TransformerDecoderLayer(8, 2, 32, batch_first=True, norm_first=norm_first).double().eval()
    theirs.load_state_dict(ours.state_dict())
    torch.testing.assert_close(ours(x, memory), theirs(x, memory, later), rtol=1e-12, atol=1e-12)
