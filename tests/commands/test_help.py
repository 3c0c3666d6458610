"""The help in Russian is Russian: titles, usage, types, options, summaries; --lang may stand before the command."""

import re
from typing import Any

import pytest
import typer

from guzar.cli import application, main

# Names that are the same in both languages: of programs, formats, columns, sources and codes.
NAMES = {
    "guzar",
    # counts of groups that no list holds whole
    "first_list",
    "second_list",
    "both",
    "benchmark_lower",
    "benchmark_upper",
    "share_lower",
    "share_upper",
    "two",
    "lists",
    "multiplier",
    # migration by age
    "western",
    "standard",
    "low",
    "high",
    "dependency",
    "young",
    "old",
    "entry",
    "share",
    "persons",
    "family",
    "oldest",
    "populations",
    "parameters",
    "curve",
    "by",
    "age",
    "rate",
    "migrants",
    "survival",
    "stock",
    "cohort",
    "time",
    "forward",
    "reverse",
    "average",
    "births",
    "entropy",
    "absolute",
    "squares",
    # flows and their indices
    "after",
    "before",
    "census",
    "data_type",
    "modelled",
    "birth_country",
    "residence_country",
    "country",
    "deaths",
    "population_start",
    "population_end",
    "independence",
    "minimum",
    "open",
    "rates",
    "difference",
    "rogers",
    "von",
    "rabenau",
    "pseudo",
    "bayes",
    "population",
    "distance_km",
    "last_observed",
    "observation_status",
    "relative_mortality",
    "castro",
    # reports of flows
    "minimum_stay_months",
    "reported_by",
    "reports",
    "reporters",
    "imem",
    "experts",
    "poisson",
    "mixture",
    "none",
    "log",
    "least",
    "poulain",
    "swe",
    "reporter",
    "undercount",
    "year_start",
    "year_end",
    # definitions of two numbers
    "origin_basis",
    "reference_date",
    "coverage",
    "step",
    "factor",
    # accounts of populations
    "net_migration",
    "immigrations",
    "emigrations",
    # permits, and rules that ship
    "kaz",
    "permit_type",
    "valid_from",
    "valid_to",
    # quality reports
    "sims",
    "toml",
    "md",
    # tables of several sources
    "source",
    "measure",
    "standard_error",
    "lower",
    "upper",
    "is_reference",
    "bias_lower",
    "bias_upper",
    "amount",
    "percent",
    # measures of surveys
    "present",
    "absent",
    "absent_share",
    "mean_age",
    "mean_months_absent",
    "collect",
    "survey",
    "survey_answers",
    "duration",
    "grand",
    "mean",
    # measures, columns and codes of records
    "flow",
    "stays",
    "destination",
    "origin",
    "absences",
    "returns",
    "circular",
    "movements",
    "un_",
    "population_group",
    "crossings",
    "registrations",
    "permits",
    "year",
    "group",
    "age_group",
    "residence",
    "crossing_date",
    "direction",
    "exit",
    "drop",
    "refuse",
    "midpoint",
    "migstat",
    "migrbc",
    "above",
    "reached",
    "censored",
    "goes_on",
    "impute",
    "person_id",
    "person_token",
    "tar",
    "zip",
    "birth_year",
    "citizenship",
    "filled",
    "code",
    "parent",
    "zeros",
    "sensitive",
    "suppress",
    "perturb",
    "round",
    "html",
    "sdmx",
    "csv",
    "gz",
    "parquet",
    "xlsx",
    "xls",
    "json",
    "excel",
    "smart",
    "en",
    "ru",
    "own_table",
    "sdmx_services",
    "tjk",
    "rus",
    "uzb",
    "kgz",
    "all",
    "id",
    "area",
    "indicator",
    "value",
    "unit",
    "members",
    "received",
    "paid",
    "ordinary",
    "faithful",
    "leaky",
    "record_id",
    "surname",
    "given_name",
    "patronymic",
    "sex",
    "birth_date",
    "birth_place",
    "document_number",
    "local",
    "spark",
    "gb",
    "mb",
}
WORD = re.compile(r"[A-Za-z][A-Za-z_]+")
TYPED = re.compile(r"--[\w-]+|guzar [^.│]*(?:│\n│|\n)?|\S+\.(?:csv|xlsx|toml)|\S+=\S+|\b[a-z]+(?:[-,:]\w+)+")


def _paths() -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [()]

    def walk(command: Any, path: tuple[str, ...]) -> None:
        for name, inner in getattr(command, "commands", {}).items():
            found.append((*path, name))
            walk(inner, (*path, name))

    walk(typer.main.get_command(application()), ())
    return found


def _help(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == 0
    return capsys.readouterr().out


def _words(text: str) -> set[str]:
    """The Latin words of a help text, what is to be typed and the names of commands apart."""
    commands = {part for path in _paths() for name in path for part in (name, *name.split("-"))}
    prose = "\n".join(line for line in text.splitlines() if "guzar" not in line)
    return {word.casefold() for word in WORD.findall(TYPED.sub(" ", prose))} - NAMES - commands


@pytest.mark.parametrize("path", _paths(), ids=" ".join)
def test_russian_help_holds_no_english_word(
    path: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every word of the English help is gone, and the text is Cyrillic."""
    monkeypatch.setenv("COLUMNS", "300")
    english = _help([*path, "--help"], capsys)
    russian = _help(["--lang", "ru", *path, "--help"], capsys)
    assert {"options", "help", "show"} <= _words(english)
    assert not _words(english) & _words(russian), sorted(_words(english) & _words(russian))
    assert not re.search("Usage|OPTIONS|COMMAND|ARGUMENTS|CLAIMS|SOURCE|FILE|TABLE", russian)
    assert len(re.findall("[а-я]", russian)) > 100


def test_help_follows_the_locale(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A Russian locale needs no option, and English comes back after it."""
    monkeypatch.delenv("GUZAR_LANG")
    monkeypatch.setenv("LC_ALL", "ru_RU.UTF-8")
    assert "Ключи" in _help(["figures", "--help"], capsys)
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    assert "Options" in _help(["figures", "--help"], capsys)


def test_rooms_stand_in_the_order_of_the_house(capsys: pytest.CaptureFixture[str]) -> None:
    """Define first, use last."""
    titles = re.findall(r"─ (Define|Collect|Analyse|Share|Use) ─", _help(["--help"], capsys))
    assert titles == ["Define", "Collect", "Analyse", "Share", "Use"]


@pytest.mark.parametrize(
    "words",
    [
        ["--lang", "ru", "table", "--list"],
        ["--lang=ru", "--json", "table", "--list"],
        ["table", "--lang", "ru", "--list", "--json"],
        ["--quiet", "table", "--list", "--lang", "ru"],
    ],
    ids=" ".join,
)
def test_shared_options_may_stand_before_the_command(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The same answer wherever they stand."""
    said = _help(words, capsys)
    assert said.startswith("{") == ("--json" in words)
    assert bool(said) != ("--quiet" in words)


def test_shared_options_reach_a_command_below_a_group(capsys: pytest.CaptureFixture[str]) -> None:
    """Before the group, between group and command, and behind."""
    tail = ["--area", "KGZ", "--year", "2020"]
    given = [
        ["--json", "remittances", "allocate", *tail],
        ["remittances", "--json", "allocate", *tail],
        ["remittances", "allocate", *tail, "--json"],
    ]
    assert len({_help(words, capsys) for words in given}) == 1


def test_version_needs_no_command(capsys: pytest.CaptureFixture[str]) -> None:
    """With another option beside it too."""
    assert _help(["--version"], capsys) == _help(["--lang", "ru", "--version"], capsys)
