"""Panels on disk: which files they are, whether their columns fit, and their rows a block at a time.

A panel is a list of partitions. A partition is a run of neighbouring files, or of row groups of one Parquet file, and
is read from its beginning without a look at the others: it is what one worker of a cluster is given.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from tradetarget.errors import DataError, OutputError, first_line, shown
from tradetarget.observations.panel import required_columns
from tradetarget.reading.text import find_separator
from tradetarget.streaming.columns import AREAS, fitting_schema, refuse_difference

ROWS_AT_ONCE = 1 << 16
"""Rows of a block. Judgement, because a block of 2 MB is read at the speed of larger ones."""
BYTES_A_ROW = 24
"""Bytes of a line of CSV, for a guess of how many rows a file has. Judgement, for a name, a year and seven digits."""
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")
_ENDINGS = {".parquet": "parquet", ".pq": "parquet", ".csv": "csv", ".gz": "csv", ".txt": "csv"}


@dataclass(frozen=True)
class Piece:
    """A file, or some row groups of one.

    Arrow's own fragments are not kept, because those that went through pickle name their row groups in another order.

    Parameters
    ----------
    path
        Of the file.
    rows
        How many it has; for CSV a guess.
    groups
        Row groups of a Parquet file, ascending; None for CSV.
    """

    path: str
    rows: int
    groups: tuple[int, ...] | None

    def fragment(self) -> Any:
        """The same for Arrow, its values from the names of folders included."""
        form = "parquet" if self.groups is not None else _csv(self.path)
        (fragment,) = ds.dataset([self.path], format=form, partitioning="hive").get_fragments()
        return fragment if self.groups is None else fragment.subset(row_group_ids=list(self.groups))


@dataclass(frozen=True)
class Source:
    """A table on disk.

    Parameters
    ----------
    what
        Panel or targets, for messages.
    schema
        The columns that are read, with the types that they are read as.
    partitions
        Neighbouring pieces, in order.
    origin
        What a message calls its files where they are copies of what came; empty where they are the user's.
    """

    what: str
    schema: Any
    partitions: tuple[tuple[Piece, ...], ...]
    origin: str = ""

    @property
    def is_parquet(self) -> bool:
        """Whether row groups can be chosen by what is known of their columns."""
        return self.partitions[0][0].groups is not None

    @property
    def rows(self) -> int:
        """All of its rows, as the footers of Parquet files state them; of CSV a guess."""
        return sum(piece.rows for partition in self.partitions for piece in partition)

    def blocks(
        self, partition: int, columns: Sequence[str] | None = None, kept: Any = None, rows: int = ROWS_AT_ONCE
    ) -> Iterator[Any]:
        """Record batches of one partition in order, of at most ``rows`` rows.

        Parameters
        ----------
        partition
            Its number.
        columns
            What to read of a row; default everything.
        kept
            An expression of Arrow that chosen rows fulfil.
        rows
            At most so many at once.

        Raises
        ------
        DataError
            On a file that is damaged, or holds a cell that cannot be read.
        """
        options = ds.ParquetFragmentScanOptions(use_buffered_stream=True, pre_buffer=False)
        for piece in self.partitions[partition]:
            try:
                yield from piece.fragment().to_batches(
                    schema=self.schema, columns=list(columns or self.schema.names), filter=kept,
                    batch_size=rows, batch_readahead=1, fragment_readahead=1, use_threads=False,
                    fragment_scan_options=options if piece.groups is not None else None,
                )  # fmt: skip
            except (pa.ArrowException, OSError) as error:
                raise _damaged(self.what, piece.path, error) from None

    def has_null(self, column: str) -> bool:
        """Whether a cell of this column is empty."""
        empty = ds.field(column).is_null()
        return any(piece.fragment().count_rows(filter=empty) for pieces in self.partitions for piece in pieces)

    def where(self, partition: int) -> str:
        """What a message calls a partition: its first file, and which of its row groups."""
        first = self.partitions[partition][0]
        if self.origin:
            return self.origin
        return f"{first.path}, row group {first.groups[0]}" if first.groups else first.path

    def sizes(self) -> list[list[Any]]:
        """Name and bytes of every file, which tell one panel from another at a glance."""
        paths = dict.fromkeys(piece.path for pieces in self.partitions for piece in pieces)
        return [[Path(path).name, Path(path).stat().st_size] for path in paths]


def open_source(path: object, needed: Sequence[str], what: str, rows: int) -> Source:
    """A Parquet or CSV file, a folder of them, or a hive-partitioned data set (``reporter=KAZ/part-0.parquet``).

    Parameters
    ----------
    path
        Where it is. Files are taken in alphabetical order; names that begin with a dot or an underscore are left out.
    needed
        Columns that there must be. Of a panel, reporter and partner are read where they are.
    what
        Panel or targets, for messages.
    rows
        Rows that a partition holds at least, but for the last; row groups and files are not cut.

    Raises
    ------
    DataError
        On a path where there is no such table, a file without one of the columns, a column of a type that cannot be
        read or that differs between files, or a table without rows.
    """
    files, kind = _files(path, what)
    try:
        dataset = ds.dataset(files, format=_csv(files[0]) if kind == "csv" else "parquet", partitioning="hive")
        fragments = list(dataset.get_fragments())
    except (pa.ArrowException, OSError) as error:
        raise _damaged(what, files[0], error) from None
    schemas = [_schema_of(fragment, dataset.schema, needed, what) for fragment in fragments]
    for schema, fragment in zip(schemas, fragments, strict=True):
        refuse_difference(schema, schemas[0], fragment.path, what)
    partitions = tuple(_partitions(fragments, rows))
    if not partitions:
        raise DataError(f"{what} {shown(str(path))} has no rows")
    return Source(what, schemas[0], partitions)


def _files(path: object, what: str) -> tuple[list[str], str]:
    """The files of a table in order, and whether they are "parquet" or "csv"."""
    text = str(path)
    if _ADDRESS.match(text):
        raise DataError(f"{what} {shown(text)} is an address, and nothing is read from the network: save the files")
    try:
        location = Path(text)
        files = sorted(p for p in location.rglob("*") if p.is_file()) if location.is_dir() else [location]
        if not location.exists():
            raise DataError(f"{what}: no such file or folder: {shown(text)}")
    except (OSError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{what} {shown(text)} cannot be read ({error}): check the path") from None
    if location.is_dir():
        visible = [p for p in files if not any(n.startswith((".", "_")) for n in p.relative_to(location).parts)]
        files = [p for p in visible if p.suffix.lower() in _ENDINGS]
    kinds = {_kind(p) for p in files}
    if len(kinds) != 1:
        holds = (
            "both Parquet and CSV files: keep one kind" if kinds else "no .parquet or .csv file: give a folder of some"
        )
        raise DataError(f"{what} {shown(text)} holds {holds}")
    return [str(p) for p in files], kinds.pop()


def _kind(path: Path) -> str:
    if path.suffix.lower() in _ENDINGS:
        return _ENDINGS[path.suffix.lower()]
    with path.open("rb") as file:
        return "parquet" if file.read(4) == b"PAR1" else "csv"


def _csv(path: str) -> Any:
    """How CSV is read: every cell as text, so that one bad cell spoils its own series and not the file."""
    with pa.OSFile(path) if not path.endswith(".gz") else pa.input_stream(path) as file:
        head = file.read(1 << 16).decode("utf8", "replace").removeprefix("\ufeff")
    names = [n.strip('" \r') for n in head.partition("\n")[0].split(find_separator(head))]
    return ds.CsvFileFormat(
        parse_options=pa.csv.ParseOptions(delimiter=find_separator(head)),
        convert_options=pa.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
        ),
    )


def as_table(given: object, needed: Sequence[str], what: str) -> Any:
    """A table in memory as an Arrow table with these columns, and reporter and partner where a panel has them.

    Raises
    ------
    DataError
        On no table, a missing column, no rows, or a column that mixes kinds of values.
    """
    if is_stream(given):
        try:
            table = stream_of(given, needed, what).read_all()
        except (pa.ArrowException, OSError) as error:
            raise _damaged(what, "stream", error) from None
    else:
        frame = required_columns(given, tuple(needed), what)
        chosen = frame[[*needed, *(n for n in AREAS if n in frame.columns)]]
        if chosen.get("period") is not None and chosen["period"].dtype == object:
            chosen = chosen.assign(period=chosen["period"].map(str))
        try:
            table = pa.Table.from_pandas(chosen, preserve_index=False)
        except (pa.ArrowException, TypeError, OverflowError) as error:
            raise DataError(f"{what}: a column mixes kinds of values ({error.args[0]}): give each one kind") from None
    if not table.num_rows:
        raise DataError(f"{what} has no rows")
    return _cast(table, fitting_schema(table.schema, needed, what), what)


def _cast(table: Any, schema: Any, what: str) -> Any:
    """The columns that are read, in the types that they are read as."""
    try:
        return table.select(schema.names).cast(schema)
    except pa.ArrowException as error:
        raise DataError(
            f"{what} holds a value out of range ({error}): write units as text, and years in full"
        ) from None


def stream_of(given: Any, needed: Sequence[str], what: str) -> Any:
    """A reader of record batches that have these columns, and reporter and partner where a panel has them.

    Raises
    ------
    DataError
        On no such reader, or columns that do not fit.
    """
    try:
        reader = given if isinstance(given, pa.RecordBatchReader) else pa.RecordBatchReader.from_stream(given)
    except (pa.ArrowException, OSError, TypeError, ValueError) as error:
        raise _damaged(what, "stream", error) from None
    schema = fitting_schema(reader.schema, needed, what)
    blocks = (_cast(pa.Table.from_batches([block]), schema, what).to_batches(ROWS_AT_ONCE) for block in reader)
    return pa.RecordBatchReader.from_batches(schema, itertools.chain.from_iterable(blocks))


def written(reader: Any, path: Path, rows: int) -> Source:
    """A copy of a panel that comes only once: its uniqueness is proved before any work, and any process can read it.

    Parameters
    ----------
    reader
        An Arrow reader, from ``stream_of`` or of a table in memory.
    path
        Where the copy goes.
    rows
        Rows that a partition holds at least, as in ``open_source``.

    Raises
    ------
    DataError
        When the reader breaks off, or has no rows.
    OutputError
        When the copy cannot be written.
    """
    try:
        with pq.ParquetWriter(path, reader.schema) as writer:
            for block in _joined(reader):
                writer.write_table(block)
    except OSError as error:
        raise OutputError(
            f"{shown(str(path))} cannot be written ({error}): make room for a copy of the panel"
        ) from None
    (fragment,) = ds.dataset(path, format="parquet").get_fragments()
    partitions = tuple(_partitions([fragment], rows))
    if not partitions:
        raise DataError("panel has no rows")
    return Source("panel", reader.schema, partitions, "the stream")


def _joined(reader: Any) -> Iterator[Any]:
    """Tables of a block's size at least, but for the last: small row groups would be slow to read."""
    held: list[Any] = []
    rows = 0
    try:
        for block in reader:
            held.append(block)
            rows += block.num_rows
            if rows >= ROWS_AT_ONCE:
                yield pa.Table.from_batches(held)
                held, rows = [], 0
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"panel: the stream of record batches broke off ({error}): give it anew") from None
    if held:
        yield pa.Table.from_batches(held)


