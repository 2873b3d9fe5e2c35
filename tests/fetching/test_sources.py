"""Each service's question and answer, in the documented shape, on the loopback."""

from dataclasses import replace

import pytest
from loopback import Loopback, Reply, Time, serving
from service_answers import (
    EUROSTAT_FAULT,
    EXPORTS,
    IMPORTS,
    WORLDBANK_ERROR,
    comtrade,
    comtrade_lists,
    comtrade_record,
    eurostat,
    imf,
    worldbank,
)

from tradetarget.errors import FetchError
from tradetarget.fetching import Fetched, IncompleteFetchError, Patience, fetch

ONCE = Patience(attempts=1, read=0.5)
TURNOVER = {("turnover", y): EXPORTS[y] + IMPORTS[y] for y in EXPORTS}


def ask(server: Loopback, source: str, reporter: str = "KAZ", partner: str = "UZB", **asked: object) -> Fetched:
    time = Time()
    options: dict[str, object] = {"start": 2022, "patience": ONCE, "environment": {}, **asked}
    return fetch(
        source, reporter=reporter, partner=partner, address=server.url, sleep=time.sleep, clock=time.clock, **options
    )


class TestComtrade:
    def test_turnover_is_exports_plus_imports_of_all_goods(self) -> None:
        with serving(*comtrade_lists(), comtrade()) as server:
            fetched = ask(server, "comtrade", end=2024)
        assert fetched.values == TURNOVER
        assert (fetched.unit, fetched.vintage, fetched.notes) == ("USD", "", ())
        assert server.asked[2].path == "/public/v1/preview/C/A/HS"
        assert server.asked[2].query == {
            "reporterCode": "398", "partnerCode": "860", "period": "2022,2023,2024", "flowCode": "X,M",
            "cmdCode": "TOTAL", "partner2Code": "0", "customsCode": "C00", "motCode": "0",
        }  # fmt: skip

    def test_a_key_goes_into_a_header_and_nowhere_else(self) -> None:
        with serving(*comtrade_lists(), comtrade()) as server:
            fetched = ask(server, "comtrade", end=2024, environment={"COMTRADE_API_KEY": "s3cr3t"})
        assert server.asked[2].path == "/data/v1/get/C/A/HS"
        assert server.asked[2].headers["Ocp-Apim-Subscription-Key"] == "s3cr3t"
        assert "s3cr3t" not in fetched.to_frame().to_csv() + str(fetched.to_dict()) + fetched.summary()

    def test_long_spans_are_asked_for_twelve_years_at_a_time(self) -> None:
        answers = [comtrade({y: 1e9 + y}, {y: 2e9}) for y in (2000, 2012, 2024)]
        with serving(*comtrade_lists(), *answers) as server:
            fetched = ask(server, "comtrade", start=2000, end=2025, flow="exports")
        assert [a.query["period"].count(",") + 1 for a in server.asked[2:]] == [12, 12, 2]
        assert sorted(fetched.values) == [("exports", 2000), ("exports", 2012), ("exports", 2024)]

    def test_the_countrys_own_number_is_looked_up_and_not_guessed(self) -> None:
        french = Reply(comtrade().body.replace(b'"reporterCode": 398', b'"reporterCode": 251'))
        with serving(*comtrade_lists(), french) as server:
            ask(server, "comtrade", "FRA", end=2024)
        assert server.asked[2].query["reporterCode"] == "251"

    def test_the_world_is_a_partner(self) -> None:
        total = Reply(comtrade().body.replace(b'"partnerCode": 860', b'"partnerCode": 0'))
        with serving(*comtrade_lists(), total) as server:
            assert ask(server, "comtrade", partner="World", end=2024).name == "Kazakhstan-World"

    def test_a_country_that_is_not_listed_is_refused(self) -> None:
        with serving(*comtrade_lists()) as server, pytest.raises(FetchError, match="no single country TKM"):
            ask(server, "comtrade", "TKM")

    def test_fewer_records_than_announced_are_a_cut_off_answer(self) -> None:
        with serving(*comtrade_lists(), comtrade(count=7)) as server, pytest.raises(FetchError, match="announces 7"):
            ask(server, "comtrade", end=2024)

    def test_the_services_error_is_passed_on(self) -> None:
        answer = comtrade({}, {}, error="Invalid period")
        with serving(*comtrade_lists(), answer) as server, pytest.raises(FetchError, match="error: Invalid period"):
            ask(server, "comtrade")

    def test_records_of_another_pair_are_not_taken(self) -> None:
        other = Reply(comtrade().body.replace(b'"partnerCode": 860', b'"partnerCode": 417'))
        with serving(*comtrade_lists(), other) as server, pytest.raises(FetchError, match="398 and 417, not of those"):
            ask(server, "comtrade", end=2024)

    def test_two_totals_of_one_year_are_a_contradiction(self) -> None:
        twice = comtrade(data=[comtrade_record("X", 2022, 1.0), comtrade_record("X", 2022, 2.0)], count=2)
        with (
            serving(*comtrade_lists(), twice) as server,
            pytest.raises(FetchError, match="exports of 2022 stands twice"),
        ):
            ask(server, "comtrade", end=2024)

    @pytest.mark.parametrize("body", [b"", b"null", b"[]", b'{"data": {}}', b'{"data": [{}]}', b"<html/>", b'{"da'])
    def test_answers_of_another_shape_are_named_and_not_taken(self, body: bytes) -> None:
        with serving(*comtrade_lists(), Reply(body)) as server, pytest.raises(FetchError, match="cannot be read"):
            ask(server, "comtrade", end=2024)

    def test_what_had_arrived_before_a_failure_is_kept(self) -> None:
        first = comtrade({2000: 1e9, 2001: 2e9}, {2000: 3e9})
        with (
            serving(*comtrade_lists(), first, Reply(status=500)) as server,
            pytest.raises(IncompleteFetchError, match=r"status 500.*4 figures of 2000-2001 had arrived") as caught,
        ):
            ask(server, "comtrade", start=2000, end=2025)
        assert caught.value.fetched.values == {
            ("exports", 2000): 1e9, ("exports", 2001): 2e9, ("imports", 2000): 3e9, ("turnover", 2000): 4e9,
        }  # fmt: skip

    def test_progress_is_told_answer_by_answer(self) -> None:
        told: list[tuple[int, int]] = []
        with serving(*comtrade_lists(), comtrade()) as server:
            ask(server, "comtrade", end=2024, progress=lambda done, whole: told.append((done, whole)))
        assert told == [(1, 3), (2, 3), (3, 3)]


