"""Linkage on a made-up country that it was never tried on: what is found, how fast, and what wrong links do to figures.

Run by developers: python tools/measure_linkage.py [--people N] [--harder N]
The country is made from a seed of its own, which served for nothing else; every record of its border, permits, coupons
and register is linked by `guzar link` as a user would run it. Then its crossings are classified twice by `guzar
residence`, under the persons found and under the true ones: what differs is the fault of the linkage alone. A second
set holds about a million different identities, nearly every spelling once. Prints Markdown; exits with 1 where a
promise is broken. Nothing may be tuned on these seeds: where something is changed because of them, take others.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).parent))
from markdown_tables import as_table

from guzar.collect.sources.made_up_country import make_country, read_rates
from guzar.journey import ResidenceRule, quality_of_links, reside
from guzar.process.link_identities import COMPARED

PEOPLE, SEED = 62_500, 20270101  # about a million records
HARDER, HARDER_SEED = 800_000, 20270102  # about a million different identities
FIRST, LAST = date(2019, 1, 1), date(2024, 12, 31)
RULE = ResidenceRule(365, 487, FIRST, LAST)  # 12 of 16 months
LEAST_RECALL, LEAST_PRECISION = 0.97, 0.999
MOST_SECONDS, MOST_BYTES = 180, 6_000_000_000
MOST_BIAS, LEAST_FLOW = 0.01, 1_000  # share of the gross flow; the least for which it is promised
MEMORY = "4GB"
CYRILLIC = "[Ѐ-ӿ]"
# A small process between: Linux counts what the one that starts another holds as held by the other too.
MEASURED = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, check=True)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
print(json.dumps({"told": json.loads(done.stdout), "peak": peak}))
"""
OTHERS = ("permits", "population_register", "registrations")


@dataclass(frozen=True)
class Run:
    """A run of `guzar link`: what it told, whose records are whose, seconds, and the most memory it held."""

    told: Mapping[str, int]
    clusters: pl.DataFrame
    seconds: float
    peak: int


@dataclass(frozen=True)
class Flows:
    """What crossings say under one assignment of persons: entries, those followed by an entry, migrations by year."""

    entries: int
    followed_by_entry: int
    migrations: Mapping[tuple[int, str], int]

    def of(self, direction: str, year: int | None = None) -> int:
        """Immigrations (entry) or emigrations (exit), in one year or in all."""
        return sum(n for (y, d), n in self.migrations.items() if d == direction and year in (None, y))


@dataclass(frozen=True)
class Moved:
    """One figure under found and under true persons, and the gross flow it is a part of."""

    what: str
    found: int
    true: int
    gross: int

    @property
    def moved(self) -> float:
        """What wrong links moved, as a share of the gross flow."""
        return (self.found - self.true) / max(self.gross, 1)


def main(arguments: list[str]) -> int:
    """Measure both sets; 1 where a promise is broken."""
    asked = _read_arguments(arguments)
    print(
        f"Promised on the first set: recall ≥ {LEAST_RECALL}, precision ≥ {LEAST_PRECISION}, {MOST_SECONDS} seconds, "
        f"{MOST_BYTES / 1e9:g} GB, and no figure moved by more than {MOST_BIAS:.0%} of the gross flow.\n"
    )
    with tempfile.TemporaryDirectory(prefix="guzar-linkage-") as folder:
        broken = measure_country(Path(folder) / "country", asked.people, asked.seed)
    if asked.harder:
        with tempfile.TemporaryDirectory(prefix="guzar-linkage-") as folder:
            measure_identities(Path(folder) / "country", asked.harder, asked.harder_seed)
    print("\n## Broken promises\n\n" + ("\n".join(f"- {what}" for what in broken) or "None."))
    return int(bool(broken))


def measure_country(place: Path, people: int, seed: int) -> list[str]:
    """Link every record of a country, print how well and what it does to figures; returns what is broken."""
    records, truth = make_records(place, people, seed)
    run = link(records, place)
    quality = quality_of_links(run.clusters, truth)
    print(f"## Every record of {people:,} people (seed {seed})\n")
    print_run(run)
    print_quality(quality)
    print_persons(run.clusters, truth)
    broken = check_run(run, quality)
    crossings = pl.read_parquet(place / "made" / "deliveries" / "crossings" / "*.parquet").select(
        "record_id", "crossing_date", "direction", "port"
    )
    found = count_flows(crossings, run.clusters, place)
    true = count_flows(crossings, truth, place)
    return broken + print_bias(found, true)


