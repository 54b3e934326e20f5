"""Every loss against torch, or against a case worked out by hand."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional

from engine.blocks.spec import kinds
from engine.compiler.plan import Term
from engine.errors import RunError
from engine.training.losses import loss_of
from engine.training.measures import sums, value


def term(kind, **settings):
    return Term("it", kind, 0, "target", settings=settings)


def found(kind, prediction, target, others=None, **settings):
    loss, count = loss_of(term(kind, **settings), prediction, target, others or {})
    return loss.item(), count


@pytest.fixture
def draw():
    return torch.Generator().manual_seed(0)


def test_every_loss_block_can_be_trained_with():
    compared = {
        "cross_entropy", "nll", "bce_with_logits", "bce", "mse", "l1", "smooth_l1", "huber", "kl_div", "multi_margin", "dice",
        "triplet_margin", "vae_loss", "diffusion_loss",
    }  # fmt: skip
    elsewhere = {"multi_task", "aux_output", "gan_loss"}  # taken apart, or trained by a recipe
    assert {kind for kind, cls in kinds().items() if cls.role == "loss"} == compared | elsewhere
    with pytest.raises(RunError, match="cannot be trained"):
        found("gan_loss", torch.zeros(1, 1), torch.zeros(1, 1))


@pytest.mark.parametrize(
    "settings",
    [
        {}, {"label_smoothing": 0.2}, {"class_weights": (1.0, 2.0, 0.5)}, {"ignore_index": 1},
        {"class_weights": (1, 2, 3), "ignore_index": 0},
    ],
)  # fmt: skip
@pytest.mark.parametrize("places", [(), (4,), (4, 5)])
def test_cross_entropy_is_torchs_for_samples_steps_and_pixels(draw, settings, places):
    logits, target = torch.randn(6, 3, *places, generator=draw), torch.randint(3, (6, *places), generator=draw)
    oracle = nn.CrossEntropyLoss(
        weight=torch.tensor(settings["class_weights"], dtype=torch.float32) if "class_weights" in settings else None,
        ignore_index=settings.get("ignore_index", -100),
        label_smoothing=settings.get("label_smoothing", 0.0),
    )
    wanted = oracle(logits, target).item()
    ours = logits.transpose(1, 2) if len(places) == 1 else logits  # a sequence has its classes last
    assert found("cross_entropy", ours, target, **settings)[0] == pytest.approx(wanted, rel=1e-5)
    if len(places) == 1:
        assert found("cross_entropy", logits, target, **settings)[0] == pytest.approx(wanted, rel=1e-5)


def test_where_all_is_padding_the_loss_is_zero_and_counts_nothing(draw):
    loss, count = found("cross_entropy", torch.randn(2, 3, 4, generator=draw), torch.zeros(2, 3).long(), ignore_index=0)
    assert (loss, count.item()) == (0.0, 0.0)


def test_a_network_that_says_one_class_for_a_text_is_compared_with_its_last_token(draw):
    logits, target = torch.randn(6, 3, generator=draw), torch.randint(3, (6, 5), generator=draw)
    wanted = functional.cross_entropy(logits, target[:, -1]).item()
    assert found("cross_entropy", logits, target)[0] == pytest.approx(wanted)


def test_a_map_that_lost_its_rim_is_compared_with_the_middle_of_the_mask(draw):
    logits, target = torch.randn(2, 3, 4, 4, generator=draw), torch.randint(3, (2, 8, 6), generator=draw)
    wanted = functional.cross_entropy(logits, target[:, 2:6, 1:5]).item()
    assert found("cross_entropy", logits, target)[0] == pytest.approx(wanted)


def test_nll_multi_margin_and_kl_are_torchs(draw):
    logits, target = torch.randn(6, 3, generator=draw), torch.randint(3, (6,), generator=draw)
    logs = logits.log_softmax(1)
    assert found("nll", logs, target)[0] == pytest.approx(nn.NLLLoss()(logs, target).item())
    oracle = nn.MultiMarginLoss(p=2, margin=0.7)(logits, target).item()
    assert found("multi_margin", logits, target, p=2, margin=0.7)[0] == pytest.approx(oracle)
    other = torch.randn(6, 3, generator=draw).softmax(1)
    oracle = nn.KLDivLoss(reduction="batchmean")(logs, other).item()
    assert found("kl_div", logs, other)[0] == pytest.approx(oracle)
    assert found("kl_div", logs, other.log(), log_target=True)[0] == pytest.approx(oracle, rel=1e-5)


@pytest.mark.parametrize(
    ("kind", "oracle", "settings"),
    [
        ("mse", nn.MSELoss(), {}), ("l1", nn.L1Loss(), {}), ("smooth_l1", nn.SmoothL1Loss(beta=0.5), {"beta": 0.5}),
        ("huber", nn.HuberLoss(delta=0.5), {"delta": 0.5}),
        ("bce_with_logits", nn.BCEWithLogitsLoss(pos_weight=torch.tensor(3.0)), {"pos_weight": 3.0}),
    ],
)  # fmt: skip
def test_losses_of_numbers_are_torchs(draw, kind, oracle, settings):
    prediction, target = torch.randn(6, 2, generator=draw), torch.rand(6, 2, generator=draw)
    assert found(kind, prediction, target, **settings)[0] == pytest.approx(oracle(prediction, target).item())
    assert found("bce", prediction.sigmoid(), target)[0] == pytest.approx(
        nn.BCELoss()(prediction.sigmoid(), target).item()
    )


def test_a_class_is_compared_as_zeros_and_a_one_or_as_yes_or_no():
    assert found("mse", torch.tensor([[0.0, 0.5, 0.0]]), torch.tensor([1]))[0] == pytest.approx(0.25 / 3)
    assert found("bce", torch.tensor([[0.25]]), torch.tensor([1]))[0] == pytest.approx(math.log(4))
    mask = torch.tensor([[[0, 1], [1, 1]]])
    assert found("mse", mask[:, None].float(), mask)[0] == 0


def test_weight_and_mask_count_as_they_should():
    prediction, target = torch.tensor([[1.0], [2.0], [4.0]]), torch.zeros(3, 1)
    loss, count = found("mse", prediction, target, {"weight": torch.tensor([1.0, 0.0, 3.0])})
    assert (loss, count.item()) == (pytest.approx((1 + 3 * 16) / 4), 4)
    loss, count = found("l1", torch.tensor([[1.0, 2.0]]), torch.zeros(1, 2), {"mask": torch.tensor([[0, 1]])})
    assert (loss, count.item()) == (2, 1)


def test_dice_of_a_case_by_hand():
    share, truth = torch.tensor([[[[1.0, 0.5], [0.0, 0.0]]]]), torch.tensor([[[1, 1], [0, 0]]])
    assert found("dice", share, truth, logits=False, smooth=1.0)[0] == pytest.approx(1 - (2 * 1.5 + 1) / (1.5 + 2 + 1))
    sure = torch.full((1, 2, 2, 2), -50.0).scatter(1, truth[:, None], 50.0)
    assert found("dice", sure, truth)[0] == pytest.approx(0, abs=1e-6)


def test_triplets_of_a_batch_are_those_that_torch_is_given_one_by_one(draw):
    points, labels = torch.randn(7, 4, generator=draw), torch.tensor([0, 0, 1, 1, 1, 2, 2])
    triplets = [
        (a, p, n) for a in range(7) for p in range(7) for n in range(7)
        if a != p and labels[a] == labels[p] and labels[a] != labels[n]
    ]  # fmt: skip
    a, p, n = (points[[triple[place] for triple in triplets]] for place in range(3))
    wanted = nn.TripletMarginLoss(margin=0.3)(a, p, n).item()
    assert found("triplet_margin", points, labels, margin=0.3)[0] == pytest.approx(wanted, rel=1e-5)
    distance = torch.linalg.vector_norm(points[:, None] - points[None] + 1e-6, dim=2)
    hard = [
        max(distance[i, j] for j in range(7) if j != i and labels[j] == labels[i])
        - min(distance[i, j] for j in range(7) if labels[j] != labels[i])
        for i in range(7)
    ]
    wanted = sum(max(0.0, gap.item() + 0.3) for gap in hard) / 7
    assert found("triplet_margin", points, labels, margin=0.3, mining="hardest")[0] == pytest.approx(wanted, rel=1e-5)
    alone = points.clone().requires_grad_()
    loss, _ = loss_of(term("triplet_margin"), alone, torch.zeros(7).long(), {})
    loss.backward()
    assert (loss.item(), alone.grad.abs().max().item()) == (0, 0)


def test_the_loss_of_a_vae_is_that_of_the_example_of_pytorch_over_the_batch(draw):
    recon, x = torch.rand(5, 6, generator=draw), torch.rand(5, 1, 2, 3, generator=draw)
    mu, logvar = torch.randn(5, 2, generator=draw), torch.randn(5, 2, generator=draw)
    bce = functional.binary_cross_entropy(recon, x.view(-1, 6), reduction="sum")
    kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    others = {"mu": mu, "logvar": logvar}
    assert found("vae_loss", recon, x, others)[0] == pytest.approx((bce + kld).item() / 5, rel=1e-5)
    assert found("vae_loss", recon, x, others, beta=4.0)[0] == pytest.approx((bce + 4 * kld).item() / 5, rel=1e-5)
    zero = {"mu": torch.zeros(5, 2), "logvar": torch.zeros(5, 2)}
    assert found("vae_loss", recon, x, zero, recon="mse", reduction="mean")[0] == pytest.approx(
        functional.mse_loss(recon, x.view(-1, 6)).item()
    )


# --- metrics


def measured(kind, prediction, target, parts=1, last="", **settings):
    made = Term("it", kind, 0, "target", settings=settings, last=last)
    pieces = zip(prediction.tensor_split(parts), target.tensor_split(parts), strict=True)
    total = sum(sums(made, p, t) for p, t in pieces)
    return value(kind, total.tolist())


@pytest.mark.parametrize("parts", [1, 3])
def test_metrics_of_classes_are_those_of_scikit_learn_however_the_batches_are_cut(draw, parts):
    sklearn = pytest.importorskip("sklearn.metrics")
    logits, target = torch.randn(50, 7, generator=draw), torch.randint(6, (50,), generator=draw)
    said = logits.argmax(1)
    assert measured("accuracy", logits, target, parts) == pytest.approx(sklearn.accuracy_score(target, said))
    assert measured("f1", logits, target, parts) == pytest.approx(sklearn.f1_score(target, said, average="macro"))
    assert measured("mean_iou", logits, target, parts) == pytest.approx(
        sklearn.jaccard_score(target, said, average="macro")
    )
    wanted = sklearn.top_k_accuracy_score(target, logits, k=3, labels=range(7))
    assert measured("topk_accuracy", logits, target, parts, k=3) == pytest.approx(wanted)


@pytest.mark.parametrize("parts", [1, 3])
def test_metrics_of_numbers_are_those_of_scikit_learn(draw, parts):
    sklearn = pytest.importorskip("sklearn.metrics")
    prediction, target = torch.randn(50, 2, generator=draw), torch.randn(50, 2, generator=draw) + 100
    assert measured("mae", prediction, target, parts) == pytest.approx(sklearn.mean_absolute_error(target, prediction))
    wanted = sklearn.mean_squared_error(target, prediction) ** 0.5
    assert measured("rmse", prediction, target, parts) == pytest.approx(wanted)
    assert measured("r2", prediction, target, parts) == pytest.approx(sklearn.r2_score(target, prediction), rel=1e-4)


def test_perplexity_is_the_vocabulary_where_nothing_is_known_and_passes_padding_over():
    target = torch.tensor([[1, 2, 0], [3, 0, 0]])
    assert measured("perplexity", torch.zeros(2, 3, 5), target) == pytest.approx(5)
    sure = functional.one_hot(torch.tensor([[1, 2, 4], [3, 4, 4]]), 5) * 100.0  # wrong at the padding only
    assert measured("perplexity", sure, target, ignore_index=0) == pytest.approx(1)
    assert measured("accuracy", sure, target, ignore_index=0) == 1
    assert measured("accuracy", sure, target) == pytest.approx(0.5)


def test_mean_iou_of_a_mask_by_hand():
    truth = torch.tensor([[[0, 0], [1, 1]]])
    said = torch.tensor([[[0, 1], [1, 1]]])
    logits = functional.one_hot(said, 3).movedim(-1, 1).float()
    assert measured("mean_iou", logits, truth) == pytest.approx((1 / 2 + 2 / 3) / 2)  # the third class does not occur
    assert measured("pixel_accuracy", logits, truth) == pytest.approx(0.75)
    yes = (said * 2.0 - 1)[:, None]
    assert measured("mean_iou", yes, truth) == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert measured("pixel_accuracy", (yes + 1) / 2 * 0.6, truth, last="sigmoid") == pytest.approx(0.75)
