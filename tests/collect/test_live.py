"""The fetcher against a publisher on loopback: data or SourceUnavailable, within the time-out."""

import logging
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.collect.loopback import (
    Publisher,
    data,
    drip,
    hurried,
    patient,
    publisher,
    quickest,
    ranged,
    stall,
    status,
)

from guzar.collect.addresses import Request, shown_address
from guzar.collect.live import Fetched, Policy, fetch, open_client, seconds_asked
from guzar.errors import SettingsInvalid, SourceUnavailable

BODY = b"0123456789" * 500
SLACK = 0.3  # seconds that a busy machine may add
STALLS_SECONDS = 2.0  # to wait for a stalled answer: longer than a busy machine takes over a sound one


def ask(server: Publisher, tmp_path: Path, policy: Policy | None = None, **changes: object) -> Fetched:
    request = replace(Request("made_up", f"{server.address}/figures"), **changes)
    with open_client() as client:
        return fetch(request, client, policy or patient(), tmp_path / "one.part")


def test_whole_answer_leaves_nothing_behind(tmp_path: Path) -> None:
    with publisher(data(BODY)) as server:
        got = ask(server, tmp_path)
    assert got.content == BODY
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
def test_passing_faults_are_tried_again(tmp_path: Path, code: int) -> None:
    with publisher(status(code), status(code), data(BODY)) as server:
        got = ask(server, tmp_path)
    assert (got.content, got.attempts) == (BODY, 3)


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410])
def test_lasting_faults_are_not(tmp_path: Path, code: int) -> None:
    with (
        publisher(status(code)) as server,
        pytest.raises(SourceUnavailable, match=f"status {code}") as refusal,
    ):
        ask(server, tmp_path)
    assert len(server.asked) == 1
    assert all(part in str(refusal.value) for part in ("Where:", "Expected:", "What to do:"))


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_honoured(tmp_path: Path, form: str) -> None:
    naps: list[float] = []
    noon = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
    asks = "7" if form == "seconds" else format_datetime(noon.replace(second=7), usegmt=True)
    policy = replace(patient(), sleep=naps.append, now=lambda: noon)
    with publisher(status(429, Retry_After=asks), data(BODY)) as server:
        assert ask(server, tmp_path, policy).content == BODY
    assert naps == [7.0]


def test_retry_after_beyond_the_time_out_is_said_and_not_waited_for(tmp_path: Path) -> None:
    with publisher(status(503, Retry_After="3600")) as server, pytest.raises(SourceUnavailable) as refusal:
        ask(server, tmp_path)
    assert "3600 seconds" in str(refusal.value)


def test_pauses_double_and_are_spread_by_the_jitter(tmp_path: Path) -> None:
    naps: list[float] = []
    policy = replace(
        patient(attempts=5, first_pause_seconds=1, longest_pause_seconds=3),
        sleep=naps.append,
        jitter=lambda: 0.0,
    )
    with publisher(status(500)) as server, pytest.raises(SourceUnavailable):
        ask(server, tmp_path, policy)
    assert naps == [0.5, 1.0, 1.5, 1.5]


def test_broken_answer_is_gone_on_with_from_where_it_stopped(tmp_path: Path) -> None:
    with publisher(ranged(BODY, '"v1"', cut_after=1500)) as server:
        got = ask(server, tmp_path, patient(attempts=2))
    assert got.content == BODY
    assert server.bytes_sent == len(BODY)  # not one byte came twice
    assert server.ranges == ["", "bytes=1500-", "bytes=3000-", "bytes=4500-"]


def test_stall_is_gone_on_with(tmp_path: Path) -> None:
    with publisher(stall(BODY[:2000], len(BODY), ETag='"v1"'), ranged(BODY, '"v1"')) as server:
        assert ask(server, tmp_path, patient(read_seconds=STALLS_SECONDS)).content == BODY
    assert server.bytes_sent == len(BODY)


def test_a_new_version_is_not_glued_to_the_old_one(tmp_path: Path) -> None:
    newer = BODY[::-1]
    with publisher(ranged(BODY, '"v1"', cut_after=1500), ranged(newer, '"v2"')) as server:
        assert ask(server, tmp_path).content == newer


def test_a_later_run_goes_on_where_the_earlier_gave_up(tmp_path: Path) -> None:
    with (
        publisher(ranged(BODY, '"v1"', cut_after=3000), status(500)) as server,
        pytest.raises(SourceUnavailable) as refusal,
    ):
        ask(server, tmp_path)
    assert "3000 bytes are held" in str(refusal.value)
    with publisher(ranged(BODY, '"v1"')) as server:
        assert ask(server, tmp_path).content == BODY
        assert server.bytes_sent == len(BODY) - 3000


