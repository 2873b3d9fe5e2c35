"""What the shell offers when the tab key is pressed after an option; nothing here imports a numerical library."""

from __future__ import annotations

import os
from collections.abc import Callable

COMPLETING = "_TRADETARGET_COMPLETE"
"""The environment variable with which a shell asks for completions; typer answers and leaves."""
MODELS = (
    "base-rate", "damped-trend", "drivers", "logistic", "monthly", "pooled", "random-walk", "reference-class",
)  # fmt: skip
DATASETS = ("article-2019", "kazakhstan-central-asia", "kazakhstan-uzbekistan", "kazakhstan-uzbekistan-statements")
DRIVERS = ("imf-weo-2025-10",)
FLOWS = ("turnover", "exports", "imports")
EVENTS = ("calendar-year", "rolling-12-months", "run-rate")
OCCURRENCES = ("first", "again")
LEVERS = ("growth_shift", "level_effect")
METHODS = ("auto", "exact", "simulation")
FREQUENCIES = ("year", "quarter", "month", "day")
SOURCES = ("comtrade", "eurostat", "imf", "worldbank")
"""Names that the library knows (tests hold each list to the library's), because asking it would import pandas."""


def among(names: tuple[str, ...]) -> Callable[[str], list[str]]:
    """A completion of a value that is one of some names."""

    def complete(incomplete: str) -> list[str]:
        return [name for name in names if name.startswith(incomplete)]

    return complete


def in_one_line() -> None:
    """Descriptions of options are not to be wrapped where a shell asks for them: each line would be offered."""
    if COMPLETING in os.environ:
        os.environ["TERMINAL_WIDTH"] = "1000"
