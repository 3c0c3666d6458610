"""Whatever happens beside the service, the old edition stays served, and complete."""

import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import textwrap
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from tests.share.sdmx.service.asking import LONG, LONGEST, SHORT, Server, wait_until
from tests.share.sdmx.service.conftest import Prepared

from guzar.store.files import checksum_of_file, write_json
from guzar.store.publications import COMPLETE, CURRENT, read_publication

PUBLISH = """
    import sys, time
    from datetime import UTC, datetime
    from pathlib import Path
    from guzar.journey import serving
    from guzar.store import open_release, open_workspace

    workspace = open_workspace(Path(sys.argv[1]))
    write = serving.write_index

    def write_and_wait(*given):
        write(*given)
        print("written", flush=True)
        time.sleep(float(sys.argv[3]))

    serving.write_index = write_and_wait
    release = open_release(workspace.release_folder(sys.argv[2]))
    serving.publish_for_service(workspace, release, at=datetime(2026, 11, 23, 13, tzinfo=UTC))
"""


def publisher(workspace: Path, release: str, wait: float = 0) -> list[str]:
    """The command that publishes a release; it says when the index is written, and waits then."""
    return [sys.executable, "-c", textwrap.dedent(PUBLISH), str(workspace), release, str(wait)]


def published(workspace: Path) -> Path:
    return workspace / "data" / "share" / "published"


def assert_old_is_served(server: Server, prepared: Prepared, before: bytes) -> None:
    """The service, and one started anew, would serve the old release, whole."""
    assert server.health()["release"] == prepared.old
    assert server.body(LONG) == before
    named = (published(server.workspace) / CURRENT).read_text(encoding="utf-8").strip()
    assert read_publication(published(server.workspace) / named)["release"] == prepared.old


