"""A second delivery after the purge: persons keep their numbers, `guzar link --workspace … --earlier`."""

import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from tests.process.people_in_two_alphabets import make_people

from guzar.cli import main
from guzar.errors import SettingsInvalid, TableInvalid
from guzar.journey import (
    EarlierLinkage,
    add_person_crossings,
    carry_on,
    read_earlier_linkage,
    written_together,
)
from guzar.journey.earlier_clusters import HIGHEST
from guzar.store import read_about

UNTIL = (date.today() + timedelta(days=365)).isoformat()
RECEIPT = (
    f'holder = "Made-up office"\nlegal_basis = "Law 1"\npurpose = "statistics"\nretention_until = {UNTIL}\n'
)
PERSONS = 500
RENAMED = 3  # women who come back under another surname and with a new passport


def _run(*words: object) -> int:
    with pytest.raises(SystemExit) as stopped:
        main([str(word) for word in words])
    return int(stopped.value.code or 0)


def _rename(people: pl.DataFrame) -> pl.DataFrame:
    """The first few women of one record, as they are when they leave."""
    women = people.filter((pl.col("sex") == "F") & (pl.len().over("person_id") == 1)).head(RENAMED)
    is_renamed = pl.col("person_id").is_in(women["person_id"].implode())
    another = pl.format("Z{}", pl.int_range(7_000_000, 7_000_000 + pl.len()))
    return people.with_columns(
        surname=pl.when(is_renamed).then(pl.lit("Новофамильная")).otherwise("surname"),
        document_number=pl.when(is_renamed).then(another).otherwise("document_number"),
        is_renamed=is_renamed,
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Entries are taken in, linked and purged; then exits, linked with the earlier clusters, and purged."""
    place = tmp_path_factory.mktemp("months")
    (place / "receipt.toml").write_text(RECEIPT, encoding="utf-8")
    people = make_people(PERSONS, seed=29).with_row_index("row")
    entered = pl.datetime(2019, 1, 10) + pl.duration(days=pl.col("row") % 200)
    entries = people.with_columns(
        record_id="e" + pl.col("record_id"),
        crossing_date=entered,
        direction=pl.lit("entry"),
        port=pl.lit("P1"),
    )
    exits = _rename(people).with_columns(
        record_id="x" + pl.col("record_id"),
        crossing_date=entered + pl.duration(days=500),
        direction=pl.lit("exit"),
        port=pl.format("Q{}", "row"),
    )
    exits.select("port", "person_id", "is_renamed").write_parquet(place / "truth.parquet")
    assert _run("keys", "new", place / "k", "--quiet") == 0
    for name, table in (("entries", entries), ("exits", exits)):
        table.select(
            *(c for c in people.columns if c not in ("row", "person_id", "script")),
            *("crossing_date", "direction", "port"),
            mode=pl.lit("road"),
        ).write_csv(place / f"{name}.csv")
        words = [
            "--receipt",
            place / "receipt.toml",
            "--keys",
            place / "k",
            "--workspace",
            place / "w",
            "--quiet",
        ]
        assert _run("collect", "borders", place / f"{name}.csv", *words) == 0
        made = ["--clusters", place / f"{name}.parquet", "--crossings", place / f"{name}-crossings.parquet"]
        made += ["--persons", place / f"{name}-persons.parquet"]
        if name == "exits":
            made += ["--earlier", place / "entries.parquet", "--changes", place / "changes.csv"]
        assert _run("link", "--workspace", place / "w", "--keys", place / "k", *made, "--quiet") == 0
        assert _run("keys", "purge-links", "--workspace", place / "w", "--quiet") == 0
    return place


def _numbers(place: Path) -> pl.DataFrame:
    """Of every exit: its true person, its number, and the numbers under which that person entered."""
    crossings = pl.read_parquet(place / "exits-crossings.parquet")
    truth = pl.read_parquet(place / "truth.parquet").rename({"person_id": "true"})
    exits = crossings.filter(pl.col("direction") == "exit").join(truth, on="port")
    return exits.select("true", "is_renamed", "person_id")


def test_persons_keep_their_numbers_after_the_purge(place: Path) -> None:
    """Every earlier record has the number that it had, but those whose change is told."""
    before, after = (pl.read_parquet(place / f"{name}.parquet") for name in ("entries", "exits"))
    assert after.height == 2 * before.height
    both = before.join(after, on="record_id", suffix="_now")
    numbers = ["person_id_earlier", "person_id", "records"]
    changes = pl.read_csv(place / "changes.csv", schema_overrides=dict.fromkeys(numbers, pl.Int64))
    assert changes.columns == numbers
    assert both.height == before.height
    assert (both["person_id"] != both["person_id_now"]).sum() == changes["records"].sum()
    assert changes["records"].sum() < 0.01 * both.height
    again = after.join(before, on="record_id", how="anti")["person_id"].is_in(before["person_id"].implode())
    assert again.mean() > 0.95  # type: ignore[operator]


def test_crossings_and_persons_of_all_deliveries_are_written(place: Path) -> None:
    """Without the earlier names: entry and exit of a person stand under one number."""
    crossings = pl.read_parquet(place / "exits-crossings.parquet")
    whose = pl.read_parquet(place / "exits.parquet")
    persons = pl.read_parquet(place / "exits-persons.parquet")
    assert crossings.height == whose.height
    assert persons["person_id"].to_list() == sorted(whose["person_id"].unique())
    sides = crossings.group_by("person_id").agg(pl.col("direction").n_unique())
    assert (sides["direction"] == 2).mean() > 0.95  # type: ignore[operator]


def test_a_new_surname_with_a_new_passport_is_a_new_person(place: Path) -> None:
    """Nothing that is left says who it was: the limit that the documentation tells."""
    earlier = pl.read_parquet(place / "entries.parquet")["person_id"]
    renamed = _numbers(place).filter("is_renamed")
    assert renamed.height == RENAMED
    assert renamed["person_id"].min() > earlier.max()  # type: ignore[operator]


def test_the_highest_number_stands_beside_the_clusters(place: Path) -> None:
    """Also where the person with that number is gone."""
    highest = pl.read_parquet(place / "exits.parquet")["person_id"].max()
    assert read_about(place / "exits.parquet")[HIGHEST] == highest
    linked = pl.DataFrame({"record_id": ["n"], "person_id": [0]})
    (place / "gone.csv").write_text("record_id,person_id\na,4\n", encoding="utf-8")
    (place / "gone.csv.about.json").write_text(json.dumps({HIGHEST: 11}), encoding="utf-8")
    carried, _ = carry_on(linked, read_earlier_linkage(place / "gone.csv"))
    assert dict(carried.clusters.iter_rows()) == {"a": 4, "n": 12}


def test_clusters_of_another_workspace_are_refused(place: Path) -> None:
    """Not one record of them is held here, or too few: their numbers would be given to strangers."""
    linked = pl.read_parquet(place / "exits.parquet")
    strange = pl.DataFrame({"record_id": ["a"], "person_id": [0]})
    half = linked.with_columns(record_id=pl.format("{}{}", "record_id", pl.int_range(pl.len()) % 2))
    for clusters, told in ((strange, "0 of 1"), (pl.concat([linked, half]), f"of {2 * linked.height}")):
        with pytest.raises(
            TableInvalid, match=f"(?s)not of w.*{told} earlier records stand there"
        ) as refused:
            carry_on(linked, EarlierLinkage(clusters, 10**6), place / "w")
        assert str(place) not in str(refused.value)


def test_numbers_of_other_people_s_records_are_refused(place: Path) -> None:
    """All records of the clusters are held, but whose they are is not what they say: sex and year of birth speak."""
    linked = pl.read_parquet(place / "exits.parquet")
    mixed = linked.with_columns(pl.col("person_id").shuffle(seed=1))
    with pytest.raises(TableInvalid, match=r"(?s)stand other records.*of another sex"):
        carry_on(linked, EarlierLinkage(mixed, 10**6), place / "w")
    _, found = carry_on(linked, EarlierLinkage(linked, 10**6), place / "w")
    facts = found.as_facts()
    assert facts["earlier_records_found"] == linked.height
    assert facts["records_compared_by_sex"] > PERSONS
    assert facts["of_other_sex"] < 0.02 * facts["records_compared_by_sex"]
    assert facts["of_other_birth_year"] < 0.04 * facts["records_compared_by_birth_year"]


def test_clusters_of_a_workspace_are_not_those_of_a_table(place: Path) -> None:
    earlier = read_earlier_linkage(place / "entries.parquet")
    with pytest.raises(SettingsInvalid, match="of a workspace, not of a table"):
        carry_on(pl.read_parquet(place / "exits.parquet"), earlier)


def test_new_crossings_alone_are_those_that_a_register_lacks(place: Path) -> None:
    """What the earlier clusters held stands in the earlier file; the two are together what a whole file holds."""
    before, whole = (pl.read_parquet(place / f"{name}-crossings.parquet") for name in ("entries", "exits"))
    whose, earlier = (pl.read_parquet(place / f"{name}.parquet") for name in ("exits", "entries"))
    with written_together() as outputs:
        rows = add_person_crossings(outputs, place / "w", whose, place / "new.parquet", earlier=earlier)
    new = pl.read_parquet(place / "new.parquet")
    assert rows == new.height == whole.height - before.height > PERSONS
    assert new.equals(whole.filter(pl.col("direction") == "exit"))
    assert read_about(place / "new.parquet")["only_new"] is True
    with written_together() as outputs:
        assert add_person_crossings(outputs, place / "w", whose, place / "none.parquet", earlier=whose) == 0
    assert pl.read_parquet(place / "none.parquet").columns == new.columns


def test_without_a_linkage_of_all_records_no_file_is_written(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The names of entries are purged: clusters of the exits alone would mix persons as --earlier."""
    shutil.copytree(place / "w", tmp_path / "w")
    words = ["--receipt", place / "receipt.toml", "--keys", place / "k", "--workspace", tmp_path / "w"]
    assert _run("collect", "borders", place / "exits.csv", *words, "--quiet") == 0
    outside = tmp_path / "outside"
    outside.mkdir()
    link = ["link", "--workspace", tmp_path / "w", "--keys", place / "k", "--clusters", outside / "c.parquet"]
    pairs = ["--out", outside / "p.csv", "--review", outside / "r.csv", "--quiet"]
    for more in (["--crossings", outside / "x.parquet"], []):
        assert _run(*link, *pairs, *more) == 3
        assert "belong to no linked person" in capsys.readouterr().err
        assert list(outside.iterdir()) == []


def test_new_persons_may_be_earlier_ones_and_the_command_says_so(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exits are linked by names again, entries are not; then both are, and nothing is to be said."""
    shutil.copytree(place / "w", tmp_path / "w")
    words = ["--receipt", place / "receipt.toml", "--keys", place / "k", "--workspace", tmp_path / "w"]
    link = [
        "link",
        "--workspace",
        tmp_path / "w",
        "--keys",
        place / "k",
        "--earlier",
        place / "entries.parquet",
    ]
    made = ["--clusters", tmp_path / "c.parquet", "--crossings", tmp_path / "x.parquet", "--new-only"]
    said = []
    for name in ("exits", "entries"):
        assert _run("collect", "borders", place / f"{name}.csv", *words, "--quiet") == 0
        capsys.readouterr()
        assert _run(*link, *made, "--lang", "en") == 0
        said.append(capsys.readouterr().err)
        assert pl.read_parquet(tmp_path / "x.parquet")["direction"].unique().to_list() == ["exit"]
    assert "new persons may be earlier ones with another document" in said[0]
    assert "take in the period before once more" in said[0]
    assert "another document" not in said[1]


@pytest.mark.parametrize(
    ("content", "error", "said"),
    [
        (None, SettingsInvalid, "no file of clusters"),
        ("record_id,person\na,0\n", TableInvalid, "no column person_id"),
        ("a;b\n", TableInvalid, "no column record_id, person_id"),
        ("record_id,person_id\na,0\na,1\n", TableInvalid, "belong to several persons"),
        ("record_id,person_id\na,0\nb,x\n", TableInvalid, "do not say whose record"),
        ("record_id,person_id\na,-1\n", TableInvalid, "do not say whose record"),
        ("record_id,person_id\na,9223372036854775807\n", TableInvalid, "no whole number from 0 to 9999"),
        ("record_id,person_id\na,1000000000000000\n", TableInvalid, "no whole number from 0 to 9999"),
        (f"record_id,person_id\na,{10**30}\n", TableInvalid, "no whole number from 0 to 9999"),
        ("record_id,person_id\na,3.0\n", TableInvalid, "do not say whose record"),
        ("record_id,person_id\n,1\n", TableInvalid, "do not say whose record"),
        ("record_id,person_id\n", TableInvalid, "do not say whose record"),
        ("", TableInvalid, "cannot be read"),
    ],
)
def test_what_is_no_earlier_linkage_is_refused(
    tmp_path: Path, content: str | None, error: type[Exception], said: str
) -> None:
    file = tmp_path / "earlier.csv"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(error, match=said):
        read_earlier_linkage(file)


@pytest.mark.parametrize("told", [2**63 - 1, 10**15, 10**30, True, -5, "7", 3.0, [9]])
def test_a_highest_number_that_is_none_is_refused(tmp_path: Path, told: object) -> None:
    """Neither wrapped round, nor taken as something else, nor passed over: the next new person hangs on it."""
    (tmp_path / "c.csv").write_text("record_id,person_id\na,4\n", encoding="utf-8")
    (tmp_path / "c.csv.about.json").write_text(json.dumps({HIGHEST: told}), encoding="utf-8")
    with pytest.raises(SettingsInvalid, match="highest number of a person cannot be read"):
        read_earlier_linkage(tmp_path / "c.csv")
    (tmp_path / "c.csv.about.json").unlink()
    if isinstance(told, int):
        with pytest.raises(SettingsInvalid, match="highest number of a person cannot be read"):
            read_earlier_linkage(tmp_path / "c.csv", told)


def test_numbers_that_are_gone_are_not_forgotten_with_the_file_that_tells_them(tmp_path: Path) -> None:
    """Without it nothing is numbered, unless somebody says from where on."""
    (tmp_path / "c.csv").write_text("record_id,person_id\na,0\n", encoding="utf-8")
    with pytest.raises(SettingsInvalid, match=r"(?s)not known which numbers.*c\.csv\.about\.json"):
        read_earlier_linkage(tmp_path / "c.csv")
    (tmp_path / "c.csv.about.json").write_text("{}", encoding="utf-8")
    with pytest.raises(SettingsInvalid, match="not known which numbers"):
        read_earlier_linkage(tmp_path / "c.csv")
    linked = pl.DataFrame({"record_id": ["n"], "person_id": [0]})
    carried, _ = carry_on(linked, read_earlier_linkage(tmp_path / "c.csv", 9))
    assert dict(carried.clusters.iter_rows()) == {"a": 0, "n": 10}


def test_what_is_told_of_other_clusters_is_refused(place: Path, tmp_path: Path) -> None:
    """Persons may be corrected by hand; records may not be others."""
    told = (place / "exits.parquet.about.json").read_bytes()
    (tmp_path / "c.parquet.about.json").write_bytes(told)
    clusters = pl.read_parquet(place / "exits.parquet")
    clusters.reverse().with_columns(pl.lit(7).alias("person_id")).write_parquet(tmp_path / "c.parquet")
    assert read_earlier_linkage(tmp_path / "c.parquet").highest == json.loads(told)[HIGHEST]
    clusters.head(-1).write_parquet(tmp_path / "c.parquet")
    with pytest.raises(TableInvalid, match="of other clusters"):
        read_earlier_linkage(tmp_path / "c.parquet")


def test_the_same_row_twice_is_one_record(tmp_path: Path) -> None:
    (tmp_path / "earlier.csv").write_text("record_id,person_id\na,2\na,2\n", encoding="utf-8")
    assert read_earlier_linkage(tmp_path / "earlier.csv", 2).clusters.rows() == [("a", 2)]
