"""Areas: one spelling has one code, and every label of the published files is an area or a known note."""

import csv
import gzip
import io
import re
from pathlib import Path

import fastexcel
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guzar.define.areas import areas, fold_spelling, members, regions, spelling_lists, spellings
from guzar.errors import SettingsInvalid

# Columns that hold areas, by file; `header` is the header row with areas from a column on, `first` the first sheet.
COLUMNS: dict[str, list[str]] = {
    "stocks/un-desa-2020-stock-by-origin-destination-sex.parquet": ["orig", "dest"],
    "stocks/un-desa-2019-stock-by-origin-destination-sex.parquet": ["orig", "dest"],
    "stocks/un-desa-2019-stock-by-origin-destination-wide.csv": ["Dest", "header:2"],
    "stocks/un-desa-2019-stock-by-destination-latin1.csv": ["Code"],
    "stocks/world-bank-2000-bilateral-migrant-stocks.csv": ["", "header:1"],
    "flows-published/abel-cohen-1990-2020-flows-by-method-sex-type.parquet": ["orig", "dest"],
    "flows-published/oecd-imd-inflows-sdmx.csv": ["REF_AREA"],
    "population/wpp-2019-net-migration-5-year.txt": ["country_code"],
    "population/wpp-2019-population-male-5-year-age.txt": ["country_code"],
    "population/wpp-2022-births.txt": ["country_code"],
    "population/wpp-2024-births.txt": ["country_code"],
    "population/wpp-2024-net-migration.txt": ["country_code"],
    "population/wpp-2024-net-migration-rounded-persons.csv": ["Country ISO"],
    "population/net-migration-national-offices-1990-2023.csv": ["Country ISO"],
    "population/gaskin-abel-net-migration-1990-2023.csv": ["iso3"],
    "population/wpp-2022-2024-rates-and-derived-population.parquet": ["country_code"],
    "remittances/world-bank-2018-bilateral-remittances.csv": ["header:1"],
    "remittances/received-percent-gdp-vintages.csv": ["iso3"],
    "remittances/panel-kgz-tjk-uzb-2009-2024.csv": ["iso3c"],
    "remittance-prices/rpw-quotes-2011q1-2014q2.parquet": ["source", "destination"],
    "remittance-prices/corridor-cost-fraction-2017.csv": ["origin", "destination"],
    "macro/gdp-and-exchange-rate-1960-2023.csv": ["Country ISO"],
    "refugees/unhcr-population-stock.parquet": ["coo_iso", "coa_iso"],
    "refugees/unhcr-new-displacement-flows.parquet": ["coo_iso", "coa_iso"],
    "refugees/unhcr-asylum-applications.parquet": ["coo_iso", "coa_iso"],
    "refugees/unhcr-asylum-decisions.parquet": ["coo_iso", "coa_iso"],
    "refugees/unhcr-returns-resettlement-naturalisation.parquet": ["coo_iso", "coa_iso"],
    "refugees/unhcr-demographics-2025.parquet": ["coo_iso", "coa_iso"],
    "refugees/unhcr-conflict-displaced-idmc.parquet": ["coo_iso", "coa_iso"],
    "refugees/unhcr-country-codes.parquet": ["iso_code"],
    "mirror/eurostat-2010-2019-two-sided-flows.csv": ["Sending_iso3", "Receiving_iso3", "Sending_iso2"],
    "mirror/undercount-ratios-2002-2021.parquet": ["iso2"],
    "mirror/imem-undercount-grades.csv": ["Country"],
    "mirror/registration-rules.csv": ["iso2"],
    "mirror/deregistration-rules.csv": ["iso2"],
    "mirror/duration-of-stay-rules-by-corridor.csv.gz": ["origin", "destination"],
    "sdg/sdg-migration-series-2020.csv": ["m49", "iso3"],
    "treaties/human-rights-treaty-status-2022.csv": ["iso3", "member"],
    "treaties/central-asia-treaty-status-2015-and-2022.csv": ["iso3"],
    "codes/areas-12-and-rest-of-world.csv": ["iso3", "m49"],
    "codes/iso-3166-codes.csv": ["Alpha-2 code", "Alpha-3 code", "Numeric"],
    "codes/wpp-2024-locations.txt": ["country_code"],
}
# Sheets and texts with notes around the table: file, row of the header (from 0), column of the labels.
WITH_NOTES: dict[str, tuple[int, int]] = {
    "remittances/wdi-2023-05-received-usd.xls": (3, 1),
    "remittances/wdi-2021-09-paid-usd.csv": (4, 1),
    "remittances/knomad-2014-04-inflows.xls": (0, 0),
    "remittances/knomad-2023-06-inflows.xlsx": (0, 0),
    "remittances/knomad-2023-06-outflows.xlsx": (1, 0),
    "remittances/world-bank-2017-bilateral-remittances.xlsx": (1, 0),
    "remittances/world-bank-2011-bilateral-remittances-latin1.csv": (0, 0),
    "stocks/world-bank-2017-bilateral-migrant-stocks.xlsx": (1, 0),
    "remittance-prices/rpw-corridor-averages-2011q1-2020q3.csv": (0, 1),
}
# Rows that are no area: notes and totals, told by how they begin.
NOTES = re.compile(
    r"^(notes?\b|date:|source|for |gdp data|when using|these |world bank staff|\*the|venezuela has|total|"
    r"data from|last updated|migrant remittance|remittance (in|out)flows|origin$|all numbers)",
    re.IGNORECASE,
)


