"""First-passage mathematics: pure functions of arrays; they know no series, model or data frame.

======================================  ==============================================================
continuous, drift known                 inverse_gaussian_cdf, _pdf, _quantile, _probability_ever
continuous, drift uncertain             random_drift_cdf, _pdf, _quantile, _probability_ever
between continuous and periodic         continuity_corrected_cdf, bridge_crossing_probability
once a period, drift known              discrete_cdf
once a period, drift uncertain          discrete_random_drift_cdf
once a period, any Gaussian path        gaussian_path_cdf
the same, more known of the first       path_cdf_given_first
======================================  ==============================================================
"""

from tradetarget.passage import conditional, continuous, discrete, gaussian, monitoring
from tradetarget.passage.conditional import ImpossibleError
from tradetarget.passage.gate import ArgumentError, checked

bridge_crossing_probability = checked(monitoring.bridge_crossing_probability)
continuity_corrected_cdf = checked(monitoring.continuity_corrected_cdf)
discrete_cdf = checked(discrete.discrete_cdf)
discrete_random_drift_cdf = checked(discrete.discrete_random_drift_cdf)
gaussian_path_cdf = checked(gaussian.gaussian_path_cdf)
inverse_gaussian_cdf = checked(continuous.inverse_gaussian_cdf)
inverse_gaussian_pdf = checked(continuous.inverse_gaussian_pdf)
inverse_gaussian_probability_ever = checked(continuous.inverse_gaussian_probability_ever)
inverse_gaussian_quantile = checked(continuous.inverse_gaussian_quantile)
path_cdf_given_first = checked(conditional.path_cdf_given_first)
random_drift_cdf = checked(continuous.random_drift_cdf)
random_drift_pdf = checked(continuous.random_drift_pdf)
random_drift_probability_ever = checked(continuous.random_drift_probability_ever)
random_drift_quantile = checked(continuous.random_drift_quantile)

__all__ = [
    "ArgumentError",
    "ImpossibleError",
    "bridge_crossing_probability",
    "continuity_corrected_cdf",
    "discrete_cdf",
    "discrete_random_drift_cdf",
    "gaussian_path_cdf",
    "inverse_gaussian_cdf",
    "inverse_gaussian_pdf",
    "inverse_gaussian_probability_ever",
    "inverse_gaussian_quantile",
    "path_cdf_given_first",
    "random_drift_cdf",
    "random_drift_pdf",
    "random_drift_probability_ever",
    "random_drift_quantile",
]
