"""Samples of records about persons: a worked example, laws on random records, and a second, slow way of counting."""

import io
import itertools
import pickle
from collections import Counter, defaultdict
from typing import Any

import dataframely as dy
import polars as pl
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from guzar.define.columns import DECLARED, Secrecy
from guzar.errors import GuzarError, MethodNotApplicable, ReleaseRefused, SettingsInvalid, TableInvalid
from guzar.languages import translate
from guzar.protect import samples
from guzar.protect.samples import ProtectedSample, SampleRules, find_risky_records, protect_sample

QUASI = ("sex", "born_in", "age")
Rows = list[tuple[Any, ...]]

# sex, born in, age, reason of the move
WORKED: Rows = [
    ("F", "KGZ", "20-29", "work"),
    ("F", "KGZ", "20-29", "study"),
    (
        "F",
        "KGZ",
        "30-39",
        "work",
    ),  # alone; without the age one of two that are still too few, without place safe
    ("F", "TJK", "30-39", "work"),  # alone; as the one above
    ("M", "KGZ", "30-39", "work"),
    ("M", "KGZ", "30-39", "study"),
    ("M", "UZB", "20-29", "work"),  # two of one sex and country: without the age safe
    ("M", "UZB", "30-39", "family"),
]


def table(rows: Rows) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys((*QUASI, "reason"), pl.String), orient="row")


def rules(**changes: Any) -> SampleRules:
    return SampleRules(**{"quasi_identifiers": QUASI, "k": 2, "sensitive": ("reason",), **changes})


# --- worked by hand --------------------------------------------------------------------------------------------


def test_the_worked_example_by_hand() -> None:
    """Four of eight are alone; two are safe without their age, two only without age and country of birth."""
    found = protect_sample(table(WORKED), rules())
    assert (
        find_risky_records(table(WORKED), rules()).to_list()
        == [False] * 2 + [True] * 2 + [False] * 2 + [True] * 2
    )
    assert Counter(found.records.rows()) == Counter(
        [
            ("F", "KGZ", "20-29", "work"),
            ("F", "KGZ", "20-29", "study"),
            ("F", None, None, "work"),
            ("F", None, None, "work"),
            ("M", "KGZ", "30-39", "work"),
            ("M", "KGZ", "30-39", "study"),
            ("M", "UZB", None, "work"),
            ("M", "UZB", None, "family"),
        ]
    )
    assert found.blanked == {"sex": 0, "born_in": 2, "age": 4}
    assert (found.risky_before, found.left_out, found.smallest_group) == (4, 0, 2)


def test_a_group_that_is_alike_is_risky_however_large() -> None:
    """l-diversity by hand: the two women who moved for work are blanked further, until reasons differ."""
    two = rules(l=2, most_left_out=0.25)
    with pytest.raises(MethodNotApplicable, match=r"2 of 8 records"):
        protect_sample(table(WORKED), rules(l=2, most_left_out=0.24))
    found = protect_sample(table(WORKED), two)
    assert (found.left_out, found.risky_before, found.records.height) == (2, 4, 6)
    assert found.blanked == {"sex": 0, "born_in": 0, "age": 2}  # of the records that stay


def test_a_missing_value_is_a_value_of_its_own() -> None:
    """Two whose age is missing do not hide in the group of their countrywomen, nor these behind them."""
    rows = [("F", "KGZ", None, "work"), ("F", "KGZ", "20-29", "work"), ("F", "KGZ", "20-29", "study")]
    assert find_risky_records(table(rows), rules()).to_list() == [True, False, False]


def test_a_missing_sensitive_value_hides_no_other() -> None:
    """One reason and a missing one are one reason; "not a number" is missing as well."""
    rows: Rows = [("F", "KGZ", "20-29", "work"), ("F", "KGZ", "20-29", None)]
    assert find_risky_records(table(rows), rules(l=2)).all()
    numbers = pl.DataFrame({"sex": ["F", "F", "M", "M"], "income": [1.0, float("nan"), 1.0, 2.0]})
    wanted = SampleRules(("sex",), k=2, sensitive=("income",), l=2)
    assert find_risky_records(numbers, wanted).to_list() == [True, True, False, False]


def test_a_group_without_any_sensitive_value_is_risky() -> None:
    """That nobody in a group answered is then known of each; where l is 1, nothing is asked of the column."""
    rows: Rows = [("F", "KGZ", "20-29", None)] * 3
    assert find_risky_records(table(rows), rules(l=2)).all()
    assert not find_risky_records(table(rows), rules(l=1)).any()


