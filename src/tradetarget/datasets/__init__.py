"""The bundled figures, with their sources.

>>> from tradetarget import datasets
>>> datasets.load("kazakhstan-central-asia")["Kazakhstan-Uzbekistan turnover"].annual().loc[2019]
np.float64(3415.02)
"""

from tradetarget.datasets.bundled import describe, export, load, names
from tradetarget.datasets.drivers import driver_names, driver_source, load_drivers
from tradetarget.datasets.promises import load_promises

__all__ = ["describe", "driver_names", "driver_source", "export", "load", "load_drivers", "load_promises", "names"]
