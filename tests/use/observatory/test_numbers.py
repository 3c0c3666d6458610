"""Numbers are written exactly as the table of the house says, in both languages."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guzar.use.observatory import numbers
from guzar.use.observatory.numbers import Amount
from guzar.use.observatory.words import Words

NARROW, NO_BREAK = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (numbers.number(1146175, "en"), "1,146,175"),
        (numbers.number(1146175, "ru"), f"1{NARROW}146{NARROW}175"),
        (numbers.number(7085, "ru"), f"7{NARROW}085"),
        (numbers.number(14.4, "en"), "14.4"),
        (numbers.number(14.4, "ru"), "14,4"),
        (numbers.percent(52, "en"), "52%"),
        (numbers.percent(52, "ru"), f"52{NO_BREAK}%"),
        (numbers.number(-14.3, "en"), "−14.3"),
        (numbers.number(-14.3, "ru"), "−14,3"),
        (numbers.signed_number(54.7, "ru"), "+54,7"),
        (numbers.signed_number(0, "en"), "0"),
        (numbers.number(-0.04, "en", 1), "0.0"),
        (numbers.number(2.675, "en", 2), "2.68"),
        (numbers.years(2015, 2020), "2015–2020"),
        (numbers.years(2020, 2020), "2020"),
        (numbers.span(0, 395453, "en"), "0–395,453"),
        (numbers.span(-5, 3, "en"), "−5 to 3"),
        (numbers.span(-5, 3, "ru"), f"от{NO_BREAK}−5 до{NO_BREAK}3"),
        (str(numbers.amount(1146175, "en")), f"1.15{NO_BREAK}million"),
        (str(numbers.amount(1146175, "ru")), f"1,15{NO_BREAK}млн"),
        (str(numbers.amount(774000, "ru")), f"774{NO_BREAK}тыс."),
        (str(numbers.amount(999999, "en")), f"1.00{NO_BREAK}million"),
        (str(numbers.amount(7085, "en")), "7,085"),
        (numbers.dollars(16.8e9, "en"), f"US${NO_BREAK}16.8{NO_BREAK}bn"),
        (numbers.dollars(16.8e9, "ru"), f"16,8{NO_BREAK}млрд{NO_BREAK}долл."),
        (numbers.in_unit(54700, 3, "ru", 1, signed=True), "+54,7"),
        (numbers.quoted("прочие", "ru"), "«прочие»"),
        (numbers.quoted("other", "en"), "“other”"),
    ],
)
def test_written_as_in_the_table(written: str, expected: str) -> None:
    assert written == expected


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_not_known_is_two_dots_and_never_zero(lang: numbers.Language) -> None:
    assert numbers.number(None, lang) == "··"
    assert numbers.percent(None, lang) == "··"
    assert numbers.dollars(None, lang) == "··"
    assert numbers.amount(None, lang) == Amount("··", "")


def test_refuses_what_is_not_a_number() -> None:
    with pytest.raises(ValueError, match="finite"):
        numbers.number(float("nan"), "en")


def _read(written: str) -> Decimal:
    plain = written.replace(NARROW, "").replace("−", "-").replace("+", "").replace(",", ".")
    return Decimal(plain)


@given(st.decimals(-(10**12), 10**12, places=3), st.integers(0, 3))
def test_russian_reads_back_to_the_rounded_number(value: Decimal, decimals: int) -> None:
    back = _read(numbers.number(value, "ru", decimals))
    assert abs(back - value) <= Decimal(5).scaleb(-decimals - 1)


@given(st.integers(-(10**15), 10**15))
def test_languages_differ_only_in_their_marks(value: int) -> None:
    english = numbers.number(value, "en")
    assert numbers.number(value, "ru") == english.replace(",", NARROW)
    assert english == f"{value:,}".replace("-", "−")


@given(st.integers(1, 10**14))
def test_an_amount_keeps_three_digits(value: int) -> None:
    number, unit = numbers.amount(value, "en")
    power = {"": 0, "thousand": 3, "million": 6, "billion": 9}[unit]
    assert abs(Decimal(number.replace(",", "")).scaleb(power) - value) <= Decimal(value) / 199


@given(st.text(alphabet="вискоАя 0123456789—%млнтыс.г", max_size=60), st.sampled_from(["en", "ru"]))
def test_typesetting_twice_changes_nothing_more(text: str, lang: numbers.Language) -> None:
    once = numbers.typeset(text, lang)
    assert numbers.typeset(once, lang) == once
    assert once.replace(NO_BREAK, " ") == text


def test_short_words_units_and_dashes_are_bound() -> None:
    said = numbers.typeset("Живут в России и с 1990 г. — 5 млн", "ru")
    assert said == f"Живут в{NO_BREAK}России и{NO_BREAK}с{NO_BREAK}1990{NO_BREAK}г.{NO_BREAK}— 5{NO_BREAK}млн"
    assert numbers.typeset("about 5 million", "en") == f"about 5{NO_BREAK}million"


def test_a_small_share_is_no_nought() -> None:
    """0.0044 per cent of GDP is not nothing; a true zero stays one."""
    english, russian = Words("en"), Words("ru")
    assert (english.share(0.0044), english.share(0.0), english.share(0.06)) == ("under 0.1", "0.0", "0.1")
    assert english.percent(0.0044) == "under 0.1%"
    assert russian.share(0.0044).replace("\u00a0", " ") == "менее 0,1"


def test_a_country_without_held_cases_still_stands_in_a_sentence() -> None:
    assert Words("en").place("DEU", "in") == "in Germany"
    assert Words("ru").place("DEU", "in").replace("\u00a0", " ") == "в стране «Германия»"
