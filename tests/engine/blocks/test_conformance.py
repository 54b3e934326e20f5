"""Every declared block keeps its word: torch gives the shape, the parameters and the multiply-adds that it promises.

Both ways: what a block accepts, torch accepts; what it refuses, torch refuses too, unless the rule is stricter on purpose.
New blocks are found by walking the registry.
"""

import functools
import random
import warnings
from collections import Counter

import pytest
import torch
from hypothesis import settings
from torch.utils.flop_counter import FlopCounterMode

from engine import trust
from engine.blocks import python
from engine.blocks.spec import Block, BlockError, Call, Shape, kinds
from engine.compiler import python_child
from engine.compiler.module import build
from engine.compiler.plan import InputSpec, OutputSpec, Plan, Step
from engine.declare import Choice, Flag, Integer, Pair, Real, Row, declared, integer
from engine.errors import CompileError

BATCH = 2
LARGE = 256  # thousands of words or classes take their time and show nothing that a few do not
LAYERS = sorted(kind for kind, cls in kinds().items() if cls.role == "layer")

# Where a block refuses what torch would do, and why: (kind, code) -> reason. "*" stands for every kind.
STRICTER = {
    ("*", "wants-features"): "labels and losses are not features, though torch would add or clip whole numbers",
    ("*", "wants-map"): "torch takes an unbatched or otherwise ranked tensor for a map and means another axis",
    (
        "*",
        "wants-vector",
    ): "torch applies itself to the last axis of a map, or takes the batch for one; nobody means that here",
    ("*", "too-few-axes"): "the batch is no axis to normalise over",
    ("conv2d", "wants-four-sides"): "a rim side by side has four sides or none",
    ("conv3d", "wants-three-sides"): "a volume has three sides; torch takes two numbers that happen to agree",
    ("*", "wants-sequence"): "torch takes N×F for one sequence without a batch, and further axes for more of them",
    ("*", "batch-axis"): "samples of a batch know nothing of each other; torch does not know which axis the batch is",
    ("*", "empty-slice"): "torch gives a tensor of nothing",
    ("*", "not-divisible"): "torch makes the last part smaller, or none",
    ("*", "one-part"): "torch cuts into one part as well",
    ("*", "one-an-axis"): "torch adds axes in front, where the batch is",
    ("squeeze", "not-one"): "torch does nothing then",
    ("expand", "cannot-expand"): "torch adds axes in front, where the batch is",
    ("crop", "piece-too-large"): "Python's slices end where the map does",
    ("window_attention", "shift-too-large"): "it is the same as a smaller shift, less plainly",
    ("normalize", "one-a-channel"): "torch stretches a single channel to as many as there are means",
    ("*", "wants-windows"): "torch writes whatever has as many numbers in another shape",
    ("window_reverse", "sizes-differ"): "torch writes whatever has as many numbers in another shape",
    ("*", "wants-patches"): "torch takes N×C·k² for patches without a batch",
    ("python", "python-failed"): "torch takes the batch for the channels of one map",
    ("expression", "unread-input"): "a wire that changes nothing is a mistake",
    ("*", "state-differs"): "torch's LSTM died of a segmentation fault here before such states were left out",
    ("*", "projection-too-large"): "torch refuses it, and is not asked",
    ("*", "wants-mask"): "a layer of ours takes marks of whatever kind",
    ("last_step", "odd-features"): "one half is larger then",
    ("*", "wants-index"): "a layer of ours takes numbers for whole ones",
    ("pad", "no-such-axis"): "there is no such side, and its rim is left out",
    ("position_embedding", "too-long"): "torch stretches the vector of a single place over all of them",
    ("pad", "channels-constant"): "torch pads the channels of a map as if they were frames of a film",
    **{
        (
            kind,
            "shapes-differ",
        ): "torch stretches sizes of 1 to fit, and takes the batch for another axis; that is a mistake"
        for kind in (
            "add",
            "subtract",
            "multiply",
            "maximum",
            "minimum",
            "mean",
            "matmul",
            "scaled_dot_product",
            "expression",
            "reparameterize",
        )
    },
    ("stack", "shapes-differ"): "torch makes fractions of whole numbers beside them",
    ("concat", "shapes-differ"): "torch skips an empty tensor; no sample is empty here",
    ("*", "wants-matrix"): "torch takes the batch for the rows of one matrix",
}


