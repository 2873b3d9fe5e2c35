"""The JSON schema of files of a region's scenarios; see :mod:`tradetarget.scenarios.json_schema`."""

from __future__ import annotations

from tradetarget.packaged import packaged_text
from tradetarget.scenarios.json_schema import file_schema
from tradetarget.systems.schema import WrittenSystemFile

NAME = "tradetarget-region.schema.json"


def region_schema() -> str:
    """The shipped schema of a file of scenarios of a region, as JSON text."""
    return packaged_text("systems", "data", NAME)


def region_file_schema() -> str:
    """The schema of a file of scenarios of a region, as JSON text."""
    member = "The member that the adjustment acts on; left out: every member."
    return file_schema(
        WrittenSystemFile, "Scenarios of a region for tradetarget", on={"type": "string", "description": member}
    )
