"""What a streamed run hands back: where its parts are, and what is in them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class BatchRun:
    """Answers in parts on disk.

    Parameters
    ----------
    folder
        A Parquet data set with columns unit, target, period, probability, and scenario where there are some:
        ``pandas.read_parquet(folder)`` reads all of it.
    series
        Series of the panel.
    targets
        Rows of the table of targets that were asked of them.
    answered
        Rows of answers, one for each target, scenario and year.
    refused
        Rows of ``errors()``.
    parts, reused
        Parts in the folder, and how many of them were there before this call.
    """

    folder: Path
    series: int
    targets: int
    answered: int
    refused: int
    parts: int
    reused: int

    def to_frame(self) -> pd.DataFrame:
        """All answers in one frame, by partition and series; a scan by pyarrow or polars needs less memory."""
        return pd.read_parquet(self.folder)

    def errors(self) -> pd.DataFrame:
        """Series and targets without an answer: unit, target (None where the series is to blame) and reason."""
        files = sorted((self.folder / "_errors").glob("*.parquet"))
        if not files:
            return pd.DataFrame({"unit": [], "target": [], "reason": []}, dtype=object)
        return pd.concat([pd.read_parquet(f) for f in files], ignore_index=True)

    def to_dict(self) -> dict[str, Any]:
        """The counts as plain data."""
        return {**asdict(self), "folder": str(self.folder)}
