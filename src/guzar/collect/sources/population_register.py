"""Periods of residence as a population register holds them: one row per person and period."""

from guzar.collect.record_form import RecordForm
from guzar.define.tables.records import PopulationRegisterRecords, RegisteredResidents

RECORDS = RecordForm(
    source="population_register",
    title="Periods of residence in the population register",
    delivered=PopulationRegisterRecords,
    kept=RegisteredResidents,
    table="registered_residents",
    event="resident_from",
    past=("birth_date", "resident_from", "died_on"),
    in_order=(("birth_date", "resident_from"), ("resident_from", "resident_to"), ("birth_date", "died_on")),
    example={
        "record_id": "EXAMPLE-1",
        "surname": "EXAMPLE",
        "given_name": "MADE UP",
        "sex": "F",
        "birth_date": "1990-01-31",
        "birth_place": "QMA",
        "citizenship": "QMA",
        "personal_number": "EXAMPLE0",
        "region": "01",
        "resident_from": "2001-09-01",
    },
)
