"""How to cite a release: references in English (APA 7) and Russian, BibTeX and RIS, with whose figures are in it."""

from collections.abc import Mapping, Sequence

from guzar.define.publishers import Publisher, guzar_itself
from guzar.define.sources import UNDATED_EDITION, Source, edition_label
from guzar.define.tables.releases import ProtectedTable
from guzar.languages import translate
from guzar.languages.dates import write_date
from guzar.share.protected_tables import population_of, title_of_tables

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
UNKNOWN = (
    "Put the name of the institution that publishes this release before the title: guzar does not know it."
)
ASKED_OF_TABLES = "Name the table that you use, its population and its edition:"
REFERENCE_OF_NOBODY = "{title} (Release {release}) [Data set]. ({year})."
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
    *,
    publisher: Publisher | None,
) -> str:
    """References of the release in English and in Russian, and the attribution that each source asks for.

    Figures and protected tables are cited apart. A release whose publisher nobody has declared is cited by its title, with
    the request to put the institution before it.
    """
    blocks = []
    for language in ("en", "ru"):
        told = []
        if editions:
            told.append(_cite_figures(release, date, editions, publisher, language))
        if protected:
            told.append(_cite_tables(release, date, protected, owner_of_tables(publisher), language))
        blocks.append("\n".join(told))
    return "\n\n".join(blocks)


def owner_of_tables(publisher: Publisher | None) -> Publisher | None:
    """Whose the protected tables of a release are: never guzar's, which counts nobody."""
    return None if publisher == guzar_itself() else publisher


def _cite_figures(
    release: str,
    date: str,
    editions: Mapping[Source, Sequence[str]],
    publisher: Publisher | None,
    language: str,
) -> str:
    own = _reference(translate(TITLE, language), release, date, publisher, language)
    asked = "\n".join(f"- {_attribution(*held, language)}" for held in editions.items())
    return f"{own}\n\n{translate(ASKED, language)}\n\n{asked}\n"


def _cite_tables(
    release: str, date: str, tables: Sequence[ProtectedTable], publisher: Publisher | None, language: str
) -> str:
    own = _reference(title_of_tables(tables, language), release, date, publisher, language)
    ordered = sorted(tables, key=lambda one: one.name)
    lines = "\n".join(f"- {_table_line(table, language)}" for table in ordered)
    return f"{own}\n\n{translate(ASKED_OF_TABLES, language)}\n\n{lines}\n"


def _reference(title: str, release: str, date: str, publisher: Publisher | None, language: str) -> str:
    """The reference in one line; where nobody is declared, what to put before it."""
    told = {"title": title, "release": release, "year": date[:4]}
    if publisher is None:
        nobody = translate(REFERENCE_OF_NOBODY, language).format(**told)
        return f"{nobody}\n\n{translate(UNKNOWN, language)}"
    return translate(REFERENCE, language).format(**told, authors=publisher.name(language))


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
    release: str,
    date: str,
    sources: Sequence[Source],
    protected: Sequence[ProtectedTable] = (),
    *,
    publisher: Publisher | None,
) -> str:
    """BibTeX entries of the release: of its figures, sources in the note, and of its protected tables."""
    entries = []
    if sources:
        note = f"Figures of: {'; '.join(source.attribution for source in sources)}"
        title = _bibtex(TITLE).replace(PLACES, f"{{{PLACES}}}")
        entries.append(_entry(release, release, date, title, note, publisher))
    if protected:
        key = f"{release}-protected" if sources else release
        note = " ".join(_table_line(table, "en") for table in protected)
        title = f"{{{_bibtex(title_of_tables(protected))}}}"
        entries.append(_entry(key, release, date, title, note, owner_of_tables(publisher)))
    return "\n".join(entries)


def _entry(key: str, release: str, date: str, title: str, note: str, publisher: Publisher | None) -> str:
    """One BibTeX entry; an author that is not known is left out, a known one kept whole by braces."""
    author = f"{{{{{_bibtex(publisher.name_en)}}}}}" if publisher else ""
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
    release: str,
    date: str,
    sources: Sequence[Source],
    protected: Sequence[ProtectedTable] = (),
    *,
    publisher: Publisher | None,
) -> str:
    """RIS entries of the release, of its figures and of its protected tables; one note per source or table."""
    entries = []
    if sources:
        notes = [source.attribution for source in sources]
        entries += _ris_tags(release, date, TITLE, notes, publisher)
    if protected:
        notes = [_table_line(table, "en") for table in protected]
        entries += _ris_tags(release, date, title_of_tables(protected), notes, owner_of_tables(publisher))
    return "".join(f"{tag}  - {value}\r\n" for tag, value in entries)


def _ris_tags(
    release: str, date: str, title: str, notes: Sequence[str], publisher: Publisher | None
) -> list[tuple[str, str]]:
    return [
        ("TY", "DATA"),
        *([("AU", publisher.name_en)] if publisher else []),
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
