"""Bridges between what two publishers hold of one corridor."""

import dataframely as dy

from guzar.define import columns


class DefinitionBridges(dy.Schema):
    """One row per step of the bridge between two publishers' stocks of one corridor in one year.

    The factors of a bridge multiply to the second number over the first; a step without a factor is left in the last.
    """

    area = columns.area(primary_key=True)
    counterpart = columns.counterpart(primary_key=True)
    year = columns.year(primary_key=True)
    source_from = columns.source_from(primary_key=True)
    source_to = columns.source_to(primary_key=True)
    bridge_line = columns.bridge_line(primary_key=True)
    edition_from = columns.edition_from()
    edition_to = columns.edition_to()
    series_from = columns.series_from()
    series_to = columns.series_to()
    status_from = columns.status_from()
    status_to = columns.status_to()
    number_from = columns.number_from()
    number_to = columns.number_to()
    bridge_step = columns.bridge_step()
    definition_from = columns.definition_from(nullable=True)
    definition_to = columns.definition_to(nullable=True)
    bridge_factor = columns.bridge_factor(nullable=True)
    factor_status = columns.factor_status()
