"""UN migrant stock, with made-up tables: revisions, files cut short, and birth apart from citizenship."""

import polars as pl
import pytest
from tests.collect.sources.people_files import BOOK_2020, as_parquet, observed, read, read_file

from guzar.collect import quarantine
from guzar.collect.delivery import Delivery
from guzar.define.areas import areas
from guzar.define.definitions import require_addable
from guzar.errors import DeliveryRefused, MethodNotApplicable

DESTINATIONS = areas().filter(pl.col("kind") == "country")["code"].to_list()


def _tidy(last: int = 2020, destinations: int = 210) -> pl.DataFrame:
    cells = pl.DataFrame({"dest": DESTINATIONS[:destinations]}).join(
        pl.DataFrame({"year": [1990, last]}), how="cross"
    )
    return cells.select("year", sex=pl.lit("total"), orig=pl.lit("KGZ"), dest="dest", stock=pl.lit(7))


@pytest.mark.parametrize(("last", "edition"), [(2019, "2019-08"), (2020, "2020-12")])
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_the_last_year_tells_the_revision(last: int, edition: str, form: str) -> None:
    table = _tidy(last)
    content = table.write_csv().encode() if form == "csv" else as_parquet(table)
    reading = read(Delivery(f"stock.{form}", content), "un_migrant_stock")
    kept, refused = quarantine.sift(reading.tables["published_figures"], "un_migrant_stock")
    assert reading.edition == edition
    assert (kept.height, refused.height) == (420, 0)
    assert kept["value"].unique().to_list() == [7.0]


def test_a_file_with_too_few_destinations_is_refused() -> None:
    with pytest.raises(DeliveryRefused, match="150 destinations"):
        read(Delivery("stock.csv", _tidy(destinations=150).write_csv().encode()), "un_migrant_stock")


def test_a_file_of_no_revision_is_refused() -> None:
    with pytest.raises(DeliveryRefused, match="2015"):
        read(Delivery("stock.csv", _tidy(2015).write_csv().encode()), "un_migrant_stock")


def test_birth_and_citizenship_are_never_added() -> None:
    require_addable(["un_stock_hosted", "un_stock_hosted_imputed"])
    with pytest.raises(MethodNotApplicable, match="concept: birth / citizenship"):
        require_addable(["un_stock_hosted", "un_stock_hosted_citizenship"])
    with pytest.raises(MethodNotApplicable, match="concept"):
        require_addable(["un_stock_hosted", "un_stock_hosted_birth_and_citizenship"])


def test_destinations_are_split_by_type_of_data(shared: object) -> None:
    held = observed(shared, BOOK_2020).filter(
        (pl.col("indicator") == "migrant_stock") & (pl.col("sex") == "_T")
    )  # type: ignore[arg-type]
    of = {definition: set(cells["area"]) for (definition,), cells in held.group_by("definition")}
    assert "KGZ" in of["un_stock_hosted"]
    assert "JPN" in of["un_stock_hosted_citizenship"]
    assert len(of["un_stock_hosted_imputed"]) == 6
    assert sum(map(len, of.values())) == len(set().union(*of.values()))
    imputed = held.filter(pl.col("definition") == "un_stock_hosted_imputed")
    assert imputed["last_observed"].null_count() == imputed.height


def test_types_of_data_stand_in_the_receipt(shared: object) -> None:
    details = read_file(shared, BOOK_2020).details  # type: ignore[arg-type]
    assert "643" in details["type_of_data B"].split()
    assert "392" in details["type_of_data C"].split()
