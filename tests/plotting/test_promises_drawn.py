"""The picture of the record of announced targets."""

from pathlib import Path

import pytest

from tradetarget.plotting import plot_promises
from tradetarget.promises import Promises


@pytest.fixture(scope="module")
def shipped() -> Promises:
    return Promises.shipped()


def test_the_curve_and_the_shares_are_those_of_the_record(shipped: Promises, tmp_path: Path) -> None:
    figure = shipped.plot(tmp_path / "promises.png")
    assert (tmp_path / "promises.png").read_bytes().startswith(b"\x89PNG")
    above, below = figure.axes
    years, drawn = above.lines[0].get_data()
    assert [shipped.waiting.within(int(y)) for y in years[:-1]] == pytest.approx(list(drawn[:-1]))
    assert [bar.get_width() for bar in below.patches] == pytest.approx([t.share for t in shipped.tallies()])
    assert below.get_yticklabels()[0].get_text() == "less than 10 % a year"


def test_the_selection_is_said_under_the_picture(shipped: Promises) -> None:
    texts = " ".join(t.get_text() for t in plot_promises(shipped).texts)
    assert "Found by search, which favours met targets" in texts


def test_a_small_picture_shows_the_curve_alone(shipped: Promises) -> None:
    assert len(plot_promises(shipped, size=(3.3, 2.9)).axes) == 1
