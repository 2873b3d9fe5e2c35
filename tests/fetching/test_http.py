"""The client against a server on the loopback: what it waits for, what it gives up on, and what it never says."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback import Loopback, Reply, Time, serving

from tradetarget.errors import FetchError
from tradetarget.fetching.http import (
    Client,
    Patience,
    RefusedError,
    UnreadableAnswerError,
    _is_cut_off,
    excerpt,
    retry_after,
)

QUICK = Patience(attempts=3, read=0.05, first_wait=2.0, longest_wait=60.0, interval=1.0)
GOOD = Reply(b'{"a": 1}')


def read(content: bytes) -> dict[str, int]:
    try:
        return json.loads(content)
    except ValueError:
        raise UnreadableAnswerError("it is not JSON") from None


def ask(server: Loopback, time: Time, patience: Patience = QUICK, **headers: str) -> dict[str, int]:
    return Client("The service", headers, patience, time.sleep, time.clock).get(f"{server.url}/x", read, {"q": "1"})


class TestAnswers:
    def test_an_answer_is_read_and_its_address_kept(self) -> None:
        time = Time()
        with serving(GOOD) as server:
            client = Client("The service", {}, QUICK, time.sleep, time.clock)
            assert client.get(f"{server.url}/x", read, {"q": "a,b"}) == {"a": 1}
            assert client.addresses == [f"{server.url}/x?q=a%2Cb"]
        assert time.slept == []

    def test_requests_keep_their_distance(self) -> None:
        time = Time()
        with serving(GOOD) as server:
            client = Client("The service", {}, QUICK, time.sleep, time.clock)
            for _ in range(3):
                client.get(f"{server.url}/x", read)
        assert time.slept == [1.0, 1.0]

    def test_the_number_of_answers_is_told(self) -> None:
        time, told = Time(), []
        with serving(GOOD) as server:
            client = Client("The service", {}, QUICK, time.sleep, time.clock, told.append)
            client.get(f"{server.url}/x", read)
            client.get(f"{server.url}/x", read)
        assert told == [1, 2]


class TestAttempts:
    @pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
    def test_a_passing_failure_is_asked_again(self, status: int) -> None:
        time = Time()
        with serving(Reply(status=status), GOOD) as server:
            assert ask(server, time) == {"a": 1}
            assert len(server.asked) == 2
        assert time.slept == [2.0]

    def test_waits_double(self) -> None:
        time = Time()
        with serving(Reply(status=500)) as server, pytest.raises(FetchError, match=r"3 attempts \(status 500\)"):
            ask(server, time)
        assert time.slept == [2.0, 4.0]

    def test_the_wait_that_the_service_asks_for_is_kept(self) -> None:
        time = Time()
        with serving(Reply(status=429, headers={"Retry-After": "17"}), GOOD) as server:
            ask(server, time)
        assert time.slept == [17.0]

    def test_a_date_to_come_back_at_is_kept(self) -> None:
        time = Time()
        late = {"Retry-After": "Sat, 28 Nov 2026 12:00:30 GMT"}
        with serving(Reply(status=503, headers=late), GOOD) as server:
            ask(server, time)
        assert time.slept == [30.0]

    def test_a_quota_used_up_is_not_waited_for(self) -> None:
        time = Time()
        with (
            serving(Reply(status=429, headers={"Retry-After": "86400"})) as server,
            pytest.raises(FetchError, match="asks to wait 86,400 s"),
        ):
            ask(server, time)
        assert time.slept == []

    def test_silence_ends_in_a_time_out(self) -> None:
        time = Time()
        with serving(Reply(silent=True)) as server, pytest.raises(FetchError, match=r"no answer within 0\.05 s"):
            ask(server, time)
        assert len(server.asked) == 3

    def test_an_answer_cut_off_on_its_way_is_asked_for_again(self) -> None:
        time = Time()
        with serving(Reply(b'{"a": 1', cut=True), GOOD) as server:
            assert ask(server, time) == {"a": 1}

    def test_a_table_that_ends_early_is_seen_whatever_the_transport_lets_pass(self) -> None:
        assert _is_cut_off({"Content-Length": "9"}, b"a,b\n1")
        assert not _is_cut_off({"Content-Length": "5"}, b"a,b\n1")
        assert not _is_cut_off({"Content-Length": "9", "Content-Encoding": "gzip"}, b"a,b\n1")
        assert not _is_cut_off({}, b"")

    def test_a_page_of_something_else_is_asked_for_again_and_then_named(self) -> None:
        time = Time()
        with serving(Reply(b"<html>maintenance</html>")) as server, pytest.raises(FetchError, match="it is not JSON"):
            ask(server, time)
        assert len(server.asked) == 3

    def test_no_server_at_all_is_a_failed_connection(self) -> None:
        time = Time()
        with serving(GOOD) as server:
            pass
        with pytest.raises(FetchError, match="the connection failed: Connection refused"):
            ask(server, time)


class TestRefusals:
    @pytest.mark.parametrize("status", [301, 400, 404, 413])
    def test_a_refusal_is_final_and_in_the_services_own_words(self, status: int) -> None:
        time = Time()
        with (
            serving(Reply(b"<fault><text>INVALID_QUERY: no such dimension</text></fault>", status)) as server,
            pytest.raises(RefusedError, match=f"status {status}.*INVALID_QUERY: no such dimension") as caught,
        ):
            ask(server, time)
        assert caught.value.status == status
        assert len(server.asked) == 1

    def test_a_key_that_is_refused_is_never_repeated(self) -> None:
        time = Time()
        body = b'{"statusCode": 401, "message": "Access denied due to invalid subscription key s3cr3t."}'
        with serving(Reply(body, 401)) as server, pytest.raises(RefusedError, match="check the key") as caught:
            ask(server, time, Key="s3cr3t")
        assert "s3cr3t" not in str(caught.value)

    def test_a_redirect_does_not_carry_the_key_elsewhere(self) -> None:
        time = Time()
        with serving(GOOD) as other, serving(Reply(status=302, headers={"Location": other.url})) as server:
            with pytest.raises(RefusedError, match="status 302"):
                ask(server, time, Key="s3cr3t")
            assert other.asked == []


@given(st.binary())
def test_an_excerpt_is_one_short_line_whatever_the_answer(content: bytes) -> None:
    words = excerpt(content)
    assert len(words) <= 160
    assert "\n" not in words


@given(st.text())
def test_a_header_of_any_text_asks_for_no_negative_wait(header: str) -> None:
    assert retry_after(header, datetime(2026, 11, 28, tzinfo=UTC)) >= 0.0
