"""Everything about one question, ready to be written in any format."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tradetarget.errors import OutputError
from tradetarget.outputs import as_bytes, checked_path, write_whole

if TYPE_CHECKING:
    from tradetarget.evaluation import Backtest
    from tradetarget.forecasting import Change, Forecast, SideComparison
    from tradetarget.promises import Tally
    from tradetarget.scenarios import ScenarioComparison, Sensitivity
    from tradetarget.scenarios.running_maximum import RunningMaximum
    from tradetarget.tracking import Comparison

SUFFIXES = (".html", ".docx", ".xlsx")


@dataclass(frozen=True, eq=False)
class Report:
    """One question's answer with everything that stands beside it; reasons for what could not be made in ``missing``.

    Parameters
    ----------
    sides
        The answer by every side's statistics, the deciding one first.
    by
        The year that the probabilities in words are about: the deadline, or five years after the data.
    scenarios, swings
        The comparison of scenarios, and one factor at a time.
    change
        What moved the answer since the last vintage.
    backtest
        The same question asked at past origins.
    promises
        The announced targets that asked for as much growth.
    tracking
        The official scales.
    sliders
        The distribution of the running maximum.
    command
        The command that makes the same report; None where there is none.
    data
        The bytes that the data were read from, or the series as a table where they come from no file.
    missing
        Parts that could not be made, by name, and why.
    """

    sides: SideComparison
    by: int
    scenarios: ScenarioComparison | None
    swings: Sensitivity | None
    change: Change | None
    backtest: Backtest | None
    promises: Tally | None
    tracking: Comparison | None
    sliders: RunningMaximum | None
    command: str | None
    data: bytes
    missing: Mapping[str, str]

    @property
    def forecast(self) -> Forecast:
        """The answer by the statistics that decide."""
        return self.sides.forecast

    @property
    def data_sha256(self) -> str:
        """The SHA-256 of the data, in hexadecimal digits."""
        return hashlib.sha256(self.data).hexdigest()

    def to_html(self) -> str:
        """One self-contained HTML page: nothing is fetched from anywhere."""
        from tradetarget.pages.html import page

        return page(self)

    def to_docx(self) -> bytes:
        """A memo for a word processor."""
        from tradetarget.pages.word import memo

        return memo(self)

    def to_xlsx(self) -> bytes:
        """A workbook with the same tables and sources."""
        from tradetarget.pages.workbook import workbook

        return workbook(self)

    def save(self, path: str | Path) -> Path:
        """Write the report, whole or not at all; the ending (.html, .docx or .xlsx) decides the format.

        Raises
        ------
        OutputError
            On another ending, a package that is not installed, or a place that cannot be written to.
        """
        target = checked_report_path(path)
        ways = {".html": lambda: as_bytes(self.to_html()), ".docx": self.to_docx, ".xlsx": self.to_xlsx}
        return write_whole(target, ways[target.suffix.lower()]())

    def _repr_html_(self) -> str:
        return self.forecast._repr_html_()

    def __repr__(self) -> str:
        parts = ("scenarios", "swings", "change", "backtest", "promises", "tracking", "sliders")
        made = ", ".join(p for p in parts if getattr(self, p) is not None)
        return f"Report({self.forecast!r}; {made})"


NEEDED = {".html": ("jinja2", "matplotlib"), ".docx": ("docx", "matplotlib"), ".xlsx": ("openpyxl",)}
"""Modules that each format needs."""


def checked_report_path(path: str | Path, suffixes: tuple[str, ...] = SUFFIXES) -> Path:
    """``path`` if a report can be made and written there; asked before the work.

    Parameters
    ----------
    path
        Where to write.
    suffixes
        The endings allowed.

    Raises
    ------
    OutputError
        As ``Report.save``.
    """
    from importlib.util import find_spec

    target = checked_path(path, suffixes)
    lacking = [name for name in NEEDED[target.suffix.lower()] if find_spec(name) is None]
    if lacking:
        package = {"docx": "python-docx"}.get(lacking[0], lacking[0])
        raise OutputError(f"{str(path)!r} needs {package}, which is not installed: pip install 'tradetarget[report]'")
    return target
