"""Formulas as MathML, converted when the site is built, so that a page needs no script and no network to show them.

Sphinx's own renderers ask a server for MathJax or need LaTeX. Browsers have rendered MathML themselves since 2023, and
latex2mathml turns the formulas of these pages into it.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.errors import ExtensionError

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

UNREADABLE = ("<mi>&<", "<mi>\\", "<mtext>\\")
"""What latex2mathml leaves of a command or an alignment that it does not know. It raises nothing."""


def mathml(latex: str, display: str) -> str:
    """The formula as MathML.

    Raises
    ------
    ExtensionError
        On a command that the converter does not know: a build fails where a page would show the command's name.
    """
    try:
        made = convert(latex, display=display)
    except Exception as error:
        raise ExtensionError(f"this formula cannot be converted to MathML: {latex} ({error})") from error
    if any(mark in made for mark in UNREADABLE):
        raise ExtensionError(f"latex2mathml does not know a command of this formula: {latex}")
    return made.replace("<math ", f'<math alttext="{escape(latex, quote=True)}" ', 1)


def visit_inline(writer: HTML5Translator, node: nodes.math) -> None:
    """Write a formula in a line of text."""
    writer.body.append(mathml(node.astext(), "inline"))
    raise nodes.SkipNode


def visit_block(writer: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula that stands alone; one that is wider than the page scrolls in its own box."""
    writer.body.append(f'<div class="formula" tabindex="0">{mathml(node.astext().strip(), "block")}</div>\n')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Make this the way in which HTML pages show formulas."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
