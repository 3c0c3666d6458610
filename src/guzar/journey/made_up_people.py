"""The records journey once, on a made-up country whose truth is known: from deliveries to a release and its errors.

    <out>/made_up/     deliveries of five agencies and, apart, the truth: the world outside
    <out>/keys/        the key file, outside the workspace
    <out>/records/     the holder's walls: workspace, register, counts; and the release, which alone may leave

Made anew, whole or not at all, where people, period or seed are others; else what stands there is read.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

import guzar
from guzar.analyse.beside_truth import (
    EMIGRATIONS,
    IMMIGRATIONS,
    PRECISION,
    RECALL,
    RESIDENTS,
    count_truth,
    errors_beside_truth,
)
from guzar.collect.sources.made_up_country import make_country, read_rates
from guzar.define.tables.made_up import (
    MadeUpChain,
    MadeUpCombined,
    MadeUpErrors,
    MadeUpImputed,
    MadeUpQuality,
    MadeUpSources,
)
from guzar.define.tables.releases import ProtectedTable
from guzar.errors import SettingsInvalid
from guzar.journey.collecting_agencies import collect_agency
from guzar.journey.counting import count_file
from guzar.journey.held_tables import earlier_in_workspace, hold_protected
from guzar.journey.linking import open_backend
from guzar.journey.linking_workspace import write_person_crossings
from guzar.journey.made_up_combined import report_combined, tell_combined_sources
from guzar.journey.made_up_imputed import tell_imputed
from guzar.journey.made_up_place import DAY, FIRST, LAST, Place
from guzar.journey.made_up_sources import (
    DECLARED_ACTS,
    count_acts,
    count_citizens_reported_abroad,
    tell_sources,
    total_of,
    write_linked_acts,
)
from guzar.journey.protecting import run_task
from guzar.journey.protection_tasks import declared_task
from guzar.journey.publication import Published
from guzar.journey.releasing import publish_release
from guzar.journey.residing import pair_stays, reside
from guzar.process.link import link_records
from guzar.process.link_quality import quality_of_links
from guzar.process.persons import describe_persons, residence_by_register
from guzar.process.residence_rule import ResidenceRule
from guzar.process.true_persons import find_true_persons
from guzar.store import (
    checksum_of,
    open_workspace,
    replace_folder,
    write_json,
    write_table,
    write_text,
)
from guzar.store.keyring import Keyring, new_keyring, open_keyring
from guzar.store.linking_zone import purge, read_identities

RULE = ResidenceRule(365, 487, FIRST, LAST)  # days: 12 of 16 months
WORLD = "ordinary"
SOURCES = {
    "crossings": "borders",
    "permits": "permits",
    "registrations": "registrations",
    "population_register": "population_register",
    "survey": "survey",
}
STOCK, FLOW = f"made_up_residents_{DAY.year}", f"made_up_migrations_{DAY.year}"
BY = ("sex", "age_group", "citizenship")
NAMED = ("crossings", "permits", "registrations", "registered_residents")  # the survey brings no names
MARK = "made-up-people.json"
RELEASE_OF_RECORDS = "records/release"  # below the folder of the demonstration
WHO = "guzar demo"
LEAST_PEOPLE = 1_000
DECLARED = f"""
# Counts of people who do not exist: the made-up country of guzar demo.
[protect.{STOCK}]
population = "made-up people, no real country: residents of QMA on {DAY}"
dimensions = ["sex", "age_group", "citizenship"]
count = "persons"
minimum = 5

