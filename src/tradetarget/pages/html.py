"""The report as one HTML page that needs no network: styles, script, pictures and numbers are all in it."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

import tradetarget
from tradetarget.pages.sections import heading, sections, title
from tradetarget.report.blocks import Facts, Grid
from tradetarget.report.rendering import numeric_columns
from tradetarget.report.text import amount, percent

if TYPE_CHECKING:
    from tradetarget.pages.report import Report

PICTURE_INCHES = 7.6
"""Width of the pictures. That of the text on A4 and on a screen."""
CODES = 65535
"""Log quantiles are carried as whole numbers of 16 bits. Over a range of 10 in logs they err by 0.015 %."""
_LINK = re.compile(r"(https?://[^\s<>\"')\]]+[^\s<>\"')\].,;])")


def page(report: Report) -> str:
    """The whole page.

    Everything that comes from data is escaped: text by the template, which escapes all that it is given, and numbers by
    being JSON in which no character can end the script.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("tradetarget.pages", "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    template = environment.get_template("report.html.j2")
    parts = [_part(section) for section in sections(report)]
    answer = report.forecast.hitting_time
    return template.render(
        title=title(report), heading=unbroken(heading(report)), parts=parts, by=report.by,
        probability=percent(answer.probability_by(report.by)), sliders=_sliders(report),
        unit=str(report.forecast.target.unit or ""), version=tradetarget.__version__,
        target=amount(report.forecast.target.value, report.forecast.target.unit),
        no_sliders=report.missing.get("sliders"),
    )  # fmt: skip


def _part(section: Any) -> dict[str, Any]:
    table = section.table
    return {
        "key": section.key,
        "title": section.title,
        "paragraphs": [linked(unbroken(p)) for p in section.paragraphs],
        "grid": table if isinstance(table, Grid) else None,
        "numeric": numeric_columns(table) if isinstance(table, Grid) else [],
        "facts": table if isinstance(table, Facts) else None,
        "picture": None if section.draw is None else _picture(lambda: section.draw(PICTURE_INCHES)),
        "small": None if section.draw_small is None else _picture(section.draw_small),
        "caption": section.caption,
    }


def unbroken(words: str) -> str:
    """Numbers stay on one line with their per cent signs."""
    return words.replace(" %", "\u00a0%")


def _picture(draw: Callable[[], Any]) -> str:
    """A picture as the address of an image that holds it."""
    from tradetarget.plotting.canvas import render

    return "data:image/svg+xml;base64," + base64.b64encode(render(draw(), "svg")).decode()


def linked(words: str) -> list[tuple[str, str | None]]:
    """Text in pieces: each with the address that it is a link to, where it is one.

    >>> linked("See https://example.org/a.")
    [('See ', None), ('https://example.org/a', 'https://example.org/a'), ('.', None)]
    """
    pieces = _LINK.split(words)
    return [(p, p if i % 2 else None) for i, p in enumerate(pieces) if p]


def _sliders(report: Report) -> str | None:
    """What the script computes with, as JSON that cannot end the script it stands in; None without sliders."""
    shown = report.sliders
    if shown is None:
        return None
    f = report.forecast
    low, high = float(shown.log_quantiles.min()), float(shown.log_quantiles.max())
    span = max(high - low, 1e-9)
    codes = np.round((shown.log_quantiles - low) / span * CODES).astype("<u2")
    lowest, highest = _range_of_targets(report)
    plain = {
        "years": shown.years.tolist(),
        "growth": list(shown.growth),
        "probabilities": list(shown.probabilities),
        "low": low,
        "span": span,
        "codes": base64.b64encode(codes.tobytes()).decode(),
        "last": f.last_value,
        "lastYear": f.last_year,
        "target": f.target.value,
        "lowest": lowest,
        "highest": highest,
        "by": report.by,
        "unit": str(f.target.unit or ""),
    }
    return script_json(plain)


def _range_of_targets(report: Report) -> tuple[float, float]:
    """The ends of the slider of the target: from near the last value to where few paths come."""
    f, shown = report.forecast, report.sliders
    top = 2.0 * max(f.target.value, f.last_value)
    if shown is not None:
        base = shown.log_quantiles[shown.growth.index(0.0), -1]
        top = max(top, float(np.exp(np.interp(0.95, shown.probabilities, base))))
    return 0.8 * min(f.target.value, f.last_value), top


def script_json(plain: Any) -> str:
    """JSON for a script element: characters that could end it, or that older scripts stumble over, are escaped.

    >>> script_json({"a": "</script>"})
    '{"a": "\\\\u003c/script\\\\u003e"}'
    """
    text = json.dumps(plain, allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
