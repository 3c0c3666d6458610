"""The door: only what withstands the attack together leaves, and nothing leaves that protect did not let out."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from tests.protect.persons import count_persons, make_persons
from tests.protect.test_release import observation

from guzar.define.seals import is_sealed
from guzar.define.tables.releases import ProtectedTable, ReleasedTable
from guzar.errors import ReleaseRefused
from guzar.protect.door import HeldTable, let_out
from guzar.protect.release import release_public_figures
from guzar.protect.release_blurred import NoiseRules, perturb_counts, round_counts
from guzar.protect.release_counts import suppress_small_cells
from guzar.protect.rules import CountRules
from guzar.share.editions import write_release

REPOSITORY = Path(__file__).parents[2]
PERSONS = make_persons(6, 400, region=5, status=4, sex=3)


@pytest.fixture
def released_figures():
    """One public figure that passed by its own path."""
    return release_public_figures(observation())


def held(*by: list[str], population: str = "people", rules: CountRules | None = None) -> list[HeldTable]:
    """Tables protected in one run, as a workspace holds them."""
    done = suppress_small_cells(
        {"_".join(each): count_persons(PERSONS, each) for each in by},
        dimensions=list(dict.fromkeys(name for each in by for name in each)),
        count="persons",
        rules=rules or CountRules(),
    )
    cells = done.report.hidden_cells
    return [
        HeldTable(
            replace(table, about={**table.about, "population": population}),
            cells.filter(pl.col("table") == table.name).drop("table"),
        )
        for table in done.tables
    ]


def test_tables_protected_together_leave_together() -> None:
    tables = held(["region", "status"], ["region", "sex"])
    assert [table.name for table in let_out(tables)] == ["region_status", "region_sex"]


def test_tables_protected_apart_are_attacked_together_and_refused_by_name_and_number() -> None:
    """Each is safe alone; whoever adds up both works hidden cells out."""
    first = held(["region", "status"])
    second = held(["region", "status"], rules=CountRules(minimum=2))
    second = [replace(each, table=replace(each.table, name="again")) for each in second]
    let_out(first)
    with pytest.raises(ReleaseRefused, match=r"worked out.*region_status: \d+") as refused:
        let_out([*first, *second])
    assert refused.value.exit_code == 4
    assert set(refused.value.values) == {"cells"}


def test_tables_of_other_populations_are_not_added_up() -> None:
    """The same names, other persons: what one table shows says nothing of the other."""
    first = held(["region", "status"])
    other = held(["region", "status"], rules=CountRules(minimum=2), population="others")
    assert (
        len(let_out([*first, *(replace(each, table=replace(each.table, name="other")) for each in other)]))
        == 2
    )


def test_a_count_below_the_minimum_is_refused() -> None:
    [one] = held(["region", "status"])
    counts = {"region_status": count_persons(PERSONS, ["region", "status"])}
    careless = suppress_small_cells(
        counts, dimensions=["region", "status"], count="persons", rules=CountRules(minimum=1)
    )
    shown = replace(one.table, frame=careless.tables[0].frame)  # held under rules that it does not keep
    cells = careless.report.hidden_cells.drop("table")
    with pytest.raises(ReleaseRefused, match=r"below the minimum are shown: region_status: \d+"):
        let_out([HeldTable(shown, cells)])


def test_a_table_whose_record_does_not_name_its_hidden_cells_is_refused() -> None:
    [one] = held(["region", "status"])
    with pytest.raises(ReleaseRefused, match="does not name"):
        let_out([replace(one, hidden_cells=one.hidden_cells[1:])])


def test_one_population_has_one_method() -> None:
    """A hidden count and the same count with noise beside it: the noise tells nearly all."""
    [one] = held(["region", "status"])
    counts = {"noisy": count_persons(PERSONS, ["region", "sex"])}
    noisy = perturb_counts(
        counts, dimensions=["region", "sex"], count="persons", noise=NoiseRules(), secret=b"0" * 32
    ).tables[0]
    beside = HeldTable(replace(noisy, about={**noisy.about, "population": "people"}), pl.DataFrame())
    with pytest.raises(ReleaseRefused, match="several methods: perturb, suppress"):
        let_out([one, beside])


def test_a_later_release_is_laid_beside_the_earlier_ones() -> None:
    [first] = held(["region", "status"])
    [later] = held(["region", "status"], rules=CountRules(minimum=2))
    let_out([first])
    with pytest.raises(ReleaseRefused, match="worked out"):
        let_out([first], [[later.table]])


def test_a_correction_by_a_few_persons_is_refused() -> None:
    [first] = held(["region", "status"])
    counts = count_persons(PERSONS, ["region", "status"]).with_columns(
        persons=pl.col("persons") + pl.int_range(pl.len()).eq(0).cast(pl.Int64) * 2
    )
    done = suppress_small_cells(
        {"region_status": counts}, dimensions=["region", "status"], count="persons", rules=CountRules()
    )
    [table] = done.tables
    later = HeldTable(
        replace(table, about={**table.about, "population": "people"}), done.report.hidden_cells.drop("table")
    )
    with pytest.raises(ReleaseRefused, match="can be differenced"):
        let_out([later], [[first.table]])


# --- the planted bypass: a step that hands counts straight to the publisher ---------------------------------------

BYPASS = """
from pathlib import Path
from typing import Any
import dataframely as dy
import polars as pl
from guzar.define.tables.releases import ProtectedTable, ReleasedFigures
from guzar.share.editions import write_release

def step(folder: Path, figures: dy.DataFrame[ReleasedFigures], counts: {kind}) -> None:
    write_release(folder, figures, {{}}, release="x", date="2026-11-22", made_from=[], protected=[counts])
