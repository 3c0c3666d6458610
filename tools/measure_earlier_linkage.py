"""Numbers of persons that stay: a made-up country linked year by year with a purge between, beside one linkage of all.

Run by developers: python tools/measure_earlier_linkage.py [--people N] [--seed N]
Three years of five agencies are taken in and linked by `guzar collect` and `guzar link --earlier` as a user would run
them, in four ways that differ in what is delivered again. Precision and recall of pairs, and migrations by `guzar
residence`, stand beside the truth and beside one linkage of everything. Prints Markdown. Only a made-up country has a
truth; nothing may be tuned on this seed: where something is changed because of it, take another.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).parent))
from markdown_tables import as_table

from guzar.collect.record_receipt import read_record_receipt
from guzar.collect.sources.made_up_country import make_country, read_rates
from guzar.define.tables import records as tables
from guzar.journey import quality_of_links, write_person_crossings
from guzar.process.pseudonymise import number_records
from guzar.store.keyring import Keyring, open_keyring

PEOPLE, SEED = 20_000, 20270311
YEARS = (2019, 2020, 2021)
FIRST, LAST = date(2019, 1, 1), date(2021, 12, 31)
KINDS = {
    "crossings": ("borders", tables.CrossingRecords),
    "permits": ("permits", tables.PermitRecords),
    "registrations": ("registrations", tables.RegistrationRecords),
    "population_register": ("population_register", tables.PopulationRegisterRecords),
}
Coded = tuple[str, str, str, Callable[[str], int]]  # encoding, separator, column of the date, its year
COUPONS: Coded = ("cp1251", ";", "Дата события", lambda day: int(day[-4:]))
PERMITS: Coded = ("utf-8", ",", "valid_from", lambda day: int(day[:4]))
HEADER = ("delivered each year", "precision", "recall", "true persons split", "immigrations", "emigrations")
# Which years are delivered in a year, of the population register and of all others.
Again = Callable[[str, int], Sequence[int]]
WAYS: dict[str, Again] = {
    "new records only": lambda kind, year: [year],
    "the population register whole each year": lambda kind, year: (
        [each for each in YEARS if each <= year] if kind == "population_register" else [year]
    ),
    "the year before once more": lambda kind, year: [each for each in YEARS if year - 1 <= each <= year],
    "all earlier years once more": lambda kind, year: [each for each in YEARS if each <= year],
}


def main(arguments: list[str]) -> int:
    """Measure every way, and print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="guzar-earlier-") as folder:
        place = Path(folder)
        make_country(asked.people, FIRST, LAST, asked.seed, read_rates("ordinary"), place / "made")
        split_by_year(place / "made" / "deliveries", place / "years")
        guzar("keys", "new", place / "key")
        truth = true_persons(place, open_keyring(place / "key"))
        rows = [_row(place, "all at once, before any purge", link_at_once(place), truth)]
        for number, (way, again) in enumerate(WAYS.items()):
            rows.append(_row(place, way, link_by_year(place, f"way-{number}", again), truth))
        rows.append(["truth", "", "", "", *_flows(place, truth)])
    print(f"## Three years of {asked.people:,} people, linked year by year (seed {asked.seed})\n")
    print(as_table(HEADER, rows, numbers=HEADER[1:]))
    return 0


def split_by_year(deliveries: Path, out: Path) -> None:
    """Every delivery as one file for each year; of the population register, who became a resident in or before it."""
    out.mkdir()
    for year in YEARS:
        pl.read_parquet(deliveries / "crossings" / f"crossings-{year}.parquet").write_parquet(
            out / f"crossings-{year}.parquet"
        )
        register = pl.read_parquet(deliveries / "population_register" / "population_register.parquet")
        began = pl.max_horizontal(pl.col("resident_from").dt.year(), YEARS[0])
        register.filter(began == year).write_parquet(out / f"population_register-{year}.parquet")
        for kind, (encoding, separator, column, year_of) in {
            "permits": PERMITS,
            "registrations": COUPONS,
        }.items():
            head, *lines = (deliveries / kind / f"{kind}.csv").read_text(encoding).splitlines()
            at = head.split(separator).index(column)
            chosen = [line for line in lines if year_of(line.split(separator)[at]) == year]
            (out / f"{kind}-{year}.csv").write_text("\n".join([head, *chosen, ""]), encoding)


