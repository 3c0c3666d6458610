"""From the sealed names of a workspace to crossings of persons: `guzar link --workspace`, the purge, residence, a count."""

import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from tests.process.people_in_two_alphabets import make_people

from guzar.cli import main
from guzar.errors import GuzarError, SettingsInvalid, TableInvalid
from guzar.journey import describe_persons_of, link_identities_of, write_person_crossings
from guzar.journey.linking_workspace import permits_of_persons
from guzar.journey.pseudonymising import find_leaks
from guzar.process.link_quality import quality_of_links
from guzar.process.true_persons import find_true_persons
from guzar.store.keyring import new_keyring, open_keyring
from guzar.store.linking_zone import read_identities

TODAY = date.today().isoformat()
UNTIL = (date.today() + timedelta(days=365)).isoformat()
RECEIPT = (
    f'holder = "Made-up office"\nlegal_basis = "Law 1"\npurpose = "statistics"\nretention_until = {UNTIL}\n'
)
PERSONS = 900


@pytest.fixture(scope="module")
def people() -> pl.DataFrame:
    """One entry and one exit for each record of made-up people, five hundred days apart."""
    named = make_people(PERSONS, seed=23).with_row_index("row")
    entered = pl.datetime(2019, 1, 10) + pl.duration(days=pl.col("row") % 500)
    both = pl.concat(
        [
            named.with_columns(
                record_id="e" + pl.col("record_id"), crossing_date=entered, direction=pl.lit("entry")
            ),
            named.with_columns(
                record_id="x" + pl.col("record_id"),
                crossing_date=entered + pl.duration(days=500),
                direction=pl.lit("exit"),
            ),
        ]
    )
    return both.drop("row").with_columns(port=pl.lit("P1"), mode=pl.lit("road"))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, people: pl.DataFrame) -> Path:
    """A delivery of crossings and of a register, split at the door: folder `w`, key file `k`."""
    place = tmp_path_factory.mktemp("zone")
    (place / "sent").mkdir()
    (place / "sent" / "receipt.toml").write_text(RECEIPT, encoding="utf-8")
    people.drop("person_id", "script").write_csv(place / "sent" / "crossings.csv")
    register = people.filter(pl.col("direction") == "entry").unique(
        "person_id", keep="first", maintain_order=True
    )
    register = register.drop("script", "person_id", "crossing_date", "direction", "port", "mode").head(40)
    register = register.with_columns(
        resident_from=pl.lit("2018-01-01"), personal_number=pl.format("{}", pl.int_range(10**9, 10**9 + 40))
    )
    register.with_columns(record_id="n" + pl.col("record_id")).write_csv(place / "sent" / "register.csv")
    new_keyring(place / "k", made_on=TODAY)
    assert _run("pseudonymise", place / "sent", "--keys", place / "k", "--out", place / "w", "--quiet") == 0
    return place


@pytest.fixture(scope="module")
def clusters(place: Path) -> pl.DataFrame:
    return link_identities_of(place / "w", place / "k", on=TODAY).clusters


def _run(*words: object) -> int:
    with pytest.raises(SystemExit) as stopped:
        main([str(word) for word in words])
    return int(stopped.value.code or 0)


def test_persons_of_the_zone_are_the_true_ones(
    place: Path, clusters: pl.DataFrame, people: pl.DataFrame
) -> None:
    """Records have other numbers behind the door; what identifies them says whose they are."""
    identities = read_identities(place / "w", open_keyring(place / "k"), on=TODAY)
    whose = people.select("record_id", true_person_id="person_id")
    truth = find_true_persons(identities, people, whose)
    judged = clusters.join(truth.select("record_id"), on="record_id", how="semi")
    overall = quality_of_links(judged, truth).row(0, named=True)
    assert clusters.height == people.height + 40
    assert overall["true_pairs"] > 3000
    assert overall["precision"] >= 0.995
    assert overall["recall"] >= 0.97


def test_crossings_of_persons_go_on_to_residence_and_a_count(place: Path, tmp_path: Path) -> None:
    """As a user types it: link, purge, residence, count. Nothing that names a person stays outside the zone."""
    made = {
        name: place / f"{name}.parquet" for name in ("clusters", "crossings", "persons", "residence", "flows")
    }
    words = ["--clusters", made["clusters"], "--crossings", made["crossings"], "--persons", made["persons"]]
    shutil.copytree(place / "w", place / "purged")  # the zone of the other tests keeps its names
    source = ["--workspace", place / "purged", "--keys", place / "k"]
    assert _run("link", *source, *words, "--observed-from", "2019-01-01", "--quiet") == 0
    days = ["--observed-from", "2019-01-01", "--observed-to", "2023-12-31"]
    assert _run("residence", made["crossings"], *days, "--out", made["residence"], "--quiet") == 0
    counted = ["--measure", "flow", "--by", "sex,citizenship", "--persons", made["persons"]]
    count = ["count", made["residence"], *counted, "--out", made["flows"], "--quiet"]
    assert _run(*count) == 4
    assert not made["flows"].exists()
    assert _run("keys", "purge-links", "--workspace", place / "purged", "--quiet") == 0
    assert _run(*count) == 0
    assert pl.read_parquet(made["flows"])["migrations"].sum() > PERSONS / 2
    crossings = pl.read_parquet(made["crossings"])
    assert crossings.columns[0] == "person_id"
    assert not {"record_id", "person_token"} & set(crossings.columns)
    assert crossings.rows() == crossings.sort("person_id", "crossing_date", maintain_order=True).rows()
    residents = crossings.filter("resident_at_start_given")["person_id"].n_unique()
    assert 38 <= residents <= 42
    folder = tmp_path / "run"
    folder.mkdir()
    for path in made.values():
        pl.read_parquet(path).write_csv(folder / f"{path.stem}.csv")
    assert _leaks(place / "sent", folder) == []


