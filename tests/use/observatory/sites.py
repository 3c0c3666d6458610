"""A small made-up release and the shipped one, written as sites for the tests of pages."""

from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import polars as pl

from guzar.define.areas import THE_TWELVE
from guzar.define.definitions import find_definition
from guzar.use.observatory.content import Page
from guzar.use.observatory.numbers import Language
from guzar.use.observatory.published import Published

MakePages = Callable[[Language], list[Page]]
YEARS = (2010, 2015, 2020)
EDITIONS = ("2019-08", "2020-12")
MADE_UP_MODELLED = 987_654_321.0  # stands only in modelled cells, so that it can be looked for
MODELLED = "modelled_from_modelled"


def made_up_release() -> Published:
    """A few areas, both editions, one modelled cell that is larger than everything, one withheld, one revision."""
    rows = [*_stocks(), *_totals(), *_money(), *_refugees(), *_prices()]
    schema = {
        "indicator": pl.String,
        "area": pl.String,
        "counterpart": pl.String,
        "sex": pl.String,
        "period": pl.String,
        "year": pl.Int32,
        "value": pl.Float64,
        "unit": pl.String,
        "definition": pl.String,
        "source": pl.String,
        "edition": pl.String,
        "observation_status": pl.String,
        "last_observed": pl.Int32,
        "missing_mark": pl.String,
    }
    return Published(
        "made-up", "2026-01-02", pl.DataFrame(rows, schema=schema), {"treaty_standings": _standings()}
    )


def _row(
    definition: str, area: str, period: str, value: float | None, edition: str, **more: Any
) -> dict[str, Any]:
    known = find_definition(definition)
    base = {
        "indicator": known.indicator,
        "area": area,
        "counterpart": "_T",
        "sex": "_T",
        "period": period,
        "year": int(period[:4]),
        "value": value,
        "unit": known.unit,
        "definition": definition,
        "source": known.source,
        "edition": edition,
        "observation_status": "estimated",
        "last_observed": None,
        "missing_mark": None,
    }
    return base | more


def _stocks() -> list[dict[str, Any]]:
    """Everyone lives everywhere; in 2020 the origins of Kyrgyzstan repeat an older mix."""
    made = []
    for edition in EDITIONS:
        for i, home in enumerate(THE_TWELVE):
            for j, origin in enumerate(THE_TWELVE):
                for year in YEARS:
                    is_old = year == YEARS[-1] and home == "KGZ"
                    value = MADE_UP_MODELLED if is_old else 1000.0 * (i + 1) * (j + 2) + year
                    if home != origin:
                        made.append(
                            _row(
                                "un_stock_by_origin",
                                home,
                                str(year),
                                value,
                                edition,
                                counterpart=origin,
                                observation_status=MODELLED if is_old else "estimated",
                                last_observed=2009,
                            )
                        )
    return made


def _totals() -> list[dict[str, Any]]:
    made = [
        _row(
            "guzar_region_corridor",
            region,
            str(year),
            50_000.0,
            "2020-12",
            counterpart=region,
            observation_status=MODELLED if year == YEARS[-1] else "estimated",
        )
        for region in ("GUZAR12", "NCA9", "CA5")
        for year in YEARS
    ]
    for area in (*THE_TWELVE, "NCA9", "CA5"):
        is_region = area in ("NCA9", "CA5")
        for year in YEARS:
            status = {"observation_status": MODELLED} if year == YEARS[-1] and area == "KGZ" else {}
            abroad = MADE_UP_MODELLED if status else 120_000.0 + year
            left = "guzar_region_emigrants" if is_region else "guzar_emigrant_stock"
            came = "guzar_region_hosted" if is_region else "un_stock_hosted"
            made += [_row(left, area, str(year), abroad, "2020-12", **status)]
            made += [
                _row(left, area, str(year), abroad / 2, "2020-12", sex=sex, **status) for sex in ("F", "M")
            ]
            made.append(_row(came, area, str(year), 90_000.0, "2020-12", last_observed=2009))
            share = "guzar_region_emigrant_female_percent" if is_region else "guzar_emigrant_female_percent"
            made.append(_row(share, area, str(year), 50.0, "2020-12", sex="F", **status))
    return made


