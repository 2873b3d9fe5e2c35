"""Parameters with their standard errors as JSON: one layout for all that is estimated from a panel.

A parameter stands on a line of its own, so that two versions of a file can be compared line by line.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import pandas as pd

from tradetarget.errors import DataError, TradeTargetError, shown

T = TypeVar("T")


class PanelEstimates(Protocol):
    """What is written: parameters by name, and the panel that they are from."""

    @property
    def values(self) -> Mapping[str, float]:
        """By parameter name."""

    @property
    def standard_errors(self) -> Mapping[str, float | None]:
        """By parameter name; None where a value was not estimated."""

    @property
    def unit(self) -> str:
        """The unit of the panel's values."""

    @property
    def size_centre(self) -> float:
        """The size at which the law is centred, in that unit."""

    @property
    def provenance(self) -> Mapping[str, Any]:
        """What they were estimated from."""


@dataclass(frozen=True)
class ParameterFile:
    """The layout of one kind of file.

    Parameters
    ----------
    subject
        What the file holds, for messages, such as "a prior".
    schema
        Number of the layout.
    meanings
        What each parameter means, by name, in the order of the file.
    """

    subject: str
    schema: int
    meanings: Mapping[str, str]

    def frame(self, estimates: PanelEstimates) -> pd.DataFrame:
        """One row a parameter: estimate, standard_error, meaning."""
        rows = [(k, estimates.values[k], estimates.standard_errors.get(k), m) for k, m in self.meanings.items()]
        return pd.DataFrame(rows, columns=["parameter", "estimate", "standard_error", "meaning"]).set_index("parameter")

    def write(self, estimates: PanelEstimates, **further: str) -> str:
        """The estimates as JSON text, a parameter a line; ``further`` values come last, each as its JSON text."""
        head = {
            "schema": self.schema,
            "unit": estimates.unit,
            "size_centre": estimates.size_centre,
            "provenance": dict(estimates.provenance),
        }
        rows = {
            name: {"value": estimates.values[name], "se": estimates.standard_errors.get(name), "meaning": meaning}
            for name, meaning in self.meanings.items()
        }
        parameters = ",\n".join(f'    "{name}": {json.dumps(row)}' for name, row in rows.items())
        lines = [f'  "{key}": {json.dumps(value)}' for key, value in head.items()]
        lines.append(f'  "parameters": {{\n{parameters}\n  }}')
        lines += [f'  "{key}": {value}' for key, value in further.items()]
        return "{\n" + ",\n".join(lines) + "\n}\n"

    def read(self, text: str, build: Callable[..., T], **further: Callable[[Any], Any]) -> T:
        """What ``build`` makes of the estimates that ``write`` wrote.

        Parameters
        ----------
        text
            The file's.
        build
            Takes values, standard errors, unit, size centre and provenance, and the ``further`` values by keyword.
        further
            How each of the further values is read.

        Raises
        ------
        DataError
            On text that is not such a file, is of another schema, or lacks a parameter.
        """
        try:
            d = json.loads(text)
            if d["schema"] != self.schema:
                raise DataError(
                    f"this JSON of {self.subject} has schema {shown(d['schema'])}, and this version reads "
                    f"{self.schema}: estimate it again"
                )
            values = {name: float(d["parameters"][name]["value"]) for name in self.meanings}
            errors = {name: d["parameters"][name]["se"] for name in self.meanings}
            more = {key: read(d[key]) for key, read in further.items()}
            return build(values, errors, d["unit"], float(d["size_centre"]), d["provenance"], **more)
        except TradeTargetError:
            raise
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise DataError(f"this is no JSON of {self.subject} ({error!r}): write one with to_json") from error
