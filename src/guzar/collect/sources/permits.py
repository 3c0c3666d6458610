"""Permits to stay or work as a migration service issues them: one row per permit."""

from guzar.collect.record_form import RecordForm
from guzar.define.tables.records import PermitRecords, Permits

RECORDS = RecordForm(
    source="permits",
    title="Permits to stay or work",
    delivered=PermitRecords,
    kept=Permits,
    table="permits",
    event="valid_from",
    past=("birth_date", "issued_on", "cancelled_on"),
    in_order=(("birth_date", "valid_from"), ("valid_from", "valid_to")),
    example={
        "record_id": "EXAMPLE-1",
        "surname": "EXAMPLE",
        "given_name": "MADE UP",
        "sex": "M",
        "birth_date": "1985-12-24",
        "citizenship": "QMC",
        "document_number": "EXAMPLE0",
        "permit_type": "patent",
        "issued_on": "2024-02-20",
        "valid_from": "2024-03-01",
        "valid_to": "2025-02-28",
    },
)