[protect.{FLOW}]
population = "made-up people, no real country: migrations to and from QMA in {DAY.year}"
dimensions = ["flow", "sex", "age_group", "citizenship"]
count = "migrations"
unit = "migrations"
minimum = 5
{DECLARED_ACTS}"""


@dataclass
class MadeUpPeople:
    """What the records journey did with made-up people: numbers by step, errors beside the truth, and the release."""

    people: int
    seed: int
    chain: dict[str, dict[str, int]] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)
    sources: list[dict[str, Any]] = field(default_factory=list)
    imputed: list[dict[str, Any]] = field(default_factory=list)
    combined: list[dict[str, Any]] = field(default_factory=list)
    release: str = ""

    @property
    def year(self) -> int:
        """The year whose stock and flows are counted."""
        return DAY.year


def run_made_up_people(
    out: Path, people: int, seed: int, *, date: str, step: Callable[[str], None] = lambda text: None
) -> MadeUpPeople:
    """Run made-up people through the records journey; the same people, seed and day again add nothing.

    `date` is the ISO date for receipts and the release; `step` is told what begins.
    """
    _require_enough(people)
    asked = {"people": people, "seed": seed, "date": date, "guzar": guzar.__version__}
    held = _read_held(out / "records" / MARK, asked)
    if held is not None:
        return held
    step("Making a country up")
    make_country(people, FIRST, LAST, seed, read_rates(WORLD), out / "made_up")
    keys = _open_keys(out / "keys" / "made-up-people.key", date)
    done = MadeUpPeople(people, seed)

    def fill(folder: Path) -> None:
        workspace = open_workspace(folder / "workspace", create=True)
        write_text(
            workspace.path / "guzar.toml", (workspace.path / "guzar.toml").read_text("utf-8") + DECLARED
        )
        place = Place(out / "made_up", folder, workspace, keys, date)
        place.register.mkdir()
        place.counts.mkdir()
        _run(place, done, step)
        write_json(folder / MARK, {**asked, "made_by": "guzar", "done": vars(done)})

    replace_folder(out / "records", fill, mark=MARK)
    return done


def _require_enough(people: int) -> None:
    if people < LEAST_PEOPLE:
        raise SettingsInvalid(
            "So few made-up people make no statistics: {people}.",
            expected="0 (leave them out), or {least} and more",
            do="Correct --people.",
            people=people,
            least=LEAST_PEOPLE,
        )


def _read_held(mark: Path, asked: Mapping[str, Any]) -> MadeUpPeople | None:
    if not mark.is_file():
        return None
    held = json.loads(mark.read_text(encoding="utf-8"))
    return (
        MadeUpPeople(**held["done"])
        if all(held.get(name) == value for name, value in asked.items())
        else None
    )


def _open_keys(file: Path, made_on: str) -> Keyring:
    """The key file beside the workspace, made where there is none."""
    file.parent.mkdir(parents=True, exist_ok=True)
    return open_keyring(file) if file.exists() else new_keyring(file, made_on=made_on)


def _run(place: Place, done: MadeUpPeople, step: Callable[[str], None]) -> None:
    step("Collecting records of made-up people under pseudonyms")
    done.chain["collected"] = _collect(place)
    step("Linking records of made-up people, and purging their names")
    done.chain["linked"], quality = _link(place)
    done.chain["purged"] = _purge(place)
    step("Classifying stays and residence of made-up people")
    done.chain["classified"] = _classify(place)
    step("Counting and protecting made-up people")
    counts = _count(place)
    tables = _protect(place, counts)
    done.chain["protected"] = {
        "cells": sum(table.frame.height for table in tables.values()),
        "cells_hidden": sum(table.frame[table.count].null_count() for table in tables.values()),
    }
    errors = _errors(place, tables, quality)
    done.errors = errors.to_dicts()
    sources = tell_sources(place, tables, {row["made_up_measure"]: row for row in done.errors})
    done.sources = sources.to_dicts()
    step("Estimating lost crossings of made-up people")
    imputed = tell_imputed(place, RULE, read_rates(WORLD))
    done.imputed = imputed.to_dicts()
    step("Combining sources on made-up people, and bounding whom no list holds")
    combined = tell_combined_sources(place)
    done.combined = combined.to_dicts()
    told = {
        "made_up_errors": (MadeUpErrors, errors),
        "made_up_sources": (MadeUpSources, sources),
        "made_up_imputed": (MadeUpImputed, imputed),
        "made_up_combined": (MadeUpCombined, combined),
        "made_up_quality": (MadeUpQuality, report_combined(place)),
    }
    done.release = _publish(place, done.chain, told).release


def _collect(place: Place) -> dict[str, int]:
    """Every delivery with its receipt; rows that cannot be kept go to quarantine."""
    kept = refused = 0
    for agency, source in SOURCES.items():
        folder = place.world / "deliveries"
        for done in collect_agency(place.workspace, source, folder, agency, place.keys, received=place.date):
            kept, refused = kept + done.kept, refused + done.refused
    return {"records_delivered": kept + refused, "records_kept": kept, "records_refused": refused}


def _link(place: Place) -> tuple[dict[str, int], dict[str, float]]:
    """Persons of all records that bring names; the linkage beside the truth, from pairs of crossings."""
    identities = read_identities(place.workspace.path, place.keys, on=place.date)
    with open_backend("local") as backend:
        linked = link_records(identities, backend=backend)
    write_table(place.register / "person_records.parquet", linked.clusters)
    records = pl.concat([place.held(table) for table in NAMED], how="diagonal")
    write_table(place.register / "persons.parquet", describe_persons(records, linked.clusters))
    write_linked_acts(place, linked.clusters)
    judged = _judge(place, identities, linked.clusters)
    told = {
        "records_linked": linked.clusters.height,
        "persons": linked.clusters["person_id"].n_unique(),
    }
    return told, judged


def _judge(place: Place, identities: pl.DataFrame, clusters: pl.DataFrame) -> dict[str, float]:
    """Precision and recall of pairs of crossings, in per cent."""
    delivered = pl.concat(map(pl.read_parquet, sorted((place.world / "deliveries" / "crossings").iterdir())))
    whose = place.truth("records").filter(pl.col("table") == "crossings")
    truth = find_true_persons(identities, delivered, whose)
    truth = truth.join(place.held("crossings").select("record_id"), on="record_id", how="semi")
    judged = clusters.join(truth.select("record_id"), on="record_id", how="semi")
    quality = quality_of_links(judged, truth, by=()).row(0, named=True)
    return {PRECISION: 100 * quality["precision"], RECALL: 100 * quality["recall"]}


def _purge(place: Place) -> dict[str, int]:
    receipt = purge(place.workspace.path, on=place.date, by=WHO)
    return {"sealed_files": len(receipt.entries), "identity_rows": receipt.rows}


def _classify(place: Place) -> dict[str, int]:
    """Stays and residence of linked persons, from their crossings."""
    clusters = pl.read_parquet(place.register / "person_records.parquet")
    registered = place.held("registered_residents")
    source = place.register / "crossings.parquet"
    write_person_crossings(place.workspace.path, clusters, source, first_day=FIRST)
    stays = pair_stays(source, place.register / "stays.parquet").rows
    tally = reside(source, place.register / "residence.parquet", RULE)
    crossers = pl.read_parquet(source, columns=["person_id"])
    by_register = residence_by_register(registered, clusters, crossers)
    by_border = pl.read_parquet(place.register / "residence.parquet", columns=by_register.columns)
    both = pl.concat([by_border, by_register.cast(by_border.schema)])
    write_table(place.register / "residence_with_register.parquet", both)
    return {
        "crossings_classified": tally.crossings - tally.after_last_day,
        "stays": stays,
        "migrations_found": tally.immigrations + tally.emigrations,
        "crossings_not_decidable": tally.undecided,
    }


def _count(place: Place) -> dict[str, Path]:
    """Unprotected counts of the year; refused while a name stands in the linking zone."""
    register, files = place.register, {}
    for name, source, measure, days in (
        (STOCK, "residence_with_register.parquet", "stock", [DAY]),
        (FLOW, "residence.parquet", "flow", []),
    ):
        counted = count_file(
            register / source,
            measure,
            BY,
            persons=register / "persons.parquet",
            days=days,
            workspace=place.workspace.path,
        )
        when = counted.table.columns[0]  # the day of a stock, the year of a flow
        of_year = counted.table.filter(pl.col(when).str.starts_with(str(DAY.year))).drop(when)
        files[name] = place.counts / f"{name}.csv"
        write_table(files[name], of_year)
    return files | count_acts(place) | count_citizens_reported_abroad(place)


def _protect(place: Place, counts: Mapping[str, Path]) -> dict[str, ProtectedTable]:
    """All tables by the rules that the workspace declares, attacked, and held for the release."""
    made: dict[str, ProtectedTable] = {}
    for name, file in counts.items():
        task = declared_task(place.workspace, [file])
        done = run_task(task, earlier=earlier_in_workspace(place.workspace, task), is_report_full=False)
        hold_protected(
            place.workspace,
            done,
            task,
            edition=place.date,
            made_from={name: checksum_of(file.read_bytes())},
            who=WHO,
            when=place.date,
        )
        made |= {table.name: table for table in done.tables}
    return made


def _errors(place: Place, tables: Mapping[str, ProtectedTable], quality: Mapping[str, float]) -> Any:
    """Linkage in per cent of pairs; stock and flows from the totals of the protected tables."""
    flows = {
        measure: total_of(tables[FLOW], flow=code)
        for measure, code in ((IMMIGRATIONS, "immigration"), (EMIGRATIONS, "emigration"))
    }
    found = {RESIDENTS: total_of(tables[STOCK]), **flows, **quality}
    truth = count_truth(place.truth("residence"), place.truth("migrations"), DAY)
    return errors_beside_truth(found, {**truth, PRECISION: 100.0, RECALL: 100.0})


def _publish(place: Place, chain: Mapping[str, Mapping[str, int]], tables: Mapping[str, Any]) -> Published:
    """A release of its own: no made-up number stands in a release of real figures."""
    rows = [
        {"journey_step": name, "counted": what, "amount": amount}
        for name, amounts in chain.items()
        for what, amount in amounts.items()
    ]
    told = MadeUpChain.validate(pl.DataFrame(rows), cast=True)
    return publish_release(
        place.workspace,
        place.folder / "release",
        date=place.date,
        extra={"made_up_chain": (MadeUpChain, told), **tables},
    )
