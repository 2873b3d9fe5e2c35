"""A file's name says something to a reader and must not change a number."""

import json
from pathlib import Path

import pytest

from tradetarget import TradeSeries
from tradetarget.cli import main

ROWS = "".join(f"{year},{1.1 ** (year - 2005) * (1 + 0.1 * (-1) ** year):.4f}\n" for year in range(2005, 2025))
SCENARIO = (
    '[[scenario]]\nname = "More"\n[[scenario.adjustment]]\nkind = "growth_shift"\nvalue = {low = 0.0, high = 0.04}\n'
)


@pytest.fixture
def files(tmp_path) -> list[Path]:
    """The same rows under two names."""
    (tmp_path / "scenarios.toml").write_text(SCENARIO)
    paths = [tmp_path / name for name in ("exports.csv", "exports (1).csv")]
    for path in paths:
        path.write_text("period,value\n" + ROWS)
    return paths


def probabilities(capsys, *words: str) -> list[object]:
    """Every number of an answer's JSON in order."""
    assert main([*words, "--json", "-"]) == 0
    numbers: list[object] = []
    waiting = [json.loads(capsys.readouterr().out)]
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, dict | list):
            waiting += list(value.values()) if isinstance(value, dict) else value
        elif isinstance(value, float):
            numbers.append(value)
    return numbers


@pytest.mark.parametrize(
    "words",
    [
        ("forecast", "FILE", "--target", "9", "--model", "damped-trend", "--paths", "2048"),
        ("forecast", "FILE", "--target", "9", "--model", "damped-trend", "--series", "Here-There", "--paths", "2048"),
        ("forecast", "FILE", "--target", "9", "--event", "rolling-12-months", "--paths", "2048"),
        ("scenarios", "SCENARIOS", "--data", "FILE", "--target", "9", "--paths", "2048"),
        ("required", "FILE", "--target", "9", "--by", "2030", "--paths", "2048"),
    ],
)
def test_renaming_a_file_changes_no_answer(capsys, files, words: tuple[str, ...]) -> None:
    def with_names(path: Path) -> list[str]:
        names = {"FILE": str(path), "SCENARIOS": str(path.parent / "scenarios.toml")}
        return [names.get(word, word) for word in words]

    before, after = (probabilities(capsys, *with_names(path)) for path in files)
    assert len(before) >= 5
    assert before == after


def test_a_name_that_is_stated_is_what_random_numbers_are_keyed_by(files) -> None:
    unnamed = TradeSeries.from_csv(files[0])
    assert (unnamed.label, unnamed.stream_key) == ("exports turnover", "series turnover")
    named = TradeSeries.from_csv(files[0], name="exports")
    assert (named.label, named.stream_key) == ("exports turnover", "exports turnover")


def test_a_name_in_the_data_is_a_stated_one(tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("series,period,value\nHere-There,2023,4\nHere-There,2024,5\n")
    assert TradeSeries.from_csv(path).stream_key == "Here-There turnover"


def test_json_keeps_whether_the_name_was_stated(files) -> None:
    series = TradeSeries.from_csv(files[0])
    assert TradeSeries.from_json(series.to_json()).stream_key == series.stream_key
    assert "name_is_stated" not in TradeSeries.from_csv(files[0], name="exports").to_json()


def test_selections_and_units_keep_the_key(files) -> None:
    series = TradeSeries.from_csv(files[0], unit="USD bn")
    assert series.as_of("2020-06").in_unit("USD mn").stream_key == series.stream_key
