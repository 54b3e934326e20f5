"""Random drawings with composites: settings, repetitions, bypass expressions, several inputs and outputs, two levels deep."""

from composites import definition, place, setting
from hypothesis import strategies as st

from engine.compiler.plan import plan
from engine.errors import CompileError, GraphError
from engine.graph.check import check
from engine.graph.model import Define, Graph, RemoveBlock

WIDTHS = st.sampled_from((4, 4, 2, "=width", "=width", "=width * 2", "=8 // width", "=width if i else 4", "=2 * k + 2"))
FLAGS = st.sampled_from((False, False, False, True, "=flag", "=not flag", "=i == 0", "=i > 0 and flag", "=width > 2"))
REAL = st.sampled_from((0.5, "=amount", "=amount * (i + 1)", "=k / total"))


def _row(draw, number, sources, kinds):
    """A block behind some of the sources."""
    name = draw(st.sampled_from(("", "", "", "x", "flag", "range", "width", "block")))
    name = f"{name}{number}" if name in ("", "x") else f"{name}_{number}"
    name = name if name[0].isalpha() else f"b{name}"
    kind = draw(st.sampled_from(kinds))
    picked = [sources[-1] if draw(st.integers(0, 2)) else draw(st.sampled_from(sources)) for _ in range(3)]
    match kind:
        case "conv2d":
            values = {"out_channels": draw(WIDTHS), "kernel_size": draw(st.sampled_from((1, 3))), "padding": "same"}
            values |= {"bias": draw(st.sampled_from((True, "=flag", "=not flag")))}
            return name, kind, values, picked[:1], draw(FLAGS)
        case "elu":
            return name, kind, {"alpha": draw(REAL)}, picked[:1], draw(FLAGS)
        case "dropout":
            return name, kind, {"p": draw(REAL)}, picked[:1], draw(FLAGS)
        case "add":
            return name, kind, {}, picked[:2], draw(FLAGS)
        case "concat":
            return name, kind, {}, picked[:2], False
        case _:
            return name, kind, {}, picked[:1], draw(FLAGS)


@st.composite
def definitions(draw, id_, inner):
    """A composite that may hold instances of others, which are (id, inputs, outputs)."""
    takes, gives = draw(st.sampled_from(((1, 1), (1, 1), (2, 1), (1, 2), (2, 2))))
    sources = ["x", "y"][:takes]
    rows = [(name, "port_in") for name in sources]
    kinds = ("conv2d", "batchnorm2d", "relu", "elu", "dropout", "add", "add", "concat", *(["inner"] * 4 * bool(inner)))
    for number in range(draw(st.integers(1, 6))):
        if draw(st.sampled_from(kinds)) == "inner":
            other, ins, outs = draw(st.sampled_from(inner))
            values = {
                "width": draw(st.sampled_from((4, "=width"))),
                "flag": draw(st.sampled_from((True, "=flag", "=not flag"))),
            }
            values |= {"repeat": draw(st.sampled_from((1, 2, 3, "=depth", "=depth + 1")))}
            picked = [draw(st.sampled_from(sources)) for _ in range(ins)]
            rows.append((f"inner{number}", f"composite:{other}", values, picked, draw(FLAGS)))
            sources += [f"inner{number}.{port}" for port in ("a", "b")[:outs]]
        else:
            row = _row(draw, number, sources, kinds[:8])
            rows.append(row)
            sources.append(row[0])
    for port in ("a", "b")[:gives]:
        rows.append((port, "port_out", {}, [sources[-1] if draw(st.booleans()) else draw(st.sampled_from(sources))]))
    settings = [setting("width", 4, lo=1), setting("flag", False), setting("amount", 0.25), setting("depth", 2, lo=1)]
    return definition(id_, id_.capitalize(), settings, *rows), (id_, takes, gives)


@st.composite
def drawings(draw):
    """A network of instances that the checker accepts."""
    graph = Graph()
    known = []
    for id_ in ("leaf", "twig", "branch")[: draw(st.integers(1, 3))]:
        made, about = draw(definitions(id_, list(known)))
        try:
            graph.apply(Define(made))
        except GraphError:
            continue
        known.append(about)
    ends = [place(graph, "image_input", channels=4, height=3, width=3)]
    for _ in range(draw(st.integers(1, 4)) if known else 0):
        id_, takes, gives = draw(st.sampled_from(known))
        values = {
            "width": draw(st.sampled_from((2, 4))),
            "flag": draw(st.booleans()),
            "amount": draw(st.sampled_from((0.25, 0.5))),
        }
        values |= {"repeat": draw(st.sampled_from((1, 1, 2, 3))), "depth": draw(st.sampled_from((1, 2, 3)))}
        values |= draw(st.sampled_from(({}, {}, {"first_flag": "on"}, {"first_width": 2}, {"first_amount": 0.75})))
        sources = [ends[-1] if draw(st.booleans()) else draw(st.sampled_from(ends)) for _ in range(takes)]
        made = place(graph, f"composite:{id_}", *sources, bypassed=draw(st.integers(0, 6)) == 0, **values)
        if any(problem.severity == "error" and problem.code != "no-output" for problem in check(graph).problems):
            graph.apply(RemoveBlock(made))
            continue
        ends += [(made, port) for port in ("a", "b")[:gives]]
    for end in draw(st.sampled_from((ends[-1:], ends[-2:], [*ends[:1], *ends[-1:]]))):
        place(graph, "output", place(graph, "global_avgpool", end))
    return graph


def planned(graph):
    """The plan, None where the drawing has no meaning."""
    try:
        return plan(graph)
    except CompileError:
        return None
