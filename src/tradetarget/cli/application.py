"""The commands, and how one is run.

Commands return what is to be shown, and it is written only when all of it is there. The numerical libraries are
imported by the commands, not here, so that ``--help`` is quick.
"""

from __future__ import annotations

import os
import warnings
from functools import cache
from typing import Annotated, Any, cast

import typer

from tradetarget.cli import INTERRUPTED, REFUSED
from tradetarget.cli.backtest import backtest
from tradetarget.cli.batch import batch
from tradetarget.cli.completion import COMPLETING, in_one_line
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
from tradetarget.cli.streams import say, show
from tradetarget.cli.tracking import tracking
from tradetarget.cli.welcome import QUESTION, welcome
from tradetarget.cli.wording import in_options
from tradetarget.errors import TradeTargetError
from tradetarget.text_cleaning import message

app = typer.Typer(
    cls=PlainGroup,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=f"{QUESTION}\n\n\b\nExample:\n"
    "  tradetarget forecast --by 2030\n  tradetarget forecast mine.csv --target 5 --plot forecast.png",
)
app.command(cls=GuardedCommand)(forecast)
app.command(cls=GuardedCommand)(report)
app.command(cls=GuardedCommand)(scenarios)
app.command(cls=GuardedCommand, short_help="How much more growth would reach the target in time?")(required)
app.command(cls=GuardedCommand, short_help="Which factor moves the probability most?")(sensitivity)
app.command(cls=GuardedCommand)(sweep)
app.command(cls=GuardedCommand)(backtest)
app.command(cls=GuardedCommand, short_help="When do a region and its pairs reach their targets?")(region)
app.command(cls=GuardedCommand, short_help="When will each of many series reach its targets?")(batch)
app.command(cls=GuardedCommand, short_help="What moved the probability between two dates?")(news)
app.command(cls=GuardedCommand, short_help="What would official traffic lights say?")(tracking)
app.command(cls=GuardedCommand)(promises)
app.command(cls=GuardedCommand, short_help="Fetch annual trade figures from a service of statistics.")(fetch)
app.add_typer(data_app, name="data")

# The base of every usage error; where it lives depends on the release of typer.
_UsageError = cast("type[Exception]", typer.BadParameter.__mro__[2])
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
    in_one_line()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            command = _command()
            if not words and COMPLETING not in os.environ:
                show(welcome(command.commands.items()))
                return 0
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
            return _refused(in_options(str(error), {}))
    shown = dict.fromkeys(message(str(w.message)) for w in caught if not issubclass(w.category, _QUIET))
    for line in shown:
        say("warning:", "33", line)
    return result if isinstance(result, int) else 0


def _usage(error: Exception) -> str:
    """What was wrong with the command, and where its options are explained."""
    explanation = error.format_message() if hasattr(error, "format_message") else str(error)
    where = getattr(getattr(error, "ctx", None), "command_path", "tradetarget")
    return f"{explanation.rstrip('.')}; see {where} --help"


def _refused(words: str) -> int:
    """One line on standard error, and the status of bad input."""
    say("error:", "31", message(words))
    return REFUSED


__all__ = ["app", "run"]
