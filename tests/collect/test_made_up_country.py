"""The made-up country: its truth adds up, its records follow from the truth, and its rates move what they say."""

import hashlib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from guzar.collect.sources.made_up_country import (
    Made,
    change_rates,
    make_country,
    names_of_worlds,
    read_rates,
)
from guzar.collect.sources.made_up_country.alphabets import LANGUAGES, write_latin, write_russian
from guzar.collect.sources.made_up_country.names import name_stock
from guzar.define.tables.records import (
    CrossingRecords,
    PermitRecords,
    PopulationRegisterRecords,
    RegistrationRecords,
    SurveyAnswers,
)
from guzar.errors import SettingsInvalid

FIRST, LAST = date(2020, 1, 1), date(2023, 12, 31)
PEOPLE = 3000
CARELESS = {"careless_share": 0.2, "slip_when_careless": 0.8, "birth_date_wrong_when_careless": 0.6}
DIRECT = ["surname", "given_name", "patronymic", "birth_date", "document_number"]


def _make(
    folder: Path, seed: int = 5, world: str = "ordinary", people: int = PEOPLE, **changes: Any
) -> tuple[Path, Made]:
    rates = change_rates(read_rates(world), changes)
    return folder, make_country(people, FIRST, LAST, seed, rates, folder)


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An ordinary world."""
    return _make(tmp_path_factory.mktemp("made-up") / "ordinary")[0]


@pytest.fixture(scope="module")
def faithful(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world in which nothing is missed or misspelt."""
    return _make(tmp_path_factory.mktemp("made-up") / "faithful", world="faithful")[0]


