"""A Dask cluster of separate processes answers as one process does, and loses nothing when parts of it die."""

from __future__ import annotations

import hashlib
import os
import signal
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from dying_model import Dying

import tradetarget as tt
from tradetarget.errors import DataError, TradeTargetError

pytest.importorskip("pyarrow")
distributed = pytest.importorskip("distributed")
assembly = import_module("tradetarget.streaming.assembly")

pytestmark = [pytest.mark.cluster, pytest.mark.filterwarnings("default")]
SERIES, YEARS, HORIZON = 60, 6, 3


def started(workers: int) -> Any:
    return distributed.LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    )


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    with started(2) as cluster, distributed.Client(cluster) as client:
        yield client


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A panel of which series are cut by row groups, in partitions of about ten series, and its targets."""
    monkeypatch.setattr(assembly, "FAST_ROWS", 10 * YEARS)
    monkeypatch.setattr(assembly, "FAST_SERIES", 4)
    monkeypatch.setattr(assembly, "SLOW_ROWS", 10 * YEARS)
    monkeypatch.setattr(assembly, "SLOW_SERIES", 4)
    rng = np.random.default_rng(5)
    x = rng.normal(5.0, 2.0, (SERIES, 1)) + np.cumsum(rng.normal(0.03, 0.2, (SERIES, YEARS)), axis=1)
    units = [f"u{i:03d}" for i in range(SERIES)]
    panel = pd.DataFrame({
        "unit": np.repeat(units, YEARS), "period": np.tile(np.arange(2015, 2015 + YEARS), SERIES),
        "value": np.exp(x).ravel(),
    })  # fmt: skip
    panel.to_parquet(tmp_path / "panel.parquet", row_group_size=17)
    pd.DataFrame({"unit": units, "target": 1.5 * np.exp(x[:, -1])}).to_csv(tmp_path / "targets.csv", index=False)
    return tmp_path / "panel.parquet", tmp_path / "targets.csv"


def bytes_of(folder: Path) -> dict[str, str]:
    """A hash of every part, provenance included."""
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.glob("part-*.parquet")}


def test_one_two_and_four_workers_write_the_bytes_that_one_process_writes(files, tmp_path: Path) -> None:
    tt.forecast_targets(*files, horizon=HORIZON, out=tmp_path / "alone")
    alone = bytes_of(tmp_path / "alone")
    assert len(alone) > 10
    with started(1) as cluster, distributed.Client(cluster) as client:
        for workers in (1, 2, 4):
            cluster.scale(workers)
            client.wait_for_workers(workers)
            tt.forecast_targets(*files, horizon=HORIZON, out=tmp_path / str(workers), client=client)
            assert bytes_of(tmp_path / str(workers)) == alone


def test_a_partition_that_kills_every_worker_is_named_and_the_others_are_kept(files, tmp_path: Path) -> None:
    model = Dying("u025", str(tmp_path / "mended"))
    settings = {"model": model, "horizon": HORIZON, "n_paths": 512, "out": tmp_path / "out"}
    with (
        _few_deaths(),
        started(2) as cluster,
        distributed.Client(cluster) as client,
    ):
        with pytest.raises(TradeTargetError, match=r"partition \d was given up \(KilledWorker.*call again with resume"):
            tt.forecast_targets(*files, client=client, **settings)
        kept = bytes_of(tmp_path / "out")
        assert kept
        Path(model.mended).touch()
        run = tt.forecast_targets(*files, client=client, **settings)
    assert run.reused >= len(kept)
    assert run.answered == SERIES * HORIZON
    assert kept.items() <= bytes_of(tmp_path / "out").items()


def _few_deaths() -> Any:
    import dask

    return dask.config.set({"distributed.scheduler.allowed-failures": 1})


def test_a_run_goes_on_with_another_scheduler(files, tmp_path: Path) -> None:
    out = tmp_path / "out"
    cluster = started(1)
    client = distributed.Client(cluster)
    stopped: list[int] = []

    def stop(done: int, whole: int) -> None:
        if not stopped:
            stopped.append(done)
            cluster.close()

    with pytest.raises(TradeTargetError, match=r"the cluster was lost .*: the parts so far are kept"):
        tt.forecast_targets(*files, horizon=HORIZON, out=out, client=client, progress=stop)
    client.close()
    kept = bytes_of(out)
    with started(1) as other, distributed.Client(other) as again:
        run = tt.forecast_targets(*files, horizon=HORIZON, out=out, client=again)
    assert run.reused == len(kept) > 0
    assert run.series == SERIES
    assert kept.items() <= bytes_of(out).items()


def test_a_worker_that_is_killed_in_the_middle_is_replaced_and_nothing_is_lost(files, tmp_path: Path, client) -> None:
    tt.forecast_targets(*files, horizon=HORIZON, out=tmp_path / "alone")
    victim = next(iter(client.run(os.getpid).values()))
    killed: list[int] = []

    def kill(done: int, whole: int) -> None:
        if not killed:
            killed.append(done)
            os.kill(victim, signal.SIGKILL)

    run = tt.forecast_targets(*files, horizon=HORIZON, out=tmp_path / "out", client=client, progress=kill)
    assert killed
    assert run.series == SERIES
    assert bytes_of(tmp_path / "out") == bytes_of(tmp_path / "alone")


def test_what_is_wrong_with_the_data_is_the_same_line_as_without_a_cluster(files, tmp_path: Path, client) -> None:
    panel = pd.read_parquet(files[0])
    pd.concat([panel, panel[panel["unit"] == "u003"]]).to_parquet(tmp_path / "split.parquet", row_group_size=17)
    with pytest.raises(DataError, match=r"unit 'u003' stands in .*: sort the panel by unit"):
        tt.forecast_targets(tmp_path / "split.parquet", files[1], out=tmp_path / "out", client=client)
    panel.assign(value=panel["value"].where(panel["unit"] != "u003", -1.0)).to_parquet(tmp_path / "wrong.parquet")
    run = tt.forecast_targets(tmp_path / "wrong.parquet", files[1], out=tmp_path / "out", client=client)
    assert run.errors()["unit"].tolist() == ["u003"]


def test_a_panel_from_memory_reaches_the_workers_as_a_copy_in_the_folder(files, tmp_path: Path, client) -> None:
    run = tt.forecast_targets(pd.read_parquet(files[0]), files[1], horizon=HORIZON, out=tmp_path / "out", client=client)
    assert (run.series, run.answered) == (SERIES, SERIES * HORIZON)
    assert not (tmp_path / "out" / "_panel.parquet").exists()
