"""Accounts of populations between enumerations."""

import dataframely as dy

from guzar.define import columns


class PopulationAccounts(dy.Schema):
    """One row per line of the account of an area's population over one period.

    The end is the start plus births less deaths plus registered net migration plus the error of closure. A line that
    nobody can tell has no value and says why. Estimates of net migration stand beside the account and are no part of it.
    """

    area = columns.area(primary_key=True)
    period_start = columns.period_start(primary_key=True)
    period_end = columns.period_end(primary_key=True)
    account_line = columns.account_line(primary_key=True)
    period_basis = columns.period_basis()
    component = columns.component()
    value = columns.value(nullable=True)
    unit = columns.unit()
    source = columns.source(nullable=True)
    edition = columns.edition(nullable=True)
    account_status = columns.account_status()
