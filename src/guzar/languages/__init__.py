"""Languages: English is the text in the code, Russian comes from the `.po` files beside this one.

The catalogues are read as they are written (gettext `.po`), so that a translator's change needs no compiler.
One file per room keeps them short; they are merged on first use.
"""

import gettext
import io
import locale
import os
from functools import cache
from importlib import resources

LANGUAGES = ("en", "ru")


def preferred_language(asked: str | None = None) -> str:
    """The language to speak: the one asked for, else the user's locale, else English."""
    told = [asked, *map(os.environ.get, ("GUZAR_LANG", "LC_ALL", "LC_MESSAGES", "LANG"))]
    spoken = next((one for one in told if one), None) or (locale.getlocale()[0] or "en")
    code = spoken.replace("-", "_").split("_")[0].split(".")[0].lower()
    # Windows names its locales in words ("Russian_Russia").
    return "ru" if code in {"ru", "russian"} else "en"


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """All messages of one language; English needs none, its texts are the keys."""
    if language == "en":
        return gettext.NullTranslations()
    from babel.messages.catalog import Catalog  # noqa: PLC0415 - only other languages pay for it
    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    merged = Catalog(locale=language)
    for part in sorted(_files(language), key=lambda file: file.name):
        for message in read_po(io.BytesIO(part.read_bytes()), locale=language):
            if message.id:
                merged[message.id] = message
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _files(language: str) -> list[resources.abc.Traversable]:
    folder = resources.files(__package__).joinpath(language)
    return [file for file in folder.iterdir() if file.name.endswith(".po")]


def translate(text: str, language: str) -> str:
    """`text` in `language`; the English text itself where no translation is held."""
    return catalogue(language).gettext(text) if text else text


def translate_count(one: str, many: str, count: int, language: str) -> str:
    """The form of a counted phrase that the language needs for `count`."""
    return catalogue(language).ngettext(one, many, count)