def _leaks(delivery: Path, run: Path) -> list[object]:
    found = find_leaks(delivery, run)
    return list(getattr(found, "leaks", found))


def test_of_differing_records_the_commonest_value_describes_a_person(
    place: Path, clusters: pl.DataFrame
) -> None:
    persons = describe_persons_of(place / "w", clusters)
    files = sorted((place / "w" / "records").glob("*/*.parquet"))
    records = pl.concat([pl.read_parquet(file, columns=["record_id", "birth_year"]) for file in files])
    assert persons.height == clusters["person_id"].n_unique()
    told = records.join(clusters, on="record_id").group_by("person_id").agg(pl.col("birth_year").mode())
    both = persons.join(told, on="person_id", suffix="_told")
    assert both.select(pl.col("birth_year").is_in(pl.col("birth_year_told")).all()).item()


def test_permits_stand_under_the_numbers_of_persons(
    place: Path, clusters: pl.DataFrame, tmp_path: Path
) -> None:
    """What a rule of stay asks for and nothing else; a permit of nobody is refused."""
    shutil.copytree(place / "w", tmp_path / "w")
    (tmp_path / "w" / "records" / "permits").mkdir()
    held = (
        clusters.head(3)
        .select("record_id")
        .with_columns(
            person_token=pl.lit("secret"),
            permit_type=pl.lit("patent"),
            valid_from=date(2020, 1, 1),
            valid_to=None,
        )
    )
    file = tmp_path / "w" / "records" / "permits" / "1.parquet"
    held.with_columns(cancelled_on=None).write_parquet(file)
    permits = permits_of_persons(tmp_path / "w", clusters)
    assert permits.columns == ["person_id", "permit_type", "valid_from", "valid_to", "cancelled_on"]
    assert permits["person_id"].to_list() == clusters.head(3)["person_id"].sort().to_list()
    with pytest.raises(TableInvalid, match="1 records belong to no linked person"):
        permits_of_persons(tmp_path / "w", clusters.tail(-1))


def test_a_linkage_of_other_records_is_refused(place: Path, clusters: pl.DataFrame, tmp_path: Path) -> None:
    """One crossing came in after the linkage: nothing is written without it."""
    crossing = pl.read_parquet(place / "w" / "records" / "crossings" / "*.parquet")["record_id"][0]
    stale = clusters.filter(pl.col("record_id") != crossing)
    with pytest.raises(TableInvalid, match="1 records belong to no linked person"):
        write_person_crossings(place / "w", stale, tmp_path / "c.csv")
    with pytest.raises(TableInvalid, match="1 records belong to no linked person"):
        describe_persons_of(place / "w", stale)
    assert list(tmp_path.iterdir()) == []


def test_the_zone_opens_with_its_own_key_only_and_not_after_its_date(place: Path, tmp_path: Path) -> None:
    new_keyring(tmp_path / "other", made_on=TODAY)
    with pytest.raises(SettingsInvalid, match="has no key"):
        link_identities_of(place / "w", tmp_path / "other", on=TODAY)
    late = (date.today() + timedelta(days=400)).isoformat()
    with pytest.raises(GuzarError, match="beyond their retention date"):
        link_identities_of(place / "w", place / "k", on=late)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--out", "o.csv"], "not clear what is to be linked"),
        (["w/records/x.csv", "--workspace", "w", "--out", "o.csv"], "not clear what is to be linked"),
        (["--workspace", "w", "--out", "o.csv"], "linking zone is sealed"),
        (["--workspace", "sent", "--keys", "k", "--out", "o.csv"], "neither a workspace"),
        (["x.csv", "--crossings", "c.csv"], "belong to a workspace"),
        (["--workspace", "w", "--keys", "k"], "Nothing is to be written"),
        (["--workspace", "w", "--keys", "k", "--crossings", "-"], "written to stdout"),
        (["--workspace", "w", "--keys", "k", "--crossings", "c.csv", "--observed-from", "x"], "not a date"),
        (
            ["--workspace", "w", "--keys", "k", "--out", "o.csv", "--observed-from", "2019-01-01"],
            "belongs to",
        ),
    ],
)
def test_what_does_not_fit_together_is_refused(
    place: Path,
    words: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(place)
    assert _run("link", *words) == 2
    assert said in capsys.readouterr().err


def test_the_summary_tells_numbers_and_files_only(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--workspace", place / "w", "--keys", place / "k", "--persons", place / "p.csv", "--json"]
    assert _run("link", *words) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["persons"] == pl.read_csv(place / "p.csv").height
    assert told["persons_described"].endswith("p.csv")
