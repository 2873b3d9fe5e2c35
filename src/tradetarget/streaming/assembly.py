"""One run in parts: open the inputs, prepare the folder, answer every batch, record that the run is complete."""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from tradetarget.errors import DataError, OutputError, SettingError, shown
from tradetarget.outputs import write_whole
from tradetarget.streaming.answers import Settings
from tradetarget.streaming.cluster import each_on, on_cluster
from tradetarget.streaming.grouping import Census, census, name_hashes, proves_unique, refuse_split
from tradetarget.streaming.parts import ERRORS, Record, Run, close_folder, error_table, open_folder, parquet
from tradetarget.streaming.result import BatchRun
from tradetarget.streaming.running import Progress, Work, in_processes, in_this_process
from tradetarget.streaming.sources import ROWS_AT_ONCE, Source, as_table, is_stream, open_source, stream_of, written
from tradetarget.streaming.targets import NEEDED, Targets, open_targets

PANEL = ("unit", "period", "value")
FAST_ROWS, SLOW_ROWS = 1 << 20, 1 << 13
"""Rows of a partition, by the pooled law and by models that answer one series after another. Judgement, because a task
then lasts some seconds, beside which its start does not count."""
FAST_SERIES, SLOW_SERIES = 1 << 14, 1 << 7
"""Series of a part. Judgement, because a part is computed in half a second to some seconds, which is what an
interruption loses, and takes a few megabytes."""
TARGETS = "_targets.parquet"
"""What is asked, for workers that read it themselves."""
COPY = "_panel.parquet"
"""A panel that came in a stream or from memory, while the run lasts."""
UNKNOWN = "targets.parquet"
"""The table of errors of targets whose unit is not in the panel."""


def run_in_parts(
    panel: Any,
    targets: Any,
    settings: Settings,
    folder: Path,
    resume: bool,
    jobs: int,
    client: Any,
    progress: Progress | None,
) -> BatchRun:
    """Answer a panel in parts; see ``forecast_targets``."""
    rows, size = (FAST_ROWS, FAST_SERIES) if settings.is_fast else (SLOW_ROWS, SLOW_SERIES)
    opened = _opened(panel, rows)
    unit = opened.schema.field("unit").type
    target_table = open_targets(targets, unit)
    _refuse_inside(folder, panel, targets)
    provenance = _provenance(settings)
    identity = opened.sizes() if isinstance(opened, Source) else "stream"
    about = {**provenance, "panel": identity, "targets": _identity(target_table), "series_in_a_part": size}
    with ExitStack() as stack:
        if isinstance(opened, Source):
            source, counts = opened, _counted(opened, client)
            open_folder(folder, about, resume)
        else:
            open_folder(folder, about, resume)
            stack.callback((folder / COPY).unlink, missing_ok=True)
            source = written(opened, folder / COPY, rows)
            counts = _counted(source, client)
        work = Work(source, target_table if client is None else _on_disk(target_table, folder), size, counts)
        # The pooled law uses the outlook, which is read already: processes need not be sent the table of drivers.
        lean = replace(settings, drivers=None) if settings.is_fast else settings
        run = Run(folder, lean, provenance, threads=None if jobs == 1 else 1)
        if client is not None:
            records = on_cluster(client, work, run)
        else:
            records = in_this_process(work, run) if jobs == 1 else in_processes(work, run, jobs)
        done = _summed(records, folder, _series_in(counts), progress)
        refused = done["refused"] + _unknown_targets(
            work, folder, unit, target_table.rows - done["targets"], provenance
        )
    result = BatchRun(
        folder, done["series"], target_table.rows, done["answered"], refused, done["parts"], done["reused"]
    )
    close_folder(folder, about, {k: v for k, v in result.to_dict().items() if k not in ("folder", "reused")})
    return result


def _counted(panel: Source, client: Any) -> tuple[Census, ...]:
    """What every partition holds, once it is sure that no series stands in two places.

    Raises
    ------
    DataError
        On no rows, or a series that does.
    """

    def each(function: Callable[[int], Census]) -> list[Census]:
        partitions = range(len(panel.partitions))
        return list(map(function, partitions)) if client is None else each_on(client, function, partitions)

    counts = tuple(each(partial(census, panel)))
    if not sum(c.series for c in counts):
        raise DataError("panel has no rows")
    if not proves_unique(counts):
        refuse_split(panel, each(partial(census, panel, hashes=True)))
    return counts


def loaded(given: Any, what: str) -> pd.DataFrame:
    """A path or stream as a frame, all of it."""
    needed = PANEL if what == "panel" else NEEDED
    if is_stream(given):
        return pd.DataFrame(as_table(given, needed, what).to_pandas())
    source = open_source(given, needed, what, 1 << 62)
    return pd.DataFrame(pa.Table.from_batches(list(source.blocks(0)), schema=source.schema).to_pandas())


