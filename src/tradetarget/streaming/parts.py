"""Parts of an answer on disk: each is written whole, and states the inputs and settings by which a rerun knows it.

A folder of answers holds ``part-PPPPP-BBBBBB.parquet`` (partition and batch), ``_errors/`` with a part of the same name
where a series gave no answer, and ``_run.json``, which says what was asked. Names with an underscore are left out by
readers of Parquet data sets, so that the folder as a whole is the table of answers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tradetarget.errors import OutputError, shown
from tradetarget.outputs import together, write_whole
from tradetarget.streaming.answers import Settings, answer
from tradetarget.streaming.series import Batch

RUN, ERRORS, KEY = "_run.json", "_errors", b"tradetarget"
SCHEMA_VERSION = 1
"""Of ``_run.json`` and of the provenance in every part."""
LITTER = ".tradetarget-*.part"
"""Files that a killed run was writing (``outputs.write_whole``)."""


class Record(NamedTuple):
    """The counts of one part, which are all that a worker sends back.

    Parameters
    ----------
    part
        Its name.
    series, targets
        Series in it, with or without targets, and rows of the table of targets that were theirs.
    answered, refused
        Rows of answers, and rows of the table of errors.
    reused
        Whether the part was there before this run.
    """

    part: str
    series: int
    targets: int
    answered: int
    refused: int
    reused: bool = False


@dataclass(frozen=True)
class Run:
    """What every part of a run shares.

    Parameters
    ----------
    folder
        Where the parts go.
    settings
        What is asked.
    provenance
        Version, settings, and hashes of the prior and the drivers, as every part states them.
    threads
        Threads of one batch; None means one for each processor.
    """

    folder: Path
    settings: Settings
    provenance: dict[str, Any]
    threads: int | None = None


def answer_part(batch: Batch, run: Run) -> Record:
    """Answer a batch and write its part; one that is there already, and rests on the same, is left as it is.

    Raises
    ------
    OutputError
        When the part cannot be written, or one of this name rests on other inputs or settings.
    """
    stamp = {**run.provenance, "inputs": batch.inputs(), "part": batch.name}
    earlier = _verified(run.folder, batch.name, stamp)
    if earlier is not None:
        return earlier
    usable, wrong_targets = batch.questions()
    rows = np.flatnonzero(usable)
    code, value = batch.target_rows.code[rows], batch.target_rows.value[rows]
    names = batch.units.to_pylist()
    answered = answer(batch.panel, code, value, run.settings, names, run.threads)
    refused = {**batch.refused, **answered.refused}
    has_answer = ~np.isin(code, np.fromiter(answered.refused, dtype=np.int64))
    answers = _answers(batch, code[has_answer], value[has_answer], answered.probability[has_answer], answered.scenarios)
    errors = _errors(batch, refused, wrong_targets)
    record = Record(batch.name, len(names), batch.target_rows.code.size, answers.num_rows, errors.num_rows)
    stamp["counts"] = record[1:5]
    try:
        with together():
            if errors.num_rows:
                write_whole(run.folder / ERRORS / batch.name, parquet(errors, stamp))
            write_whole(run.folder / batch.name, parquet(answers, stamp))
    except OutputError as error:
        reason = str(error).removesuffix("; choose another place")
        raise OutputError(
            f"{reason}; the parts before it are kept: make room, and call again with resume=True"
        ) from None
    return record


def _answers(batch: Batch, code: Any, target: Any, probability: Any, scenarios: tuple[str, ...]) -> Any:
    """A row for each target, scenario and year, in the order of the series."""
    cases, horizon = probability.shape[1:]
    years = batch.year[batch.bounds[1:] - 1][code][:, None, None] + np.arange(1, horizon + 1)
    columns = {
        "unit": batch.units.take(pa.array(np.repeat(code, cases * horizon))),
        "target": np.repeat(target, cases * horizon),
        "period": np.broadcast_to(years, probability.shape).ravel(),
        "probability": probability.ravel(),
    }
    table = pa.table(columns)
    if scenarios == ("",):
        return table
    names = pa.array(scenarios).take(pa.array(np.tile(np.repeat(np.arange(cases), horizon), code.size)))
    return table.add_column(2, "scenario", names)


def _errors(batch: Batch, refused: dict[int, str], wrong_targets: dict[int, str]) -> Any:
    """A row for each series or target without an answer, and why."""
    rows: list[tuple[Any, str | None, str]] = [(batch.unit(k), None, why) for k, why in sorted(refused.items())]
    for row, why in sorted(wrong_targets.items()):
        if int(batch.target_rows.code[row]) not in refused:
            rows.append(
                (
                    batch.unit(batch.target_rows.code[row]),
                    str(batch.target_rows.cells.get(row, batch.target_rows.value[row])),
                    why,
                )
            )
    return error_table(rows, batch.units.type)


def error_table(rows: list[tuple[Any, str | None, str]], unit: Any) -> Any:
    """Units without an answer, the target where that is to blame, and the reason."""
    types = {"unit": unit, "target": pa.string(), "reason": pa.string()}
    return pa.table({n: pa.array([row[k] for row in rows], types[n]) for k, n in enumerate(types)})


def parquet(table: Any, stamp: dict[str, Any]) -> bytes:
    """The bytes of a Parquet file whose footer holds the provenance."""
    sink = pa.BufferOutputStream()
    kept = table.replace_schema_metadata({KEY: json.dumps(stamp, sort_keys=True)})
    repeated = [n for n in table.column_names if n != "probability"]
    pq.write_table(kept, sink, use_dictionary=repeated, compression="zstd", compression_level=1)
    return bytes(sink.getvalue())


def provenance_of(path: str | Path) -> dict[str, Any] | None:
    """What a part says that it rests on; None for a file that is no part, or is not whole."""
    try:
        stamp = json.loads((pq.read_schema(path).metadata or {})[KEY])
    except (OSError, KeyError, ValueError, pa.ArrowException):
        return None
    return stamp if isinstance(stamp, dict) else None


def _verified(folder: Path, name: str, stamp: dict[str, Any]) -> Record | None:
    """The record of a part that is there already and rests on the same; None where there is none."""
    earlier = provenance_of(folder / name)
    if earlier is None:
        return None
    counts = earlier.pop("counts", None)
    if earlier != stamp:
        different = next(k for k in [*stamp, *earlier] if stamp.get(k) != earlier.get(k))
        raise OutputError(
            f"{shown(str(folder / name))} rests on other {different}: the folder holds another run; choose an empty one"
        )
    if counts is None or (counts[3] and provenance_of(folder / ERRORS / name) is None):
        return None
    return Record(name, *counts)._replace(reused=True)


def open_folder(folder: Path, about: dict[str, Any], resume: bool) -> None:
    """Make a folder ready for the parts of a run.

    Parameters
    ----------
    folder
        Where its parent is a directory.
    about
        What ``_run.json`` says: everything that tells this run from another.
    resume
        Whether parts of the same run may be there.

    Raises
    ------
    OutputError
        When it cannot be written to, holds other files, another run, or this run without ``resume``.
    """
    name = shown(str(folder))
    about = json.loads(json.dumps({"schema_version": SCHEMA_VERSION, **about}))
    try:
        folder.mkdir(exist_ok=True)
        held = sorted(p.name for p in folder.iterdir() if p.name != ERRORS)
        if RUN in held:
            _same_run(folder, about, resume)
        elif held and not all(p.startswith(".tradetarget-") for p in held):
            raise OutputError(
                f"{name} holds {shown(held[0])} and no run: choose an empty folder, or a name that is free"
            )
        (folder / ERRORS).mkdir(exist_ok=True)
    except OutputError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise OutputError(
            f"{name} cannot be used as a folder ({reason}): give a name that is free, in a folder that exists"
        ) from None
    for litter in folder.rglob(LITTER):
        litter.unlink(missing_ok=True)
    if RUN not in held:
        write_whole(folder / RUN, _json(about))


def _same_run(folder: Path, about: dict[str, Any], resume: bool) -> None:
    name = shown(str(folder))
    try:
        earlier = json.loads((folder / RUN).read_text(encoding="utf8"))
        different = next((k for k in about if about[k] != earlier.get(k)), None)
    except (OSError, ValueError, AttributeError) as error:
        raise OutputError(f"{name} holds a {RUN} that cannot be read ({error}): choose an empty folder") from None
    if different is not None:
        raise OutputError(f"{name} holds another run (not the same {different}): choose an empty folder")
    if not resume:
        raise OutputError(f"{name} holds this run already: go on with it by resume=True, or choose an empty folder")


def close_folder(folder: Path, about: dict[str, Any], totals: dict[str, Any]) -> None:
    """Say in ``_run.json`` that the run is complete."""
    whole = {"schema_version": SCHEMA_VERSION, **about, "complete": True, "totals": totals}
    write_whole(folder / RUN, _json(whole))


def _json(record: dict[str, Any]) -> bytes:
    return f"{json.dumps(record, indent=2, ensure_ascii=False)}\n".encode()
