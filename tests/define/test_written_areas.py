"""Areas as people write them: codes in any case, names in two languages, corridors with blanks, or a refusal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guzar.define.areas import areas, regions
from guzar.define.written_areas import find_area, find_corridor, find_ends
from guzar.errors import SettingsInvalid


@pytest.mark.parametrize(
    ("text", "code"),
    [("KGZ", "KGZ"), (" kgz ", "KGZ"), ("kg", "KGZ"), ("417", "KGZ"), ("Kyrgyzstan", "KGZ"), ("Kyrgyz Republic", "KGZ"),
     ("Кыргызстан", "KGZ"), ("кыргызстан", "KGZ"), ("россия", "RUS"), ("turkiye", "TUR"), ("ca5", "CA5"),
     ("Eurasian Economic Union", "EAEU"), ("Евразийский экономический союз", "EAEU"), ("_t", "_T")],
)  # fmt: skip
def test_a_code_or_a_name_is_found(text: str, code: str) -> None:
    """Case, blanks and language do not matter."""
    assert find_area(text) == code


@given(st.sampled_from([*areas()["code"], *regions()]), st.booleans())
def test_every_code_and_region_stands_for_itself(code: str, lower: bool) -> None:
    """No name or shorter code takes the place of a code."""
    assert find_area(code.lower() if lower else code) == code


@pytest.mark.parametrize("text", ["RUS>TJK", "rus > tjk", " Россия -> Таджикистан", "Russia → tjk"])
def test_a_corridor_is_found(text: str) -> None:
    """The order stays: from the first to the second."""
    assert find_corridor(text) == "RUS>TJK"
    assert find_ends(text) == ("RUS", "TJK")


@pytest.mark.parametrize("text", ["", " ", "RUS", ">", "RUS>", ">TJK", "RUS>TJK>KGZ", "RUS>Narnia"])
def test_what_is_no_corridor_is_refused(text: str) -> None:
    """A corridor has two known ends."""
    with pytest.raises(SettingsInvalid):
        find_corridor(text)


def test_what_is_near_is_named_and_not_taken() -> None:
    """A slip of the pen is a question, never a guess."""
    with pytest.raises(SettingsInvalid, match=r"Did you mean .*KGZ \(Kyrgyzstan\)"):
        find_area("Kyrgystan")
    with pytest.raises(SettingsInvalid, match=r"KGZ \(Кыргызстан\)"):
        find_area("Киргизстан")


@pytest.mark.parametrize("text", ["", "  ", "ATLANTIS-QQ", "RUS>TJK"])
def test_anything_unknown_is_refused(text: str) -> None:
    """The refusal says how to list what there is."""
    with pytest.raises(SettingsInvalid, match="guzar figures --areas"):
        find_area(text)