def measure_identities(place: Path, people: int, seed: int) -> None:
    """Link the different spellings and documents of many people, each once; only a report."""
    records, truth = make_records(place, people, seed)
    compared = [name for name in records.columns if name != "record_id"]
    records = records.unique(compared, keep="first", maintain_order=True)
    truth = truth.join(records.select("record_id"), on="record_id", how="semi")
    run = link(records, place)
    print(f"\n## Harder: every different identity of {people:,} people once (seed {seed}), a report only\n")
    print_run(run)
    print_quality(quality_of_links(run.clusters, truth))
    print_persons(run.clusters, truth)


def make_records(place: Path, people: int, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A country made up: its records about named persons, and apart the truth with what it is told apart by."""
    made = place / "made"
    place.mkdir(parents=True)
    make_country(people, FIRST, LAST, seed, read_rates("ordinary", None), made, lambda: None)
    records = pl.concat([_read_delivery(made / "deliveries" / name) for name in ("crossings", *OTHERS)])
    whose = pl.read_parquet(made / "truth" / "records.parquet").filter(pl.col("table") != "survey")
    persons = pl.read_parquet(made / "truth" / "persons.parquet")
    script = pl.when(pl.col("surname").str.contains(CYRILLIC)).then(pl.lit("cyrillic"))
    truth = (
        whose.select("record_id", "true_person_id")
        .join(persons.select("true_person_id", "sex", "citizenship"), on="true_person_id")
        .join(records.select("record_id", script=script.otherwise(pl.lit("latin"))), on="record_id")
        .rename({"true_person_id": "person_id"})
    )
    return records, truth


def link(records: pl.DataFrame, place: Path) -> Run:
    """`guzar link` in a process of its own, as a user runs it."""
    source, out, clusters = (place / f"{name}.parquet" for name in ("records", "pairs", "persons"))
    records.write_parquet(source)
    command = [sys.executable, "-m", "guzar", "link", str(source), "--out", str(out)]
    command += ["--clusters", str(clusters), "--memory", MEMORY, "--json"]
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", MEASURED, *command], stdout=subprocess.PIPE, check=True)
    seconds = time.monotonic() - began
    told = json.loads(done.stdout)
    return Run(told["told"], pl.read_parquet(clusters), seconds, told["peak"])


def count_flows(crossings: pl.DataFrame, whose: pl.DataFrame, place: Path) -> Flows:
    """Crossings under one assignment of persons: entries in a row, and migrations by the rule of 12 of 16 months."""
    source, out = place / "crossings.parquet", place / "residence.parquet"
    named = crossings.join(whose.select("record_id", "person_id"), on="record_id").drop("record_id")
    named.write_parquet(source)
    reside(source, out, RULE)
    rows = pl.read_parquet(out)  # in person and time order
    is_entry = pl.col("direction") == "entry"
    follows = is_entry & is_entry.shift(-1) & (pl.col("person_id") == pl.col("person_id").shift(-1))
    entries, followed = rows.select(is_entry.sum(), followed=follows.fill_null(False).sum()).row(0)
    moved = rows.filter(pl.col("is_migration").fill_null(False))
    by_year = moved.group_by(pl.col("crossing_date").dt.year(), "direction").len().iter_rows()
    return Flows(entries, followed, {(year, direction): count for year, direction, count in by_year})


def print_run(run: Run) -> None:
    """Size, seconds and memory."""
    told = run.told
    print(
        f"{told['records']:,} records, {told['identities']:,} different once names are folded; {told['pairs']:,} pairs "
        f"joined, {told['persons']:,} persons found. {run.seconds:.0f} seconds and {run.peak / 1e9:.2f} GB at most, with "
        f"`--memory {MEMORY}` on two threads of a machine that did other work as well.\n"
    )


def print_quality(quality: pl.DataFrame) -> None:
    """Precision and recall, overall and by what the truth tells of the records."""
    rows = [
        (
            "all" if row["by"] == "_T" else row["by"],
            "" if row["by"] == "_T" else row["value"],
            row["true_pairs"],
            *(_with_interval(row, name) for name in ("recall", "precision")),
        )
        for row in quality.iter_rows(named=True)
    ]
    header = ("by", "value", "true pairs", "recall (5 %–95 %)", "precision (5 %–95 %)")
    print(as_table(header, rows, numbers=("true pairs",)))
    print("\n`differ`: pairs whose two records differ in this; intervals take pairs as independent.\n")


def print_persons(clusters: pl.DataFrame, truth: pl.DataFrame) -> None:
    """By person: those split, and clusters that hold several."""
    both = truth.select("record_id", true="person_id").join(clusters, on="record_id")
    split = both.group_by("true").agg(pl.col("person_id").n_unique())["person_id"]
    mixed = both.group_by("person_id").agg(pl.col("true").n_unique())["true"]
    many, several = (split > 1).sum(), (mixed > 1).sum()
    print(
        f"By person: {many:,} of {split.len():,} true persons are split ({many / split.len():.2%}); "
        f"{several:,} of {mixed.len():,} found persons are several ({several / mixed.len():.2%}).\n"
    )


def print_bias(found: Flows, true: Flows) -> list[str]:
    """Figures under found and true persons; returns those moved by more than is promised."""
    told = [_compare("entries followed by an entry", _in_a_row, found, true, true.entries)]
    for year in (None, *sorted({year for year, _ in true.migrations})):
        gross = true.of("entry", year) + true.of("exit", year)
        for name, count in _MEASURES.items():
            what = f"{name}, {year or 'all years'}"
            told.append(_compare(what, partial(count, year), found, true, gross))
    rows = [(each.what, each.found, each.true, each.gross, f"{each.moved:+.3%}") for each in told]
    header = ("what", "persons found", "true persons", "gross flow", "moved by, of it")
    print(as_table(header, rows, numbers=header[1:]))
    print(
        "\nMigrations by the rule of 365 of 487 days, on the crossings as recorded; gross flow: immigrations and "
        f"emigrations of the same years, or all entries. Promised where it is {LEAST_FLOW:,} or more: of a smaller one, a "
        "person or two are a per cent."
    )
    return [
        f"{each.what}: moved by {each.moved:+.2%} of the gross flow"
        for each in told
        if each.gross >= LEAST_FLOW and abs(each.moved) > MOST_BIAS
    ]


def check_run(run: Run, quality: pl.DataFrame) -> list[str]:
    """What of recall, precision, seconds and memory is not as promised."""
    overall = quality.row(0, named=True)
    recall, precision = (
        overall["recall"] or 0.0,
        overall["precision"] or 0.0,
    )  # nothing found is nothing right
    broken = []
    if recall < LEAST_RECALL:
        broken.append(f"recall {recall:.4f}, promised {LEAST_RECALL}")
    if precision < LEAST_PRECISION:
        broken.append(f"precision {precision:.5f}, promised {LEAST_PRECISION}")
    if run.seconds > MOST_SECONDS:
        broken.append(f"{run.seconds:.0f} seconds, promised {MOST_SECONDS}")
    if run.peak > MOST_BYTES:
        broken.append(f"{run.peak / 1e9:.1f} GB, promised {MOST_BYTES / 1e9:g}")
    return broken


_MEASURES: Mapping[str, Callable[[int | None, Flows], int]] = {
    "immigrations": lambda year, flows: flows.of("entry", year),
    "emigrations": lambda year, flows: flows.of("exit", year),
    "net migration": lambda year, flows: flows.of("entry", year) - flows.of("exit", year),
}


def _in_a_row(flows: Flows) -> int:
    return flows.followed_by_entry


def _compare(what: str, count: Callable[[Flows], int], found: Flows, true: Flows, gross: int) -> Moved:
    return Moved(what, count(found), count(true), gross)


def _with_interval(row: Mapping[str, float | None], name: str) -> str:
    if row[name] is None:
        return "none"
    return f"{row[name]:.5f} ({row[name + '_lower']:.5f}–{row[name + '_upper']:.5f})"


def _read_delivery(place: Path) -> pl.DataFrame:
    """What names persons in one delivery, by the columns of the template."""
    columns = ["record_id", *COMPARED]
    if any(place.glob("*.parquet")):
        return pl.read_parquet(place / "*.parquet").select(columns)
    mapped = (
        tomllib.loads((place / "mapping.toml").read_text("utf-8"))
        if (place / "mapping.toml").is_file()
        else {}
    )
    form = mapped.get("form", {})
    text = next(place.glob("*.csv")).read_bytes().decode(form.get("encoding", "utf-8"))
    table = pl.read_csv(text.encode(), separator=form.get("separator", ","), infer_schema=False)
    table = table.rename({written: name for name, written in mapped.get("columns", {}).items()})
    born = pl.col("birth_date").str.to_date("%d.%m.%Y" if "dates" in form else "%Y-%m-%d")
    sex = pl.col("sex").replace(mapped.get("codes", {}).get("sex", {}))
    return table.with_columns(born, sex).select(columns)


def _read_arguments(arguments: list[str]) -> argparse.Namespace:
    reader = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    reader.add_argument("--people", type=int, default=PEOPLE)
    reader.add_argument("--harder", type=int, default=HARDER, help="0 leaves the second set out")
    reader.add_argument("--seed", type=int, default=SEED)
    reader.add_argument("--harder-seed", type=int, default=HARDER_SEED)
    return reader.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
