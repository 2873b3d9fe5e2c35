"""Where a table comes from: a path, standard input, an open file. Each is read once and whole, within a stated size."""

from __future__ import annotations

import gzip
import io
import os
import re
import stat
import sys
import zlib
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from tradetarget.errors import DataError

MAX_BYTES = 1_000_000_000
"""The largest input that is read, and the largest that a compressed one may unfold to. Judgement. Five million rows of
UN Comtrade; a table in memory is several times its text."""

MAX_TEXT = 10_000_000
"""The largest file of scenarios, or prior, that is read. Judgement. A thousand scenarios take a hundredth of it."""

_BLOCK = 1 << 20  # 1 MB at once, so that the bound on the whole is seen early
# One slash is enough: a path that was made of an address has lost the other.
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")
STANDARD_INPUT = "-"


class Content(NamedTuple):
    """What an input holds, and what it is called."""

    data: bytes
    name: str
    """For messages. The path as given, or "standard input"."""
    stem: str | None
    """A name for a series that has none; None where the input has no name of its own."""


def read_source(source: Any) -> Content:
    """The bytes of a path, of ``-`` (standard input), or of an open file of bytes or text; gzip is unpacked.

    Raises
    ------
    DataError
        On a URL, a file that is missing, a directory, an unreadable or endless input, one that is larger than 1 GB, or
        damaged gzip.
    """
    if hasattr(source, "read"):
        name = getattr(source, "name", None)
        where = name if isinstance(name, str) else "the open file"
        data = _from_handle(source, where)
        stem = Path(name).stem if isinstance(name, str) and not name.startswith("<") else None
    elif str(source) == STANDARD_INPUT:
        where, stem = "standard input", None
        data = _bounded(sys.stdin.buffer, where)
    elif isinstance(source, str | os.PathLike):
        where = os.fspath(source)
        data, stem = _from_path(where), Path(where).stem
    else:
        raise DataError(f"expected a path or an open file, got {type(source).__name__}: give a table to from_frame")
    if data[:2] == b"\x1f\x8b":
        data, stem = _unpacked(data, where), None if stem is None else Path(stem).stem
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise DataError(f"{where} is empty: give a header line 'period,value' and at least one row")
    return Content(data, where, stem)


def read_text(source: Any) -> str:
    """The text in UTF-8 of a small file: scenarios, or a prior.

    Raises
    ------
    DataError
        As ``read_source``, on more than 10 MB, and on what is no text in UTF-8.
    """
    content = read_source(source)
    if len(content.data) > MAX_TEXT:
        raise _too_large(content.name, f"{len(content.data):,} bytes", MAX_TEXT)
    try:
        return content.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{content.name} cannot be read as text in UTF-8: {error}") from None


def _from_path(path: str) -> bytes:
    if _URL.match(path):
        address = re.sub(r":/+", "://", str(path), count=1)  # a Path has taken one of the two slashes
        raise DataError(
            f"{address} is an address, and nothing is read from the network: save the file and give its path"
        )
    try:
        status = Path(path).stat()
        if stat.S_ISDIR(status.st_mode):
            raise DataError(f"{path} is a directory and cannot be read as a CSV file: give a file in it")
        if stat.S_ISREG(status.st_mode) and status.st_size > MAX_BYTES:
            raise _too_large(path, f"{status.st_size:,} bytes")
        with Path(path).open("rb") as handle:
            return _bounded(handle, path)
    except FileNotFoundError:
        raise DataError(f"no such file: {path}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        if isinstance(error, DataError):
            raise
        raise DataError(f"{path} cannot be read ({reason}): check the path and its permissions") from None


def _from_handle(handle: Any, where: str) -> bytes:
    try:
        first = handle.read(_BLOCK)
        if isinstance(first, str):
            text = str(first + handle.read(MAX_BYTES))
            if handle.read(1):
                raise _too_large(where, "more")
            return text.encode("utf-8", "surrogatepass")
        return _bounded(handle, where, first)
    except (OSError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{where} cannot be read ({error}): open it for reading") from None


def _bounded(handle: BinaryIO, where: str, first: bytes = b"") -> bytes:
    """Everything that is left, or a DataError once it is more than is read."""
    blocks, size = [first], len(first)
    while block := handle.read(_BLOCK):
        blocks.append(block)
        size += len(block)
        # A device such as /dev/zero never ends, and a sparse file holds nothing for long: say so before it is all read.
        if size == len(block) == _BLOCK and not block.strip(b"\x00"):
            raise DataError(f"{where} starts with a million zero bytes and is no table: give a file of text")
        if size > MAX_BYTES:
            raise _too_large(where, "more")
    return b"".join(blocks)


def _too_large(where: str, size: str, most: int | None = None) -> DataError:
    most = MAX_BYTES if most is None else most
    return DataError(f"{where} holds {size}, and at most {most:,} bytes are read: keep what is needed")


def _unpacked(data: bytes, where: str) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as handle:
            return _bounded(handle, where)  # type: ignore[arg-type]
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{where} is damaged gzip ({error}): pack it again") from None
