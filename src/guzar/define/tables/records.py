"""Tables of the records journey: what agencies deliver about persons, word for word but for codes and dates.

The first five hold names and numbers of persons. They exist in memory and, encrypted, in the linking zone; what is
kept beside it is their pseudonymous form. What a record says of its event is declared once for both forms.
"""

import dataframely as dy
import polars as pl

from guzar.define import columns


class _Person(dy.Schema):
    """One row per record about a person, with what identifies the person."""

    record_id = columns.record_id(primary_key=True)
    surname = columns.surname(nullable=True)
    given_name = columns.given_name(nullable=True)
    patronymic = columns.patronymic(nullable=True)
    sex = columns.sex_of_person()
    birth_date = columns.birth_date(nullable=True)
    birth_place = columns.birth_place(nullable=True)
    citizenship = columns.citizenship(nullable=True)
    document_number = columns.document_number(nullable=True)


class _Pseudonym(dy.Schema):
    """One row per record about a person, without what identifies the person directly."""

    record_id = columns.record_id(primary_key=True)
    person_token = columns.person_token(nullable=True)
    sex = columns.sex_of_person()
    birth_year = columns.birth_year(nullable=True)
    birth_place = columns.birth_place(nullable=True)
    citizenship = columns.citizenship(nullable=True)


class _Crossing(dy.Schema):
    """One row per crossing of a border: what the border service records, whosever it is."""

    document_type = columns.document_type(nullable=True)
    crossing_date = columns.crossing_date()
    direction = columns.direction()
    port = columns.port()
    mode = columns.mode()
    purpose = columns.purpose(nullable=True)
    permitted_until = columns.permitted_until(nullable=True)


class _Permit(dy.Schema):
    """One row per permit: what the migration service records, whosever it is."""

    permit_type = columns.permit_type()
    issued_on = columns.issued_on(nullable=True)
    valid_from = columns.valid_from()
    valid_to = columns.valid_to()
    cancelled_on = columns.cancelled_on(nullable=True)

    @dy.rule()
    def ends_after_it_begins(cls) -> pl.Expr:
        """The last day of validity is not before the first."""
        return pl.col("valid_to") >= pl.col("valid_from")


class _Registration(dy.Schema):
    """One row per statistical coupon of a registration: what it says, whosever it is."""

    registration_event = columns.registration_event()
    registration_type = columns.registration_type()
    event_date = columns.event_date()
    valid_to = columns.valid_to(nullable=True)
    region = columns.region(nullable=True)
    previous_residence = columns.previous_residence(nullable=True)


class _Residence(dy.Schema):
    """One row per period of residence: what the population register says, whosever it is."""

    region = columns.region(nullable=True)
    resident_from = columns.resident_from()
    resident_to = columns.resident_to(nullable=True)
    died_on = columns.died_on(nullable=True)


class CrossingRecords(_Person, _Crossing):
    """One row per crossing of a border as the border service recorded it."""


class PermitRecords(_Person, _Permit):
    """One row per permit to stay or work as the migration service issued it."""


class RegistrationRecords(_Person, _Registration):
    """One row per statistical coupon filled at a registration of residence or stay."""


class _NumberedPerson(_Person):
    """One row per record about a person whom a register knows by a number."""

    personal_number = columns.personal_number(nullable=True)


class PopulationRegisterRecords(_NumberedPerson, _Residence):
    """One row per period of residence of a person in the population register."""


class SurveyAnswers(dy.Schema):
    """One row per member of a sampled household, those abroad included; surveys bring no names."""

    record_id = columns.record_id(primary_key=True)
    household_id = columns.household_id()
    survey_weight = columns.survey_weight()
    stratum = columns.stratum()
    cluster = columns.cluster()
    interview_date = columns.interview_date()
    sex = columns.sex_of_person()
    age = columns.age(nullable=True)
    citizenship = columns.citizenship(nullable=True)
    birth_place = columns.birth_place(nullable=True)
    is_absent = columns.is_absent()
    months_absent = columns.months_absent(nullable=True)
    absent_in = columns.absent_in(nullable=True)


class Crossings(_Pseudonym, _Crossing):
    """One row per crossing of a border, under a pseudonym."""


class Permits(_Pseudonym, _Permit):
    """One row per permit to stay or work, under a pseudonym."""


class Registrations(_Pseudonym, _Registration):
    """One row per statistical coupon of a registration, under a pseudonym."""


class RegisteredResidents(_Pseudonym, _Residence):
    """One row per period of residence in the population register, under a pseudonym."""
