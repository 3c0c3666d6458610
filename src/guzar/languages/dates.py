"""Dates as a reader writes them: 7 August 2025; 7 августа 2025 г."""

from datetime import date

LOCALES = {"en": "en_GB", "ru": "ru"}
# Russian writes the month of a date in the genitive, a month alone in the nominative: CLDR knows both.
FORMS = {
    4: {"en": "y", "ru": "y 'г'."},
    7: {"en": "LLLL y", "ru": "LLLL y 'г'."},
    10: {"en": "d MMMM y", "ru": "d MMMM y 'г'."},
}


def write_date(told: str, language: str) -> str:
    """A date, month or year of ISO 8601 in words; what is none of them as it is."""
    from babel.dates import format_date  # noqa: PLC0415 - few messages hold a date

    try:
        day = date.fromisoformat(told + "0001-01-01"[len(told) :])
    except ValueError:
        return told
    form = FORMS.get(len(told))
    return format_date(day, form[language], locale=LOCALES[language]) if form else told
