"""The generated parts of docs/scenario-files.md. ``python tests/support/scenario_page.py`` writes them anew."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import BaseModel

from tradetarget.packaged import packaged_text
from tradetarget.scenarios.files import adjustment_kinds
from tradetarget.scenarios.keys import Key, keys_of, purpose_of
from tradetarget.scenarios.schema import WrittenFile, WrittenScenario

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scenario-files.md"


def uncommented(template: str) -> str:
    """The template with every scenario run: tables and keys after a # lose it."""
    return re.sub(r"^# (?=\[\[|[a-z_]+ = )", "", template, flags=re.MULTILINE)


def written_anew(page: str) -> str:
    """The page with its generated parts made from the code."""
    parts = {
        "keys of a file": _keys_of_model(WrittenFile, without={"scenario"}),
        "keys of a scenario": _keys_of_model(WrittenScenario, without=set()),
        "kinds": "\n".join(_section(kind) for kind in adjustment_kinds()),
    }
    for name, text in parts.items():
        start, end = f"<!-- made from the code: {name} -->\n", "<!-- end -->"
        before, _, rest = page.partition(start)
        _, _, after = rest.partition(end)
        page = f"{before}{start}{text}{end}{after}"
    return page


def _keys_of_model(model: type[BaseModel], without: set[str]) -> str:
    rows = [f"| `{name}` | {f.description} |\n" for name, f in model.model_fields.items() if name not in without]
    return "| key | meaning |\n|---|---|\n" + "".join(rows)


def _section(kind: str) -> str:
    """A kind: what it does, an example from the template, and its keys."""
    tables = re.findall(
        r"^\[\[scenario\.adjustment\]\]\n(?:[a-z_]+ = .*\n)+",
        uncommented(packaged_text("scenarios", "templates", "scenarios.toml")),
        flags=re.MULTILINE,
    )
    example = next(t for t in tables if f'kind = "{kind}"' in t)
    rows = "".join(_row(key) for key in keys_of(kind))
    table = f"| key | value | meaning |\n|---|---|---|\n{rows}"
    return f"### `{kind}`\n\n{_quoted(purpose_of(kind))}\n\n```toml\n{example}```\n\n{table}\n"


def _row(key: Key) -> str:
    needed = ", required" if key.required else ""
    default = "" if key.default is None else f" Left out: {key.default}."
    return f"| `{key.name}`{needed} | {key.written.words} | {_quoted(key.description)}{default} |\n"


def _quoted(text: str) -> str:
    """Words in quotes as code, so that no sign of a formula is read as markup."""
    return re.sub(r"'([\w ]+)'", r"`\1`", text).replace("{", "\\{").replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(written_anew(PAGE.read_text(encoding="utf8")), encoding="utf8")