def true_persons(place: Path, keyring: Keyring) -> pl.DataFrame:
    """`record_id, person_id`: the true person of every record, under the number that the door gives to it."""
    whose = pl.read_parquet(place / "made" / "truth" / "records.parquet")
    parts = []
    for kind, (_, table) in KINDS.items():
        file = place / "made" / "deliveries" / "receipts" / f"{kind}.toml"
        receipt = read_record_receipt(file.read_bytes(), file.name, LAST)
        mine = whose.filter(pl.col("table") == kind)
        columns = {name: pl.lit(None) for name in table.columns() if name != "record_id"}
        key = keyring.for_purpose("pseudonym", receipt.holder_id)
        numbers = number_records(mine.select("record_id").with_columns(**columns), key, receipt.numbering)
        parts.append(pl.DataFrame({"record_id": numbers, "person_id": mine["true_person_id"]}))
    return pl.concat(parts)


def link_at_once(place: Path) -> pl.DataFrame:
    """Every year taken in, then linked in one go; the clusters."""
    for year in YEARS:
        _collect(place, place / "once", year, lambda kind, year: [year])
    _link(place, place / "once", place / "once.parquet")
    return pl.read_parquet(place / "once.parquet")


def link_by_year(place: Path, name: str, again: Again) -> pl.DataFrame:
    """Year after year taken in, linked with the clusters of the year before, and purged; the clusters of the last."""
    clusters: list[Path] = []
    for year in YEARS:
        _collect(place, place / name, year, again)
        made = place / f"{name}-{year}.parquet"
        _link(place, place / name, made, *(["--earlier", clusters[-1]] if clusters else []))
        guzar("keys", "purge-links", "--workspace", place / name)
        clusters.append(made)
    return pl.read_parquet(clusters[-1])


def guzar(*words: object) -> None:
    """Run a command as a user would."""
    subprocess.run(["guzar", *map(str, words), "--quiet"], check=True)


def _collect(place: Path, workspace: Path, year: int, again: Again) -> None:
    deliveries = place / "made" / "deliveries"
    for kind, (command, _) in KINDS.items():
        mapping = deliveries / kind / "mapping.toml"
        more = ["--mapping", mapping] if mapping.is_file() else []
        for each in again(kind, year):
            file = next((place / "years").glob(f"{kind}-{each}.*"))
            words = ["--receipt", deliveries / "receipts" / f"{kind}.toml", "--keys", place / "key"]
            guzar("collect", command, file, *words, *more, "--workspace", workspace)


def _link(place: Path, workspace: Path, clusters: Path, *more: object) -> None:
    guzar("link", "--workspace", workspace, "--keys", place / "key", "--clusters", clusters, *more)


def _row(place: Path, way: str, clusters: pl.DataFrame, truth: pl.DataFrame) -> list[object]:
    """Pairs, persons and migrations of one way."""
    same = truth.join(clusters.select("record_id"), on="record_id", how="semi")
    overall = quality_of_links(clusters, same, by=()).row(0, named=True)
    both = same.join(clusters, on="record_id", suffix="_found")
    split = both.group_by("person_id").agg(found=pl.col("person_id_found").n_unique())["found"]
    shares = [
        f"{overall['precision']:.5f}",
        f"{overall['recall']:.5f}",
        f"{(split > 1).sum() / len(split):.1%}",
    ]
    return [way, *shares, *_flows(place, clusters)]


def _flows(place: Path, clusters: pl.DataFrame) -> list[int]:
    """Immigrations and emigrations of the middle year, whose following months are seen."""
    crossings, residence = place / "crossings.parquet", place / "residence.parquet"
    write_person_crossings(place / "once", clusters.select("record_id", "person_id"), crossings)
    guzar("residence", crossings, "--observed-from", FIRST, "--observed-to", LAST, "--out", residence)
    moved = pl.read_parquet(residence).filter(
        pl.col("is_migration") & (pl.col("crossing_date").dt.year() == YEARS[1])
    )
    sides: dict[str, int] = dict(moved.group_by("direction").len().iter_rows())
    return [sides.get("entry", 0), sides.get("exit", 0)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