def test_the_share_left_out_is_compared_without_rounding_error() -> None:
    """29 of 100 may be left out where the share is 0.29, although 0.29 times 100 is a little less than 29."""
    records = pl.DataFrame({"sex": ["F"] * 71 + ["M"] * 29})
    found = protect_sample(records, SampleRules(("sex",), k=30, most_left_out=0.29))
    assert (found.left_out, found.records.height, found.smallest_group) == (29, 71, 71)


def test_a_sample_of_which_nothing_would_stay_is_refused() -> None:
    """However large a share may be left out, a sample without records is none."""
    with pytest.raises(MethodNotApplicable, match="2 of 2 records"):
        protect_sample(table(WORKED[:2]), rules(k=3, most_left_out=1.0))


# --- laws ------------------------------------------------------------------------------------------------------

people = st.lists(
    st.tuples(
        st.sampled_from(["F", "M", None]),
        st.sampled_from(["KGZ", "TJK", "UZB"]),
        st.sampled_from(["20-29", "30-39", None]),
        st.sampled_from(["work", "study", "family", None]),
    ),
    min_size=1,
    max_size=40,
)
wanted_rules = st.builds(rules, k=st.integers(2, 5), l=st.integers(1, 3), most_left_out=st.just(1.0))


def protect_or_pass(records: pl.DataFrame, wanted: SampleRules) -> ProtectedSample:
    """A sample of which nothing is left is refused, and is no case for the laws on what is left."""
    try:
        return protect_sample(records, wanted)
    except MethodNotApplicable:
        assume(False)
        raise


def slow_risk(rows: Rows, wanted: SampleRules) -> list[bool]:
    groups = defaultdict(list)
    for *key, reason in rows:
        groups[tuple(key)].append(reason)
    unsafe = {
        key
        for key, reasons in groups.items()
        if len(reasons) < wanted.k or (wanted.l > 1 and len(set(reasons) - {None}) < wanted.l)
    }
    return [tuple(key) in unsafe for *key, _ in rows]


def slow_protection(rows: Rows, wanted: SampleRules) -> Rows:
    """The rule once more, in plain Python: blank one value more from the right, leave out at the end."""
    for blank in (1, 2, 3):
        risk = slow_risk(rows, wanted)
        rows = [
            (*row[: 3 - blank], *[None] * blank, row[3]) if is_risky else row
            for row, is_risky in zip(rows, risk, strict=True)
        ]
    return [row for row, is_risky in zip(rows, slow_risk(rows, wanted), strict=True) if not is_risky]


@settings(max_examples=80, deadline=None)
@given(people, wanted_rules)
def test_risk_and_protection_are_those_of_a_slow_second_way(rows: Rows, wanted: SampleRules) -> None:
    """Polars and plain Python find the same risky records, and leave the same records."""
    assert find_risky_records(table(rows), wanted).to_list() == slow_risk(rows, wanted)
    expected = slow_protection(rows, wanted)
    if expected:
        found = protect_sample(table(rows), wanted)
        assert Counter(found.records.rows()) == Counter(expected)
        assert found.left_out == len(rows) - len(expected)
        assert found.risky_before == sum(slow_risk(rows, wanted))
    else:
        with pytest.raises(MethodNotApplicable):
            protect_sample(table(rows), wanted)


@settings(max_examples=60, deadline=None)
@given(people, wanted_rules)
def test_every_group_is_large_and_diverse_afterwards(rows: Rows, wanted: SampleRules) -> None:
    """k-anonymity and l-diversity, counted from what left; the smallest group is the one that is told."""
    found = protect_or_pass(table(rows), wanted)
    groups = defaultdict(list)
    for *key, reason in found.records.rows():
        groups[tuple(key)].append(reason)
    assert min(map(len, groups.values())) == found.smallest_group >= wanted.k
    assert wanted.l == 1 or all(len(set(reasons) - {None}) >= wanted.l for reasons in groups.values())


@settings(max_examples=60, deadline=None)
@given(people, st.integers(2, 5))
def test_values_are_kept_or_blank_and_records_without_risk_are_not_touched(rows: Rows, k: int) -> None:
    """Each record is followed by a number of its own: only risky ones change, from the least important side."""
    numbers = [(*row[:3], str(number)) for number, row in enumerate(rows)]
    wanted = rules(k=k, most_left_out=1.0)
    found = protect_or_pass(table(numbers), wanted)
    risk = slow_risk(numbers, wanted)
    lost: Counter[str] = Counter()
    for row in found.records.rows():
        before = numbers[int(row[3])]
        blank = next((size for size in range(4) if row[: 3 - size] == before[: 3 - size]), 3)
        assert row[3 - blank : 3] == (None,) * blank
        assert risk[int(row[3])] or row == before
        lost.update(
            name for name, a, b in zip(QUASI, before, row, strict=False) if a is not None and b is None
        )
    kept = {int(row[3]) for row in found.records.rows()}
    assert all(number in kept for number, is_risky in enumerate(risk) if not is_risky)
    assert found.blanked == {name: lost[name] for name in QUASI}


