"""The commands, and how one is run.

Commands return what is to be shown, and it is written only when all of it is there. The numerical libraries are
imported by the commands, not here, so that ``--help`` is quick.
"""

from __future__ import annotations

import os
import re
import warnings
from functools import cache
from typing import Annotated, Any, cast

import typer

from tradetarget.cli import INTERRUPTED, REFUSED
from tradetarget.cli.backtest import backtest
from tradetarget.cli.data import app as data_app
from tradetarget.cli.fetch import fetch
from tradetarget.cli.forecast import forecast
from tradetarget.cli.guard import GuardedCommand
from tradetarget.cli.levers import required, sensitivity, sweep
from tradetarget.cli.news import news
from tradetarget.cli.output import Result, emit
from tradetarget.cli.plain_options import PlainGroup
from tradetarget.cli.promises import promises
from tradetarget.cli.region import region
from tradetarget.cli.repeated import refuse_repeated
from tradetarget.cli.report import report
from tradetarget.cli.scenarios import scenarios
from tradetarget.cli.streams import say
from tradetarget.cli.tracking import tracking
from tradetarget.text_cleaning import message

app = typer.Typer(
    cls=PlainGroup,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="When will a trade series reach a target, and how sure can anyone be?\n\n"
    "\b\nExample:\n  tradetarget forecast --plot forecast.png",
)
app.command(cls=GuardedCommand)(forecast)
app.command(cls=GuardedCommand)(report)
app.command(cls=GuardedCommand)(scenarios)
app.command(cls=GuardedCommand)(required)
app.command(cls=GuardedCommand)(sensitivity)
app.command(cls=GuardedCommand)(sweep)
app.command(cls=GuardedCommand)(backtest)
app.command(cls=GuardedCommand)(region)
app.command(cls=GuardedCommand)(news)
app.command(cls=GuardedCommand)(tracking)
app.command(cls=GuardedCommand)(promises)
app.command(cls=GuardedCommand)(fetch)
app.add_typer(data_app, name="data")

# The base of every usage error; where it lives depends on the release of typer.
_UsageError = cast("type[Exception]", typer.BadParameter.__mro__[2])
COMPLETING = "_TRADETARGET_COMPLETE"
"""The environment variable with which a shell asks for completions; typer answers and leaves."""
_QUIET = (DeprecationWarning, PendingDeprecationWarning, FutureWarning, ImportWarning, ResourceWarning)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"tradetarget {version('tradetarget')}")
        raise typer.Exit


@app.callback()
def _root(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


@cache
def _command() -> Any:
    """The application as one command, made once a process."""
    return typer.main.get_command(app)


def run(words: list[str]) -> int:
    """Run the command that ``words`` name and return the exit status.

    Raises
    ------
    KeyboardInterrupt, BrokenPipeError
        When the work is interrupted, or the reader of standard output has gone.
    """
    from tradetarget.errors import TradeTargetError

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            command = _command()
            refuse_repeated(command, words)
            result = command.main(words, prog_name="tradetarget", standalone_mode=False)
            if result == INTERRUPTED:
                raise KeyboardInterrupt
            if isinstance(result, Result):
                emit(result)
        except typer.Abort:
            raise KeyboardInterrupt from None
        except SystemExit as leaving:
            if COMPLETING in os.environ:
                return int(leaving.code or 0)
            # The library that prints the help leaves so when the reader of a pipe has gone.
            raise BrokenPipeError from None
        except _UsageError as error:
            return _refused(_usage(error))
        except TradeTargetError as error:
            return _refused(str(error))
    shown = dict.fromkeys(message(str(w.message)) for w in caught if not issubclass(w.category, _QUIET))
    for line in shown:
        say("warning:", "33", line)
    return result if isinstance(result, int) else 0


def _usage(error: Exception) -> str:
    """What was wrong with the command, and where its options are explained."""
    explanation = error.format_message() if hasattr(error, "format_message") else str(error)
    where = getattr(getattr(error, "ctx", None), "command_path", "tradetarget")
    return f"{explanation.rstrip('.')}; see {where} --help"


_KEYWORDS = re.compile(r"^(by|horizon|seed|n_paths|probability|method|base_year|as_of|level|multiple) (?=['\d-])")
_OPTIONS = {"n_paths": "--paths", "base_year": "--base", "as_of": "--as-of", "multiple": "--multiples"}


def _refused(words: str) -> int:
    """One line on standard error, and the status of bad input; an argument of Python's is named as the option."""
    say("error:", "31", _KEYWORDS.sub(lambda m: f"{_OPTIONS.get(m[1], f'--{m[1]}')} ", message(words)))
    return REFUSED


__all__ = ["app", "run"]
