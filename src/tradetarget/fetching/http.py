"""Asking a web service politely: one request at a time, waits between them, answers checked as they arrive.

Waiting goes through ``sleep`` and the time of day through ``clock``, so that tests neither sleep nor depend on a clock.
"""

from __future__ import annotations

import importlib
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from tradetarget.checks import between, whole
from tradetarget.errors import FetchError

T = TypeVar("T")

TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses that a later attempt may cure (RFC 9110, section 15; 425. RFC 8470; 429. RFC 6585)."""

EXCERPT = 160
"""Characters of a service's own words in an error. Judgement, so that the error stays readable as one line."""


LONGEST_WAIT = 86_400.0
"""Seconds that any one wait may be set to. Judgement. A day, after which a person asks again."""


class UnreadableAnswerError(ValueError):
    """An answer that is not in the documented shape: cut off, or a page of something else."""


class RefusedError(FetchError):
    """A service that refuses the question; ``status`` is its HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Patience:
    """How often to ask and how long to wait, in seconds.

    The defaults are judgement: a public service of statistics may take half a minute for a long table, and is asked at
    most once a second, which is the limit that UN Comtrade states for requests without a key.

    Parameters
    ----------
    attempts
        How often one question is asked before giving up.
    connect, read
        Time-outs of one attempt: to connect, and between two pieces of the answer.
    first_wait
        Before the second attempt; doubled before each later one.
    longest_wait
        A service that asks for a longer wait than this (``Retry-After``) is not waited for.
    interval
        Least time between two requests.
    """

    attempts: int = 5
    connect: float = 10.0
    read: float = 60.0
    first_wait: float = 2.0
    longest_wait: float = 120.0
    interval: float = 1.0

    def __post_init__(self) -> None:
        whole(1, 1000)(self.attempts, "attempts")
        for name in ("connect", "read", "first_wait", "longest_wait", "interval"):
            between(0.0, LONGEST_WAIT)(getattr(self, name), name)


def utc_now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


@dataclass
class Client:
    """Asks one service, again where that helps.

    Parameters
    ----------
    service
        Its name, for messages.
    headers
        Sent with every request. A key belongs here and never in the address, which is written to files.
    patience
        How often to ask and how long to wait.
    sleep, clock
        Wait some seconds; the present moment.
    answered
        Told the number of answers so far.

    Attributes
    ----------
    addresses
        The addresses that answered, in order, without keys.
    """

    service: str
    headers: Mapping[str, str] = field(default_factory=dict)
    patience: Patience = Patience()
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], datetime] = utc_now
    answered: Callable[[int], None] | None = None
    addresses: list[str] = field(default_factory=list)
    _last: datetime | None = field(default=None, repr=False)

    def get(self, url: str, read: Callable[[bytes], T], params: Mapping[str, str] | None = None) -> T:
        """What ``read`` makes of the answer to one question.

        Parameters
        ----------
        url, params
            The address and its query.
        read
            Reads the body of an answer; raises UnreadableAnswerError where it is not in the documented shape, and then
            the question is asked again.

        Raises
        ------
        FetchError
            When the service refuses (``RefusedError``), or every attempt failed: by a time-out, a broken connection, a
            status such as 429 or 500, or an answer that cannot be read.
        """
        failure = _Failure("")
        for attempt in range(self.patience.attempts):
            if attempt:
                doubled = self.patience.first_wait * 2.0 ** (attempt - 1)
                self.sleep(max(failure.wait, min(doubled, self.patience.longest_wait)))
            outcome = self._attempt(url, read, params)
            if not isinstance(outcome, _Failure):
                return outcome
            failure = outcome
        raise FetchError(
            f"{self.service} did not answer in {self.patience.attempts} attempts ({failure.reason}): try again later"
        )

    def _attempt(self, url: str, read: Callable[[bytes], T], params: Mapping[str, str] | None) -> T | _Failure:
        """One request: its answer, or why another attempt may do better."""
        requests = installed("requests")
        self._keep_interval()
        headers = {"User-Agent": "tradetarget", **self.headers}
        timeout = (self.patience.connect, self.patience.read)
        try:
            # A redirect to another host would carry the key there, so none is followed.
            response = requests.get(
                url, params=dict(params or {}), headers=headers, timeout=timeout, allow_redirects=False
            )
        except requests.exceptions.Timeout:
            return _Failure(f"no answer within {self.patience.read:g} s")
        except requests.exceptions.RequestException as error:
            return _Failure(f"the connection failed: {_cause(error)}")
        status = int(response.status_code)
        if status in TRANSIENT:
            return _Failure(f"status {status}", self._requested_wait(response.headers.get("Retry-After", ""), status))
        if not 200 <= status < 300:
            reason = self._refusal(status, response.content)
            raise RefusedError(f"{self.service} refuses (status {status}): {reason}", status)
        if _is_cut_off(response.headers, response.content):
            return _Failure("its answer is cut off")
        try:
            answer = read(response.content)
        except UnreadableAnswerError as error:
            return _Failure(f"its answer cannot be read: {error}")
        self.addresses.append(str(response.url))
        if self.answered is not None:
            self.answered(len(self.addresses))
        return answer

    def _keep_interval(self) -> None:
        """Wait until the least time since the last request is over."""
        if self._last is not None:
            remaining = self.patience.interval - (self.clock() - self._last).total_seconds()
            if remaining > 0.0:
                self.sleep(remaining)
        self._last = self.clock()

    def _requested_wait(self, header: str, status: int) -> float:
        """Seconds that the service asks to wait; a FetchError where that is longer than anyone would."""
        seconds = retry_after(header, self.clock())
        if seconds > self.patience.longest_wait:
            raise FetchError(
                f"{self.service} asks to wait {seconds:,.0f} s before the next request (status {status}), probably "
                "because a quota is used up: try again then"
            )
        return seconds

    def _refusal(self, status: int, content: bytes) -> str:
        """The service's own words, without what was sent in headers."""
        words = excerpt(content) or "without a word"
        for secret in self.headers.values():
            words = words.replace(secret, "***")
        return f"{words}; check the key, and how many requests it still allows" if status in (401, 403) else words


