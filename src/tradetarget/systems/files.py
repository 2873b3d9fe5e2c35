"""Files of a region's scenarios: the scenario files of one series, with the member that an adjustment acts on.

series = "Kazakhstan-Central Asia"  # the region; this and the other keys of a scenario file are optional
unit = "USD bn"

[targets]                           # of members and of the region, by name
Kazakhstan-Uzbekistan = 5
"Kazakhstan-Central Asia" = 10

[[scenario]]
name = "Uzbekistan joins in a recession"

[[scenario.adjustment]]
on = "Kazakhstan-Uzbekistan"        # the member; without this key the adjustment is of every member
kind = "level_effect"               # kind and the rest as in every scenario file
value = "32 %"
start = 2
years = 10

[[scenario.adjustment]]
kind = "level_shock"                # of every member: one size a path for all
value = { low = "-32 %", high = "-28 %" }
year = 1
recovery = 3
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tradetarget.checks import any_text, takes
from tradetarget.errors import ScenarioError
from tradetarget.scenarios import Adjustment, ScenarioFile
from tradetarget.scenarios.files import adjustment_from, bundled_text, each_adjustment, file_text, parsed
from tradetarget.systems.scenarios import SystemScenario, resolve_of_system

if TYPE_CHECKING:
    from tradetarget.scenarios.schema import WrittenScenario

CENTRAL_ASIA = "central-asia-by-member"


def read_system_scenarios(path: str | Path) -> list[SystemScenario]:
    """The scenarios of a region in a TOML file.

    A file of scenarios of one series is one too: all its adjustments are of every member.

    Parameters
    ----------
    path
        The file. ``SystemScenario.to_dict()`` is what a ``[[scenario]]`` table of it holds.

    Raises
    ------
    ScenarioError
        Naming the file: as ``read_scenarios``, and on a key ``on`` that is no name. Whether a member is one of the
        region is known to ``forecast_system``.
    """
    return list(read_system_scenario_file(path).scenarios)


def read_system_scenario_file(path: str | Path) -> ScenarioFile[SystemScenario]:
    """The scenarios of a region, and what the file is about; errors as in ``read_system_scenarios``."""
    return _of_region(file_text(path), str(path))


@takes(name=any_text)
def bundled_system_scenarios(name: str = CENTRAL_ASIA) -> ScenarioFile[SystemScenario]:
    """A file of a region's scenarios that comes with the package.

    Raises
    ------
    UnknownNameError
        On another name; the nearest are offered.

    Examples
    --------
    >>> bundled_system_scenarios().series
    'Kazakhstan-Central Asia'
    """
    return _of_region(bundled_text("systems", name), f"{name}.toml")


def _of_region(text: str, where: str) -> ScenarioFile[SystemScenario]:
    from tradetarget.systems.schema import WrittenSystemFile

    return parsed(text, where, WrittenSystemFile, _scenario, resolve_of_system)


def _scenario(written: WrittenScenario) -> SystemScenario:
    """A scenario from its table: adjustments by member, and those of every member."""
    everywhere: list[Adjustment] = []
    on: dict[str, list[Adjustment]] = {}
    for member, adjustment in each_adjustment(written, _placed):
        (everywhere if member is None else on.setdefault(member, [])).append(adjustment)
    return SystemScenario(written.name, on, everywhere, written.description, written.source, written.parent)


def _placed(entry: Mapping[str, Any]) -> tuple[str | None, Adjustment]:
    """An adjustment, and the member it acts on; None is every member."""
    adjustment = adjustment_from({k: v for k, v in entry.items() if k != "on"})
    member = entry.get("on")
    if "on" in entry and (not isinstance(member, str) or not member.strip()):
        raise ScenarioError(
            f"key 'on' is {member!r} and not the name of a member: name one, in quotes, or leave the key out to adjust "
            "every member"
        )
    return member, adjustment
