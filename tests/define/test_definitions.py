"""Values of different kinds are never added: the definitions say what differs."""

import pytest

from guzar.define.definitions import definitions, differences, find_definition, require_addable
from guzar.define.units import UNITS, convert
from guzar.errors import MethodNotApplicable, SettingsInvalid


def _first(**wanted: str) -> str:
    return next(d.id for d in definitions().values() if all(getattr(d, k) == v for k, v in wanted.items()))


def test_definitions_of_one_kind_may_be_added() -> None:
    """The same unit, concept, measure and direction: nothing stands against a sum."""
    kinds = ["un_stock_by_origin", "un_stock_by_origin", "un_stock_hosted"]
    assert not differences(find_definition(kinds[0]), find_definition(kinds[-1]))
    require_addable(kinds)


def test_stocks_by_birth_and_by_citizenship_are_not_added() -> None:
    """People born abroad and foreign citizens overlap: the error names the concepts."""
    citizenship = _first(indicator="migrant_stock", concept="citizenship")
    with pytest.raises(MethodNotApplicable, match="concept: birth / citizenship"):
        require_addable(["un_stock_hosted", citizenship])


def test_persons_and_other_units_are_not_added() -> None:
    """The error says which units would have been mixed."""
    other = _first(unit="applications")
    with pytest.raises(MethodNotApplicable, match="unit: persons / applications"):
        require_addable(["un_stock_hosted", other])


def test_differences_name_every_property() -> None:
    """A stock and a flow differ in measure at least."""
    stock, flow = find_definition("un_stock_by_origin"), find_definition(_first(measure="transition"))
    assert any(text.startswith("measure: stock / transition") for text in differences(stock, flow))


def test_only_dollars_convert() -> None:
    """A million dollars is dollars; persons are not dollars."""
    assert convert(2801, "usd_million", "usd") == 2_801_000_000
    assert convert(convert(7.5, "usd", "usd_million"), "usd_million", "usd") == pytest.approx(7.5)
    with pytest.raises(MethodNotApplicable, match="persons"):
        convert(1, "persons", "usd")
    assert all(convert(3.0, unit, unit) == 3.0 for unit in UNITS)


def test_an_unknown_definition_is_refused() -> None:
    """The refusal says where the list is."""
    with pytest.raises(SettingsInvalid, match="guzar figures --list"):
        find_definition("no_such_definition")