# Blocks whose multiply-adds torch's counter does not see (it knows no recurrent kernels); they have tests of their own.
COUNTED_BY_HAND: dict[str, str] = {
    "bilinear": "its kernel is not one that the counter knows",
    "multihead_attention": "torch's fused attention on a processor is not one that the counter knows",
    "scaled_dot_product": "as multihead_attention",
    "transformer_encoder_layer": "as multihead_attention",
    "transformer_decoder_layer": "as multihead_attention",
    "rnn": "the counter knows no recurrent kernels",
    "lstm": "as rnn",
    "gru": "as rnn",
    "lstm_cell_loop": "as rnn",
}


# Blocks whose settings have to fit each other so closely that at most one of them is drawn.
ONE_AT_A_TIME = ("fold",)


def one_block(block, shapes):
    """The plan of a network that is this block and nothing else; None among the shapes: nothing is wired there."""
    wired = [(port, x) for port, x in zip(block.inputs(), shapes, strict=False) if x is not None]
    xs = tuple(x for _, x in wired)
    inputs = tuple(InputSpec(port.name, "image", x) for port, x in wired)
    call = block.lower(*shapes)
    slots = range(len(xs), len(xs) + len(block.outputs()))
    named = tuple(port.name for port, _ in wired if port.optional)
    step = Step(
        "b1", "it", block.kind, call, tuple(range(len(xs))), slots[0], xs, Shape(()), more=tuple(slots[1:]), named=named
    )
    outputs = tuple(OutputSpec(port.name, slot, Shape(())) for port, slot in zip(block.outputs(), slots, strict=True))
    return Plan("", inputs, (step,), outputs, {"it": slots[0]})


def batch_of(x):
    """Zeros, as many as a shape says; a constant has a batch axis of 1."""
    size = (BATCH if x.batched else 1, *x.dims)
    return torch.zeros(size, dtype=torch.float32 if x.dtype == "float" else torch.int64)


def shape_of(y):
    """The shape of a tensor as the checker would write it; None where its first axis is no batch."""
    if not isinstance(y, torch.Tensor) or y.shape[:1] not in ((BATCH,), (1,)):
        return None
    return Shape(tuple(y.shape[1:]), "float" if y.is_floating_point() else "index", batched=y.shape[0] == BATCH)


def by_torch(block, shapes):
    """(shapes, parameters, multiply-adds of one sample) as torch has them; None where torch refuses."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an uneven rim is torch's affair
        try:
            network = build(one_block(block, shapes), seed=0)
            xs = [batch_of(x) for x in shapes if x is not None]
            with FlopCounterMode(display=False) as flops, torch.no_grad():
                ys = network(*xs)
        except (
            RuntimeError,
            ValueError,
            TypeError,
            IndexError,
            AssertionError,
            NotImplementedError,
            CompileError,
            BlockError,
        ):
            return None
    found = tuple(shape_of(y) for y in (ys if isinstance(ys, tuple) else (ys,)))
    if None in found or any(0 in shape.dims for shape in found):
        return None  # an answer without numbers is none
    count = sum(p.numel() for p in network.parameters())
    return found, count, flops.get_total_flops() / 2 / BATCH


@pytest.fixture(autouse=True)
def machine(tmp_path, monkeypatch):
    """A machine on which the code that a fresh Python block holds is trusted."""
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path))
    monkeypatch.setattr(python, "_answers", {})  # what is found out here is nobody else's
    trust.give(python.TEMPLATE, "ResidualGate")


def tried(block, shapes):
    """Find out here what a person's class does, as the process for it would."""
    question = block.question(*shapes)
    said = {
        "code": block.code,
        "arguments": question.arguments,
        "ports": block.port_names,
        "optional": [port.optional for port in block.inputs()],
        "outputs": len(block.outputs()),
        "shapes": [None if x is None else [x.dims, x.dtype, x.batched] for x in shapes],
    }
    try:
        found = python_child.tried(said)
    except (python_child.UnfitError, RuntimeError, CompileError) as error:
        return {question: python.Refusal(str(error))}
    outputs = tuple(Shape(tuple(dims), dtype, batched) for dims, dtype, batched in found["outputs"])
    return {question: python.Answer(outputs, found["parameters"], found["macs"])}


def asked(block, shapes):
    """(what the block promises, None) or (None, why it refuses)."""
    try:
        if isinstance(block, python.PythonBlock):
            python.tell(tried(block, shapes))
        return block.shapes(*shapes), None
    except BlockError as error:
        return None, error