@settings(max_examples=40, deadline=None)
@given(people, wanted_rules, st.randoms(use_true_random=False))
def test_the_order_of_the_input_makes_no_difference(rows: Rows, wanted: SampleRules, chance: Any) -> None:
    """The same records in another order give the same sample to the last row: its order tells nothing."""
    found = protect_or_pass(table(rows), wanted)
    shuffled = chance.sample(rows, len(rows))
    other = protect_sample(table(shuffled), wanted)
    assert other.records.equals(found.records)
    assert (other.blanked, other.left_out) == (found.blanked, found.left_out)
    assert found.records.equals(found.records.sort(found.records.columns))


@settings(max_examples=40, deadline=None)
@given(people, wanted_rules)
@example(WORKED, rules())
def test_a_protected_sample_is_not_changed_again(rows: Rows, wanted: SampleRules) -> None:
    """What is safe stays as it is."""
    found = protect_or_pass(table(rows), wanted)
    again = protect_sample(found.records, wanted)
    assert again.records.equals(found.records)
    assert (again.risky_before, again.left_out, sum(again.blanked.values())) == (0, 0, 0)


# --- nothing slips out -----------------------------------------------------------------------------------------


def _memory(frame: pl.DataFrame) -> bytes:
    """All that would leave with a frame: as Arrow file, pickled, and in the buffers handed to another program."""
    file = io.BytesIO()
    frame.write_ipc(file)
    handed = [
        bytes(buffer)
        for column in frame.to_arrow(compat_level=pl.CompatLevel.newest()).columns
        for chunk in column.chunks
        for buffer in chunk.buffers()
        if buffer is not None
    ]
    return b"".join([file.getvalue(), pickle.dumps(frame), *handed])


PLACES = ["village of the one person", "hamlet of the one person", "a large city"]


@pytest.mark.parametrize("kind", [pl.String, pl.Categorical, pl.Enum(PLACES)])
@pytest.mark.parametrize("villagers", [1, 2], ids=["left out", "blanked"])
def test_a_blanked_text_is_gone_from_memory(kind: Any, villagers: int) -> None:
    """Neither the text under a blank or of a record left out, nor a list of categories, leaves with the sample."""
    village, hamlet, city = PLACES
    places = pl.Series([village] * villagers + [hamlet] + [city] * 7).cast(kind)
    records = pl.DataFrame({"sex": ["F"] * len(places), "place": places})
    found = protect_sample(records, SampleRules(("sex", "place"), k=3, most_left_out=0.3))
    assert found.left_out == (2 if villagers == 1 else 0)
    assert found.records["place"].to_list() == [None] * (3 if villagers == 2 else 0) + [city] * 7
    assert village.encode() in _memory(records)
    assert village.encode() not in _memory(found.records)
    assert hamlet.encode() not in _memory(found.records)


def test_types_of_columns_are_kept() -> None:
    """Whole numbers, dates, moments and flags leave as they came."""
    records = pl.DataFrame({"age": [20, 20, 30], "has_job": [True, True, False]}).with_columns(
        pl.col("age").cast(pl.Int8),
        arrived=pl.date(2020, 1, 2),
        seen=pl.datetime(2020, 1, 2, time_unit="ns", time_zone="Asia/Bishkek"),
        paid=pl.lit("1.10").cast(pl.Decimal(10, 2)),
        stayed=pl.duration(days=3, time_unit="ms"),
        nothing=pl.lit(None),
    )
    found = protect_sample(records, SampleRules(tuple(records.columns), k=2, most_left_out=0.4))
    assert found.records.schema == records.schema
    assert found.records.rows() == records.head(2).rows()


def test_a_column_that_the_rules_do_not_name_is_refused() -> None:
    """A column nobody thought of could identify; its name is told, no value of it."""
    records = table(WORKED).with_columns(passport=pl.lit("AN1234567"), village=pl.lit("Ak-Suu"))
    with pytest.raises(ReleaseRefused, match="passport, village") as refused:
        protect_sample(records, rules())
    assert "AN1234567" not in refused.value.message()


