"""Columns of price quotes: what one firm asks for sending about 200 and about 500 US dollars."""

import dataframely as dy

from guzar.define.columns.declaration import declare_column

quote_id = declare_column("quote_id", dy.String, "The publisher's number of a price quote.")
firm = declare_column("firm", dy.String, "Firm that offers the transfer, as the publisher names it.")
firm_type = declare_column(
    "firm_type", dy.String, "Kind of firm: bank, money transfer operator, post office and so on."
)
product = declare_column(
    "product", dy.String, "What is offered: from cash, an account or a card to cash or an account."
)
sending_location = declare_column(
    "sending_location", dy.String, "Where the sender pays in: branch, telephone, online."
)
pick_up_method = declare_column("pick_up_method", dy.String, "How the receiver is paid.")
coverage = declare_column("coverage", dy.String, "How much of the receiving country the service reaches.")
speed = declare_column("speed", dy.String, "Time until the money can be had, as the publisher prints it.")
longest_wait_hours = declare_column(
    "longest_wait_hours",
    dy.Int32,
    "Upper end of the time until the money can be had; days are days of 24 hours; empty where not known or open.",
    unit="hours",
    min=0,
)
is_transparent = declare_column(
    "is_transparent",
    dy.Bool,
    "Whether the firm shows the exchange rate before the sender pays.",
)
reported_transparent = declare_column(
    "reported_transparent", dy.String, "Whether the firm is transparent, as printed."
)
survey_date = declare_column("survey_date", dy.Date, "Day on which the price was asked.")
reported_survey_date = declare_column(
    "reported_survey_date", dy.String, "Day on which the price was asked, as printed."
)
# Two amounts are quoted, about 200 and about 500 US dollars; local amounts are in units of `currency_…`.
amount_local_200, amount_local_500 = (
    declare_column(
        f"amount_local_{usd}",
        dy.Float64,
        f"Amount sent, about {usd} US dollars, in the sender's currency.",
        unit="see currency",
        min=0,
    )
    for usd in (200, 500)
)
amount_usd_200, amount_usd_500 = (
    declare_column(
        f"amount_usd_{usd}",
        dy.Float64,
        f"Amount sent as the publisher denominates it, about {usd}.",
        unit="usd",
        min=0,
    )
    for usd in (200, 500)
)
currency_200, currency_500 = (
    declare_column(f"currency_{usd}", dy.String, f"Currency of the quote for about {usd} US dollars.")
    for usd in (200, 500)
)
fee_local_200, fee_local_500 = (
    declare_column(
        f"fee_local_{usd}", dy.Float64, f"Fee for sending about {usd} US dollars.", unit="see currency", min=0
    )
    for usd in (200, 500)
)
exchange_rate_200, exchange_rate_500 = (
    declare_column(
        f"exchange_rate_{usd}",
        dy.Float64,
        f"Exchange rate offered for about {usd} US dollars.",
        unit="receiver's currency per unit of sender's",
        min=0,
    )
    for usd in (200, 500)
)
margin_percent_200, margin_percent_500 = (
    declare_column(
        f"margin_percent_{usd}",
        dy.Float64,
        f"Exchange-rate margin for about {usd} US dollars; negative where the rate is a promotion.",
        unit="percent",
    )
    for usd in (200, 500)
)
total_cost_percent_200, total_cost_percent_500 = (
    declare_column(
        f"total_cost_percent_{usd}",
        dy.Float64,
        f"Fee and margin for sending about {usd} US dollars, of the amount sent.",
        unit="percent",
    )
    for usd in (200, 500)
)
interbank_rate = declare_column(
    "interbank_rate",
    dy.Float64,
    "Exchange rate between banks that the margin is measured against.",
    unit="receiver's currency per unit of sender's",
    min=0,
)
