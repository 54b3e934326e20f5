"""The commands on what is trained already: `predict`, `inspect` and `export`.

Not for: how a probe or an export works.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import engine
from engine.data import load
from engine.errors import DataError, RunError, SettingError
from engine.files import write_atomic
from engine.graph.facts import Column
from engine.headless.terminal import say, say_json
from engine.training.runs import Run

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.compiler.module import Network


def is_run(path: str | Path) -> bool:
    """Whether a path is the folder of a training."""
    return (Path(path).expanduser() / "run.json").is_file()


def opened_run(text: str) -> Run:
    """The run in a folder.

    Raises:
        RunError: There is none.
    """
    path = Path(text).expanduser()
    if not is_run(path):
        what = "is not there" if not path.exists() else "holds no run"
        raise RunError(f"{text} {what}. Name the folder of a training; main.py train prints it at its end.")
    return Run(path)


def predict(text: str, pictures: list[str], *, top: int, as_json: bool, invert: bool = False) -> int:
    """Print the likeliest answers for each picture."""
    from engine import images
    from engine.probes.data import Bars
    from engine.probes.spec import ask

    if top < 1:
        raise SettingError(f"--top is {top}, but at least one answer has to be asked for.")
    run = opened_run(text)
    network = run.network("best")
    shape = _input_shape(network)
    for name in pictures:
        picture = images.to_input(images.read(Path(name)), shape)
        picture = 255 - picture if invert else picture
        sample = (run.normalisation.apply(picture[None])[0],)
        found = ask(network, "answers", sample=sample, classes=run.classes, top=top)
        if not isinstance(found, Bars):
            raise RunError(f"this network gives no answer that can be listed. {getattr(found, 'text', '')}".strip())
        if as_json:
            key = "probability" if found.probabilities else "value"
            answers = [{"label": label, key: value} for label, value in zip(found.labels, found.values, strict=True)]
            say_json({"picture": name, "answers": answers})
            continue
        shown = [
            f"{label} {100 * value:.1f} %" if found.probabilities else f"{label} {value:.4g}"
            for label, value in zip(found.labels, found.values, strict=True)
        ]
        say(f"{name}: {', '.join(shown)}")
    return 0


def inspect(text: str, *, block: str, probe: str, image: str | None, out: str) -> int:
    """Write a picture of what a block has learned or answers."""
    return write_probe(opened_run(text), block=block, probe=probe, image=image, out=Path(out).expanduser())


def write_probe(run: Run, *, block: str, probe: str, image: str | None, out: Path) -> int:
    """The picture of a probe, as a PNG file."""
    from engine import images
    from engine.probes import data
    from engine.probes.render import as_tiles, render
    from engine.probes.spec import ask

    if out.suffix.lower() != ".png":
        raise SettingError(f"--out is {out.name}, but pictures are written as PNG: give a name that ends in .png.")
    network = run.network("best")
    sample = None
    if probe != "filters":
        shape = _input_shape(network)
        sample = (run.normalisation.apply(_picture(run, image, shape)[None])[0],)
    found = ask(network, probe, block=block, sample=sample)
    match found:
        case data.Tiles():
            tiles = found
        case data.Matrix():
            tiles = as_tiles(found)
        case data.Nothing(text=reason):
            raise RunError(reason)
        case _:
            raise RunError(f'the probe "{probe}" gives no picture.')
    atlas = render(tiles)
    write_atomic(out, images.encode_png(atlas.image))
    say(f"{block}: {tiles.note} Scale {atlas.lo:.3g} to {atlas.hi:.3g}. Written to {out}")
    return 0


def _input_shape(network: Network) -> tuple[int, int, int]:
    shape = tuple(network.plan.inputs[0].shape.dims)
    if len(shape) != 3 or len(network.plan.inputs) != 1:
        raise DataError("this network does not take one picture, so it cannot be asked about picture files.")
    return shape[0], shape[1], shape[2]


def _picture(run: Run, image: str | None, shape: tuple[int, int, int]) -> NDArray[Any]:
    from engine import images

    if image is not None:
        picture: NDArray[Any] = images.to_input(images.read(Path(image)), shape)
        return picture
    found = load(run.choice, image=shape)
    column: Column | None = found.facts.input
    if column is None or column.kind != "image":
        raise DataError("the run's data hold no pictures. Name one with --image.")
    rows = found.splits["val"] if len(found.splits["val"]) else found.splits["train"]
    first: NDArray[Any] = found.columns[column.name][rows[0]]
    return first


def export(text: str, *, to: str, out: str) -> int:
    """Write code or weights of a run, or of a project with fresh weights."""
    path = Path(out).expanduser()
    if is_run(text):
        return export_run(opened_run(text), to=to, out=path)
    from engine.export import export as write

    project = engine.open(text)
    network = project.build(seed=0) if project.weights is not None else None
    written = write(project.graph, network, to=to, out=path, title=project.title)
    say(f"{written.path}: {written.check}")
    return 0


def export_run(run: Run, *, to: str, out: Path) -> int:
    """Write code or the best weights of a run."""
    from engine.export import export as write

    written = write(
        run.graph(),
        run.network("best"),
        to=to,
        out=out,
        title=run.title,
        classes=run.classes,
        normalisation=run.normalisation,
    )
    say(f"{written.path}: {written.check}")
    return 0
