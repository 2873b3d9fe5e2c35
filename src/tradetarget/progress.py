"""Progress of long work: a bar on a terminal or in a notebook, or a function that the caller gives.

A bar needs tqdm (the extra ``progress``), in a notebook ipywidgets besides, since a bar of letters would stay in the
saved notebook. It appears once work has lasted two seconds, and is wiped when it ends. Pipes and log files see nothing
of it. No thread and no process is started for it.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from tradetarget.errors import SettingError, shown

Progress = bool | Callable[[int, int], object] | None
"""What a caller may ask for. None shows a bar where somebody watches, True shows it anywhere, False never; a function
is called with the steps done and the steps in all, after every step."""
Advance = Callable[..., None]
"""Called by the work after every step, or with the number of steps just done."""
PATIENCE = 2.0
"""Seconds before progress is shown. Judgement, because a line that comes and goes sooner only flickers."""


def progress_choice(value: object, name: str) -> Any:
    """None, True, False or a function of (done, whole); a reader for ``checks.takes``."""
    if value is None or isinstance(value, bool) or (callable(value) and not isinstance(value, type)):
        return value
    raise SettingError(f"{name} {shown(value)} is no choice: give True, False, or a function of (done, whole)")


@contextmanager
def reporting(progress: Progress, doing: str, whole: int) -> Iterator[Advance]:
    """Report the steps of the work inside ``with``, from one thread.

    Parameters
    ----------
    progress
        As the caller of a public function gave it.
    doing
        What is being done, in a word or two, before the bar.
    whole
        Steps in all; more of them than this are not counted.

    Yields
    ------
    Callable
        ``advance()`` after every step, ``advance(n)`` after n of them.

    Raises
    ------
    SettingError
        On True where tqdm is not installed.

    Examples
    --------
    >>> told = []
    >>> with reporting(lambda done, whole: told.append((done, whole)), "counting", 3) as advance:
    ...     advance(2)
    ...     advance()
    >>> told
    [(2, 3), (3, 3)]
    """
    bar = _bar(doing, whole, needed=progress is True) if progress is True or _is_awaited(progress) else None
    done = 0

    def advance(steps: int = 1) -> None:
        nonlocal done
        before, done = done, min(whole, done + steps)
        if bar is not None:
            bar.update(done - before)
        elif callable(progress):
            progress(done, whole)

    try:
        yield advance
    finally:
        if bar is not None:
            bar.close()


def _is_awaited(progress: Progress) -> bool:
    """Whether somebody watches and has not said that nothing is to be shown."""
    return progress is None and (_has_widgets() if _in_notebook() else _is_terminal(sys.stderr))


def _has_widgets() -> bool:
    return find_spec("ipywidgets") is not None


def _is_terminal(stream: Any) -> bool:
    try:
        return bool(stream.isatty())
    except (ValueError, AttributeError):  # closed, or none at all
        return False


def _in_notebook() -> bool:
    """Whether a Jupyter kernel runs this; IPython is never imported for the question."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return getattr(shell, "kernel", None) is not None


def _bar(doing: str, whole: int, *, needed: bool) -> Any:
    """A bar of tqdm's that is shown after ``PATIENCE`` seconds; None where tqdm is not installed."""
    try:
        if _in_notebook() and _has_widgets():
            from tqdm.notebook import tqdm
        else:
            from tqdm import tqdm
    except ImportError:
        if not needed:
            return None
        raise SettingError(
            "progress True needs tqdm, which is not installed: pip install 'tradetarget[progress]', or leave it out"
        ) from None

    class Bar(tqdm):  # type: ignore[misc, unused-ignore]
        monitor_interval = 0  # otherwise tqdm leaves a thread behind

    Bar.set_lock(threading.RLock())  # tqdm's own is shared with other processes, and starts one in Python 3.14
    layout = "{desc}: {percentage:3.0f} %|{bar}| {n_fmt} of {total_fmt}, {elapsed} so far, {remaining} to go"
    return Bar(desc=doing, total=whole, delay=PATIENCE, leave=False, bar_format=layout, dynamic_ncols=True)
