"""What the service answers when a query cannot be answered: the status of HTTP, and why."""

from guzar.errors import Phrase, Translate


class QueryRefused(Exception):
    """A query that is wrong, or asks for what is not there or not built.

    `status` is that of HTTP, as the SDMX REST specification gives it: 400 syntax, 404 not found, 406 format, 413 too
    large, 422 meaning, 501 not built.
    """

    def __init__(self, status: int, message: str, **values: object) -> None:
        self.status, self.phrase = status, Phrase(message, values)
        super().__init__(self.tell())

    @property
    def message(self) -> str:
        """Why, in English."""
        return self.tell()

    def tell(self, translate: Translate = str) -> str:
        """Why, in the reader's language."""
        return translate(self.phrase.text).format(**self.phrase.values)
