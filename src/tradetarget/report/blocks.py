"""What a summary consists of: lines of text, and beside them what they say, for other formats than plain text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Headline:
    """The answer in a line, before everything else."""

    words: str


@dataclass(frozen=True)
class Heading:
    """What a summary is about."""

    words: str


@dataclass(frozen=True)
class Facts:
    """Names, each with what it is."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Grid:
    """A table: the heads of its columns, and a row a line; the first column names the row."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""


@dataclass(frozen=True)
class Remarks:
    """Numbered notes."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Verbatim:
    """Lines whose columns stand under one another."""

    lines: tuple[str, ...]


Content = Headline | Heading | Facts | Grid | Remarks | Verbatim


class Block(list[str]):
    """Lines of text that also hold what they say.

    Parameters
    ----------
    lines
        As plain text shows them.
    content
        The same for other formats.
    """

    def __init__(self, lines: Iterable[str], *content: Content) -> None:
        super().__init__(lines)
        self.content = content


def grid(lines: Iterable[str], head: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> Block:
    """The lines of a table, with its cells."""
    return Block(lines, Grid(tuple(head), tuple(tuple(c.strip() for c in r) for r in rows), caption))


def contents(blocks: Iterable[Sequence[str]]) -> tuple[Content, ...]:
    """What blocks of lines say, in order; lines without content stay as they are, and rules between them go."""
    content: list[Content] = []
    for block in blocks:
        if isinstance(block, Block):
            content += block.content
            continue
        lines = tuple(line for line in block if not _is_rule(line))
        if not any(line.strip() for line in lines):
            continue
        if content and isinstance(content[-1], Verbatim):
            content[-1] = Verbatim((*content[-1].lines, *lines))
        else:
            content.append(Verbatim(lines))
    return tuple(content)


def _is_rule(line: str) -> bool:
    return len(line) > 3 and set(line) <= {"=", "-"}
