import json
from pathlib import Path

import pytest

from tradetarget.cli import main

TABLE = """series,period,value
A-B,2022,4.0
A-B,2023,4.4
A-B,2024,4.1
A-C,2022,1.5
A-C,2023,1.7
A-C,2024,1.8
A-all,2023,6.1
A-all,2024,{total}
"""


def table(folder: Path, total: float = 5.9) -> str:
    path = folder / "region.csv"
    path.write_text(TABLE.format(total=total), encoding="utf8")
    return str(path)


def test_the_bundled_region_answers_without_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["region", "--horizon", "5", "--json", "-"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["region"] == "Kazakhstan-Central Asia turnover"
    assert [a["series"] for a in record["scenarios"][0]["answers"]] == [
        "Kazakhstan-Uzbekistan turnover",
        "Kazakhstan-Central Asia turnover",
    ]
    assert len(record["members"]) == 4


def test_a_table_of_ones_own_with_a_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    picture = tmp_path / "region.png"
    words = ["region", table(tmp_path), "--total", "A-all", "--target", "A-B=5", "--target", "A-all=8"]
    assert main([*words, "--unit", "USD bn", "--horizon", "4", "--plot", str(picture)]) == 0
    assert "A-all, 8 USD bn" in capsys.readouterr().out
    assert picture.stat().st_size > 10_000


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--total", "A-all", "--target", "A-X=5"], "A-X"),
        (["--total", "A-al", "--target", "A-B=5"], "did you mean 'A-all'"),
        (["--total", "A-all", "--target", "5"], "NAME=LEVEL"),
        (["--total", "A-all", "--target", "A-B=much"], "'much' is not a number"),
        (["--total", "A-all"], "no target"),
        (["--total", "A-all", "--part", "A-D", "--target", "A-B=5"], "A-D"),
    ],
)
def test_bad_input_is_one_line_and_status_two(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["region", table(tmp_path), *words]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert said in shown.err


def test_a_total_that_does_not_add_up_shows_its_gap(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["region", table(tmp_path, 6.9), "--total", "A-all", "--target", "A-all=8"]) == 2
    assert "a gap of +1 (+14.5%)" in capsys.readouterr().err


def test_a_table_without_names_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "one.csv"
    path.write_text("period,value\n2023,4.4\n2024,4.1\n", encoding="utf8")
    assert main(["region", str(path), "--target", "A-B=5"]) == 2
    assert "no column series" in capsys.readouterr().err


def test_a_series_that_is_the_sum_of_the_others_is_not_counted_twice(capsys, tmp_path: Path) -> None:
    path = tmp_path / "region.csv"
    rows = [("A-B", 4.0, 4.4, 4.25), ("A-C", 1.5, 1.7, 1.84), ("A-all", 5.5, 6.1, 6.1)]
    lines = [f"{name},{year},{v}" for name, *values in rows for year, v in zip((2022, 2023, 2024), values, strict=True)]
    path.write_text("\n".join(["series,period,value", *lines]))
    assert main(["region", str(path), "--target", "A-B=5"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "A-all is the sum of the others: say --total 'A-all'" in err