def _unknown(labels: set[str]) -> list[str]:
    table = pl.DataFrame({"label": sorted(labels)}, schema={"label": pl.String}).with_columns(
        spelling=fold_spelling(pl.col("label"))
    )
    return table.join(spellings(), on="spelling", how="anti")["label"].to_list()


def _text_rows(path: Path) -> list[list[str]]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    text = content.decode("latin-1" if "latin1" in path.name else "utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter="\t" if path.suffix == ".txt" else ","))


def _labels(path: Path, columns: list[str]) -> set[str]:
    if path.suffix == ".parquet":
        table = pl.read_parquet(path)
        found = {str(cell) for column in columns for cell in table[column].unique() if cell is not None}
    else:
        header, *rows = _text_rows(path)
        named = [header.index(column) for column in columns if not column.startswith("header:")]
        found = {row[i] for row in rows for i in named}
        for column in columns:
            found |= (
                set(header[int(column.removeprefix("header:")) :]) if column.startswith("header:") else set()
            )
    return {label.strip() for label in found if label.strip()}


@pytest.mark.parametrize(("file", "columns"), COLUMNS.items(), ids=[Path(file).stem for file in COLUMNS])
def test_every_label_is_an_area(shared: Path, file: str, columns: list[str]) -> None:
    labels = _labels(shared / "data" / file, columns)
    assert len(labels) >= 3
    assert _unknown(labels) == (["Total"] if "Total" in labels else [])


@pytest.mark.parametrize(("file", "where"), WITH_NOTES.items(), ids=[Path(file).stem for file in WITH_NOTES])
def test_every_label_is_an_area_or_a_note(shared: Path, file: str, where: tuple[int, int]) -> None:
    path = shared / "data" / file
    header, column = where
    if path.suffix == ".csv":
        cells = [row[column] for row in _text_rows(path)[header + 1 :] if len(row) > column]
    else:
        book = fastexcel.read_excel(path)
        sheet = "Data" if "Data" in book.sheet_names else 0
        table = book.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string").to_polars()
        cells = table.to_series(column).to_list()[header + 1 :]
    labels = {cell.strip() for cell in cells if cell and cell.strip()}
    assert len(labels) > 40
    assert [label for label in _unknown(labels) if not NOTES.match(label)] == []


def test_one_spelling_has_one_code() -> None:
    codes = spelling_lists().group_by("spelling").agg(pl.col("code").n_unique(), "taken_from")
    assert codes.filter(pl.col("code") > 1).rows() == []


def test_every_listed_spelling_leads_to_an_area() -> None:
    assert set(spelling_lists()["code"]) <= set(areas()["code"])
    assert areas()["code"].is_unique().all()
    assert areas()["code"].str.contains(r"^[A-Z][A-Z0-9]{2,15}$").all()
    assert areas()["name_ru"].null_count() == 0


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("Kyrgyz.Republic", "KGZ"),
        ("Türkiye", "TUR"),
        ("Turkiye", "TUR"),
        ("900", "WLD"),
        ("051", "ARM"),
        ("NA", "NAM"),
        ("Cote d'Ivoire", "CIV"),
        ("CHI", "CHI"),
        ("Sudan", "SDN"),
        ("736", "SUD"),
        ("728", "SSD"),
        ("Stateless", "XXA"),
        ("Unknown", "UNK"),
        ("Other South", "OTS"),
        ("Other", "OTH"),
        ("Micronesia", "M954"),
        ("AUS", "AUS"),
        ("Micronesia, Fed. Sts.", "FSM"),
        ("Киргизия", "KGZ"),
        ("St. Kitts and Nevis", "KNA"),
        ("Polynesia*", "M957"),
    ],
)
def test_spellings_lead_to_their_code(label: str, code: str) -> None:
    folded = pl.select(fold_spelling(pl.lit(label))).item()
    assert dict(spellings().iter_rows()).get(folded) == code


def test_names_that_two_publishers_use_differently_are_not_guessed() -> None:
    assert _unknown({"Sub-Saharan Africa", "Atlantis"}) == ["Atlantis", "Sub-Saharan Africa"]


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    once = pl.select(fold_spelling(pl.lit(text))).item()
    assert pl.select(fold_spelling(pl.lit(once))).item() == once


def test_a_region_is_its_members() -> None:
    assert members("CA5") == ("KAZ", "KGZ", "TJK", "TKM", "UZB")
    assert members("KGZ") == ("KGZ",)
    assert set(members("CA5")) < set(regions()["NCA9"].members)
    with pytest.raises(SettingsInvalid, match="ATL"):
        members("ATL")
