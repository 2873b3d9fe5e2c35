"""From options to the question: which data, and which target."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

    from tradetarget.models import GrowthModel
    from tradetarget.observations import TradeSeries
    from tradetarget.reading.table import Table
    from tradetarget.targets import Target

BUNDLED, SERIES, FLOW = "kazakhstan-central-asia", "Kazakhstan-Uzbekistan", "turnover"
BOTH_SIDES, REPORTER = "kazakhstan-uzbekistan", "Kazakhstan"
TARGET, TARGET_UNIT = 5.0, "USD bn"  # the target that Kazakhstan and Uzbekistan announced (docs/article-2019.md)


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
    reading: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def table(self) -> Table:
        """The file, read once however many series are taken from it.

        Raises
        ------
        TradeTargetError
            A kind of it on a file that cannot be read.
        """
        from tradetarget.cli.reading import read_options
        from tradetarget.reading.table import read_table

        return read_table(str(self.data), read_options(self.reading))

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
        from tradetarget.errors import TradeTargetError
        from tradetarget.observations.tables import reporters_in

        joined, unread = deciding, dict[str, str]()
        for side in reporters_in(self.table, self.series, self.flow):
            if side.lower() == deciding.reporters[0].lower():
                continue
            try:
                theirs = self._own(side)
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
        series = self._bundled() if self.data is None else self._own(reporter)
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

    def _own(self, reporter: str | None) -> TradeSeries:
        from tradetarget.observations import TradeSeries

        series = TradeSeries.from_table(
            self.table, series=self.series, flow=self.flow, reporter=reporter, unit=self.data_unit
        )
        unnamed = self.series is not None and not series.name_is_stated
        return replace(series, name=self.series, name_is_stated=True) if unnamed and self.series is not None else series


def cut_at(series: TradeSeries, as_of: str | None) -> TradeSeries:
    """What was known of the series by the end of --as-of; all of it where the option is left out.

    Raises
    ------
    DataError
        Naming the option, on what is no date, and when nothing was known by then.
    """
    from tradetarget.errors import DataError

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
    from tradetarget.errors import unknown_name

    if words is None or words in datasets.names():
        return None, words
    if words == "-" or "/" in words or "." in words or Path(words).exists():
        return Path(words), None
    raise unknown_name("dataset or CSV file", words, datasets.names())


def every_series(
    words: str, series: str | None, flow: str | None, data_unit: str | None, reading: dict[str, Any] | None = None
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
        return chosen(datasets.load(str(dataset)), series, flow)
    source = Selection(file, series, flow, data_unit=data_unit, reading=reading or {})
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
    from tradetarget.errors import SettingError
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
    from tradetarget.errors import SettingError
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
    from tradetarget.errors import SettingError
    from tradetarget.models import get_model

    if model is not None and getattr(get_model(model), "uses_drivers", False):
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
    from tradetarget.errors import SettingError

    if data is not None and dataset is not None:
        raise SettingError(f"--dataset {dataset!r} and the file {str(data)!r} are two sources: give one of them")


def matching(kind: str, wanted: str, names: list[str]) -> str:
    """The name as it is written, whatever the case asked for."""
    from tradetarget.errors import unknown_name

    for name in names:
        if name.lower() == wanted.strip().lower():
            return name
    raise unknown_name(kind, wanted, dict.fromkeys(names))


def _same_unit(series: TradeSeries, data_unit: str) -> None:
    from tradetarget.errors import UnitError
    from tradetarget.units import Unit

    named = Unit.parse(data_unit)
    if series.unit != named:
        raise UnitError(
            f"--data-unit {data_unit!r} contradicts the data, which are in {series.unit}: leave it out or correct one"
        )


def number(option: str, text: str) -> float:
    """The number that an option was given.

    Raises
    ------
    SettingError
        Naming the option and the text.
    """
    from tradetarget.errors import SettingError

    try:
        return float(_plain(text))
    except ValueError:
        raise SettingError(f"{option} {text!r} is not a number: write it with a decimal point, such as 5.5") from None


def whole(option: str, text: str) -> int:
    """The whole number that an option was given; errors as in ``number``."""
    from tradetarget.errors import SettingError

    try:
        return int(_plain(text))
    except ValueError:
        raise SettingError(f"{option} {text!r} is not a whole number: give one, such as 15") from None


def _plain(text: str) -> str:
    """The text, with a ValueError on what Python alone reads as a number: 1_0 is ten there and a slip elsewhere."""
    if "_" in text or not text.isascii():
        raise ValueError(text)
    return text


def read_target(value: str | None, unit: str | None, *, bundled: bool) -> Target:
    """The target: asked for with data of one's own, 5 USD bn for the bundled figures.

    Raises
    ------
    TradeTargetError
        A kind of it on a missing target, or one that is no positive level in a unit that can be read.
    """
    from tradetarget.errors import TargetError
    from tradetarget.targets import Target
    from tradetarget.units import Unit

    if value is not None:
        return Target(number("--target", value), unit or (TARGET_UNIT if bundled else None))
    if not bundled:
        raise TargetError("no target: with data of your own say which level is to be reached, such as --target 5")
    asked = Target(TARGET, TARGET_UNIT)
    return asked if unit is None else Target(asked.value_in(Unit.parse(unit)), unit)


def read_targets(values: list[str] | None, unit: str | None, *, bundled: bool) -> list[Target]:
    """The targets, each once; errors as in ``read_target``, and on one that is given twice."""
    from tradetarget.errors import TargetError

    targets = [read_target(value, unit, bundled=bundled) for value in (values if values else (None,))]
    for i, target in enumerate(targets):
        if target in targets[:i]:
            raise TargetError(f"--target {target} is given twice: give each once")
    return targets


def due_year(text: str) -> int:
    """The year that --by names.

    Raises
    ------
    SettingError
        Naming the option and the text.
    """
    from tradetarget.checks import checked_year

    return checked_year(text, "--by")


def read_levels(text: str | None) -> tuple[float, ...] | None:
    """Coverages as fractions, from per cent: "80,95"; None where the option is left out.

    Raises
    ------
    SettingError
        On what is no number between 0 and 100.
    """
    if text is None:
        return None
    from tradetarget.errors import SettingError

    percents = [number("--level", word.strip().removesuffix("%")) for word in text.split(",")]
    wrong = next((p for p in percents if not 0.0 < p < 100.0), None)
    if wrong is not None:
        raise SettingError(f"--level {wrong:g} is not a percentage between 0 and 100: give some, such as 80,95")
    if any(p < 1.0 for p in percents):
        raise SettingError(f"--level {text!r} is in per cent, not a fraction: write 80 for 80 %")
    return tuple(sorted({p / 100.0 for p in percents}))


def as_event(
    target: Target, event: str | None, occurrence: str | None, sustained: str | None, by: str | None = None
) -> Target:
    """The target with the event and the deadline that options name; what they leave out stays.

    Raises
    ------
    TradeTargetError
        A kind of it on an event or occurrence that is not known, a number of periods below 1, or what is no year.
    """
    from tradetarget.errors import unknown_name
    from tradetarget.targets import EVENTS, OCCURRENCES

    wanted = target.event if event is None else event.strip().lower().replace("-", "_")
    if wanted not in EVENTS:
        raise unknown_name("--event", str(event), [e.replace("_", "-") for e in EVENTS])
    which = target.occurrence if occurrence is None else occurrence.strip().lower()
    if which not in OCCURRENCES:
        raise unknown_name("--occurrence", str(occurrence), OCCURRENCES)
    periods = target.sustained if sustained is None else whole("--sustained", sustained)
    due = target.deadline if by is None else due_year(by)
    return replace(target, event=wanted, sustained=periods, deadline=due, occurrence=which)  # type: ignore[arg-type]
