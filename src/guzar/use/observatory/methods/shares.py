"""Remittances as a share of GDP, and the decomposition of its change."""

from __future__ import annotations

from guzar.use.observatory.content import Section
from guzar.use.observatory.figures.decompositions import decompositions
from guzar.use.observatory.published import Published
from guzar.use.observatory.words import Words

ID = "remittance-share"
TITLE = "Remittance share and its change"
FINDING = "A share can fall while more money arrives"
STANDFIRST = "The share is remittances over GDP. Each has its own makers and its own revisions, so they are kept apart."


def explain(published: Published, say: Words) -> list[Section]:
    """The identity, its reading, and one decomposition."""
    return [
        Section(
            say("In plain words"),
            [],
            paragraphs=[
                say(
                    "Remittances arrive in dollars or roubles; GDP is measured in local currency. When the local currency loses half its value and GDP in that currency stays the same, the same dollars are twice as large a share of GDP, and nobody sent more."
                ),
            ],
        ),
        Section(
            say("The rule"),
            [],
            paragraphs=[
                say(
                    "With R remittances in US dollars, e units of local currency per dollar, Y real GDP and P its deflator, the share is R · e ÷ (Y · P). So the change of its logarithm is exactly the sum of four: Δln(share) = Δln R + Δln e − Δln Y − Δln P."
                ),
                say(
                    "Between two years of one edition this is growth. Between two editions of one year it is a revision, and only parts that both editions hold are named; the rest is shown as not explained and never spread over the parts."
                ),
                say(
                    "Amount and GDP stand in separate columns with their editions. A published share is never replaced by one computed here."
                ),
            ],
        ),
        Section(say("An example from this release"), decompositions(published, say)[:1]),
        Section(
            say("What it cannot tell"),
            [],
            paragraphs=[
                say(
                    "Personal remittances include the pay of short-term workers and leave out what is carried in cash or in kind where the balance of payments does not estimate it. They are neither foreign investment nor aid."
                ),
            ],
        ),
    ]
