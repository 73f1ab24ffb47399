"""Tables of indicators and cases: Meta's threat reports, domain lists, the Laundromat, DFRLab, EUvsDisinfo."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from unfog.campaigns.catalogue import Attribution, Entry, EntryIndicator, Klass, Source
from unfog.campaigns.importers.result import Imported, day, indicators_in, read_bytes, read_csv, slug
from unfog.errors import FormatError

_QUARTER = re.compile(r"Q([1-4])(?:-[1-4])?[ _]?(\d{4})")
_OLD_FILE = re.compile(r"^(\d{4})_(\d{2})_")
_NOT_INFLUENCE = re.compile(r"malware|\bapt\b|apt\d|bitter|unc\d", re.I)
_LAUNDROMAT = {
    "domain": "domain-name",
    "ip": "ipv4-addr",
    "ga_id": "x-analytics-id",
    "ga_tag_id": "x-analytics-id",
    "yandex_tag_id": "x-analytics-id",
    "verification_id": "x-verification-id",
    "crypto-wallet": "x-wallet",
    "meta_social": "x-handle",
    "uuid": "x-uuid",
    "subnet": "x-subnet",
    "cert-domain": "x-cert-domain",
}


def report_date(name: str) -> str:
    """Date of publication that a Meta file's name tells: the end of the quarter's following month; empty if none.

    >>> report_date("Q2_2024_RUSSIA-BASED CIB NETWORK #1 .csv")
    '2024-08-31'
    """
    if m := _QUARTER.search(name):
        quarter, year = int(m[1]), int(m[2])
        month = quarter * 3 + 2
        year, month = (year, month) if month <= 12 else (year + 1, month - 12)
        return f"{year}-{month:02d}-{28 if month == 2 else 31 if month in (5, 8) else 30}"
    if m := _OLD_FILE.match(name):
        return f"{m[1]}-{m[2]}-28"
    return ""


def read_meta(path: Path, *, public_from: str = "") -> Imported:
    """Read one CSV of Meta's threat research: either layout (``indicator_type`` or kill-chain ``Tactic``).

    The newer layout has one network per file. The older one names the network in ``comment``; rows on malware and
    intrusion groups are left out with that reason.

    Raises:
        FormatError: if it has neither layout.
    """
    out = Imported()
    head = read_bytes(path)[:4096].decode("utf-8-sig", errors="replace").splitlines()
    columns = {c.strip().strip('"').casefold() for c in (head[0] if head else "").split(",")}
    given = day(public_from) or report_date(path.name)
    found: dict[str, dict[tuple[str, str], EntryIndicator]] = defaultdict(dict)
    dates: dict[str, str] = {}
    if "indicator_value" in columns:
        for at, row in read_csv(path, ("indicator_type", "indicator_value", "comment"), out):
            if _NOT_INFLUENCE.search(row["comment"]):
                out.reject(str(at), "malware or intrusion, not an influence network", row["comment"])
                continue
            when = day(row.get("ds", "")) or given
            _take(out, found[row["comment"] or path.stem], str(at), row["indicator_value"], when, path.name)
            dates[row["comment"] or path.stem] = when
    elif {"tactic", "indicator"} <= columns:
        name = re.sub(r"^.*? - ", "", path.stem).strip()
        dates[name] = given
        for at, row in read_csv(path, ("tactic", "indicator"), out):
            _take(out, found[name], str(at), row.get("indicator", ""), given, path.name, quiet=True)
    else:
        raise FormatError(
            f"{path.name} has neither indicator_value nor Tactic and Indicator: {', '.join(sorted(columns))}"
        )
    for name, indicators in sorted(found.items()):
        if indicators:
            out.entries.append(_listed(f"meta-{slug(name)}", name.replace("_", " "), indicators, dates[name], "Meta"))
    return out


def _take(
    out: Imported,
    into: dict[tuple[str, str], EntryIndicator],
    at: str,
    text: str,
    when: str,
    source: str,
    *,
    quiet: bool = False,
) -> None:
    if not when:
        out.reject(at, "no date of publication; give public_from", text)
        return
    found = indicators_in(text, when, source)
    if not found and not quiet:
        out.reject(at, "no technical indicator in this row", text)
    for i in found:
        into.setdefault((i.kind, i.value), i)


def _listed(
    id_: str,
    name: str,
    indicators: dict[tuple[str, str], EntryIndicator],
    when: str,
    publisher: str,
    klass: Klass = Klass.COVERT,
    said: tuple[Attribution, ...] = (),
    part_of: str = "",
) -> Entry:
    return Entry(
        id=slug(id_),
        name=name,
        klass=klass,
        known_from=when,
        attributions=said,
        part_of=part_of,
        indicators=tuple(indicators[k] for k in sorted(indicators)),
        sources=(Source(publisher=publisher, date=when),),
    )


def read_domain_list(
    path: Path,
    *,
    name: str,
    public_from: str,
    column: str,
    group_by: str = "",
    publisher: str = "",
    date_column: str = "",
) -> Imported:
    """Read a CSV of domains (VIGINUM's and Sekoia's lists, M82's database), one entry per value of ``group_by``.

    Args:
        path: CSV file, defanged or not.
        name: Name of the operation, or prefix of the names where ``group_by`` is given.
        public_from: ISO date of publication, where a row has none of its own.
        column: Column with the domain or address.
        group_by: Column that names the operation.
        publisher: Who published it.
        date_column: Column with the date of a row's publication.

    Raises:
        FormatError: if a column is missing.
    """
    out = Imported()
    found: dict[str, dict[tuple[str, str], EntryIndicator]] = defaultdict(dict)
    needed = [c for c in (column, group_by, date_column) if c]
    for at, row in read_csv(path, needed, out):
        group = f"{name} {row[group_by.casefold()]}".strip() if group_by else name
        when = (day(row.get(date_column.casefold(), "")) if date_column else "") or day(public_from)
        _take(out, found[group], str(at), row.get(column.casefold(), ""), when, path.name)
    for group, indicators in sorted(found.items()):
        if indicators:
            first = min(i.public_from for i in indicators.values())
            out.entries.append(_listed(group, group, indicators, first, publisher or path.name))
    return out


def read_laundromat(path: Path, *, public_from: str) -> Imported:
    """Read the Disinfo Laundromat's indicators: one list entry per site, with its analytics ids, addresses and wallets.

    Kinds that every site of a content system shares (CSS classes, CDNs, domain endings) are left out with that reason.

    Raises:
        FormatError: if a column is missing.
    """
    out = Imported()
    found: dict[str, dict[tuple[str, str], EntryIndicator]] = defaultdict(dict)
    when = day(public_from)
    for at, row in read_csv(path, ("indicator_type", "indicator_content", "domain_name"), out):
        kind, value, site = row["indicator_type"], row["indicator_content"], row["domain_name"].lower()
        if kind not in _LAUNDROMAT:
            out.reject(str(at), f"the kind {kind!r} tells nothing about an operator", value)
        elif not site or not value:
            out.reject(str(at), "no site or no value", value)
        else:
            as_kind = _LAUNDROMAT[kind]
            clean = value.strip() if as_kind.startswith("x-") else value.strip().lower()
            found[site][as_kind, clean] = EntryIndicator(
                kind=as_kind, value=clean, public_from=when, source="Disinfo Laundromat"
            )
    for site, indicators in sorted(found.items()):
        out.entries.append(
            _listed(f"laundromat-{site}", site, indicators, when, "Disinfo Laundromat (ASD)", Klass.LIST)
        )
    return out


def read_sites_of_concern(path: Path, *, public_from: str) -> Imported:
    """Read the Laundromat's list of sites: one list entry per source that named them.

    Raises:
        FormatError: if a column is missing.
    """
    out = read_domain_list(
        path,
        name="sites-of-concern",
        public_from=public_from,
        column="Domain",
        group_by="Source",
        publisher="Disinfo Laundromat (ASD)",
    )
    out.entries = [e.model_copy(update={"klass": Klass.LIST}) for e in out.entries]
    return out


def read_dfrlab(path: Path) -> Imported:
    """Read DFRLab's Dichotomies of Disinformation: one entry per coded campaign; the codes stay in ``rows``.

    Raises:
        FormatError: if a column is missing.
    """
    out = Imported()
    for at, row in read_csv(path, ("Campaign_ID", "Year_of_Report", "Content_Language"), out):
        name, year = row["campaign_id"], row["year_of_report"]
        if not name or not is_year(year):
            out.reject(str(at), "a campaign needs a name and a year of report", name)
            continue
        when = f"{int(year)}-12-31"
        who = row.get("primary_disinformant_nation_of_origin", "")
        said = (
            (Attribution(by="DFRLab coding", role="origin", to=who, words="coded nation of origin", date=when),)
            if who
            else ()
        )
        entry = _listed(f"dfrlab-{at}-{name}", name, {}, when, row.get("citation_1", "") or "DFRLab", said=said)
        out.entries.append(entry)
        out.rows.append(row)
    return out


def is_year(text: str) -> bool:
    """Whether a cell is a year of this century."""
    return bool(re.fullmatch(r"20\d\d", text.strip()))


def read_euvsdisinfo(path: Path) -> Imported:
    """Read EUvsDisinfo's cases: one list entry of all outlets with the day of their first case; cases stay in ``rows``.

    Raises:
        FormatError: if a column is missing.
    """
    out = Imported(notes=["a case names who published a claim; it does not say that the outlet is run by anybody"])
    outlets: dict[tuple[str, str], EntryIndicator] = {}
    for at, row in read_csv(path, ("date", "id", "languages", "outlets"), out):
        when = day(row["date"])
        if not when or not row["id"]:
            out.reject(str(at), "a case needs a date and an id", row["id"])
            continue
        out.rows.append(row)
        for outlet in row["outlets"].split("+"):
            key = ("x-outlet", outlet.strip().casefold())
            if key[1] and (key not in outlets or when < outlets[key].public_from):
                outlets[key] = EntryIndicator(kind=key[0], value=key[1], public_from=when, source="EUvsDisinfo")
    if outlets:
        first = min(i.public_from for i in outlets.values())
        out.entries.append(
            _listed("euvsdisinfo-outlets", "EUvsDisinfo outlets", outlets, first, "EUvsDisinfo", Klass.LIST)
        )
    return out
