"""Sources: licences say what is known, and through whom the figures came."""

import polars as pl

from guzar.define.sources import Source, sources
from guzar.languages import translate
from guzar.share.packages import LICENCES

WITHOUT_FILES = {"normlex", "shipped_figures"}


def test_a_licence_says_what_is_known() -> None:
    """No reader is sent away with `see publisher`; where a licence is given, it says where it is stated."""
    for source in sources().values():
        assert "see publisher" not in source.licence, source.id
        assert source.licence_basis or source.id == "shipped_figures", source.id
        assert source.origin or source.id in WITHOUT_FILES, source.id


def test_licences_that_were_not_read_are_not_given_as_read() -> None:
    """CC BY 4.0 or CC BY 3.0 IGO stand alone only where the publisher's own statement was found."""
    plain = {source.id for source in sources().values() if source.licence in LICENCES}
    assert plain == {
        "guzar_flows",  # computed from the next two
        "un_migrant_stock",
        "world_population",
        "world_bank",
        "world_bank_as_carried",
        "refugees",
    }
    flows = sources()["migration_flows"]
    assert "CC BY-NC 3.0 as stated by the carrier" in flows.licence
    assert "CC BY-NC 3.0" in flows.origin
    assert "CC BY-SA 4.0" in sources()["remittance_prices"].origin


def test_licences_can_be_said_in_russian() -> None:
    """A licence in words is translated; a licence by its name is a name."""
    said = pl.Series([source.licence for source in sources().values() if source.licence not in LICENCES])
    assert not [text for text in said if translate(text, "ru") == text]


def test_a_source_of_a_workspace_needs_neither_basis_nor_origin() -> None:
    """A mapping file written before these columns is read as before."""
    own = Source("mine", "Mine", "", "Me", "Counts", "CC0", "", "")
    assert (own.licence_basis, own.origin) == ("", "")
