"""Run single benchmarks of a folder on request, in asv's conventions: the process that compare.py starts for a commit.

Usage: python benchmarks/measure.py FOLDER, then one JSON request a line on standard input:

    {"do": "list"}                                   every benchmark, with its kind and what limits it
    {"do": "open", "name": "core.Fit.time_fit(0)"}   make the object, run its setup and a call or two to warm up
    {"do": "time", "calls": 20}                      seconds that 20 calls of the opened benchmark take together
    {"do": "figure"}                                 the number that an opened track_ benchmark returns
    {"do": "peak"}                                   largest resident memory of this process so far, in bytes

Each request is answered by one JSON line. A benchmark is named by its module, class, method and the parameters' values.
The methods time_, peakmem_ and track_, setup, teardown, params and timeout mean what they mean to asv; besides them a
class may state `only_with_all`, True or the parameter values that a default comparison leaves out as too slow, and
`negligible`, the size below which a track_ figure counts as this size (an error of 1e-12 is not better than one of
1e-11).
"""

from __future__ import annotations

import importlib
import itertools
import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType
from typing import Any, NamedTuple

KINDS = ("time", "peakmem", "track")
SCHEDULER = Path("/proc/self/schedstat")


class Benchmark(NamedTuple):
    """One method of one class with one set of parameters."""

    name: str
    kind: str
    owner: type
    method: str
    parameters: tuple[Any, ...]

    @property
    def only_with_all(self) -> bool:
        """True when a default comparison leaves this benchmark out."""
        slow = getattr(self.owner, "only_with_all", ())
        return slow if isinstance(slow, bool) else any(value in slow for value in self.parameters)


def benchmarks_of(module: Any) -> Iterator[Benchmark]:
    """Every benchmark that the classes of a module define, parameters in order."""
    short = module.__name__.rpartition(".")[2]
    # Without inspect, whose import would be most of what a new process of a round takes.
    for class_name, owner in sorted(vars(module).items()):
        if not isinstance(owner, type) or owner.__module__ != module.__name__:
            continue
        given = getattr(owner, "params", [])
        axes = given if given and isinstance(given[0], list | tuple) else [given] if given else []
        for method in dir(owner):
            kind = method.partition("_")[0]
            if kind not in KINDS or not isinstance(getattr(owner, method), FunctionType):
                continue
            for values in itertools.product(*axes):
                shown = f"({', '.join(map(repr, values))})" if values else ""
                yield Benchmark(f"{short}.{class_name}.{method}{shown}", kind, owner, method, values)


def discover(folder: Path) -> tuple[dict[str, Benchmark], dict[str, str]]:
    """The benchmarks of a folder by name, and the modules that could not be imported with their error."""
    sys.path.insert(0, str(folder.parent))
    benchmarks, errors = {}, {}
    for name in sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__"):
        try:
            module = importlib.import_module(f"{folder.name}.{name}")
        except Exception as error:  # noqa: BLE001  a module that one of two commits cannot import is a result
            errors[name] = one_line(error)
        else:
            benchmarks |= {b.name: b for b in benchmarks_of(module)}
    return benchmarks, errors


def clock() -> float:
    """Seconds of wall-clock time less those that this thread stood in the queue for a processor (Linux tells them).

    What other programs of the machine take is so left out, and what the benchmark itself waits for is left in.
    """
    while True:
        before, wall, after = queued(), time.perf_counter(), queued()
        if before == after:  # otherwise this thread stood in the queue between the two readings
            return wall - 1e-9 * before


def queued() -> int:
    """Nanoseconds that this thread has stood in the queue for a processor; 0 where the system does not tell."""
    try:
        return int(SCHEDULER.read_bytes().split()[1])  # proc(5), /proc/pid/schedstat
    except (OSError, IndexError):
        return 0


def peak_memory() -> int:
    """The largest resident memory of this process, in bytes."""
    try:
        status = Path("/proc/self/status").read_text()
        # ru_maxrss starts from the memory of the process that started this one, VmHWM from nothing (proc(5)).
        return 1024 * int(status.partition("VmHWM:")[2].split()[0])
    except (OSError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # in bytes on macOS


def one_line(error: Exception) -> str:
    """An error as one short line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"


class Session:
    """The benchmark that is open in this process, if one is."""

    def __init__(self, folder: Path) -> None:
        self.benchmarks, self.errors = discover(folder)
        self.instance: Any = None
        self.opened: Benchmark | None = None

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """What one request is answered with."""
        if request["do"] == "list":
            rows = [
                {"name": b.name, "kind": b.kind, "only_with_all": b.only_with_all,
                 "timeout": float(getattr(b.owner, "timeout", 60.0)),  # 60 s is asv's default
                 "negligible": float(getattr(b.owner, "negligible", 0.0)) if b.kind == "track" else 0.0}
                for b in self.benchmarks.values()
            ]  # fmt: skip
            return {"benchmarks": rows, "errors": self.errors}
        if request["do"] == "open":
            return self.open(request["name"])
        if request["do"] == "peak":
            return {"bytes": peak_memory()}
        assert self.opened is not None
        call = getattr(self.instance, self.opened.method)
        if request["do"] == "figure":
            return {"figure": float(call(*self.opened.parameters))}
        start = clock()
        for _ in range(request["calls"]):
            call(*self.opened.parameters)
        return {"seconds": clock() - start}

    def open(self, name: str) -> dict[str, Any]:
        """Make a benchmark ready, and say how long one call takes; the one that was open is let go."""
        if self.opened is not None and hasattr(self.instance, "teardown"):
            self.instance.teardown(*self.opened.parameters)
        self.opened, self.instance = self.benchmarks[name], None
        self.instance = self.opened.owner()
        try:
            if hasattr(self.instance, "setup"):
                self.instance.setup(*self.opened.parameters)
        except NotImplementedError:  # asv's way to skip
            return {"skipped": True}
        if self.opened.kind == "track":
            return {}
        seconds = self.answer({"do": "time", "calls": 1})["seconds"]
        if seconds < 0.5:  # the first call of a process may import or build a table, so the second one tells the time
            seconds = self.answer({"do": "time", "calls": 1})["seconds"]
        return {"seconds": seconds}


def main() -> int:
    """Answer requests until standard input ends."""
    replies = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what a benchmark prints must not come between the replies
    session = Session(Path(sys.argv[1]).resolve())
    for line in sys.stdin:
        try:
            reply = session.answer(json.loads(line))
        except Exception as error:  # noqa: BLE001  a benchmark that fails at one commit is a result, not an end
            reply = {"error": one_line(error)}
        replies.write(json.dumps(reply) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
