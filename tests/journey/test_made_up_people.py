"""Made-up people through the whole records journey: errors are those that the truth gives, and nobody's name gets out."""

import json
import re
import tomllib
from collections import Counter
from datetime import date, datetime
from hashlib import sha256
from importlib import resources
from pathlib import Path

import polars as pl
import pytest

from guzar.collect.sources import made_up_country
from guzar.demonstration import write_observatory
from guzar.errors import ReleaseRefused, SettingsInvalid
from guzar.journey import count_file
from guzar.journey.made_up_people import MadeUpPeople, run_made_up_people
from guzar.journey.made_up_place import DAY, FIRST
from guzar.journey.pseudonymising import find_leaks
from guzar.store import open_workspace
from guzar.store.linking_zone import purge_receipts, zone_entries

PEOPLE, SEED, TODAY = 3_000, 7, "2026-11-22"
ROUNDED = ("left_out", "as_recorded", "lower", "median", "upper", "range_lower", "range_upper")
HAPPENED = ["crossing_date", "port", "direction", "mode", "sex", "citizenship"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, MadeUpPeople]:
    """One run, and what it says of itself."""
    out = tmp_path_factory.mktemp("demo")
    return out, run_made_up_people(out, PEOPLE, SEED, date=TODAY)


@pytest.fixture(scope="module")
def site(run: tuple[Path, MadeUpPeople], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with the page of made-up people (and, to be quick, no real figures)."""
    release, folder = run[0] / "records" / "release", tmp_path_factory.mktemp("site") / "site"
    write_observatory(release, folder, made_up=release)
    return folder


def _errors(done: MadeUpPeople) -> dict[str, dict[str, float]]:
    return {error["made_up_measure"]: error for error in done.errors}


def _files(folder: Path) -> dict[str, str]:
    return {
        file.relative_to(folder).as_posix(): sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_truth_is_that_of_the_made_up_country(run: tuple[Path, MadeUpPeople]) -> None:
    """Residents and migrations are counted again, person by person."""
    out, done = run
    spells = pl.read_parquet(out / "made_up" / "truth" / "residence.parquet").rows(named=True)
    residents = {
        spell["true_person_id"]
        for spell in spells
        if spell["resident_from"] <= DAY and (spell["resident_to"] or date.max) > DAY
    }
    moves = pl.read_parquet(out / "made_up" / "truth" / "migrations.parquet").rows(named=True)
    flows = Counter(move["direction"] for move in moves if move["migration_date"].year == DAY.year)
    found = _errors(done)
    assert found["residents"]["in_truth"] == len(residents) > 500
    assert (found["immigrations"]["in_truth"], found["emigrations"]["in_truth"]) == (
        flows["in"],
        flows["out"],
    )
    for error in found.values():
        expected = (error["from_records"] / error["in_truth"] - 1) * 100
        assert error["error_percent"] == pytest.approx(expected)


def test_results_are_the_totals_of_the_register(run: tuple[Path, MadeUpPeople]) -> None:
    """What is called a result from records is what the classified crossings hold."""
    out, done = run
    rows = pl.read_parquet(out / "records" / "register" / "residence.parquet").rows(named=True)
    moved = Counter(
        row["direction"] for row in rows if row["is_migration"] and row["crossing_date"].year == DAY.year
    )
    found = _errors(done)
    assert (found["immigrations"]["from_records"], found["emigrations"]["from_records"]) == (
        moved["entry"],
        moved["exit"],
    )
    status: dict[int, str] = {}
    everything = pl.read_parquet(out / "records" / "register" / "residence_with_register.parquet")
    for row in everything.rows(named=True):
        if row["crossing_date"].date() <= DAY:
            status[row["person_id"]] = row["residence_after"]
        else:
            status.setdefault(row["person_id"], row["residence_before"])
    persons = pl.read_parquet(out / "records" / "register" / "persons.parquet")
    alive = {
        row["person_id"]
        for row in persons.rows(named=True)
        if (row["birth_year"] or 0) <= DAY.year and (row["died_on"] is None or row["died_on"] > DAY)
    }
    residents = {person for person, one in status.items() if one == "resident"}
    assert residents - alive
    assert found["residents"]["from_records"] == len(residents & alive)


def test_precision_and_recall_are_those_of_the_pairs(run: tuple[Path, MadeUpPeople]) -> None:
    """Found again by what happened at the border, not by names: pairs of one person, pairs joined, and both."""
    out, done = run
    world, records = out / "made_up", out / "records"
    whose = pl.read_parquet(world / "truth" / "records.parquet").filter(pl.col("table") == "crossings")
    delivered = pl.concat(map(pl.read_parquet, sorted((world / "deliveries" / "crossings").iterdir())))
    true = delivered.join(whose, on="record_id").select(*HAPPENED, "true_person_id")
    kept = pl.concat(
        map(pl.read_parquet, (records / "workspace/data/collect/crossings").rglob("crossings.parquet"))
    )
    linked = kept.join(pl.read_parquet(records / "register" / "person_records.parquet"), on="record_id")
    once = true.unique(HAPPENED, keep="none").join(linked.unique(HAPPENED, keep="none"), on=HAPPENED)
    assert once.height > 0.9 * delivered.height

    def pairs(*columns: str) -> int:
        return sum(size * (size - 1) // 2 for size in Counter(once.select(columns).iter_rows()).values())

    right = pairs("true_person_id", "person_id")
    found = _errors(done)
    assert found["linkage_precision"]["from_records"] == pytest.approx(
        100 * right / pairs("person_id"), abs=0.05
    )
    assert found["linkage_recall"]["from_records"] == pytest.approx(
        100 * right / pairs("true_person_id"), abs=0.2
    )
    assert found["linkage_recall"]["from_records"] < 100


def test_refused_rows_stand_in_quarantine(run: tuple[Path, MadeUpPeople]) -> None:
    """What is told of refused rows is what the receipts and the quarantine hold."""
    out, done = run
    receipts = [
        json.loads(file.read_text()) for file in (out / "records/workspace/data").rglob("receipt.json")
    ]
    collected = [receipt for receipt in receipts if "rows_refused" in receipt]
    told = done.chain["collected"]
    assert all(receipt["legal_basis"] and receipt["purpose"] == "statistics" for receipt in collected)
    assert told["records_refused"] == sum(sum(receipt["rows_refused"].values()) for receipt in collected)
    assert told["records_kept"] == sum(sum(receipt["rows_kept"].values()) for receipt in collected)
    quarantine = (out / "records/workspace/data").rglob("refused_rows.parquet")
    assert told["records_refused"] == sum(pl.read_parquet(file).height for file in quarantine)


def test_names_are_purged_before_anything_is_counted(run: tuple[Path, MadeUpPeople], tmp_path: Path) -> None:
    """The receipt of the purge stands; a workspace without one counts nothing."""
    out, done = run
    workspace = open_workspace(out / "records" / "workspace")
    assert zone_entries(workspace.path) == []
    assert [receipt.rows for receipt in purge_receipts(workspace.path)] == [
        done.chain["purged"]["identity_rows"]
    ]
    stays = out / "records" / "register" / "stays.parquet"
    assert count_file(stays, "stays", [], workspace=workspace.path).table["stays"].sum() > 0
    with pytest.raises(ReleaseRefused, match="no receipt of a purge"):
        count_file(stays, "stays", [], workspace=open_workspace(tmp_path / "work", create=True).path)


def test_no_identifying_value_leaves_the_world_outside(run: tuple[Path, MadeUpPeople], site: Path) -> None:
    """Workspace, register, counts, release and site are searched for what came in; the truth proves that it is found."""
    out, _ = run
    deliveries = out / "made_up" / "deliveries"
    for delivery in ("crossings", "population_register"):
        assert find_leaks(deliveries / delivery, site).leaks == []
        assert find_leaks(deliveries / delivery, out / "records").leaks == []
    in_the_open = find_leaks(deliveries / "crossings", out / "made_up" / "truth").leaks
    assert sum(leak.values for leak in in_the_open) > 1_000


@pytest.mark.parametrize(("lang", "word"), [("en", "hidden"), ("ru", "скрыто")])
def test_hidden_cells_are_hidden_on_the_page(
    run: tuple[Path, MadeUpPeople], site: Path, lang: str, word: str
) -> None:
    """Every cell of the page is that of the release: its number, or the sign of a hidden one."""
    page = (site / lang / "methods" / "made-up-people.html").read_text(encoding="utf-8")
    table = pl.read_csv(out_of(run) / "protected" / f"made_up_migrations_{DAY.year}.csv")
    hidden = 0
    for flow in ("immigration", "emigration"):
        figure = page.partition(f'<figure id="{flow}">')[2].partition("</figure>")[0]
        shown = [
            "C" if cell.endswith(f" {word}</span>") else re.sub(r"<[^>]+>|\D", "", cell)
            for cell in re.findall(r"<td[^>]*>(.*?)</td>", figure, re.DOTALL)
        ]
        cells = table.filter((pl.col("flow") == flow) & (pl.col("sex") == "_T"))
        released = Counter("C" if n is None else str(n) for n in cells["migrations"])
        assert Counter(shown) == released
        hidden += released["C"]
    assert hidden > 0
    assert page.count({"en": "<b>Made up.</b>", "ru": "<b>Вымышлено.</b>"}[lang]) == 8  # sections


def test_the_page_tells_every_number_of_the_journey(run: tuple[Path, MadeUpPeople], site: Path) -> None:
    """Refused records are told as they are: a small number that neighbours give away is no secret."""
    told = run[1].chain["collected"]
    page = (site / "en" / "methods" / "made-up-people.html").read_text(encoding="utf-8")
    chain = page.partition('<figure id="chain">')[2].partition("</figure>")[0]
    assert f"of {told['records_delivered']:,} records {told['records_refused']:,} are refused" in chain
    assert f">{told['records_refused']:,}</td>" in chain
    found = {error["made_up_measure"]: error for error in run[1].errors}["immigrations"]
    assert f"{found['from_records']:,.0f} against {found['in_truth']:,.0f}</h1>" in page
    assert "much of the error is chance" in page


def test_acts_are_counted_as_declared(run: tuple[Path, MadeUpPeople]) -> None:
    """Registrations and permits of the year, by the records that were kept; whoever they are of was linked."""
    out, done = run
    held = out / "records" / "workspace" / "data" / "collect"
    registrations = pl.concat(map(pl.read_parquet, (held / "registrations").rglob("registrations.parquet")))
    permits = pl.concat(map(pl.read_parquet, (held / "permits").rglob("permits.parquet")))
    events = Counter(registrations.filter(pl.col("event_date").dt.year() == DAY.year)["registration_event"])
    of_year = permits.filter(pl.col("valid_from").dt.year() == DAY.year).height
    told = {row["made_up_measure"]: row for row in done.sources}
    assert told["permits_issued"]["from_records"] in (of_year, None)
    assert told["arrivals_registered"]["from_records"] in (events["arrival"], None)
    assert told["registrations_expired"]["from_records"] in (events["automatic_departure"], None)
    assert sum(row["from_records"] is not None for row in done.sources) >= 4
    assert of_year > 100 < events["arrival"]
    linked = set(pl.read_parquet(out / "records" / "register" / "person_records.parquet")["record_id"])
    assert set(registrations["record_id"]) | set(permits["record_id"]) <= linked
    assert done.chain["linked"]["records_linked"] == len(linked) == done.chain["purged"]["identity_rows"]


def test_units_and_concepts_of_the_sources_differ(run: tuple[Path, MadeUpPeople]) -> None:
    """Outcome, declared and reported are never one row, and no act has a truth: it is no migration."""
    units = {(row["made_up_source"], row["unit"], row["made_up_concept"]) for row in run[1].sources}
    assert units == {
        ("crossings", "migrations", "outcome"),
        ("registrations", "registrations", "declared"),
        ("permits", "permits", "declared"),
        ("survey", "persons", "reported"),
    }
    acts = [row for row in run[1].sources if row["made_up_concept"] == "declared"]
    assert [row["in_truth"] for row in acts] == [None] * 4


def _away(crossed: list[tuple[date, str]], day: date, is_resident: bool) -> bool:
    """Whether somebody is abroad for a month or longer: by the last crossing before the day, else by the next one."""
    before = [each for each in crossed if each[0] < day]
    if before:
        return before[-1][1] == "exit" and (day - before[-1][0]).days >= 30
    return crossed[0][1] == "entry" if crossed else not is_resident


def test_citizens_abroad_are_found_again_person_by_person(run: tuple[Path, MadeUpPeople]) -> None:
    """Who is away a month or longer by the true crossings, and whose household has nobody at home."""
    world, told = run[0] / "made_up", {row["made_up_measure"]: row for row in run[1].sources}
    answers = pl.read_csv(world / "deliveries" / "survey" / "survey.csv", try_parse_dates=True)
    days = sorted({day for day in answers["interview_date"] if day.year == DAY.year})
    crossed: dict[int, list[tuple[date, str]]] = {}
    crossings = pl.read_parquet(world / "truth" / "crossings.parquet").sort("crossing_date")
    for person, at, way in crossings.select("true_person_id", "crossing_date", "direction").iter_rows():
        crossed.setdefault(person, []).append((at.date(), way))
    spells = pl.read_parquet(world / "truth" / "residence.parquet").rows(named=True)
    persons = pl.read_parquet(world / "truth" / "persons.parquet").rows(named=True)
    abroad = unasked = 0
    for day in days:
        residents = {
            spell["true_person_id"]
            for spell in spells
            if spell["resident_from"] <= day < (spell["resident_to"] or date.max)
        }
        alive = [one for one in persons if one["birth_date"] < day < (one["death_date"] or date.max)]
        members = [one for one in alive if one["citizenship"] == "QMA" or one["true_person_id"] in residents]
        away = {
            one["true_person_id"]
            for one in members
            if _away(crossed.get(one["true_person_id"], []), day, one["true_person_id"] in residents)
        }
        home = {one["household_id"] for one in members if one["true_person_id"] not in away}
        gone = [one for one in members if one["citizenship"] == "QMA" and one["true_person_id"] in away]
        abroad += len(gone)
        unasked += sum(one["household_id"] not in home for one in gone)
    assert told["citizens_abroad"]["in_truth"] == abroad / len(days) > 10
    assert told["citizens_abroad_nobody_to_ask"]["in_truth"] == unasked / len(days) > 1


@pytest.mark.parametrize(("lang", "few"), [("en", "too few answers"), ("ru", "слишком мало ответов")])
def test_the_page_tells_the_year_by_four_sources(
    run: tuple[Path, MadeUpPeople], site: Path, lang: str, few: str
) -> None:
    """Each source with its unit; a survey of so few people has no estimate, and the page says so."""
    page = (site / lang / "methods" / "made-up-people.html").read_text(encoding="utf-8")
    figure = page.partition('<figure id="sources">')[2].partition("</figure>")[0]
    assert len(re.findall("<tr", figure)) == 8
    told = {row["made_up_measure"]: row for row in run[1].sources}
    assert told["citizens_abroad"]["from_records"] is None
    assert f">{few}</td>" in figure
    assert f">{told['permits_issued']['from_records']:.0f}</td>" in figure


def _checked(out: Path) -> tuple[set[str], set[int]]:
    """Countries whose citizens never truly cross at a port without records, and these persons."""
    ports = tomllib.loads(resources.files(made_up_country).joinpath("rates.toml").read_text("utf-8"))["ports"]
    unchecked = [port["code"] for port in ports if not port.get("recorded", True)]
    truth = out / "made_up" / "truth"
    persons = pl.read_parquet(truth / "persons.parquet")
    crossed = pl.read_parquet(truth / "crossings.parquet").join(persons, on="true_person_id")
    passing = set(crossed.filter(pl.col("port").is_in(unchecked))["citizenship"])
    countries = set(persons["citizenship"]) - passing
    return countries, set(persons.filter(pl.col("citizenship").is_in(countries))["true_person_id"])


def test_the_whole_country_is_not_observed_while_a_border_is_open(run: tuple[Path, MadeUpPeople]) -> None:
    """No number for everybody; an estimate for citizens who never cross where nobody counts."""
    out, done = run
    everybody = [row for row in done.imputed if row["made_up_citizens"] == "_T"]
    assert {(row["status"], row["status_reason"]) for row in everybody} == {("not_observed", "open_border")}
    values = ("left_out", "as_recorded", "lower", "median", "upper", "range_lower", "range_upper")
    assert all(row[name] is None for row in everybody for name in values)
    countries, _ = _checked(out)
    others = {row["made_up_citizens"] for row in done.imputed} - {"_T"}
    assert others == {" ".join(sorted(countries))}
    assert len(countries) == 3


def _first_seen_as_others(out: Path, countries: set[str]) -> set[str]:
    """Persons whose first recorded crossing is on a document of another country: they are not among those estimated."""
    deliveries = out / "made_up" / "deliveries" / "crossings"
    whose = dict(
        pl.read_parquet(out / "made_up" / "truth" / "records.parquet")
        .select("record_id", "true_person_id")
        .rows()
    )
    seen: dict[str, tuple[datetime, str, str]] = {}
    for file in deliveries.iterdir():
        rows = pl.read_parquet(file, columns=["crossing_date", "record_id", "citizenship"]).rows()
        for row in (row for row in rows if row[0].date() >= FIRST):
            seen[whose[row[1]]] = min(row, seen.get(whose[row[1]], row))
    return {person for person, row in seen.items() if row[2] not in countries}


def test_the_truth_beside_estimates_is_that_of_the_same_persons(run: tuple[Path, MadeUpPeople]) -> None:
    """Counted again person by person: migrations of a year, and residents at its end who ever crossed."""
    out, done = run
    truth, (countries, persons) = out / "made_up" / "truth", _checked(out)
    persons = persons - _first_seen_as_others(out, countries)
    ever = set(pl.read_parquet(truth / "crossings.parquet")["true_person_id"]) & persons
    spells = pl.read_parquet(truth / "residence.parquet").rows(named=True)
    moves = pl.read_parquet(truth / "migrations.parquet").rows(named=True)
    told = {(row["measure"], row["year"]): row["in_truth"] for row in done.imputed[8:]}
    for year in (DAY.year - 1, DAY.year):
        of_year = [one for one in moves if one["migration_date"].year == year]
        flows = Counter(one["direction"] for one in of_year if one["true_person_id"] in persons)
        assert told["immigrations", year] == flows["in"] > 10
        assert told["emigrations", year] == flows["out"] > 10
        assert told["net_migration", year] == flows["in"] - flows["out"]
        end = date(year, 12, 31)
        here = {
            spell["true_person_id"]
            for spell in spells
            if spell["resident_from"] <= end < (spell["resident_to"] or date.max)
        }
        assert told["residents_seen_in_crossings", year] == len(here & ever) > 100
    assert len(told) == 8


def test_what_is_counted_without_estimating_is_rounded_to_tens(run: tuple[Path, MadeUpPeople]) -> None:
    """By the classified crossings of the persons who first crossed on documents of these countries."""
    out, done = run
    rows = pl.read_parquet(out / "records" / "register" / "residence.parquet")
    countries, _ = _checked(out)
    first = rows.sort("crossing_date", maintain_order=True).group_by("person_id").first()
    whose = first.filter(pl.col("citizenship").is_in(countries)).select("person_id")
    moved = rows.join(whose, on="person_id", how="semi").filter(
        pl.col("is_migration"), pl.col("crossing_date").dt.year() == DAY.year
    )
    told = {row["measure"]: row for row in done.imputed[8:] if row["year"] == DAY.year}
    for measure, direction in (("immigrations", "entry"), ("emigrations", "exit")):
        counted = moved.filter(pl.col("direction") == direction).height
        assert abs(told[measure]["as_recorded"] - counted) <= 5
        assert told[measure]["left_out"] <= told[measure]["as_recorded"]
        assert told[measure]["range_lower"] <= told[measure]["lower"] <= told[measure]["median"]
    shown = [value for row in done.imputed[8:] for name, value in row.items() if name in ROUNDED]
    assert all(value % 10 == 0 for value in shown if value is not None)
    assert sum(value is not None for value in shown) > 30


def test_coverage_by_port_stays_inside(run: tuple[Path, MadeUpPeople], site: Path) -> None:
    """No port is named in the release or on the site: only what was found of the whole country leaves."""
    ports = set(pl.read_parquet(run[0] / "records" / "register" / "crossings.parquet")["port"])
    assert len(ports) > 5
    for folder in (out_of(run), site):
        for file in folder.rglob("*"):
            if file.suffix in {".csv", ".json", ".html", ".xml"}:
                text = file.read_text(encoding="utf-8")
                assert not [port for port in ports if port in text], file.name


@pytest.mark.parametrize(
    ("lang", "national", "failed"),
    [
        ("en", "“not observed”", "Do not use such numbers"),
        ("ru", "«не наблюдается»", "Не используйте такие числа"),
    ],
)
def test_the_page_tells_what_lost_crossings_do(
    run: tuple[Path, MadeUpPeople], site: Path, lang: str, national: str, failed: str
) -> None:
    """Every number of the year, the assumptions, a test that failed, and why there is no national total."""
    page = (site / lang / "methods" / "made-up-people.html").read_text(encoding="utf-8")
    figure = page.partition('<figure id="imputed">')[2].partition("</figure>")[0]
    table = figure.partition("<tbody>")[2].partition("</tbody>")[0]
    shown = [
        re.sub(r"<[^>]+>", "", cell).replace("−", "-") for cell in re.findall(r"<td[^>]*>(.*?)</td>", table)
    ]
    rows = [row for row in run[1].imputed[8:] if row["year"] == DAY.year]
    assert len(shown) == 5 * len(rows) == 20
    for row, (left_out, as_recorded, _, _, true) in zip(rows, batched_by_five(shown), strict=True):
        assert (left_out, as_recorded, true) == tuple(
            f"{row[name]:.0f}" for name in ("left_out", "as_recorded", "in_truth")
        )
    assert all(f"A{number}:" in figure for number in range(1, 6))
    assert national in page
    is_failed = any("diagnostic_failed" in row["status_reason"] for row in rows)
    assert (failed in figure) == is_failed


def batched_by_five(cells: list[str]) -> list[list[str]]:
    """The cells of each row, without its heading."""
    return [cells[at : at + 5] for at in range(0, len(cells), 5)]


def out_of(run: tuple[Path, MadeUpPeople]) -> Path:
    """The release of a run."""
    return run[0] / "records" / "release"


def test_made_up_countries_stand_on_their_own_page_only(site: Path) -> None:
    """No list, map or other page of the site names a country that does not exist."""
    naming = {
        page.name
        for page in site.rglob("*.html")
        if re.search(r"Made-up country|Вымышленная страна|QM[A-G]", page.read_text(encoding="utf-8"))
    }
    assert naming == {"made-up-people.html"}


def test_a_second_run_adds_nothing(run: tuple[Path, MadeUpPeople]) -> None:
    """Same people, seed and day: not a byte changes."""
    out, done = run
    before = _files(out)
    assert run_made_up_people(out, PEOPLE, SEED, date=TODAY) == done
    assert _files(out) == before


@pytest.mark.full  # a second run of everything
def test_the_seed_gives_the_release(run: tuple[Path, MadeUpPeople], tmp_path: Path) -> None:
    """Elsewhere, under another key, the same seed gives the same release, byte for byte."""
    again = run_made_up_people(tmp_path, PEOPLE, SEED, date=TODAY)
    assert again == run[1]
    assert _files(tmp_path / "records" / "release") == _files(out_of(run))


def test_too_few_people_are_refused(tmp_path: Path) -> None:
    """Ten people make no statistics; nothing is written."""
    with pytest.raises(SettingsInvalid, match="So few made-up people"):
        run_made_up_people(tmp_path, 10, SEED, date=TODAY)
    assert not list(tmp_path.iterdir())


def test_sources_combined_beside_the_truth(run: tuple[Path, MadeUpPeople]) -> None:
    """Three sources and all together by year, in tens; the true residents are those of the made-up country."""
    out, done = run
    rows = {(row["made_up_measure"], row["year"], row["made_up_input"]): row for row in done.combined}
    spells = pl.read_parquet(out / "made_up" / "truth" / "residence.parquet").join(
        pl.read_parquet(out / "made_up" / "truth" / "persons.parquet").filter(pl.col("citizenship") != "QMA"),
        on="true_person_id",
    )
    lasts = pl.col("resident_to").is_null() | (pl.col("resident_to") > DAY)
    true = spells.filter((pl.col("resident_from") <= DAY) & lasts)["true_person_id"].n_unique()
    combined = rows["foreign_residents", DAY.year, "combined"]
    assert combined["in_truth"] == true > 50
    for source in ("population_register", "crossings", "combined"):
        row = rows["foreign_residents", DAY.year, source]
        assert row["lower"] <= row["from_records"] <= row["upper"]
    assert all(row[end] is None or row[end] % 10 == 0 for row in done.combined for end in ("lower", "upper"))


def test_who_stays_beyond_permission_is_never_one_number(run: tuple[Path, MadeUpPeople], site: Path) -> None:
    """A range or nothing in the release; the page says so in both languages, with the report on quality."""
    table = pl.read_parquet(run[0] / "records" / "release" / "parquet" / "made_up_combined.parquet")
    beyond = table.filter(pl.col("made_up_measure") == "beyond_permission")
    assert beyond["estimate_status"].is_in(["bounded", "withheld"]).all()
    assert beyond["from_records"].null_count() == beyond.height == 1
    words = {"en": ("Whom no list holds", "errors of sources"), "ru": ("Кого нет ни в", "ошибки источников")}
    for lang, each in words.items():
        page = (
            (site / lang / "methods" / "made-up-people.html").read_text(encoding="utf-8").replace("\xa0", " ")
        )
        assert all(word in page for word in each)
