"""Areas: one code per spelling, special codes kept apart, regions as membership lists."""

import polars as pl
import pytest

from guzar.define.areas import THE_TWELVE, area_name, areas, fold_spelling, members, regions, spellings
from guzar.errors import SettingsInvalid


def code_of(spelling: str) -> str | None:
    """The code that a spelling stands for, or None."""
    folded = pl.DataFrame({"s": [spelling]}).select(fold_spelling(pl.col("s"))).item()
    found = spellings().filter(pl.col("spelling") == folded)
    return found["code"][0] if found.height else None


@pytest.mark.parametrize(
    ("spelling", "code"),
    [("Kyrgyz.Republic", "KGZ"), ("Kyrgyz Republic", "KGZ"), ("kyrgyzstan", "KGZ"), ("Türkiye", "TUR"), ("Turkey", "TUR"),
     ("Turkiye", "TUR"), ("Côte d'Ivoire", "CIV"), ("Cote d’Ivoire", "CIV"), ("NA", "NAM"), ("NAM", "NAM"), ("417", "KGZ"),
     ("CHI", "CHI"), ("900", "WLD"), ("Russian Federation", "RUS"), ("Atlantis", None)],
)
def test_spellings_of_published_files(spelling: str, code: str | None) -> None:
    """Accents, dots for blanks and old names lead to one code; what is not an area leads to none."""
    assert code_of(spelling) == code


def test_every_spelling_has_one_known_code() -> None:
    """No spelling may stand for two areas, and every code is in the list."""
    assert spellings()["spelling"].is_unique().all()
    assert set(spellings()["code"]) <= set(areas()["code"])


def test_special_codes_are_kept_apart() -> None:
    """Stateless persons, refugees, unspecified and former countries are areas of their own kind."""
    kinds = dict(areas().select("code", "kind").iter_rows())
    assert {kinds[c] for c in ("XXA", "XXB", "XXC", "XXX")} == {"unknown"}
    assert {kinds[c] for c in ("SUN", "SCG", "YUG", "CSK")} == {"former"}


def test_names_are_reviewed() -> None:
    """State usage, in both languages."""
    assert area_name("KGZ", "ru") == "Кыргызстан"
    assert area_name("TUR") == "Türkiye"
    assert area_name("NCA9") != "NCA9"
    assert all(area_name(code, "ru") != code for code in THE_TWELVE)


def test_regions_are_lists_with_publisher_and_date() -> None:
    """The same word means different members to different publishers: the list is part of the region."""
    assert members("NCA9") == ("ARM", "AZE", "GEO", "KAZ", "KGZ", "RUS", "TJK", "TKM", "UZB")
    assert set(members("CA5")) < set(members("NCA9"))
    assert all(region.publisher and region.as_of for region in regions().values())
    with pytest.raises(SettingsInvalid, match="NCA9"):
        members("ZZZ")
