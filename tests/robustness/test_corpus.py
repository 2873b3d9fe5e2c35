"""What once went wrong, replayed: inputs that ended in a traceback, in silence, in a wrong answer, or never.

Each says in a sentence what happened, and whether it is an answer or a refusal now; of a refusal, a part of its line.
The files are those in the folder ``corpus``. A fault that is found later belongs here as well.
"""

import datetime as dt
from collections.abc import Callable
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mutated_commands
import numpy as np
import pandas as pd
import pytest
from example_data import panel, region, short_series
from mutated_files import outcome as of_file
from mutated_scenarios import outcome as of_scenarios
from mutated_scenarios import region_outcome as of_region
from mutated_tables import drivers, finite, positive, targets
from outcomes import ANSWERED, REFUSED, Outcome, outcome_of

import tradetarget as tt
from tradetarget import evaluation, nowcasting, passage, plotting

CORPUS = Path(__file__).with_name("corpus")
OWN = mutated_commands.OWN


@dataclass(frozen=True)
class Fault:
    """``was`` is what went wrong; ``now`` what is right; ``says`` a part of the refusal; ``work`` the input."""

    was: str
    work: Callable[[Path], object]
    now: str = REFUSED
    says: str = ""


def command(*words: str) -> Callable[[Path], Outcome]:
    def run(folder: Path) -> Outcome:
        with chdir(folder):
            mutated_commands.write_files()
            return mutated_commands.outcome(list(words), np.random.default_rng(0))

    return run


def batch(**changed: Any) -> Callable[[Path], Outcome]:
    return lambda _: finite(tt.forecast_targets(panel().assign(**changed), targets(), horizon=2)["probability"])


def with_drivers(change: Callable[[pd.DataFrame], pd.DataFrame]) -> Callable[[Path], Outcome]:
    given = panel().assign(reporter="KAZ", partner="UZB")
    return lambda _: finite(tt.forecast_targets(given, targets(), horizon=2, drivers=change(drivers()))["probability"])


def frame(**changed: Any) -> Callable[[Path], Outcome]:
    return lambda _: positive(tt.TradeSeries.from_frame(short_series().to_frame().assign(**changed)).annual())


def data(name: str) -> Callable[[Path], Outcome]:
    return lambda _: of_file((CORPUS / name).read_bytes())


def scenarios(name: str) -> Callable[[Path], Outcome]:
    return lambda folder: of_scenarios((CORPUS / name).read_text(encoding="utf8"), folder / "s.toml")


def other_prior(name: str, value: str) -> str:
    lines = tt.Prior.shipped().to_json().splitlines()
    return "\n".join(
        f'    "{name}": {{"value": {value}, "se": null}},' if f'"{name}"' in line else line for line in lines
    )