def test_a_column_that_identifies_directly_is_refused_whatever_the_rules_say(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name among the sensitive columns would make every group diverse, and tell all."""
    named = dy.String(metadata={"secrecy": str(Secrecy.DIRECT)})
    monkeypatch.setitem(DECLARED, "full_name", lambda **_: named)
    records = table(WORKED).with_columns(full_name=pl.lit("x"))
    with pytest.raises(ReleaseRefused, match="directly") as refused:
        protect_sample(records, rules(sensitive=("reason", "full_name")))
    assert refused.value.values["columns"] == "full_name"


@pytest.mark.parametrize(
    ("records", "told"),
    [
        (table(WORKED).drop("age", "reason"), "age, reason"),
        (table([]), "no records"),
        (table(WORKED).with_columns(reason=pl.concat_list("reason", "age")), "more than one value"),
        (table(WORKED).with_columns(reason=pl.struct("reason", name=pl.lit("Aida"))), "more than one value"),
        (table(WORKED).with_columns(reason=pl.Series([{"a"}] * 8, dtype=pl.Object)), "more than one value"),
    ],
)
def test_a_table_that_is_no_sample_is_refused(records: pl.DataFrame, told: str) -> None:
    """Missing columns, no records, and columns that could carry others inside them."""
    for act in (find_risky_records, protect_sample):
        with pytest.raises(TableInvalid, match=told):
            act(records, rules())


def test_the_last_check_counts_again_and_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the search for risky records wrong, the sample would still not leave."""
    nothing_risky = pl.Series([False] * len(WORKED))
    monkeypatch.setattr(samples, "find_risky_records", lambda *_: nothing_risky)
    with pytest.raises(ReleaseRefused, match=r"4 of 6 groups"):
        protect_sample(table(WORKED), rules())


# --- rules and messages ----------------------------------------------------------------------------------------

NONSENSE = [
    ({"quasi_identifiers": ()}, "no quasi-identifier is named"),
    ({"k": 1}, "k is below 2"),
    ({"l": 0}, "l is below 1"),
    ({"l": 2, "sensitive": ()}, "l is above 1, but no sensitive column is named"),
    ({"sensitive": ("age",)}, "a column is named twice"),
    ({"quasi_identifiers": ("age", "sex", "age")}, "a column is named twice"),
    ({"sensitive": ("reason", "reason")}, "a column is named twice"),
    ({"most_left_out": 1.01}, "the share left out is not between 0 and 1"),
    ({"most_left_out": float("nan")}, "the share left out is not between 0 and 1"),
]


@pytest.mark.parametrize(("changes", "problem"), NONSENSE)
def test_rules_without_sense_are_refused(changes: dict[str, Any], problem: str) -> None:
    """Each is named for what it is, in both languages, with what to do."""
    with pytest.raises(SettingsInvalid) as refused:
        rules(**changes)
    assert refused.value.values["problems"] == (problem,)
    assert len(refused.value.message().splitlines()) == 4
    russian = refused.value.message(lambda text: translate(text, "ru"))
    assert translate(problem, "ru") in russian
    assert translate(problem, "ru") != problem


def test_several_faults_are_told_at_once() -> None:
    """The operator corrects the rules in one go."""
    with pytest.raises(SettingsInvalid, match="k is below 2; l is below 1"):
        SampleRules(("age",), k=0, l=0)


def _refusals() -> list[GuzarError]:
    """One refusal of each kind, from records whose every value is a mark."""
    cells = itertools.count()
    rows = [tuple(f"mark{next(cells)}" for _ in range(4)) for _ in range(6)]
    marked = table(rows)
    told = []
    for records in (
        marked,
        marked.with_columns(extra=pl.lit("mark")),
        marked.drop("sex"),
        marked.select(*QUASI, reason=pl.concat_list("reason")),
    ):
        with pytest.raises(GuzarError) as refused:
            protect_sample(records, rules(k=9))
        told.append(refused.value)
    return told


def test_no_message_holds_a_value_of_a_record() -> None:
    """Columns and counts are told; four parts each; never what stands in a record."""
    told = _refusals()
    assert len({error.what for error in told}) == 4
    for error in told:
        assert "mark" not in error.message()
        assert len(error.message().splitlines()) == 4


@pytest.mark.parametrize("text", ["=1+1", "+cmd|'x'!A1", "@SUM(1)"])
def test_texts_that_a_spreadsheet_would_run_are_refused_by_column_alone(text: str) -> None:
    records = table(WORKED).with_columns(reason=pl.lit(text))
    with pytest.raises(ReleaseRefused, match="run as formulas") as refused:
        protect_sample(records, rules(sensitive=("reason",), l=1))
    assert "columns: reason" in str(refused.value)
    assert text not in str(refused.value)
