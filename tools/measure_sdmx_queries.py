"""2,000 random queries to the running service over HTTP, each beside plain SQL over the released Parquet.

Run: python tools/measure_sdmx_queries.py [--queries N]
All shipped figures are released, published and served by `guzar serve` on this machine. Hypothesis draws queries: keys,
filters, periods, editions, first and last observations, the dimension at the observation, version of the interface and
format of the answer; the same ones in every run. Loaders of the tests' own read the answers. Exits with 1 where one
answer has other rows than DuckDB gives.
"""

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

import httpx
from hypothesis import HealthCheck, Phase, given, seed, settings

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from markdown_tables import as_table
from tests.share.sdmx.plain_queries import plain_rows
from tests.share.sdmx.service.http_queries import ACCEPT, HttpQuery, ask, http_queries
from tests.share.sdmx.service.running import Released, serve_released

QUERIES = 2_000
SHOWN = 5  # queries that differ and are printed
VERSIONS = {"v1": "/sdmx/v1 (SDMX 2.1)", "v2": "/sdmx/v2 (SDMX 3.0)"}
Seen = dict[tuple[str, str], Counter[str]]  # by version and format


def main(wanted: int) -> int:
    """Ask, print the table, and say by the status whether every answer was right."""
    seen: Seen = {(version, format_): Counter() for version in VERSIONS for format_ in ACCEPT}
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder, serve_released(Path(folder)) as released:
        flows = list(released.indicators)
        groups = [(flow, *of) for flow in flows for of in seen]
        for place, (flow, *of) in enumerate(groups):
            count = wanted // len(groups) + (place < wanted % len(groups))
            wrong += _ask_about(released, flow, (of[0], of[1]), count, place, seen)
        rows = released.figures.height
    asked = sum(one["queries"] for one in seen.values())
    answered = sum(one["with rows"] for one in seen.values())
    print(as_table(*_table(seen), numbers=NUMBERS))
    print(
        f"\n{asked:,} queries about {len(flows)} dataflows of {rows:,} released values; {answered:,} of them had rows to give. "
        f"Answers with other rows than plain SQL: {len(wrong)}."
    )
    for one in wrong[:SHOWN]:
        print(f"\n- `{one}`")
    return int(bool(wrong) or asked < wanted)


def _ask_about(
    released: Released, flow: str, of: tuple[str, str], count: int, number: int, seen: Seen
) -> list[str]:
    """Addresses of queries about a dataflow, in one version and format, whose answers differ from those of plain SQL."""
    wrong: list[str] = []
    version, format_ = of
    with httpx.Client(base_url=released.address, timeout=120) as client:

        @seed(number)
        @settings(
            max_examples=count,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(query=http_queries(flow, released.of(flow), [version], [format_]))
        def check(query: HttpQuery) -> None:
            wanted = plain_rows(released.rows, query.asked)
            tally = seen[of]
            tally["queries"] += 1
            tally["rows"] += len(wanted)
            tally["with rows"] += bool(wanted)
            tally["history"] += query.asked.history or query.asked.as_of is not None
            if ask(client, query) != wanted:
                tally["differences"] += 1
                wrong.append(f"{query.format} {query.address}")

        if count:
            check()
    return wrong


COLUMNS = (
    "interface",
    "format",
    "queries",
    "with rows",
    "with asOf or includeHistory",
    "rows",
    "differences",
)
NUMBERS = COLUMNS[2:]
TALLIED = ("queries", "with rows", "history", "rows", "differences")


def _table(seen: Seen) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """A line for each version and format, one for each version, one for all."""
    lines: list[tuple[object, ...]] = []
    for version, name in VERSIONS.items():
        of = {format_: tally for (one, format_), tally in seen.items() if one == version}
        lines += [(name, format_, *(tally[one] for one in TALLIED)) for format_, tally in of.items()]
        lines.append((name, "all", *_sums(list(of.values()))))
    lines.append(("both", "all", *_sums(list(seen.values()))))
    return COLUMNS, lines


def _sums(tallies: list[Counter[str]]) -> list[int]:
    return [sum(one[name] for one in tallies) for name in TALLIED]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Random queries over HTTP beside plain SQL.")
    parser.add_argument("--queries", type=int, default=QUERIES)
    sys.exit(main(parser.parse_args().queries))
