"""Answers of a household survey, members abroad included, with weights, strata and clusters; no names."""

from guzar.collect.record_form import RecordForm
from guzar.define.tables.records import SurveyAnswers

RECORDS = RecordForm(
    source="survey",
    title="Answers of a household or labour-force survey",
    delivered=SurveyAnswers,
    kept=SurveyAnswers,
    table="survey_answers",
    event="interview_date",
    past=("interview_date",),
    example={
        "record_id": "EXAMPLE-1",
        "household_id": "EXAMPLE-H1",
        "survey_weight": "812.5",
        "stratum": "urban",
        "cluster": "C01",
        "interview_date": "2024-04-15",
        "sex": "M",
        "age": "34",
        "citizenship": "QMA",
        "birth_place": "QMA",
        "is_absent": "true",
        "months_absent": "7",
        "absent_in": "QMG",
    },
)
