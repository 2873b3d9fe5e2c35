"""Tables of drivers on the command line."""

import json
import sys

import pytest

from tradetarget import datasets
from tradetarget.cli import main


@pytest.fixture
def run(capsys, monkeypatch):
    def ran(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["tradetarget", *words])
        status = main()
        said = capsys.readouterr()
        return status, said.out, said.err

    return ran


def probability(out: str) -> float:
    return json.loads(out)["probability_by"]["2030"]


def test_a_bundled_table_is_named_and_a_file_gives_the_same(run, tmp_path) -> None:
    words = ("forecast", "--model", "drivers", "--horizon", "5", "--json", "-", "--drivers")
    status, out, err = run(*words, "imf-weo-2025-10")
    assert status == 0
    assert all(line.startswith("warning: the sides disagree") for line in err.splitlines())
    path = tmp_path / "mine.csv"
    datasets.load_drivers("imf-weo-2025-10").to_csv(path, index=False)
    own = run(*words, str(path))
    assert own[0] == 0
    assert probability(own[1]) == pytest.approx(probability(out), abs=1e-12)


def test_a_scenario_file_may_shift_a_driver(run, tmp_path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(
        'target = 10\nunit = "USD bn"\n[[scenario]]\nname = "Slower"\n[[scenario.adjustment]]\n'
        'kind = "driver_shift"\narea = "UZB"\nconcept = "NGDPD"\nvalue = "-2 %"\nstart = 2026\nend = 2028\n'
    )
    status, out, err = run("scenarios", str(path), "--model", "drivers", "--drivers", "imf-weo-2025-10")
    assert (status, err) == (0, "")
    assert "Slower" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "model 'drivers' needs a table of drivers"),
        (("--drivers", "imf-weo"), "did you mean 'imf-weo-2025-10'"),
        (("--drivers", "nowhere.csv"), "no such file: nowhere.csv"),
        (("--drivers", "imf-weo-2025-10", "--as-of", "2019-11"), "the drivers are of vintage 2025-10"),
    ],
)
def test_bad_input_is_one_line_and_status_2(run, words: tuple[str, ...], message: str) -> None:
    status, out, err = run("forecast", "--model", "drivers", *words)
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def test_drivers_for_a_model_that_uses_none_are_refused(run) -> None:
    status, out, err = run("forecast", "--drivers", "imf-weo-2025-10")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "model 'pooled' uses none" in err


def test_areas_name_whose_drivers_a_series_of_any_name_has(run, tmp_path) -> None:
    rows = "".join(f"{year},{3 + 0.1 * (year - 2005):.2f}\n" for year in range(2005, 2026))
    answers = []
    for name, areas in (("KAZ-UZB", ()), ("Here-There", ("--areas", "KAZ-UZB"))):
        path = tmp_path / f"{name}.csv"
        path.write_text("series,period,value\n" + "".join(f"{name},{row}\n" for row in rows.split()))
        words = ("--target", "6", "--data-unit", "USD bn", "--unit", "USD bn", "--model", "drivers")
        status, out, err = run("forecast", str(path), *words, "--drivers", "imf-weo-2025-10", *areas, "--json", "-")
        assert (status, err) == (0, "")
        answers.append(probability(out))
    assert answers[0] == answers[1]


def test_the_name_of_a_file_says_nothing_about_areas(run, tmp_path) -> None:
    path = tmp_path / "KAZ-UZB.csv"
    path.write_text("period,value\n" + "".join(f"{year},{3 + 0.1 * (year - 2005):.2f}\n" for year in range(2005, 2026)))
    words = ("--target", "6", "--data-unit", "USD bn", "--model", "drivers", "--drivers", "imf-weo-2025-10")
    status, out, err = run("forecast", str(path), *words)
    assert (status, out) == (2, "")
    assert "does not say which two areas it joins" in err
    assert "--areas KAZ-UZB" in err