def conforms(block, shapes):
    """Compare a block with torch on given input shapes. Returns whether the block accepted them."""
    promised, refusal = asked(block, shapes)
    if promised is None:
        if ("*", refusal.code) not in STRICTER and (block.kind, refusal.code) not in STRICTER:
            found = by_torch(block, shapes)
            assert found is None, (
                f"false alarm: {block} refuses {shapes} ({refusal.code}: {refusal}), torch gives {found}"
            )
        return False
    found = by_torch(block, shapes)
    assert found is not None, f"{block} promises {promised} for {shapes}, but torch refuses"
    given_, parameters, macs = found
    assert promised == given_, f"{block} promises {promised} for {shapes}, torch gives {given_}"
    assert block.parameters(*shapes) == parameters, (
        f"{block} counts {block.parameters(*shapes)} parameters, torch has {parameters}"
    )
    if block.kind not in COUNTED_BY_HAND:
        assert block.macs(*shapes) == macs, (
            f"{block} counts {block.macs(*shapes)} multiply-adds on {shapes}, torch has {macs}"
        )
    return True


def value_of(draw, setting):
    """A value of a setting, small enough to run; half of the time the default."""
    # With every setting off its default nearly nothing fits.
    if draw.random() < 0.5:
        large = isinstance(setting, Integer) and setting.default is not None and setting.default > LARGE
        return max(24, setting.lo or 0) if large else setting.default
    match setting:
        case Integer():
            lo = setting.lo if setting.lo is not None else 0
            return draw.randint(lo, min(lo + 5, setting.hi) if setting.hi is not None else lo + 5)
        case Real():
            return real(draw, setting.lo if setting.lo is not None else -2.0, min(setting.hi or 2.0, 2.0))
        case Flag():
            return draw.random() < 0.5
        case Choice():
            return draw.choice(setting.options)
        case Pair():
            if setting.words and draw.random() < 1 / 3:
                return draw.choice(setting.words)
            one, other = (draw.randint(setting.lo, setting.lo + 4) for _ in range(2))
            return draw.choice((one, (one, other)))
        case Row():
            lo = int(setting.lo if setting.lo is not None else -1)
            least = -2.0 if setting.lo is None else max(setting.lo, -2.0)
            length = draw.randint(setting.least, min(setting.most, setting.least + 3))
            return tuple(
                real(draw, least, least + 4) if setting.real else draw.randint(lo, lo + 4) for _ in range(length)
            )
    return setting.default


def real(draw, lo, hi):
    """A number between two others; often one of them, nought or one, where rules tend to change."""
    edges = [edge for edge in (lo, hi, 0.0, 1.0) if lo <= edge <= hi]
    return draw.choice(edges) if draw.random() < 0.3 else draw.uniform(lo, hi)


@functools.cache
def liked(kind):
    """The ranks of samples that a block of this kind takes at all."""
    plain = kinds()[kind]()
    if plain.example():
        return ()
    ranks = []
    for dims in ((6,), (4, 9, 9)):
        try:
            plain.shapes(*[Shape(dims) for _ in plain.inputs()])
        except BlockError:
            continue
        ranks.append(len(dims))
    return tuple(ranks)


def like_example(draw, block):
    """The block's example with some sizes changed: equal ones stay equal, so that what belongs together still fits."""
    example = block.example()
    sizes = {size for x in example if x is not None for size in x.dims}
    factor = {size: draw.choice((1, 1, 1, 2, 3)) for size in sorted(sizes)}
    other = {size: size * factor[size] if draw.random() < 7 / 8 else draw.randint(1, 9) for size in sorted(sizes)}
    shapes = []
    for port, x in zip(block.inputs(), example, strict=False):
        missing = x is None or (port.optional and draw.random() < 0.5)
        shapes.append(None if missing else Shape(tuple(other[size] for size in x.dims), x.dtype, x.batched))
    while shapes and shapes[-1] is None:
        shapes.pop()
    return tuple(shapes)


def shapes_for(draw, block):
    """Shapes for the inputs of a block: most fit it, some do not."""
    if block.example() and draw.random() < 0.8:
        return like_example(draw, block)
    rank = draw.choice((*(liked(block.kind) * 4), 0, 1, 2, 3, 4))
    first = [draw.randint(1, 9) for _ in range(rank)]
    shapes = []
    for _ in block.inputs():
        dims = list(first)
        if rank and draw.random() < 0.1:
            dims[draw.randrange(rank)] = draw.randint(1, 9)
        shapes.append(Shape(tuple(dims), "index" if draw.random() < 0.05 else "float"))
    while shapes and block.inputs()[len(shapes) - 1].optional and draw.random() < 0.5:
        shapes.pop()
    return tuple(shapes)


