"""SQL macros that the projections use: empty cells, numbers, lists, entities, tags, links, times."""

from __future__ import annotations

from unfog.engine import DuckEngine

_NUMBER = r"^[-+]?[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?$"
_URL = r"https?://[^\s<>\"\x{201c}\x{201d}\x{00ab}\x{00bb}\\^`{|}]+"
_DAY = (
    r"(?:[A-Z][a-z]{2,8} \d{1,2},? \d{4}|\d{1,2} [A-Z][a-z]{2,8},? \d{4}"
    r"|\d{1,2}\.\d{1,2}\.\d{4}|\d{4}/\d{1,2}/\d{1,2})"
)
_DAYS = ("%b %d %Y", "%B %d %Y", "%d %b %Y", "%d %B %Y", "%d.%m.%Y", "%Y/%m/%d")
_CLOCKS = ("", " %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p")

MACROS: dict[str, str] = {
    # an empty or blank cell is nothing
    "uf_some(x)": "CASE WHEN unicode(x) > 32 THEN x WHEN trim(x, ' \t\r\n') = '' THEN NULL ELSE x END",
    "uf_int(x)": "coalesce(TRY_CAST(trim(x) AS BIGINT), TRY_CAST(TRY_CAST(replace(trim(x), ',', '') AS DOUBLE) AS BIGINT))",
    "uf_bool(x)": (
        "CASE WHEN lower(trim(x)) IN ('true', '1', 't', 'yes', 'y', '1.0') THEN TRUE "
        "WHEN lower(trim(x)) IN ('false', '0', 'f', 'no', 'n', '0.0') THEN FALSE END"
    ),
    # Reddit and X escape exactly these three; the ampersand comes last, so that &amp;lt; gives &lt;
    "uf_unescape(x)": (
        "CASE WHEN contains(x, '&') THEN replace(replace(replace(x, '&lt;', '<'), '&gt;', '>'), '&amp;', '&') ELSE x END"
    ),
    # the subset of HTML that Mastodon, YouTube and Telegram give: breaks, paragraphs, other tags off, entities resolved
    "uf_html_text(x)": (
        r"trim(replace(replace(replace(replace(replace(replace(replace("
        r"regexp_replace(regexp_replace(regexp_replace(x, '<br\s*/?>', chr(10), 'gi'), '</p>\s*<p[^>]*>', chr(10) || chr(10), 'gi'), "
        r"'<[^>]*>', '', 'g'), '&nbsp;', ' '), '&quot;', '\"'), '&#39;', chr(39)), '&apos;', chr(39)), '&lt;', '<'), '&gt;', '>'), "
        r"'&amp;', '&'))"
    ),
    "uf_clean_list(l)": (
        "nullif(list_filter(list_transform(l, lambda e: trim(e, ' \t\r\n''\"')), "
        "lambda e: e IS NOT NULL AND e <> '' AND lower(e) NOT IN ('none', 'null', 'nan')), [])"
    ),
    "uf_list(x)": (
        "CASE WHEN uf_some(x) IS NULL THEN NULL "
        "WHEN left(ltrim(x), 1) = '[' AND TRY_CAST(x AS JSON) IS NOT NULL "
        "THEN uf_clean_list(json_extract_string(TRY_CAST(x AS JSON), '$[*]')) "
        r"WHEN left(ltrim(x), 1) = '[' AND (contains(x, '''') OR contains(x, '\"')) "
        r"THEN uf_clean_list(regexp_extract_all(x, '''[^'']*''|\"[^\"]*\"')) "
        r"ELSE uf_clean_list(regexp_split_to_array(trim(x, ' []'), '[,;\s]+')) END"
    ),
    "uf_hashtags(x)": (
        r"CASE WHEN contains(x, '#') OR contains(x, '＃') THEN nullif(list_transform(regexp_extract_all(x, '(?:^|[^\p{L}\p{N}_&/])[#\x{FF03}]([\p{L}\p{N}_]*[\p{L}_][\p{L}\p{N}_]*)', 1), lambda e: lower(e)), []) END"
    ),
    "uf_mentions(x)": (
        r"CASE WHEN contains(x, '@') OR contains(x, '＠') THEN nullif(list_transform(regexp_extract_all(x, '(?:^|[^\p{L}\p{N}_@/])[@\x{FF20}]([A-Za-z0-9_]{1,30})', 1), lambda e: lower(e)), []) END"
    ),
    "uf_urls(x)": (
        f"CASE WHEN contains(x, '://') THEN nullif(list_filter(list_transform(regexp_extract_all(x, '{_URL}'), "
        r"lambda e: regexp_replace(CASE WHEN contains(e, '(') THEN e ELSE regexp_replace(e, '\).*$', '') END, '[.,;:!?''*_…\]]+$', '')), lambda e: length(e) > 10), []) END"
    ),
    "uf_lower_list(l)": "nullif(list_transform(l, lambda e: lower(ltrim(e, '#@＃＠'))), [])",
    "uf_join_lists(a, b)": (
        "CASE WHEN b IS NULL THEN a WHEN a IS NULL THEN b ELSE nullif(list_filter(list_concat(coalesce(a, []), list_filter(coalesce(b, []), "
        "lambda e: NOT list_contains(coalesce(a, []), e))), lambda e: e IS NOT NULL), []) END"
    ),
    # Reddit's markdown writes \\_ for an underscore inside a link
    "uf_md_urls(x)": r"CASE WHEN contains(x, '://') THEN uf_urls(replace(uf_unescape(x), '\_', '_')) END",
    # the id of the referenced post of one kind, in X API v2's referenced_tweets
    "uf_ref(x, kind)": (
        "json_extract_string(list_filter(json_extract(TRY_CAST(x AS JSON), '$[*]'), "
        "lambda e: json_extract_string(e, '$.type') = kind)[1], '$.id')"
    ),
    "uf_hashes(l, algorithm)": "list_transform(l, lambda e: algorithm || ':' || lower(e))",
    "uf_host(x)": r"regexp_replace(lower(regexp_extract(x, '^[a-zA-Z]+://([^/?#]+)', 1)), '^www\.', '')",
    "uf_epoch_us(n)": (
        "CASE WHEN abs(n) < 1e11 THEN n * 1e6 WHEN abs(n) < 1e14 THEN n * 1e3 WHEN abs(n) < 1e17 THEN n ELSE floor(n / 1e3) END"
    ),
    "uf_moment(us)": (
        "CASE WHEN us BETWEEN 631152000000000 AND 4102444800000000 THEN make_timestamp(CAST(us AS BIGINT)) END"
    ),
    # unix seconds are what almost every cell is: they need no arithmetic on 38 digits
    "uf_from_number(x)": (
        "CASE WHEN strlen(x) = 10 AND TRY_CAST(x AS BIGINT) BETWEEN 631152000 AND 4102444800 "
        "THEN make_timestamp(TRY_CAST(x AS BIGINT) * 1000000) "
        "ELSE uf_moment(round(uf_epoch_us(TRY_CAST(x AS DECIMAL(38, 9))))) END"
    ),
    "uf_shape(x)": (
        r"CASE WHEN x IS NULL THEN NULL "
        rf"WHEN regexp_matches(x, '{_NUMBER}') THEN 'number' "
        r"WHEN regexp_matches(x, '^\d{4}-\d{2}-\d{2}$') THEN 'date' "
        r"WHEN regexp_matches(x, '^\d{4}-\d{2}-\d{2}[T ]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)? ?(Z|z|UTC|GMT|[+-]\d{2}(:?\d{2})?)$') THEN 'iso-zone' "
        r"WHEN regexp_matches(x, '^\d{4}-\d{2}-\d{2}[T ]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)? (EST|EDT|CST|CDT|MST|MDT|PST|PDT)$') THEN 'us-zone' "
        r"WHEN regexp_matches(x, '^\d{4}-\d{2}-\d{2}[T ]\d{1,2}:\d{2}$') THEN 'iso-minute' "
        r"WHEN regexp_matches(x, '^\d{4}-\d{2}-\d{2}[T ]\d{1,2}:\d{2}:\d{2}([.,]\d+)?$') THEN 'iso' "
        r"WHEN regexp_matches(x, '^[A-Z][a-z]{2} [A-Z][a-z]{2} \d{2} \d{2}:\d{2}:\d{2} [+-]\d{4} \d{4}$') THEN 'twitter' "
        r"WHEN regexp_matches(x, '^\d{1,2}/\d{1,2}/\d{4}$') THEN 'slash-date' "
        r"WHEN regexp_matches(x, '^\d{1,2}/\d{1,2}/\d{4},? \d{1,2}:\d{2}( ?[AP]M)?$') THEN 'slash-minute' "
        r"WHEN regexp_matches(x, '^\d{1,2}/\d{1,2}/\d{4},? \d{1,2}:\d{2}:\d{2}( ?[AP]M)?$') THEN 'slash' "
        rf"WHEN regexp_matches(x, '^{_DAY}$') THEN 'date' "
        rf"WHEN regexp_matches(x, '^{_DAY}(,? at|,)? \d{{1,2}}:\d{{2}}( ?[AP]M)?$') THEN 'iso-minute' "
        rf"WHEN regexp_matches(x, '^{_DAY}(,? at|,)? \d{{1,2}}:\d{{2}}:\d{{2}}( ?[AP]M)?$') THEN 'iso' "
        rf"WHEN regexp_matches(x, '^([A-Z][a-z]{{2}}, )?{_DAY} \d{{1,2}}:\d{{2}}(:\d{{2}})? ?(Z|UTC|GMT|[+-]\d{{4}})$') THEN 'iso-zone' "
        r"ELSE 'unknown' END"
    ),
    # a day told by the English name of its month (Oct 21, 2019; Mon, 21 Oct 2019), with dots, day first (21.10.2019), or slashes, year first
    "uf_spaced(x)": (
        r"regexp_replace(regexp_replace(regexp_replace(regexp_replace(x, '^[A-Z][a-z]{2}, ', ''), ' ?(Z|UTC|GMT)$', ' +0000'), "
        r"'([AP]M)$', ' \1'), ',? +at +|,? +|,', ' ', 'g')"
    ),
    "uf_named(x)": f"try_strptime(uf_spaced(x), [{', '.join(repr(d + c) for d in _DAYS for c in _CLOCKS)}])",
    "uf_named_zone(x)": (
        "make_timestamp(epoch_us(try_strptime(uf_spaced(x), "
        f"[{', '.join(repr(d + c + ' %z') for d in _DAYS for c in _CLOCKS)}])))"
    ),
    "uf_us_offset(x)": (
        "CASE right(x, 3) WHEN 'EDT' THEN 4 WHEN 'EST' THEN 5 WHEN 'CDT' THEN 5 WHEN 'CST' THEN 6 WHEN 'MDT' THEN 6 "
        "WHEN 'MST' THEN 7 WHEN 'PDT' THEN 7 WHEN 'PST' THEN 8 END"
    ),
    "uf_in_zone(t, zone)": "make_timestamp(epoch_us(timezone(zone, t)))",
    "uf_day_first(x)": (
        "try_strptime(replace(x, ',', ''), ['%d/%m/%Y %I:%M:%S %p', '%d/%m/%Y %H:%M:%S', '%d/%m/%Y %I:%M %p', "
        "'%d/%m/%Y %H:%M', '%d/%m/%Y'])"
    ),
    "uf_month_first(x)": (
        "try_strptime(replace(x, ',', ''), ['%m/%d/%Y %I:%M:%S %p', '%m/%d/%Y %H:%M:%S', '%m/%d/%Y %I:%M %p', "
        "'%m/%d/%Y %H:%M', '%m/%d/%Y'])"
    ),
}
"""Macro signature -> body."""


def define_macros(engine: DuckEngine) -> None:
    """Make the macros known to an engine (again and again is fine)."""
    for signature, body in MACROS.items():
        engine.execute(f"CREATE OR REPLACE TEMP MACRO {signature} AS {body}", f"macro {signature}")
