"""How many requests an address may make: a burst that follows the rate."""

import pytest

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
