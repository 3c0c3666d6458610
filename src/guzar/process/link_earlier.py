"""Persons of an earlier linkage and clusters of a new one → clusters in which a person keeps the number for ever.

In: PersonRecords of both, and what documents records under pseudonyms carry (keyed hashes; names may be purged). Out:
PersonRecords of every record of both, and which earlier records have another number now.
The rule: a new cluster takes the number of the earlier person with whom it shares most records (the same record, or one
that carries a document of that person), of equals the smaller number. A number that is gone never comes back, and a new
person has a number above all earlier ones. What documents may say: docs/methods/linkage.md, "Numbers that stay".
"""

from dataclasses import dataclass

import polars as pl

from guzar.errors import TableInvalid

LARGEST_NUMBER = 10**15 - 1  # of a person: what a spreadsheet and JSON keep to the last digit
TOKEN = "person_token"  # noqa: S105
# Of the documents of earlier persons, and of records of the new linkage: who shows the same document must look alike.
DOCUMENTS = {TOKEN: pl.String, "sex": pl.String, "birth_year": pl.Int32}
TOLD_SEXES = ("F", "M")
CLUSTER, EARLIER = "cluster", "person_id_earlier"


@dataclass(frozen=True)
class Carried:
    """Clusters under numbers that stay, and what became of earlier persons.

    clusters: `record_id, person_id` of all records, earlier and new. changes: `person_id_earlier, person_id, records`, how
    many records of an earlier person have another number now. highest: the highest number ever given. seen_again: earlier
    persons with new records; new: persons that nobody knew; seen_as_one: earlier persons whose number is gone, because
    they are another person's; seen_as_several: earlier persons whose records now belong to several. earlier_records: how
    many the earlier linkage had; linked_again: those of them that the new linkage held too.
    """

    clusters: pl.DataFrame
    changes: pl.DataFrame
    highest: int
    seen_again: int
    new: int
    seen_as_one: int
    seen_as_several: int
    earlier_records: int
    linked_again: int


def carry_numbers(
    linked: pl.DataFrame,
    earlier: pl.DataFrame,
    *,
    known: pl.DataFrame | None = None,
    shown: pl.DataFrame | None = None,
    highest: int = -1,
) -> Carried:
    """Clusters of a new linkage under the numbers of an earlier one, with the earlier records that it did not hold.

    linked, earlier: `record_id, person_id`, every record once. known: `person_id` of the earlier linkage and DOCUMENTS,
    every document that the person carried; shown: `record_id` of linked records and DOCUMENTS. highest: the highest number
    given so far, where that person is gone. The order of rows changes nothing. Raises TableInvalid where no numbers are
    left up to LARGEST_NUMBER.
    """
    clusters = linked.select(pl.col("record_id").cast(pl.String), pl.col("person_id").alias(CLUSTER))
    before = earlier.select(
        pl.col("record_id").cast(pl.String), pl.col("person_id").cast(pl.Int64).alias(EARLIER)
    )
    last = max(highest, _highest(before[EARLIER]))
    shared = _shared_records(clusters, before, known, shown)
    numbers = _number_clusters(clusters, _choose_persons(shared), last)
    _require_room(_highest(numbers["person_id"]))
    carried = _spread_numbers(clusters, before, numbers, _follow_gone(shared, numbers))
    changes = _changes(before, carried)
    return _tell(carried, changes, before, clusters, last)


def count_torn(linked: pl.DataFrame, earlier: pl.DataFrame) -> tuple[int, int]:
    """How many earlier persons have several records in a new linkage, and of how many of them these now lie apart.

    linked, earlier: `record_id, person_id`. Of the same records hardly a person lies apart; of other records under the
    same numbers nearly all do.
    """
    before = earlier.select("record_id", pl.col("person_id").alias(EARLIER))
    both = linked.select("record_id", "person_id").join(before, on="record_id")
    each = both.group_by(EARLIER).agg(records=pl.len(), now=pl.col("person_id").n_unique())
    several = each.filter(pl.col("records") > 1)
    return several.height, int((several["now"] > 1).sum())


