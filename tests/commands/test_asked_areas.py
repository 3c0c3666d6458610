"""Commands read areas alike, and refuse what they cannot use instead of ignoring it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from guzar.cli import application
from guzar.define.areas import areas, regions
from guzar.errors import GuzarError, SettingsInvalid

FIGURES = ["figures", "--indicator", "migrant_stock"]


def told(*arguments: str) -> dict[str, object]:
    """What a command says as JSON."""
    done = CliRunner().invoke(application(), [*arguments, "--json"])
    assert done.exit_code == 0, done.exception
    return dict(json.loads(done.stdout))


def refusal(*arguments: str) -> GuzarError:
    """The refusal of a command."""
    done = CliRunner().invoke(application(), list(arguments))
    assert isinstance(done.exception, GuzarError), done.output
    return done.exception


@pytest.mark.parametrize("area", ["uzb > rus", "Узбекистан>россия", "Uzbekistan → Russian Federation"])
def test_figures_takes_names_and_corridors(area: str) -> None:
    """A corridor by names is the corridor by codes."""
    assert told(*FIGURES, "--area", area)["rows"] == told(*FIGURES, "--area", "UZB>RUS")["rows"]


def test_figures_lists_areas_and_regions_in_both_languages() -> None:
    """The list that refusals point to is a list of areas."""
    listed = told("figures", "--areas")
    assert listed["areas"]["KGZ"] == {"en": "Kyrgyzstan", "ru": "Кыргызстан"}  # type: ignore[index]
    assert len(listed["areas"]) == areas().height  # type: ignore[arg-type]
    assert set(listed["regions"]) == set(regions())  # type: ignore[call-overload]
    shown = CliRunner(env={"COLUMNS": "200"}).invoke(application(), ["figures", "--areas"]).output
    assert "Кыргызстан" in shown
    assert "CA5" in shown


@pytest.mark.parametrize(
    "wrong",
    [["--area", ""], ["--area", "Kyrgystan"], ["--area", "UZB>"], ["--area", "UZB>RUS>KAZ"],
     ["--area", "RUS", "--counterpart", ""], ["--area", "UZB>RUS", "--counterpart", "KAZ"],
     ["--area", "RUS", "--edition", ""]],
    ids=" ".join,
)  # fmt: skip
def test_figures_refuses_what_it_cannot_use(wrong: list[str]) -> None:
    """An empty or unknown text is exit 2, never another question answered."""
    assert refusal(*FIGURES, *wrong).exit_code == 2


def test_the_year_0_is_a_year() -> None:
    """No figure is held for it; all years are not the answer."""
    refused = refusal(*FIGURES, "--area", "RUS", "--year", "0")
    assert refused.exit_code == 6
    assert "RUS, 0" in refused.message()


@pytest.mark.parametrize("corridor", ["", "RUS", "RUS>", "RUS>Narnia"])
def test_prices_refuses_what_is_no_corridor(corridor: str, tmp_path: Path) -> None:
    """Exit 2: the operator must act."""
    refused = refusal("prices", "--corridor", corridor, "--out", str(tmp_path / "prices.csv"))
    assert isinstance(refused, SettingsInvalid)
    assert not (tmp_path / "prices.csv").exists()


def test_prices_takes_a_corridor_by_names(tmp_path: Path) -> None:
    """The same rows as by codes."""
    rows = {
        told("prices", "--corridor", c, "--out", str(tmp_path / "p.csv"))["rows"]
        for c in ("RUS>TJK", "россия > tjk")
    }
    assert len(rows) == 1


def test_remittances_reads_areas_like_the_others(tmp_path: Path) -> None:
    """By name accepted, unknown or empty refused, an empty edition not ignored."""
    decompose = [
        "remittances",
        "decompose",
        "--from",
        "2014",
        "--to",
        "2015",
        "--out",
        str(tmp_path / "parts.csv"),
    ]
    assert told(*decompose, "--area", "кыргызстан") == told(*decompose, "--area", "KGZ")
    allocate = ["remittances", "allocate", "--year", "2020", "--out", str(tmp_path / "range.csv")]
    for wrong in ([*decompose, "--area", "KGX"], [*decompose, "--area", ""], [*decompose, "--area", "KGZ", "--from-edition", ""],
                  [*allocate, "--area", "Narnia"], [*allocate, "--area", "KGZ", "--without", "Narnia"]):  # fmt: skip
        assert refusal(*wrong).exit_code == 2, wrong
