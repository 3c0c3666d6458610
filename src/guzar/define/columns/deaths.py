"""Columns of rates of deaths that an office brings: aggregates, nothing about a person."""

import dataframely as dy

from guzar.define.columns.declaration import declare_column

deaths_per_1000 = declare_column(
    "deaths_per_1000",
    dy.Float64,
    "Deaths per 1,000 persons and year, of persons like those who cross the border, while they are in the country.",
    unit="deaths per 1,000 person-years",
    min=0,
    max_exclusive=1000,
)
rate_source = declare_column(
    "rate_source", dy.String, "Where the rate comes from: office, table and edition."
)