def _opened(panel: Any, rows: int) -> Any:
    """A panel on disk as a ``Source``; any other as an Arrow reader whose rows come once, by series."""
    if isinstance(panel, str | os.PathLike):
        return open_source(panel, PANEL, "panel", rows)
    if is_stream(panel):
        return stream_of(panel, PANEL, "panel")
    table = as_table(panel, PANEL, "panel")
    code = table.column("unit").combine_chunks().dictionary_encode().indices.fill_null(-1).to_numpy()
    if (np.diff(code) < 0).any():
        table = table.take(pa.array(np.argsort(code, kind="stable")))
    return table.to_reader(ROWS_AT_ONCE)


def _on_disk(target_table: Targets, folder: Path) -> Targets:
    """Targets that workers read from the folder, which is a smaller thing to send than the table."""
    if target_table.source is None:
        write_whole(folder / TARGETS, parquet(target_table.table, {}))
        target_table = Targets(None, open_source(folder / TARGETS, NEEDED, "targets", 1 << 62))
    return target_table


def _refuse_inside(folder: Path, *inputs: Any) -> None:
    """An OutputError where the parts would be read as a panel, or a panel stands among the parts."""
    parts = Path(os.path.realpath(folder))
    for table in inputs:
        if isinstance(table, str | os.PathLike):
            other = Path(os.path.realpath(table))
            if parts == other or other in parts.parents or parts in other.parents:
                raise OutputError(
                    f"{shown(str(folder))} and {shown(os.fspath(table))} lie in one another: give the parts a "
                    "folder of their own"
                )


def _identity(targets: Targets) -> Any:
    """What identifies a table of targets before it is read; every part has a hash of the targets that it answers."""
    if targets.source is not None:
        return targets.source.sizes()
    units, levels = targets.table.column("unit").combine_chunks(), targets.table.column("target")
    words = ["" if v is None else str(v) for v in levels.to_pylist()] if pa.types.is_string(levels.type) else []
    numeric = b"" if words else np.ascontiguousarray(levels.to_numpy()).tobytes()
    return _digest(name_hashes(units).tobytes(), numeric, "\x1f".join(words).encode("utf8", "surrogatepass"))


def _provenance(settings: Settings) -> dict[str, Any]:
    """What determines the answers beside the inputs: version, settings, hashes of the prior and the drivers."""
    from importlib.metadata import version

    event = settings.event
    settings_as_text: dict[str, Any] = {
        "horizon": settings.horizon, "seed": settings.seed, "model": _model(settings.model),
        "event": event.event, "occurrence": event.occurrence, "sustained": event.sustained,
        "n_paths": None if settings.is_fast else settings.n_paths,
        "scenarios": {s.name: _digest(repr(s).encode()) for s in settings.scenarios},
    }  # fmt: skip
    drivers = settings.drivers
    return {
        "version": version("tradetarget"),
        "settings": settings_as_text,
        "prior": _digest(settings.prior.to_json().encode()),
        "drivers": None if drivers is None else _digest(drivers.to_csv(index=False).encode()),
    }


def _model(model: Any) -> str:
    if isinstance(model, str):
        return model
    try:
        return f"{model.name} {_digest(pickle.dumps(model))}"
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise SettingError(
            f"the model {model.name!r} cannot be told from another ({error}): define it in a module, not inside a "
            "function"
        ) from None


def _digest(*content: bytes) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for one in content:
        digest.update(one)
    return digest.hexdigest()


def _series_in(counts: tuple[Census, ...]) -> int:
    """The number of series; one whose rows go on in the next partition is counted once."""
    filled = [c for c in counts if c.series]
    return sum(c.series for c in filled) - sum(int(a.last == b.first) for a, b in pairwise(filled))


def _summed(records: Iterator[Record], folder: Path, series: int, progress: Progress | None) -> dict[str, int]:
    """The counts of all parts together; progress is reported after each.

    Raises
    ------
    OutputError
        When the folder holds a part besides: a stream that is shorter than the one before it has fewer of them.
    """
    total = dict.fromkeys(("series", "targets", "answered", "refused", "parts", "reused"), 0)
    names = set()
    for record in records:
        for name in ("series", "targets", "answered", "refused", "reused"):
            total[name] += int(getattr(record, name))
        total["parts"] += 1
        names.add(record.part)
        if progress is not None:
            progress(total["series"], series)
    other = next((path.name for path in sorted(folder.glob("part-*.parquet")) if path.name not in names), None)
    if other is not None:
        raise OutputError(
            f"{shown(str(folder))} holds {other} of another run, whose panel had more series: choose an empty folder"
        )
    return total


def _unknown_targets(work: Work, folder: Path, unit: Any, missing: int, stamp: dict[str, Any]) -> int:
    """Write the errors of targets whose unit is not in the panel; how many there are."""
    if not missing:
        (folder / ERRORS / UNKNOWN).unlink(missing_ok=True)
        return 0
    hashes = [census(work.panel, partition, hashes=True).hashes for partition in work.partitions]
    rows: list[tuple[Any, str | None, str]] = [
        (name, level, f"targets name unit {name!r}, which is not in the panel: add its history or leave it out")
        for name, level in work.targets.without_series(np.concatenate(hashes))
    ]
    write_whole(folder / ERRORS / UNKNOWN, parquet(error_table(rows, unit), stamp))
    return len(rows)
