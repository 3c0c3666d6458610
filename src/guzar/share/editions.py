"""Releases: ReleasedFigures → a folder with everything that a reader needs, named by its content and date.

A release is never overwritten: its id is a checksum of what is in it, so that the same content on the same
day is the same release and any other content is another one. Nothing in it depends on the clock.
"""

import hashlib
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl

from guzar import __version__
from guzar.define.own_definitions import own_of
from guzar.define.publishers import Publisher
from guzar.define.seals import is_sealed
from guzar.define.sources import edition_label
from guzar.define.sources import sources as known_sources
from guzar.define.spreadsheet import FIXED_TIME
from guzar.define.tables.releases import ProtectedTable, ReleasedFigures, ReleasedTable
from guzar.errors import ReleaseRefused
from guzar.share.catalogue import write_catalogues
from guzar.share.citation import cite_bibtex, cite_in_words, cite_ris
from guzar.share.labels import ENDING, LANGUAGES, write_labelled_csv
from guzar.share.licences import LICENCE_NAMES, write_licences
from guzar.share.packages import describe_package
from guzar.share.protected_tables import describe_protected, write_protected
from guzar.share.readme import write_readme
from guzar.share.sdmx.structures import write_structures
from guzar.share.sdmx.writers import make_sdmx_figures, rows_of, subjects_in, write_sdmx_csv
from guzar.share.subject_packs import write_packs
from guzar.share.workbook import write_workbook
from guzar.store import RELEASE_RECORD, checksum_of, write_json

README_NAMES = {"en": "README.md", "ru": "README.ru.md"}


def name_release(
    figures: dy.DataFrame[ReleasedFigures],
    extra: Mapping[str, ReleasedTable],
    *,
    date: str,
    made_from: Sequence[Mapping[str, Any]],
    protected: Sequence[ProtectedTable] = (),
    publisher: Publisher | None = None,
) -> str:
    """The id of a release, as guzar-2026-11-21-1a2b3c4d: date, checksum of figures, structures and `made_from`.

    The same figures made from other files, or published by somebody else, are another release: its record names both.
    """
    require_released(figures, protected)
    content = hashlib.sha256(__version__.encode())
    content.update(write_structures("2000-01-01"))
    content.update(json.dumps([dict(one) for one in made_from], sort_keys=True).encode())
    content.update(_in_order(figures, ReleasedFigures).write_csv().encode())
    for name, table in sorted(extra.items()):
        content.update(f"\n{name}\n".encode() + _in_order(table.frame, table.table).write_csv().encode())
    for one in sorted(protected, key=lambda table: table.name):
        content.update(f"\n{one.name}\n".encode() + one.frame.write_csv().encode())
        content.update(json.dumps(one.about, sort_keys=True, default=str).encode())
    own = own_of(set(figures["source"]), set(figures["definition"]))
    if own:
        content.update(json.dumps(own, sort_keys=True).encode())
    if publisher is not None:
        content.update(json.dumps(publisher.as_record(), sort_keys=True).encode())
    return f"guzar-{date}-{content.hexdigest()[:8]}"


