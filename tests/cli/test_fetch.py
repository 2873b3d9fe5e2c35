"""``tradetarget fetch`` against a server on the loopback."""

import json
from functools import partial
from pathlib import Path

import pytest
from loopback import Reply, Time, serving
from service_answers import imf, worldbank

import tradetarget as tt
from tradetarget import fetching
from tradetarget.cli import main

PAIR = ("--reporter", "KAZ", "--partner", "UZB", "--from", "2022", "--to", "2024")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = main(words)
    out, err = capsys.readouterr()
    return status, out, err


@pytest.fixture(autouse=True)
def _time_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    time = Time()
    monkeypatch.setattr(fetching, "fetch", partial(fetching.fetch, sleep=time.sleep, clock=time.clock))


def test_it_writes_a_file_that_forecast_reads(capsys, tmp_path: Path) -> None:
    path = tmp_path / "trade.csv"
    with serving(imf()) as server:
        status, out, err = run(capsys, "fetch", "imf", *PAIR, "-o", str(path), "--address", server.url)
    assert (status, err) == (0, "")
    assert "Fetched: Kazakhstan-Uzbekistan" in out
    assert f"Written to {path}." in out
    assert tt.TradeSeries.from_csv(path).annual().loc[2023] == 4_418_000_000.0


def test_json_holds_the_provenance(capsys, tmp_path: Path) -> None:
    path = tmp_path / "trade.csv"
    with serving(imf()) as server:
        _, out, _ = run(capsys, "fetch", "imf", *PAIR, "-o", str(path), "--address", server.url, "--json", "-")
    record = json.loads(out)
    assert (record["reporter"], record["partner"], record["unit"], len(record["figures"])) == ("KAZ", "UZB", "USD", 3)
    assert record["addresses"][0].startswith(server.url)


def test_a_service_that_refuses_is_one_line_and_no_file(capsys, tmp_path: Path) -> None:
    path = tmp_path / "trade.csv"
    with serving(Reply(b"no such dimension", 400)) as server:
        status, out, err = run(capsys, "fetch", "imf", *PAIR, "-o", str(path), "--address", server.url)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "refuses (status 400): no such dimension" in err
    assert list(tmp_path.iterdir()) == []


def test_what_had_arrived_is_kept_beside_the_file(capsys, tmp_path: Path) -> None:
    path = tmp_path / "trade.csv"
    with serving(worldbank("TX", {2023: 7e10}), Reply(b"closed", 403)) as server:
        words = ("--reporter", "KAZ", "--from", "2023", "--to", "2023", "-o", str(path), "--address", server.url)
        status, _, err = run(capsys, "fetch", "worldbank", *words)
    kept = tmp_path / "trade.partial.csv"
    assert status == 2
    assert f"they are kept in {kept}" in err
    assert not path.exists()
    assert tt.TradeSeries.from_csv(kept, flow="exports").annual().loc[2023] == 7e10


def test_a_place_that_cannot_be_written_to_is_said_before_anything_is_asked(capsys, tmp_path: Path) -> None:
    with serving(imf()) as server:
        words = ("-o", str(tmp_path / "none" / "trade.csv"), "--address", server.url)
        status, _, err = run(capsys, "fetch", "imf", *PAIR, *words)
        assert server.asked == []
    assert status == 2
    assert "there is no directory" in err


def test_a_word_for_a_year_names_the_option(capsys, tmp_path: Path) -> None:
    words = ("fetch", "imf", "--reporter", "KAZ", "--from", "ever", "-o", str(tmp_path / "x.csv"))
    assert "--from 'ever' is not a whole number" in run(capsys, *words)[2]
