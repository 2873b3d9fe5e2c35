"""From options to the question: which data, and which target."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tradetarget.cli.reading import NO_FILE, Reading
from tradetarget.errors import DataError, SettingError, TradeTargetError, UnitError, unknown_name

if TYPE_CHECKING:
    import pandas as pd

    from tradetarget.models import GrowthModel
    from tradetarget.observations import TradeSeries
    from tradetarget.reading.table import Table

BUNDLED, SERIES, FLOW = "kazakhstan-central-asia", "Kazakhstan-Uzbekistan", "turnover"
BOTH_SIDES, REPORTER = "kazakhstan-uzbekistan", "Kazakhstan"


class EverySide(NamedTuple):
    """A flow with the statements of every side: whose decide, and the sides that could not be read, with the reason."""

    series: TradeSeries
    reporter: str | None
    unread: dict[str, str]


@dataclass(frozen=True)
class Selection:
    """Which figures: a file or None for the bundled ones, and what to take from it."""

    data: Path | None = None
    series: str | None = None
    flow: str | None = None
    reporter: str | None = None
    data_unit: str | None = None
    as_of: str | None = None
    dataset: str | None = None
    reading: Reading = field(default_factory=Reading)

    @cached_property
    def table(self) -> Table:
        """The file, read once however many series are taken from it.

        Raises
        ------
        TradeTargetError
            A kind of it on a file that cannot be read.
        """
        from tradetarget.reading.table import read_table

        return read_table(str(self.data), self.reading.options())

    def read(self) -> TradeSeries:
        """The series.

        Raises
        ------
        TradeTargetError
            A kind of it on a file, name, unit or date that cannot be used.
        """
        series = self.statements(self.reporter)
        if self.reporter is not None:
            series = series.reported_by(self.reporter)
        elif self.data is None and len(series.reporters) > 1:
            series = series.reported_by(REPORTER)
        return cut_at(series, self.as_of)

    def every_side(self) -> EverySide:
        """The series with the statements of every side, in the unit of the side that decides; not yet cut at a date.

        Raises
        ------
        TradeTargetError
            As ``read``, and on a file of several sides none of which is chosen.
        """
        deciding = self.read()
        if self.data is None:
            return EverySide(self.statements(None), deciding.reporters[0] if deciding.reporters else None, {})
        if len(deciding.reporters) > 1:
            deciding.annual()  # says which sides there are, and how one is chosen
        if self.reporter is None:
            return EverySide(deciding, None, {})
        return self._beside(deciding)

    def _beside(self, deciding: TradeSeries) -> EverySide:
        """The file's other sides joined to the one that decides, as far as their figures can be."""
        from tradetarget.observations.tables import reporters_in

        joined, unread = deciding, dict[str, str]()
        for side in reporters_in(self.table, self.series, self.flow):
            if side.lower() == deciding.reporters[0].lower():
                continue
            try:
                theirs = self._from_file(side)
                theirs = theirs if deciding.unit is None or theirs.unit is None else theirs.in_unit(deciding.unit)
                joined = replace(joined, observations=(*joined, *theirs))
            except TradeTargetError as error:
                unread[side] = str(error)
        return EverySide(joined, deciding.reporters[0], unread)

    def of(self, series: str | None, flow: str | None) -> Selection:
        """The same file, already read, with another series chosen."""
        other = replace(self, series=series, flow=flow)
        other.__dict__["table"] = self.table
        return other

    def statements(self, reporter: str | None = None) -> TradeSeries:
        """The bundled series with every side's figures; a file's with those of one reporter where one is given.

        Raises
        ------
        TradeTargetError
            As ``read``.
        """
        one_source(self.data, self.dataset)
        if self.data is None:
            self.reading.refuse(NO_FILE)
        series = self._bundled() if self.data is None else self._from_file(reporter)
        if self.data_unit is not None:
            _same_unit(series, self.data_unit)
        return series

    def _bundled(self) -> TradeSeries:
        from tradetarget import datasets

        bundled = datasets.load(BUNDLED if self.dataset is None else self.dataset)
        name = matching("series", self.series or SERIES, [s.name for s in bundled.values()])
        flow = matching("flow", self.flow or FLOW, [s.flow for s in bundled.values() if s.name == name])
        if self.dataset is None and name == SERIES:
            bundled = datasets.load(BOTH_SIDES)
        return bundled[f"{name} {flow}"]

    def _from_file(self, reporter: str | None) -> TradeSeries:
        from tradetarget.observations import TradeSeries

        return TradeSeries.from_table(
            self.table, series=self.series, flow=self.flow, reporter=reporter, unit=self.data_unit
        )


def cut_at(series: TradeSeries, as_of: str | None) -> TradeSeries:
    """What was known of the series by the end of --as-of; all of it where the option is left out.

    Raises
    ------
    DataError
        Naming the option, on what is no date, and when nothing was known by then.
    """
    if as_of is None:
        return series
    try:
        return series.as_of(as_of)
    except DataError as error:
        raise DataError(f"--as-of {as_of}: {error}") from None


