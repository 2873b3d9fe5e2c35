"""Tables in Python with cells that are none: panels, targets, series, tables of drivers; and JSON, damaged."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Callable
from decimal import Decimal
from functools import cache

import numpy as np
import pandas as pd
from example_data import panel, short_series
from outcomes import ANSWERED, OTHER, Outcome, outcome_of

import tradetarget as tt

Rng = np.random.Generator
ODD = (
    None, "", "x", " 5 ", "5 %", "1,5", "2019", "2019-06", "２０１９", "1e400", "n/a", pd.NaT, pd.NA, np.nan, np.inf,
    -1.0, 0, 0.0, 1e-320, 1e308, 10**400, True, np.bool_(False), Decimal("5"), Decimal("NaN"), 1 + 2j, b"\xff",
    dt.date(2020, 1, 1), pd.Timestamp("2020-06-30"), pd.Timestamp("2020-12-31", tz="UTC"), pd.Period("2020", "Y"),
    pd.Period("2020-05", "M"), pd.Timedelta(1), 20240, 201905, 1066, -2020, 2020.5, [], {}, ("a",),
    "a\x1b[31m\x00\u202eb", "x" * 3000, int,
)  # fmt: skip
"""Cells that a column of names, periods or values may be given."""
KINDS = (
    "object", "float64", "float32", "int64", "Int64", "Float64", "string", "category", "datetime64[ns]", "bool",
    "complex128", "period[Y-DEC]", "period[M]", "timedelta64[ns]",
)  # fmt: skip


def mutated(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """The frame with up to three changes: cells, kinds of columns, names, rows, index."""
    for _ in range(int(rng.integers(1, 4))):
        frame = CHANGES[int(rng.integers(len(CHANGES)))](frame, rng)
    return frame


def _column(frame: pd.DataFrame, rng: Rng) -> int:
    return int(rng.integers(frame.shape[1])) if frame.shape[1] else -1


def _other_cell(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    at = _column(frame, rng)
    if at < 0 or frame.empty:
        return frame
    columns = [frame.iloc[:, i] for i in range(frame.shape[1])]
    cells = list(columns[at])
    for _ in range(int(rng.integers(1, 3))):
        cells[int(rng.integers(len(cells)))] = ODD[int(rng.integers(len(ODD)))]
    columns[at] = pd.Series(cells, index=frame.index, dtype=object, name=frame.columns[at])
    return pd.concat(columns, axis=1)


def _other_kind(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    at, kind = _column(frame, rng), KINDS[int(rng.integers(len(KINDS)))]
    if at < 0:
        return frame
    columns = [frame.iloc[:, i] for i in range(frame.shape[1])]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            columns[at] = columns[at].astype(kind)
    except (ValueError, TypeError, OverflowError, AttributeError):
        return frame
    return pd.concat(columns, axis=1)


def _other_name(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    names = list(frame.columns)
    if not names:
        return frame
    others = (*names, "Value", "year", "", None, 5, np.nan, ("a", "b"), "x" * 3000, "flow", "reporter", "partner")
    names[_column(frame, rng)] = others[int(rng.integers(len(others)))]
    return frame.set_axis(pd.Index(names, tupleize_cols=False), axis=1)


def _without(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    return frame.iloc[:, [i for i in range(frame.shape[1]) if i != _column(frame, rng)]]


def _other_rows(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    n = len(frame)
    ways: tuple[Callable[[], pd.DataFrame], ...] = (
        lambda: frame.iloc[:0], lambda: frame.iloc[:1], lambda: pd.concat([frame, frame.iloc[: n // 2]]),
        lambda: frame.iloc[rng.permutation(n)], lambda: frame.iloc[rng.integers(0, max(n, 1), n)],
    )  # fmt: skip
    return ways[int(rng.integers(len(ways)))]()


def _other_index(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    at = _column(frame, rng)
    if at < 0:
        return frame
    if rng.random() < 0.5:
        try:
            return frame.set_index(frame.columns[at]) if frame.columns.is_unique else frame
        except OverflowError:  # pandas has no index of whole numbers and one of 400 digits
            return frame
    return frame.set_axis(rng.choice(["a", "b", "c"], len(frame)))


CHANGES = (
    _other_cell,
    _other_cell,
    _other_cell,
    _other_kind,
    _other_kind,
    _other_name,
    _without,
    _other_rows,
    _other_index,
)


def targets() -> pd.DataFrame:
    return pd.DataFrame({"unit": ["P", "Q", "Q"], "target": [200.0, 210.0, 400.0]})


@cache
def drivers() -> pd.DataFrame:
    whole = tt.datasets.load_drivers("imf-weo-2025-10")
    return whole[whole["area"].isin(["KAZ", "UZB", "USA"])].reset_index(drop=True)


def attempt(rng: Rng) -> tuple[str, Outcome]:
    """One table, and what is asked of it."""
    name = list(ASKED)[int(rng.integers(len(ASKED)))]
    return ASKED[name](rng)


def _batch(rng: Rng) -> tuple[str, Outcome]:
    given, asked, outlook = panel(), targets(), None
    way = rng.random()
    if way < 0.5:
        given = mutated(given.assign(reporter="KAZ", partner="UZB") if rng.random() < 0.3 else given, rng)
    elif way < 0.8:
        asked = mutated(asked, rng)
    else:
        outlook = mutated(drivers(), rng)
        given = given.assign(reporter="KAZ", partner="UZB")

    def run() -> Outcome:
        return finite(tt.forecast_targets(given, asked, horizon=2, drivers=outlook)["probability"])

    return f"forecast_targets({_of(given)}, {_of(asked)}, {_of(outlook)})", outcome_of(run)


def _series(rng: Rng) -> tuple[str, Outcome]:
    whole = short_series().to_frame()
    given = mutated(whole[["period", "value"]] if rng.random() < 0.5 else whole, rng)

    def run() -> Outcome:
        return positive(tt.TradeSeries.from_frame(given).annual())

    return f"from_frame({_of(given)})", outcome_of(run)


def _annual(rng: Rng) -> tuple[str, Outcome]:
    one = mutated(short_series().annual().rename("value").reset_index(), rng)
    if one.shape[1] < 2:
        return "from_annual(nothing)", Outcome(ANSWERED)
    given = pd.Series(list(one.iloc[:, 1]), index=pd.Index(list(one.iloc[:, 0]), dtype=object), dtype=object)

    def run() -> Outcome:
        return positive(tt.TradeSeries.from_annual(given).annual())

    return f"from_annual({list(given.items())})", outcome_of(run)


def _fit_with_drivers(rng: Rng) -> tuple[str, Outcome]:
    given = mutated(drivers(), rng)
    series = tt.datasets.load("kazakhstan-central-asia")["Kazakhstan-Uzbekistan turnover"]

    def run() -> Outcome:
        answer = tt.forecast(series, tt.Target(5, "USD bn"), "drivers", 2, drivers=given, n_paths=512)
        return finite(pd.Series(answer.hitting_time.probability))

    return f"forecast(drivers={_of(given)})", outcome_of(run)


@cache
def _texts() -> tuple[str, str]:
    return tt.Prior.shipped().to_json(), short_series().to_json()


def _json(rng: Rng) -> tuple[str, Outcome]:
    which = int(rng.integers(2))
    text = mutated_json(_texts()[which], rng)

    def run() -> object:
        if which == 1:
            return positive(tt.TradeSeries.from_json(text).annual())
        prior = tt.Prior.from_json(text)
        return finite(tt.forecast_targets(panel(), targets(), horizon=2, prior=prior)["probability"])

    return f"from_json({text if which else text[:300]!r})", outcome_of(run)


def mutated_json(text: str, rng: Rng) -> str:
    """JSON with up to three characters, numbers or pieces changed."""
    odd = (
        "NaN",
        "Infinity",
        "null",
        "-1",
        "1e999",
        '"x"',
        "[]",
        "{}",
        "true",
        "9" * 400,
        "",
        ",",
        '"',
        "[" * 2000,
        "é",
    )
    for _ in range(int(rng.integers(1, 4))):
        at = int(rng.integers(len(text))) if text else 0
        end = min(len(text), at + int(rng.integers(0, 12)))
        while rng.random() < 0.7 and end < len(text) and text[end] not in ',:]}"':
            end += 1
        text = text[:at] + odd[int(rng.integers(len(odd)))] + text[end:]
    return text


ASKED = {"batch": _batch, "series": _series, "annual": _annual, "drivers": _fit_with_drivers, "json": _json}


def finite(probability: pd.Series) -> Outcome:
    """An answer if every probability is one."""
    p = probability.to_numpy(dtype=float)
    good = bool(np.isfinite(p).all() and (p >= 0.0).all() and (p <= 1.0).all())
    return Outcome(ANSWERED) if good else Outcome(OTHER, f"probabilities {p.tolist()}")


def positive(totals: pd.Series) -> Outcome:
    """An answer if every total is a level."""
    good = len(totals) > 0 and bool(np.isfinite(totals).all() and (totals > 0.0).all())
    return Outcome(ANSWERED) if good else Outcome(OTHER, f"totals {totals.to_dict()}")


def _of(frame: pd.DataFrame | None) -> str:
    if frame is None:
        return "None"
    cells = [list(frame.iloc[:, i])[:25] for i in range(frame.shape[1])]
    return f"columns {list(frame.columns)}, kinds {[str(k) for k in frame.dtypes]}, cells {cells}"
