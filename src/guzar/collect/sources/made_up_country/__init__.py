"""A made-up country whose truth is known: life courses first, then what each agency sees of them.

In: a number of people, a period, a seed and the rates of `rates.toml`. Out: a folder with `deliveries/` as agencies
would send them and `truth/` apart. No country is meant: the codes QMA–QMG are left to users by ISO 3166.
"""

from guzar.collect.sources.made_up_country.country import Made, batches_of, make_country
from guzar.collect.sources.made_up_country.rates import change_rates, names_of_worlds, read_rates

__all__ = ["Made", "batches_of", "change_rates", "make_country", "names_of_worlds", "read_rates"]
