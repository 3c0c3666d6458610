"""Numbers on the terminal: all their digits, in the form of the reader's language, and never `None`."""

import json
from pathlib import Path

import polars as pl
import pytest

from guzar.cli import main
from guzar.commands import check_sources
from guzar.commands.figures import _as_table
from guzar.commands.speaker import Speaker
from guzar.journey import load_observations, load_share_decompositions
from guzar.languages.numbers import write_number


def _said(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("value", "decimals", "english", "russian"),
    [
        (15222774051.75, None, "15,222,774,051.75", "15\u202f222\u202f774\u202f051,75"),
        (1e22, None, "10" + ",000" * 7, "10" + "\u202f000" * 7),
        (1e-7, None, "0.0000001", "0,0000001"),
        (-0.004, 2, "0.00", "0,00"),
        (2.345, 2, "2.35", "2,35"),
        (None, None, "··", "··"),
    ],
)
def test_a_number_is_written_as_its_reader_writes_it(
    value: float | None, decimals: int | None, english: str, russian: str
) -> None:
    assert (write_number(value, "en", decimals), write_number(value, "ru", decimals)) == (english, russian)


def test_an_unknown_sum_is_not_called_none() -> None:
    """A total without a number and without a mark of its publisher shows two dots."""
    held = load_observations(None).filter(pl.col("value").is_not_null()).head(1)
    unknown = held.with_columns(value=pl.lit(None, pl.Float64), missing_mark=pl.lit(None, pl.String))
    (value,) = _as_table(Speaker("en"), unknown).columns[4].cells
    assert value == "··"


def test_a_russian_table_has_russian_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["remittances", "decompose", "--area", "KGZ", "--from", "2018", "--to", "2019", "--lang", "ru"]
    said = _said(asked, capsys)
    assert "2\u202f688,6" in said
    assert "2,688.6" not in said


def test_doubts_round_long_numbers_and_name_the_unit() -> None:
    row = {
        "indicator": "remittances_bilateral_usd",
        "explanation": "{sum} in {period}",
        "explanation_values": json.dumps({"sum": "10305844.786729", "period": "2017"}),
    }
    assert check_sources._sentence(Speaker("en"), row) == "10,305,845 in 2017 Unit: US dollars, current."


def test_a_rest_beside_a_part_not_held_is_not_known(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Without the exchange rate nobody knows what is unexplained; and a release holds whole changes only."""
    asked = ["remittances", "decompose", "--area", "TKM", "--from", "2018", "--to", "2019", "--json"]
    told = json.loads(_said(asked, capsys))
    assert told["log_change"]["exchange_rate"] is None
    assert told["log_change"]["unexplained"] is None
    released = load_share_decompositions(None)
    assert released.height
    assert released["log_change"].null_count() == 0
