"""How many requests an address may make: a burst that follows the rate."""

from pathlib import Path

import pytest
from tests.share.sdmx.service.running import running

from guzar.share.sdmx.service.limits import Limits, Rates


@pytest.mark.parametrize(("rate", "burst"), [(100.0, 1_000), (50.0, 500), (1.0, 20), (0.1, 20)])
def test_the_burst_is_ten_seconds_of_the_rate(
    rate: float, burst: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr("guzar.share.sdmx.service.limits.time.monotonic", lambda: now[0])
    rates = Rates(Limits(requests_per_second=rate))
    assert [rates.wait("a") for _ in range(burst)] == [0.0] * burst
    assert rates.wait("a") == pytest.approx(1 / rate)
    assert rates.wait("b") == 0.0  # another address
    now[0] += 1 / rate + 1e-6
    assert rates.wait("a") == 0.0
    assert rates.wait("a") > 0.0


def test_a_rate_of_nothing_is_no_limit() -> None:
    rates = Rates(Limits(requests_per_second=0))
    assert not any(rates.wait("a") for _ in range(5_000))


def test_no_header_gives_a_reader_another_address(workspace: Path) -> None:
    with running(workspace, "--rate", "1") as server:
        got = [server.get("/health", x_forwarded_for=f"192.0.2.{number}")[0] for number in range(30)]
    assert got.count(429) >= 5
