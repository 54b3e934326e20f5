"""The set-up files agree with each other: pyproject, constraints, Makefile, README, the version."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import main

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def plain(name: str) -> str:
    """A package's name in its one normal form."""
    return re.sub(r"[-_.]+", "-", name).lower()


def named_packages() -> set[str]:
    wanted = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]
    found = {re.match(r"[\w.-]+", line) for line in wanted}
    return {plain(match.group()) for match in found if match}


def unpinned(constraints: str) -> set[str]:
    pinned = {plain(match.group(1)) for match in re.finditer(r"^([\w.-]+)==\S+$", constraints, re.MULTILINE)}
    return named_packages() - pinned


def missing_targets(text: str, makefile: str) -> set[str]:
    """Targets that a text tells people to make and that the Makefile does not have."""
    commands = re.findall(r"`([^`\n]+)`|^(?:    )?(make .+)$", text, re.MULTILINE)
    told = {name for parts in commands for name in re.findall(r"\bmake ([a-z][a-z-]*)", "".join(parts))}
    known = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    return told - known


def test_every_named_package_is_pinned_to_a_tested_version() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert unpinned(text) == set()
    assert unpinned(text.replace("torch==", "# torch==")) == {"torch"}


def test_constraints_name_versions_and_nothing_else() -> None:
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        assert re.fullmatch(r"#.*|[\w.-]+==[\w.]+(; .+)?", line), line


def test_what_the_texts_tell_people_to_make_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for name in ("README.md", "docs/guide.md", "CONTRIBUTING.md"):
        if (ROOT / name).exists():
            assert missing_targets((ROOT / name).read_text(encoding="utf-8"), makefile) == set()
    assert missing_targets("run `make trouble` now", makefile) == {"trouble"}


def test_the_version_is_the_same_everywhere() -> None:
    assert PROJECT["version"] == main.VERSION


def test_both_scripts_can_be_started() -> None:
    for name in (".ci/run", "tools/find_python.sh"):
        assert os.access(ROOT / name, os.X_OK), name


def test_the_chosen_python_is_one_that_works() -> None:
    found = subprocess.run(["sh", "tools/find_python.sh"], cwd=ROOT, capture_output=True, text=True, check=True)
    code = "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))"
    assert subprocess.run([found.stdout.strip(), "-c", code], check=False).returncode == 0


def test_without_any_python_a_sentence_says_what_to_install(tmp_path: Path) -> None:
    done = subprocess.run(
        ["/bin/sh", str(ROOT / "tools/find_python.sh")],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "needs Python 3.11" in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_unchanged_set_up_is_known_as_done(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; sys.path.insert(0, 'tools'); import setup;"
        f"setup.VENV = pathlib.Path({str(tmp_path)!r}); setup.PYTHON = pathlib.Path(sys.executable);"
        "d = setup.digest(); before = setup.installed('run', d);"
        "(setup.VENV / 'installed-dev').write_text(d);"
        "print(before, setup.installed('run', d), setup.installed('dev', d), setup.installed('run', 'other'))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True", "True", "False"]
