"""What came of an input: an answer, a refusal in one line, or something else, which is what is looked for."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import NamedTuple

from tradetarget.errors import TradeTargetError, TradeTargetWarning

ANSWERED, REFUSED, OTHER = "answered", "refused", "other"
_NUMPY_SCALAR = re.compile(r"\bnp\.(float|u?int|str_|bytes_|bool|True_|False_|complex|datetime64\()")
LONGEST = 1000
"""Characters of a refusal. The library cuts its own at 800, and a warning that is an error may quote one."""


class Outcome(NamedTuple):
    """``kind`` is answered, refused or other; ``said`` is what was said."""

    kind: str
    said: str = ""


def outcome_of(work: Callable[[], object], kinds: tuple[type[Exception], ...] = ()) -> Outcome:
    """What a piece of work comes to: its warnings are errors, but for those that the library gives on purpose.

    A refusal is a TradeTargetError whose text is one line of at most 1,000 characters without control characters and
    without the names of numpy's types, or an error of one of ``kinds`` with such a text. ``work`` may return an Outcome
    of its own.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", TradeTargetWarning)
        try:
            made = work()
        except (TradeTargetError, *kinds) as error:
            return refusal(str(error))
        except Exception as error:  # noqa: BLE001
            # What is looked for: any exception of another kind.
            return Outcome(OTHER, f"{type(error).__name__}: {str(error)[:300]}")
    return made if isinstance(made, Outcome) else Outcome(ANSWERED)


def refusal(text: str) -> Outcome:
    """The outcome of a message: a refusal if it is one clean line."""
    clean = bool(text) and text.isprintable() and len(text) <= LONGEST and not _NUMPY_SCALAR.search(text)
    return Outcome(REFUSED, text) if clean else Outcome(OTHER, f"a message of {text[:200]!r}")
