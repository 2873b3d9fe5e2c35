"""Long text is parsed by pandas, and says what it says row by row."""

import io

import pytest

from tradetarget import TradeSeries
from tradetarget.errors import TradeTargetError
from tradetarget.reading import large

ROWS = "2019,1.5,exports\n2020,2,exports\n"


def reading(text: str) -> object:
    try:
        series = TradeSeries.from_csv(io.BytesIO(text.encode()))
    except TradeTargetError as error:
        return str(error)
    assert series.read_as is not None
    return series.observations, series.read_as.lines()


@pytest.mark.parametrize(
    "text",
    [
        f"period,value,flow\n{ROWS}",
        f"period,value,flow\n{ROWS}".replace("\n", "\r\n"),
        f"period,value,flow\n{ROWS}".rstrip(),
        f"period,value,flow\n{ROWS}".replace(",", ";").replace(".", ","),
        f"period,value,flow\n{ROWS},,\n2021,..,exports\n",
        f"period,value,flow\n{ROWS}Source: customs,,\n",
        f"period,value,flow\n# a,b,c\n{ROWS}",
        f'period,value,flow\n{ROWS}2021,"1,234.5","exports"\n',
        f'period,value,flow\n{ROWS}2021,3,"exp\norts"\n',
        f'period,value,flow\n{ROWS}2021,3,"exports\n',
        f"period,value,flow\n{ROWS}2021,3,exp\x00orts\n",
        f"period,value,flow\n{ROWS}2021,3,exports,4\n",
        f"period,value,value\n{ROWS}",
        f"\n\nperiod,value,flow\n{ROWS}",
    ],
)
def test_long_text_is_understood_as_short_text_is(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    row_by_row = reading(text)
    monkeypatch.setattr(large, "LARGE", 10)
    assert reading(text) == row_by_row


def test_regular_text_is_parsed_by_pandas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "LARGE", 10)
    grid, separator = large.large_grid(f"period;value;flow\n{ROWS.replace(',', ';')}".encode(), None, "a") or (None, "")
    assert grid is not None
    assert (separator, grid.lines.tolist(), grid.cells[2].tolist()) == (";", [2, 3], ["exports", "exports"])
