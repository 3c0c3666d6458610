"""The page at the address of a service without a site, and at /sdmx: what is here, and how to ask for it."""

from collections.abc import Iterator
from html import escape

from guzar.define.areas import THE_TWELVE
from guzar.languages import LANGUAGES, translate
from guzar.languages.dates import write_date
from guzar.share.sdmx.dataflows import Dataflow
from guzar.share.sdmx.service.pages import write_page
from guzar.share.sdmx.service.publication import Publication

TITLE = "Evidence on international migration in North and Central Asia"
RELEASE = "Release {release} of {date}."
TABLES = "Tables"
ASKING = "How to ask"
FILES = "The whole release as files"
PROGRAMS = "For programs"
ALL_ROWS, WITH_NAMES, QUALITY = "CSV", "CSV with names", "quality report (SIMS)"
ORDER = "The order of a key; * or nothing stands for every code:"
BY_KEY, BY_FILTERS = "By key:", "By filters:"
CODES = "Which codes there are:"
HISTORY = "Each value in its latest edition; all editions:"
IN_LANGUAGE = "Names and messages in Russian:"
EMPTY = "An empty answer (status 204): the query is right, and nothing fits it. On a command line: curl -g 'ADDRESS'."
MORE = "More in the documentation of guzar: {page}"
GUIDE = {"en": "docs/how-to/query-the-service.md", "ru": "docs/how-to/query-the-service.ru.md"}
LANGUAGE_NAMES = {"en": "In English", "ru": "По-русски"}
AREA, PERIOD = "REF_AREA", "TIME_PERIOD"
BODY = (
    "<p>{languages}</p><h1>{title}</h1><p>{release}</p>"
    "<h2>{tables}</h2><ul>{flows}</ul><h2>{asking}</h2><ul>{examples}</ul>"
    "<h2>{files}</h2><ul>{downloads}</ul><h2>{programs}</h2><ul>{lines}</ul>"
)
DOWNLOADS = ("README.md", "README.ru.md", "release.json", "CITATION.txt", "LICENCE.md", "LICENCE.ru.md")
ADDRESSES = ("/sdmx/v2/structure/dataflow/GUZAR", "/sdmx/v1/dataflow/GUZAR", "/openapi.json", "/health")


def write_start(publication: Publication, language: str) -> bytes:
    """The page, in one language."""
    flows = [one.flow for one in publication.index.flows.values()]
    told = {one.target.id for one in publication.reports}
    names = [*DOWNLOADS, f"{publication.release}.zip"]
    body = BODY.format(
        languages=" · ".join(
            f'<a href="?lang={one}" hreflang="{one}" lang="{one}">{LANGUAGE_NAMES[one]}</a>'
            for one in LANGUAGES
            if one != language
        ),
        title=translate(TITLE, language),
        release=translate(RELEASE, language).format(
            release=escape(publication.release), date=write_date(publication.date, language)
        ),
        tables=translate(TABLES, language),
        flows="".join(f"<li>{_flow(flow, language, flow.id in told)}</li>" for flow in flows),
        asking=translate(ASKING, language),
        examples="".join(f"<li>{line}</li>" for line in _examples(publication, flows[0], language))
        if flows
        else "",
        files=translate(FILES, language),
        downloads="".join(f'<li><a href="/releases/latest/{name}">{name}</a></li>' for name in names),
        programs=translate(PROGRAMS, language),
        lines="".join(f"<li>{_link(one)}</li>" for one in ADDRESSES),
    )
    return write_page(body, language)


def _flow(flow: Dataflow, language: str, has_report: bool) -> str:
    """A table by its name and its id, and where it can be had."""
    links = {
        translate(ALL_ROWS, language): f"{_data(flow)}/*?format=csv",
        translate(WITH_NAMES, language): f"{_data(flow)}/*?format=csvfile&lang={language}",
    }
    if has_report:
        report = f"/sdmx/v2/metadata/structure/dataflow/{flow.agency}/{flow.id}/+?lang={language}"
        links[translate(QUALITY, language)] = report
    told = ", ".join(f'<a href="{escape(address)}">{text}</a>' for text, address in links.items())
    return f"{escape(flow.names.get(language, flow.id))} (<code>{escape(flow.id)}</code>): {told}"


def _examples(publication: Publication, flow: Dataflow, language: str) -> Iterator[str]:
    """Sentences with an address each that answers, about one table."""
    ids, data = [one.id for one in flow.dimensions], _data(flow)
    dimension = AREA if AREA in ids else ids[0] if ids else ""
    codes = publication.in_use.get(flow.id, {}).get(dimension, ())
    code = next((one for one in codes if one in THE_TWELVE), next(iter(codes), "*"))
    if code != "*":
        key = ".".join(["*"] * ids.index(dimension) + [code])
        since = f"&c[{PERIOD}]=ge:2000" if flow.time is not None else ""
        yield f"{translate(ORDER, language)} <code>{'.<wbr>'.join(ids)}</code>"
        yield f"{translate(BY_KEY, language)} {_link(f'{data}/{key}?format=csv')}"
        yield f"{translate(BY_FILTERS, language)} {_link(f'{data}/*?c[{dimension}]={code}{since}&format=csv')}"
        which = f"/sdmx/v2/availability/dataflow/{flow.agency}/{flow.id}/+/*/{dimension}"
        yield f"{translate(CODES, language)} {_link(which)}"
        yield f"{translate(HISTORY, language)} {_link(f'{data}/{key}?includeHistory=true&format=csv')}"
        yield f"{translate(IN_LANGUAGE, language)} {_link(f'{data}/{key}?format=csvfile&lang=ru')}"
    yield escape(translate(EMPTY, language))
    yield translate(MORE, language).format(page=f"<code>{GUIDE[language]}</code>")


def _data(flow: Dataflow) -> str:
    return f"/sdmx/v2/data/dataflow/{flow.agency}/{flow.id}/+"


def _link(address: str) -> str:
    told = escape(address)
    return f'<a href="{told}"><code>{told}</code></a>'
