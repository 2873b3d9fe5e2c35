"""Files that ship inside the package."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path


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


def packaged_names(*folder: str, ending: str) -> list[str]:
    """The names of the files in a folder of the package that end so, without the ending, sorted.

    Examples
    --------
    >>> packaged_names("scenarios", "data", ending=".toml")
    ['kazakhstan-central-asia', 'kazakhstan-uzbekistan']
    """
    every = files("tradetarget").joinpath(*folder).iterdir()
    return sorted(f.name.removesuffix(ending) for f in every if f.name.endswith(ending))


@contextmanager
def packaged_file(*place: str) -> Iterator[Path]:
    """A file of the package as a path, for readers that take one; it may be gone after the ``with``."""
    with as_file(files("tradetarget").joinpath(*place)) as path:
        yield path
