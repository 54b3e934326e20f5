"""Fetching: whole, taken up where it broke off, from the next mirror; never a wrong byte under a right name.

The server is one of this process on the loopback interface; no network is needed.
"""

from __future__ import annotations

import hashlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from engine.data.download import SOURCES, Remote, Source, download, fetch
from engine.data.idx import FILES
from engine.data.places import downloads
from engine.errors import DataError

CONTENT = np.random.Generator(np.random.PCG64(4)).bytes(300_000)
REMOTE = Remote("a.gz", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


class Server(ThreadingHTTPServer):
    """Answers by the first part of the path: good, norange, corrupt, short, refused, silent."""

    daemon_threads = True
    asked: list[tuple[str, str | None]]
    closing: threading.Event


class Answers(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        kind = self.path.split("/")[1]
        wanted = self.headers.get("Range")
        self.server.asked.append((kind, wanted))
        if kind == "refused":
            self.send_error(403)
            return
        if kind == "silent":
            self.server.closing.wait()
            return
        body = b"\0" + CONTENT[1:] if kind == "corrupt" else CONTENT
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and kind != "norange" else 0
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        self.wfile.write(body[start : 100_000 if kind == "short" else None])

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server(("127.0.0.1", 0), Answers)
    found.asked, found.closing = [], threading.Event()
    thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    found.closing.set()
    found.shutdown()
    thread.join()
    found.server_close()


def source(server: Server, *kinds: str) -> Source:
    return Source("Test data", tuple(f"http://127.0.0.1:{server.server_port}/{kind}/" for kind in kinds), (REMOTE,))


def test_a_file_is_fetched_checked_and_given_its_name(server, tmp_path):
    heard = []
    folder = fetch(source(server, "good"), tmp_path / "new" / "folder", progress=lambda *step: heard.append(step))
    assert (folder / "a.gz").read_bytes() == CONTENT
    assert [path.name for path in folder.iterdir()] == ["a.gz"]
    assert heard[0] == ("Fetching Test data", 0, len(CONTENT))
    assert heard[-1] == ("Fetching Test data", len(CONTENT), len(CONTENT))
    assert [done for _, done, _ in heard] == sorted(done for _, done, _ in heard)


def test_what_is_there_already_is_not_fetched_again(server, tmp_path):
    (tmp_path / "a.gz").write_bytes(CONTENT)
    fetch(source(server, "good"), tmp_path)
    assert server.asked == []


def test_a_broken_transfer_is_taken_up_where_it_ended(server, tmp_path):
    with pytest.raises(DataError, match="the connection ended after 100,000 of 300,000 bytes"):
        fetch(source(server, "short"), tmp_path)
    assert (tmp_path / "a.gz.part").stat().st_size == 100_000
    fetch(source(server, "good"), tmp_path)
    assert server.asked[-1] == ("good", "bytes=100000-")
    assert (tmp_path / "a.gz").read_bytes() == CONTENT


def test_a_server_that_cannot_take_up_sends_the_whole_file(server, tmp_path):
    (tmp_path / "a.gz.part").write_bytes(CONTENT[:1000])
    fetch(source(server, "norange"), tmp_path)
    assert (tmp_path / "a.gz").read_bytes() == CONTENT


def test_a_wrong_part_from_an_earlier_time_is_thrown_away(server, tmp_path):
    for part in (b"wrong" * 100, b"w" * len(CONTENT), b"w" * (len(CONTENT) + 1)):
        (tmp_path / "a.gz").unlink(missing_ok=True)
        (tmp_path / "a.gz.part").write_bytes(part)
        fetch(source(server, "good"), tmp_path)
        assert (tmp_path / "a.gz").read_bytes() == CONTENT


def test_a_file_with_the_wrong_sum_never_gets_its_name(server, tmp_path):
    with pytest.raises(DataError, match=r"SHA-256 differs.*browser into"):
        fetch(source(server, "corrupt"), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("first", ["corrupt", "refused", "short"])
def test_the_next_mirror_is_tried(server, tmp_path, first):
    fetch(source(server, first, "good"), tmp_path)
    assert (tmp_path / "a.gz").read_bytes() == CONTENT


def test_a_wrong_file_is_replaced(server, tmp_path):
    (tmp_path / "a.gz").write_bytes(b"x" * len(CONTENT))
    fetch(source(server, "good"), tmp_path)
    assert (tmp_path / "a.gz").read_bytes() == CONTENT


def test_refusal_silence_and_absence_are_said(server, tmp_path):
    with pytest.raises(DataError, match=r"the server answered 403 Forbidden"):
        fetch(source(server, "refused"), tmp_path)
    with pytest.raises(DataError, match=r"timed out"):
        fetch(source(server, "silent"), tmp_path, timeout=0.1)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(DataError, match=r"[Cc]onnection refused.*Check the network"):
        fetch(Source("Test data", (f"http://127.0.0.1:{port}/",), (REMOTE,)), tmp_path)


def test_it_can_be_stopped_and_keeps_what_it_has(server, tmp_path):
    asked = iter([False, False, True])
    with pytest.raises(DataError, match=r"was stopped. What is there already is kept"):
        fetch(source(server, "good"), tmp_path, cancelled=lambda: next(asked))
    assert 0 < (tmp_path / "a.gz.part").stat().st_size < len(CONTENT)


def test_a_folder_that_cannot_be_written_is_named(server, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataError, match=r"Test data cannot be kept in .*file/in.*Choose another folder"):
        fetch(source(server, "good"), tmp_path / "file" / "in")


def test_the_known_sources_name_the_four_files_with_full_sums():
    for name, known in SOURCES.items():
        assert sorted(remote.name for remote in known.files) == sorted(f"{file}.gz" for file in FILES), name
        assert all(len(bytes.fromhex(remote.sha256)) == 32 for remote in known.files)
        assert all(mirror.endswith("/") for mirror in known.mirrors)
    with pytest.raises(DataError, match="cifar cannot be downloaded; only mnist and fashion-mnist can"):
        download("cifar")


def test_the_users_data_folder_is_where_they_go(monkeypatch, tmp_path):
    monkeypatch.setenv("LAYERLOOM_DATA", str(tmp_path))
    assert downloads("mnist") == Path(tmp_path) / "data" / "mnist"
