"""What `guzar serve` says where it cannot begin."""

import os
import socket
from pathlib import Path

import pytest

from guzar.cli import main
from guzar.store import open_workspace


def refused(capsys: pytest.CaptureFixture[str], *words: object, lang: str = "en") -> str:
    """What the command says on stderr, where it ends with status 2."""
    with pytest.raises(SystemExit) as stopped:
        main(["serve", *map(str, words), "--lang", lang])
    assert stopped.value.code == 2
    return capsys.readouterr().err


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return open_workspace(tmp_path / "work", create=True).path


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "Nothing has been published from"), ("ru", "ещё ничего не опубликовано")]
)
def test_a_workspace_never_published_that_cannot_be_written_to(
    workspace: Path, lang: str, said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def may(path: object, mode: int) -> bool:
        return not (mode == os.W_OK and Path(str(path)) == workspace)

    monkeypatch.setattr("guzar.commands.serve.os.access", may)
    told = refused(capsys, "--workspace", workspace, lang=lang)
    assert said in told
    assert f"guzar publish --workspace {workspace}" in told
    assert ".incoming" not in told


def test_a_workspace_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = refused(capsys, "--workspace", tmp_path / "nowhere")
    assert "is not a guzar workspace" in told
    assert "Check the path" in told


@pytest.mark.parametrize(
    ("host", "port", "said"),
    [("127.0.0.1", None, "a port that no other program uses"), ("192.0.2.1", 8000, "an address of this")],
)
def test_an_address_where_it_cannot_listen(
    host: str,
    port: int | None,
    said: str,
    workspace: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("guzar.commands.serve._publish_where_nothing_is", lambda *_: None)
    monkeypatch.setattr("guzar.commands.serve.journey.open_served", lambda *_: None)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        chosen = port or taken.getsockname()[1]
        told = refused(capsys, "--workspace", workspace, "--host", host, "--port", chosen)
    assert f"{host}, port {chosen}" in told
    assert said in told


def test_a_port_for_administrators(
    workspace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Refusing(socket.socket):
        def bind(self, address: object) -> None:
            raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("guzar.commands.serve._publish_where_nothing_is", lambda *_: None)
    monkeypatch.setattr("guzar.commands.serve.journey.open_served", lambda *_: None)
    monkeypatch.setattr("guzar.commands.serve.socket.socket", Refusing)
    assert "a port from 1024 on" in refused(capsys, "--workspace", workspace, "--port", 80)
