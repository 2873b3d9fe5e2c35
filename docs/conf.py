"""Sphinx configuration: the pydata theme, and pages whose examples are executed when the site is built."""

from importlib.metadata import version as _version

project = "tradetarget"
author = "The tradetarget developers"
copyright = "2026, the tradetarget developers"
release = version = _version("tradetarget")

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx.ext.mathjax",
    "sphinx.ext.viewcode",
]
exclude_patterns = ["_build", "jupyter_execute", "scenarios/*.py"]
html_theme = "pydata_sphinx_theme"
html_title = "tradetarget"
html_static_path = ["_static"]
html_css_files = ["style.css"]
html_sidebars = {"**": []}
html_theme_options = {
    "show_prev_next": True,
    "navigation_with_keys": False,
    "header_links_before_dropdown": 4,
    "secondary_sidebar_items": ["page-toc"],
}

nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "undoc-members": False}
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False
suppress_warnings = ["myst.header", "mystnb.unknown_mime_type"]
