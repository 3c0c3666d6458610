"""Shares of remittances and what changed them."""

import math
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analyse.made_up_figures import observed, row
from tests.collect.sources.money_files import observed as read_observed
from typer.testing import CliRunner

from guzar.analyse.remittance_shares import compute_remittance_shares, derive_paid_shares
from guzar.analyse.share_decompositions import decompose_growth, decompose_revision
from guzar.cli import application
from guzar.define.tables.figures import Observations
from guzar.errors import MethodNotApplicable

SHARE = "remittances_received_percent_gdp"
AMOUNT = "remittances_received_usd"
levels = st.tuples(*[st.floats(1e-3, 1e9, allow_nan=False) for _ in range(4)])


def _year(year: int, received: float, rate: float, real: float, deflator: float) -> list[dict[str, Any]]:
    return [
        row(AMOUNT, "AAA", year, received),
        row(SHARE, "AAA", year, 100 * received * rate / (real * deflator), unit="percent"),
        row("exchange_rate_local_currency_per_usd", "AAA", year, rate),
        row("gdp_constant_2015_usd", "AAA", year, real),
        row("gdp_deflator_index", "AAA", year, deflator),
    ]


def _parts(decomposed: pl.DataFrame) -> dict[str, float]:
    return dict(decomposed.select("part", "log_change").iter_rows())


@given(levels, levels)
def test_parts_add_up_to_the_change_of_the_share(start: tuple[float, ...], end: tuple[float, ...]) -> None:
    """Δln(R/Y) = Δln R + Δln e − Δln Y_real − Δln deflator, and nothing is left unexplained."""
    held = observed([*_year(2010, *start), *_year(2011, *end)])
    parts = _parts(decompose_growth(held, area="AAA", from_year=2010, to_year=2011))
    total = parts.pop("share")
    assert math.fsum(parts.values()) == pytest.approx(total, abs=1e-12)
    assert parts["unexplained"] == pytest.approx(0, abs=1e-12 * 100)
    assert parts["remittances_usd"] == pytest.approx(math.log(end[0] / start[0]), abs=1e-12)
    assert parts["real_output"] == pytest.approx(-math.log(end[2] / start[2]), abs=1e-12)


def test_a_share_that_moves_by_more_than_its_parts_leaves_a_rest() -> None:
    """A published share of another GDP is not forced onto the parts: the rest is shown."""
    rows = [*_year(2010, 100, 2, 50, 10), *_year(2011, 100, 2, 50, 10)]
    rows[6]["value"] *= 1.1
    parts = decompose_growth(observed(rows), area="AAA", from_year=2010, to_year=2011)
    assert _parts(parts)["unexplained"] == pytest.approx(math.log(1.1), abs=1e-12)


def test_a_revision_without_numerator_is_wholly_unexplained() -> None:
    """20.63 then 17.22 for one year is a revision; where only the share is held, nothing explains it."""
    held = observed([
        row(SHARE, "UZB", 2022, 20.63, unit="percent", edition="2024-07-25"),
        row(SHARE, "UZB", 2022, 17.22, unit="percent", edition="2025-01-22"),
    ])  # fmt: skip
    parts = decompose_revision(
        held, area="UZB", year=2022, from_edition="2024-07-25", to_edition="2025-01-22"
    )
    assert parts["change_kind"].unique().to_list() == ["revision"]
    assert _parts(parts)["share"] == pytest.approx(math.log(17.22 / 20.63))
    assert _parts(parts)["unexplained"] == pytest.approx(math.log(17.22 / 20.63))
    not_held = parts.filter(part_status="not_held")["part"].to_list()
    assert not_held == ["remittances_usd", "exchange_rate", "real_output", "deflator"]


def test_a_revision_with_both_numerators_shows_what_they_did() -> None:
    """The numerator's own revision is measured; the denominator's stays in the rest."""
    held = observed([
        row(AMOUNT, "AAA", 2020, 100, edition="2021"), row(AMOUNT, "AAA", 2020, 110, edition="2022"),
        row(SHARE, "AAA", 2020, 10, unit="percent", edition="2021"),
        row(SHARE, "AAA", 2020, 10.5, unit="percent", edition="2022"),
    ])  # fmt: skip
    held = held.with_columns(definition=pl.lit("made_up"))
    parts = _parts(
        decompose_revision(
            Observations.validate(held), area="AAA", year=2020, from_edition="2021", to_edition="2022"
        )
    )
    assert parts["remittances_usd"] == pytest.approx(math.log(1.1))
    assert parts["unexplained"] == pytest.approx(math.log(1.05) - math.log(1.1))


