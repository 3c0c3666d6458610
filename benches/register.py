"""`guzar register`: one month added to a register of many years, beside `guzar residence` over all crossings again.

Run: python benches/register.py [CROSSINGS IN MILLIONS]     (default: 20)
In: the made-up crossings of benches/residence.py, six years of them; held is all but December of the last year. Added are
all crossings of December, about 1.4 % more rows, and, apart from it, those of few persons in late records with the same
last day. Both sides read and write zstd Parquet with two threads and 4 GB, in processes of their own, in one run. Promised:
the month takes no more processor seconds than `guzar residence` over everything, the late records at most half of them, and
the register holds the same rows. Under this rule the window reaches 16 months back: most persons who travel are decided again. Exits with 1 where a promise is broken.
"""

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
sys.path.insert(0, str(Path(__file__).parent))
from markdown_tables import as_table
from residence import FIRST, LAST, MEMORY, ROWS_PER_PERSON, RULE, THREADS, make_crossings, warm_up

from guzar.journey import Residing, register_crossings, reside
from guzar.store.person_parts import parts_of

MILLIONS = 20.0
BEFORE = date(2019, 11, 30)  # the last day observed before the month
FEW = 0.02  # of the persons, who stand next to each other: as where document numbers of one series came late
TIMES_MONTH, TIMES_FEW = 1.0, 0.5
RUN = Residing(memory=MEMORY, threads=THREADS)


def main(millions: float) -> int:
    """Measure; 1 where a promise is broken."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        warm_up(place)
        rows, persons = make_crossings(place / "every.parquet", int(millions * 1e6 / ROWS_PER_PERSON))
        cut(place, persons)
        made = one("made", place, "held.parquet", BEFORE)
        shutil.copytree(place / "register", place / "as-held")
        month = one("month", place, "month.parquet", LAST)
        everything = whole(place, "every.parquet")
        same = is_same(place)
        few = one("few", place, "few.parquet", LAST)
    tell(rows, persons, {"made": made, "month": month, "few": few}, everything)
    broken = judge(month, few, everything, same=same)
    print("\n## Broken promises\n\n" + ("\n".join(f"- {what}" for what in broken) or "None."))
    return int(bool(broken))


def cut(place: Path, persons: int) -> None:
    """All crossings cut into those held and those of the month; late records of few persons, made up from theirs."""
    few = int(FEW * persons)
    source = f"read_parquet('{place / 'every.parquet'}')"
    engine = duckdb.connect()
    engine.execute(f"SET threads = {THREADS}; SET preserve_insertion_order = false")
    for name, query in (
        ("held", f"SELECT * FROM {source} WHERE crossing_date < DATE '2019-12-01'"),
        ("month", f"SELECT * FROM {source} WHERE crossing_date >= DATE '2019-12-01'"),
        (
            "few",
            f"SELECT * REPLACE (crossing_date - INTERVAL 1 DAY AS crossing_date) FROM {source} "
            f"WHERE person_id < {few} AND crossing_date BETWEEN DATE '2016-01-01' AND DATE '2016-04-01'",
        ),
    ):
        engine.execute(f"COPY ({query}) TO '{place / name}.parquet' (FORMAT parquet, COMPRESSION zstd)")


def one(name: str, place: Path, file: str, last: date) -> dict[str, Any]:
    """A file added to the register in a process of its own."""
    return _in_process("add", str(place), file, last.isoformat(), "new" if name == "made" else "held")


def whole(place: Path, file: str) -> dict[str, Any]:
    """`guzar residence` over a file, in a process of its own."""
    return _in_process("reside", str(place), file)


def _in_process(*words: str) -> dict[str, Any]:
    told = subprocess.run([sys.executable, __file__, *words], check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(told.stdout)
    print(words[0], words[2:], found, file=sys.stderr, flush=True)
    return found


def run_one(words: list[str]) -> int:
    """In a process of its own: do one thing, print seconds and memory."""
    place, began, told = Path(words[1]), time.perf_counter(), {}
    if words[0] == "reside":
        reside(place / words[2], place / "residence.parquet", RULE, RUN)
    else:
        asked = {"first_day": FIRST} if words[4] == "new" else {}
        last = date.fromisoformat(words[3])
        done = register_crossings(place / words[2], place / "register", last, asked, RUN)
        told = {name: value for name, value in vars(done).items() if name not in ("tally", "rule")}
    seconds, used = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF)
    busy = used.ru_utime + used.ru_stime
    print(json.dumps({"seconds": seconds, "busy": busy, "memory": used.ru_maxrss / 1e6, **told}))
    return 0


def is_same(place: Path) -> bool:
    """Whether the register holds, whatever their order, the rows that `guzar residence` made of everything."""
    engine = duckdb.connect()
    engine.execute(f"SET threads = {THREADS}; SET memory_limit = '{MEMORY}B'")
    sums = [
        engine.sql(
            f"SELECT count(*), sum((hash(each) % 1000003)::HUGEINT) FROM read_parquet({files}) AS each"
        ).fetchall()
        for files in (
            [str(place / "residence.parquet")],
            [str(file) for file in parts_of(place / "register")],
        )
    ]
    return bool(sums[0] == sums[1])


def tell(rows: int, persons: int, added: dict[str, dict[str, Any]], everything: dict[str, Any]) -> None:
    """What was measured, one row each."""
    header = (
        *("run", "rows added", "seconds", "processor seconds", "times residence over everything"),
        *("the same in processor seconds", "persons touched, %", "parts written", "memory, GB"),
    )
    names = {"made": "a new register", "month": "one month added", "few": "late records of few persons"}
    cells = [
        (
            names[name],
            f"{each['rows_added']:,}",
            f"{each['seconds']:.1f}",
            f"{each['busy']:.1f}",
            f"{each['seconds'] / everything['seconds']:.2f}",
            f"{each['busy'] / everything['busy']:.2f}",
            f"{100 * each['persons_touched'] / each['persons']:.1f}",
            f"{each['parts_rewritten']} of {each['parts']}",
            f"{each['memory']:.1f}",
        )
        for name, each in added.items()
    ]
    seconds = (f"{everything['seconds']:.1f}", f"{everything['busy']:.1f}")
    all_again = ("`guzar residence` over everything", "", *seconds, "1.00", "1.00", "100.0", "")
    print(f"## `guzar register`, {rows:,} crossings of {persons:,} persons, rule of 365 of 487 days\n")
    print(as_table(header, [*cells, (*all_again, f"{everything['memory']:.1f}")], numbers=header[1:]))


def judge(month: dict[str, Any], few: dict[str, Any], everything: dict[str, Any], *, same: bool) -> list[str]:
    """Promises that are broken."""
    broken = [] if same else ["the register does not hold what guzar residence makes"]
    for name, each, most in (("the month", month, TIMES_MONTH), ("late records", few, TIMES_FEW)):
        if (times := each["busy"] / everything["busy"]) > most:
            broken.append(
                f"{name}: {times:.2f} times the processor seconds of `guzar residence`, promised {most}"
            )
    return broken


if __name__ == "__main__":
    if len(sys.argv) > 2:
        sys.exit(run_one(sys.argv[1:]))
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) == 2 else MILLIONS))
