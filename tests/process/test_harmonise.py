"""Harmonise: the same values, one code system, one unit per indicator, evidence age by the definition's rule."""

import polars as pl

from guzar.collect.quarantine import sift
from guzar.define.definitions import find_definition
from guzar.process.harmonise import harmonise


def observations(source: str, edition: str, *rows: dict[str, str | None]) -> pl.DataFrame:
    """Candidate rows through quarantine and harmonise."""
    place = [{"place": f"row {i}"} for i in range(len(rows))]
    kept, refused = sift(pl.DataFrame([r | p for r, p in zip(rows, place, strict=True)]), source)
    assert not refused.height, refused
    return harmonise(kept, source=source, edition=edition)


STOCK = {
    "series": "stock_by_origin_destination",
    "reported_area": "Russian Federation",
    "reported_counterpart": "Kyrgyz Republic",
    "reported_sex": "female",
    "reported_period": "2020",
    "reported_value": "303936",
}


def test_labels_become_codes_and_the_corridor_keeps_its_direction() -> None:
    """Born in Kyrgyzstan, living in Russia: counterpart KGZ, area RUS."""
    row = observations("un_migrant_stock", "2020-12", STOCK).row(0, named=True)
    assert (row["area"], row["counterpart"], row["sex"], row["period"], row["year"]) == (
        "RUS",
        "KGZ",
        "F",
        "2020",
        2020,
    )
    assert (row["value"], row["unit"], row["indicator"]) == (303936.0, "persons", "migrant_stock")


def test_thousands_are_scaled_once_by_the_definition() -> None:
    """The factor stands in the definition, where everybody can see it."""
    row = {
        "series": "total_population",
        "reported_area": "417",
        "reported_sex": "total",
        "reported_period": "2020",
        "reported_value": "6524.191",
    }
    assert find_definition("un_stock_population").scale == "1000"
    assert observations("un_migrant_stock", "2020-12", row)["value"][0] == 6524191.0


def test_marks_become_rows_without_number_and_blanks_stay_behind() -> None:
    """`~` is withheld, `..` is not known, a blank cell is in the collected table only."""
    marks = [
        STOCK | {"reported_value": mark, "reported_period": year}
        for mark, year in (("~", "1990"), ("..", "1995"), ("", "2000"))
    ]
    made = observations("un_migrant_stock", "2020-12", *marks)
    assert dict(made.select("period", "observation_status").iter_rows()) == {
        "1990": "withheld",
        "1995": "not_known",
    }
    assert made["value"].null_count() == 2


def test_totals_over_all_origins_say_so() -> None:
    """A value without counterpart is a total (_T) where origins exist, and has none (_Z) where they do not."""
    hosted = {
        "series": "stock_by_destination",
        "reported_area": "417",
        "reported_sex": "total",
        "reported_period": "2020",
        "reported_value": "199011",
    }
    people = hosted | {"series": "total_population"}
    made = observations("un_migrant_stock", "2020-12", hosted, people)
    assert dict(made.select("indicator", "counterpart").iter_rows())["migrant_stock"] == "_T"
    assert set(made.filter(pl.col("indicator") != "migrant_stock")["counterpart"]) == {"_Z"}


def test_evidence_is_never_younger_than_the_value() -> None:
    """A census after the reference date tells nothing about it."""
    made = observations(
        "un_migrant_stock",
        "2020-12",
        *[STOCK | {"reported_period": str(year)} for year in (1990, 2000, 2010, 2020)],
    )
    known = made.drop_nulls("last_observed")
    assert known.height > 1
    assert (known["last_observed"] < known["year"]).all()


def test_a_census_counts_only_where_the_edition_can_have_used_it() -> None:
    """Belarus and Azerbaijan counted in 2019: too late for the edition of December 2020, in time for one of 2021."""
    rows = [STOCK | {"reported_area": area} for area in ("Belarus", "Azerbaijan")]
    for edition, census in (("2020-12", 2009), ("2021-12", 2019)):
        made = observations("un_migrant_stock", edition, *rows)
        assert made["last_observed"].to_list() == [census, census], edition


def test_the_publishers_own_mark_of_an_estimate_is_never_turned_into_an_observation() -> None:
    """Settled balance-of-payments years count as reported, but not where the publisher marks them as estimates."""
    paid = {
        "series": "BX.TRF.PWKR.CD.DT",
        "reported_area": "KGZ",
        "reported_period": "2015",
        "reported_value": "1",
    }
    settled = observations("world_bank", "2023-05-10", paid)
    assert settled.select("observation_status", "last_observed").rows() == [("observed", 2015)]
    marked = observations("world_bank", "2023-05-10", paid | {"reported_status": "OBS_STATUS=E"})
    assert marked.select("observation_status", "last_observed").rows() == [("estimated", None)]


def test_chile_is_found_in_a_list_that_calls_it_chi() -> None:
    """A list of countries without CHL has Chile under CHI; beside CHL it is the Channel Islands."""
    codes = ["ARG", "BOL", "PER", "CHI"]
    rows = [STOCK | {"reported_area": code, "reported_counterpart": "VEN"} for code in codes]
    assert "CHL" in set(observations("un_migrant_stock", "2020-12", *rows)["area"].cast(pl.String))
    born_there = [*rows, STOCK | {"reported_area": "ARG", "reported_counterpart": "CHI"}]
    assert "CHL" in set(
        observations("un_migrant_stock", "2020-12", *born_there)["counterpart"].cast(pl.String)
    )
    both = [*rows, STOCK | {"reported_area": "CHL", "reported_counterpart": "VEN"}]
    assert {"CHI", "CHL"} <= set(observations("un_migrant_stock", "2019-08", *both)["area"].cast(pl.String))
    alone = observations("un_migrant_stock", "2020-12", rows[-1])
    assert alone["area"].cast(pl.String).to_list() == ["CHI"]  # no list of countries: nothing tells
