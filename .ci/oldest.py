"""Print pip constraints for the oldest versions that pyproject.toml admits: each lower bound, as an equality.

What the direct dependencies need themselves stays at its newest, but for TRANSITIVE.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

TRANSITIVE = ["pyparsing<3.3"]  # 3.3 deprecates names that matplotlib 3.8 calls, and warnings fail the tests


def lower_bounds() -> list[str]:
    """Every dependency that the package and its tests need, at its lower bound."""
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf8"))["project"]
    rows, extras = list(project["dependencies"]), ["test"]
    for extra in extras:  # grows while it is read: an extra may name others, as in "tradetarget[plot,fetch]"
        for row in project["optional-dependencies"][extra]:
            others = re.fullmatch(rf"{project['name']}\[(.*)\]", row)
            if others:
                extras += others[1].split(",")
            else:
                rows.append(row)
    return [row.replace(">=", "==") for row in rows]


if __name__ == "__main__":
    print("\n".join([*lower_bounds(), *TRANSITIVE]))
