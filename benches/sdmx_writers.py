"""Writers of SDMX data: observations a second on one core, and a slice of 5,000, beside floors in the same run.

Run: python benches/sdmx_writers.py
In: 100,000 made-up series of ten observations with eight dimensions and eight attributes, made before the clock runs.
Seconds are those of the processor, so that a busy machine does not tell against either side.
Floors: `csv.writer` of the standard library on rows that lie ready (what a plain CSV export costs), and `b"".join`
of finished lines with one encoding (what no writer can be faster than). Promised: SDMX-CSV at 700,000 observations a second,
and 5,000 observations in 60 ms in every format, the median of several. Exits with 1 where that is broken.
"""

import csv
import gc
import io
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
from markdown_tables import as_table

from guzar.define import structures
from guzar.define.structures import AGENCY, DATA_STRUCTURE, TIME, VERSION
from guzar.share.sdmx.dataflows import Dataflow
from guzar.share.sdmx.formats import DATA_V1, Format
from guzar.share.sdmx.series import DataAnswer, Series

SERIES, PERIODS = 100_000, 10
SLICE, RUNS = 500, 15
PROMISED_PER_SECOND, PROMISED_SLICE = 700_000, 0.060
SETS = (("A", "observed", "F", None, None), ("E", "estimated", "F", None, "~"))


def main() -> int:
    """Measure every format; 1 where a promise is broken."""
    series = list(make_series(SERIES))
    floors = measure_floors(series)
    gc.freeze()  # a service holds no series: the collector is not to walk through those of the bench
    table = [{"what": f"floor: {name}", "observations/s": f"{speed:,.0f}"} for name, speed in floors.items()]
    broken = []
    for one in DATA_V1:
        for flat in (False, True):
            seconds, first, size = measure(one, series, flat=flat)
            slice_seconds = median(measure(one, series[:SLICE], flat=flat)[0] for _ in range(RUNS))
            speed = SERIES * PERIODS / seconds
            table.append(
                {
                    "what": f"{one.id}{', flat' if flat else ''}",
                    "observations/s": f"{speed:,.0f}",
                    **{f"× {name}": f"{speed / floor:.2f}" for name, floor in floors.items()},
                    "MB": f"{size / 1e6:.0f}",
                    "first chunk, ms": f"{first * 1000:.1f}",
                    f"{SLICE * PERIODS:,} observations, ms": f"{slice_seconds * 1000:.1f}",
                }
            )
            if (one.syntax == "csv" and speed < PROMISED_PER_SECOND) or slice_seconds > PROMISED_SLICE:
                broken.append(table[-1]["what"])
    names = list(table[-1])
    print(as_table(names, [[row.get(name) for name in names] for row in table], numbers=names[1:]))
    print(f"Promise broken: {', '.join(broken)}." if broken else "Both promises kept.")
    return 1 if broken else 0


def make_series(count: int) -> Iterator[Series]:
    """Series with 250 × 400 pairs of areas."""
    for number in range(count):
        key = (
            "A",
            "migrant_stock",
            f"A{number // 400}",
            f"B{number % 400}",
            "_T",
            "un_stock",
            "un",
            "2020-12",
        )
        seen = [
            (str(2000 + year), f"{number * 7 + year}.5" if year % 4 else "", year % 2)
            for year in range(PERIODS)
        ]
        yield Series(key, ("persons", "0", "CC BY 4.0"), seen)


def make_answer(series: Iterable[Series], *, flat: bool) -> DataAnswer:
    """The answer that tells these series."""
    flow = Dataflow(
        AGENCY, "MIGRANT_STOCKS", VERSION, {"en": "Stocks"}, DATA_STRUCTURE, structures.components()
    )
    return DataAnswer(
        flow=flow,
        series=series,
        key=flow.dimensions,
        at=next(one for one in flow.components if one.id == TIME),
        flat=flat,
        series_attributes=flow.series_attributes,
        observation_attributes=flow.observation_attributes,
        attribute_sets=SETS,
        has_values=True,
        has_observations=True,
        codelists={},
        concepts={},
    )


def measure(one: Format, series: list[Series], *, flat: bool) -> tuple[float, float, int]:
    """Seconds for the whole and for the first chunk, and bytes."""
    if one.write is None:
        raise ValueError("a format of structures writes no data")
    began = time.process_time()
    chunks = one.write(make_answer(iter(series), flat=flat))
    size = len(next(chunks))
    first = time.process_time() - began
    size += sum(len(chunk) for chunk in chunks)
    return time.process_time() - began, first, size


def measure_floors(series: list[Series]) -> dict[str, float]:
    """Rows a second of each floor, on a fifth of the rows, to spare memory."""
    rows = [row for one in series[: len(series) // 5] for row in _rows(one)]
    gc.freeze()
    return {"csv.writer": measure_csv_writer(rows), 'b"".join of lines': measure_join(rows)}


def _rows(one: Series) -> list[list[str | None]]:
    lead = ["dataflow", "GUZAR:MIGRANT_STOCKS(1.0.0)", "I"]
    return [
        [*lead, *one.key, at, value or "NaN", *one.attributes, *SETS[attributes]]
        for at, value, attributes in one.observations
    ]


def measure_csv_writer(rows: list[list[str | None]]) -> float:
    """Rows a second."""
    began = time.process_time()
    held = io.StringIO(newline="")
    csv.writer(held).writerows(rows)
    held.getvalue().encode()
    return len(rows) / (time.process_time() - began)


def measure_join(rows: list[list[str | None]]) -> float:
    """Rows a second, of lines made before the clock runs."""
    lines = [(",".join([cell or "" for cell in row]) + "\n").encode() for row in rows]
    began = time.process_time()
    b"".join(lines)
    return len(rows) / (time.process_time() - began)


if __name__ == "__main__":
    sys.exit(main())
