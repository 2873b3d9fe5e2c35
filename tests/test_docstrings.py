"""Docstrings as the API pages show them: napoleon takes "words: more" at the start of an attribute for its type.

It does so with properties too.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[1] / "src" / "tradetarget"
CODE_OR_ROLE = re.compile(r"``[^`]*``|:[\w:.+-]+:`[^`]*`|`[^`]*`")


def is_property(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and any("property" in ast.unparse(d) for d in node.decorator_list)


def attribute_docstrings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and text of every string that documents a property, or the assignment before it."""
    for node in ast.walk(tree):
        if is_property(node) and (text := ast.get_docstring(node)):
            yield node.body[0].lineno, text
        body = getattr(node, "body", None)
        if not isinstance(body, list):
            continue
        for before, after in pairwise(body):
            is_text = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
            if isinstance(before, ast.Assign | ast.AnnAssign) and is_text and isinstance(after.value.value, str):
                yield after.lineno, after.value.value


@pytest.mark.parametrize("text", ["Paths kept: fifteen years", "Years: judgement"])
def test_the_check_finds_what_napoleon_would_take_for_a_type(text: str) -> None:
    assert is_mangled(text)


def test_code_and_roles_may_hold_colons() -> None:
    assert not is_mangled("As in :func:`forecast` and ``a:b``, see there.")


def is_mangled(docstring: str) -> bool:
    """Whether napoleon would show what stands before the first colon of the first line as a type."""
    return ":" in CODE_OR_ROLE.sub("", docstring.strip().splitlines()[0])


@pytest.mark.parametrize("path", sorted(SOURCES.rglob("*.py")), ids=lambda p: str(p.relative_to(SOURCES)))
def test_no_attribute_is_documented_with_a_colon_that_becomes_its_type(path: Path) -> None:
    wrong = [
        line for line, text in attribute_docstrings(ast.parse(path.read_text(encoding="utf8"))) if is_mangled(text)
    ]
    assert not wrong, f"write a full sentence, or move the colon to a later line: {path.name} lines {wrong}"
