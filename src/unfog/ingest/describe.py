"""The formats, described from their own declarations: docs/reference/formats.md is written from here."""

from __future__ import annotations

from unfog.ingest.limits import Limits
from unfog.ingest.reader import Reader, Take, Time
from unfog.ingest.readers import READERS


def formats_page() -> str:
    """The page on formats, as Markdown."""
    out = [
        "# Formats",
        "",
        "Written from the readers' own declarations by `python -m unfog.ingest.describe`. A format is detected by what is in the",
        "file; `--format NAME` names one. Files may be packed with gzip, zstd, bzip2, xz or as the only file of a ZIP. A table in",
        'no layout below needs `--map`: a TOML file with `[columns]` and lines such as `account_id = "author"` or',
        '`post_id = "{channel}/{id}"`, and if wanted `platform`, `zone`, `table` (posts, accounts, engagement, labels, documents, articles), `snowflake = "twitter"`, `unescape = true`, `ignore = [...]`.',
        "Without one, the columns are listed and a map is proposed.",
        "",
        "| name | reads |",
        "|---|---|",
        *(f"| [`{r.name}`](#{r.name}) | {r.title} |" for r in READERS.values()),
        "",
    ]
    for reader in READERS.values():
        out += _section(reader)
    out += ["## Limits", "", "Each is named where it bites, and can be raised in the call (`Limits`).", ""]
    out += ["| limit | default | of |", "|---|---|---|"]
    for name, field in Limits.model_fields.items():
        out.append(f"| `{name}` | {field.default:,} | {field.description} |")
    return "\n".join(out) + "\n"


def _section(reader: Reader) -> list[str]:
    out = [f"## {reader.name}", "", f"{reader.title}. Platform: {reader.platform or 'told by the rows or the caller'}."]
    if reader.source:
        out.append(f"Described in: {reader.source}.")
    out += ["", "| column | made of | note |", "|---|---|---|"]
    for projection in reader.projections:
        for column, how in projection.columns.items():
            out.append(f"| {projection.table}.{column} | {_fields(how)} | {how.note.replace('|', '/')} |")
    if reader.cannot_tell:
        out += ["", "It cannot tell: " + "; ".join(reader.cannot_tell) + "."]
    return [*out, ""]


def _fields(how: Take | Time) -> str:
    named = ", ".join(f"`{f}`" for f in dict.fromkeys(how.all_fields))
    if named:
        return named
    return f"always {how.sql}" if isinstance(how, Take) and how.sql.startswith("'") else "not told"


if __name__ == "__main__":
    import sys

    sys.stdout.write(formats_page())
