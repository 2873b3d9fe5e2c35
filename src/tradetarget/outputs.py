"""Files that appear whole or not at all, several at once where they belong together, and never over what is read."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from tradetarget.errors import OutputError, shown

_REASONS = {
    errno.ELOOP: "it is a symbolic link that leads back to itself",
    errno.ENAMETOOLONG: "the name is too long: the file system takes 255 bytes, and letters outside ASCII take several",
}


@dataclass(frozen=True)
class _Part:
    """A file written beside its place and waiting to be moved there, or bytes for a device or pipe."""

    asked: str
    real: Path
    beside: Path | None
    content: bytes


# Set while files are written together; a context variable, so that threads do not share it.
_waiting: ContextVar[list[_Part] | None] = ContextVar("tradetarget_outputs", default=None)


def checked_path(path: object, suffixes: Iterable[str] = ()) -> Path:
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
        On anything but a path, another ending, a directory that is missing or cannot be written to, a name that the
        file system does not take, or a path that is a directory.
    """
    if isinstance(suffixes, str) or not isinstance(suffixes, Iterable):
        raise OutputError(f"suffixes {shown(suffixes)} are no list of endings: give some, such as ['.csv']")
    target, allowed = _as_path(path), tuple(map(str, suffixes))
    name = shown(str(target))
    try:
        mode = _mode(target)
        folder = _mode(Path(os.path.realpath(target)).parent)
    except (OSError, ValueError) as error:
        raise _unwritable(name, error) from None
    if not target.name or (mode is not None and stat.S_ISDIR(mode)):
        raise OutputError(f"{name} is a directory: give the name of a file in it")
    if allowed and target.suffix.lower() not in allowed:
        raise OutputError(f"{name} does not end in {' or '.join(allowed)}: the ending decides the format")
    if folder is None or not stat.S_ISDIR(folder):
        where = shown(str(target.parent))
        raise OutputError(f"{name} cannot be written: there is no directory {where}; make it first")
    _refuse_forbidden(target, mode, name)
    return target


def _refuse_forbidden(target: Path, mode: int | None, name: str) -> None:
    """An OutputError where permissions forbid to write; a regular file is replaced, which its folder must allow."""
    regular = mode is None or stat.S_ISREG(mode)
    if mode is not None and not os.access(target, os.W_OK):
        raise OutputError(f"{name} cannot be written: permission denied; choose another place")
    if regular and not os.access(Path(os.path.realpath(target)).parent, os.W_OK | os.X_OK):
        raise OutputError(f"{name} cannot be written: permission denied for its directory; choose another place")


def check_apart(outputs: Mapping[str, object], inputs: Mapping[str, object]) -> None:
    """Refuse outputs that would take the place of an input, or of one another.

    Symbolic links are followed; hard links, and names that differ in case on a file system that does not tell them
    apart, are the same file.

    Parameters
    ----------
    outputs, inputs
        Paths by what a message calls them ("--json"); an input that does not exist is left out.

    Raises
    ------
    OutputError
        Naming both.
    """
    taken: dict[tuple[object, ...], str] = {}
    for label, path in inputs.items():
        identity = _identity(path)
        if identity is not None:
            taken.setdefault(identity, f"{label} reads")
    for label, path in outputs.items():
        identity = _identity(path)
        if identity is None:
            continue
        if identity in taken:
            raise OutputError(
                f"{label} {shown(str(path))} is the file that {taken[identity]}: give each a file of its own"
            )
        taken[identity] = f"{label} writes"


def _identity(path: object) -> tuple[object, ...] | None:
    """What two names of one file share; None for a device, which any number of outputs may go to."""
    try:
        real = Path(os.path.realpath(_as_path(path)))
        try:
            status = real.stat()
        except FileNotFoundError:
            folder = real.parent.stat()
            name = real.name.casefold() if _ignores_case(real.parent) else real.name
            return (folder.st_dev, folder.st_ino, name)
    except (OSError, ValueError, OutputError):
        return None
    return None if stat.S_ISCHR(status.st_mode) else (status.st_dev, status.st_ino)