def is_stream(given: object) -> bool:
    """Whether it is a reader of Arrow record batches, or gives one, and is no table that is in memory already."""
    return (
        hasattr(given, "__arrow_c_stream__") and not hasattr(given, "to_pandas") and not isinstance(given, pd.DataFrame)
    )


def _schema_of(fragment: Any, whole: Any, needed: Sequence[str], what: str) -> Any:
    """The columns that are read of one file, those that stand in the names of its folders included."""
    try:
        stored = fragment.physical_schema
    except (pa.ArrowException, OSError) as error:
        raise _damaged(what, fragment.path, error) from None
    keys = ds.get_partition_keys(fragment.partition_expression)
    fields = [*stored, *(whole.field(n) for n in keys if n not in stored.names)]
    return fitting_schema(pa.schema(fields), needed, f"{what} {fragment.path}")


def _partitions(fragments: list[Any], rows: int) -> Iterator[tuple[Piece, ...]]:
    """Neighbouring files or row groups, until they have enough rows."""
    kept: list[Piece] = []
    for piece in itertools.chain.from_iterable(_pieces(f, rows) for f in fragments):
        kept.append(piece)
        if sum(p.rows for p in kept) >= rows:
            yield tuple(kept)
            kept = []
    if kept:
        yield tuple(kept)


def _pieces(fragment: Any, rows: int) -> Iterator[Piece]:
    """A file of CSV whole; a Parquet file by runs of row groups with enough rows."""
    if not isinstance(fragment, ds.ParquetFileFragment):
        yield Piece(fragment.path, Path(fragment.path).stat().st_size // BYTES_A_ROW + 1, None)
        return
    groups: list[int] = []
    held = 0
    for group in sorted(fragment.row_groups, key=lambda g: int(g.id)):
        groups.append(group.id)
        held += group.num_rows
        if held >= rows:
            yield Piece(fragment.path, held, tuple(groups))
            groups, held = [], 0
    if held:
        yield Piece(fragment.path, held, tuple(groups))


def _damaged(what: str, path: str, error: Exception) -> DataError:
    return DataError(f"{what} {path} cannot be read ({first_line(error)}): write it again, as Parquet or CSV in UTF-8")