def figures_at(words: str | None) -> tuple[Path | None, str | None]:
    """A CSV file or a bundled dataset, whichever ``words`` name; neither where they are None.

    Raises
    ------
    UnknownNameError
        When they name neither.
    """
    from tradetarget import datasets

    if words is None or words in datasets.names():
        return None, words
    if words == "-" or "/" in words or "." in words or Path(words).exists():
        return Path(words), None
    raise unknown_name("dataset or CSV file", words, datasets.names())


def every_series(
    words: str, series: str | None, flow: str | None, data_unit: str | None, reading: Reading
) -> dict[str, TradeSeries]:
    """The series of a CSV file or a bundled dataset by label, of one name and flow where they are given.

    Raises
    ------
    TradeTargetError
        A kind of it on a name that is not there, and on a file that cannot be used.
    """
    from tradetarget import datasets
    from tradetarget.observations.tables import labels_in

    file, dataset = figures_at(words)
    if file is None:
        reading.refuse(NO_FILE)
        refuse_without_file({"--data-unit": data_unit})
        return chosen(datasets.load(str(dataset)), series, flow)
    source = Selection(file, series, flow, data_unit=data_unit, reading=reading)
    members = (source.of(name, own_flow).statements() for name, own_flow in labels_in(source.table, series, flow))
    return {s.label: s for s in members}


def chosen(series_by_label: dict[str, TradeSeries], series: str | None, flow: str | None) -> dict[str, TradeSeries]:
    """The series of one name and flow, where they are given."""
    name = None if series is None else matching("series", series, [s.name for s in series_by_label.values()])
    kept = {label: s for label, s in series_by_label.items() if name in (None, s.name)}
    matched = None if flow is None else matching("flow", flow, [s.flow for s in kept.values()])
    return {label: s for label, s in kept.items() if matched in (None, s.flow)}


def read_driver_table(table: str | None, model: str | GrowthModel | None = None) -> pd.DataFrame | None:
    """A bundled table of drivers by its name, or a CSV file, for a model that uses drivers.

    Raises
    ------
    TradeTargetError
        A kind of it on a file that cannot be read, or a name that is neither.
    """
    if table is None:
        return None
    from tradetarget.models import DEFAULT_MODEL, get_model

    chosen = get_model(model or DEFAULT_MODEL)
    if not chosen.uses_drivers:
        raise SettingError(
            f"--drivers {table!r}: model {chosen.name!r} uses none: leave it out, or say --model drivers"
        )
    return driver_table(table)


def driver_table(table: str) -> pd.DataFrame:
    """The table itself, whatever it is for."""
    from tradetarget import datasets
    from tradetarget.reading.table import read_raw

    is_file = table not in datasets.driver_names() and (table.lower().endswith(".csv") or Path(table).exists())
    return read_raw(table) if is_file else datasets.load_drivers(table)


def growth_model(name: str | None, areas: str | None) -> str | GrowthModel | None:
    """The model that --model names, with the areas that --areas names for one that uses drivers.

    Raises
    ------
    SettingError
        On areas that are not two, and on areas for a model without any.
    """
    if areas is None:
        return name
    from tradetarget.models import get_model
    from tradetarget.models.drivers import DriverGrowth

    model = get_model(name or DriverGrowth.name)
    if not isinstance(model, DriverGrowth):
        raise SettingError(f"--areas {areas!r}: model {name!r} uses none: leave it out, or say --model drivers")
    codes = [code.strip() for code in areas.replace(",", "-").split("-")]
    if len(codes) != 2 or not all(codes) or codes[0] == codes[1]:
        raise SettingError(f"--areas {areas!r} does not name two areas: write their codes, such as KAZ-UZB")
    return replace(model, areas=(codes[0], codes[1]))


def without_drivers(model: str | None) -> str | None:
    """The model of a command that takes no table of drivers; a SettingError on one that needs them."""
    from tradetarget.models import get_model

    if model is not None and get_model(model).uses_drivers:
        raise SettingError(
            f"--model {model!r} needs a table of drivers, which this command does not take: choose another model"
        )
    return model


def one_source(data: Path | None, dataset: str | None) -> None:
    """Refuse a file and a bundled data set at once.

    Raises
    ------
    SettingError
        Naming both.
    """
    if data is not None and dataset is not None:
        raise SettingError(f"--dataset {dataset!r} and the file {str(data)!r} are two sources: give one of them")


def refuse_without_file(options: dict[str, str | None]) -> None:
    """Refuse options about figures of one's own where there are none.

    Raises
    ------
    SettingError
        Naming the first of them.
    """
    for option, value in options.items():
        if value is not None:
            raise SettingError(f"{option} {value!r} is about a file, and none is given: name one, or leave it out")


def matching(kind: str, wanted: str, names: list[str]) -> str:
    """The name as it is written, whatever the case asked for."""
    for name in names:
        if name.lower() == wanted.strip().lower():
            return name
    raise unknown_name(kind, wanted, dict.fromkeys(names))


def _same_unit(series: TradeSeries, data_unit: str) -> None:
    from tradetarget.units import Unit

    named = Unit.parse(data_unit)
    if series.unit != named:
        raise UnitError(
            f"--data-unit {data_unit!r} contradicts the data, which are in {series.unit}: leave it out or correct one"
        )
