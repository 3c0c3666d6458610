"""`guzar protect` and `guzar attack` as somebody types them: files, exit codes, one message."""

import json
from pathlib import Path

import polars as pl
import pytest
from tests.protect.persons import count_persons, make_persons

from guzar.cli import main

PERSONS = make_persons(6, 400, region=5, status=4, sex=3)
BY = "region,status"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    count_persons(PERSONS, ["region", "status"]).write_csv("counts.csv")
    count_persons(PERSONS, ["region", "sex"]).write_parquet("by_sex.parquet")
    return tmp_path


def run(line: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(line.split())
    return int(stopped.value.code or 0)


def protect(out: str = "release.csv", more: str = "") -> int:
    return run(f"protect counts.csv --dimensions {BY} --count persons --out {out} {more}")


@pytest.mark.parametrize("name", ["release.csv", "release.csv.gz", "release.parquet"])
def test_what_is_protected_withstands_the_attack(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert protect(name) == 0
    said = capsys.readouterr().out
    assert "cells hidden" in said
    assert "no hidden cell is closer than its protection" in said
    assert run(f"attack {name} --dimensions {BY} --count persons --out intervals.csv") == 0
    intervals = pl.read_csv("intervals.csv")
    assert intervals.height > 0
    assert (intervals["upper"] - intervals["lower"] >= 5).all()


def test_more_protection_than_was_asked_for_is_exit_4(capsys: pytest.CaptureFixture[str]) -> None:
    protect()
    assert run(f"attack release.csv --dimensions {BY} --protection 40 --out intervals.csv") == 4
    assert "gives hidden cells away" in capsys.readouterr().err
    assert pl.read_csv("intervals.csv").height > 0, "what was found is written all the same"


def test_two_files_are_linked_tables_in_one_file() -> None:
    assert run("protect counts.csv by_sex.parquet --dimensions region,status,sex --out both.csv --quiet") == 0
    both = pl.read_csv("both.csv")
    assert both.columns == ["table", "region", "status", "sex", "persons", "confidentiality_status"]
    assert sorted(both["table"].unique()) == ["by_sex", "counts"]
    assert run("attack both.csv --dimensions region,status,sex --quiet --out intervals.csv") == 0


def test_a_hierarchy_brings_its_own_totals() -> None:
    pl.DataFrame({"code": list("01234"), "parent": ["north", "north", "south", "south", "south"]}).write_csv(
        "tree.csv"
    )
    assert protect(more="--hierarchy region=tree.csv --quiet") == 0
    release = pl.read_csv("release.csv")
    assert {"north", "south", "_T"} <= set(release["region"])
    assert release.height == (5 + 2 + 1) * (release["status"].n_unique())
    attack = f"attack release.csv --dimensions {BY} --out intervals.csv --quiet"
    assert run(f"{attack} --hierarchy region=tree.csv") == 0


def test_a_release_beside_another_threshold() -> None:
    protect("first.csv", "--quiet")
    protect("careless.csv", "--minimum 2 --quiet")
    protect("heeded.csv", "--minimum 2 --earlier first.csv --quiet")
    attack = f"--dimensions {BY} --quiet --out intervals.csv --earlier first.csv"
    assert run(f"attack careless.csv {attack}") == 4
    assert run(f"attack heeded.csv {attack}") == 0


def test_reports_in_both_forms_and_languages(capsys: pytest.CaptureFixture[str]) -> None:
    assert protect(more="--report report.json --quiet") == 0
    report = json.loads(Path("report.json").read_text())
    assert report["attack"]["tighter_than_protection"] == 0
    assert len(report["hidden_cells"]) == report["cost"]["cells_hidden"] > 0
    assert report["who"]
    assert report["naive"]["tighter_than_protection"] > 0
    assert protect(more="--report report.html --quiet --lang ru") == 0
    page = Path("report.html").read_text(encoding="utf-8")
    assert '<html lang="ru"' in page
    assert "Скрыто" in page
    assert protect(more="--report report.pdf") == 2


def test_a_summary_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert protect(more="--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["report"]["method"] == "suppress"
    assert told["rows"] == pl.read_csv("release.csv").height


@pytest.mark.parametrize("method", ["perturb --seed 1", "round"])
def test_other_methods_show_every_cell(method: str) -> None:
    assert protect(more=f"--method {method} --quiet") == 0
    assert pl.read_csv("release.csv")["persons"].null_count() == 0


def test_noise_without_keys_is_said_to_hold_for_one_run_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert protect(more="--method perturb") == 0
    assert "of this run only" in capsys.readouterr().err
    Path("noise.key").write_bytes(bytes(range(32)))
    protect("one.csv", "--method perturb --key-file noise.key")
    protect("two.csv", "--method perturb --key-file noise.key")
    assert Path("one.csv").read_bytes() == Path("two.csv").read_bytes()
    assert "of this run only" not in capsys.readouterr().err


def test_amounts(capsys: pytest.CaptureFixture[str]) -> None:
    pl.DataFrame(
        {
            "corridor": ["A"] * 3 + ["B"] * 3 + ["C"] * 3,
            "firm": list("xyzxyzuvw"),
            "usd": [95, 3, 2, 30, 40, 30, 20, 25, 30],
        }
    ).write_csv("sent.csv")
    given = "protect sent.csv --dimensions corridor --count usd --contributor firm --out out.csv --quiet"
    assert run(f"{given} --rule dominance:1,80") == 0
    shown = dict(pl.read_csv("out.csv").select("corridor", "usd").iter_rows())
    assert shown["A"] is None
    assert list(shown.values()).count(None) == 2


def test_a_rule_for_amounts_without_a_contributor_is_said_plainly(capsys: pytest.CaptureFixture[str]) -> None:
    pl.DataFrame({"corridor": ["A", "A"], "firm": ["x", "y"], "usd": [95, 3]}).write_csv("sent.csv")
    assert run("protect sent.csv --dimensions corridor --count usd --rule dominance:1,80 --out out.csv") == 2
    assert "for amounts, and need --contributor: dominance." in capsys.readouterr().err
    assert not Path("out.csv").exists()


def test_an_attack_on_amounts_says_that_its_protection_is_no_per_cent(
    capsys: pytest.CaptureFixture[str],
) -> None:
    protect()
    capsys.readouterr()
    assert run(f"attack release.csv --dimensions {BY} --protection 400 --quiet --out intervals.csv") == 4
    assert "For amounts protect takes --protection in per cent" in capsys.readouterr().err


BAD = {
    "negative counts": ("region,status,persons\nA,x,-1\n", "", 3),
    "a fraction of a person": ("region,status,persons\nA,x,1.5\n", "", 3),
    "text for a count": ("region,status,persons\nA,x,many\n", "", 3),
    "a cell twice": ("region,status,persons\nA,x,1\nA,x,2\n", "", 3),
    "margins that do not add up": ("region,status,persons\nA,x,7\nB,x,9\n_T,x,17\n", "", 3),
    "a missing code": ("region,status,persons\n,x,7\n", "", 3),
    "no rows": ("region,status,persons\n", "", 3),
    "a missing dimension": ("region,persons\nA,7\n", "", 3),
    "an unknown rule": ("region,status,persons\nA,x,7\n", "--rule secrecy", 2),
    "a rule that cannot be read": ("region,status,persons\nA,x,7\n", "--rule dominance:0,75", 2),
    "an unknown method": ("region,status,persons\nA,x,7\n", "--method magic", 2),
    "a minimum below one": ("region,status,persons\nA,x,7\n", "--minimum 0", 2),
    "a hierarchy without a file": ("region,status,persons\nA,x,7\n", "--hierarchy region", 2),
    "a sensitive class by region": ("region,status,persons\nA,x,7\n", "--rule sensitive", 4),
    "a rule that noise does not look at": ("region,status,persons\nA,x,7\n", "--method perturb --minimum 3", 2),
    "half a person as base": ("region,status,persons\nA,x,7\n", "--method round --protection 2.5", 2),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_nonsense_is_one_message_and_no_file(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    content, more, code = BAD[name]
    Path("bad.csv").write_text(content)
    assert run(f"protect bad.csv --dimensions {BY} --out out.csv {more}") == code
    said = capsys.readouterr().err
    assert said.startswith("guzar: ")
    assert "Traceback" not in said
    assert "What to do:" in said
    assert not Path("out.csv").exists()


def test_codes_that_no_hierarchy_knows_are_refused() -> None:
    pl.DataFrame({"code": ["0", "1"], "parent": ["north", "north"]}).write_csv("tree.csv")
    assert protect(more="--hierarchy region=tree.csv") == 3


# --- from a workspace -----------------------------------------------------------------------------------------------

SETTINGS = """format = 1
[protect.counts]
population = "people"
dimensions = ["region", "status"]
[protect.by_sex]
population = "people"
dimensions = ["region", "sex"]
"""


@pytest.fixture
def work(folder: Path) -> Path:
    (folder / "work").mkdir()
    (folder / "work" / "guzar.toml").write_text(SETTINGS)
    return folder / "work"


def test_declared_tables_are_held_and_published_with_an_audit_log(work: Path) -> None:
    assert run("protect counts.csv by_sex.parquet --workspace work --edition 2026-01-01 --quiet") == 0
    assert run("publish --workspace work --out release --date 2026-02-01 --quiet") == 0
    published = pl.read_csv("release/protected/counts.csv")
    assert published["persons"].null_count() > 0
    record = json.loads(Path("release/release.json").read_text())
    assert set(record["protected"]) == {"counts", "by_sex"}
    [audit] = (work / "data" / "share" / "audits").iterdir()
    log = json.loads(audit.read_text())["tables"][1]
    assert log["who"]
    assert log["report"]["cost"]["cells_hidden"] > 0
    assert log["about"]["rules"]["minimum"] == 5
    assert log["about"]["edition"] == "2026-01-01"
    assert len(log["made_from"]) == 64
    everything = b"".join(path.read_bytes() for path in Path("release").rglob("*") if path.is_file())
    assert log["made_from"].encode() not in everything, (
        "a checksum of the counts lets somebody try out hidden ones"
    )
    assert b"too_few_persons" not in everything


def test_tables_protected_apart_are_refused_at_publication(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("protect counts.csv --workspace work --edition 2026-01-01 --quiet") == 0
    (work / "guzar.toml").write_text(
        SETTINGS.replace("[protect.by_sex]", "[protect.again]").replace('"sex"', '"status"') + "minimum = 2\n"
    )
    Path("again.csv").write_bytes(Path("counts.csv").read_bytes())
    assert run("protect again.csv --workspace work --edition 2026-01-01 --quiet") == 0
    assert run("publish --workspace work --out release") == 4
    assert "counts: " in capsys.readouterr().err
    assert not Path("release").exists()


def test_a_later_edition_heeds_what_was_published(work: Path) -> None:
    assert run("protect counts.csv by_sex.parquet --workspace work --edition 2026-01-01 --quiet") == 0
    assert run("publish --workspace work --out first --date 2026-02-01 --quiet") == 0
    more = pl.concat([PERSONS, make_persons(9, 2, region=1, status=1, sex=1)])
    count_persons(more, ["region", "status"]).write_csv("counts.csv")
    count_persons(more, ["region", "sex"]).write_parquet("by_sex.parquet")
    assert run("protect counts.csv by_sex.parquet --workspace work --edition 2026-03-01 --quiet") == 0
    assert run("publish --workspace work --out second --date 2026-04-01 --quiet") == 0
    both = [pl.read_csv(f"{name}/protected/counts.csv") for name in ("first", "second")]
    seen = both[0].join(both[1], on=["region", "status"], suffix="_later").drop_nulls()
    assert seen.height > 0
    assert (seen["persons"] == seen["persons_later"]).all(), "a change of two persons is not to be seen"


def test_rules_stand_in_one_place(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("protect counts.csv --workspace work --minimum 2") == 2
    assert run("protect counts.csv --dimensions region,status --edition 2026-01-01") == 2
    Path("others.csv").write_bytes(Path("counts.csv").read_bytes())
    assert run("protect others.csv --workspace work") == 2
    assert "declares no rules for the table others" in capsys.readouterr().err


def test_the_secret_of_a_workspace_is_its_own(work: Path) -> None:
    (work / "guzar.toml").write_text(SETTINGS + 'method = "perturb"\n')
    assert run("protect by_sex.parquet --workspace work --out one.csv --quiet") == 0
    assert run("protect by_sex.parquet --workspace work --out two.csv --quiet") == 0
    assert Path("one.csv").read_bytes() == Path("two.csv").read_bytes()
    secret = work / "noise.secret"
    assert secret.stat().st_mode & 0o077 == 0
    assert run("publish --workspace work --out release --quiet") == 0
    assert all(
        secret.read_bytes() not in path.read_bytes() for path in Path("release").rglob("*") if path.is_file()
    )


def test_a_planted_table_is_refused(work: Path) -> None:
    """Counts put into the workspace by hand, in place of what was protected."""
    assert run("protect counts.csv --workspace work --edition 2026-01-01 --quiet") == 0
    [held] = (work / "data" / "protect" / "counts").rglob("counts.parquet")
    pl.read_parquet(held).with_columns(pl.col("persons").fill_null(3)).write_parquet(held)
    assert run("publish --workspace work --out release") == 3
    assert not Path("release").exists()


def test_what_is_read_is_never_written_over(capsys: pytest.CaptureFixture[str]) -> None:
    before = Path("counts.csv").read_bytes()
    assert protect("counts.csv") == 2
    assert Path("counts.csv").read_bytes() == before
    assert protect("same.json", "--report same.json") == 2
    assert "written over" in capsys.readouterr().err


def test_nothing_computed_from_hidden_counts_leaves(work: Path) -> None:
    """A share of hidden persons, beside the cells that are shown, gives a hidden total away."""
    assert run("protect counts.csv by_sex.parquet --workspace work --edition 2026-01-01 --quiet") == 0
    assert run("publish --workspace work --out release --date 2026-02-01 --quiet") == 0
    record = json.loads(Path("release/release.json").read_text())
    for table in record["protected"].values():
        assert set(table["about"]) == {"method", "rules", "unit", "population", "edition", "hierarchies"}


def test_a_damaged_earlier_release_is_refused(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("protect counts.csv --workspace work --edition 2026-01-01 --quiet") == 0
    assert run("publish --workspace work --out release --date 2026-02-01 --quiet") == 0
    [held] = (work / "data" / "share" / "releases").rglob("counts.parquet")
    whole = held.read_bytes()
    held.write_bytes(whole[:60])
    assert run("publish --workspace work --out again --date 2026-03-01") == 3
    held.write_bytes(whole)
    record = held.parents[1] / "release.json"
    told = json.loads(record.read_text())
    record.write_text(json.dumps({name: value for name, value in told.items() if name != "protected"}))
    assert run("protect counts.csv --workspace work --edition 2026-03-01") == 3
    assert "is damaged" in capsys.readouterr().err


def test_an_older_edition_is_refused_and_not_passed_over(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("protect counts.csv --workspace work --edition 2026-02-01 --quiet") == 0
    assert run("protect counts.csv --workspace work --edition 2026-01-01") == 2
    assert "newer edition" in capsys.readouterr().err


def test_publish_says_tables_cells_and_how_many_are_hidden(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("protect counts.csv by_sex.parquet --workspace work --edition 2026-01-01 --quiet") == 0
    line = "publish --workspace work --out release --date 2026-02-01"
    assert run(line) == 0
    said = capsys.readouterr().out
    frames = {name: pl.read_csv(f"release/protected/{name}.csv") for name in ("by_sex", "counts")}
    cells = {name: (frame.height, frame["persons"].null_count()) for name, frame in frames.items()}
    total, hidden = (sum(numbers) for numbers in zip(*cells.values(), strict=True))
    assert hidden > 0
    assert f"Protected tables: 2; cells: {total}, of them hidden: {hidden}." in said
    assert f"  counts: {cells['counts'][0]} cells, {cells['counts'][1]} of them hidden" in said
    assert "0 rows" not in said
    assert run(f"{line} --json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["protected"] == {name: {"cells": n, "hidden": h} for name, (n, h) in cells.items()}
    assert told["tables"] == {}


def test_a_site_of_protected_tables_alone_does_not_break(work: Path) -> None:
    assert run("protect by_sex.parquet --workspace work --edition 2026-01-01 --quiet") == 0
    assert run("site --workspace work --out site --quiet") == 0
    assert Path("site/index.html").is_file()


def test_codes_that_a_spreadsheet_would_run_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    counts = pl.read_csv("counts.csv").with_columns(pl.col("region").cast(pl.String))
    first = counts["region"][0]
    counts.with_columns(pl.col("region").replace(first, '=HYPERLINK("x")')).write_csv("counts.csv")
    assert protect() == 3
    said = capsys.readouterr().err
    assert "run as formulas" in said
    assert not Path("release.csv").exists()
    counts.with_columns(pl.col("region").replace(first, "+992")).write_csv("counts.csv")
    assert protect() == 0


# --- rules that would not be looked at, names that are guzar's own, rubbish ---------------------------------------

UNSEEN = {
    "a minimum with noise": 'method = "perturb"\nminimum = 10',
    "rules with rounding": 'method = "round"\nrules = ["full-cells"]',
    "half a person as base": 'method = "round"\nprotection = 2.5',
    "a width with noise": 'method = "perturb"\nprotection = 7',
    "noise with hiding": 'noise = "5,3,2"',
    "a contributor of counts": 'contributor = "status"',
    "a minimum with amounts": 'minimum = 3\nunit = "usd"\ncontributor = "status"\nrules = ["dominance:1,80"]',
    "a rule for counts with amounts": 'unit = "usd"\ncontributor = "x"\nrules = ["zeros", "dominance:1,80"]',
}
RUBBISH = {
    "a list in a list": 'rules = [["zeros"]]',
    "a list in a list of files": 'hierarchies = { sex = [["a.csv"]] }',
    "no number": "protection = nan",
    "no end": "protection = inf",
    "endless rounding": 'method = "round"\nprotection = inf',
    "endless noise": 'method = "perturb"\nnoise = "99999,3,2"',
    "endless variance": 'method = "perturb"\nnoise = "5,inf,2"',
    "next to no noise": 'method = "perturb"\nnoise = "1,0.0001,0"',
    "amounts without a unit": 'contributor = "status"\nrules = ["dominance:1,80"]',
}


@pytest.mark.parametrize("name", [*UNSEEN, *RUBBISH])
def test_what_is_declared_is_kept_or_refused(
    name: str, work: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (work / "guzar.toml").write_text(SETTINGS + {**UNSEEN, **RUBBISH}[name] + "\n")
    assert run("protect by_sex.parquet --workspace work --out out.csv") == 2
    said = capfd.readouterr().err
    assert said.count("What to do:") == said.count("guzar: ") == 1
    assert "Warning" not in said
    assert ("cannot use as given" in said) is (name in UNSEEN)
    assert not Path("out.csv").exists()
    assert not (work / "data").exists()


@pytest.mark.parametrize(
    "more",
    [
        "--method perturb --noise 1,0.0001,0",
        "--method perturb --noise 99999,3,2",
        "--method perturb --noise 5,inf,2",
        "--noise 5,3,2",
        "--protection nan",
        "--protection inf",
        "--method round --protection inf",
        "--rule zeros --rule dominance:1,80 --contributor status",
    ],
)
def test_rubbish_in_options_is_one_message(more: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert protect("out.csv", more) == 2
    said = capfd.readouterr().err
    assert said.startswith("guzar: ")
    assert said.count("What to do:") == 1
    assert "Warning" not in said
    assert not Path("out.csv").exists()


TAKEN = ("confidentiality_status", "disclosure_method", "table", "lower", "upper", "protection", "is_inner", "was_shown", "cell_key", "hidden_because", "small_change", "release", "count")  # fmt: skip


@pytest.mark.parametrize("name", TAKEN)
@pytest.mark.parametrize("method", ["suppress", "perturb --seed 1", "round"])
def test_dimensions_named_like_own_columns_are_refused(
    name: str, method: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pl.read_csv("counts.csv").rename({"status": name}).write_csv("named.csv")
    assert run(f"protect named.csv --dimensions region,{name} --method {method} --out out.csv") == 2
    assert f"guzar's own: {name}." in capsys.readouterr().err
    assert not Path("out.csv").exists()


@pytest.mark.parametrize("name", ["confidentiality_status", "lower", "table", "status"])
def test_a_count_has_a_column_and_a_name_of_its_own(name: str, work: Path) -> None:
    counts = pl.read_csv("counts.csv")
    (counts if name == "status" else counts.rename({"persons": name})).write_csv("counts.csv")
    assert run(f"protect counts.csv --dimensions {BY} --count {name} --out out.csv") == 2
    (work / "guzar.toml").write_text(SETTINGS.replace('"status"]', f'"status"]\ncount = "{name}"'))
    assert run("protect counts.csv --workspace work") == 2
    assert run(f"attack counts.csv --dimensions {BY} --count {name}") == 2


def test_a_contributor_is_no_dimension() -> None:
    line = f"protect counts.csv --dimensions {BY} --rule dominance:1,80 --out out.csv --contributor"
    assert run(f"{line} status") == 2
    assert run(f"{line} persons") == 2


@pytest.mark.parametrize(
    "more", ["--protection 0", "--protection -5", "--protection nan", "--protection inf"]
)
def test_an_attack_asks_for_some_width(more: str, capsys: pytest.CaptureFixture[str]) -> None:
    protect(more="--quiet")
    assert run(f"attack release.csv --dimensions {BY} --quiet --out intervals.csv {more}") == 2
    assert "greater than 0" in capsys.readouterr().err
    assert not Path("intervals.csv").exists()


def test_a_hidden_cell_that_is_known_exactly_is_exit_4_for_any_width() -> None:
    Path("naive.csv").write_text("region,persons\n_T,90\nA,50\nB,\n")
    for width in ("5", "0.5", "1e-12"):
        line = f"attack naive.csv --dimensions region --quiet --out found.csv --protection {width}"
        assert run(line) == 4, width


@pytest.mark.parametrize(("given", "unit"), [("", "sum"), ("--unit somoni", "somoni")])
def test_amounts_have_the_unit_that_was_given(given: str, unit: str) -> None:
    """No currency is guessed: without --unit the name of the column stands for it."""
    pl.DataFrame({"corridor": list("AAABBB"), "firm": list("xyzxyz"), "sum": [95, 3, 2, 30, 40, 30]}).write_csv("a.csv")  # fmt: skip
    line = "protect a.csv --dimensions corridor --count sum --contributor firm --rule dominance:1,80 --quiet"
    assert run(f"{line} --out out.csv --report report.json {given}") == 0
    assert json.loads(Path("report.json").read_text())["unit"] == unit
    assert run(f"{line} --out out.csv --report report.html {given}") == 0
    assert f"Derived interval, {unit}" in Path("report.html").read_text(encoding="utf-8")


def test_small_changes_are_named_and_earlier_is_advised_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert protect("first.csv", "--quiet") == 0
    counts = pl.read_csv("counts.csv")
    largest = counts["persons"].arg_max()
    more = pl.Series([2 if row == largest else 0 for row in range(counts.height)])
    counts.with_columns(pl.col("persons") + more).write_csv("counts.csv")
    assert protect("second.csv", "--quiet") == 0
    attack = f"attack second.csv --dimensions {BY} --earlier first.csv --out intervals.csv"
    assert run(attack) == 4
    said = capsys.readouterr()
    assert "guzar protect COUNTS --earlier first.csv" in said.err
    assert "small changes in: region=_T status=_T" in said.err
    assert "Small changes since first.csv are seen in: region=_T status=_T" in said.out
    listed = pl.read_csv("intervals.csv")
    seen = listed.filter("small_change")
    assert seen.height == 4
    assert seen["lower"].null_count() == seen["upper"].null_count() == 4
    assert listed["release"].unique().to_list() == ["this"]


@pytest.mark.parametrize(("method", "name"), [("perturb --seed 1", "cell_key"), ("round", "rounded")])
def test_blurred_counts_say_so_and_are_not_attacked(
    method: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert protect(more=f"--method {method} --quiet") == 0
    release = pl.read_csv("release.csv")
    assert release["disclosure_method"].unique().to_list() == [name]
    assert "confidentiality_status" not in release.columns
    assert run(f"attack release.csv --dimensions {BY} --out intervals.csv") == 6
    assert f"({name})" in capsys.readouterr().err
    assert not Path("intervals.csv").exists()
    assert protect("again.csv", "--earlier release.csv") == 6


def test_rounding_says_how_far_a_count_moved(capsys: pytest.CaptureFixture[str]) -> None:
    assert protect(more="--method round --protection 7 --json") == 0
    told = json.loads(capsys.readouterr().out)["report"]
    keys = ["region", "status"]
    text = [pl.col(key).cast(pl.String) for key in keys]
    both = pl.read_csv("release.csv").with_columns(text).join(
        pl.read_csv("counts.csv").with_columns(text), on=keys, suffix="_true"
    )  # fmt: skip
    moved = (both["persons"] - both["persons_true"]).abs().max()
    assert moved <= told["greatest_change"] < (14 if told["gone_further"] else 7)
    assert told["greatest_change"] > 0


def test_an_edition_in_the_far_future_is_refused(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("protect counts.csv --workspace work --edition 2199-01-01") == 2
    assert "The edition 2199-01-01 lies in the future" in capsys.readouterr().err
    assert run("protect counts.csv --workspace work --edition 2026-01-01") == 0, "nothing was locked"
    assert "Held in the workspace, edition 2026-01-01: counts." in capsys.readouterr().out


def test_tables_of_the_same_persons_at_an_older_edition_are_named(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("protect counts.csv by_sex.parquet --workspace work --edition 2026-01-01") == 0
    assert "older edition" not in capsys.readouterr().err
    more = pl.concat([PERSONS, make_persons(9, 40, region=1, status=1, sex=1)])
    count_persons(more, ["region", "status"]).write_csv("counts.csv")
    assert run("protect counts.csv --workspace work --edition 2026-03-01") == 0
    assert "held at an older edition: by_sex (2026-01-01)" in capsys.readouterr().err
    assert run("publish --workspace work --out release") == 4
    assert "by_sex (2026-01-01), counts (2026-03-01)" in capsys.readouterr().err


def test_no_workspace_says_how_to_make_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("protect counts.csv --workspace nowhere") == 2
    assert "first line: format = 2" in capsys.readouterr().err
    assert not Path("nowhere").exists()


def test_faults_in_counts_say_where(capsys: pytest.CaptureFixture[str]) -> None:
    lines = ["region,status,persons", "A,x,-7654", *(f"B,{name},-1" for name in "xyz"), "C,x,1"]
    Path("bad.csv").write_text("\n".join(lines))
    assert run(f"protect bad.csv --dimensions {BY} --out out.csv") == 3
    said = capsys.readouterr().err
    assert "cells: region=A status=x; region=B status=x; region=B status=y; …" in said
    assert "7654" not in said
    Path("bad.csv").write_text("region,status,persons\nA,x,1\nA,y,many\n")
    assert run(f"protect bad.csv --dimensions {BY} --out out.csv") == 3
    said = capsys.readouterr().err
    assert "rows below the heading: 2" in said
    assert "many" not in said


def test_a_release_whose_codes_a_spreadsheet_would_run_is_not_attacked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    pl.read_csv("counts.csv").with_columns(
        region=pl.lit("=1+1|") + pl.col("region").cast(pl.String)
    ).write_csv("counts.csv")
    assert run(f"attack counts.csv --dimensions {BY} --count persons --out intervals.csv") == 3
    assert "run as formulas" in capsys.readouterr().err
    assert not Path("intervals.csv").exists()


def test_the_reason_of_migration_is_a_dimension_like_any_other() -> None:
    pl.read_csv("counts.csv").rename({"status": "reason"}).write_csv("named.csv")
    line = "protect named.csv --dimensions region,reason --out out.csv --report report.json"
    assert run(line) == 0
    listed = json.loads(Path("report.json").read_text(encoding="utf-8"))["hidden_cells"]
    assert {"reason", "hidden_because"} <= set(listed[0])
