"""The hand-over: where a result reaches the rooms that write it and draw it.

Results stand below ``report`` and ``plotting`` and import neither. Those rooms register here what they make of which
class, and are named here, so that they are imported when a result is first shown and not before. This registry is the
only state that a module of this package holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Literal

What = Literal["summary", "record", "figure", "hedgehog", "side answers", "sentence"]
ROOMS: Mapping[What, str] = {
    "summary": "tradetarget.report",
    "record": "tradetarget.report",
    "side answers": "tradetarget.report",
    "sentence": "tradetarget.report",
    "figure": "tradetarget.plotting",
    "hedgehog": "tradetarget.plotting",
}
"""Which module registers the functions that make what."""


class Presenters:
    """Functions that present results, by what they make and by the name of the class that they make it of."""

    def __init__(self) -> None:
        self._functions: dict[tuple[What, str], Callable[..., Any]] = {}

    def register(self, what: What, functions: Mapping[str, Callable[..., Any]]) -> None:
        """Register functions by the name of the class that they present; a class stands for its subclasses too."""
        self._functions |= {(what, name): function for name, function in functions.items()}

    def present(self, what: What, result: object, *args: Any, **options: Any) -> Any:
        """What the function registered for the class of ``result``, or for the nearest of its bases, makes of it.

        Raises
        ------
        TypeError
            When no function is registered for the class.
        """
        import_module(ROOMS[what])
        for kind in type(result).__mro__:
            if (what, kind.__name__) in self._functions:
                return self._functions[what, kind.__name__](result, *args, **options)
        raise TypeError(f"nothing is registered that makes a {what} of {type(result).__name__}")


presenters = Presenters()


class Summary(str):
    """A result in words, and in HTML, Markdown and LaTeX; ``report.text.Text`` writes them."""

    def as_html(self) -> str:
        """A fragment of HTML: headings, tables and notes, everything escaped."""
        raise NotImplementedError

    def as_markdown(self) -> str:
        """Markdown with pipe tables."""
        raise NotImplementedError

    def as_latex(self) -> str:
        """LaTeX: a ``table`` with a caption, in it ``tabular``; the preamble needs the package booktabs."""
        raise NotImplementedError


class Presented:
    """A result that a notebook shows as its summary, with tables."""

    def _repr_html_(self) -> str:
        return summary(self).as_html()


def summary(result: object, **options: Any) -> Summary:
    """The result in words; options that are None are left to the function that writes them."""
    words: Summary = presenters.present("summary", result, **_given(options))
    return words


def record(result: object, **options: Any) -> dict[str, Any]:
    """The result as plain data."""
    plain: dict[str, Any] = presenters.present("record", result, **_given(options))
    return plain


def figure(result: object, **options: Any) -> Any:
    """The result as a picture of matplotlib's."""
    return presenters.present("figure", result, **_given(options))


def _given(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}
