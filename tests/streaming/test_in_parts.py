"""Answers in parts are those of one table, whatever the form of the panel; what is cut short goes on."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import tradetarget as tt
from tradetarget.errors import DataError, OutputError, SettingError, TargetError, TradeTargetError

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
assembly = import_module("tradetarget.streaming.assembly")
grouping = import_module("tradetarget.streaming.grouping")
series = import_module("tradetarget.streaming.series")
targets = import_module("tradetarget.streaming.targets")

SERIES, YEARS, HORIZON = 24, 6, 3


def panel(series: int = SERIES) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    x = rng.normal(5.0, 2.0, (series, 1)) + np.cumsum(rng.normal(0.03, 0.2, (series, YEARS)), axis=1)
    return pd.DataFrame({
        "unit": np.repeat([f"u{i:03d}" for i in range(series)], YEARS),
        "period": np.tile(np.arange(2015, 2015 + YEARS), series),
        "value": np.exp(x).ravel(),
    })  # fmt: skip


PANEL = panel()
LAST = PANEL.groupby("unit", sort=False)["value"].last()
TARGETS = pd.DataFrame({
    "unit": np.tile(LAST.index.to_numpy(), 2), "target": np.concatenate([1.2 * LAST, 2.0 * LAST])
}).sample(frac=1.0, random_state=3, ignore_index=True)  # fmt: skip
KEYS = ["unit", "target", "period"]


@pytest.fixture(scope="module")
def whole() -> pd.DataFrame:
    return tt.forecast_targets(PANEL, TARGETS, horizon=HORIZON)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Partitions of about five series and parts of two, so that a few series make many."""
    monkeypatch.setattr(assembly, "FAST_ROWS", 5 * YEARS)
    monkeypatch.setattr(assembly, "FAST_SERIES", 2)


def same(run: tt.streaming.BatchRun, whole: pd.DataFrame) -> bool:
    frame = run.to_frame()
    assert len(frame) == len(whole)
    both = whole.merge(frame, on=KEYS, how="left", suffixes=("", "_in_parts"))
    return bool((both["probability"] == both["probability_in_parts"]).all())


def as_file(tmp_path: Path) -> str:
    PANEL.to_parquet(tmp_path / "panel.parquet", row_group_size=7)
    return str(tmp_path / "panel.parquet")


def as_csv(tmp_path: Path) -> str:
    PANEL.to_csv(tmp_path / "panel.csv", index=False)
    return str(tmp_path / "panel.csv")


def as_semicolons(tmp_path: Path) -> str:
    PANEL.to_csv(tmp_path / "panel.csv", index=False, sep=";", encoding="utf-8-sig")
    return str(tmp_path / "panel.csv")


def as_folder_cut_inside_series(tmp_path: Path) -> str:
    (tmp_path / "panel").mkdir()
    for k, first in enumerate(range(0, len(PANEL), 17)):
        PANEL.iloc[first : first + 17].to_parquet(tmp_path / "panel" / f"{k:02d}.parquet")
    return str(tmp_path / "panel")


def as_hive(tmp_path: Path) -> str:
    for k, rows in PANEL.groupby(PANEL["unit"].str[-1]):
        (tmp_path / "panel" / f"last={k}").mkdir(parents=True)
        rows.to_parquet(tmp_path / "panel" / f"last={k}" / "0.parquet", row_group_size=YEARS)
    return str(tmp_path / "panel")


def as_reader(tmp_path: Path) -> object:
    return pa.Table.from_pandas(PANEL).to_reader(max_chunksize=7)


def as_shuffled_frame(tmp_path: Path) -> pd.DataFrame:
    return PANEL.sample(frac=1.0, random_state=1)


def as_categories_and_periods(tmp_path: Path) -> str:
    years = pd.PeriodIndex(PANEL["period"].astype(str), freq="Y")
    PANEL.assign(unit=PANEL["unit"].astype("category"), period=years).to_parquet(tmp_path / "panel.parquet")
    return str(tmp_path / "panel.parquet")