def _truth(place: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(place / "truth" / f"{name}.parquet")


def _crossings(place: Path) -> pl.DataFrame:
    return pl.read_parquet(place / "deliveries" / "crossings" / "*.parquet")


def _delivered(place: Path, table: str) -> pl.DataFrame:
    folder = place / "deliveries" / table
    if table == "crossings":
        return _crossings(place)
    if table == "population_register":
        return pl.read_parquet(folder / f"{table}.parquet")
    if table == "registrations":
        text = (folder / "registrations.csv").read_bytes().decode("windows-1251")
        return pl.read_csv(text.encode(), separator=";", infer_schema=False)
    return pl.read_csv(folder / f"{table}.csv", try_parse_dates=True)


def _of_persons(place: Path, table: str) -> pl.DataFrame:
    """Records with the person whose they are, by the truth."""
    whose = _truth(place, "records").filter(pl.col("table") == table)
    return _delivered(place, table).join(whose, on="record_id", how="left")


# The truth -----------------------------------------------------------------------------------------
def _residents_on(place: Path, day: date) -> int:
    """Residents at the beginning of a day."""
    spells = _truth(place, "residence")
    return spells.filter(
        (pl.col("resident_from") < day) & (pl.col("resident_to").is_null() | (pl.col("resident_to") >= day))
    ).height


@pytest.mark.parametrize("world", ["ordinary", "faithful"])
def test_stock_and_flows_add_up(world: str, request: pytest.FixtureRequest) -> None:
    """Residents + births − deaths + immigrations − emigrations = residents a year later, in every year."""
    place = request.getfixturevalue(world)
    spells, migrations = _truth(place, "residence"), _truth(place, "migrations")
    assert migrations.height > 100
    for year in (2021, 2022, 2023):
        begin, end = date(year, 1, 1), date(year + 1, 1, 1)
        inside = pl.col("day").is_between(begin, end, closed="left")
        came = migrations.rename({"migration_date": "day"}).filter(inside)
        births = (
            spells.filter(pl.col("began_by") == "birth")
            .rename({"resident_from": "day"})
            .filter(inside)
            .height
        )
        deaths = (
            spells.filter(pl.col("ended_by") == "death").rename({"resident_to": "day"}).filter(inside).height
        )
        net = (came["direction"] == "in").sum() - (came["direction"] == "out").sum()
        assert _residents_on(place, end) == _residents_on(place, begin) + births - deaths + net


def test_spells_of_residence_do_not_overlap(ordinary: Path) -> None:
    """Nobody lives here twice at once; every spell begins with an immigration but the first."""
    spells = _truth(ordinary, "residence").sort("true_person_id", "resident_from")
    before = spells.with_columns(pl.col("resident_to").shift(1).over("true_person_id").alias("ended"))
    later = before.filter(
        pl.col("true_person_id").is_duplicated() & (pl.int_range(pl.len()).over("true_person_id") > 0)
    )
    assert later.height > 3
    assert later.filter(pl.col("ended").is_null() | (pl.col("ended") > pl.col("resident_from"))).is_empty()
    assert later["began_by"].unique().to_list() == ["immigration"]


def test_true_crossings_alternate(ordinary: Path) -> None:
    """Whoever is in can only leave; all true crossings are there, recorded or not."""
    crossings = _truth(ordinary, "crossings").sort("true_person_id", "crossing_date")
    again = crossings.filter(pl.col("direction") == pl.col("direction").shift(1).over("true_person_id"))
    assert again.is_empty()
    assert 0 < (~crossings["is_recorded"]).sum() < crossings.height / 5


def _migrations_by_hand(crossings: list[tuple[date, str]], resident: bool) -> list[tuple[date, str]]:
    """The 12-of-16-months rule, day by day: slow, and written from the words of the rule alone."""
    found = []
    for place, (day, direction) in enumerate(crossings):
        inside, days_in, following = direction == "entry", 0, place + 1
        for step in range(487):
            while following < len(crossings) and crossings[following][0] <= day + timedelta(days=step):
                inside, following = crossings[following][1] == "entry", following + 1
            days_in += inside
        if not resident and direction == "entry" and days_in >= 365:
            resident = True
            found.append((day, "in"))
        elif resident and direction == "exit" and 487 - days_in >= 365:
            resident = False
            found.append((day, "out"))
    return found


def test_faithful_records_give_back_the_truth(faithful: Path) -> None:
    """Where nothing is missed, the records of the border alone tell who migrated when."""
    last = LAST - timedelta(days=487)
    records = _of_persons(faithful, "crossings").sort("true_person_id", "crossing_date")
    spells = _truth(faithful, "residence")
    at_start = set(spells.filter(pl.col("began_by").is_in(["start", "birth"]))["true_person_id"])
    told, truth = [], _truth(faithful, "migrations").filter(pl.col("migration_date") <= last)
    movers = set(truth["true_person_id"]) | set(records["true_person_id"].unique().sample(400, seed=1))
    for (person,), rows in records.filter(pl.col("true_person_id").is_in(movers)).group_by("true_person_id"):
        days = [
            (moment.date(), direction)
            for moment, direction in rows.select("crossing_date", "direction").iter_rows()
        ]
        found = _migrations_by_hand(days, person in at_start)
        told += [(person, day, direction) for day, direction in found if day <= last]
    assert sorted(told) == sorted(truth.rows())
    assert len(told) > 100


def test_faithful_records_are_the_true_crossings(faithful: Path) -> None:
    """One record per true crossing, at its moment, in its direction, at its port."""
    columns = ["true_person_id", "crossing_date", "direction", "port"]
    recorded = _of_persons(faithful, "crossings").select(columns).sort(columns)
    assert recorded.equals(_truth(faithful, "crossings").select(columns).sort(columns))


def test_faithful_register_holds_the_true_spells(faithful: Path) -> None:
    """Without delays and forgotten departures the register is the truth."""
    register = _of_persons(faithful, "population_register")
    came = _truth(faithful, "residence").filter(pl.col("began_by") == "immigration")
    told = register.select("true_person_id", "resident_from", "resident_to")
    missing = came.select("true_person_id", "resident_from", "resident_to").join(
        told, on=["true_person_id", "resident_from", "resident_to"], how="anti", nulls_equal=True
    )
    assert came.height > 50
    assert missing.is_empty()


# Deliveries ----------------------------------------------------------------------------------------
def test_deliveries_fit_their_tables(ordinary: Path) -> None:
    """Every delivery but the Russian one has the columns of the template, and passes its rules."""
    for table, schema in (
        ("crossings", CrossingRecords),
        ("permits", PermitRecords),
        ("population_register", PopulationRegisterRecords),
        ("survey", SurveyAnswers),
    ):
        delivered = _delivered(ordinary, table)
        assert delivered.height > 100
        assert schema.validate(delivered, cast=True).height == delivered.height


def test_the_russian_coupons_are_mapped_to_their_table(ordinary: Path) -> None:
    """With the mapping file beside it, the delivery of the registration office is the table of the template."""
    import tomllib

    mapping = tomllib.loads(
        (ordinary / "deliveries" / "registrations" / "mapping.toml").read_text(encoding="utf-8")
    )
    coupons = _delivered(ordinary, "registrations").rename(
        {name: column for column, name in mapping["columns"].items()}
    )
    words = [pl.col(column).replace_strict(codes) for column, codes in mapping["codes"].items()]
    dates = [pl.col(column).str.to_date("%d.%m.%Y") for column in ("birth_date", "event_date", "valid_to")]
    read = coupons.with_columns(*words, *dates)
    assert RegistrationRecords.validate(read, cast=True).height == read.height > 100


def test_no_delivery_holds_the_truth(ordinary: Path) -> None:
    """No column of the truth, and no number of a true person, is in what agencies send."""
    truth = {"true_person_id", "traveller_type", "is_recorded", "what", "table", "language"}
    ids = _truth(ordinary, "records")
    for table in ("crossings", "permits", "registrations", "population_register", "survey"):
        assert not truth & set(_delivered(ordinary, table).columns)
    assert not list((ordinary / "deliveries").rglob("*truth*"))
    assert not list(ordinary.rglob("*.npy"))
    same = ids.filter(pl.col("record_id").str.extract(r"(\d+)$").cast(pl.Int64) == pl.col("true_person_id"))
    assert same.height < ids.height / 50


def test_every_record_has_one_true_person(ordinary: Path) -> None:
    """The key to the truth is complete: every record delivered is somebody's."""
    whose = _truth(ordinary, "records")
    assert whose["record_id"].is_unique().all()
    for table in ("crossings", "permits", "population_register", "survey"):
        assert _of_persons(ordinary, table)["true_person_id"].null_count() == 0
    persons = set(_truth(ordinary, "persons")["true_person_id"])
    assert set(whose["true_person_id"].unique()) <= persons


def test_a_document_spells_a_name_once(ordinary: Path) -> None:
    """However often it is scanned, a document says the same; and it is one person's."""
    scans = _of_persons(ordinary, "crossings")
    fixed = [*DIRECT[:4], "sex", "birth_place", "citizenship", "document_type", "true_person_id"]
    differing = scans.group_by("document_number").agg(pl.col(fixed).n_unique())
    assert differing.select(pl.col(fixed).max()).row(0) == (1,) * len(fixed)
    assert differing.height < scans.height / 3


def test_a_person_is_spelt_in_several_ways(ordinary: Path) -> None:
    """Latin at the border, Russian letters on the permit: what linkage has to bring together."""
    border = _of_persons(ordinary, "crossings").filter(pl.col("document_type") == "passport")
    permits = _of_persons(ordinary, "permits")
    assert border["surname"].str.contains(r"^[A-ZŽŞÇÝŇÖÜÄ' -]+$").all()
    assert permits["surname"].str.contains(r"^[А-Яа-яЁё -]+$").all()
    both = permits.join(border, on="true_person_id", suffix="_border")
    assert both.height > 100
    assert (both["surname"] == both["surname_border"]).sum() == 0


def test_errors_go_together(tmp_path: Path) -> None:
    """A document with a wrong birth date is likelier than others to misspell the name: offices err, not fields."""
    place, _ = _make(tmp_path / "x", documents=CARELESS)
    people = _truth(place, "persons").select("true_person_id", true_birth="birth_date")
    one = _of_persons(place, "permits").unique("document_number").join(people, on="true_person_id")
    known = {
        spelling
        for language in LANGUAGES
        for name in _all_given(language)
        for spelling in _russian(name, language)
    }
    one = one.with_columns(
        wrong_birth=pl.col("birth_date") != pl.col("true_birth"),
        wrong_name=~pl.col("given_name").is_in(list(known)),
    )
    shares = dict(one.group_by("wrong_birth").agg(pl.col("wrong_name").mean()).iter_rows())
    assert shares[True] > 2 * shares[False]


def _all_given(language: str) -> list[str]:
    return [name for names in name_stock(language).given for name in names]


def _russian(name: str, language: str) -> list[str]:
    return [write_russian(name, language, practice) for practice in range(3)]


# The survey ----------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def surveyed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world in which everybody asked answers, and much of it is asked."""
    sample = {
        "share_of_clusters_in_towns": 0.45,
        "share_of_clusters_in_villages": 0.9,
        "households_asked_share": 0.9,
    }
    place = tmp_path_factory.mktemp("surveyed") / "x"
    return _make(place, world="faithful", people=12_000, survey=sample)[0]


def test_clusters_lie_within_strata(surveyed: Path) -> None:
    """A household has one cluster, a cluster one stratum, in every round; a cluster has no more households than told."""
    answers = _delivered(surveyed, "survey")
    assert answers.group_by("household_id").agg(pl.col("cluster").n_unique())["cluster"].max() == 1
    assert answers.group_by("cluster").agg(pl.col("stratum").n_unique())["stratum"].max() == 1
    households = answers.group_by("cluster").agg(pl.col("household_id").n_unique())["household_id"]
    assert households.max() <= read_rates("ordinary")["households"]["cluster_households"]
    assert answers["stratum"].n_unique() >= 4
    assert answers["cluster"].n_unique() > 50


def test_weights_are_those_of_the_design(surveyed: Path) -> None:
    """In a round all of a cluster weigh the same but for its last, shorter row; towns weigh twice what villages do."""
    answers = _delivered(surveyed, "survey").with_columns(
        is_village=pl.col("stratum").str.slice(1).cast(pl.Int32) % 2 == 1
    )
    by_kind = dict(answers.group_by("is_village").agg(pl.col("survey_weight").median()).iter_rows())
    assert by_kind[False] == pytest.approx(1 / (0.45 * 0.9), rel=0.1)
    assert by_kind[True] == pytest.approx(1 / (0.9 * 0.9), rel=0.1)
    one_household = answers.group_by("household_id", "interview_date").agg(pl.col("survey_weight").n_unique())
    assert one_household["survey_weight"].max() == 1
    assert answers["survey_weight"].min() >= 1


def test_weighted_answers_come_near_the_truth(surveyed: Path) -> None:
    """The weighted number of citizens who are at home is that of the truth; the same without weights is far from it."""
    answers = _delivered(surveyed, "survey").filter(citizenship="QMA", is_absent=False)
    told = (
        answers.group_by("interview_date")
        .agg(pl.col("survey_weight").sum(), n=pl.len())
        .sort("interview_date")
    )
    errors = [
        told["survey_weight"][row] / _at_home(surveyed, day) - 1
        for row, day in enumerate(told["interview_date"])
    ]
    assert len(errors) >= 7
    assert abs(sum(errors) / len(errors)) < 0.03
    assert max(map(abs, errors)) < 0.12
    assert told["n"].max() < 0.75 * _at_home(surveyed, LAST)


def _at_home(place: Path, day: date) -> int:
    """Citizens of QMA alive and in QMA on a day, or away for less than 30 days; who never crosses is at home."""
    people = _truth(place, "persons").filter(pl.col("citizenship") == "QMA", pl.col("birth_date") < day)
    people = people.filter(pl.col("death_date").is_null() | (pl.col("death_date") > day))
    crossed = _truth(place, "crossings").sort("crossing_date")
    before = crossed.filter(pl.col("crossing_date").dt.date() < day).group_by("true_person_id")
    after = crossed.filter(pl.col("crossing_date").dt.date() >= day).group_by("true_person_id")
    left = pl.col("crossing_date").last().dt.date()
    seen = people.join(
        before.agg(last=pl.col("direction").last(), left=left), on="true_person_id", how="left"
    )
    seen = seen.join(after.agg(following=pl.col("direction").first()), on="true_person_id", how="left")
    away_shortly = pl.col("left") > day - timedelta(days=30)
    inside = pl.coalesce(
        (pl.col("last") == "entry") | away_shortly, pl.col("following") == "exit", pl.lit(True)
    )
    return int(seen.select(inside.sum()).item())


# Seeds and rates -----------------------------------------------------------------------------------
def _prints(place: Path) -> dict[str, str]:
    files = sorted(file for file in place.rglob("*") if file.is_file())
    return {str(file.relative_to(place)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_a_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    """Same seed, same bytes in every file; another seed, other people."""
    one, same, other = (
        _make(tmp_path / name, seed=seed, people=600)[0] for name, seed in (("a", 3), ("b", 3), ("c", 4))
    )
    assert _prints(one) == _prints(same)
    assert _prints(one)["truth/persons.parquet"] != _prints(other)["truth/persons.parquet"]


def test_a_rate_of_observation_leaves_the_truth_alone(ordinary: Path, tmp_path: Path) -> None:
    """Named streams: what the border misses changes nothing in anybody's life, and not the names either."""
    leaky, _ = _make(tmp_path / "leaky", world="leaky")
    for name in ("persons", "residence", "migrations"):
        assert _truth(leaky, name).equals(_truth(ordinary, name))
    assert (~_truth(leaky, "crossings")["is_recorded"]).sum() > (
        ~_truth(ordinary, "crossings")["is_recorded"]
    ).sum()


def _directions_repeated(place: Path) -> float:
    rows = _of_persons(place, "crossings").sort("true_person_id", "crossing_date")
    return float(
        (
            rows["direction"] == rows.select(pl.col("direction").shift(1).over("true_person_id")).to_series()
        ).mean()
        or 0
    )


@pytest.mark.parametrize(
    ("changes", "measure", "expected"),
    [
        ({"border": {"duplicate_share": 0.2}}, lambda p: _what(p, "duplicate"), (0.14, 0.19)),
        ({"border": {"wrong_direction_share": 0.3}}, _directions_repeated, (0.3, 0.7)),
        (
            {"countries": {"QMF": {"share": 0.9}}},
            lambda p: _share(p, "persons", "citizenship", "QMF"),
            (0.42, 0.52),
        ),
        (
            {"registration": {"departure_noted_share": 1.0, "renewed_share": 1.0}},
            lambda p: _events(p, "снят по сроку") - _events(p, "прибытие"),
            (-1.0, -0.1),
        ),
        ({"population_register": {"deregisters_share": 0.0}}, lambda place: _left(place) * 1.0, (0.0, 0.0)),
        (
            {"permits": {"cancelled_share": 0.5}},
            lambda p: 1 - _empty(p, "permits", "cancelled_on"),
            (0.35, 0.55),
        ),
    ],
    ids=["duplicates", "wrong direction", "country", "departures", "deregistration", "cancelled"],
)
def test_a_rate_moves_what_it_says(
    changes: dict[str, Any], measure: Any, expected: tuple[float, float], tmp_path: Path
) -> None:
    """The rate that is changed is found in the files; so nothing in the file of rates is mere decoration."""
    place, _ = _make(tmp_path / "x", people=1500, **changes)
    assert expected[0] <= measure(place) <= expected[1]


def _what(place: Path, what: str) -> float:
    return float((_of_persons(place, "crossings")["what"] == what).mean() or 0)


def _share(place: Path, table: str, column: str, value: str) -> float:
    return float((_truth(place, table)[column] == value).mean() or 0)


def _events(place: Path, event: str) -> float:
    return float((_delivered(place, "registrations")["Событие"] == event).mean() or 0)


def _left(place: Path) -> float:
    rows = _delivered(place, "population_register").filter(pl.col("died_on").is_null())
    return float(rows["resident_to"].is_not_null().sum())


def _empty(place: Path, table: str, column: str) -> float:
    return float(_delivered(place, table)[column].is_null().mean() or 0)


def test_coupons_follow_the_breaks_in_method(tmp_path: Path) -> None:
    """Before the break no coupon for a short registration, after it coupons whatever the term."""
    breaks = [
        {"from": "1900-01-01", "shortest_term_days": 270, "note": ""},
        {"from": "2022-01-01", "shortest_term_days": 0, "note": ""},
    ]
    place, _ = _make(tmp_path / "x", people=1500, registration={"breaks": breaks})
    coupons = _delivered(place, "registrations").filter(
        (pl.col("Событие") == "прибытие") & (pl.col("Вид регистрации") == "по месту пребывания")
    )
    day, until = (pl.col(name).str.to_date("%d.%m.%Y") for name in ("Дата события", "Срок регистрации"))
    told = coupons.select(day=day, term=(until - day).dt.total_days() + 1)
    before, after = (
        told.filter(pl.col("day") < date(2022, 1, 1)),
        told.filter(pl.col("day") >= date(2022, 1, 1)),
    )
    assert before["term"].min() >= 270
    assert after["term"].min() < 270


def test_batches_do_not_change_what_numbers_mean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made in several batches, persons, documents and records stay apart from each other."""
    monkeypatch.setattr("guzar.collect.sources.made_up_country.country.PEOPLE_AT_ONCE", 400)
    place, made = _make(tmp_path / "x", people=1000)
    assert _truth(place, "persons")["true_person_id"].to_list() == list(range(1000))
    scans = _of_persons(place, "crossings")
    assert (
        scans.group_by("document_number").agg(pl.col("true_person_id").n_unique())["true_person_id"].max()
        == 1
    )
    assert scans.height == made.records["crossings"]


# Names ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_names_enough(language: str) -> None:
    """Few names would make every linkage look harder than it is: 300 surnames and 150 given names per sex at least."""
    stock = name_stock(language)
    assert len(stock.surnames) >= 300
    assert min(len(names) for names in stock.given) >= 150
    for name in (*stock.surnames, *stock.given[0], *stock.given[1]):
        assert not any("a" <= letter <= "z" for letter in name.lower()), name


def test_alphabets_follow_their_rules() -> None:
    """One name in several systems, as the public rules give it."""
    assert write_latin("Хусейнов", "russian", 0) == "Khuseinov"
    assert write_latin("Хусейнов", "russian", 1) == "Khuseynov"
    assert write_latin("Юсупов", "russian", 0) == "Iusupov"
    assert write_latin("Ҳусанов", "uzbek", 0) == "Husanov"
    assert write_latin("Ўктамов", "uzbek", 0) == "O'ktamov"
    assert write_latin("Ҳоҷиев", "tajik", 0) == "Hojiev"
    assert write_latin("Ҳоҷиев", "tajik", 2) == "Khodzhiev"
    assert write_latin("Овезов", "turkmen", 0) == "Owezow"
    assert write_russian("Ҳоҷиев", "tajik", 0) == "Ходжиев"
    assert write_russian("Қасымов", "kazakh", 0) == "Касымов"


def test_refusals() -> None:
    """An unknown world, an unknown rate, a period without days."""
    with pytest.raises(SettingsInvalid, match="No world is called nowhere"):
        read_rates("nowhere")
    with pytest.raises(SettingsInvalid, match=r"border\.dupicate_share"):
        change_rates(read_rates(), {"border": {"dupicate_share": 0.1}})
    with pytest.raises(SettingsInvalid, match="nothing to simulate"):
        make_country(10, LAST, FIRST, 1, read_rates(), Path("never-made"))
    assert names_of_worlds() == ["ordinary", "faithful", "leaky"]
