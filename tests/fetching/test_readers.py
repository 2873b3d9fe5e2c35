"""Whatever a service sends, its reader gives figures or says that the answer cannot be read: never another error."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from service_answers import EXPORTS, WORLDBANK_ERROR, comtrade, comtrade_lists, eurostat, imf, worldbank

from tradetarget.errors import FetchError
from tradetarget.fetching import comtrade as comtrade_module
from tradetarget.fetching import eurostat as eurostat_module
from tradetarget.fetching import imf as imf_module
from tradetarget.fetching import worldbank as worldbank_module
from tradetarget.fetching.http import UnreadableAnswerError

READERS: dict[str, Callable[[bytes], Any]] = {
    "comtrade": lambda content: comtrade_module._read(content, "398", "860"),
    "comtrade areas": comtrade_module._read_areas,
    "imf": lambda content: imf_module._read(content, "KAZ", "UZB"),
    "worldbank": lambda content: worldbank_module._read(content, "KAZ", "exports"),
    "eurostat": lambda content: eurostat_module._read(content, "DE", "KZ"),
}
RECORDED = {
    "comtrade": [comtrade().body],
    "comtrade areas": [r.body for r in comtrade_lists()],
    "imf": [imf().body],
    "worldbank": [worldbank("TX.VAL.MRCH.CD.WT", EXPORTS).body, WORLDBANK_ERROR.body],
    "eurostat": [eurostat().body],
}
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
any_json = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner))


def tried(name: str, content: bytes) -> None:
    words = ""
    try:
        READERS[name](content)
    except (UnreadableAnswerError, FetchError) as error:
        words = str(error)
    assert "\n" not in words


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=25)
@given(content=st.binary(max_size=80))
def test_any_bytes(name: str, content: bytes) -> None:
    tried(name, content)


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=25)
@given(answer=any_json)
def test_any_json(name: str, answer: object) -> None:
    tried(name, json.dumps(answer).encode())


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=25)
@given(data=st.data())
def test_a_recorded_answer_cut_or_overwritten_anywhere(name: str, data: st.DataObject) -> None:
    body = data.draw(st.sampled_from(RECORDED[name]))
    at = data.draw(st.integers(0, len(body)))
    new = data.draw(
        st.binary(max_size=6) | st.sampled_from([b"null", b"[]", b"{}", b"-1", b'"', b",", b"\n", b"1e999"])
    )
    tried(name, body[:at] + new + body[at + data.draw(st.integers(0, 12)) :])


@pytest.mark.parametrize("name", ["comtrade", "worldbank"])
@settings(max_examples=25)
@given(data=st.data())
def test_a_recorded_answer_with_any_value_in_place_of_one_of_its_own(name: str, data: st.DataObject) -> None:
    answer = json.loads(RECORDED[name][0])
    places: list[tuple[Any, Any]] = []

    def walk(node: Any) -> None:
        for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
            places.append((node, key))
            walk(value)

    walk(answer)
    node, key = data.draw(st.sampled_from(places))
    node[key] = data.draw(any_json)
    tried(name, json.dumps(answer).encode())


@pytest.mark.parametrize("year", ["²²²²", "٢٠٢٢", "20 2", "-202"])
def test_a_year_has_four_plain_digits(year: str) -> None:
    with pytest.raises(UnreadableAnswerError, match="is not a year"):
        READERS["imf"](imf().body.replace(b",2022,", f",{year},".encode()))


def test_a_cell_beyond_every_bound_is_no_csv() -> None:
    with pytest.raises(UnreadableAnswerError, match="it is no CSV"):
        READERS["imf"](imf().body.replace(b",UZB,", b"," + b"U" * 200_000 + b",", 1))
