"""The page at the address of a service without a site: what is here, and the line that fetches it."""

from html import escape

from guzar.languages import translate
from guzar.languages.dates import write_date
from guzar.share.sdmx.service.publication import Publication

TITLE = "Evidence on international migration in North and Central Asia"
RELEASE = "Release {release} of {date}."
TABLES = "Tables"
FILES = "The whole release as files"
PROGRAMS = "For programs"
STYLE = "body{font:17px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}code{background:#f3f1ec}"
PAGE = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>guzar</title><style>{style}</style></head><body><h1>{title}</h1><p>{release}</p><h2>{tables}</h2><ul>{flows}</ul>"
    "<h2>{files}</h2><ul>{downloads}</ul><h2>{programs}</h2><ul>{lines}</ul></body></html>\n"
)
DOWNLOADS = ("README.md", "README.ru.md", "release.json", "CITATION.txt", "LICENCE.md")


def write_start(publication: Publication, language: str) -> bytes:
    """The page, in one language."""
    flows = (one.flow for one in publication.index.flows.values())
    listed = "".join(
        f'<li>{escape(flow.names.get(language, flow.id))}: <a href="/sdmx/v2/data/dataflow/{flow.agency}/{flow.id}/+/*?format=csv">'
        f'CSV</a>, <a href="/sdmx/v2/metadata/structure/dataflow/{flow.agency}/{flow.id}/+">SIMS</a></li>'
        for flow in flows
    )
    names = [*DOWNLOADS, f"{publication.release}.zip"]
    downloads = "".join(f'<li><a href="/releases/latest/{name}">{name}</a></li>' for name in names)
    addresses = ("/sdmx/v2/structure/dataflow/GUZAR", "/sdmx/v1/dataflow/GUZAR", "/openapi.json", "/health")
    page = PAGE.format(
        language=language,
        style=STYLE,
        title=translate(TITLE, language),
        release=translate(RELEASE, language).format(
            release=escape(publication.release), date=write_date(publication.date, language)
        ),
        tables=translate(TABLES, language),
        flows=listed,
        files=translate(FILES, language),
        downloads=downloads,
        programs=translate(PROGRAMS, language),
        lines="".join(f'<li><a href="{one}"><code>{one}</code></a></li>' for one in addresses),
    )
    return page.encode()
