"""One small training that all tests of the commands read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine import images
from engine.headless.commands import run

SMALL = ["--limit", "200", "--batch-size", "64"]  # digits: 160 to train, 20 to validate


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run of two epochs; not to be changed."""
    path = tmp_path_factory.mktemp("headless") / "run"
    assert run(["train", "preset:lenet5_relu_max", *SMALL, "--epochs", "2", "--out", str(path), "--json"]) == 0
    return path


@pytest.fixture(scope="session")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A grey picture file with a bright stroke."""
    pixels = np.zeros((20, 20, 1), np.uint8)
    pixels[3:17, 9:12] = 250
    path = tmp_path_factory.mktemp("pictures") / "one.png"
    path.write_bytes(images.encode_png(pixels))
    return path