def settings_for(draw, cls):
    """A block of a class with settings drawn for it."""
    drawn = [name for name in cls.settings if not name.startswith("init") or draw.random() < 0.1]
    if cls.kind in ONE_AT_A_TIME:
        drawn = [draw.choice(drawn)] if draw.random() < 0.2 else []
    return cls(**{name: value_of(draw, cls.settings[name]) for name in drawn})


@pytest.mark.parametrize("kind", LAYERS)
def test_a_block_promises_what_torch_does(kind):
    cls = kinds()[kind]
    # Drawn with a generator of Python's: what hypothesis adds to a draw took three quarters of the time of this file.
    draw = random.Random(kind)
    accepted = Counter()
    # Blocks with many settings have more to lie about.
    own = [name for name in cls.settings if not name.startswith("init")]  # first values change no shape
    examples = settings().max_examples * min(3, 1 + len(own))
    fits: dict[str, bool] = {}  # what was compared
    for _ in range(2 * examples):
        block = settings_for(draw, cls)
        shapes = shapes_for(draw, block)
        case = repr((block, shapes))
        if case not in fits:
            fits[case] = conforms(block, shapes)
        accepted[fits[case]] += 1
        if len(fits) == examples:
            break
    assert accepted[True] >= accepted.total() // 12, "hardly anything that was drawn fits this block"


@pytest.mark.parametrize("kind", sorted(kind for kind, cls in kinds().items() if cls.role in ("loss", "metric")))
@pytest.mark.parametrize("dims", [(10,), (1,), (3, 4, 4), ()])
def test_a_loss_gives_one_number_or_a_sentence(kind, dims):
    block = kinds()[kind]()
    promised, refusal = asked(block, (Shape(dims),))
    assert promised == (Shape((), batched=False),) if promised else str(refusal).endswith(".")
    assert (block.parameters(Shape(dims)), block.macs(Shape(dims))) == (0, 0)


@pytest.mark.parametrize("kind", sorted(kind for kind, cls in kinds().items() if cls.role in ("input", "output")))
def test_an_end_of_the_network_computes_nothing(kind):
    block = kinds()[kind]()
    shapes = [Shape((3, 4, 4)) for _ in block.inputs()]
    assert block.lower(*shapes) is None
    assert block.shape(*shapes).batched
    assert (block.parameters(*shapes), block.macs(*shapes)) == (0, 0)


# --- plants: every kind of lie is found out


class _Liar(Block):
    """A linear layer that can be told what to lie about."""

    kind, title, role = "liar", "Liar", "layer"
    off_shape = off_parameters = off_macs = 0

    def shape(self, *xs):
        if xs[0].dims[0] == 7:
            raise BlockError("seven", "it does not like seven.")
        return Shape((self.out_features + self.off_shape,))

    def lower(self, *xs):
        return Call("nn.Linear", xs[0].dims[0], self.out_features)

    def parameters(self, *xs):
        return self.out_features * (xs[0].dims[0] + 1) + self.off_parameters

    def macs(self, *xs):
        return self.out_features * xs[0].dims[0] + self.off_macs


def liar(**lies):
    @declared
    class Told(_Liar):
        out_features: int = integer(3, lo=1, help="outputs")

    for name, value in lies.items():
        setattr(Told, name, value)
    return Told()


def test_an_honest_plant_passes():
    assert conforms(liar(), (Shape((5,)),))


@pytest.mark.parametrize("lie", ["off_shape", "off_parameters", "off_macs"])
def test_a_planted_lie_is_found(lie):
    with pytest.raises(AssertionError, match=r"promises|counts"):
        conforms(liar(**{lie: 1}), (Shape((5,)),))


def test_a_planted_false_alarm_is_found():
    with pytest.raises(AssertionError, match="false alarm"):
        conforms(liar(), (Shape((7,)),))


def test_a_planted_promise_that_torch_does_not_keep_is_found():
    honest = liar()
    object.__setattr__(honest, "lower", lambda *xs: Call("nn.Linear", 4, 3))
    with pytest.raises(AssertionError, match="torch refuses"):
        conforms(honest, (Shape((5,)),))
