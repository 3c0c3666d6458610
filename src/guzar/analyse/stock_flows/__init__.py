"""Migrant stocks at two dates, births and deaths → moves between countries, with the account of every adjustment.

Stocks are tables of persons by place of birth (rows) and of residence (columns), those born in the country on the diagonal.
Flows are transitions: persons who lived in one country at the first date and in another at the second, counted once.
"""