def count_contradictions(told: pl.DataFrame) -> dict[str, tuple[int, int]]:
    """For sex and year of birth: records of earlier persons with several, and those that differ from the commonest.

    told: `person_id, sex, birth_year, records`, how many records of an earlier person say so; what is not known counts
    for nothing.
    """
    known = told.with_columns(pl.when(pl.col("sex").is_in(TOLD_SEXES)).then("sex"))
    found = {}
    for column in ("sex", "birth_year"):
        said = known.drop_nulls(column).group_by("person_id", column).agg(pl.col("records").sum())
        each = said.group_by("person_id").agg(every=pl.col("records").sum(), most=pl.col("records").max())
        several = each.filter(pl.col("every") > 1)
        every = int(several["every"].sum())
        found[column] = (every, every - int(several["most"].sum()))
    return found


def _require_room(highest: int) -> None:
    if highest > LARGEST_NUMBER:
        raise TableInvalid(
            "No numbers are left for new persons.",
            where="the highest number would be {highest}",
            expected="numbers up to {most}",
            do="Find out where so high a number comes from: guzar link counts from 0.",
            highest=highest,
            most=LARGEST_NUMBER,
        )


def _shared_records(
    clusters: pl.DataFrame, before: pl.DataFrame, known: pl.DataFrame | None, shown: pl.DataFrame | None
) -> pl.DataFrame:
    """`cluster, person_id_earlier, records, same`: records that a cluster shares with a person; those that are the same."""
    same = clusters.join(before, on="record_id").with_columns(same=pl.lit(1))
    parts = [same]
    if known is not None and shown is not None:
        others = shown.join(same, on="record_id", how="anti").join(clusters, on="record_id")
        parts.append(_carry_documents(others, known).with_columns(same=pl.lit(0)))
    every = pl.concat([part.select(CLUSTER, EARLIER, "same") for part in parts])
    return every.group_by(CLUSTER, EARLIER).agg(records=pl.len(), same=pl.col("same").sum())


