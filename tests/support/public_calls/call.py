"""A function, and arguments that it answers."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from outcomes import Outcome, outcome_of


@dataclass(frozen=True)
class Call:
    """A function and arguments that it answers.

    Parameters
    ----------
    name
        Of the public name that is called, and of its method: "TradeSeries.as_of".
    function
        What is called.
    arguments
        The ones that it answers.
    kinds
        Errors beside the library's own that it may raise, because it says so.
    """

    name: str
    function: Callable[..., Any]
    arguments: dict[str, Any] = field(default_factory=dict)
    kinds: tuple[type[Exception], ...] = ()

    def parameters(self) -> list[str]:
        """The names of what can be given, those left out of ``arguments`` too."""
        of = inspect.signature(self.function).parameters.values()
        return [p.name for p in of if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]


def outcome(call: Call, changes: dict[str, Any]) -> Outcome:
    """What comes of the call with some arguments changed."""
    return outcome_of(lambda: call.function(**{**call.arguments, **changes}), call.kinds)
