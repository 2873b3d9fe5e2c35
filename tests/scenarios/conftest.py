"""Fixtures of scenario tests."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tradetarget.answering.question import Question


@contextmanager
def laws_kept() -> Iterator[None]:
    """The exact law of a model is worked out once a series, target and horizon; none of the tests changes drivers."""
    work_out, laws = Question.law, {}

    def law(question, target, horizon):
        key = (question.fitted.model_name, question.series, target, horizon)
        if key not in laws:
            laws[key] = work_out(question, target, horizon)
        return laws[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Question, "law", law)
        yield


@pytest.fixture
def law_asked_once() -> Iterator[None]:
    """For a test that repeats one question with many seeds."""
    with laws_kept():
        yield


@pytest.fixture(scope="module")
def laws_of_the_module() -> Iterator[None]:
    """For tests that ask one question with many levers."""
    with laws_kept():
        yield
