"""Wrong values that any parameter of any public name may be given."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd


class Opaque:
    """An object that nothing can be read from, whose repr runs over lines."""

    def __repr__(self) -> str:
        return "an object\nof no use"


WRONG: dict[str, Any] = {
    "None": None,
    "text": "sideways",
    "empty text": "",
    "five per cent": "5 %",
    "text of a number": "2030",
    "control characters": "a\x1b[31m\x00\u202eb",
    "long text": "x" * 3000,
    "bytes": b"\xff",
    "list": [],
    "list of text": ["a", None],
    "dict": {"a": 1},
    "NaT": pd.NaT,
    "NA": pd.NA,
    "Decimal": Decimal("5"),
    "Decimal NaN": Decimal("nan"),
    "400 digits": 10**400,
    "NaN": float("nan"),
    "infinite": float("inf"),
    "negative": -1,
    "zero": 0,
    "fraction": 1.5,
    "tiny": 1e-320,
    "huge": 1e308,
    "numpy int": np.int64(2030),
    "numpy text": np.str_("a"),
    "complex": 1 + 2j,
    "Series": pd.Series([1.0, 2.0], index=[2020, 2021]),
    "empty Series": pd.Series(dtype=float),
    "frame": pd.DataFrame({"unit": ["a"], "period": [2020], "value": [1.0]}),
    "array": np.array([[1.0, np.nan]]),
    "True": True,
    "date": dt.date(2024, 1, 1),
    "Period": pd.Period("2030", "Y"),
    "month": pd.Period("2030-05", "M"),
    "object": Opaque(),
    "type": int,
}
