"""What was fetched from a service, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradetarget.checks import made, takes
from tradetarget.report.text import DOUBLE, SINGLE, Text, amount, facts, notes, page, plural, title
from tradetarget.text_cleaning import one_line
from tradetarget.units import Unit

if TYPE_CHECKING:
    from tradetarget.fetching import Fetched


@takes(fetched=made("Fetched"))
def fetched_summary(fetched: Fetched) -> Text:
    """What was fetched, from where and when, each flow's last figure, and what is missing.

    Returns
    -------
    Text
        Plain text, 78 columns.
    """
    first, last = fetched.years
    unit = Unit.parse(fetched.unit)
    rows = [
        ("Source", fetched.title),
        ("Reporter", fetched.reporter.name),
        ("Partner", fetched.partner.name),
        ("Years", f"{first} to {last}, {plural(len(fetched.values), 'figure')} in {fetched.unit}"),
        ("Retrieved", fetched.retrieved.isoformat()),
        ("Last updated", fetched.vintage or "not stated by the service"),
    ]
    figures = []
    for flow in fetched.flows:
        year = max(y for f, y in fetched.values if f == flow)
        figures.append((flow.capitalize(), f"{amount(fetched.values[flow, year], unit)} in {year}"))
    # Addresses are never broken, so that they can be copied.
    addresses = [f"{'Address':14}{address}" for address in dict.fromkeys(fetched.addresses)]
    head = title(f"Fetched: {one_line(fetched.name)}")
    return page(
        head, facts(rows, 14), [SINGLE], facts(figures, 14), [SINGLE], addresses, [DOUBLE],
        notes(fetched.notes),
    )  # fmt: skip
