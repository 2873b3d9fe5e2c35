"""Print pip constraints for the oldest versions that pyproject.toml admits: each lower bound, as an equality.

What the direct dependencies need themselves stays at its newest, but for TRANSITIVE.
"""

import tomllib
from pathlib import Path

TRANSITIVE = ["pyparsing<3.3"]  # 3.3 deprecates names that matplotlib 3.8 calls, and warnings fail the tests


def lower_bounds() -> list[str]:
    """Every dependency that the package and its tests need, at its lower bound."""
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf8"))["project"]
    extras = project["optional-dependencies"]
    rows = [*project["dependencies"], *extras["plot"], *extras["fetch"], *extras["test"]]
    return [row.replace(">=", "==") for row in rows if not row.startswith(project["name"])]


if __name__ == "__main__":
    print("\n".join([*lower_bounds(), *TRANSITIVE]))
