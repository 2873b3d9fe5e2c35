"""--convert-to: series and target in another currency, and said so."""

import json
from pathlib import Path

import pytest

from tradetarget.cli import main

LIRA = {2017: 2.4, 2018: 3.2, 2019: 4.0, 2020: 5.0, 2021: 9.0, 2022: 14.0, 2023: 20.0, 2024: 30.0, 2025: 36.0}
LIRA_A_DOLLAR_2024 = 32.23


@pytest.fixture
def lira(tmp_path: Path) -> str:
    path = tmp_path / "lira.csv"
    path.write_text("\n".join(["period,value", *(f"{y},{v}" for y, v in LIRA.items())]), encoding="utf8")
    return str(path)


def record(capsys: pytest.CaptureFixture[str], *words: str) -> dict:
    assert main([*words, "--json", "-"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("unit", [("--unit", "TRY bn"), ()])
def test_series_and_target_are_turned_into_dollars(lira: str, unit: tuple[str, ...], capsys) -> None:
    words = ("--target", "60", *unit, "--data-unit", "TRY bn", "--convert-to", "USD", "--horizon", "3")
    answer = record(capsys, "forecast", lira, *words)
    assert answer["last"]["value"] == pytest.approx(36.0 / LIRA_A_DOLLAR_2024)
    assert answer["target"]["value"] == pytest.approx(60.0 / LIRA_A_DOLLAR_2024)
    assert (answer["unit"], answer["target"]["unit"]) == ("USD bn", "USD bn")
    assert answer["assumptions"]["conversion"] == {
        "from": "TRY",
        "to": "USD bn",
        "rates": [{"currency": "TRY", "year": 2024, "per_dollar": LIRA_A_DOLLAR_2024}],
        "target_as_asked": "60 TRY bn",
    }
    assert main(["forecast", lira, *words]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert said.endswith(
        "Converted: TRY into USD bn at each year's average exchange rate; 2025 takes the rate of 2024. The target "
        "of 60 TRY bn is 1.86162 USD bn (32.23 TRY a dollar in 2024)."
    )
    assert "use --convert-to USD" not in said


def test_a_target_in_dollars_stays_as_it_is(lira: str, capsys) -> None:
    words = ("--target", "2", "--unit", "USD bn", "--data-unit", "TRY bn", "--horizon", "3")
    assert main(["forecast", lira, *words]) == 2
    assert "use --convert-to USD, or convert the data first" in capsys.readouterr().err
    answer = record(capsys, "forecast", lira, *words, "--convert-to", "USD mn")
    assert answer["target"] == {"value": 2000.0, "unit": "USD mn", "event": "calendar_year"}


def test_without_it_the_loss_of_value_is_said_with_the_remedy(lira: str, capsys) -> None:
    words = ("forecast", lira, "--target", "60", "--unit", "TRY bn", "--data-unit", "TRY bn", "--horizon", "3")
    assert main(words) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "a dollar is expected to cost" in said
    assert "more TRY a year over ten years" in said
    assert "use --convert-to USD" in said


def test_scenarios_and_backtest_convert_too(lira: str, capsys) -> None:
    asked = ("--target", "60", "--unit", "TRY bn", "--data-unit", "TRY bn", "--convert-to", "USD", "--horizon", "15")
    answer = record(capsys, "scenarios", "--data", lira, *asked, "--paths", "1024")
    assert answer["target"]["value"] == pytest.approx(60.0 / LIRA_A_DOLLAR_2024)
    assert answer["assumptions"]["conversion"]["from"] == "TRY"
    words = ("--origins", "2021", "--data-unit", "TRY bn", "--convert-to", "USD", "--horizon", "2")
    assert record(capsys, "backtest", lira, *words)["assumptions"]["conversion"]["to"] == "USD bn"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--convert-to", "USD"), "does not state its currency: give --data-unit, such as"),
        (("--data-unit", "TRY bn", "--convert-to", "XTS"), "there is no exchange rate of XTS"),
        (("--data-unit", "TRY bn", "--convert-to", "dollars"), "unit 'dollars' cannot be read"),
    ],
)
def test_what_cannot_be_converted_is_refused_in_one_line(lira: str, words, said: str, capsys) -> None:
    assert main(["forecast", lira, "--target", "60", *words]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert said in err
