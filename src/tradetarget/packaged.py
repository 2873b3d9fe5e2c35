"""Files that ship inside the package, read as text."""

from __future__ import annotations

from importlib.resources import files


def packaged_text(*place: str) -> str:
    """The text of a file of the package, in UTF-8.

    Parameters
    ----------
    place
        Folders below ``tradetarget``, and the file's name.

    Examples
    --------
    >>> packaged_text("models", "pooled", "prior.json").startswith("{")
    True
    """
    return files("tradetarget").joinpath(*place).read_text(encoding="utf8")
