"""A query that cannot be answered: the status that the SDMX REST specification gives the fault, and what to do."""

from typing import Any

from guzar.errors import Translate

BAD_REQUEST = 400  # against the syntax of the interface
NOT_FOUND = 404
NOT_ACCEPTABLE = 406  # a format that is not offered
TOO_LARGE = 413
TOO_LONG = 414
NOT_PROCESSABLE = 422  # right in form, wrong in meaning
NOT_BUILT = 501
BUSY = 503


class QueryRefused(Exception):
    """A query that is not answered with data: an HTTP status, and one sentence for the person who asked.

    The sentence is a template, translated where it is told; its values come from the query itself.
    """

    def __init__(self, status: int, message: str, **values: Any) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.values = values

    def tell(self, translate: Translate = str) -> str:
        """Why, in the reader's language."""
        return translate(self.message).format(**self.values)