def test_a_publication_killed_in_the_middle(shared_server: Server, prepared: Prepared) -> None:
    server = shared_server
    before = server.body(LONG)
    with subprocess.Popen(publisher(server.workspace, prepared.new, 60), stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"written\n"
        run.kill()
    assert_old_is_served(server, prepared, before)
    assert server.health()["status"] == "ok"


def may_mount() -> bool:
    """Whether this user may mount a small disk in a namespace of its own."""
    if shutil.which("unshare") is None:
        return False
    tried = ["unshare", "-Urm", "mount", "-t", "tmpfs", "-o", "size=64k", "none", "/mnt"]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


def test_a_full_disk(shared_server: Server, prepared: Prepared) -> None:
    server = shared_server
    if not may_mount():
        pytest.skip(
            "this machine lets no user mount a tmpfs; tests/store/test_publications.py limits the file size"
        )
    before = server.body(LONG)
    incoming = server.workspace / ".incoming"
    incoming.mkdir(exist_ok=True)
    shell = 'mount -t tmpfs -o size=256k none "$0" && exec "$@"'
    command = [
        "unshare",
        "-Urm",
        "sh",
        "-c",
        shell,
        str(incoming),
        *publisher(server.workspace, prepared.new),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode
    assert "disk is full" in done.stderr or "No space left" in done.stderr
    assert_old_is_served(server, prepared, before)
    assert server.health()["status"] == "ok"


def test_a_corrupted_index(shared_server: Server, prepared: Prepared) -> None:
    """Also where the index was damaged before its checksum was taken, so that only SQLite can see it."""
    server, before = shared_server, shared_server.body(LONG)
    target = published(server.workspace) / prepared.published_new.name
    current = published(server.workspace) / CURRENT
    old = current.read_text(encoding="utf-8")
    for is_told in (False, True):
        damage(prepared.published_new, target, is_told=is_told)
        name_current(current, target.name)
        assert wait_until(lambda: server.health()["status"] == "degraded")
        assert server.health()["release"] == prepared.old
        assert f"{prepared.old} stays served" in server.health()["fault"]
        assert wait_until(lambda: b"newest release cannot be served" in server.log.read_bytes())
        assert server.body(LONG) == before
        name_current(current, old)
        assert wait_until(lambda: server.health()["status"] == "ok")
        assert_old_is_served(server, prepared, before)
        shutil.rmtree(target)
    shutil.copytree(prepared.published_new, target)
    name_current(current, target.name)
    assert wait_until(lambda: server.health()["release"] == prepared.new)  # it has not stopped looking
    name_current(current, old)
    assert wait_until(lambda: server.health()["release"] == prepared.old)
    shutil.rmtree(target)


def damage(whole: Path, target: Path, *, is_told: bool) -> None:
    """A copy of a publication whose index is damaged, with the checksum of the whole or of the damaged one."""
    shutil.copytree(whole, target)
    index = target / "index.sqlite"
    content = index.read_bytes()
    index.write_bytes(content[:4_096] + b"\xff" * (len(content) - 4_096))
    if is_told:
        about = read_about(target)
        write_json(
            target / COMPLETE, about | {"files": about["files"] | {index.name: checksum_of_file(index)}}
        )


def read_about(folder: Path) -> dict[str, dict[str, str]]:
    """What complete.json says, whether it is true or not."""
    told: dict[str, dict[str, str]] = json.loads((folder / COMPLETE).read_text(encoding="utf-8"))
    return told


def name_current(current: Path, name: str) -> None:
    beside = current.with_name(".current.new")
    beside.write_text(f"{name.strip()}\n", encoding="utf-8")
    os.replace(beside, current)


def test_slow_readers_hold_up_nobody(shared_server: Server, prepared: Prepared) -> None:
    """Three read 1 kB a second; meanwhile short answers take as long as without them, or nearly."""
    server = shared_server
    before = server.body(LONG)
    slow = [server.slowly(LONGEST) for _ in range(3)]
    try:
        taken, end = [], time.monotonic() + 2.5
        while time.monotonic() < end:
            for one in slow:
                assert one.recv(256)  # four times a second
            began = time.monotonic()
            assert server.get(SHORT)[0] == 200
            taken.append(time.monotonic() - began)
            time.sleep(0.25)
        assert statistics.median(taken) < 0.5
        assert_old_is_served(server, prepared, before)
    finally:
        for one in slow:
            one.close()


def test_500_idle_connections(shared_server: Server, prepared: Prepared) -> None:
    server = shared_server
    resource = pytest.importorskip("resource", reason="no limits on open files there")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 1_024:
        pytest.skip(f"no more than {hard} open files are allowed here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 1_024), hard))
    before = server.body(LONG)
    idle = [socket.create_connection(("127.0.0.1", server.port), timeout=30) for _ in range(500)]
    try:
        for one in idle[::2]:  # half of them have begun to ask
            one.sendall(b"GET /health HTTP/1.1\r\nHost:")
        assert_old_is_served(server, prepared, before)
        idle[0].sendall(b" x\r\nConnection: close\r\n\r\n")
        assert idle[0].recv(100).startswith(b"HTTP/1.1 200")
    finally:
        for one in idle:
            one.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_publication_under_load(server: Server, prepared: Prepared) -> None:
    """Several ask without pause: each answer is the whole old one or the whole new one, never the old after the new."""
    before, seen, faults = server.body(LONG), [], []
    stop = threading.Event()

    def ask() -> None:
        mine = []
        while not stop.is_set():
            try:
                mine.append(server.body(LONG))
            except Exception as error:  # any fault whatever is what this test looks for
                faults.append(error)
        seen.append(mine)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for one in threads:
        one.start()
    try:
        subprocess.run(publisher(server.workspace, prepared.new), check=True, capture_output=True)
        assert wait_until(lambda: server.health()["release"] == prepared.new, 30)
        after = server.body(LONG)
        time.sleep(0.5)
    finally:
        stop.set()
        for one in threads:
            one.join()
    assert not faults
    assert after != before
    assert len(after.splitlines()) == len(before.splitlines())
    counted = Counter(body == after for mine in seen for body in mine)
    assert all(body in (before, after) for mine in seen for body in mine)
    assert counted[True], "no answer came from the new release"
    assert counted[False], "no answer came from the old release"
    for mine in seen:
        is_new = [body == after for body in mine]
        assert is_new == sorted(is_new)


def test_a_stop_lets_a_long_answer_end(server: Server) -> None:
    whole = server.body(LONGEST)
    with server.slowly(LONGEST) as opened:
        got = opened.recv(4_096)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert server.process.poll() is None
        while part := opened.recv(65_536):
            got += part
    assert got.endswith(b"\r\n0\r\n\r\n")  # the last chunk: the answer is whole
    assert without_chunks(got.partition(b"\r\n\r\n")[2]) == whole
    assert server.process.wait(10) in (0, -signal.SIGTERM)
    assert b"Traceback" not in server.log.read_bytes()


def without_chunks(body: bytes) -> bytes:
    """The bytes of an answer that came in chunks."""
    parts = []
    while True:
        length, _, body = body.partition(b"\r\n")
        size = int(length, 16)
        if not size:
            return b"".join(parts)
        parts.append(body[:size])
        body = body[size + 2 :]
