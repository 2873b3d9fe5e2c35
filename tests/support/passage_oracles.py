"""An oracle for the discrete law that shares nothing with the package: composite quadrature, drift in the kernel."""

import numpy as np
from scipy.stats import norm


def normal_density(z):
    return np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi)


def discrete_reference(periods, beta, mu, order=20):
    """P(T <= k), k = 1..periods, in units of the volatility; ``order`` nodes on every unit of distance."""
    panels = int(np.ceil(beta + 14.0 * np.sqrt(periods) + 12.0))
    x, w = np.polynomial.legendre.leggauss(order)
    y = (np.arange(panels)[:, None] + 0.5 * (x + 1.0)).ravel()
    weight = np.tile(0.5 * w, panels)
    density = normal_density(y - beta + mu)
    step = normal_density(y[:, None] - y[None, :] + mu) * weight
    p = [norm.cdf(mu - beta)]
    for _ in range(1, periods):
        p.append(p[-1] + float((weight * density * norm.cdf(mu - y)).sum()))
        density = step @ density
    return np.array(p)


def simulate(rng, n_paths, increments, barrier):
    """P(T <= k) and its standard error from paths with ``increments(rng, n_paths)``, (paths, periods)."""
    highest = np.maximum.accumulate(np.cumsum(increments(rng, n_paths), axis=1), axis=1)
    p = (highest >= barrier).mean(axis=0)
    return p, np.sqrt(np.maximum(p * (1.0 - p), 1.0 / n_paths) / n_paths)
