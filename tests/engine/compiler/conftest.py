"""Drawings for the tests of the compiler."""

import sys
from pathlib import Path

import pytest
from hypothesis import strategies as st

from engine.errors import BlockError
from engine.graph.model import AddBlock, Connect, End, Graph, Wire

sys.path.insert(0, str(Path(__file__).parent))  # for composites.py, which tests of several files build with

# Layers with settings that fit small pictures; those that do not fit what arrives are not placed.
PALETTE = (
    ("conv2d", {"out_channels": 4, "kernel_size": 3, "padding": 1}),
    ("conv2d", {"out_channels": 2, "kernel_size": [1, 3], "padding": "same", "bias": False, "padding_mode": "reflect"}),
    ("conv2d", {"out_channels": 4, "kernel_size": 3, "stride": 2, "padding": [1, 0], "groups": 2}),
    ("maxpool2d", {}),
    ("maxpool2d", {"kernel_size": 3, "stride": 1, "padding": 1, "dilation": 1}),
    ("avgpool2d", {"kernel_size": 3, "stride": 2, "ceil_mode": True, "count_include_pad": False}),
    ("adaptive_avgpool2d", {"output_size": [2, 3]}),
    ("adaptive_maxpool2d", {"output_size": 2}),
    ("global_avgpool", {}),
    ("global_avgpool", {"keepdim": True}),
    ("global_maxpool", {}),
    ("batchnorm2d", {"eps": 1e-3, "momentum": 0.2}),
    ("batchnorm1d", {"affine": False}),
    ("relu", {}),
    ("leaky_relu", {"negative_slope": 0.2}),
    ("elu", {"alpha": 0.5}),
    ("gelu", {"approximate": "tanh"}),
    ("sigmoid", {}),
    ("tanh", {}),
    ("softmax", {}),
    ("dropout", {"p": 0.25}),
    ("flatten", {}),
    ("linear", {"out_features": 5}),
    ("linear", {"out_features": 3, "bias": False}),
    ("add", {}),
    ("concat", {"count": 3}),
)
# Names that a person might give and that the exported file uses itself.
NAMES = (
    "",
    "",
    "",
    "",
    "x",
    "h",
    "run",
    "values",
    "plan",
    "print",
    "json",
    "network",
    "arguments",
    "preprocess",
    "Tensor",
    "ast",
)


class Drawing:
    """A graph under construction, with the shape after every block."""

    def __init__(self):
        self.graph = Graph()
        self.shapes = {}

    def place(self, kind, settings=None, *sources, name=""):
        """Add a block behind others; None if it does not fit them."""
        taken = {node.name for node in self.graph}
        node = self.graph.new_node(kind, settings or {}, name="" if name in taken else name)
        block = node.block()
        try:
            shape = block.shape(*[self.shapes[id_] for id_ in sources])
        except BlockError:
            return None
        self.graph.apply(AddBlock(node))
        for port, id_ in zip(block.inputs(), sources, strict=False):  # optional ports come last
            self.graph.apply(Connect(Wire(End(id_, "y"), End(node.id, port.name))))
        self.shapes[node.id] = shape
        return node.id


def chain(*layers):
    """A drawing of blocks in a row: kinds, or (kind, settings)."""
    drawing = Drawing()
    before = ()
    for layer in layers:
        kind, settings = (layer, {}) if isinstance(layer, str) else layer
        made = drawing.place(kind, settings, *before)
        assert made, f"{kind} does not fit"
        if drawing.graph.node(made).block().outputs():
            before = (made,)
    return drawing


@st.composite
def _graphs(draw):
    drawing = Drawing()
    side = st.integers(4, 9)
    picture = {"channels": draw(st.sampled_from((1, 2, 4))), "height": draw(side), "width": draw(side)}
    sources = [drawing.place("image_input", picture, name=draw(st.sampled_from(NAMES)))]
    if draw(st.integers(0, 4)) == 0:
        sources.append(
            drawing.place("vector_input", {"features": draw(st.integers(2, 6))}, name=draw(st.sampled_from(NAMES)))
        )
    for _ in range(draw(st.integers(1, 10))):
        kind, settings = draw(st.sampled_from(PALETTE))
        count = {"add": 2, "concat": 3}.get(kind, 1)
        # Mostly behind the last block, so that there are chains, branches and joins.
        picked = [sources[-1] if draw(st.integers(0, 3)) else draw(st.sampled_from(sources)) for _ in range(count)]
        made = drawing.place(kind, settings, *picked, name=draw(st.sampled_from(NAMES)))
        if made:
            sources.append(made)
    ends = {sources[-1], draw(st.sampled_from(sources))} if draw(st.booleans()) else {sources[-1]}
    for end in sorted(ends):
        drawing.place("output", {}, end)
    return drawing.graph


@pytest.fixture(scope="session")
def graphs():
    """The strategy of small drawings: chains, branches, joins, one or two inputs and outputs, awkward names."""
    return _graphs()


@pytest.fixture(scope="session")
def chained():
    """`chain`, for drawings in a row."""
    return chain


@pytest.fixture
def drawing():
    """An empty drawing."""
    return Drawing()
