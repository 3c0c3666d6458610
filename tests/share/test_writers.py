"""SDMX-CSV 2.0: written, read back by pysdmx against the structures, the same table."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pysdmx.io import get_datasets

from guzar.define import structures
from guzar.errors import TableInvalid
from guzar.share.sdmx.writers import (
    frequency_of,
    make_sdmx_figures,
    print_number,
    rows_of,
    subjects_in,
    time_period_of,
    write_sdmx_csv,
)


def read_back(release, subject) -> pl.DataFrame:
    """A dataflow of a release as pysdmx reads it: concept ids as columns, text, empty where nothing is said."""
    [dataset] = get_datasets(release / "data" / f"{subject.file}.csv", release / "structure.xml")
    assert dataset.structure.id == subject.id
    columns = dataset.data.astype(object).where(dataset.data.notna(), None).items()
    return pl.DataFrame(
        {name: [None if one is None else str(one) for one in column] for name, column in columns}
    )


def test_every_dataflow_round_trips_through_pysdmx(release, figures):
    made = make_sdmx_figures(figures)
    assert [subject.id for subject in subjects_in(figures)] == ["MIGRANT_STOCKS", "POPULATION"]
    for subject in subjects_in(figures):
        wanted = rows_of(subject, made).select(
            pl.col(one.column).alias(one.id) for one in structures.components()
        )
        found = read_back(release, subject).select(wanted.columns)
        found = found.with_columns(
            pl.col("OBS_VALUE").cast(pl.Float64).fill_nan(None),
            pl.col("DECIMALS").cast(pl.Int32),
            pl.col("LAST_OBSERVED").replace("", None).cast(pl.Int32),
            pl.col("MISSING_MARK").replace("", None),
        )
        key = [one.id for one in structures.components() if one.role == structures.DIMENSION]
        assert found.sort(key).equals(wanted.sort(key))


def test_rows_without_a_number_stay_with_the_reason(figures):
    text = write_sdmx_csv(make_sdmx_figures(figures), structures.subject_of("migrant_stock")).decode()
    assert text.splitlines()[0].startswith("STRUCTURE,STRUCTURE_ID,ACTION,FREQ,INDICATOR,")
    withheld = [line for line in text.splitlines() if ",withheld," in line]
    assert withheld
    assert all(
        ",NaN," in line
        and ",Q,withheld,C," in line
        and line.startswith("dataflow,GUZAR:MIGRANT_STOCKS(1.0.0),I,")
        for line in withheld
    )


@pytest.mark.parametrize(
    ("period", "sdmx", "frequency"),
    [
        ("2020", "2020", "A"),
        ("2014-Q2", "2014-Q2", "Q"),
        ("2015-2020", "2015-07-01/P5Y", "A5"),
        ("2010-2017", "2010-07-01/P7Y", "_O"),
    ],
)
def test_periods_and_frequencies(period, sdmx, frequency):
    row = pl.DataFrame({"period": [period]})
    assert row.select(time_period_of(pl.col("period"))).item() == sdmx
    assert row.select(frequency_of(pl.col("period"))).item() == frequency


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_printed_number_reads_back_to_the_same_number(number):
    printed = pl.DataFrame({"value": [number]}).select(print_number(pl.col("value"))).item()
    assert float(printed) == number


def test_whole_numbers_have_no_decimal_point():
    numbers = pl.DataFrame({"value": [15e9, 0.0, 51.25, None]})
    assert numbers.select(print_number(pl.col("value")))["value"].to_list() == [
        "15000000000",
        "0",
        "51.25",
        None,
    ]


def test_a_code_that_is_in_no_list_is_refused(figures):
    strange = figures.with_columns(area=pl.lit("XYZ9"))
    with pytest.raises(TableInvalid, match="CL_AREA"):
        make_sdmx_figures(strange)
