"""Make the table of yearly exchange rates that comes with the package.

Usage: python benchmarks/make_exchange_rates.py MACRO.parquet src/tradetarget/datasets/data/exchange-rates.csv

MACRO is a long table with the columns area (ISO3), concept, year and value. Two concepts are used, both in units of
local currency for a dollar: ``PWT_xr``, the annual average of the Penn World Table 10.01, to 2019, and ``XDC_USD_EOP``,
the end of the year in the exchange-rate statistics of the International Monetary Fund, 2014-2024. After 2019 the
average of a year is taken to be the geometric mean of the ends of that year and of the one before it. In 2015-2019,
where both concepts are there, this script prints by how much the mean of two ends, and the end alone, are off. A
currency of which only ends of years are known gets its end of 2014 for that year. The rates are official ones.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd

FIRST_YEAR = 1960
AREAS = """
AED ARE  AFN AFG  ALL ALB  AMD ARM  ANG CUW  AOA AGO  ARS ARG  AUD AUS  AWG ABW  AZN AZE  BAM BIH  BBD BRB  BDT BGD
BGN BGR  BHD BHR  BIF BDI  BMD BMU  BND BRN  BOB BOL  BRL BRA  BSD BHS  BTN BTN  BWP BWA  BYN BLR  BZD BLZ  CAD CAN
CDF COD  CHF CHE  CLP CHL  CNY CHN  COP COL  CRC CRI  CVE CPV  CZK CZE  DJF DJI  DKK DNK  DOP DOM  DZD DZA  EGP EGY
ERN ERI  ETB ETH  EUR DEU  FJD FJI  GBP GBR  GEL GEO  GHS GHA  GIP GIB  GMD GMB  GNF GIN  GTQ GTM  GYD GUY  HKD HKG
HNL HND  HRK HRV  HTG HTI  HUF HUN  IDR IDN  ILS ISR  INR IND  IQD IRQ  IRR IRN  ISK ISL  JMD JAM  JOD JOR  JPY JPN
KES KEN  KGS KGZ  KHR KHM  KMF COM  KRW KOR  KWD KWT  KYD CYM  KZT KAZ  LAK LAO  LBP LBN  LKR LKA  LRD LBR  LSL LSO
LYD LBY  MAD MAR  MDL MDA  MGA MDG  MKD MKD  MMK MMR  MNT MNG  MOP MAC  MRU MRT  MUR MUS  MVR MDV  MWK MWI  MXN MEX
MYR MYS  MZN MOZ  NAD NAM  NGN NGA  NIO NIC  NOK NOR  NPR NPL  NZD NZL  OMR OMN  PAB PAN  PEN PER  PGK PNG  PHP PHL
PKR PAK  PLN POL  PYG PRY  QAR QAT  RON ROU  RSD SRB  RUB RUS  RWF RWA  SAR SAU  SBD SLB  SCR SYC  SDG SDN  SEK SWE
SGD SGP  SLE SLE  SOS SOM  SRD SUR  SSP SSD  STN STP  SYP SYR  SZL SWZ  THB THA  TJS TJK  TMT TKM  TND TUN  TOP TON
TRY TUR  TTD TTO  TWD TWN  TZS TZA  UAH UKR  UGX UGA  UYU URY  UZS UZB  VND VNM  VUV VUT  WST WSM  XAF CMR  XCD ATG
XOF CIV  XPF NCL  YER YEM  ZAR ZAF  ZMW ZMB
"""
"""ISO 4217 code and the area whose rate is taken. Left out, because the two sources are in different currencies or
break within: Venezuela, Zimbabwe, Cuba."""
EURO_AREA = "G163"
RESCALED = {"SLE": 1e-3}
"""The Penn World Table has Sierra Leone in leones of before 2022, 1,000 of which are one of today's."""
ENDS_ONLY = ("LRD",)
"""The Penn World Table has Liberia in dollars."""
AVERAGES_ONLY = ("SDG", "YER")
"""The two sources have different rates, official and market ones, so that one cannot be continued by the other."""
HEADER = """\
# Units of currency for one dollar of the United States, averages of years (benchmarks/make_exchange_rates.py).
# To 2019 the Penn World Table 10.01 (Feenstra, Inklaar and Timmer 2015, doi:10.1257/aer.20130954); after it the
# geometric mean of two ends of year of the IMF's exchange-rate statistics. Official rates, rounded to 5 digits.
"""


def table(path: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(currencies, years) rates, NaN where not known; and the log errors of ends of years in 2015-2019."""
    macro = pd.read_parquet(path)
    average, end = (
        macro[macro["concept"] == concept].pivot_table(index="year", columns="area", values="value", aggfunc="first")
        for concept in ("PWT_xr", "XDC_USD_EOP")
    )
    codes = AREAS.split()
    rows, errors = {}, []
    for currency, area in zip(codes[::2], codes[1::2], strict=True):
        ends = np.log(_column(end, EURO_AREA if currency == "EUR" else area, currency not in AVERAGES_ONLY))
        middle = (ends + ends.shift()).combine_first(2.0 * ends) / 2.0
        stated = _column(average, area, currency not in ENDS_ONLY) * RESCALED.get(currency, 1.0)
        rows[currency] = stated.combine_first(np.exp(middle))
        both = pd.DataFrame({"mean of two ends": middle, "end alone": ends}).sub(np.log(stated), axis=0)
        errors.append(both.loc[2015:2019].dropna())
    wide = pd.DataFrame(rows).T.loc[:, FIRST_YEAR:]
    return wide.rename_axis("currency"), pd.concat(errors)


def _column(wide: pd.DataFrame, area: str, wanted: bool) -> pd.Series:
    """The rates of an area without gaps at either end; empty where there are none, or none are wanted."""
    return wide[area].dropna() if wanted and area in wide else pd.Series(dtype=float)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("macro")
    parser.add_argument("out")
    given = parser.parse_args()
    rates, errors = table(given.macro)
    cells = rates.map(lambda r: "" if np.isnan(r) else f"{r:.5g}")
    with open(given.out, "w", encoding="utf8", newline="") as out:  # noqa: PTH123
        out.write(HEADER)
        cells.to_csv(out, lineterminator="\n")
    print(f"{len(rates)} currencies, {rates.columns[0]}-{rates.columns[-1]}; {len(errors)} cases of 2015-2019")
    print(pd.DataFrame({"root mean square": (errors**2).mean() ** 0.5, "median": errors.abs().median()}).round(4))


if __name__ == "__main__":
    main()