FORMS = [
    as_file, as_csv, as_semicolons, as_folder_cut_inside_series, as_hive, as_reader, as_shuffled_frame,
    as_categories_and_periods,
]  # fmt: skip


@pytest.mark.bits
@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("form", FORMS)
def test_parts_hold_the_answers_of_one_table_bit_for_bit(form, tmp_path: Path, whole: pd.DataFrame) -> None:
    run = tt.forecast_targets(form(tmp_path), TARGETS, horizon=HORIZON, out=tmp_path / "out")
    assert (run.series, run.targets, run.refused) == (SERIES, len(TARGETS), 0)
    assert run.parts >= SERIES // 2
    assert same(run, whole)


@pytest.mark.parametrize("form", [as_file, as_csv, as_hive, as_reader])
def test_without_a_folder_a_path_or_stream_gives_the_frame(form, tmp_path: Path, whole: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(tt.forecast_targets(form(tmp_path), TARGETS, horizon=HORIZON), whole)


@pytest.mark.parametrize("ending", ["parquet", "csv"])
@pytest.mark.usefixtures("small")
def test_targets_come_from_a_file_in_any_order(ending: str, tmp_path: Path, whole: pd.DataFrame) -> None:
    path = tmp_path / f"targets.{ending}"
    TARGETS.to_parquet(path, row_group_size=5) if ending == "parquet" else TARGETS.to_csv(path, index=False)
    assert same(tt.forecast_targets(as_file(tmp_path), path, horizon=HORIZON, out=tmp_path / "out"), whole)


@pytest.mark.usefixtures("small")
def test_two_processes_give_the_same_parts_as_one(tmp_path: Path, whole: pd.DataFrame) -> None:
    run = tt.forecast_targets(as_file(tmp_path), TARGETS, horizon=HORIZON, out=tmp_path / "out", jobs=2)
    assert same(run, whole)


def test_a_part_states_what_it_rests_on(tmp_path: Path) -> None:
    run = tt.forecast_targets(as_file(tmp_path), TARGETS, horizon=HORIZON, out=tmp_path / "out")
    (part,) = run.folder.glob("*.parquet")
    stamp = json.loads(pq.read_schema(part).metadata[b"tradetarget"])
    assert stamp["version"] == tt.__version__
    assert stamp["settings"]["horizon"] == HORIZON
    assert len(stamp["prior"]) == len(stamp["inputs"]) == 32
    assert json.loads((run.folder / "_run.json").read_text())["complete"] is True


@pytest.mark.usefixtures("small")
def test_a_run_goes_on_where_it_was_cut_and_computes_nothing_twice(
    tmp_path: Path, whole: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, out = as_file(tmp_path), tmp_path / "out"
    first = tt.forecast_targets(path, TARGETS, horizon=HORIZON, out=out)
    parts = sorted(out.glob("part-*.parquet"))
    for lost in parts[3:]:
        lost.unlink()
    parts[2].write_bytes(parts[2].read_bytes()[:-20])  # as a copy that was cut short
    (out / ".tradetarget-1-abcd.part").write_bytes(b"half")
    computed: list[str] = []
    parts_module = import_module("tradetarget.streaming.parts")
    answer = parts_module.answer
    monkeypatch.setattr(parts_module, "answer", lambda *given: (computed.append("part"), answer(*given))[1])
    again = tt.forecast_targets(path, TARGETS, horizon=HORIZON, out=out)
    assert (again.reused, len(computed)) == (2, first.parts - 2)
    assert same(again, whole)
    assert not list(out.glob(".*"))


@pytest.mark.usefixtures("small")
def test_a_full_disk_stops_the_run_and_loses_nothing(
    tmp_path: Path, whole: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, out, room = as_file(tmp_path), tmp_path / "out", [8]
    write = Path.write_bytes

    def full(self: Path, data: bytes) -> int:
        room[0] -= 1
        if room[0] < 0:
            write(self, data[:10])
            raise OSError(28, "No space left on device")
        return write(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match="No space left on device; the parts before it are kept: make room"):
        tt.forecast_targets(path, TARGETS, horizon=HORIZON, out=out)
    assert not list(out.glob(".*"))
    room[0] = 1000
    assert same(tt.forecast_targets(path, TARGETS, horizon=HORIZON, out=out), whole)


def test_what_is_wrong_with_one_series_is_named_and_does_not_stop_the_others(tmp_path: Path) -> None:
    broken = PANEL.astype({"value": object, "period": object})
    broken.loc[0 * YEARS + 2, "value"] = 0.0
    broken.loc[1 * YEARS + 1, "value"] = "n/a"
    broken.loc[2 * YEARS + 1, "period"] = 2015
    broken.loc[3 * YEARS + 1, "period"] = "soon"
    broken.loc[4 * YEARS + 1, "value"] = None
    broken.to_csv(tmp_path / "panel.csv", index=False)
    targets = pd.concat([TARGETS, pd.DataFrame({"unit": ["u009", "nowhere"], "target": [-1.0, 5.0]})])
    run = tt.forecast_targets(tmp_path / "panel.csv", targets, horizon=HORIZON, out=tmp_path / "out")
    reasons = run.errors().set_index("unit")["reason"]
    assert "panel value of unit 'u000' in 2017 is 0.0, which is not a positive number" in reasons["u000"]
    assert "u001' in 2016 is 'n/a'" in reasons["u001"]
    assert "stands twice in 2015" in reasons["u002"]
    assert "'soon'" in reasons["u003"]
    assert "u004' in 2016 is" in reasons["u004"]
    assert "target of unit 'u009' is -1.0" in reasons["u009"]
    assert "'nowhere', which is not in the panel" in reasons["nowhere"]
    assert len(reasons) == run.refused == 7
    rest = PANEL[PANEL["unit"] > "u004"]
    alone = tt.forecast_targets(rest, TARGETS[TARGETS["unit"] > "u004"], horizon=HORIZON)
    assert same(run, alone)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("order", ["apart in two files", "apart in one file"])
def test_a_series_that_stands_in_two_places_is_named_before_any_work(order: str, tmp_path: Path) -> None:
    (tmp_path / "panel").mkdir()
    again = PANEL.tail(YEARS).assign(unit="u001", period=np.arange(1990, 1990 + YEARS))
    if order == "apart in two files":
        PANEL.to_parquet(tmp_path / "panel" / "a.parquet")
        again.to_parquet(tmp_path / "panel" / "b.parquet")
    else:
        pd.concat([PANEL, again]).to_parquet(tmp_path / "panel" / "a.parquet")
    with pytest.raises(DataError, match=r"unit 'u001' stands .*: sort the panel by unit"):
        tt.forecast_targets(tmp_path / "panel", TARGETS, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("small")
def test_a_series_that_comes_back_in_a_stream_is_named_before_any_work(tmp_path: Path) -> None:
    again = PANEL.tail(YEARS).assign(unit="u001", period=np.arange(1990, 1990 + YEARS))
    reader = pa.Table.from_pandas(pd.concat([PANEL, again])).to_reader()
    with pytest.raises(DataError, match="unit 'u001' stands twice, apart, in the stream: sort the panel by unit"):
        tt.forecast_targets(reader, TARGETS, out=tmp_path / "out")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["_errors", "_run.json"]


@pytest.mark.usefixtures("small")
def test_parts_of_a_longer_stream_are_not_taken_for_those_of_a_shorter_one(tmp_path: Path) -> None:
    def answered(rows: pd.DataFrame) -> tt.streaming.BatchRun:
        asked = TARGETS[TARGETS["unit"] < "u010"]
        return tt.forecast_targets(pa.Table.from_pandas(rows).to_reader(), asked, horizon=HORIZON, out=tmp_path / "out")

    answered(PANEL)
    with pytest.raises(OutputError, match="of another run, whose panel had more series: choose an empty folder"):
        answered(PANEL.head(10 * YEARS))


def test_a_stream_that_breaks_off_is_one_line_and_leaves_no_part(tmp_path: Path) -> None:
    def blocks():
        yield from pa.Table.from_pandas(PANEL.head(50), preserve_index=False).to_batches()
        raise OSError("the service hung up")

    schema = pa.Table.from_pandas(PANEL, preserve_index=False).schema
    with pytest.raises(DataError, match=r"the stream of record batches broke off .the service hung up.: give it anew"):
        tt.forecast_targets(pa.RecordBatchReader.from_batches(schema, blocks()), TARGETS, out=tmp_path / "out")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["_errors", "_run.json"]


def test_what_cannot_be_a_panel_is_one_line(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.mkdir()
    PANEL.to_parquet(wrong / "a.parquet")
    PANEL.rename(columns={"value": "amount"}).to_parquet(wrong / "b.parquet")
    mixed = tmp_path / "mixed"
    mixed.mkdir()
    PANEL.to_parquet(mixed / "a.parquet")
    PANEL.assign(value=PANEL["value"].map(str)).to_parquet(mixed / "b.parquet")
    (tmp_path / "empty").mkdir()
    PANEL.head(0).to_parquet(tmp_path / "none.parquet")
    (tmp_path / "none.csv").write_text("unit,period,value\n")
    (tmp_path / "nothing.csv").write_text("")
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 and no more")
    PANEL.assign(value=True).to_parquet(tmp_path / "truth.parquet")
    PANEL.assign(unit=None).to_csv(tmp_path / "nameless.csv", index=False)
    said = {
        "wrong": r"b\.parquet has no column 'value': it needs unit, period, value, and has unit, period, amount",
        "mixed": r"b\.parquet has 'value' as string, and the files before it as double",
        "empty": r"holds no \.parquet or \.csv file",
        "none.parquet": "has no rows",
        "none.csv": "has no rows",
        "nothing.csv": "cannot be read",
        "bad.parquet": "cannot be read",
        "truth.parquet": "has 'value' of type bool: give numbers",
        "nameless.csv": "a row without a unit",
        "missing.csv": "no such file or folder",
    }
    for name, message in said.items():
        with pytest.raises(DataError, match=message):
            tt.forecast_targets(tmp_path / name, TARGETS, out=tmp_path / "out")
    with pytest.raises(DataError, match=r"9223372036854775808 not in range.*: write units as text"):
        tt.forecast_targets(PANEL.assign(unit=np.uint64(2**63)), TARGETS, out=tmp_path / "out")
    twice = pa.table([["a"], ["b"], [2020], [1.0]], names=["unit", "unit", "period", "value"]).to_reader()
    with pytest.raises(DataError, match="panel has two columns 'unit': keep the one that counts"):
        tt.forecast_targets(twice, TARGETS, out=tmp_path / "out")
    with pytest.raises(DataError, match="is an address, and nothing is read from the network"):
        tt.forecast_targets("s3://bucket/panel", TARGETS, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_a_target_without_a_unit_is_refused_and_not_dropped(ending: str, tmp_path: Path) -> None:
    nameless, path = pd.concat([TARGETS, pd.DataFrame({"unit": [None], "target": [5.0]})]), tmp_path / f"t.{ending}"
    nameless.to_parquet(path) if ending == "parquet" else nameless.to_csv(path, index=False)
    with pytest.raises(DataError, match="targets has a row without a unit: name it"):
        tt.forecast_targets(PANEL, path, horizon=HORIZON, out=tmp_path / "out")


def test_a_missing_period_spoils_its_own_series_and_not_the_run(tmp_path: Path) -> None:
    years = pd.PeriodIndex(PANEL["period"].astype(str), freq="Y").to_series(index=PANEL.index)
    run = tt.forecast_targets(
        PANEL.assign(period=years.mask(PANEL.index == 2)), TARGETS, horizon=HORIZON, out=tmp_path / "out"
    )
    assert run.errors()["reason"].tolist() == ["unit 'u000': a row has no period: give its year"]


def test_area_codes_are_those_of_the_last_year_whatever_the_order_of_rows(tmp_path: Path) -> None:
    renamed = PANEL.assign(reporter=np.where(PANEL["period"] < 2020, "YUG", "SRB"))
    codes = []
    for rows in (renamed, renamed.sort_values(["unit", "period"], ascending=[True, False])):
        (chunk,) = grouping.chunks(pa.Table.from_pandas(rows, preserve_index=False).to_batches(), "panel")
        (batch,) = series.batches(chunk, targets.Targets(pa.Table.from_pandas(TARGETS)), iter(["part"]), SERIES)
        codes.append(set(batch.reporter))
    assert codes == [{"SRB"}, {"SRB"}]


def test_a_target_of_an_unknown_unit_is_named_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("unit,target\nu000,5\nnowhere,123456789\nelsewhere,five\n")
    run = tt.forecast_targets(PANEL, tmp_path / "t.csv", horizon=HORIZON, out=tmp_path / "out")
    assert run.errors()["target"].tolist() == ["123456789.0", "five"]


def test_a_folder_with_another_run_or_other_files_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path, out = as_file(tmp_path), tmp_path / "out"
    tt.forecast_targets(path, TARGETS, horizon=HORIZON, out=out)
    before = {p: p.stat().st_mtime_ns for p in out.rglob("*")}
    shipped = tt.Prior.shipped()
    other = tt.Prior({**shipped.values, "drift": 0.02}, shipped.standard_errors)
    for settings, what in [({"horizon": 4}, "settings"), ({"horizon": HORIZON, "prior": other}, "prior")]:
        with pytest.raises(OutputError, match=rf"holds another run \(not the same {what}\)"):
            tt.forecast_targets(path, TARGETS, out=out, **settings)
    with pytest.raises(OutputError, match=r"holds another run \(not the same targets\)"):
        tt.forecast_targets(path, TARGETS.head(3), horizon=HORIZON, out=out)
    with pytest.raises(OutputError, match="holds this run already: go on with it by resume=True"):
        tt.forecast_targets(path, TARGETS, horizon=HORIZON, out=out, resume=False)
    with pytest.raises(OutputError, match="lie in one another"):
        tt.forecast_targets(path, TARGETS, out=tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("mine")
    path_of_a_file = tmp_path / "taken"
    path_of_a_file.write_text("mine")
    with pytest.raises(OutputError, match=r"holds 'thesis\.txt' and no run"):
        tt.forecast_targets(path, TARGETS, out=tmp_path / "full")
    assert [p.name for p in (tmp_path / "full").iterdir()] == ["thesis.txt"]
    with pytest.raises(
        OutputError, match=r"cannot be used as a folder .*: give a name that is free, in a folder that exists"
    ):
        tt.forecast_targets(path, TARGETS, out=path_of_a_file)
    assert {p: p.stat().st_mtime_ns for p in out.rglob("*")} == before


def test_values_that_changed_since_are_found_though_the_file_looks_the_same(tmp_path: Path) -> None:
    out = tmp_path / "out"
    reader = pa.Table.from_pandas(PANEL).to_reader
    tt.forecast_targets(reader(), TARGETS, horizon=HORIZON, out=out)
    changed = pa.Table.from_pandas(PANEL.assign(value=PANEL["value"] * 1.01)).to_reader()
    with pytest.raises(OutputError, match="rests on other inputs: the folder holds another run"):
        tt.forecast_targets(changed, TARGETS, horizon=HORIZON, out=out)


@pytest.mark.parametrize(
    ("settings", "kind", "message"),
    [
        ({"jobs": 2}, SettingError, "give a folder with out="),
        ({"out": "x", "client": "sideways"}, SettingError, r"give a distributed\.Client"),
        ({"out": 5}, OutputError, "5 is no folder"),
        ({"model": "random-walk", "prior": tt.Prior.shipped()}, SettingError, "'random-walk' uses no prior"),
        ({"event": "sideways"}, SettingError, "event 'sideways' is none of"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings, kind: type[TradeTargetError], message: str) -> None:
    with pytest.raises(kind, match=message):
        tt.forecast_targets(PANEL, TARGETS, **settings)


WALK = {"model": "random-walk", "n_paths": 512, "horizon": HORIZON}


@pytest.mark.parametrize(
    "settings",
    [
        WALK,
        {**WALK, "sustained": 2},
        {**WALK, "scenarios": [tt.Scenario("faster", [tt.GrowthShift(0.02)])]},
        {"horizon": HORIZON, "n_paths": 512, "event": "rolling_12_months"},
    ],
    ids=["model", "years running", "scenario", "event"],
)
def test_other_models_events_and_scenarios_answer_as_one_series_does(settings, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(assembly, "SLOW_SERIES", 3)
    some, asked = PANEL[PANEL["unit"] < "u004"], TARGETS[TARGETS["unit"] < "u004"]
    table = tt.forecast_targets(some, asked, **settings)
    run = tt.forecast_targets(some, asked, out=tmp_path / "out", **settings)
    assert run.parts == 2
    keys = [c for c in table.columns if c != "probability"]
    both = table.merge(run.to_frame(), on=keys, suffixes=("", "_in_parts"), how="left")
    assert (both["probability"] == both["probability_in_parts"]).all()
    unit, target = asked.iloc[0]
    totals = some[some["unit"] == unit].set_index("period")["value"]
    series = tt.TradeSeries.from_annual(totals, unit="million USD", name=unit)
    reaching = tt.Target(
        target, "million USD", event=settings.get("event", "calendar_year"), sustained=settings.get("sustained", 1)
    )
    how = {k: v for k, v in settings.items() if k in ("model", "n_paths", "horizon")}
    if "scenarios" in settings:
        frame = tt.run_scenarios(series, reaching, settings["scenarios"], **how).to_frame()
        alone = frame.set_index(["scenario", "period"])["probability"]
        ours = table[(table["unit"] == unit) & (table["target"] == target)].set_index(["scenario", "period"])
        assert (ours["probability"] == alone.reindex(ours.index)).all()
    else:
        alone = tt.forecast(series, reaching, **how).hitting_time.probability
        ours = table[(table["unit"] == unit) & (table["target"] == target)]
        np.testing.assert_array_equal(ours["probability"], alone)


def test_a_series_that_a_model_cannot_fit_is_set_apart(tmp_path: Path) -> None:
    short = pd.DataFrame({"unit": "brief", "period": [2020], "value": [10.0]})
    some = pd.concat([PANEL[PANEL["unit"] < "u002"], short])
    asked = pd.DataFrame({"unit": ["u000", "brief", "u001"], "target": [1e3, 20.0, 1e3]})
    with pytest.raises(DataError, match=r"unit 'brief': .*; with out= it is set apart"):
        tt.forecast_targets(some, asked, **WALK)
    run = tt.forecast_targets(some, asked, out=tmp_path / "out", **WALK)
    assert run.errors()["unit"].tolist() == ["brief"]
    assert set(run.to_frame()["unit"]) == {"u000", "u001"}


def test_a_target_for_an_unknown_unit_is_an_error_without_a_folder(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="'nowhere', which is not in the panel"):
        tt.forecast_targets(as_file(tmp_path), pd.DataFrame({"unit": ["nowhere"], "target": [5.0]}))
