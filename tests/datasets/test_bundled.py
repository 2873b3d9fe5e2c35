from datetime import date
from pathlib import Path

import pytest

from tradetarget import datasets
from tradetarget.errors import OutputError, UnknownNameError
from tradetarget.observations import TradeSeries

PARTNERS = ("Uzbekistan", "Kyrgyzstan", "Tajikistan", "Turkmenistan")


def test_the_regional_dataset_holds_every_pair_and_the_region_in_three_flows() -> None:
    loaded = datasets.load("kazakhstan-central-asia")
    wanted = {f"Kazakhstan-{p} {f}" for p in (*PARTNERS, "Central Asia") for f in ("turnover", "exports", "imports")}
    assert set(loaded) == wanted
    for series in loaded.values():
        assert (str(series.unit), series.reporters) == ("USD mn", ("Kazakhstan",))
        assert series.annual().index.tolist() == list(range(2000, 2026))


# Exports and imports of Kazakhstan with Uzbekistan, USD mn: World Bank WITS to 2019, table 312101 of the Bureau of
# National Statistics of Kazakhstan from 2020.
@pytest.mark.parametrize(
    ("year", "exports", "imports"),
    [(2000, 133.526, 70.502), (2018, 1639.66, 844.302), (2019, 1996.45, 1418.57), (2025, 3485.65, 1278.86)],
)
def test_turnover_is_exports_plus_imports(year: int, exports: float, imports: float) -> None:
    loaded = datasets.load("kazakhstan-central-asia")
    found = [loaded[f"Kazakhstan-Uzbekistan {f}"].annual().loc[year] for f in ("exports", "imports", "turnover")]
    assert found == pytest.approx([exports, imports, exports + imports], rel=1e-12)


def test_the_region_of_2018_is_the_four_point_three_billion_of_the_news_report() -> None:
    region = datasets.load("kazakhstan-central-asia")["Kazakhstan-Central Asia turnover"].annual()
    assert region.loc[2018] == pytest.approx(4322.309, abs=1e-9)
    assert region.loc[2025] == pytest.approx(8878.356, abs=1e-9)


@pytest.mark.parametrize("flow", ["turnover", "exports", "imports"])
def test_the_region_is_the_sum_of_its_pairs(flow: str) -> None:
    loaded = datasets.load("kazakhstan-central-asia")
    pairs = sum(loaded[f"Kazakhstan-{p} {flow}"].annual() for p in PARTNERS)
    assert loaded[f"Kazakhstan-Central Asia {flow}"].annual().to_numpy() == pytest.approx(pairs.to_numpy(), rel=1e-12)


def test_no_annual_figure_has_an_invented_date_and_every_figure_has_a_source() -> None:
    for series in datasets.load("kazakhstan-central-asia").values():
        assert all(o.as_of is None and o.source for o in series)
    turnover = datasets.load("kazakhstan-central-asia")["Kazakhstan-Uzbekistan turnover"]
    assert turnover.observations[-1].known_from == date(2026, 3, 1)
    assert turnover.as_of("2019-11").annual().index[-1] == 2018


def test_statements_keep_sides_part_years_and_contradictions_apart() -> None:
    turnover = datasets.load("kazakhstan-uzbekistan-statements")["Kazakhstan-Uzbekistan turnover"]
    of_2022 = {(o.reporter, o.value) for o in turnover if o.period == "2022" and o.kind == "level"}
    assert {("Kazakhstan", 5.0), ("Uzbekistan", 4.6)} <= of_2022
    [nine_months] = [o for o in turnover if o.period == "2019-01/2019-09" and o.kind == "level"]
    assert (nine_months.value, nine_months.rounding, nine_months.as_of) == (2.6, 0.1, date(2019, 11, 1))
    [growth] = [o for o in turnover if o.period == "2019-01/2019-09" and o.kind == "growth"]
    assert growth.value == pytest.approx(0.25)
    assert turnover.reported_by("Uzbekistan").reporters == ("Uzbekistan",)


def test_statements_hold_qualifiers_where_the_words_have_one() -> None:
    turnover = datasets.load("kazakhstan-uzbekistan-statements")["Kazakhstan-Uzbekistan turnover"]
    nearly = [o for o in turnover if o.stated_by and "nearly" in o.stated_by and o.kind == "level"]
    assert nearly
    assert {o.qualifier for o in nearly} == {"almost"}


def test_every_published_level_is_in_the_statements_dataset() -> None:
    series = datasets.load("kazakhstan-uzbekistan-statements").values()
    assert sum(len(s) for s in series) == 170
    assert sum(o.kind == "level" for s in series for o in s) == 121


def test_a_claim_of_a_level_a_year_without_a_period_is_no_part_year_figure() -> None:
    turnover = datasets.load("kazakhstan-uzbekistan-statements")["Kazakhstan-Uzbekistan turnover"]
    assert not [o for o in turnover if o.end.year == 2024 and o.end.month < 12 and o.value >= 5.0]


def test_the_article_is_known_in_november_2019_and_says_four_things() -> None:
    article = datasets.load("article-2019")
    pair, region = article["Kazakhstan-Uzbekistan turnover"], article["Kazakhstan-Central Asia turnover"]
    assert {(o.kind, o.period, o.value, o.rounding) for o in pair} == {
        ("level", "2019-01/2019-09", 2.6, 0.1),
        ("growth", "2019-01/2019-09", 0.25, 0.01),
    }
    assert {(o.period, o.value) for o in region} == {("2018", 4.3), ("2019-01/2019-09", 4.1)}
    assert len(pair.as_of("2019-11")) == 2


def test_describe_tells_title_unit_reporters_years_and_sources() -> None:
    table = datasets.describe().set_index("name")
    assert tuple(table.index) == datasets.names()
    row = table.loc["kazakhstan-central-asia"]
    assert (row["unit"], row["reporters"], row["first_year"], row["last_year"]) == ("USD mn", "Kazakhstan", 2000, 2025)
    assert "World Bank WITS" in row["sources"]


@pytest.mark.parametrize("name", ["kazakhstan-central-asia", "kazakhstan-uzbekistan-statements", "article-2019"])
def test_an_exported_dataset_reads_back_series_by_series(name: str, tmp_path: Path) -> None:
    path = datasets.export(name, tmp_path / "out.csv")
    for series in datasets.load(name).values():
        assert TradeSeries.from_csv(path, series=series.name, flow=series.flow) == series
    assert [p.name for p in tmp_path.iterdir()] == ["out.csv"]


def test_an_export_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        datasets.export("article-2019", tmp_path / "nowhere" / "out.csv")
    (tmp_path / "taken").mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        datasets.export("article-2019", tmp_path / "taken")
    assert [p.name for p in tmp_path.iterdir()] == ["taken"]


def test_an_unknown_dataset_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'kazakhstan-central-asia'"):
        datasets.load("kazakhstan-centralasia")


def test_loading_twice_gives_dicts_of_their_own() -> None:
    datasets.load("article-2019").clear()
    assert datasets.load("article-2019")


def test_a_label_without_its_flow_offers_the_nearest():
    known = datasets.load("kazakhstan-central-asia")
    with pytest.raises(UnknownNameError, match="did you mean 'Kazakhstan-Uzbekistan"):
        known["Kazakhstan-Uzbekistan"]
    assert "Kazakhstan-Uzbekistan" not in known
