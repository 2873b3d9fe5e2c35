"""``tradetarget fetch``."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from tradetarget.cli import options
from tradetarget.cli.completion import SOURCES, among
from tradetarget.cli.goals import whole
from tradetarget.cli.output import Progress, Result
from tradetarget.errors import FetchError


def fetch(
    source: Annotated[
        str,
        typer.Argument(metavar="SOURCE", help="comtrade, imf, worldbank or eurostat.", autocompletion=among(SOURCES)),
    ],
    out: Annotated[
        Path,
        typer.Option("-o", "--out", metavar="FILE.csv", help="Where to write; an earlier fetch in it is kept."),
    ],
    reporter: Annotated[str, typer.Option(metavar="COUNTRY", help="Whose statistics: KAZ, KZ or Kazakhstan.")],
    partner: Annotated[str, typer.Option(metavar="COUNTRY", help="With whom; worldbank knows World alone.")] = "World",
    start: Annotated[str, typer.Option("--from", metavar="YEAR", help="The first year.")] = "2000",
    end: Annotated[
        str | None, typer.Option("--to", metavar="YEAR", help="The last year; default the last complete one.")
    ] = None,
    flow: Annotated[str, typer.Option(metavar="FLOW", help="turnover, exports, imports or all.")] = "turnover",
    anew: Annotated[bool, typer.Option("--anew", help="Write over FILE.csv, whatever is in it.")] = False,
    address: Annotated[
        str | None, typer.Option(metavar="URL", help="Another address of the service, such as a mirror's.")
    ] = None,
    json_path: options.Json = None,
) -> Result:
    """Fetch annual trade figures from a service of statistics, with their sources.

    Needs the extra: pip install 'tradetarget[fetch]'. A key for UN Comtrade is read from COMTRADE_API_KEY; without one
    its public preview is asked. A second fetch into the same file adds what changed as a later vintage, which
    `tradetarget news` compares with the first.

    \b
    Example:
      tradetarget fetch comtrade --reporter KAZ --partner UZB --from 2000 -o trade.csv
    """
    first, last = whole("--from", start), None if end is None else whole("--to", end)
    from tradetarget.fetching import IncompleteFetchError
    from tradetarget.fetching import fetch as ask
    from tradetarget.report import SCHEMA_VERSION

    with Progress(f"asking {source}") as progress:
        try:
            fetched = ask(
                source, reporter=reporter, partner=partner, start=first, end=last, flow=flow.strip().lower(),
                address=address, progress=progress.tick,
            )  # fmt: skip
        except IncompleteFetchError as error:
            kept = error.fetched.write(out.with_name(f"{out.stem}.partial.csv"), anew=True)
            raise FetchError(f"{error}; they are kept in {kept}") from None
    record = {"schema_version": SCHEMA_VERSION, "file": str(out), **fetched.to_dict()}
    return Result(
        f"{fetched.summary()}\nWritten to {out}.", record, json_path, write=partial(fetched.write, out, anew=anew)
    )
