"""A fitted model as text: parameters, standard errors, likelihood and residual checks; no clock time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from tradetarget.checks import made, takes
from tradetarget.report import text
from tradetarget.report.blocks import Block
from tradetarget.report.text import DOUBLE, SINGLE, Text
from tradetarget.text_cleaning import one_line

if TYPE_CHECKING:
    from tradetarget.models.interface import Fitted


def _number(x: float | None) -> str:
    """Five significant digits, or a dash where there is none."""
    return "-" if x is None or not math.isfinite(x) else f"{x:.5g}"


def _parameters(fitted: Fitted) -> Block:
    """Estimate, standard error and their ratio, a line a parameter."""
    e = fitted.estimates
    width = max(24, *(text.shown_width(n) + 2 for n in e.names))
    rows = []
    for name, value, error in zip(e.names, e.values, e.standard_errors, strict=True):
        ratio = float(value / error) if np.isfinite(error) and error > 0 else None
        shown = "-" if ratio is None else f"{ratio:.2f}"
        rows.append([name, _number(float(value)), _number(float(error)), shown])
    return text.table(
        ["", "estimate", "standard error", "ratio"], rows, (width, 14, 18, 12),
        names=["Parameter", "Estimate", "Standard error", "Ratio"],
    )  # fmt: skip


def _checks(fitted: Fitted) -> list[tuple[str, str]]:
    """Residual checks in words."""
    checks = fitted.estimates.residual_checks()
    if not checks:
        return [("Residual checks", "none: fewer than four residuals, or a perfect fit")]
    bound = 2.0 / math.sqrt(int(np.isfinite(fitted.estimates.residuals).sum()))
    lag = "within" if abs(checks["lag1"]) <= bound else "growth carries over: not within"
    box = "no sign that years depend on each other" if checks["ljung_box_p"] >= 0.05 else "years depend on each other"
    tails = "no sign of fat tails" if checks["jarque_bera_p"] >= 0.05 else "not normal: fat-tailed or skewed years"
    return [
        ("First autocorrelation", f"{checks['lag1']:+.2f} ({lag} {bound:.2f} of 0)"),
        ("Ljung-Box", f"p = {checks['ljung_box_p']:.3f} ({box})"),
        ("Jarque-Bera", f"p = {checks['jarque_bera_p']:.3f} ({tails})"),
        ("Largest residual", f"{checks['largest']:.1f} standard deviations"),
    ]


@takes(fitted=made("Fitted"))
def fit_summary(fitted: Fitted) -> Text:
    """Parameters, standard errors, log-likelihood, AICc, sample and residual checks of a fitted model.

    Returns
    -------
    Text
        Plain text, 78 columns, the same on every run.
    """
    e = fitted.estimates
    head = [
        ("Series", one_line(fitted.series.label) + (f", {fitted.series.unit}" if fitted.series.unit else "")),
        ("Sample", f"{e.sample} ({text.plural(e.n_observations, 'term')})"),
        ("Log-likelihood", _number(e.log_likelihood)),
        ("AICc", _number(e.aicc)),
    ]
    remarks = list(e.notes)
    if e.aicc is not None:
        remarks.append(f'AICc may be compared only with models fitted to the same sample: "{e.sample}".')
    blocks = [_parameters(fitted), [SINGLE], text.facts(_checks(fitted)), [DOUBLE], text.notes(remarks)]
    return text.page(text.title(f"Growth model: {fitted.model_name}"), text.facts(head), [SINGLE], *blocks)