def write_release(
    folder: Path,
    figures: dy.DataFrame[ReleasedFigures],
    extra: Mapping[str, ReleasedTable],
    *,
    release: str,
    date: str,
    made_from: Sequence[Mapping[str, Any]],
    protected: Sequence[ProtectedTable] = (),
    publisher: Publisher | None = None,
) -> None:
    """Fill an empty folder with a whole release; its layout is in `docs/methods/releases.md`.

    `date` is ISO 8601, `made_from` lists the files (name, checksum) that the figures were taken from; `publisher`
    is named in every citation, None where nobody is declared. Refused (ReleaseRefused): a table that did not pass the room protect, whatever its type says.
    """
    require_released(figures, protected)
    require_passed(figures, extra, protected)
    ordered = ReleasedFigures.validate(_in_order(figures, ReleasedFigures))
    for name in (
        *(["data", "csv", "xlsx"] if ordered.height else []),
        *(["parquet"] if ordered.height or extra else []),
        *(["tables"] if extra else []),
        *(["protected"] if protected else []),
    ):
        (folder / name).mkdir()
    if ordered.height:
        _write_sdmx(folder, ordered, date)
        _write_for_people(folder, ordered, release, date)
        ordered.write_parquet(folder / "parquet" / "figures.parquet")
    _write_tables(folder, extra)
    write_protected(folder / "protected", protected)
    _write_texts(folder, ordered, extra, protected, release, date, publisher)
    write_json(
        folder / RELEASE_RECORD,
        _record(
            folder,
            ordered,
            extra,
            protected,
            release=release,
            date=date,
            made_from=made_from,
            publisher=publisher,
        ),
    )
    pack_release(folder, release)
    if ordered.height:  # after the archive, which holds all that they repeat
        write_packs(folder, ordered, release=release, date=date, publisher=publisher)


def require_passed(
    figures: pl.DataFrame, extra: Mapping[str, ReleasedTable], protected: Sequence[ProtectedTable]
) -> None:
    """Refuse what the room protect did not let out in this very form: types can be forged, content cannot."""
    frames = {"figures": figures, **{name: table.frame for name, table in extra.items()}}
    frames |= {table.name: table.frame for table in protected}
    unknown = [name for name, frame in frames.items() if not is_sealed(frame)]
    if unknown:
        raise ReleaseRefused(
            "These tables did not pass the room protect and may not leave: {tables}.",
            expected="tables as guzar.protect let them out, unchanged",
            do="Counts about persons: guzar protect COUNTS --workspace WORKSPACE. Public figures: guzar collect.",
            tables=", ".join(unknown),
        )


def require_released(figures: pl.DataFrame, protected: Sequence[ProtectedTable] = ()) -> None:
    """Refuse a table that did not come through the door: only `protect` marks how a row may leave."""
    missing = [name for name in ReleasedFigures.column_names() if name not in figures.columns]
    if missing or not ReleasedFigures.is_valid(figures):
        raise ReleaseRefused(
            "These figures did not pass the room protect and may not leave.",
            where="columns missing: {missing}" if missing else "rows that break the rules of ReleasedFigures",
            expected="the table ReleasedFigures, made by release_public_figures",
            do="Pass the figures through guzar.protect.release first.",
            missing=", ".join(missing),
        )
    if not figures.height and not protected:
        raise ReleaseRefused(
            "There are no figures to release.",
            expected="at least one figure",
            do="Collect a source first: guzar collect SOURCE FILE --workspace WORKSPACE",
        )