def test_two_definitions_are_refused() -> None:
    """The difference of two ways of measuring is no change."""
    held = observed([
        row(SHARE, "AAA", 2020, 10, unit="percent", edition="2021", definition="one"),
        row(SHARE, "AAA", 2020, 12, unit="percent", edition="2022", definition="other"),
    ])  # fmt: skip
    with pytest.raises(MethodNotApplicable) as refused:
        decompose_revision(held, area="AAA", year=2020, from_edition="2021", to_edition="2022")
    assert "different definitions" in refused.value.message()


def test_an_edition_that_holds_nothing_is_refused() -> None:
    """The refusal names the edition and where to look."""
    held = observed([row(AMOUNT, "AAA", 2020, 10)])
    with pytest.raises(MethodNotApplicable, match="1999"):
        decompose_revision(held, area="AAA", year=2020, from_edition="1999", to_edition="2024")
    with pytest.raises(MethodNotApplicable, match="2021"):
        decompose_growth(held, area="AAA", from_year=2020, to_year=2021)


def test_shares_keep_numerator_and_denominator_apart() -> None:
    """The published share stands beside the recomputed one, each with its edition."""
    held = observed([
        row(AMOUNT, "AAA", 2020, 10), row("gdp_usd", "AAA", 2020, 200, edition="2025"),
        row(SHARE, "AAA", 2020, 5.1, unit="percent"), row("remittances_paid_usd", "AAA", 2020, 4),
    ])  # fmt: skip
    shares = compute_remittance_shares(held)
    received = shares.row(by_predicate=pl.col("transfer_side") == "received", named=True)
    assert (received["amount_usd"], received["output_usd"], received["recomputed_percent"]) == (10, 200, 5)
    assert received["output_edition"] == "2025"
    assert received["relative_gap"] == pytest.approx(0.02)
    paid = shares.row(by_predicate=pl.col("transfer_side") == "paid", named=True)
    assert paid["recomputed_percent"] == 2
    assert paid["published_percent"] is None


def test_paid_shares_are_derived_from_the_world_bank_only() -> None:
    """The share of remittances paid is nobody's published figure and says so in its definition."""
    held = observed([
        row("remittances_paid_usd", "AAA", 2020, 4, source="world_bank"),
        row("remittances_paid_usd", "AAA", 2020, 5, source="knomad"), row("gdp_usd", "AAA", 2020, 200),
    ])  # fmt: skip
    derived = derive_paid_shares(held)
    assert derived.select("value", "definition", "source").rows() == [
        (2.0, "guzar_remittances_paid_percent_gdp", "world_bank")
    ]


@pytest.fixture(scope="module")
def money(shared: Path) -> pl.DataFrame:
    """Amounts, shares and GDP as published."""
    files = ("remittances/wdi-2023-05-received-usd.xls", "remittances/wdi-2023-05-received-percent-gdp.xls",
             "macro/gdp-and-exchange-rate-1960-2023.csv", "remittances/wdi-2023-05-paid-usd.xls")  # fmt: skip
    return pl.concat([read_observed(shared, file) for file in files])


@pytest.mark.parametrize(("area", "equal", "years"), [("KAZ", 27, 27), ("KGZ", 22, 29), ("ARM", 26, 27)])
def test_cross_check_9_recomputed_share_is_the_published_one(
    money: pl.DataFrame, area: str, equal: int, years: int
) -> None:
    """Received over GDP is the published share in most years; where it is not, the GDP vintages differ."""
    shares = compute_remittance_shares(Observations.validate(money)).filter(
        area=area, transfer_side="received"
    )
    compared = shares.drop_nulls("relative_gap")
    assert (compared.height, compared.filter(pl.col("relative_gap").abs() < 1e-6).height) == (years, equal)


def test_real_decomposition_adds_up(money: pl.DataFrame) -> None:
    """Kyrgyzstan 2014 to 2015: the share fell, and the parts say that dollars did it."""
    parts = _parts(decompose_growth(Observations.validate(money), area="KGZ", from_year=2014, to_year=2015))
    total = parts.pop("share")
    assert math.fsum(parts.values()) == pytest.approx(total, abs=1e-12)
    assert parts["remittances_usd"] < -0.2 < parts["exchange_rate"] < 0.3


