"""Statistical coupons filled at registrations of residence or stay: one row per coupon."""

from guzar.collect.record_form import RecordForm
from guzar.define.tables.records import RegistrationRecords, Registrations

RECORDS = RecordForm(
    source="registrations",
    title="Coupons of registrations of residence or stay",
    delivered=RegistrationRecords,
    kept=Registrations,
    table="registrations",
    event="event_date",
    past=("birth_date", "event_date"),
    in_order=(("birth_date", "event_date"),),
    example={
        "record_id": "EXAMPLE-1",
        "surname": "EXAMPLE",
        "given_name": "MADE UP",
        "sex": "F",
        "birth_date": "1990-01-31",
        "citizenship": "QMB",
        "document_number": "EXAMPLE0",
        "registration_event": "arrival",
        "registration_type": "stay",
        "event_date": "2024-03-04",
        "valid_to": "2024-11-30",
        "previous_residence": "QMB",
    },
)
