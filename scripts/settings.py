"""Writes docs/settings.md from the rows of inkdigits.settings: python scripts/settings.py"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from inkdigits.settings import PREFIX, Settings

PAGE = Path(__file__).parent.parent / "docs" / "settings.md"
HEAD = """# Settings

Of a server. Each is read from the environment; options of `inkdigits serve` go before it. An impossible value
is refused at the start, with a message that names the setting. An empty one counts as not given.

This page is made of `src/inkdigits/settings.py` by `make docs`.

| name | values | default | meaning |
|---|---|---|---|
"""


def page() -> str:
    """The whole page, in Markdown."""
    rows = Settings.model_json_schema(by_alias=False)["properties"]
    return HEAD + "".join(_row(name, row) for name, row in rows.items())


def _row(name: str, row: dict[str, Any]) -> str:
    given = row["default"]
    default = "none" if given is None else "empty" if given in ("", []) else given
    return f"| `{PREFIX}{name.upper()}` | {_values(row)} | {default} | {row['description']} |\n"


def _values(row: dict[str, Any]) -> str:
    row = row | row.get("anyOf", [{}])[0]
    if "enum" in row:
        return ", ".join(row["enum"])
    if row["type"] in ("integer", "number"):
        return f"{row['minimum']} " + (f"to {row['maximum']}" if "maximum" in row else "or more")
    return {"array": "list", "string": str(row.get("format", "text"))}[row["type"]]


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
