"""Who answers for a release: as guzar.toml declares it, and never guzar for figures of others."""

import pytest

from guzar.define.publishers import Publisher, declared_publisher, guzar_itself, publisher_of
from guzar.errors import SettingsInvalid

OFFICE = {
    "name_en": "National Statistical Committee",
    "name_ru": "Национальный статистический комитет",
    "address": "https://stat.example/en",
    "contact": "data@stat.example",
}


def test_a_declared_publisher_has_both_names_a_page_and_a_mailbox() -> None:
    declared = declared_publisher({"publisher": OFFICE})
    assert declared == Publisher(**OFFICE)
    assert declared is not None
    assert (declared.name("en"), declared.name("ru")) == (OFFICE["name_en"], OFFICE["name_ru"])
    assert publisher_of({"publisher": declared.as_record()}) == declared


def test_a_name_in_one_language_stands_for_both() -> None:
    assert declared_publisher({"publisher": {"name_ru": "Комитет"}}) == Publisher("Комитет", "Комитет")


def test_nobody_declared_is_nobody() -> None:
    assert declared_publisher({"format": 2}) is None
    assert publisher_of({"release": "guzar-x"}) is None
    assert publisher_of({"publisher": "by hand"}) is None


def test_a_record_of_a_later_guzar_may_say_more() -> None:
    told = {"name_en": "Committee", "identifier": "7"}
    assert publisher_of({"publisher": told}) == Publisher("Committee", "Committee")


@pytest.mark.parametrize(
    "lines",
    [
        "National Statistical Committee",
        {},
        {"address": "https://stat.example"},
        {"name_en": " "},
        {"name_en": 7},
        {"name_en": "Two\nlines"},
        {"name_en": "N" * 201},
        {**OFFICE, "address": "javascript:alert(1)"},
        {**OFFICE, "address": 'https://stat.example/"onclick'},
        {**OFFICE, "contact": "data at stat.example"},
        {**OFFICE, "phone": "12"},
    ],
)
def test_what_cannot_be_a_publisher_is_refused(lines: object) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        declared_publisher({"publisher": lines})
    assert "[publisher]" in refused.value.message()


def test_guzar_has_a_name_in_both_languages() -> None:
    assert guzar_itself().name("en") != guzar_itself().name("ru")
