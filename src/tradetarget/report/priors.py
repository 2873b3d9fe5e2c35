"""Parameters estimated from a panel as text: what they are, how sure they are, and what they come from."""

from __future__ import annotations

import pandas as pd

from tradetarget.checks import instance_of, takes
from tradetarget.models.drivers.estimates import DriverEstimates
from tradetarget.models.pooled.prior import Prior
from tradetarget.report import text
from tradetarget.report.blocks import Block, grid
from tradetarget.report.text import DOUBLE, SINGLE, Text

MEANING = 34  # of 78 columns: names take 24, numbers ten each


@takes(prior=instance_of((Prior, DriverEstimates), "give a Prior"))
def prior_summary(prior: Prior | DriverEstimates) -> Text:
    """Every parameter with its standard error and meaning, and the panel behind them.

    Returns
    -------
    Text
        Plain text, 78 columns, the same on every run.
    """
    facts = [("Unit", prior.unit), ("Central size", f"{prior.size_centre:g} {prior.unit}")]
    facts += [(str(k).replace("_", " ").capitalize(), str(v)) for k, v in prior.provenance.items() if str(v)]
    title = text.title("What a panel of other pairs says about growth")
    remarks = [
        "Standard errors are clustered by pair; a dash stands where the panel said nothing, or the value follows from "
        "its years."
    ]
    return text.page(title, text.facts(facts), [SINGLE], _table(prior.to_frame()), [DOUBLE], text.notes(remarks))


def _table(frame: pd.DataFrame) -> Block:
    """A parameter a line; a long meaning goes on below."""
    lines, rows = [f"{'Parameter':24}{'estimate':>10}{'error':>10}  Meaning", SINGLE], []
    for name, row in frame.iterrows():
        error = "-" if pd.isna(row["standard_error"]) else f"{row['standard_error']:.4g}"
        rows.append([str(name), f"{row['estimate']:.4g}", error, str(row["meaning"])])
        first, *others = text.wrapped(str(row["meaning"]), width=MEANING) or [""]
        lines.append(f"{name!s:24}{rows[-1][1]:>10}{error:>10}  {first}")
        lines += [f"{'':46}{words}" for words in others]
    return grid(lines, ["Parameter", "Estimate", "Standard error", "Meaning"], rows)
