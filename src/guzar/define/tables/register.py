"""Tables of the register: whose records are whose, stays, and changes of residence; none says who a person is."""

import dataframely as dy
import polars as pl

from guzar.define import columns


class PersonRecords(dy.Schema):
    """One row per record: the person that it belongs to."""

    record_id = columns.record_id(primary_key=True)
    person_id = columns.person_id()


class Persons(dy.Schema):
    """One row per linked person, with what is counted by; of differing records the commonest value."""

    person_id = columns.person_id(primary_key=True)
    sex = columns.sex_of_person()
    birth_year = columns.birth_year(nullable=True)
    birth_place = columns.birth_place(nullable=True)
    citizenship = columns.citizenship(nullable=True)
    died_on = columns.died_on(nullable=True)


class PersonCrossings(dy.Schema):
    """One row per crossing of a linked person, in the order of persons and time."""

    person_id = columns.person_id()
    crossing_date = columns.crossing_date()
    sequence = columns.sequence()
    direction = columns.direction()
    port = columns.port(nullable=True)
    mode = columns.mode(nullable=True)
    citizenship = columns.citizenship(nullable=True)


class Stays(dy.Schema):
    """One row per stay of a person in the country, with how each end is known."""

    person_id = columns.person_id()
    entered_on = columns.entered_on(nullable=True)
    left_on = columns.left_on(nullable=True)
    entry_known_by = columns.entry_known_by()
    exit_known_by = columns.exit_known_by()

    @dy.rule()
    def leaves_after_entering(cls) -> pl.Expr:
        """Nobody leaves before entering."""
        return pl.col("left_on") >= pl.col("entered_on")


class Absences(dy.Schema):
    """One row per absence of a person from the country, with how each end is known."""

    person_id = columns.person_id()
    left_on = columns.left_on(nullable=True)
    returned_on = columns.returned_on(nullable=True)
    exit_known_by = columns.exit_known_by()
    return_known_by = columns.return_known_by()

    @dy.rule()
    def returns_after_leaving(cls) -> pl.Expr:
        """Nobody returns before leaving."""
        return pl.col("returned_on") >= pl.col("left_on")


class ResidenceChanges(PersonCrossings):
    """One row per crossing, with the residence of the person before and after it by the rule of V of W days."""

    in_window = columns.in_window()
    days_observed = columns.days_observed()
    days_in_country = columns.days_in_country()
    residence_before = columns.residence_before(nullable=True)
    residence_after = columns.residence_after(nullable=True)
    is_migration = columns.is_migration(nullable=True)
