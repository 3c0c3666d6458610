"""Tables of the checks of sources: doubts about what a publisher delivered, and the code lists met there."""

import dataframely as dy

from guzar.define import columns


class SourceDoubts(dy.Schema):
    """One row per doubt that a general test raises about a published value or code.

    A doubt is a question to the publisher, not a correction: no value is changed.
    """

    check = columns.check(primary_key=True)
    source = columns.source(primary_key=True)
    edition = columns.edition(primary_key=True)
    indicator = columns.indicator(nullable=True)
    definition = columns.definition(nullable=True)
    areas_in_doubt = columns.areas_in_doubt(primary_key=True)
    period = columns.period(nullable=True)
    value_found = columns.value_found()
    value_expected = columns.value_expected(nullable=True)
    other_source = columns.other_source(nullable=True)
    other_edition = columns.other_edition(nullable=True)
    expected_by_chance = columns.expected_by_chance(nullable=True)
    explanation = columns.explanation(primary_key=True)
    explanation_values = columns.explanation_values(primary_key=True)


class DeliveredCodes(dy.Schema):
    """One row per line of a code list met in a delivery: a name and the code that stands beside it."""

    source = columns.source(primary_key=True)
    edition = columns.edition(primary_key=True)
    place = columns.place(primary_key=True)
    reported_area = columns.reported_area()
    reported_code = columns.reported_code()
