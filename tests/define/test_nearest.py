"""The nearest known word, or none."""

import tomllib

import pytest

from guzar.define.definitions import indicator_name, require_indicator
from guzar.define.nearest import did_you_mean, nearest
from guzar.define.sources import find_source
from guzar.define.toml_places import place_in_toml
from guzar.define.written_areas import find_area, find_corridor, known_area
from guzar.errors import SettingsInvalid

KNOWN = ("migrant_stock", "remittances_paid_usd", "births")


def test_the_nearest_word() -> None:
    """A slip is near, another word is not."""
    assert did_you_mean("migrant_stok", KNOWN) == "migrant_stock"
    assert did_you_mean("BIRTH", KNOWN) == "births"
    assert did_you_mean("xyz", KNOWN) == ""


def test_a_part_of_a_word_is_near() -> None:
    """Somebody who types `remittances` is shown what begins so."""
    assert nearest("remittances", KNOWN) == ["remittances_paid_usd"]
    assert nearest("mi", KNOWN) == []


def test_an_indicator_is_found_in_any_capitals_and_named() -> None:
    """The id is one; its name is told in both languages."""
    assert require_indicator(" Migrant_Stock ") == "migrant_stock"
    assert indicator_name("migrant_stock", "ru") == "Численность мигрантов"
    with pytest.raises(SettingsInvalid, match="Did you mean migrant_stock"):
        require_indicator("migrantstock")


def test_a_source_is_suggested() -> None:
    """One letter too few."""
    with pytest.raises(SettingsInvalid, match="Did you mean un_migrant_stock"):
        find_source("un_migrant_stck")


@pytest.mark.parametrize(
    "written", ["UZB-RUS", "uzb/rus", "UZB – RUS", "Узбекистан-Россия", "Uzbekistan to Russia", "UZB RUS"]
)
def test_other_signs_of_a_corridor_are_explained(written: str) -> None:
    """guzar says how to write it and does not guess the direction silently."""
    for find in (find_area, find_corridor):
        with pytest.raises(SettingsInvalid, match="Did you mean UZB>RUS"):
            find(written)


def test_a_hyphen_inside_a_name_is_no_corridor() -> None:
    """Guinea is an area, Bissau is not."""
    assert known_area("Guinea-Bissau") == "GNB"
    assert known_area("UZB-RUS") is None


@pytest.mark.parametrize(("text", "place"), [("a = 1\nb = \n", (2, 5)), ("a = 1\nb", (0, 0))])
def test_the_place_in_a_toml_file(text: str, place: tuple[int, int]) -> None:
    """Line and column, without the parser's words."""
    with pytest.raises(tomllib.TOMLDecodeError) as broken:
        tomllib.loads(text)
    assert place_in_toml(broken.value) == place


def test_the_place_of_a_wrong_byte() -> None:
    """A Windows-1251 file is not UTF-8 from its first Cyrillic letter on."""
    with pytest.raises(UnicodeDecodeError) as broken:
        "a = 1\nb = 'я'".encode("windows-1251").decode("utf-8")
    assert place_in_toml(broken.value) == (2, 6)