def _carry_documents(shown: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """`cluster, person_id_earlier`, one row per new record that carries a document of an earlier person.

    A document of several earlier persons is nobody's (a number reused or misread), and so is a record whose sex or year
    of birth is another than that person's. Of several new clusters with one document, that with most records has it.
    """
    documents = known.select(TOKEN, pl.col("person_id").alias(EARLIER), "sex", "birth_year").drop_nulls(TOKEN)
    is_of_one = pl.col(EARLIER).n_unique().over(TOKEN) == 1
    both = shown.drop_nulls(TOKEN).join(documents.filter(is_of_one), on=TOKEN, suffix="_known")
    alike = both.filter(_agree("birth_year"), _agree("sex")).unique(["record_id", EARLIER])
    held = alike.group_by(TOKEN, CLUSTER).len().sort(TOKEN, "len", CLUSTER, descending=[False, True, False])
    holders = held.unique(TOKEN, keep="first", maintain_order=True)
    return alike.join(holders, on=[TOKEN, CLUSTER], how="semi").select(CLUSTER, EARLIER)


def _agree(column: str) -> pl.Expr:
    """Whether two values are the same, or one of them says nothing."""
    one, other = pl.col(column), pl.col(f"{column}_known")
    silent = one.is_null() | other.is_null()
    if column == "sex":
        silent |= ~one.is_in(TOLD_SEXES) | ~other.is_in(TOLD_SEXES)
    return silent | (one == other)


def _choose_persons(shared: pl.DataFrame) -> pl.DataFrame:
    """`cluster, person_id_earlier`: the person whose number each cluster takes; without a row, none.

    Where names divide the records of one person among several clusters, that with most of what is shared has the number
    (of equals the first), and the others ask for the next person with whom they share records: the outcome does not
    depend on who asks first. Clusters that carry only a document of a person do not divide the person: each is the person.
    """
    asked = shared
    while True:
        wish = asked.sort(CLUSTER, "records", EARLIER, descending=[False, True, False])
        wish = wish.unique(CLUSTER, keep="first", maintain_order=True)
        dividing = wish.filter(pl.col("same") > 0)
        dividing = dividing.sort(EARLIER, "records", CLUSTER, descending=[False, True, False])
        refused = dividing.filter(~pl.col(EARLIER).is_first_distinct())
        if refused.is_empty():
            return wish.select(CLUSTER, EARLIER)
        asked = asked.join(refused, on=[CLUSTER, EARLIER], how="anti")


def _number_clusters(clusters: pl.DataFrame, chosen: pl.DataFrame, last: int) -> pl.DataFrame:
    """`cluster, person_id`: the number chosen, or a new one above the last, in the order of clusters."""
    every = clusters.select(pl.col(CLUSTER).unique()).join(chosen, on=CLUSTER, how="left").sort(CLUSTER)
    is_new = pl.col(EARLIER).is_null()
    return every.select(
        CLUSTER, person_id=pl.when(is_new).then(is_new.cast(pl.Int64).cum_sum() + last).otherwise(EARLIER)
    )


def _follow_gone(shared: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    """`person_id_earlier, person_id`: whose records the others of a person are whose number no cluster took."""
    touched = shared.join(numbers, on=CLUSTER)
    gone = touched.join(numbers, left_on=EARLIER, right_on="person_id", how="anti")
    strongest = gone.sort(EARLIER, "records", "person_id", descending=[False, True, False])
    return strongest.unique(EARLIER, keep="first", maintain_order=True).select(EARLIER, "person_id")


def _spread_numbers(
    clusters: pl.DataFrame, before: pl.DataFrame, numbers: pl.DataFrame, gone: pl.DataFrame
) -> pl.DataFrame:
    """`record_id, person_id` of all records, in their order."""
    now = clusters.join(numbers, on=CLUSTER).select("record_id", "person_id")
    rest = before.join(clusters, on="record_id", how="anti").join(gone, on=EARLIER, how="left")
    rest = rest.select("record_id", person_id=pl.coalesce("person_id", EARLIER))
    return pl.concat([now, rest]).sort("record_id")


def _changes(before: pl.DataFrame, carried: pl.DataFrame) -> pl.DataFrame:
    moved = before.join(carried, on="record_id").filter(pl.col(EARLIER) != pl.col("person_id"))
    return (
        moved.group_by(EARLIER, "person_id").agg(records=pl.len().cast(pl.Int64)).sort(EARLIER, "person_id")
    )


def _tell(
    carried: pl.DataFrame, changes: pl.DataFrame, before: pl.DataFrame, clusters: pl.DataFrame, last: int
) -> Carried:
    persons = carried["person_id"].unique()
    first = before[EARLIER].unique()
    now = before.join(carried, on="record_id").group_by(EARLIER).agg(numbers=pl.col("person_id").n_unique())
    added = carried.join(before, on="record_id", how="anti").join(clusters, on="record_id", how="semi")
    again = added["person_id"].unique()
    return Carried(
        clusters=carried,
        changes=changes,
        highest=max(last, _highest(persons)),
        seen_again=int(again.is_in(first.implode()).sum()),
        new=int((persons > last).sum()),
        seen_as_one=int((~first.is_in(persons.implode())).sum()),
        seen_as_several=int((now["numbers"] > 1).sum()),
        earlier_records=before.height,
        linked_again=before.join(clusters, on="record_id", how="semi").height,
    )


def _highest(numbers: pl.Series) -> int:
    """The highest of numbers; -1 without any."""
    return int(numbers.sort()[-1]) if len(numbers) else -1
