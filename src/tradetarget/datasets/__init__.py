"""The bundled figures, with their sources.

>>> from tradetarget import datasets
>>> datasets.load("kazakhstan-central-asia")["Kazakhstan-Uzbekistan turnover"].annual().loc[2019]
np.float64(3415.02)
"""

from tradetarget.datasets.bundled import describe, export, load, names

__all__ = ["describe", "export", "load", "names"]