def _money() -> list[dict[str, Any]]:
    """One share revised by five points, one sign turned."""
    share = "wb_carried_received_percent_gdp"
    made = [
        _row("wb_remittances_received_percent_gdp", area, str(year), 10.0 + i, "2023-05-10", sex="_Z")
        for i, area in enumerate(THE_TWELVE)
        for year in YEARS
    ]
    made += [
        _row(share, "UZB", "2020", value, edition, sex="_Z")
        for edition, value in (("2024-07-25", 20.0), ("2025-01-22", 15.0))
    ]
    made += [
        _row("wpp_net_migration", "KGZ", "2020", value, edition, counterpart="_Z")
        for edition, value in (("2022", -14_000.0), ("2024", 54_000.0))
    ]
    made += [
        _row(
            "wb_bilateral_remittances",
            "UZB",
            "2018",
            MADE_UP_MODELLED,
            "2019",
            counterpart="RUS",
            sex="_Z",
            observation_status=MODELLED,
        )
    ]
    made += [
        _row(d, area, "2018", 7.6e9, "2023-05-10", sex="_Z")
        for d in ("wb_remittances_received", "wb_remittances_paid")
        for area in THE_TWELVE
    ]
    return made


def _refugees() -> list[dict[str, Any]]:
    observed = {"sex": "_Z", "observation_status": "observed"}
    made = [
        _row("guzar_refugees_hosted", area, str(year), 5000.0 + i, "2025-12", **observed)
        for i, area in enumerate(THE_TWELVE)
        for year in YEARS
    ]
    hidden = {"observation_status": "withheld", "missing_mark": "~"}
    return [
        *made,
        _row("un_stock_refugees", "ARM", "2010", None, "2020-12", **hidden),
        _row("un_stock_refugees", "ARM", "2015", 12.0, "2020-12"),
    ]


def _prices() -> list[dict[str, Any]]:
    quarters = ("2019-Q4", "2020-Q1", "2020-Q3")
    return [
        _row(
            "rpw_corridor_average",
            area,
            quarter,
            1.5,
            "2020-12-07",
            counterpart="RUS",
            sex="_Z",
            observation_status="observed",
            last_observed=2020,
        )
        for area in ("KGZ", "TJK", "UZB")
        for quarter in quarters
    ]


def _standings() -> pl.DataFrame:
    answers = [
        ("party", "1999", "2022-08-25"),
        ("signed_only", None, "2022-08-25"),
        ("no_action_seen", None, "2015-03-14"),
        ("unknown", None, None),
    ]
    rows = []
    for i, area in enumerate(THE_TWELVE):
        standing, since, seen = answers[i % 4]
        rows.append(
            {
                "treaty": "ICRMW",
                "area": area,
                "treaty_standing": standing,
                "standing_since": since,
                "source": "treaties" if seen else None,
                "evidence_as_of": seen,
                "evidence_age_years": None if seen is None else 2026 - int(seen[:4]),
                "is_old": None if seen is None else seen < "2021",
                "conflict": None,
            }
        )
    return pl.DataFrame(rows, schema_overrides={"standing_since": pl.String, "conflict": pl.String})


def pages_of(site: Path) -> list[Path]:
    """Every page of a site, in order."""
    return sorted(site.rglob("*.html"))


class _Anchors(HTMLParser):
    """Addresses that a page leads to, and the names that can be led to."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.ids: set[str] = set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        self.ids |= {held["id"] or ""} if "id" in held else set()
        self.targets += [held[name] or "" for name in ("href", "src") if name in held]


def broken_links(site: Path) -> list[str]:
    """Every internal address of a site that leads to no file, or to an anchor that is not there."""
    read = {page.resolve(): _Anchors(page) for page in pages_of(site)}
    broken = []
    for page, anchors in read.items():
        for target in anchors.targets:
            if target.startswith(("http:", "https:", "data:")):
                continue
            place, _, anchor = unquote(target).partition("#")
            file = (page.parent / place).resolve() if place else page
            if not file.exists() or (anchor and file in read and anchor not in read[file].ids):
                broken.append(f"{page.relative_to(site.resolve())} → {target}")
    return broken
