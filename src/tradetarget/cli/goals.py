"""What is asked, from the words of options: targets, events, deadlines and levels."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tradetarget.errors import SettingError, TargetError, unknown_name

if TYPE_CHECKING:
    from tradetarget.targets import Target

TARGET, TARGET_UNIT = 5.0, "USD bn"  # the target that Kazakhstan and Uzbekistan announced (docs/article-2019.md)


def number(option: str, text: str) -> float:
    """The number that an option was given.

    Raises
    ------
    SettingError
        Naming the option and the text.
    """
    try:
        return float(_plain(text))
    except ValueError:
        raise SettingError(f"{option} {text!r} is not a number: write it with a decimal point, such as 5.5") from None


def whole(option: str, text: str) -> int:
    """The whole number that an option was given; errors as in ``number``."""
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
