"""Developer's script: cut the Noto fonts down to the letters the observatory writes.

Not run at install and not imported by guzar: the nine files it makes are kept beside it. Needs ``fonttools``
and ``brotli``, and the unpacked npm packages ``@fontsource-variable/noto-sans`` and
``@fontsource/noto-serif`` (both 5.3.0, OFL), plus NotoSansMath-Regular.ttf (Debian ``fonts-noto-core``) for
the arrows, which Noto Sans lacks.

    python make_fonts.py NOTO_SANS_FOLDER NOTO_SERIF_FOLDER NOTO_SANS_MATH_TTF
"""

from __future__ import annotations

import sys
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
KEPT_FEATURES = ["kern", "ccmp", "locl"]

# The same ranges stand in fonts.css: change both together.
LETTERS = {
    "latin": [
        *range(0x20, 0x7F),
        *range(0xA0, 0x100),
        *(ord(letter) for letter in "Œœʻʼ‘’‚“”„•…′‹›€−–—"),
        # thin, narrow no-break, and the hyphen that does not break
        *(0x2009, 0x202F, 0x2011),
    ],
    "latin-ext": [ord(letter) for letter in "ĞğİıŇňŞşŽžƏə†₸₽"],
    "cyrillic": [*range(0x410, 0x450), *(ord(letter) for letter in "ЁёЄєІіЇїЎўҐґ№")],
    "cyrillic-ext": [ord(letter) for letter in "ҒғҚқҢңҮүҰұҲҳҶҷҺһӘәӢӣӨөӮӯ"],
}
ARROWS = [0x2190, 0x2191, 0x2192, 0x2193, 0x2197, 0x2248, 0x2260, 0x2264, 0x2265]
# Missing from the npm files: borrow the drawing of a near twin (narrow no-break from thin space).
BORROWED = {0x202F: 0x2009, 0x2011: 0x2D}


def _borrow(font: Any) -> None:
    for table in font["cmap"].tables:
        for missing, twin in BORROWED.items():
            if twin in table.cmap:
                table.cmap.setdefault(missing, table.cmap[twin])


def _open_with_weights_400_to_700(source: Path) -> Any:
    library = import_module("fontTools.ttLib")
    font = library.TTFont(source, recalcTimestamp=False)
    if "fvar" not in font:
        return font
    instancer = import_module("fontTools.varLib.instancer")
    buffer = BytesIO()
    instancer.instantiateVariableFont(font, {"wght": (400, 700)}).save(buffer)
    # Written and read again: the subsetter expects the variation tables as they are on disk.
    return library.TTFont(buffer, recalcTimestamp=False)


def cut_font(source: Path, target: Path, letters: list[int]) -> None:
    """Write ``target`` (woff2) with only ``letters``; a variable weight axis is kept from 400 to 700."""
    font = _open_with_weights_400_to_700(source)
    subset = import_module("fontTools.subset")
    options = subset.Options(layout_features=KEPT_FEATURES, hinting=False, name_IDs=[0, 1, 2, 13, 14])
    cutter = subset.Subsetter(options=options)
    cutter.populate(unicodes=letters)
    cutter.subset(font)
    _borrow(font)
    font.flavor = "woff2"
    font.save(target)


def make_fonts(sans: Path, serif: Path, math: Path) -> None:
    """Write the nine files of ``fonts.css`` beside this script."""
    for part, letters in LETTERS.items():
        cut_font(sans / "files" / f"noto-sans-{part}-wght-normal.woff2", HERE / f"sans-{part}.woff2", letters)
        cut_font(
            serif / "files" / f"noto-serif-{part}-600-normal.woff2", HERE / f"serif-{part}.woff2", letters
        )
    cut_font(math, HERE / "sans-arrows.woff2", ARROWS)


if __name__ == "__main__":
    make_fonts(*(Path(argument) for argument in sys.argv[1:4]))
