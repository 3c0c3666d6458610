"""`lang=ru` in an address: for people whose browser, spreadsheet or program cannot say which language it wants.

SDMX REST knows the header Accept-Language alone. The parameter is taken out of the address and put in its place, so that
everything behind sees one way of asking.
"""

from starlette.types import Scope

from guzar.languages import LANGUAGES
from guzar.share.sdmx.refusals import BAD_REQUEST, QueryRefused

NAME = b"lang="
HEADER = b"accept-language"


def ask_in_language(scope: Scope) -> None:
    """Make `lang=` of a request its header Accept-Language; refused (400) where it is no language that guzar speaks."""
    if NAME not in scope["query_string"]:
        return
    parts = scope["query_string"].split(b"&")
    named = [part.removeprefix(NAME) for part in parts if part.startswith(NAME)]
    if not named:
        return
    language = named[0].decode("latin-1").lower()
    if len(named) > 1 or language not in LANGUAGES:
        raise QueryRefused(
            BAD_REQUEST,
            "The parameter {name} is {value}; expected: {expected}.",
            name="lang",
            value=language,
            expected=", ".join(LANGUAGES),
        )
    scope["query_string"] = b"&".join(part for part in parts if not part.startswith(NAME))
    others = [(name, value) for name, value in scope["headers"] if name != HEADER]
    scope["headers"] = [*others, (HEADER, language.encode())]
