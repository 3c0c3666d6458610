"""How to cite a release: references in English (APA 7) and Russian, BibTeX and RIS, with the publishers in it."""

from collections.abc import Mapping, Sequence

from guzar.define.sources import UNDATED_EDITION, Source, edition_label
from guzar.define.tables.releases import ProtectedTable
from guzar.languages import translate
from guzar.languages.dates import write_date
from guzar.share.protected_tables import population_of, title_of_tables

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
ASKED_OF_TABLES = (
    "Put the name of the institution that publishes this release before the title: guzar does not know it. Name the"
    " table that you use, its population and its edition:"
)
REFERENCE_OF_TABLES = "{title} (Release {release}) [Data set]. ({year})."
REFERENCE = "{authors}. ({year}). {title} (Release {release}) [Data set]."


def write_title(has_figures: bool, protected: Sequence[ProtectedTable], language: str = "en") -> str:
    """The title of a release: of its figures, of its protected tables, or of both."""
    titles = [translate(TITLE, language)] if has_figures or not protected else []
    return ". ".join([*titles, *([title_of_tables(protected, language)] if protected else [])])


def cite_in_words(
    release: str,
    date: str,
    editions: Mapping[Source, Sequence[str]],
    protected: Sequence[ProtectedTable] = (),
) -> str:
    """References of the release in English and in Russian, and the attribution that each source asks for.

    Figures and protected tables are cited apart: the tables belong to the institution that publishes them, which
    guzar does not know, so that their reference begins with the title.
    """
    blocks = []
    for language in ("en", "ru"):
        told = [_cite_figures(release, date, editions, language)] if editions else []
        if protected:
            told.append(_cite_tables(release, date, protected, language))
        blocks.append("\n".join(told))
    return "\n\n".join(blocks)


def _cite_figures(release: str, date: str, editions: Mapping[Source, Sequence[str]], language: str) -> str:
    own = translate(REFERENCE, language).format(
        authors=translate(AUTHORS, language),
        year=date[:4],
        title=translate(TITLE, language),
        release=release,
    )
    asked = "\n".join(f"- {_attribution(*held, language)}" for held in editions.items())
    return f"{own}\n\n{translate(ASKED, language)}\n\n{asked}\n"


def _cite_tables(release: str, date: str, tables: Sequence[ProtectedTable], language: str) -> str:
    own = translate(REFERENCE_OF_TABLES, language).format(
        title=title_of_tables(tables, language), release=release, year=date[:4]
    )
    ordered = sorted(tables, key=lambda one: one.name)
    lines = "\n".join(f"- {_table_line(table, language)}" for table in ordered)
    return f"{own}\n\n{translate(ASKED_OF_TABLES, language)}\n\n{lines}\n"


def _table_line(table: ProtectedTable, language: str) -> str:
    """A protected table by its name, what it counts, by what, of whom, and its edition."""
    told = translate("{table}: {count} by {dimensions}; population: {population}", language).format(
        table=table.name,
        count=table.count,
        dimensions=", ".join(table.dimensions),
        population=population_of(table),
    )
    edition = str(table.about.get("edition", ""))
    if not edition:
        return f"{told}."
    return f"{told}; {translate(UNDATED_EDITION, language).format(date=write_date(edition, language)).rstrip('.')}."


def _attribution(source: Source, editions: Sequence[str], language: str) -> str:
    """What a source asks for, its editions, its address and its licence; nothing twice."""
    labels = "; ".join(edition_label(source.id, one, language) for one in editions)
    parts = [source.attribution, translate("Editions: {labels}", language).format(labels=labels)]
    if source.address not in source.attribution:
        parts.append(source.address)
    if source.licence not in source.attribution:
        parts.append(f"{translate('Licence', language)}: {translate(source.licence, language)}")
    return ". ".join(part.rstrip(".") for part in parts) + "."


def cite_bibtex(
    release: str, date: str, sources: Sequence[Source], protected: Sequence[ProtectedTable] = ()
) -> str:
    """BibTeX entries of the release: of its figures, sources in the note, and of its protected tables."""
    entries = []
    if sources:
        note = f"Figures of: {'; '.join(source.attribution for source in sources)}"
        title = _bibtex(TITLE).replace(PLACES, f"{{{PLACES}}}")
        entries.append(_entry(release, release, date, title, note, author=f"{{{{{AUTHORS}}}}}"))
    if protected:
        key = f"{release}-protected" if sources else release
        note = " ".join(_table_line(table, "en") for table in protected)
        entries.append(_entry(key, release, date, f"{{{_bibtex(title_of_tables(protected))}}}", note))
    return "\n".join(entries)


def _entry(key: str, release: str, date: str, title: str, note: str, *, author: str = "") -> str:
    """One BibTeX entry; an author that is not known is left out."""
    fields = {
        **({"author": author} if author else {}),
        "title": f"{{{title}}}",
        "year": f"{{{date[:4]}}}",
        "month": MONTHS[int(date[5:7]) - 1],
        "howpublished": f"{{Data set, release {_bibtex(release)}}}",
        "note": f"{{{_bibtex(note)}}}",
    }
    lines = ",\n".join(f"  {name} = {value}" for name, value in fields.items())
    return f"@misc{{{key},\n{lines}\n}}\n"


def cite_ris(
    release: str, date: str, sources: Sequence[Source], protected: Sequence[ProtectedTable] = ()
) -> str:
    """RIS entries of the release, of its figures and of its protected tables; one note per source or table."""
    entries = []
    if sources:
        notes = [source.attribution for source in sources]
        entries += _ris_tags(release, date, TITLE, notes, author=AUTHORS)
    if protected:
        notes = [_table_line(table, "en") for table in protected]
        entries += _ris_tags(release, date, title_of_tables(protected), notes)
    return "".join(f"{tag}  - {value}\r\n" for tag, value in entries)


def _ris_tags(
    release: str, date: str, title: str, notes: Sequence[str], *, author: str = ""
) -> list[tuple[str, str]]:
    return [
        ("TY", "DATA"),
        *([("AU", author)] if author else []),
        ("TI", title),
        ("PY", date[:4]),
        ("DA", date.replace("-", "/")),
        ("ET", release),
        *[("N1", note) for note in notes],
        ("ER", ""),
    ]


def _bibtex(text: str) -> str:
    """Text with the signs that TeX takes for instructions written out."""
    return "".join(SPECIAL.get(sign, sign) for sign in text)
