"""Errors on the command line name the option, never the argument of Python that it becomes."""

import re
from pathlib import Path

import pytest

from tradetarget.cli import main
from tradetarget.cli.wording import in_options

RATES = "imf-weo-2025-10"
WRONG = [
    ("forecast pair.csv --target 300 --unit USDbn --model drivers --drivers " + RATES, "as in --areas KAZ-UZB"),
    ("forecast pair.csv --target 300 --unit USDbn --model drivers --areas DEU", "--areas 'DEU' does not name two"),
    ("forecast --areas KAZ-UZB", "--model 'drivers' needs a table of drivers"),
    ("forecast --areas KAZ-UZB --model pooled", "--areas 'KAZ-UZB': model 'pooled' uses none"),
    ("forecast --model drivers", "give --drivers imf-weo-2025-10"),
    ("forecast --model driver", "--model: unknown model 'driver': did you mean 'drivers'"),
    ("forecast --horizon 0", "--horizon 0 is not a whole number"),
    ("forecast --horizon 40 --model reference-class", "forecast with --horizon 15 or fewer"),
    ("forecast --seed -1", "--seed -1 is not"),
    ("forecast --paths 0 --model damped-trend", "--paths 0 is not"),
    ("forecast --target -5", "--target -5 is not a positive number"),
    ("forecast --sustained 0", "--sustained 0 is not"),
    ("forecast --unit bananas", "--unit 'bananas' cannot be read"),
    ("forecast --data-unit bananas", "--data-unit: unit 'bananas' cannot be read"),
    ("forecast --convert-to bananas", "--convert-to bananas: unit 'bananas' cannot be read"),
    ("forecast --convert-to XTS", "--convert-to XTS: there is no exchange rate"),
    ("forecast years.csv --target 5 --convert-to USD", "give --data-unit, such as"),
    ("forecast --unit EUR", "use --convert-to EUR, or"),
    ("forecast --as-of soon", "--as-of soon: period 'soon' cannot be read"),
    ("forecast --as-of 1990", "--as-of 1990: Kazakhstan-Uzbekistan turnover: nothing was known"),
    ("forecast --reporter Nobody", "--reporter: unknown reporter"),
    ("forecast --series Nobody", "--series: unknown series"),
    ("forecast --flow sideways", "--flow: unknown flow"),
    ("forecast --dataset nobody", "--dataset: unknown dataset"),
    ("forecast sides.csv --target 300", "choose whose statistics count with --reporter"),
    ("forecast years.csv --target 5 --separator ab", "--separator 'ab' is no single character"),
    ("forecast years.csv --target 5 --decimal x", "--decimal 'x' is neither"),
    ("forecast years.csv --target 5 --encoding klingon", "--encoding 'klingon' is not known"),
    ("forecast years.csv --target 5 --year-end Smarch", "--year-end 'Smarch' is no month"),
    ("forecast years.csv --target 5 --select a=b", "--select: unknown column"),
    ("forecast years.csv --target 5 --column value=None", "--column: unknown column"),
    ("forecast --level 50,80,90,95 --plot x.png", "--level [0.5, 0.8, 0.9, 0.95] are more than 3 bands"),
    ("forecast --plot x.doc", "--plot 'x.doc' does not end in"),
    ("scenarios shift.toml", "there is no table of drivers: give --drivers"),
    ("required --by 2030 --probability 2", "--probability 2.0 is not"),
    ("required --by 2030 --lever ceiling", "--lever: unknown lever"),
    ("required --by 2020", "--by 2020 is not a year after the data"),
    ("sensitivity --by 2030 --factor growth_shift=5:9", "--factor 'growth_shift=5:9': value 9 is not"),
    ("sensitivity --by 2030 --factor level_shock=-3%:3%", "write level_shock@2027=-3%:3%"),
    ("sensitivity --by 2030 --factor growth_path=1%:3%", "choose among benchmark, ceiling, growth_shift"),
    ("sensitivity --by 2030 --factor growth_shift@2099=1%:3%", "--factor 'growth_shift@2099': its window starts"),
    ("sweep --by 2030 --factor growth_shift=1%,2%", "a sweep varies two factors and --factor gives 1"),
    ("sweep --by 2030 --factor level_effect=1%,2% --factor level_effect=0%", "--factor 'level_effect' is given twice"),
    ("backtest --target 5 --multiples 2", "--target 5 (a level) and --multiples 2"),
    ("backtest --multiples 0.5", "--multiples 0.5 is not above 1"),
    ("backtest --model drivers", "--model 'drivers' needs a table of drivers, which this command does not take"),
    ("region --target Nobody=5", "--target: unknown series"),
    ("region --part Nobody", "--part: unknown series"),
    ("region --total Nobody", "--total: unknown series"),
    ("region --as-of soon", "--as-of soon: period 'soon' cannot be read"),
    ("news --from 2019-11 --to 2018-01", "--to 2018-01 is before --from 2019-11"),
    ("tracking --by 2020", "--by 2020 is not after the latest year 2025"),
    ("tracking --by 2030 --base 2030", "--base 2030 leaves fewer than two levels"),
    ("promises years.csv", "give --series, such as Kazakhstan-Uzbekistan"),
    ("batch years.csv years.csv -o out --jobs 0", "--jobs 0 is not a whole number from 1"),
    ("promises --growth -5", "--growth -5 is below 0"),
]  # fmt: skip
ARGUMENT = re.compile(r"\b(as_of|year_end|n_paths|base_year|[a-z_]+=(?!\d)(?!-?[\d.]+%))\b|\w\([^)]*=")


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    years = [(y, 100 + 5 * (y - 2005)) for y in range(2005, 2025)]
    Path("years.csv").write_text("period,value\n" + "".join(f"{y},{v}\n" for y, v in years))
    pair = "".join(f"Germany-France,{y},{v},USD bn\n" for y, v in years)
    Path("pair.csv").write_text("series,period,value,unit\n" + pair)
    sides = "".join(f"A-B,{side},{y},{v}\n" for y, v in years for side in "AB")
    Path("sides.csv").write_text("series,reporter,period,value\n" + sides)
    Path("shift.toml").write_text(
        '[[scenario]]\nname = "x"\n[[scenario.adjustment]]\n'
        'kind = "driver_shift"\narea = "UZB"\nconcept = "NGDPD"\nvalue = 0.02\n'
    )


