"""Sphinx configuration: the pydata theme, and pages whose examples are executed when the site is built."""

import os
import re
import sys
from importlib.metadata import version as _version
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "extensions"))
# Cells that begin with "!" run the command `tradetarget` of the environment that builds the site, activated or not.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
os.environ["NO_COLOR"] = "1"  # cells have a terminal, and its red is hard to read on a page

project = "tradetarget"
author = "The tradetarget developers"
copyright = "2026, the tradetarget developers"
release = version = _version("tradetarget")

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "sphinx_design",
    "mathml",
]
exclude_patterns = ["_build", "jupyter_execute", "scenarios/*.py"]
html_theme = "pydata_sphinx_theme"
html_title = "tradetarget"
html_static_path = ["_static"]
html_css_files = ["style.css"]
html_math_renderer = "mathml"
templates_path = ["_templates"]
html_sidebars = {"index": [], "**": ["whole-site.html"]}
html_theme_options = {
    "show_prev_next": True,
    "navigation_with_keys": False,
    "header_links_before_dropdown": 5,
    "secondary_sidebar_items": ["page-toc"],
}

nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_typehints = "signature"
autodoc_type_aliases = {name: name for name in ("Array", "ArrayLike")}
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_default_options = {"members": True}
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False
suppress_warnings = ["myst.header", "mystnb.unknown_mime_type"]

# Every reference is checked, but for types in signatures (those of other packages, whose pages need a network) and for
# internal classes, modules and constants, which have no page.
nitpicky = True
nitpick_ignore_regex = [("py:(class|mod|data)", ".*")]


FORWARD = re.compile(r"TypeAliasForwardRef\('(\w+)'\)")
"""How autodoc writes an alias in a union. "Array | None" is "TypeAliasForwardRef('Array') | None"."""
NDARRAY = re.compile(r"~?[\w.]*\bndarray\[tuple\[~?[\w.]*\bAny, \.\.\.\], ~?[\w.]*\bdtype\[~?[\w.]*?(\w+)\]\]")
"""An array's type where an alias is resolved, as in the signature of a dataclass."""


def readable(app, what, name, object_, options, signature, returns):
    """A signature with the names of aliases, as the sources have them."""

    def plain(part):
        short = NDARRAY.sub(lambda found: "Array" if found[1] == "float64" else f"NDArray[{found[1]}]", part)
        return FORWARD.sub(r"\1", short).replace("<factory>", "...")  # which Sphinx cannot parse

    return tuple(part and plain(part) for part in (signature, returns))


def setup(app):
    """Connect what has no setting."""
    app.connect("autodoc-process-signature", readable)
