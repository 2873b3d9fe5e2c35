"""What a file of a region's scenarios may hold beside what every scenario file may: targets by name."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from tradetarget.scenarios.schema import WrittenFile


class WrittenSystemFile(WrittenFile):
    """A whole file; ``[targets]`` is a table of levels by the name of a member or of the region."""

    targets: dict[str, float] = Field(
        default_factory=dict, description="Levels to be reached, by the name of a member or of the region."
    )

    @property
    def levels(self) -> Mapping[str, float]:
        """Targets by name."""
        return self.targets