def test_without_a_validator_it_begins_anew(tmp_path: Path) -> None:
    with publisher(stall(BODY[:2000], len(BODY)), data(BODY)) as server:
        assert ask(server, tmp_path, patient(read_seconds=STALLS_SECONDS)).content == BODY
    assert server.ranges == ["", ""]


@pytest.mark.parametrize(
    "act",
    [stall(), stall(BODY[:10]), drip(BODY, 0.05)],
    ids=["stalls at once", "stalls in the middle", "drips"],
)
def test_ends_within_the_time_out(tmp_path: Path, act: object) -> None:
    policy = hurried(total_seconds=1.0, attempts=100)
    with publisher(act) as server, open_client() as client:  # type: ignore[arg-type]

        def give_up() -> None:
            with pytest.raises(SourceUnavailable):
                fetch(Request("made_up", server.address), client, policy, tmp_path / "one.part")

        assert quickest(give_up, 1.0 + SLACK) < 1.0 + SLACK


def test_nobody_listens(tmp_path: Path) -> None:
    with publisher(data(BODY)) as server:
        address = server.address
    with open_client() as client, pytest.raises(SourceUnavailable, match="does not answer"):
        fetch(Request("made_up", address), client, patient(), tmp_path / "x.part")


def test_wrong_length_is_no_data(tmp_path: Path) -> None:
    def longer(asked: object) -> None:
        asked.answer(BODY, length=len(BODY) + 5)  # type: ignore[attr-defined]
        asked.handler.close_connection = True  # type: ignore[attr-defined]

    with publisher(longer) as server, pytest.raises(SourceUnavailable, match="broke off"):
        ask(server, tmp_path)


def test_garbage_is_no_data(tmp_path: Path) -> None:
    with (
        publisher(data(b"<html>maintenance</html>")) as server,
        pytest.raises(SourceUnavailable, match="not with data"),
    ):
        ask(server, tmp_path, is_data=lambda content: content.startswith(b"{"))
    assert len(server.asked) == 3


def test_empty_answer_is_no_data(tmp_path: Path) -> None:
    with publisher(data(b"")) as server, pytest.raises(SourceUnavailable, match="not with data"):
        ask(server, tmp_path)


def test_too_large_an_answer_is_left(tmp_path: Path) -> None:
    with publisher(data(BODY)) as server, pytest.raises(SourceUnavailable, match="larger"):
        ask(server, tmp_path, patient(largest_bytes=1000))


def test_redirects_stay_on_the_site(tmp_path: Path) -> None:
    with publisher(status(302, Location="/new"), data(BODY)) as server:
        assert ask(server, tmp_path).content == BODY
    assert server.asked == ["/figures", "/new"]
    away = status(302, Location="https://elsewhere.example/figures")
    with publisher(away) as server, pytest.raises(SourceUnavailable, match="elsewhere"):
        ask(server, tmp_path)
    with publisher(status(302, Location="/round")) as server, pytest.raises(SourceUnavailable):
        ask(server, tmp_path)


@pytest.mark.parametrize(
    "address", ["http://example.org/x", "ftp://127.0.0.1/x", "file:///etc/passwd", "https:///x"]
)
def test_unsafe_addresses_are_refused(tmp_path: Path, address: str) -> None:
    with open_client() as client, pytest.raises(SettingsInvalid, match="https"):
        fetch(Request("made_up", address), client, patient(), tmp_path / "x.part")


def test_secrets_are_neither_shown_nor_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with publisher(status(404)) as server, pytest.raises(SourceUnavailable) as refusal:
        ask(server, tmp_path, query={"year": "2020", "key": "HUSH"}, secret=frozenset({"key"}))
    assert "key=HUSH" in server.asked[0]
    assert "HUSH" not in str(refusal.value)
    assert "HUSH" not in caplog.text
    assert "year=2020" in str(refusal.value)
    assert shown_address(Request("s", "https://me:pw@example.org/a?k=1")) == "https://example.org/a"


@given(st.text(max_size=40))
def test_any_retry_after_is_a_pause_of_zero_or_more(header: str) -> None:
    assert seconds_asked(header, datetime(2026, 1, 1, tzinfo=UTC)) >= 0


@settings(max_examples=15, deadline=None)
@given(cuts=st.lists(st.integers(1, 900), min_size=1, max_size=5))
def test_however_it_is_cut_the_bytes_come_once(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int]
) -> None:
    acts = [ranged(BODY[:1000], '"v"', cut_after=cut) for cut in cuts] + [ranged(BODY[:1000], '"v"')]
    with publisher(*acts) as server:
        got = ask(server, tmp_path_factory.mktemp("cut"), patient(attempts=9))
    assert got.content == BODY[:1000]
    assert server.bytes_sent == 1000