class TestImf:
    def test_figures_are_dollars_whatever_the_scale_column_says(self) -> None:
        with serving(imf()) as server:
            fetched = ask(server, "imf", end=2024)
        assert fetched.values == TURNOVER
        assert server.asked[0].path == "/data/IMF.STA,IMTS/KAZ.XG_FOB_USD+MG_CIF_USD.UZB.A"
        assert server.asked[0].query == {"startPeriod": "2022", "endPeriod": "2024"}
        assert server.asked[0].headers["Accept"] == "application/vnd.sdmx.data+csv;version=1.0.0"

    def test_one_flow_is_asked_for_alone(self) -> None:
        with serving(imf(imports={})) as server:
            assert ask(server, "imf", end=2024, flow="exports").values == {
                ("exports", y): v for y, v in EXPORTS.items()
            }
        assert server.asked[0].path.endswith("KAZ.XG_FOB_USD.UZB.A")

    @pytest.mark.parametrize("missing", [Reply(status=404), imf({}, {})])
    def test_no_series_is_said_with_the_question(self, missing: Reply) -> None:
        with serving(missing) as server, pytest.raises(FetchError, match="no exports and imports of Kazakhstan with U"):
            ask(server, "imf")

    def test_another_refusal_is_passed_on(self) -> None:
        with (
            serving(Reply(b"bad key", 400)) as server,
            pytest.raises(FetchError, match=r"refuses \(status 400\): bad key"),
        ):
            ask(server, "imf")

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            (b"UZB,A,", b"KGZ,A,", "KAZ and KGZ"),
            (b"UZB,A,", b"UZB,M,", "not what was asked"),
            (b"A,2023", b"A,2023-Q1", "'2023-Q1' is not a year"),
            (b"1398000000.0", b"n.a.", "'n.a.', which is not a number"),
            (b"1398000000.0", b"-5", "'-5', which trade cannot be"),
            (b"XG_FOB_USD", b"TBG_USD", "indicator 'TBG_USD'"),
            (b"OBS_VALUE", b"VALUE", "no column OBS_VALUE"),
        ],
    )
    def test_answers_that_are_not_to_the_question_are_named(self, old: bytes, new: bytes, message: str) -> None:
        with serving(Reply(imf().body.replace(old, new))) as server, pytest.raises(FetchError, match=message):
            ask(server, "imf", end=2024)

    def test_a_line_cut_off_is_named(self) -> None:
        with serving(Reply(imf().body[:-30])) as server, pytest.raises(FetchError, match="line 7 is cut off"):
            ask(server, "imf", end=2024)

    def test_the_european_union_is_refused_with_a_remedy(self) -> None:
        with serving(imf()) as server, pytest.raises(FetchError, match="ask eurostat"):
            ask(server, "imf", "EU")


