"""The types of arrays, named once."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
"""Numbers in double precision; the docstring of each function states the shape."""
