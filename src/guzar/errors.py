"""Every error that guzar raises on purpose, chosen by who must act.

    GuzarError
    ├── SourceUnavailable      try later                          exit 5
    ├── DeliveryRefused        the holder of the data             exit 3
    ├── TableInvalid           the data steward                   exit 3
    ├── MethodNotApplicable    the analyst                        exit 6
    ├── ReleaseRefused         the disclosure officer             exit 4
    └── SettingsInvalid        the operator                       exit 2

A message has four short parts: what happened; where; what was expected; what to do next. The parts are written
in English with `{names}` for values and are translated when they are shown, so that no room needs to know the
reader's language. A value from a column that identifies a person never goes into a message.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Translate = Callable[[str], str]

EXIT_DONE = 0
EXIT_USAGE = 2
SAMPLE_NUMBER = "1,234.5"  # its translation has the reader's marks of thousands and of decimals


@dataclass(frozen=True)
class Phrase:
    """One text of a list within a message, with values of its own."""

    text: str
    values: Mapping[str, object] = field(default_factory=dict)


class GuzarError(Exception):
    """One refusal in four parts: what happened, where, what was expected, what to do."""

    exit_code = 1

    def __init__(
        self, what: str, *, where: str = "", expected: str = "", do: str = "", **values: object
    ) -> None:
        self.what, self.where, self.expected, self.do, self.values = what, where, expected, do, values
        super().__init__(self.message())

    def message(self, translate: Translate = str) -> str:
        """The four parts as text, one line each, empty parts left out."""
        parts = [("", self.what), ("Where", self.where), ("Expected", self.expected), ("What to do", self.do)]
        return "\n".join(self._line(label, part, translate) for label, part in parts if part)

    def _line(self, label: str, part: str, translate: Translate) -> str:
        text = _fill(part, self.values, translate)
        return f"{translate(label)}: {text}" if label else text


def _fill(text: str, values: Mapping[str, object], translate: Translate) -> str:
    """A text with its values. A tuple is a list of texts: each is translated, like the message that names them."""
    told = {name: _tell(value, translate) for name, value in values.items()}
    return translate(text).format(**told)


class _Written:
    """A number that a message formats as its reader writes numbers."""

    def __init__(self, number: float, marks: str) -> None:
        self.number, self.marks = number, marks

    def __format__(self, form: str) -> str:
        thousands, decimal = self.marks[0], self.marks[-1]
        return "".join({",": thousands, ".": decimal}.get(sign, sign) for sign in format(self.number, form))


def _tell(value: object, translate: Translate) -> object:
    if isinstance(value, float | int) and not isinstance(value, bool):
        sample = translate(SAMPLE_NUMBER)
        return _Written(value, sample[1] + sample[-2])
    if not isinstance(value, tuple):
        return value
    return "; ".join(
        _fill(one.text, one.values, translate) if isinstance(one, Phrase) else translate(one) for one in value
    )


class SourceUnavailable(GuzarError):
    """A publisher's service did not answer, or not with data. Trying later may help."""

    exit_code = 5


class DeliveryRefused(GuzarError):
    """A file or delivery is damaged or is not what it claims to be. Its holder must act."""

    exit_code = 3


class TableInvalid(GuzarError):
    """A table breaks its own declaration. The data steward must act."""

    exit_code = 3


class MethodNotApplicable(GuzarError):
    """The input is valid, but the method has no meaning for it. The analyst must act."""

    exit_code = 6


class ReleaseRefused(GuzarError):
    """Something was about to leave that may not leave. The disclosure officer must act."""

    exit_code = 4


class SettingsInvalid(GuzarError):
    """A setting, path or option is wrong. The operator must act."""

    exit_code = EXIT_USAGE