def _with_output(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with a product that agrees with real product, deflator and exchange rate, and parts of `gdp`."""
    held = {(r["indicator"], r["year"]): r["value"] for r in rows}
    made = [
        row("gdp_usd", "AAA", year, held["gdp_constant_2015_usd", year] * held["gdp_deflator_index", year]
            / held["exchange_rate_local_currency_per_usd", year])
        for year in (2010, 2011)
    ]  # fmt: skip
    return [
        r if r["indicator"] in (AMOUNT, SHARE) else r | {"source": "gdp", "edition": "2025"}
        for r in rows + made
    ]


def test_each_part_names_its_own_source_and_editions() -> None:
    """Exchange rate, real product and deflator come from `gdp`, and not from the source of the remittances."""
    held = observed(_with_output([*_year(2010, 100, 2, 50, 10), *_year(2011, 120, 3, 60, 10)]))
    parts = decompose_growth(held, area="AAA", from_year=2010, to_year=2011)
    origins = {
        r[0]: r[1:]
        for r in parts.select("part", "source", "part_from_edition", "part_to_edition").iter_rows()
    }
    assert origins["share"] == origins["remittances_usd"] == ("made_up", "2024", "2024")
    assert {origins[name] for name in ("exchange_rate", "real_output", "deflator")} == {
        ("gdp", "2025", "2025")
    }
    assert origins["unexplained"] == (None, None, None)
    assert parts["from_edition"].unique().to_list() == ["2024"]


def test_a_part_is_measured_only_where_both_its_levels_are_observed() -> None:
    """A contribution made from estimates says so."""
    rows = _with_output([*_year(2010, 100, 2, 50, 10), *_year(2011, 120, 3, 60, 10)])
    rows = [r | {"observation_status": "observed"} if r["indicator"] == AMOUNT else r for r in rows]
    rows = [
        r | {"observation_status": "observed"}
        if (r["indicator"], r["year"]) == ("gdp_deflator_index", 2010)
        else r
        for r in rows
    ]
    parts = decompose_growth(observed(rows), area="AAA", from_year=2010, to_year=2011)
    status = dict(parts.select("part", "part_status").iter_rows())
    assert status == {"share": "total", "remittances_usd": "measured", "exchange_rate": "estimated",
                      "real_output": "estimated", "deflator": "estimated", "unexplained": "unexplained"}  # fmt: skip


def test_a_rest_of_zero_is_an_identity_where_the_share_is_recomputed() -> None:
    """A share published for one end only is not compared with a recomputed one; and zero is then no finding."""
    rows = _with_output([*_year(2010, 100, 2, 50, 10), *_year(2011, 120, 3, 60, 10)])
    rows = [r for r in rows if (r["indicator"], r["year"]) != (SHARE, 2010)]
    rows = [r | {"value": r["value"] * 1.3} if r["indicator"] == SHARE else r for r in rows]
    parts = decompose_growth(observed(rows), area="AAA", from_year=2010, to_year=2011)
    status = dict(parts.select("part", "part_status").iter_rows())
    assert (status["share"], status["unexplained"]) == ("recomputed", "identity")
    assert _parts(parts)["unexplained"] == pytest.approx(0, abs=1e-12)
    apart = [
        r | {"value": r["value"] * 2} if (r["indicator"], r["year"]) == ("gdp_usd", 2011) else r for r in rows
    ]
    rest = decompose_growth(observed(apart), area="AAA", from_year=2010, to_year=2011).filter(
        part="unexplained"
    )
    assert rest["part_status"][0] == "unexplained"
    assert rest["log_change"][0] == pytest.approx(-math.log(2))


def test_the_terminal_says_which_numbers_add_up(tmp_path: Path) -> None:
    """Log points add up and stand beside per cent that do not; sources and the identity are named."""
    arguments = ["remittances", "decompose", "--area", "KGZ", "--from", "2014", "--to", "2015"]
    shown = CliRunner(env={"COLUMNS": "200"}).invoke(
        application(), [*arguments, "--out", str(tmp_path / "parts.csv")]
    )
    text = " ".join(shown.output.split())
    assert "Log points add up to the change of the share; what each part does alone does not." in text
    assert "GDP deflator: gdp, 2025" in text
    assert "zero by identity" in text
    assert "no finding" in text
