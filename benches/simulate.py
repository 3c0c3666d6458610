"""How fast the made-up country is made: crossings a second, and the peak of memory. Floor: 10 million in 60 seconds."""

import argparse
import resource
import tempfile
import time
from datetime import date
from pathlib import Path

from guzar.collect.sources.made_up_country import make_country, read_rates

FIRST, LAST = date(2019, 1, 1), date(2024, 12, 31)
FLOOR = 10_000_000 / 60  # crossings a second


def main() -> None:
    """Print one line per number of people."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("people", type=int, nargs="*", default=[50_000, 600_000])
    for people in asked.parse_args().people:
        with tempfile.TemporaryDirectory() as folder:
            begun, worked = time.perf_counter(), time.process_time()
            made = make_country(people, FIRST, LAST, 1, read_rates(), Path(folder) / "country")
            seconds, work = time.perf_counter() - begun, time.process_time() - worked
        speed = made.true_crossings / seconds
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(
            f"people {people:>10,}  true crossings {made.true_crossings:>12,}  seconds {seconds:7.1f} (of work {work:6.1f})  "
            f"crossings/s {speed:>10,.0f}  of the floor {speed / FLOOR:5.2f}  peak {memory:5.2f} GB"
        )


if __name__ == "__main__":
    main()
