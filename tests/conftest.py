"""What every test stands on: no display, no user files, few threads, no stray words.

Where Qt cannot load because libraries of the system are missing, the tests of the window are not collected, and the run
says so in its header and at its end.
"""

from __future__ import annotations

import atexit
import importlib
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from PySide6.QtCore import QCoreApplication

# Before anything imports Qt, torch or the program: all of them read these once.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")
_HOME = Path(tempfile.mkdtemp(prefix="layerloom-tests-"))
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
for _name in ("LAYERLOOM_DATA", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
    os.environ[_name] = str(_HOME / _name.lower())
for _name in ("PYTHONWARNINGS", "QT_STYLE_OVERRIDE", "QT_SCALE_FACTOR", "QT_QPA_PLATFORM_PLUGIN_PATH"):
    os.environ.pop(_name, None)

# The files that take longest, longest first. Of two processes that share the files, one would be alone at the end with such a
# file that comes last.
LONGEST = (
    "journeys/test_monkey.py", "engine/blocks/test_conformance.py", "presets/test_training.py", "presets/test_export.py",
    "exactness/test_mobile.py", "exactness/test_attention.py", "gui/test_design.py", "gui/test_window.py",
    "journeys/test_conventions.py",
    "presets/test_presets.py", "engine/training/test_health.py", "exactness/test_residual.py",
    "engine/export/test_export.py", "engine/training/test_resume.py", "engine/compiler/test_source.py",
    "engine/training/test_fit.py", "exactness/test_paths.py", "journeys/test_whole_way.py", "gui/dialogs/test_diff.py",
    "gui/inspector/test_inspect_place.py", "engine/headless/test_commands.py", "exactness/test_segmentation.py",
)  # fmt: skip

NEEDS_QT = ("gui", "journeys")


def _qt_fault() -> str:
    try:
        for name in ("QtGui", "QtWidgets", "QtSvg", "QtTest"):
            importlib.import_module(f"PySide6.{name}")
    except ImportError as error:
        return str(error)
    return ""


QT_FAULT = _qt_fault()
collect_ignore = list(NEEDS_QT) if QT_FAULT else []


def _without_window() -> str:
    return f"tests of the window are NOT part of this run, because Qt does not load here: {QT_FAULT}"


def pytest_report_header() -> list[str]:
    return [_without_window()] if QT_FAULT else []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if QT_FAULT:
        terminalreporter.write_line(_without_window(), yellow=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the documented long forms, too (minutes to hours)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    places = {here / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(LONGEST)))
    if config.getoption("--long"):
        return
    long = [item for item in items if item.get_closest_marker("long")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


def pytest_configure(config: pytest.Config) -> None:
    from hypothesis import HealthCheck, settings

    config.option.loadscopereorder = False  # files of many tests are not the long ones
    calm = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
    settings.register_profile(
        "ci", max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=calm
    )
    settings.register_profile("long", parent=settings.get_profile("ci"), max_examples=2000, derandomize=False)
    settings.load_profile("long" if config.getoption("--long") else "ci")


@pytest.fixture(scope="session")
def qapp(qapp: QCoreApplication) -> QCoreApplication:
    """The application, as in the program: garbage is collected on the window's thread only."""
    from gui.garbage import collect_here

    collect_here(qapp)
    return qapp


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    # Tests that turn no event loop leave garbage, too; also those that follow the window's in the same process.
    from_qt = sys.modules.get("PySide6.QtCore")
    app = from_qt.QCoreApplication.instance() if from_qt is not None else None
    collector = app.findChild(from_qt.QObject, "garbage") if from_qt is not None and app is not None else None
    if collector is not None:
        collector.collect_due()


@pytest.fixture(autouse=True)
def no_stray_logs(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A warning in the log that no test asked for is a fault."""
    yield
    if request.node.get_closest_marker("logs"):
        return
    stray = [record for record in caplog.get_records("call") if record.levelno >= logging.WARNING]
    if stray:
        pytest.fail("stray log: " + "; ".join(f"{record.name}: {record.getMessage()}" for record in stray))
