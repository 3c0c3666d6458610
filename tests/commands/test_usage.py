"""Wrong usage in Russian: one message, the nearest name, none of the parser's own words."""

import re

import pytest

from guzar.cli import main
from guzar.commands.usage import place_shared_options
from guzar.errors import SettingsInvalid

PARSERS_WORDS = re.compile(
    r"\b(Invalid|Missing|No such|Got unexpected|requires|Input should|Did you mean|unable)\b"
)


def _refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as stopped:
        main(["--lang", "ru", *words])
    said = capsys.readouterr()
    assert stopped.value.code == 2
    assert said.err.startswith("guzar: ")
    assert said.err.count("Что делать") == 1
    return said.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["figurs"], "Нет команды figurs. Возможно, вы имели в виду figures?"),
        (["claims", "chek"], "Возможно, вы имели в виду check?"),
        (["nothing-like-it"], "Нет команды nothing-like-it."),
        (["figures", "--yeer", "2020"], "Возможно, вы имели в виду --year?"),
        (["figures", "--year", "soon"], "Ожидалось: целое число"),
        (["serve", "--port", "99999"], "Ожидалось: целое число от 0 до 65535"),
        (["serve", "--rate", "-1"], "Ожидалось: число, не меньше 0"),
        (["collect", "bordrs", "f", "--workspace", "w"], "имели в виду borders"),
        (["figures", "--area"], "После --area нужно значение."),
        (["figures", "--list=3"], "--list указывается без значения."),
        (["trace", "--quiet"], "Не указано: ТАБЛИЦА."),
        (["prices", "--quiet"], "Не указано: --corridor."),
        (["figures", "x", "y"], "Лишнее в командной строке: x y"),
        (["figures", "--indicator", "migrant_stok", "--area", "UZB"], "имели в виду migrant_stock"),
        (["figures", "--indicator", "migrant_stock", "--area", "UZB-RUS"], "имели в виду UZB>RUS"),
        (["figures", "--indicator", "migrant_stock", "--area", "Узбекистн"], "UZB (Узбекистан)?"),
        (["prices", "--corridor", "Узбекистан/Россия"], "имели в виду UZB>RUS"),
        (["collect", "world_bnk", "f", "--workspace", "w"], "имели в виду world_bank"),
        (["figures", "--indicator", "births", "--area", "UZB", "--out", "-", "--json"], "стандартный вывод"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_is_told_in_russian(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is wrong, and what it may have been meant to be."""
    said = _refused(words, capsys)
    assert told in said
    assert not PARSERS_WORDS.search(said), said


def test_a_language_without_a_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """`--lang` at the end names no language."""
    with pytest.raises(SystemExit) as stopped:
        main(["--lang"])
    assert stopped.value.code == 2
    assert "--lang needs a value" in capsys.readouterr().err


def test_a_path_that_cannot_be_read_is_told_in_russian(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system's own words are English on most machines."""

    def fail(_: object) -> None:
        raise PermissionError(13, "Permission denied", "secret.csv")

    monkeypatch.setattr("guzar.journey.load_observations", fail)
    said = _refused(["figures", "--indicator", "births", "--area", "UZB"], capsys)
    assert "нет прав доступа" in said
    assert "denied" not in said


class _Leaf:
    pass


class _Group:
    commands = {"leaf": _Leaf()}  # noqa: RUF012


class _Root:
    commands = {"leaf": _Leaf(), "group": _Group()}  # noqa: RUF012


@pytest.mark.parametrize(
    ("given", "placed"),
    [
        (["--json", "leaf", "--out", "f"], ["leaf", "--json", "--out", "f"]),
        (
            ["--lang", "ru", "group", "--quiet", "leaf", "x"],
            ["group", "leaf", "--lang", "ru", "--quiet", "x"],
        ),
        (["--lang", "ru"], []),
        (["group", "--lang", "ru"], ["group"]),
        (["group", "--help", "--lang", "ru"], ["group", "--help"]),
        (["group", "--json", "--help"], ["group", "--help"]),
        (["--help", "leaf"], ["--help", "leaf"]),
        (["leaf", "--lang", "ru", "--", "--json"], ["leaf", "--lang", "ru", "--", "--json"]),
    ],
)
def test_shared_options_are_placed_behind_the_command(given: list[str], placed: list[str]) -> None:
    """Where a command follows; alone they ask for nothing."""
    assert place_shared_options(given, _Root()) == placed


def test_an_unknown_command_is_refused_with_all_names() -> None:
    """Near or not, the list helps."""
    with pytest.raises(SettingsInvalid, match=r"leef.*leaf"):
        place_shared_options(["leef"], _Root())
