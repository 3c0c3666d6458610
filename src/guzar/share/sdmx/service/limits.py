"""How much a service gives: observations, time, answers at once, requests per address.

Addresses are kept in memory only, for as long as a limit needs them, and are written nowhere.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass, field

SECONDS_AT_ONCE = 10
LEAST_AT_ONCE = 20.0  # a page of the site with its styles, fonts and drawings
MOST_ADDRESSES = 10_000  # remembered at once; the oldest goes


@dataclass(frozen=True)
class Limits:
    """What a service gives; 0 for a rate means no limit."""

    observations: int = 5_000_000  # in one answer
    seconds: float = 300.0  # for one answer, to its last byte
    long_answers: int = 8  # at once
    address_length: int = 8_000  # bytes of path and query
    requests_per_second: float = 100.0  # from one address, on average

    @property
    def requests_at_once(self) -> float:
        """Requests from one address in a burst: those of ten seconds, and never so few that a page cannot load."""
        return max(LEAST_AT_ONCE, SECONDS_AT_ONCE * self.requests_per_second)


@dataclass
class Rates:
    """How many requests each address may still make: a bucket that fills again with time."""

    limits: Limits
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def wait(self, address: str) -> float:
        """Take one request; seconds to wait where there is none left, 0 where there is."""
        rate, most = self.limits.requests_per_second, self.limits.requests_at_once
        if not rate:
            return 0.0
        now = time.monotonic()
        left, seen = self._left.pop(address, (most, now))
        left = min(most, left + (now - seen) * rate)
        granted = left >= 1
        self._left[address] = (left - 1 if granted else left, now)
        if len(self._left) > MOST_ADDRESSES:
            self._left.popitem(last=False)
        return 0.0 if granted else (1 - left) / rate