def pack_release(folder: Path, release: str) -> None:
    """One zip of everything in the folder, beside it and below one folder inside; times fixed."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    with zipfile.ZipFile(folder / f"{release}.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for path in files:
            entry = zipfile.ZipInfo(f"{release}/{path.relative_to(folder).as_posix()}", FIXED_TIME)
            entry.compress_type = (
                zipfile.ZIP_STORED if path.suffix in (".xlsx", ".parquet", ".gz") else zipfile.ZIP_DEFLATED
            )
            packed.writestr(entry, path.read_bytes(), compresslevel=6)


def _in_order(frame: pl.DataFrame, table: type[dy.Schema]) -> pl.DataFrame:
    """Columns as declared, rows in the order of the key: the same table always gives the same bytes."""
    return frame.select(table.column_names()).sort(
        table.primary_key() or table.column_names(), nulls_last=True
    )


def _write_sdmx(folder: Path, figures: dy.DataFrame[ReleasedFigures], date: str) -> None:
    (folder / "structure.xml").write_bytes(write_structures(date))
    made = make_sdmx_figures(figures)
    for subject in subjects_in(figures):
        (folder / "data" / f"{subject.file}.csv").write_bytes(write_sdmx_csv(made, subject))


def _write_for_people(folder: Path, figures: dy.DataFrame[ReleasedFigures], release: str, date: str) -> None:
    for subject in subjects_in(figures):
        for language in LANGUAGES:
            labelled = write_labelled_csv(figures, subject, language)
            (folder / "csv" / f"{subject.file}.{language}.{ENDING}").write_bytes(labelled)
            book = write_workbook(figures, subject, release=release, date=date, language=language)
            (folder / "xlsx" / f"{subject.file}.{language}.xlsx").write_bytes(book)


def _write_tables(folder: Path, extra: Mapping[str, ReleasedTable]) -> None:
    for name, table in extra.items():
        rows = _in_order(table.frame, table.table)
        rows.write_csv(folder / "tables" / f"{name}.csv")
        rows.write_parquet(folder / "parquet" / f"{name}.parquet")


def _write_texts(
    folder: Path,
    figures: dy.DataFrame[ReleasedFigures],
    extra: Mapping[str, ReleasedTable],
    protected: Sequence[ProtectedTable],
    release: str,
    date: str,
    publisher: Publisher | None,
) -> None:
    """README in both languages, licences, citation, data package."""
    sources = [known_sources()[source] for source in figures["source"].unique().sort()]
    tables = {name: table.frame.height for name, table in sorted(extra.items())}
    texts = {
        **{
            README_NAMES[language]: write_readme(
                figures,
                tables,
                protected,
                release=release,
                date=date,
                publisher=publisher,
                language=language,
            )
            for language in LANGUAGES
        },
        **{
            LICENCE_NAMES[language]: write_licences(figures, protected, language=language)
            for language in LANGUAGES
        },
        "CITATION.txt": cite_in_words(
            release,
            date,
            {one: _editions_of(figures, one.id) for one in sources},
            protected,
            publisher=publisher,
        ),
        "citation.bib": cite_bibtex(release, date, sources, protected, publisher=publisher),
        "citation.ris": cite_ris(release, date, sources, protected, publisher=publisher),
    }
    for name, text in texts.items():
        (folder / name).write_bytes(text.encode("utf-8"))
    described = describe_package(
        folder,
        release=release,
        date=date,
        sources=sources,
        extra=extra,
        protected=protected,
        publisher=publisher,
    )
    write_json(folder / "datapackage.json", described)
    if figures.height:
        for name, catalogue in write_catalogues(
            figures, release=release, date=date, publisher=publisher
        ).items():
            write_json(folder / name, catalogue)


def _editions_of(figures: pl.DataFrame, source: str) -> list[str]:
    return figures.filter(pl.col("source") == source)["edition"].unique().sort().to_list()


def _record(
    folder: Path,
    figures: dy.DataFrame[ReleasedFigures],
    extra: Mapping[str, ReleasedTable],
    protected: Sequence[ProtectedTable],
    *,
    release: str,
    date: str,
    made_from: Sequence[Mapping[str, Any]],
    publisher: Publisher | None,
) -> dict[str, Any]:
    """release.json: what this release is, who publishes it, what it was made from, how many rows, and every file's checksum."""
    held = figures.group_by("source", "edition").len().sort("source", "edition")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        "release": release,
        "date": date,
        "guzar": __version__,
        **({"publisher": publisher.as_record()} if publisher else {}),
        "values": figures.height,
        "editions": [
            {
                "source": source,
                "edition": edition,
                "label": edition_label(source, edition),
                "values": count,
                "licence": known_sources()[source].licence,
            }
            for source, edition, count in held.iter_rows()
        ],
        "made_from": [dict(one) for one in made_from],
        **own_of(set(figures["source"]), set(figures["definition"])),
        "dataflows": {subject.file: rows_of(subject, figures).height for subject in subjects_in(figures)},
        "tables": {
            name: {"declared_as": table.table.__name__, "rows": table.frame.height}
            for name, table in sorted(extra.items())
        },
        **describe_protected(protected),
        "files": {path.relative_to(folder).as_posix(): checksum_of(path.read_bytes()) for path in files},
    }
