"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from tradetarget.errors import OutputError


def checked_path(path: str | Path, suffixes: Iterable[str] = ()) -> Path:
    """``path`` if a file can be written there: asked before the work, so that a typing error costs nothing.

    Parameters
    ----------
    path
        Where to write.
    suffixes
        The endings allowed (".png"); none means any.

    Raises
    ------
    OutputError
        On another ending, a directory that is missing or cannot be written to, or a path that is a directory.
    """
    target, allowed = Path(path), tuple(suffixes)
    folder = target.parent
    if not target.name or target.is_dir():
        raise OutputError(f"{str(path)!r} is a directory: give the name of a file in it")
    if allowed and target.suffix.lower() not in allowed:
        raise OutputError(f"{str(path)!r} does not end in {' or '.join(allowed)}: the ending decides the format")
    if not folder.is_dir():
        raise OutputError(f"{str(path)!r} cannot be written: there is no directory {str(folder)!r}; make it first")
    if not os.access(target if target.exists() else folder, os.W_OK):
        raise OutputError(f"{str(path)!r} cannot be written: permission denied; choose another place")
    return target


def write_whole(path: str | Path, content: bytes) -> Path:
    """Write ``content`` beside ``path`` and move it there, so that no half-written file is ever seen.

    A path that is no regular file (a device, a pipe) is written to directly; a symbolic link is followed.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    target = Path(path)
    real = target.resolve()
    beside = real.with_name(f".{real.name[:200]}.{os.getpid()}.part")
    try:
        if real.exists() and not real.is_file():
            real.write_bytes(content)
            return target
        beside.write_bytes(content)
        if real.exists():
            shutil.copymode(real, beside)
        beside.replace(real)
    except OSError as error:
        raise OutputError(f"{str(path)!r} cannot be written: {error.strerror or error}; choose another place") from None
    finally:
        beside.unlink(missing_ok=True)
    return target
