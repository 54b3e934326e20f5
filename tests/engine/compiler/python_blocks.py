"""What tests of the Python block share: a drawing with one, and answers that need no process."""

from engine.blocks.python import TEMPLATE, Answer, Question, tell
from engine.blocks.spec import Shape
from engine.graph.model import AddBlock, Connect, End, Graph, Node, Wire


def drawing(code=TEMPLATE, arguments="", inputs=1, outputs=("y",)):
    """A picture into a Python block into an output, one wire for each input."""
    graph = Graph()
    graph.apply(AddBlock(Node("b1", "image_input", "image", {"channels": 3, "height": 8, "width": 8}, 0, 0)))
    settings = {"code": code, **({"arguments": arguments} if arguments else {})}
    graph.apply(AddBlock(Node("b2", "python", "mine", settings, 256, 0)))
    graph.apply(AddBlock(Node("b3", "flatten", "flat", {}, 512, 0)))
    graph.apply(AddBlock(Node("b4", "linear", "fc", {"out_features": 10}, 768, 0)))
    graph.apply(AddBlock(Node("b5", "output", "logits", {}, 1024, 0)))
    block = graph.node("b2").block()
    source = End("b1", graph.node("b1").block().outputs()[0].name)
    for port in block.inputs()[:inputs]:
        graph.apply(Connect(Wire(source, End("b2", port.name))))
    for from_, port, to in (("b2", outputs[0], "b3"), ("b3", None, "b4"), ("b4", None, "b5")):
        port = port or graph.node(from_).block().outputs()[0].name
        graph.apply(Connect(Wire(End(from_, port), End(to, graph.node(to).block().inputs()[0].name))))
    return graph


def answered(graph, *outputs, parameters=0, macs=0):
    """Let it be known what the Python block of `drawing` gives for a 3×8×8 map."""
    block = graph.node("b2").block()
    asked = block.question(*(Shape((3, 8, 8)),) * len(graph.topology.into["b2"]))
    assert isinstance(asked, Question)
    tell({asked: Answer(tuple(outputs), parameters, macs)})
