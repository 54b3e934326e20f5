"""Recurrent layers with the batch first, masks and feedback; and layers that choose, cut and join."""

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


@pytest.mark.parametrize("name", ["RNN", "GRU", "LSTM"])
def test_recurrent_layers_keep_torchs_weights_and_answers(name):
    ours = made(name, 3, 4, num_layers=2, bidirectional=True, batch_first=True)
    theirs = getattr(nn, name)(3, 4, num_layers=2, bidirectional=True, batch_first=True).double()
    theirs.load_state_dict(ours.state_dict())
    x = noise(2, 5, 3)
    y, *states = ours(x)
    wanted, last = theirs(x)
    assert torch.equal(y, wanted)
    for state, one in zip(states, last if name == "LSTM" else (last,), strict=True):
        assert torch.equal(state, one.transpose(0, 1))


@pytest.mark.parametrize("name", ["RNN", "GRU", "LSTM"])
def test_a_sequence_in_two_halves_is_the_whole_when_the_state_is_handed_over(name):
    ours = made(name, 3, 4, num_layers=2, batch_first=True)
    x = noise(2, 6, 3)
    whole, *ends = ours(x)
    _, *states = ours(x[:, :4])
    rest, *last = ours(x[:, 4:], *states)
    torch.testing.assert_close(rest, whole[:, 4:], rtol=1e-12, atol=1e-12)
    for one, other in zip(last, ends, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-12, atol=1e-12)


def test_an_lstm_with_one_state_takes_the_other_for_zero():
    ours = made("LSTM", 3, 4, batch_first=True)
    x, c = noise(2, 5, 3), noise(2, 1, 4)
    assert torch.equal(ours(x, c=c)[0], ours(x, torch.zeros_like(c), c)[0])


@pytest.mark.parametrize("name", ["RNN", "GRU", "LSTM"])
def test_padding_is_not_read_in_either_direction(name):
    ours = made(name, 3, 4, bidirectional=True, batch_first=True)
    x = noise(2, 5, 3)
    mask = torch.tensor([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]])
    y, *states = ours(x, mask=mask)
    short, *ends = ours(x[:1, :3])
    torch.testing.assert_close(y[:1, :3], short, rtol=1e-12, atol=1e-12)
    assert torch.equal(y[0, 3:], torch.zeros(2, 8, dtype=torch.float64))
    torch.testing.assert_close(states[0][:1], ends[0], rtol=1e-12, atol=1e-12)
    assert made(name, 3, 4, batch_first=True)(x, mask=torch.zeros(2, 5))[0].isfinite().all()


def test_both_ends_of_a_network_that_reads_both_ways_are_its_last_states():
    ours = made("LSTM", 3, 4, bidirectional=True, batch_first=True)
    x = noise(2, 5, 3)
    mask = torch.tensor([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]])
    for given in (None, mask):
        y, h, _ = ours(x, mask=given)
        ends = layer("LastStep")("final")(y, given)
        torch.testing.assert_close(ends, h.flatten(1), rtol=1e-12, atol=1e-12)
        assert not torch.allclose(layer("LastStep")("last")(y, given), ends)


def test_the_last_step_is_the_last_that_is_no_padding():
    x = noise(2, 4, 3)
    last, first = layer("LastStep")("last"), layer("LastStep")("first")
    assert torch.equal(last(x), x[:, 3])
    assert torch.equal(first(x), x[:, 0])
    found = last(x, mask=torch.tensor([[1, 1, 0, 0], [0, 0, 0, 0]]))
    assert torch.equal(found, torch.stack([x[0, 1], x[1, 0]]))


def test_cells_with_feedback_go_on_with_what_they_said():
    loop = made("LSTMCellLoop", 1, 4, cells=2, future=2)
    assert [name for name, _ in loop.named_children()] == ["lstm1", "lstm2", "linear"]
    x = noise(3, 5, 1)
    y = loop(x)
    assert y.shape == (3, 7, 1)
    plain = made("LSTMCellLoop", 1, 4, cells=2)
    told = torch.cat([x, y[:, 4:6]], dim=1)  # what it said of the steps that did not come
    torch.testing.assert_close(plain(told), y, rtol=1e-12, atol=1e-12)
    both = nn.LSTM(1, 4, num_layers=2, batch_first=True).double()
    named = {f"{kind}_l{cell}": f"lstm{cell + 1}.{kind}"
             for cell in (0, 1) for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}  # fmt: skip
    both.load_state_dict({theirs: plain.state_dict()[ours] for theirs, ours in named.items()})
    torch.testing.assert_close(plain(x), plain.linear(both(x)[0]), rtol=1e-12, atol=1e-12)


def test_windows_come_back_where_they_were():
    x = noise(2, 6, 9, 4)
    windows = layer("WindowPartition")(3)(x)
    assert torch.equal(windows[1, 4].reshape(3, 3, 4), x[1, 3:6, 3:6])
    assert torch.equal(layer("WindowReverse")(3, 6)(windows), x)


def test_a_crop_takes_the_centre_or_an_offset():
    x = torch.arange(49.0).reshape(1, 1, 7, 7)
    like = torch.zeros(1, 3, 4, 3)
    assert layer("Crop")()(x, like=like)[0, 0, 0, 0] == 7 * 1 + 2
    assert layer("Crop")(size=(2, 2), offset=(3, 4))(x).flatten().tolist() == [25.0, 26.0, 32.0, 33.0]
    with pytest.raises(ValueError, match="size"):
        layer("Crop")()(x)


def test_one_hot_has_the_type_of_the_network():
    one = layer("OneHot")(3)
    y = one.double()(torch.tensor([[2, 0]]))
    assert y.dtype == torch.float64
    assert y.tolist() == [[[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]]
    assert one.state_dict() == {}


def test_normalise_takes_one_mean_a_channel():
    norm = made("Normalize", (1.0, 2.0), (2.0, 4.0))
    x = torch.full((1, 2, 2, 2), 5.0, dtype=torch.float64)
    assert norm(x)[0, :, 0, 0].tolist() == [2.0, 0.75]
    assert norm.state_dict() == {}


def test_a_constant_joins_every_sample():
    token, x = noise(1, 1, 4), noise(3, 2, 4)
    y = layer("ConcatConstant")(dim=1)(token, x)
    assert y.shape == (3, 3, 4)
    assert torch.equal(y[:, 0], token[0].expand(3, 4))


@pytest.mark.parametrize(("op", "wanted"), [("maximum", 5.0), ("minimum", 1.0), ("mean", 3.0)])
def test_one_number_is_made_of_those_at_the_same_place(op, wanted):
    assert layer("Elementwise")(op)(*(torch.tensor([value]) for value in (1.0, 5.0, 3.0))).item() == wanted


def test_a_layer_scale_lies_on_its_channels():
    maps, last = made("LayerScale", 3, start=0.5, behind=2), made("LayerScale", 3, start=0.5)
    assert maps.weight.shape == (3, 1, 1)
    x = noise(2, 3, 4, 5)
    torch.testing.assert_close(maps(x), last(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2), rtol=1e-12, atol=1e-12)
