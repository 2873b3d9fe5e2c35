"""Fixtures of scenario tests."""

import pytest

from tradetarget.answering.question import Question


@pytest.fixture
def law_asked_once(monkeypatch) -> None:
    """The exact law is worked out once a target and horizon: for tests that repeat one question with many seeds."""
    work_out, laws = Question.law, {}

    def law(question, target, horizon):
        key = (question.series, target, horizon)
        if key not in laws:
            laws[key] = work_out(question, target, horizon)
        return laws[key]

    monkeypatch.setattr(Question, "law", law)