def _ignores_case(folder: Path) -> bool:
    """Whether names that differ in case alone are one file in ``folder``, as far as its own name tells."""
    other = folder.with_name(folder.name.swapcase())
    try:
        return other.name != folder.name and other.samefile(folder)
    except (OSError, ValueError):
        return False


def as_bytes(text: str) -> bytes:
    r"""Text in UTF-8; what is no character, as a name that is not UTF-8 has, is written out.

    >>> as_bytes("a\udcff")
    b'a\\udcff'
    """
    return text.encode("utf8", "backslashreplace")


def write_whole(path: object, content: bytes) -> Path:
    """Write ``content`` beside ``path`` and move it there, so that no half-written file is ever seen.

    A path that is no regular file (a device, a pipe) is written to directly; a symbolic link is followed. Within
    ``together`` the move waits until every file is written.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    if not isinstance(content, bytes | bytearray | memoryview):
        raise OutputError(f"content {shown(content)} is no bytes: encode text first")
    waiting = _waiting.get()
    target = _as_path(path)
    if waiting is None:
        with together():
            return write_whole(target, content)
    name = shown(str(target))
    real = Path(os.path.realpath(target))
    beside = real.parent / f".tradetarget-{os.getpid()}-{secrets.token_hex(4)}.part"
    try:
        mode = _mode(real)
        if mode is not None and not stat.S_ISREG(mode):
            waiting.append(_Part(name, real, None, content))
            return target
        waiting.append(_Part(name, real, beside, b""))
        beside.write_bytes(content)
        if mode is not None:
            shutil.copymode(real, beside)
    except (OSError, ValueError) as error:
        raise _unwritable(name, error) from None
    return target


@contextlib.contextmanager
def together() -> Iterator[None]:
    """Files written within it appear together when it ends, and none of them where anything fails.

    Raises
    ------
    OutputError
        When one of them cannot be moved to its place; those that were moved before it are taken back.
    """
    waiting: list[_Part] = []
    token = _waiting.set(waiting)
    try:
        yield
        _move(waiting)
    finally:
        _waiting.reset(token)
        for part in waiting:
            if part.beside is not None:
                part.beside.unlink(missing_ok=True)


def _move(parts: list[_Part]) -> None:
    """Move every file to its place, or none."""
    earlier: list[tuple[_Part, Path | None]] = []
    try:
        for part in parts:
            try:
                if part.beside is None:
                    part.real.write_bytes(part.content)
                else:
                    earlier.append((part, _kept(part.real) if len(parts) > 1 else None))
                    part.beside.replace(part.real)
            except OSError as error:
                raise _unwritable(part.asked, error) from None
    except BaseException:
        for part, kept in earlier:
            if part.beside is not None and not part.beside.exists():
                part.real.unlink(missing_ok=True) if kept is None else kept.replace(part.real)
        raise
    finally:
        for _, kept in earlier:
            if kept is not None:
                kept.unlink(missing_ok=True)


def _kept(real: Path) -> Path | None:
    """A second name for what ``real`` holds now; None where it does not exist."""
    if not real.exists():
        return None
    kept = real.parent / f".tradetarget-{os.getpid()}-{secrets.token_hex(4)}.part"
    try:
        kept.hardlink_to(real)
    except OSError:
        # A file system without hard links.
        shutil.copy2(real, kept)
    return kept


def _as_path(path: object) -> Path:
    if not isinstance(path, str | os.PathLike):
        raise OutputError(f"{shown(path)} is no path: give the name of a file to write, such as 'answer.csv'")
    inner = os.fspath(path)
    if not isinstance(inner, str) or not inner or "\x00" in inner:
        raise OutputError(f"{shown(path)} is no path: give the name of a file to write, such as 'answer.csv'")
    return Path(inner)


def _mode(path: Path) -> int | None:
    """What kind of file it is; None where there is none.

    Raises
    ------
    OSError
        On a name that the file system does not take, a link to itself, or a directory that may not be searched.
    """
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None


def _unwritable(name: str, error: Exception) -> OutputError:
    reason = _REASONS.get(getattr(error, "errno", None) or 0) or getattr(error, "strerror", None) or str(error)
    return OutputError(f"{name} cannot be written: {reason}; choose another place")
