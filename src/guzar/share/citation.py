"""How to cite a release: APA text, BibTeX and RIS, with the publishers whose figures it holds."""

from guzar.define.sources import Source

AUTHORS = "The guzar developers"
TITLE = "Published figures on international migration in North and Central Asia"


def cite_apa(release: str, date: str, sources: list[Source]) -> str:
    """APA 7 reference of the release, and the attribution that each source asks for."""
    own = f"{AUTHORS}. ({date[:4]}). {TITLE} (Release {release}) [Data set].\n"
    asked = "".join(f"- {source.attribution} ({source.licence}). {source.address}\n" for source in sources)
    return f"{own}\nFigures taken from it are cited with their source and edition:\n\n{asked}"


def cite_bibtex(release: str, date: str, sources: list[Source]) -> str:
    """BibTeX entry of the release; sources stand in the note."""
    note = "; ".join(source.attribution for source in sources)
    fields = {
        "author": f"{{{AUTHORS}}}",
        "title": TITLE,
        "year": date[:4],
        "month": date[5:7],
        "version": release,
        "type": "Data set",
        "note": f"Figures of: {note}",
    }
    lines = "".join(f"  {name} = {{{_bibtex(value)}}},\n" for name, value in fields.items())
    return f"@misc{{{release},\n{lines}}}\n"


def cite_ris(release: str, date: str, sources: list[Source]) -> str:
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
    for sign in "&%$#_":
        text = text.replace(sign, f"\\{sign}")
    return text
