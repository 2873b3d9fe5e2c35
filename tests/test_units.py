import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradetarget.errors import UnitError
from tradetarget.packaged import packaged_text
from tradetarget.units import Unit, stated_unit


def shipped_currencies() -> list[str]:
    rows = packaged_text("datasets", "data", "exchange-rates.csv").splitlines()
    return [row.split(",")[0] for row in rows if not row.startswith(("#", "currency"))]


@pytest.mark.parametrize("text", ["USD mn", "million USD", "usd MLN", "mn USD", "USD  million", " USD m "])
def test_one_unit_may_be_written_in_many_ways(text: str) -> None:
    assert Unit.parse(text) == Unit("USD", 6)


@pytest.mark.parametrize("text", ["", "bn", "USD EUR", "USD bn mn", "dollars", "5 USD", "USD/EUR", "million"])
def test_what_is_no_unit_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UnitError, match="such as 'USD bn'"):
        Unit.parse(text)


def test_a_currency_has_three_capital_letters() -> None:
    for currency in ("usd", "US Dollar", "", "USDT"):
        with pytest.raises(UnitError, match="is not three capital letters"):
            Unit(currency)


def test_a_heading_may_state_every_currency_that_has_a_rate() -> None:
    for currency in shipped_currencies():
        assert stated_unit(f"{currency} million") == Unit(currency, 6)


def test_three_letters_alone_are_a_currency_unless_headings_use_them_as_a_word_or_a_country() -> None:
    assert [stated_unit(c) for c in ("TRY", "CUP", "TOP", "CYP", "FOB")] == [Unit("TRY"), Unit("CUP"), None, None, None]
    assert stated_unit("Mio ECU") == Unit("ECU", 6)


def test_no_code_of_a_country_alone_is_a_currency_in_a_heading() -> None:
    countries = pytest.importorskip("pycountry").countries
    assert [c.alpha_3 for c in countries if stated_unit(c.alpha_3) is not None] == []


def test_another_currency_needs_an_exchange_rate() -> None:
    with pytest.raises(UnitError, match="cannot convert EUR bn to USD bn"):
        Unit.parse("EUR bn").factor_to(Unit.parse("USD bn"))


units = st.builds(Unit, st.sampled_from(["USD", "EUR", "KZT"]), st.sampled_from([0, 3, 6, 9, 12]))


@given(units)
def test_a_unit_reads_back_from_its_own_text(unit: Unit) -> None:
    assert Unit.parse(str(unit)) == unit


@given(units, st.sampled_from([0, 3, 6, 9, 12]), st.floats(1e-6, 1e12))
def test_converting_there_and_back_changes_nothing_beyond_rounding(unit: Unit, exponent: int, value: float) -> None:
    other = Unit(unit.currency, exponent)
    assert other.convert(unit.convert(value, other), unit) == pytest.approx(value, rel=1e-14)