ODD_DAY = pd.to_datetime([f"{year}-06-15" for year in range(2000, 2021)] * 2)
WHOLE = 10**400
FAULTS = [
    Fault("A date inside a year was answered for the year 1735603200000001.", batch(period=ODD_DAY),
          says="inside a year"),
    Fault("A missing period dropped its row in silence.", batch(period=[*range(2000, 2020), None] * 2),
          says="not a year"),
    Fault("Truth values were taken for the years 0 and 1.", batch(period=[True] * 42), says="not a year"),
    Fault("A cell that is a dict ended in a TypeError.", batch(period=[*range(2000, 2020), {}] * 2), says="not a year"),
    Fault("A unit that is a list ended in a TypeError.", batch(unit=[[1]] * 42), says="no name"),
    Fault("Truth values of numpy's were named as np.True_.", batch(unit=[True] * 42), says="unit True stands"),
    Fault("Drivers without a column ended in a KeyError.", with_drivers(lambda d: d.drop(columns="area")),
          says="'area'"),
    Fault("Two columns of one name of the drivers ended in a ValueError.",
          with_drivers(lambda d: pd.concat([d, d[["concept"]]], axis=1)), says="two columns 'concept'"),
    Fault("Bytes in a table of drivers ended in a UnicodeDecodeError.",
          with_drivers(lambda d: d.assign(concept=b"\xff")), now=ANSWERED),
    Fault("Complex values of drivers lost a part with a warning.",
          with_drivers(lambda d: d.assign(value=d["value"].astype(complex))), says="no finite number"),
    Fault("A superscript two was taken for a digit of the drivers' year.",
          with_drivers(lambda d: d.assign(period="²⁰²⁶")), says="is no year"),
    Fault("A categorical column ended in a TypeError.", frame(reporter=pd.Categorical(["A"] * 7)), now=ANSWERED),
    Fault("A period of 401 digits ended in an OverflowError.",
          frame(period=pd.Series([WHOLE, *range(2019, 2025)], dtype=object)), says="period"),
    Fault("An index of 401 digits ended in an OverflowError.", lambda _: tt.TradeSeries.from_frame(
        pd.DataFrame({"period": [2018, 2019]}, pd.Index([1.0, WHOLE], dtype=object, name="value"))), says="value"),
    Fault("A label that is a list ended in a TypeError.", lambda _: tt.TradeSeries.from_annual(
        pd.Series([1.0, 2.0], index=pd.Index([2020, [1]], dtype=object))), says="period"),
    Fault("Two units that differ after a NUL were one.", batch(unit=["a\x00b"] * 21 + ["a\x00c"] * 21), says="NUL"),
    Fault("Two members that differ after a NUL were one in tables.",
          lambda _: tt.TradeSeries.from_annual(short_series().annual(), name="a\x00b"), says="NUL"),
    Fault("Two scenarios that differ after a NUL were one in tables.", lambda _: tt.Scenario("a\x00b"), says="NUL"),
    Fault("JSON nested 2,000 deep ended in a RecursionError.",
          lambda _: tt.TradeSeries.from_json((CORPUS / "nested.json").read_text()), says="not the JSON of a series"),
    Fault("A prior with a number of 401 digits ended in an OverflowError.",
          lambda _: tt.Prior.from_json(other_prior("drift", str(WHOLE))), says="no JSON of"),
    Fault("A prior with NaN made every probability 1.",
          lambda _: tt.Prior.from_json(other_prior("noise", "NaN")), says="noise"),
    Fault("A ridge of 0 for a small panel ended in a LinAlgError.",
          lambda _: tt.estimate_prior(panel(), ridge=0.0), says="give a larger one"),
    Fault("A name that holds a character of private use went to the terminal raw.", data("private-use-name.csv"),
          says="\\ue62d"),
    Fault("Escape sequences and marks of direction in a name went to the terminal raw.", data("escape-in-name.csv"),
          says="\\x1b[31m\\u202e"),
    Fault("UTF-16 that was cut in the middle of a character.", data("cut-utf16.csv"), says="utf-16"),
    Fault("A NUL in a figure.", data("nul.csv"), says="not text"),
    Fault("A table without a column of values.", data("one-column.csv"), says="value"),
    Fault("A figure that is 1.234 or 1,234 was taken for one of them.", data("grouped-and-decimal.csv"), now=ANSWERED),
    Fault("A scenario file 900 deep ended in a RecursionError.", scenarios("deep.toml"), says="not valid TOML"),
    Fault("A key of 100,000 parts took hours.", lambda folder: of_scenarios(".".join("a" * 100_000), folder / "s.toml"),
          says="more than 50 parts"),
    Fault("A whole number of 400 digits ended in an OverflowError.", scenarios("whole-number.toml"), says="400 digits"),
    Fault("Superscript digits were taken for a year.", scenarios("superscript.toml"), says="year"),
    Fault("A base year of 10^20 ended in an OverflowError.", scenarios("base-year.toml"), says="above 1e+18"),
    Fault("A key 2019.5 was named as key 'str'.", scenarios("year-is-no-text.toml"), says="2019"),
    Fault("A scenario that is a number was named 'instance of WrittenScenario'.", scenarios("not-a-table.toml"),
          says="scenario"),
    Fault("A member that is a number ended in a TypeError.",
          lambda folder: of_region((CORPUS / "on-a-number.toml").read_text(), folder / "s.toml"), says="not the name"),
    Fault("A ceiling of 1e999 % was none.", scenarios("percent-of-infinity.toml"), says="a ceiling is a level"),
    Fault("A target of 1_0 was 10.", command("forecast", "a.csv", "--target", "1_0"), says="'1_0' is not a number"),
    Fault("The answer took the place of the data.", command("forecast", "a.csv", *OWN, "--json", "a.csv"),
          says="the file that DATA.csv reads"),
    Fault("The answer took the place of the scenarios.", command("scenarios", "s.toml", "--json", "s.toml"),
          says="the file that FILE.toml reads"),
    Fault("A name that is not UTF-8 ended in a UnicodeEncodeError when it was written.",
          command("data", "convert", "a.csv", "out.csv", "--series", "\udcff"), now=ANSWERED),
    Fault("Random numbers keyed by a name that is not UTF-8 ended in a UnicodeEncodeError.",
          command("sensitivity", "a.csv", *OWN, "--by", "2027", "--paths", "512", "--series", "\udcff"), now=ANSWERED),
    Fault("A name of 130 Cyrillic letters ended in an OSError.", command("forecast", "я" * 130, *OWN), says="too long"),
    Fault("/dev/zero never ended.", command("forecast", "/dev/zero", *OWN), says="/dev/zero"),
    Fault("A NaN barrier was certainty.", lambda _: passage.inverse_gaussian_cdf(1.0, np.nan, 0.1, 0.1),
          says="barrier"),
    Fault("A path without periods ended in an IndexError.", lambda _: passage.gaussian_path_cdf(0.1, 0.1, 0.2),
          says="are no path"),
    Fault("Any number of paths was begun.", lambda _: evaluation.backtest_system(region(), n_paths=WHOLE),
          says="n_paths"),
    Fault("A list that is no size of a picture ended in a ValueError.",
          lambda _: plotting.plot_tornado(tt.sensitivity(
              short_series(), 5.0, tt.scenarios.usual_factors(), by=2028, model="random-walk", n_paths=512),
              size=pd.Series([1.0])), says="size"),
    Fault("A series of pandas ended in an AttributeError.",
          lambda _: nowcasting.latent_annual(short_series().annual()), says="give a TradeSeries"),
    Fault("An observation that ends before it starts was kept.",
          lambda _: tt.Observation(start=dt.date(2020, 6, 1), end=dt.date(2020, 1, 31), value=1.0), says="end"),
    Fault("Patience with a word for a number failed with the first request.",
          lambda _: tt.fetching.Patience(attempts="twice"), says="attempts"),
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=[f.was for f in FAULTS])
def test_what_once_went_wrong_is_right_now(fault: Fault, tmp_path: Path) -> None:
    of_passage = (ValueError,) if fault.says in ("barrier", "are no path") else ()
    came = outcome_of(lambda: fault.work(tmp_path), of_passage)
    assert came.kind == fault.now, came
    assert fault.says in came.said, came


def test_every_file_of_the_corpus_is_replayed() -> None:
    text = Path(__file__).read_text(encoding="utf8")
    assert [p.name for p in CORPUS.iterdir() if f'"{p.name}"' not in text] == []