"""


@pytest.mark.parametrize(("kind", "is_accepted"), [("ProtectedTable", True), ("pl.DataFrame", False)])
def test_mypy_refuses_counts_at_the_publisher(run_mypy, kind: str, is_accepted: bool) -> None:
    checked = run_mypy(BYPASS.format(kind=kind))
    assert (checked.returncode == 0) is is_accepted, checked.stdout + checked.stderr
    assert is_accepted or "ProtectedTable" in checked.stdout


def bypassing(frame: pl.DataFrame) -> ProtectedTable:
    """Counts in the clothes of a protected table: the types are right, the content never passed."""
    return ProtectedTable(
        "counts", ("region",), "persons", "persons", frame, {"method": "suppress", "rules": {}}
    )


def test_forged_types_are_refused_at_run_time(tmp_path: Path, released_figures) -> None:
    counts = pl.DataFrame({"region": ["_T", "A"], "persons": [2, 2], "confidentiality_status": ["F", "F"]})
    given = {"release": "x", "date": "2026-11-22", "made_from": []}
    with pytest.raises(ReleaseRefused, match="counts"):
        write_release(tmp_path, released_figures, {}, **given, protected=[bypassing(counts)])
    forged = ReleasedTable("others", type(released_figures), counts)
    with pytest.raises(ReleaseRefused, match="others"):
        write_release(tmp_path, released_figures, {"others": forged}, **given)
    assert not list(tmp_path.iterdir())


def test_a_table_that_was_changed_after_it_passed_is_refused(tmp_path: Path, released_figures) -> None:
    [table] = let_out(held(["region", "status"]))
    assert is_sealed(table.frame)
    changed = replace(table, frame=table.frame.with_columns(persons=pl.lit(1)))
    with pytest.raises(ReleaseRefused, match="region_status"):
        write_release(
            tmp_path,
            released_figures,
            {},
            release="x",
            date="2026-11-22",
            made_from=[],
            protected=[changed],
        )


def test_only_the_room_protect_seals() -> None:
    """No other module mentions the function that seals."""
    source = REPOSITORY / "src" / "guzar"
    using = [path for path in source.rglob("*.py") if "seal_frame" in path.read_text(encoding="utf-8")]
    rooms = {path.relative_to(source).parts[0] for path in using if path.name != "seals.py"}
    assert rooms == {"protect"}


def test_rounded_tables_leave_as_well() -> None:
    counts = {"rounded": count_persons(PERSONS, ["region", "sex"])}
    [table] = round_counts(counts, dimensions=["region", "sex"], count="persons", base=5).tables
    held_table = HeldTable(replace(table, about={**table.about, "population": "people"}), pl.DataFrame())
    assert (let_out([held_table])[0].frame["persons"] % 5).sum() == 0


def test_a_later_release_keeps_the_method_of_the_first() -> None:
    """Hidden once, with noise later: the noise tells what was hidden."""
    [first] = held(["region", "status"])
    counts = {"region_status": count_persons(PERSONS, ["region", "status"])}
    given = {"dimensions": ["region", "status"], "count": "persons"}
    noisy = perturb_counts(counts, **given, noise=NoiseRules(), secret=b"0" * 32).tables[0]
    later = HeldTable(replace(noisy, about={**noisy.about, "population": "people"}), pl.DataFrame())
    let_out([later])
    with pytest.raises(ReleaseRefused, match="several methods: perturb, suppress"):
        let_out([later], [[first.table]])


def test_a_cell_that_another_table_shows_is_refused() -> None:
    """All of region 0 in one status: hidden in one table, and shown in another of the same persons."""
    counts = pl.DataFrame({"region": ["A", "B", "B"], "status": ["x", "x", "y"], "persons": [20, 30, 40]})
    given = {"dimensions": ["region", "status"], "count": "persons"}

    def held_under(name: str, rules: CountRules) -> HeldTable:
        done = suppress_small_cells({name: counts}, rules=rules, **given)
        [table] = done.tables
        cells = done.report.hidden_cells.drop("table")
        return HeldTable(replace(table, about={**table.about, "population": "people"}), cells)

    careful, plain = held_under("careful", CountRules(full_cells=True)), held_under("plain", CountRules())
    assert careful.table.frame["persons"].null_count() > 0 == plain.table.frame["persons"].null_count()
    with pytest.raises(ReleaseRefused, match="careful: "):
        let_out([careful, plain])


BLURRED = {"dimensions": ["region", "sex"], "count": "persons"}


def blurred(table: ProtectedTable) -> HeldTable:
    """A blurred table as a workspace holds it."""
    return HeldTable(replace(table, about={**table.about, "population": "people"}), pl.DataFrame())


def test_the_same_population_rounded_to_another_base_is_refused() -> None:
    """A count that is 5 to one base and 6 to another lies between the two."""
    counts = {"t": count_persons(PERSONS, ["region", "sex"])}
    five, three = (blurred(round_counts(counts, **BLURRED, base=base).tables[0]) for base in (5, 3))
    let_out([five], [[five.table]])
    for held_now, before in (([three], [[five.table]]), ([five, three], [])):
        with pytest.raises(ReleaseRefused, match="several ways: protection 3; protection 5") as refused:
            let_out(held_now, before)
    assert "first release" in str(refused.value)


def test_the_same_population_with_other_noise_is_refused() -> None:
    counts = {"t": count_persons(PERSONS, ["region", "sex"])}
    one, other = (
        blurred(perturb_counts(counts, **BLURRED, noise=noise, secret=b"0" * 32).tables[0])
        for noise in (NoiseRules(), NoiseRules(4, 2.0, 1))
    )
    let_out([one], [[one.table]])
    with pytest.raises(ReleaseRefused, match="several ways: noise 4,2,1; noise 5,3,2"):
        let_out([other], [[one.table]])
