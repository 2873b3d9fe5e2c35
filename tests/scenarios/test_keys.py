"""The keys of scenario files: schema, template and classes say the same."""

import json
import re
import tomllib
from dataclasses import MISSING, fields
from pathlib import Path

import jsonschema
import pytest
from scenario_page import PAGE, uncommented, written_anew

import tradetarget
from tradetarget.packaged import packaged_text
from tradetarget.scenarios import bundled_scenarios, read_scenario_file
from tradetarget.scenarios.files import adjustment_kinds
from tradetarget.scenarios.json_schema import NAME, file_schema, scenario_schema
from tradetarget.scenarios.keys import keys_of, purpose_of
from tradetarget.systems import json_schema as of_region
from tradetarget.systems.files import read_system_scenario_file

PACKAGE = Path(tradetarget.__file__).parent
NAME_OF_MAKER = {NAME: "file_schema()", of_region.NAME: "region_file_schema()"}
TEMPLATE = packaged_text("scenarios", "templates", "scenarios.toml")


@pytest.mark.parametrize(
    ("shipped", "made", "place"),
    [
        (scenario_schema(), file_schema(), PACKAGE / "scenarios" / "data" / NAME),
        (of_region.region_schema(), of_region.region_file_schema(), PACKAGE / "systems" / "data" / of_region.NAME),
    ],
    ids=["series", "region"],
)
def test_the_shipped_schemas_are_those_of_the_code(shipped: str, made: str, place: Path) -> None:
    assert json.loads(shipped) == json.loads(made), (
        f"{place} is not what {NAME_OF_MAKER[place.name]} gives: write it anew"
    )
    jsonschema.Draft7Validator.check_schema(json.loads(shipped))


def test_every_kind_and_key_is_described_in_words_of_a_file() -> None:
    for kind, made in adjustment_kinds().items():
        assert purpose_of(kind)
        keys = keys_of(kind)
        assert [key.name for key in keys] == [f.name for f in fields(made)]
        for key, field in zip(keys, fields(made), strict=True):
            assert len(key.description) > 10, (kind, key.name)
            assert key.required == (field.default is MISSING)
            assert not re.search(r"``|\bNone\b|see '", key.description), (kind, key.name, key.description)


@pytest.mark.parametrize("name", ["kazakhstan-uzbekistan", "kazakhstan-central-asia"])
def test_the_bundled_files_fit_the_schema(name: str) -> None:
    bundled_scenarios(name)
    raw = tomllib.loads(packaged_text("scenarios", "data", f"{name}.toml"))
    jsonschema.Draft7Validator(json.loads(scenario_schema())).validate(raw)


def test_the_bundled_file_of_a_region_fits_its_schema() -> None:
    raw = tomllib.loads(packaged_text("systems", "data", "central-asia-by-member.toml"))
    jsonschema.Draft7Validator(json.loads(of_region.region_schema())).validate(raw)


GOOD = {"kind": "growth_shift", "value": "2 %"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "growth_shft"},
        {"value": 5},
        {"value": "5"},
        {"value": {"low": 0.1}},
        {"value": {"low": 0.1, "hgh": 0.2}},
        {"start": 500},
        {"start": "2027"},
        {"strat": 2027},
        {"source": 3},
    ],
)
def test_what_the_reader_refuses_does_not_fit_the_schema(tmp_path: Path, wrong: dict[str, object]) -> None:
    check = jsonschema.Draft7Validator(json.loads(scenario_schema()))
    assert check.is_valid({"scenario": [{"name": "a", "adjustment": [GOOD]}]})
    assert not check.is_valid({"scenario": [{"name": "a", "adjustment": [GOOD | wrong]}]})


def test_the_template_passes_its_own_check_as_it_is_and_with_every_scenario(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(TEMPLATE)
    assert [s.name for s in read_scenario_file(path)] == ["Faster growth", "Trade agreement"]
    path.write_text(uncommented(TEMPLATE))
    used = {a.kind: set(a.to_dict()) for s in read_scenario_file(path) for a in s.adjustments}
    assert used.keys() == adjustment_kinds().keys()
    jsonschema.Draft7Validator(json.loads(scenario_schema())).validate(tomllib.loads(uncommented(TEMPLATE)))


def test_the_template_shows_every_key_of_every_kind() -> None:
    raw = tomllib.loads(uncommented(TEMPLATE))
    written: dict[str, set[str]] = {}
    for scenario in raw["scenario"]:
        for adjustment in scenario["adjustment"]:
            written.setdefault(adjustment["kind"], set()).update(adjustment)
    for kind in adjustment_kinds():
        assert {key.name for key in keys_of(kind)} <= written[kind], kind
    assert {"title", "target", "unit", "horizon", "series", "flow", "reporter", "as_of"} < raw.keys()


def test_the_template_of_a_region_passes_its_own_check(tmp_path: Path) -> None:
    text = packaged_text("systems", "templates", "region.toml")
    for name, written in (("a.toml", text), ("b.toml", uncommented(text))):
        (tmp_path / name).write_text(written)
        file = read_system_scenario_file(tmp_path / name)
        assert file.targets.keys() == {"Kazakhstan-Uzbekistan", "Kazakhstan-Central Asia"}
        jsonschema.Draft7Validator(json.loads(of_region.region_schema())).validate(tomllib.loads(written))


def test_the_page_of_the_documentation_says_what_the_code_does() -> None:
    page = PAGE.read_text(encoding="utf8")
    assert page == written_anew(page), "write it anew with python tests/support/scenario_page.py"
    assert page.count("\n### `") == len(adjustment_kinds())