@pytest.mark.parametrize(("line", "words"), WRONG, ids=[line for line, _ in WRONG])
def test_a_wrong_command_line_is_refused_in_the_words_of_its_options(capsys, line: str, words: str) -> None:
    assert main([word.replace("USDbn", "USD bn") for word in line.split(" ")]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert words in err
    sentence = err.replace("'", "").split(" --factor ")[0]
    assert not ARGUMENT.search(re.sub(r"--\w[\w-]* \S+", "", sentence)), err


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("choose with year_end= or --year-end", "choose with --year-end"),
        ("decimal='.' or decimal=',', --decimal . or --decimal ,", "--decimal . or --decimal ,"),
        ("which it is with column={'value': NAME} or --column value=NAME", "which it is with --column value=NAME"),
        ("one with sheet='A b' or --sheet 'A b'", "one with --sheet 'A b'"),
        ("cumulated=True or cumulated=False, --cumulated yes or no", "--cumulated yes or no"),
        ("all of them with everywhere=[...] (in a file: without the key 'on')", "all of them without the key 'on'"),
        ("a.toml: key 'as_of' is 'x': no date", "a.toml: key 'as_of' is 'x': no date"),
        ("the target of 5 is met", "the target of 5 is met"),
    ],
)  # fmt: skip
def test_remedies_for_python_give_way_to_those_of_the_command_line(sentence: str, words: str) -> None:
    assert in_options(sentence, {}) == words


def test_a_value_that_two_options_share_names_neither() -> None:
    assert in_options("unknown series 'A'", {"--part": ["A"], "--total": "A"}) == "unknown series 'A'"