class TestWorldBank:
    def test_totals_with_the_world_one_flow_at_a_time(self) -> None:
        answers = [worldbank("TX.VAL.MRCH.CD.WT", EXPORTS), worldbank("TM.VAL.MRCH.CD.WT", IMPORTS)]
        with serving(*answers) as server:
            fetched = ask(server, "worldbank", partner="World", end=2024)
        assert fetched.values == TURNOVER
        assert fetched.vintage == "2026-07-13"
        assert [a.path.rsplit("/", 1)[-1] for a in server.asked] == ["TX.VAL.MRCH.CD.WT", "TM.VAL.MRCH.CD.WT"]
        assert server.asked[0].query == {"format": "json", "date": "2022:2024", "per_page": "1000"}

    def test_pairs_are_refused_with_a_remedy_before_anything_is_asked(self) -> None:
        with serving(WORLDBANK_ERROR) as server, pytest.raises(FetchError, match="leave --partner out"):
            ask(server, "worldbank")
        assert server.asked == []

    def test_a_year_without_a_figure_is_left_out_and_said(self) -> None:
        with serving(worldbank("TX", {**EXPORTS, 2023: None})) as server:
            fetched = ask(server, "worldbank", partner="World", end=2024, flow="exports")
        assert sorted(fetched.values) == [("exports", 2022), ("exports", 2024)]
        assert fetched.notes == ("The service has no figure for 2023.",)

    def test_its_error_comes_with_status_200_and_is_passed_on(self) -> None:
        with serving(WORLDBANK_ERROR) as server, pytest.raises(FetchError, match="parameter value is not valid"):
            ask(server, "worldbank", partner="World")

    def test_a_page_of_several_is_not_the_whole_answer(self) -> None:
        with (
            serving(worldbank("TX", EXPORTS, pages=2, total=9)) as server,
            pytest.raises(FetchError, match="announces 9"),
        ):
            ask(server, "worldbank", partner="World", end=2024)

    def test_nothing_at_all_is_said(self) -> None:
        empty = Reply(b'[{"page":1,"pages":1,"per_page":1000,"total":0,"lastupdated":"2026-07-13"},null]')
        with serving(empty) as server, pytest.raises(FetchError, match="has no exports and imports of Kazakhstan"):
            ask(server, "worldbank", partner="World")


class TestEurostat:
    def test_euros_with_the_date_of_the_last_update(self) -> None:
        with serving(eurostat()) as server:
            fetched = ask(server, "eurostat", "DEU", "KAZ", end=2024)
        assert fetched.values == TURNOVER
        assert (fetched.unit, fetched.vintage) == ("EUR", "2026-09-15")
        assert server.asked[0].path == "/data/DS-059331/A.DE.KZ.TOTAL.1+2.VALUE_EUR"
        assert server.asked[0].query == {"format": "SDMX-CSV", "startPeriod": "2022", "endPeriod": "2024"}

    def test_a_fault_is_said_in_its_own_words(self) -> None:
        with serving(EUROSTAT_FAULT) as server, pytest.raises(FetchError, match="INVALID_QUERY_DIMENSION_VALUE"):
            ask(server, "eurostat", "DEU", "KAZ")

    @pytest.mark.parametrize(
        ("country", "code"), [("Serbia", "XS"), ("Greece", "GR"), ("World", "WORLD"), ("KAZ", "KZ")]
    )
    def test_partners_have_eurostats_codes(self, country: str, code: str) -> None:
        with serving(Reply(eurostat().body.replace(b",KZ,", f",{code},".encode()))) as server:
            ask(server, "eurostat", "DEU", country, end=2024)
        assert f".{code}." in server.asked[0].path

    def test_the_union_reports_as_one(self) -> None:
        union = Reply(eurostat().body.replace(b",DE,", b",EU27_2020,"))
        with serving(union) as server:
            assert ask(server, "eurostat", "EU", "KAZ", end=2024).name == "European Union-Kazakhstan"

    def test_an_update_without_a_date_states_no_vintage(self) -> None:
        undated = replace(eurostat(), body=eurostat().body.replace(b"15/09/26 11:00:00", b"recently"))
        with serving(undated) as server:
            assert ask(server, "eurostat", "DEU", "KAZ", end=2024).vintage == ""
