"""Pages of the service itself: one look for all, and the page that a browser gets where a request is refused."""

from html import escape

from guzar.languages import translate

START = "/sdmx"  # the page that says how to ask, wherever a site stands at /
WHAT_IS_HERE = "What is here, and how to ask for it"
STYLE = (
    "body{font:17px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}"
    "code{background:#f3f1ec;overflow-wrap:anywhere}"
)
PAGE = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
    "<title>guzar</title><style>{style}</style></head><body>{body}</body></html>\n"
)


def write_page(body: str, language: str) -> bytes:
    """A page around a body in HTML."""
    return PAGE.format(language=language, style=STYLE, body=body).encode()


def write_refusal(status: int, text: str, language: str) -> bytes:
    """Why a request is refused, for a person: what was wrong, and where to begin anew."""
    start = translate(WHAT_IS_HERE, language)
    return write_page(f'<h1>{status}</h1><p>{escape(text)}</p><p><a href="{START}">{start}</a></p>', language)
