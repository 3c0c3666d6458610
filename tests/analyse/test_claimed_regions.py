"""Totals of regions that somebody asks about: all members or none."""

import polars as pl

from guzar.analyse.claimed_regions import total_claimed_regions
from guzar.define.areas import Region
from guzar.define.tables.figures import Observations

PAIR = Region("PAIR", "Pair", "Пара", "", "", ("KAZ", "KGZ"), "")


def _held(*rows: tuple[str, str, str, str, float | None]) -> pl.DataFrame:
    made = [
        {
            "indicator": indicator,
            "area": area,
            "counterpart": counterpart,
            "sex": sex,
            "period": "2020",
            "year": 2020,
            "value": value,
            "unit": "persons" if "stock" in indicator else "usd",
            "definition": definition,
            "source": "un_migrant_stock",
            "edition": "2020-12",
            "observation_status": "estimated" if value is not None else "not_known",
            "last_observed": None,
            "missing_mark": None,
        }
        for (definition, area, counterpart, sex, value) in rows
        for indicator in (
            "remittances_received_usd" if definition == "wb_remittances_received" else "migrant_stock",
        )
    ]
    return Observations.validate(
        pl.DataFrame(
            made, schema_overrides={"last_observed": pl.Int32, "missing_mark": pl.String, "value": pl.Float64}
        ),
        cast=True,
    )


def _value(made: pl.DataFrame, **wanted: str) -> list[float]:
    return made.filter(*[pl.col(c) == v for c, v in wanted.items()])["value"].to_list()


def test_a_region_is_the_sum_of_all_its_members() -> None:
    """A total, and the share of women in it."""
    held = _held(
        *[
            ("un_stock_hosted", a, "_T", s, v)
            for a, s, v in (("KAZ", "_T", 30.0), ("KGZ", "_T", 10.0), ("KAZ", "F", 15.0), ("KGZ", "F", 7.0))
        ]
    )
    made = total_claimed_regions(held, [PAIR], [])
    assert _value(made, area="PAIR", sex="_T", indicator="migrant_stock") == [40]
    assert _value(made, area="PAIR", indicator="migrant_stock_female_percent") == [55]


def test_a_region_with_a_missing_member_has_no_total() -> None:
    """A part of a region is not the region."""
    held = _held(("wb_remittances_received", "KAZ", "_T", "_Z", 5.0))
    assert _value(total_claimed_regions(held, [PAIR], []), area="PAIR") == []


def test_a_corridor_of_a_region_leaves_out_people_at_home() -> None:
    """From the pair to Kazakhstan only those born in Kyrgyzstan are migrants."""
    held = _held(
        ("un_stock_by_origin", "KAZ", "KGZ", "_T", 4.0),
        ("un_stock_by_origin", "RUS", "KGZ", "_T", 6.0),
        ("un_stock_by_origin", "RUS", "KAZ", "_T", 9.0),
    )
    made = total_claimed_regions(held, [PAIR], [("PAIR", "RUS"), ("PAIR", "KAZ")])
    assert _value(made, counterpart="PAIR", area="RUS") == [15]
    assert _value(made, counterpart="PAIR", area="KAZ") == [4]
