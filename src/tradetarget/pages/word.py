"""The report as a memo for a word processor, with python-docx."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from tradetarget.pages.sections import Section, heading, sections, title
from tradetarget.report.blocks import Facts, Grid
from tradetarget.text_cleaning import escaped

if TYPE_CHECKING:
    from tradetarget.pages.report import Report

PICTURE_INCHES = 6.2
"""The width of the text on A4 with the margins of python-docx's template."""
UNDATED = datetime(2000, 1, 1, tzinfo=UTC)
"""Written in place of the clock's time, so that the same question gives the same file."""


def memo(report: Report) -> bytes:
    """The memo: the same parts as the page, with headings, tables and pictures of the word processor's own."""
    from docx import Document

    document = Document()
    about = document.core_properties
    about.title, about.author, about.comments = escaped(title(report)), "tradetarget", ""
    about.created = about.modified = UNDATED
    document.add_heading(escaped(heading(report)), level=0)
    document.add_paragraph(escaped(title(report)))
    for section in sections(report):
        _write(document, section)
    held = BytesIO()
    document.save(held)
    return held.getvalue()


def _write(document: Any, section: Section) -> None:
    document.add_heading(escaped(section.title), level=1)
    for paragraph in section.paragraphs:
        document.add_paragraph(escaped(paragraph), style="List Number" if section.key == "sources" else None)
    if section.draw is not None:
        _picture(document, section)
    if isinstance(section.table, Grid):
        _table(document, [section.table.head, *section.table.rows])
    elif isinstance(section.table, Facts):
        _table(document, list(section.table.rows), headed=False)


def _picture(document: Any, section: Section) -> None:
    from docx.shared import Inches

    from tradetarget.plotting.canvas import render

    if section.draw is None:
        return
    image = BytesIO(render(section.draw(PICTURE_INCHES), "png"))
    shape = document.add_picture(image, width=Inches(PICTURE_INCHES))
    shape._inline.docPr.set("descr", escaped(section.caption))


def _table(document: Any, rows: list[tuple[str, ...]], *, headed: bool = True) -> None:
    from docx.shared import Pt

    table = document.add_table(
        rows=len(rows), cols=len(rows[0]), style="Light Grid Accent 1" if headed else "Table Grid"
    )
    for cells, words in zip(table.rows, rows, strict=True):
        for cell, text in zip(cells.cells, words, strict=True):
            run = cell.paragraphs[0].add_run(escaped(text))
            run.font.size = Pt(8.5)
    document.add_paragraph()
