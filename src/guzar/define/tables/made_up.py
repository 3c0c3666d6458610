"""Tables about the made-up people of the demonstration: what became of their records, and how far results are wrong."""

import dataframely as dy

from guzar.define import columns


class MadeUpChain(dy.Schema):
    """One row per number that a step of the records journey left; all of it about made-up people."""

    journey_step = columns.journey_step(primary_key=True)
    counted = columns.counted(primary_key=True)
    amount = columns.amount()


class MadeUpErrors(dy.Schema):
    """One row per national result from made-up records, beside the truth that only a made-up country knows.

    What comes from records is the total of a protected table, or a share of pairs of records.
    """

    made_up_measure = columns.made_up_measure(primary_key=True)
    from_records = columns.from_records(nullable=True)
    in_truth = columns.in_truth()
    error_percent = columns.error_percent(nullable=True)
    unit = columns.unit()


class MadeUpSources(dy.Schema):
    """One row per national result of one source in the same year: what each counts, in its unit and by its concept.

    Units and concepts differ: no two rows may be added. The truth is that of the same thing, empty where there is none: an
    act of registration and a permit are no migrations. An estimate has an interval, a count has none.
    """

    made_up_source = columns.made_up_source(primary_key=True)
    made_up_measure = columns.made_up_measure(primary_key=True)
    made_up_concept = columns.made_up_concept()
    from_records = columns.from_records(nullable=True)
    lower = columns.lower(nullable=True)
    upper = columns.upper(nullable=True)
    in_truth = columns.in_truth(nullable=True)
    unit = columns.unit()
