"""Style, fonts and shapes as they ship: small, complete, self-contained."""

import re
from importlib.resources import files

import pytest

from guzar.use.observatory.drawing import WIDTHS

HOME = files("guzar.use.observatory")
STYLE = HOME.joinpath("style.css").read_text(encoding="utf-8")
FONTS = HOME.joinpath("fonts/fonts.css").read_text(encoding="utf-8")


def test_nothing_is_loaded_from_elsewhere() -> None:
    assert "http" not in STYLE + FONTS
    assert "@import" not in STYLE


def test_every_width_of_a_drawing_has_its_rule() -> None:
    assert all(f".fits-{width} > .at-{width}" in STYLE for width in WIDTHS[1:])


def test_fonts_are_there_and_small() -> None:
    named = re.findall(r'url\("([^"]+)"\)', FONTS)
    sizes = [len(HOME.joinpath(f"fonts/{name}").read_bytes()) for name in named]
    assert len(named) == 9
    assert sum(sizes) <= 62_000
    assert "SIL OPEN FONT LICENSE" in HOME.joinpath("fonts/OFL.txt").read_text(encoding="utf-8")


def _covered(family: str) -> set[int]:
    blocks = [block for block in FONTS.split("@font-face") if f'"{family}"' in block]
    letters: set[int] = set()
    for part in re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", " ".join(blocks)):
        letters |= set(range(int(part[0], 16), int(part[1] or part[0], 16) + 1))
    return letters


@pytest.mark.parametrize("family", ["Noto Sans", "Noto Serif"])
def test_fonts_cover_the_letters_of_the_region(family: str) -> None:
    said = "ʻəƏğışçňžöü АЯёіїєґўқғҳӣӯҷңөүұһә −–—·…₸«»“”\u202f\u00a0"
    assert {ord(letter) for letter in said} <= _covered(family)


def test_arrows_are_in_the_text_font() -> None:
    assert {ord(letter) for letter in "→←≤≥"} <= _covered("Noto Sans")


def test_shapes_are_small_and_their_licence_is_beside_them() -> None:
    assert len(HOME.joinpath("shapes/region.json").read_bytes()) <= 150_000
    assert "BSD-3-Clause" in HOME.joinpath("shapes/NOTICE.txt").read_text(encoding="utf-8")


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("token", "least"),
    [("ink", 7), ("ink-2", 4.5), ("ink-3", 4.5), ("accent", 4.5), ("note", 4.5), ("data-grey", 3)],
)
@pytest.mark.parametrize("ground", ["#ffffff", "#f4f6f7"])
def test_text_and_marks_have_enough_contrast(token: str, least: float, ground: str) -> None:
    found = re.search(rf"--{token}: (#[0-9a-f]{{6}});", STYLE)
    assert found is not None
    light, dark = _luminance(ground), _luminance(found.group(1))
    assert (light + 0.05) / (dark + 0.05) >= least
