"""Fetching MNIST and Fashion-MNIST, only when a person asks for it.

A file is fetched into `NAME.part`, taken up where it broke off, compared with its published SHA-256, and only then given
its name. Mirrors are tried one after the other.

Sources of the sums: the files at the mirrors below, as recorded by TensorFlow Datasets (MNIST) and by the Fashion-MNIST
project, whose published MD5 sums belong to the same bytes.

Not for: reading the files (`engine.data.idx`).
"""

from __future__ import annotations

import hashlib
import http.client
import os
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from engine.data.places import downloads, reason, shown
from engine.data.registry import Progress
from engine.errors import DataError

TIMEOUT = 30.0  # seconds without a byte
_BLOCK = 1 << 16  # bytes read at once
_NETWORK = (OSError, http.client.HTTPException)  # urllib's errors and time-outs are OSErrors


@dataclass(frozen=True)
class Remote:
    """One file as published.

    Attributes:
        name: Its name at the mirrors and here.
        size: Bytes.
        sha256: Of these bytes.
    """

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Source:
    """Where a data set is published.

    Attributes:
        title: The name a person reads.
        mirrors: Addresses that end in "/", tried in this order.
        files: What is there.
    """

    title: str
    mirrors: tuple[str, ...]
    files: tuple[Remote, ...]


SOURCES = {
    "mnist": Source(
        "MNIST",
        ("https://storage.googleapis.com/cvdf-datasets/mnist/", "https://ossci-datasets.s3.amazonaws.com/mnist/"),
        (
            Remote(
                "train-images-idx3-ubyte.gz",
                9912422,
                "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            ),
            Remote(
                "train-labels-idx1-ubyte.gz",
                28881,
                "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            ),
            Remote(
                "t10k-images-idx3-ubyte.gz",
                1648877,
                "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            ),
            Remote(
                "t10k-labels-idx1-ubyte.gz",
                4542,
                "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
            ),
        ),
    ),
    "fashion-mnist": Source(
        "Fashion-MNIST",
        (
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
            # No encryption here; the sums below are what makes it safe.
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        ),
        (
            Remote(
                "train-images-idx3-ubyte.gz",
                26421880,
                "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            ),
            Remote(
                "train-labels-idx1-ubyte.gz",
                29515,
                "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            ),
            Remote(
                "t10k-images-idx3-ubyte.gz",
                4422102,
                "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            ),
            Remote(
                "t10k-labels-idx1-ubyte.gz",
                5148,
                "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
            ),
        ),
    ),
}


def download(
    name: str,
    folder: Path | None = None,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Path:
    """Fetch a data set and give the folder that it now lies in.

    Args:
        name: A key of `SOURCES`.
        folder: Where to; None for the user's own data folder, in which `load` looks by itself.
        progress: Called with (what, bytes done, bytes in all), from the calling thread.
        cancelled: Asked between blocks; what was fetched so far is kept and taken up next time.

    Raises:
        DataError: The set cannot be fetched, or it was cancelled.
    """
    source = SOURCES.get(name)
    if source is None:
        raise DataError(f"{name} cannot be downloaded; only {' and '.join(SOURCES)} can. Choose one of them.")
    return fetch(source, folder or downloads(name), progress=progress, cancelled=cancelled)


def fetch(
    source: Source,
    folder: Path,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    timeout: float = TIMEOUT,
) -> Path:
    """`download` from a given source.

    Raises:
        DataError: No mirror gave a file with the right sum, the folder cannot be written, or it was cancelled.
    """
    total = sum(remote.size for remote in source.files)
    before = 0

    def tell(done: int) -> None:
        if cancelled is not None and cancelled():
            raise DataError(f"Fetching {source.title} was stopped. What is there already is kept for the next time.")
        if progress is not None:
            progress(f"Fetching {source.title}", done, total)

    for remote in source.files:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if not _is_right(folder / remote.name, remote):
                _from_mirrors(source, remote, folder, _from(tell, before), timeout)
        except OSError as error:
            raise DataError(
                f"{source.title} cannot be kept in {shown(folder)}: {reason(error)}. Choose another folder or free some space."
            ) from error
        before += remote.size
        tell(before)
    return folder


def _from(tell: Callable[[int], None], before: int) -> Callable[[int], None]:
    return lambda done: tell(before + done)


def _from_mirrors(
    source: Source, remote: Remote, folder: Path, tell: Callable[[int], None], timeout: float
) -> None:  # fmt: skip
    part = folder / (remote.name + ".part")
    failures = []
    for mirror in source.mirrors:
        # Twice: a part left from an earlier time may be what is wrong, and is then fetched from its start.
        for _ in range(2):
            resumed = part.exists()
            why = _transfer(mirror + remote.name, part, remote, tell, timeout)
            if why is None and _is_right(part, remote):
                os.replace(part, folder / remote.name)
                return
            if why is None:
                part.unlink()
                why = "the file is not the published one (its SHA-256 differs)"
            failures.append(f"{mirror}: {why}")
            if not resumed or part.exists():
                break
    said = "; ".join(dict.fromkeys(failures))
    raise DataError(
        f"{remote.name} of {source.title} could not be fetched. {said}. Check the network and try again, or fetch it with a "
        f"browser into {shown(folder)}."
    )


def _transfer(url: str, part: Path, remote: Remote, tell: Callable[[int], None], timeout: float) -> str | None:
    """Fetch what `part` still lacks; None when all is there, else why not. What came is kept."""
    have = part.stat().st_size if part.exists() else 0
    if have > remote.size:
        part.unlink()
        have = 0
    if have == remote.size:
        return None
    request = urllib.request.Request(url, headers={"User-Agent": "LayerLoom", "Accept-Encoding": "identity"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        answer = urllib.request.urlopen(request, timeout=timeout)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416 and have:
            part.unlink()
            return "the part fetched earlier does not fit"
        return f"the server answered {error.code} {error.reason}"
    except urllib.error.URLError as error:
        return reason(error.reason) if isinstance(error.reason, BaseException) else str(error.reason)
    except _NETWORK as error:
        return reason(error)
    with answer:
        resumed = (
            have > 0 and answer.status == 206 and answer.headers.get("Content-Range", "").startswith(f"bytes {have}-")
        )
        with part.open("ab" if resumed else "wb") as file:
            return _copy(answer, file, remote, have if resumed else 0, tell)


def _copy(
    answer: http.client.HTTPResponse, file: BinaryIO, remote: Remote, have: int, tell: Callable[[int], None]
) -> str | None:  # fmt: skip
    while have < remote.size:
        tell(have)
        try:
            block = answer.read(min(_BLOCK, remote.size - have))
        except _NETWORK as error:
            return f"the connection broke after {have:,} of {remote.size:,} bytes ({reason(error)})"
        if not block:
            return f"the connection ended after {have:,} of {remote.size:,} bytes"
        file.write(block)
        have += len(block)
    file.flush()
    os.fsync(file.fileno())
    return None


def _is_right(path: Path, remote: Remote) -> bool:
    if not path.is_file() or path.stat().st_size != remote.size:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == remote.sha256
