"""Columns of the account by which flows are made from stocks: what makes one population of the other."""

import dataframely as dy

from guzar.define.columns.declaration import declare_column

population_start = declare_column(
    "population_start", dy.Float64, "Inhabitants at the first date.", unit="persons", min=0
)
population_end = declare_column(
    "population_end", dy.Float64, "Inhabitants at the second date.", unit="persons", min=0
)
births = declare_column("births", dy.Float64, "Children born between both dates.", unit="persons", min=0)
deaths = declare_column("deaths", dy.Float64, "People who died between both dates.", unit="persons", min=0)
arrivals = declare_column(
    "arrivals",
    dy.Float64,
    "People who lived elsewhere at the first date and here at the second.",
    unit="persons",
    min=0,
)
departures = declare_column(
    "departures",
    dy.Float64,
    "People who lived here at the first date and elsewhere at the second.",
    unit="persons",
    min=0,
)
enter = declare_column(
    "enter", dy.Float64, "People who entered from outside all countries of the table.", unit="persons", min=0
)
leave = declare_column(
    "leave", dy.Float64, "People who left for outside all countries of the table.", unit="persons", min=0
)
adjust_start = declare_column(
    "adjust_start",
    dy.Float64,
    "By how much the population of the first date was changed so that the account of the world closes.",
    unit="persons",
)
adjust_end = declare_column(
    "adjust_end",
    dy.Float64,
    "By how much the population of the second date was changed so that the account of the world closes.",
    unit="persons",
)
net = declare_column("net", dy.Float64, "Arrivals less departures.", unit="persons")
published_net = declare_column(
    "published_net", dy.Float64, "Net migration of the same years as published.", unit="persons"
)
frozen_mix = declare_column(
    "frozen_mix",
    dy.String,
    "Whether the second stock repeats the mix of origins of the first: frozen, moved, too_few_origins.",
    regex=r"^(frozen|moved|too_few_origins)$",
)
stock_status = declare_column(
    "stock_status",
    dy.String,
    "Whether the second stock is evidence: estimated, or modelled_from_modelled.",
    regex=r"^(estimated|modelled_from_modelled)$",
)