@dataclass(frozen=True)
class _Failure:
    """Why an attempt failed, and how many seconds the service asks to wait before the next."""

    reason: str
    wait: float = 0.0


def retry_after(header: str, now: datetime) -> float:
    """Seconds that a ``Retry-After`` header asks for, as a number or as a date (RFC 9110, section 10.2.3); else 0.

    >>> retry_after("7", utc_now()), retry_after("soon", utc_now())
    (7.0, 0.0)
    """
    text = header.strip()
    if re.fullmatch(r"\d+", text):
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - now).total_seconds())


def _is_cut_off(headers: Mapping[str, str], content: bytes) -> bool:
    """Whether fewer bytes came than were announced; a compressed answer announces other bytes than it holds.

    urllib3 2 sees to this itself, and older ones do not: a table that ends early would pass for a short one.
    """
    announced = headers.get("Content-Length", "")
    return announced.isdecimal() and "Content-Encoding" not in headers and len(content) < int(announced)


def installed(package: str) -> Any:
    """A package of the extra ``fetch``.

    Raises
    ------
    FetchError
        Where it is not installed.
    """
    try:
        return importlib.import_module(package)
    except ImportError:
        remedy = "pip install 'tradetarget[fetch]'"
        raise FetchError(f"fetching needs {package}, which is not installed: {remedy}") from None


def excerpt(content: bytes) -> str:
    """The first words of an answer without its markup, on one line."""
    text = re.sub(r"<[^>]*>", " ", content.decode("utf-8", errors="replace"))
    words = " ".join(text.split())
    return words if len(words) <= EXCERPT else f"{words[: EXCERPT - 3]}..."


def _cause(error: Exception) -> str:
    """The innermost reason in a word or two; addresses stay out, because they are long and may hold what is private."""
    innermost: BaseException = error
    while innermost.__cause__ or innermost.__context__:
        innermost = innermost.__cause__ or innermost.__context__ or innermost
    return getattr(innermost, "strerror", None) or type(innermost).__name__
