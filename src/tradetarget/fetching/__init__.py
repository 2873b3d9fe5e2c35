"""Figures from the services of statistics, on request: UN Comtrade, IMF, World Bank and Eurostat.

Nothing else in the library asks a service. A fetch gives a table with where and when every figure was had, and a second
fetch into the same file keeps the first as an earlier vintage.

>>> sources()
('comtrade', 'eurostat', 'imf', 'worldbank')
"""

from tradetarget.fetching.asking import FLOWS, IncompleteFetchError, fetch, sources
from tradetarget.fetching.fetched import Fetched
from tradetarget.fetching.http import Patience

__all__ = ["FLOWS", "Fetched", "IncompleteFetchError", "Patience", "fetch", "sources"]
