"""One run in parts: inputs opened, the folder claimed, every batch answered, the books closed."""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from tradetarget.errors import OutputError, SettingError, shown
from tradetarget.outputs import write_whole
from tradetarget.streaming.answers import Settings
from tradetarget.streaming.cluster import each_on, on_cluster
from tradetarget.streaming.grouping import Census, census, name_hashes
from tradetarget.streaming.parts import ERRORS, Record, Run, close_folder, error_table, open_folder, parquet
from tradetarget.streaming.result import BatchRun
from tradetarget.streaming.running import (
    Progress,
    Stream,
    Work,
    counted,
    in_processes,
    in_this_process,
    refuse_returned,
)
from tradetarget.streaming.sources import ROWS_AT_ONCE, Source, as_table, is_stream, open_source, stream_of
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
    source = _opened(panel, rows)
    if client is not None and not isinstance(source, Source):
        raise SettingError("client= needs a panel that every worker can read: give the path of one")
    unit = (source.schema if isinstance(source, Source) else source.reader.schema).field("unit").type
    asked = open_targets(targets, unit)
    _refuse_inside(folder, panel, targets)
    provenance = _provenance(settings)
    about = {**provenance, "panel": _identity(source), "targets": _identity(asked), "series_in_a_part": size}
    counts = counted(source, _each(client, len(source.partitions))) if isinstance(source, Source) else ()
    open_folder(folder, about, resume)
    work = Work(source, asked if client is None else _on_disk(asked, folder), size, counts)
    # The pooled law has read its outlook: the table itself would only be sent about.
    lean = replace(settings, drivers=None) if settings.is_fast else settings
    run = Run(folder, lean, provenance, threads=None if jobs == 1 else 1)
    if client is not None:
        records = on_cluster(client, work, run)
    else:
        records = in_this_process(work, run) if jobs == 1 else in_processes(work, run, jobs)
    done = _summed(records, _series_in(counts), progress)
    if isinstance(source, Stream):
        refuse_returned(source, run)
    refused = done["refused"] + _unknown_targets(work, folder, unit, asked.rows - done["targets"], provenance)
    result = BatchRun(folder, done["series"], asked.rows, done["answered"], refused, done["parts"], done["reused"])
    close_folder(folder, about, {k: v for k, v in result.to_dict().items() if k not in ("folder", "reused")})
    return result


def _each(client: Any, partitions: int) -> Callable[[Callable[[int], Census]], list[Census]]:
    """How a function is asked about every partition: here, or by the workers."""
    if client is None:
        return lambda function: list(map(function, range(partitions)))
    return lambda function: each_on(client, function, partitions)


def loaded(given: Any, what: str) -> pd.DataFrame:
    """A path or stream as a frame, all of it."""
    needed = PANEL if what == "panel" else NEEDED
    if is_stream(given):
        return pd.DataFrame(as_table(given, needed, what).to_pandas())
    source = open_source(given, needed, what, 1 << 62)
    return pd.DataFrame(pa.Table.from_batches(list(source.blocks(0)), schema=source.schema).to_pandas())


def _opened(panel: Any, rows: int) -> Source | Stream:
    """A panel on disk, or one whose rows come in order."""
    if isinstance(panel, str | os.PathLike):
        return open_source(panel, PANEL, "panel", rows)
    if is_stream(panel):
        return Stream(stream_of(panel, PANEL, "panel"))
    table = as_table(panel, PANEL, "panel")
    code = table.column("unit").combine_chunks().dictionary_encode().indices.fill_null(-1).to_numpy()
    if (np.diff(code) < 0).any():
        table = table.take(pa.array(np.argsort(code, kind="stable")))
    return Stream(table.to_reader(ROWS_AT_ONCE))


def _on_disk(asked: Targets, folder: Path) -> Targets:
    """Targets that workers read from the folder, which is a smaller thing to send than the table."""
    if asked.source is None:
        write_whole(folder / TARGETS, parquet(asked.table, {}))
        asked = Targets(None, open_source(folder / TARGETS, NEEDED, "targets", 1 << 62))
    return asked


def _refuse_inside(folder: Path, *inputs: Any) -> None:
    """An OutputError where the parts would be read as a panel, or a panel stands among the parts."""
    place = Path(os.path.realpath(folder))
    for given in inputs:
        if isinstance(given, str | os.PathLike):
            other = Path(os.path.realpath(given))
            if place == other or other in place.parents or place in other.parents:
                raise OutputError(
                    f"{shown(str(folder))} and {shown(os.fspath(given))} lie in one another: give the parts a "
                    "folder of their own"
                )


def _identity(given: Source | Stream | Targets) -> Any:
    """What tells one input from another before it is read; every part has a hash of what it read."""
    if isinstance(given, Stream):
        return "stream"
    if isinstance(given, Source):
        return given.sizes()
    if given.source is not None:
        return given.source.sizes()
    units, levels = given.table.column("unit").combine_chunks(), given.table.column("target")
    words = ["" if v is None else str(v) for v in levels.to_pylist()] if pa.types.is_string(levels.type) else []
    numeric = b"" if words else np.ascontiguousarray(levels.to_numpy()).tobytes()
    return _digest(name_hashes(units).tobytes(), numeric, "\x1f".join(words).encode("utf8", "surrogatepass"))


def _provenance(settings: Settings) -> dict[str, Any]:
    """What the answers rest on beside the inputs: version, settings, hashes of the prior and the drivers."""
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
    """Series of all partitions, each once though it runs from one into the next."""
    filled = [c for c in counts if c.series]
    return sum(c.series for c in filled) - sum(int(a.last == b.first) for a, b in pairwise(filled))


def _summed(records: Iterator[Record], series: int, progress: Progress | None) -> dict[str, int]:
    """The counts of all parts, told as they come."""
    total = dict.fromkeys(("series", "targets", "answered", "refused", "parts", "reused"), 0)
    for record in records:
        for name in ("series", "targets", "answered", "refused", "reused"):
            total[name] += int(getattr(record, name))
        total["parts"] += 1
        if progress is not None:
            progress(total["series"], series)
    return total


def _unknown_targets(work: Work, folder: Path, unit: Any, missing: int, stamp: dict[str, Any]) -> int:
    """Write the errors of targets whose unit is not in the panel; how many there are."""
    if not missing:
        (folder / ERRORS / UNKNOWN).unlink(missing_ok=True)
        return 0
    panel = work.panel
    if isinstance(panel, Source):
        hashes = [census(panel, k, hashes=True).hashes for k in range(len(panel.partitions))]
    else:
        hashes = panel.seen
    rows: list[tuple[Any, str | None, str]] = [
        (name, level, f"targets name unit {name!r}, which is not in the panel: add its history or leave it out")
        for name, level in work.targets.without_series(np.concatenate(hashes))
    ]
    write_whole(folder / ERRORS / UNKNOWN, parquet(error_table(rows, unit), stamp))
    return len(rows)
