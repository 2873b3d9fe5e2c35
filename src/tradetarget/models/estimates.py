"""The estimates of a fit: parameters, standard errors, likelihood, and checks of the residuals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradetarget.errors import ModelError, shown

if TYPE_CHECKING:
    from tradetarget.models.interface import Fitted

EXACT = 1e-10
"""Residual standard deviation, in log points, below which a series counts as following its trend exactly. Judgement,
because logs of totals carry rounding errors of about 1e-15, and no real total follows a law to a part in 10^10."""
_FEWEST_RESIDUALS = 4
"""Fewest residuals that are checked. Judgement, because an autocorrelation of fewer rests on one or two pairs."""
_LAGS = 5
"""Most lags of the Ljung-Box test. The rule min(10, n / 5) of Hyndman & Athanasopoulos (Forecasting. Principles and
Practice, ISBN 9780987507136, sec. 5.4) gives 5 for 25 annual totals; shorter series have n // 3."""
_NO_VARIATION = 1e-20
"""Sum of squared standardised residuals below which they are rounding errors. EXACT squared."""


@dataclass(frozen=True)
class Estimates:
    """Parameters, standard errors, log-likelihood and residuals of one fit.

    Parameters
    ----------
    names
        Parameter names, in the terms of the model's docstring.
    values
        (P,) estimates.
    standard_errors
        (P,), NaN only inside this object where there is none; ``table`` shows None.
    n_observations
        Number of terms of the likelihood.
    sample
        What the likelihood is of, such as "log levels 2000-2025" or "log growth 2001-2025": AICc may be compared only
        between fits with the same sample.
    log_likelihood
        Maximised log-likelihood, or None.
    n_parameters
        Free parameters counted by AICc; default is the number of names.
    residuals
        Standardised one-step residuals, in order of time; empty where the model has none.
    notes
        Lines shown under the table.
    """

    names: tuple[str, ...]
    values: NDArray[np.float64]
    standard_errors: NDArray[np.float64]
    n_observations: int
    sample: str
    log_likelihood: float | None = None
    n_parameters: int | None = None
    residuals: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    notes: tuple[str, ...] = ()

    @property
    def aicc(self) -> float | None:
        """AICc = -2 log L + 2 p + 2 p (p + 1) / (n - p - 1) (Hurvich & Tsai 1989, doi 10.1093/biomet/76.2.297).

        None without a likelihood, or with too few observations (n <= p + 1) for the correction to exist.
        """
        p = len(self.names) if self.n_parameters is None else self.n_parameters
        if self.log_likelihood is None or self.n_observations <= p + 1:
            return None
        return -2 * self.log_likelihood + 2 * p + 2 * p * (p + 1) / (self.n_observations - p - 1)

    def table(self) -> pd.DataFrame:
        """Estimate and standard error by parameter name."""
        return pd.DataFrame(
            {"estimate": self.values, "standard_error": self.standard_errors},
            index=pd.Index(self.names, name="parameter"),
        )

    def residual_checks(self) -> dict[str, float]:
        """Checks of the standardised residuals, where there are enough of them (4 or more).

        lag1
            Their first autocorrelation; beyond about 2 / sqrt(n) the model leaves momentum or noise unexplained.
        ljung_box_p
            p value of Ljung & Box (1978, doi 10.1093/biomet/65.2.297) over min(5, n // 3) lags.
        jarque_bera_p
            p value of Jarque & Bera (1987, doi 10.2307/1403192); small when years are fat-tailed.
        largest
            The largest in absolute value, in standard deviations.
        """
        r = np.asarray(self.residuals, dtype=float)
        r = r[np.isfinite(r)]
        n = r.size
        if n < _FEWEST_RESIDUALS:
            return {}
        centred = r - r.mean()
        power = float(centred @ centred)
        if power <= _NO_VARIATION:
            return {}
        from scipy import special

        lags = min(_LAGS, n // 3)
        rho = np.array([centred[k:] @ centred[: n - k] / power for k in range(1, lags + 1)])
        ljung_box = n * (n + 2) * float((rho**2 / (n - np.arange(1, lags + 1))).sum())
        variance = power / n
        skew = float((centred**3).mean()) / variance**1.5
        kurtosis = float((centred**4).mean()) / variance**2
        jarque_bera = n / 6 * (skew**2 + (kurtosis - 3) ** 2 / 4)
        return {
            "lag1": float(rho[0]),
            "ljung_box_p": float(special.chdtrc(lags, ljung_box)),
            "jarque_bera_p": float(special.chdtrc(2, jarque_bera)),
            "largest": float(np.abs(centred).max() / np.sqrt(power / (n - 1))),
        }


def compare_aicc(fits: Iterable[Fitted]) -> pd.DataFrame:
    """AICc of several fits side by side, lowest first; only fits with one sample can be compared.

    Parameters
    ----------
    fits
        Two or more fitted models.

    Returns
    -------
    pandas.DataFrame
        Indexed by model: aicc, difference from the lowest, and Akaike weight exp(-difference / 2) over their sum
        (Burnham & Anderson 2002, ISBN 9780387953649, ch. 2).

    Raises
    ------
    ModelError
        When a fit has no AICc, or two likelihoods are of different samples: other totals, other years, or levels
        against growth.
    """
    compared = list(fits)
    for fit in compared:
        if getattr(fit, "aicc", None) is None:
            name = getattr(fit, "model_name", shown(fit))
            raise ModelError(f"{name} has no AICc here: leave it out, or compare the models by a backtest")
        first = compared[0]
        if fit.estimates.sample != first.estimates.sample or not np.array_equal(fit.log_levels, first.log_levels):
            raise ModelError(
                f"AICc of {first.model_name} is of {first.estimates.sample} of {first.series.label} and that of "
                f"{fit.model_name} of {fit.estimates.sample} of {fit.series.label}: compare models fitted to one "
                "sample, or compare them by a backtest"
            )
    values = np.array([fit.aicc for fit in compared], dtype=float)
    frame = pd.DataFrame({"aicc": values, "difference": values - values.min(initial=np.inf)})
    weight = np.exp(-0.5 * frame["difference"])
    frame = frame.assign(weight=weight / weight.sum())
    frame.index = pd.Index([fit.model_name for fit in compared], name="model")
    return frame.sort_values("aicc", kind="stable")
