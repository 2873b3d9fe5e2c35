"""Answers that travel: one page, memo or workbook with everything that one question's answer rests on.

``report_on`` asks everything; ``Report.save`` writes it as HTML, Word or Excel by the ending of the file.
"""

from tradetarget.pages.asking import report_on
from tradetarget.pages.report import Report

__all__ = ["Report", "report_on"]
