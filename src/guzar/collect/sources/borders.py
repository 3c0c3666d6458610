"""Border crossings as a border service records them: one row per crossing."""

from guzar.collect.record_form import RecordForm
from guzar.define.tables.records import CrossingRecords, Crossings

RECORDS = RecordForm(
    source="borders",
    title="Border crossings of persons",
    delivered=CrossingRecords,
    kept=Crossings,
    table="crossings",
    event="crossing_date",
    past=("birth_date", "crossing_date"),
    in_order=(("birth_date", "crossing_date"),),
    example={
        "record_id": "EXAMPLE-1",
        "surname": "EXAMPLE",
        "given_name": "MADE UP",
        "sex": "F",
        "birth_date": "1990-01-31",
        "citizenship": "QMB",
        "document_number": "EXAMPLE0",
        "document_type": "passport",
        "crossing_date": "2024-03-01 14:30:00",
        "direction": "entry",
        "port": "EXAMPLE",
        "mode": "road",
        "purpose": "work",
        "permitted_until": "2024-05-29",
    },
)
