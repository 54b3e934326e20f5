"""Create `.venv` and install the tested versions, if that has not been done yet.

Run by any Python 3.11 to 3.13, before anything is installed: standard library only. A stamp in `.venv` holds a digest of
the requirements, their versions and the interpreter, so that the next start costs milliseconds.

Not for: libraries of the operating system; see qt_libraries.py.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def digest() -> str:
    """What the installed set depends on, as one hash."""
    wanted = [sys.version, *requirements("dev"), (ROOT / "constraints.txt").read_text(encoding="utf-8")]
    return hashlib.sha256("\n".join(wanted).encode()).hexdigest()


def installed(kind: str, wanted: str) -> bool:
    """Whether `.venv` holds the wanted set; the set for the tests includes the one for the program."""
    if not PYTHON.exists():
        return False
    for name in ("run", "dev") if kind == "run" else ("dev",):
        stamp = VENV / f"installed-{name}"
        if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
            return True
    return False


def requirements(kind: str) -> list[str]:
    """The requirements of pyproject.toml, with those of the tests for "dev"."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: list[str] = list(project["dependencies"])
    if kind == "dev":
        found += project["optional-dependencies"]["dev"]
    return found


def run(command: Sequence[str | Path], *, quiet: bool = False) -> bool:
    """Run a command; whether it succeeded."""
    sink = subprocess.DEVNULL if quiet else None
    return subprocess.run([str(part) for part in command], stdout=sink, stderr=sink, check=False).returncode == 0


def has_pip(python: str | Path) -> bool:
    """Whether this interpreter has pip."""
    return run([python, "-m", "pip", "--version"], quiet=True)


def create_venv() -> None:
    """Create `.venv` with pip in it.

    Debian and Ubuntu leave ensurepip out of python3. Then, in this order: the pip of the system puts one into `.venv`, the
    missing package is installed where we are root, or a sentence says what to install.
    """
    if PYTHON.exists() and has_pip(PYTHON):
        return
    print(f"Creating .venv with Python {sys.version.split()[0]}", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    if run([sys.executable, "-m", "venv", VENV], quiet=True) and has_pip(PYTHON):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    bare = run([sys.executable, "-m", "venv", "--without-pip", VENV], quiet=True)
    if bare and run([sys.executable, "-m", "pip", "--python", PYTHON, "install", "--quiet", "pip"], quiet=True):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Python has no venv here; installing the package {package}", flush=True)
        os.environ["DEBIAN_FRONTEND"] = "noninteractive"
        run(["apt-get", "update", "-qq"])
        run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", package])
        if run([sys.executable, "-m", "venv", VENV]) and has_pip(PYTHON):
            return
    shutil.rmtree(VENV, ignore_errors=True)
    sys.exit(
        f"This Python cannot create an environment with pip; install {package} (apt-get install {package}) and try again."
    )


def install(kind: str) -> None:
    """Install the tested versions into `.venv`."""
    what = "the program" if kind == "run" else "the program and its tests"
    print(f"Installing what {what} need{'s' if kind == 'run' else ''} (once; some minutes)", flush=True)
    command: list[str | Path] = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
        "--progress-bar",
        "off",
    ]
    command += ["--quiet", "--constraint", ROOT / "constraints.txt"]
    if not run([*command, *requirements(kind)]):
        sys.exit(
            "The packages could not be installed; pip says above why (often: no network). Mend that and try again."
        )


def main() -> None:
    """Set `.venv` up, unless that is done."""
    parser = argparse.ArgumentParser(description="Create .venv and install the tested versions.")
    parser.add_argument("--dev", action="store_true", help="install what the tests need, too")
    kind = "dev" if parser.parse_args().dev else "run"
    wanted = digest()
    if installed(kind, wanted):
        return
    create_venv()
    install(kind)
    (VENV / f"installed-{kind}").write_text(wanted, encoding="ascii")


if __name__ == "__main__":
    main()
