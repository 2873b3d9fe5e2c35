"""The command line: the only room that prints and exits.

Exit status 0; 2 on bad input, with one line on standard error that names the offending value and nothing on standard
output; 130 when interrupted. Commands return what is to be shown, and it is written only when all of it is there. The
numerical libraries are imported by the commands, not here, so that ``--help`` is quick.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import warnings
from collections.abc import Sequence
from typing import Annotated, cast

import typer

from tradetarget.cli.backtest import backtest
from tradetarget.cli.data import app as data_app
from tradetarget.cli.fetch import fetch
from tradetarget.cli.forecast import forecast
from tradetarget.cli.levers import required, sensitivity, sweep
from tradetarget.cli.news import news
from tradetarget.cli.output import Result, emit, styled
from tradetarget.cli.promises import promises
from tradetarget.cli.region import region
from tradetarget.cli.repeated import refuse_repeated
from tradetarget.cli.scenarios import scenarios
from tradetarget.cli.tracking import tracking

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="When will a trade series reach a target, and how sure can anyone be?\n\n"
    "\b\nExample:\n  tradetarget forecast --plot forecast.png",
)
app.command()(forecast)
app.command()(scenarios)
app.command()(required)
app.command()(sensitivity)
app.command()(sweep)
app.command()(backtest)
app.command()(region)
app.command()(news)
app.command()(tracking)
app.command()(promises)
app.command()(fetch)
app.add_typer(data_app, name="data")

# The base of every usage error; where it lives depends on the release of typer.
_UsageError = cast("type[Exception]", typer.BadParameter.__mro__[2])
_QUIET = (DeprecationWarning, PendingDeprecationWarning, FutureWarning, ImportWarning, ResourceWarning)
INTERRUPTED, PIPE_CLOSED = 128 + signal.SIGINT, 141


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


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status.

    Parameters
    ----------
    argv
        Arguments after the program's name; default those of the process.
    """
    words = list(sys.argv[1:] if argv is None else argv) or ["--help"]
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        return _run(words)
    except (KeyboardInterrupt, typer.Abort):
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has gone: nothing more can be said, not even when the interpreter flushes on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED


def _run(words: list[str]) -> int:
    from tradetarget.errors import TradeTargetError

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            command = typer.main.get_command(app)
            refuse_repeated(command, words)
            result = command.main(words, prog_name="tradetarget", standalone_mode=False)
            if result == INTERRUPTED:
                raise KeyboardInterrupt
            if isinstance(result, Result):
                emit(result)
        except _UsageError as error:
            return _refused(_usage(error))
        except TradeTargetError as error:
            return _refused(str(error))
    shown = dict.fromkeys(" ".join(str(w.message).split()) for w in caught if not issubclass(w.category, _QUIET))
    for line in shown:
        print(styled("warning:", "33", sys.stderr), line, file=sys.stderr)
    sys.stdout.flush()
    return result if isinstance(result, int) else 0


def _usage(error: Exception) -> str:
    """What was wrong with the command, and where its options are explained."""
    said = error.format_message() if hasattr(error, "format_message") else str(error)
    where = getattr(getattr(error, "ctx", None), "command_path", "tradetarget")
    return f"{said.rstrip('.')}; see {where} --help"


_KEYWORDS = re.compile(r"^(by|horizon|seed|n_paths|probability|method|base_year|as_of|level|multiple) (?=['\d-])")
_OPTIONS = {"n_paths": "--paths", "base_year": "--base", "as_of": "--as-of", "multiple": "--multiples"}


def _refused(message: str) -> int:
    """One line on standard error, and the status of bad input; an argument of Python's is named as the option."""
    said = _KEYWORDS.sub(lambda m: f"{_OPTIONS.get(m[1], f'--{m[1]}')} ", " ".join(message.split()))
    print(styled("error:", "31", sys.stderr), said, file=sys.stderr)
    return 2


__all__ = ["app", "main"]
