"""How to cite a release: references in English (APA 7) and Russian, BibTeX and RIS, with the publishers in it."""

from collections.abc import Mapping, Sequence

from guzar.define.sources import Source, edition_label
from guzar.languages import translate

AUTHORS = "The guzar developers"
TITLE = "Published figures on international migration in North and Central Asia"
# BibTeX sets a title in small letters; names of places are kept by braces.
PLACES = "North and Central Asia"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
SPECIAL = {sign: f"\\{sign}" for sign in "&%$#_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
ASKED = "Figures taken from it are cited with their source and edition, as the publishers ask:"
REFERENCE = "{authors}. ({year}). {title} (Release {release}) [Data set]."


def cite_in_words(release: str, date: str, editions: Mapping[Source, Sequence[str]]) -> str:
    """References of the release in English and in Russian, and the attribution that each source asks for."""
    blocks = []
    for language in ("en", "ru"):
        own = translate(REFERENCE, language).format(
            authors=translate(AUTHORS, language),
            year=date[:4],
            title=translate(TITLE, language),
            release=release,
        )
        asked = "\n".join(f"- {_attribution(*held, language)}" for held in editions.items())
        blocks.append(f"{own}\n\n{translate(ASKED, language)}\n\n{asked}\n")
    return "\n\n".join(blocks)


def _attribution(source: Source, editions: Sequence[str], language: str) -> str:
    """What a source asks for, its editions, its address and its licence; nothing twice."""
    labels = "; ".join(edition_label(source.id, one, language) for one in editions)
    parts = [source.attribution, translate("Editions: {labels}", language).format(labels=labels)]
    if source.address not in source.attribution:
        parts.append(source.address)
    if source.licence not in source.attribution:
        parts.append(f"{translate('Licence', language)}: {translate(source.licence, language)}")
    return ". ".join(part.rstrip(".") for part in parts) + "."


def cite_bibtex(release: str, date: str, sources: Sequence[Source]) -> str:
    """BibTeX entry of the release; sources stand in the note."""
    note = "; ".join(source.attribution for source in sources)
    fields = {
        "author": f"{{{{{AUTHORS}}}}}",
        "title": f"{{{_bibtex(TITLE).replace(PLACES, f'{{{PLACES}}}')}}}",
        "year": f"{{{date[:4]}}}",
        "month": MONTHS[int(date[5:7]) - 1],
        "howpublished": f"{{Data set, release {_bibtex(release)}}}",
        "note": f"{{Figures of: {_bibtex(note)}}}",
    }
    lines = ",\n".join(f"  {name} = {value}" for name, value in fields.items())
    return f"@misc{{{release},\n{lines}\n}}\n"


def cite_ris(release: str, date: str, sources: Sequence[Source]) -> str:
    """RIS entry of the release; one note per source."""
    tags = [
        ("TY", "DATA"),
        ("AU", AUTHORS),
        ("TI", TITLE),
        ("PY", date[:4]),
        ("DA", date.replace("-", "/")),
        ("ET", release),
        *[("N1", source.attribution) for source in sources],
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in tags)


def _bibtex(text: str) -> str:
    """Text with the signs that TeX takes for instructions written out."""
    return "".join(SPECIAL.get(sign, sign) for sign in text)
