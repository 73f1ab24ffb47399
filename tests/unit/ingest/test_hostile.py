"""Nothing let in: bombs, giants, depth, bytes that are no text, paths, formulas, entities, SQL, links out of the case."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from unfog.engine import DuckEngine
from unfog.errors import DataError, FormatError, LimitError, SourceMissing, UsageError
from unfog.ingest import FileSpec, Limits, ingest

GOOD = {"id": "a", "author": "ana", "subreddit": "s", "created_utc": 1571647834, "title": "t", "selftext": "x"}


def line(**more: Any) -> bytes:
    return json.dumps({**GOOD, **more}, ensure_ascii=False).encode() + b"\n"


def zipped(data: bytes) -> bytes:
    return archive({"posts.ndjson": data})


@pytest.mark.parametrize(
    "pack",
    [gzip.compress, bz2.compress, lzma.compress, zstandard.ZstdCompressor().compress, zipped],
    ids=["gzip", "bzip2", "xz", "zstd", "zip"],
)
def test_a_decompression_bomb_is_stopped(
    read: Callable[..., Any], write: Callable[..., Path], pack: Callable[..., bytes]
) -> None:
    path = write("bomb.ndjson.x", pack(line() + b" " * (80 << 20)))
    with pytest.raises(LimitError, match="limit: expansion_ratio"):
        read(path)


def test_a_bomb_is_stopped_by_size_too(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    path = write("b.ndjson.gz", gzip.compress(line() * 2000))
    with pytest.raises(LimitError, match="limit: expanded_bytes"):
        read(path, limits=Limits(expanded_bytes=1000))


def test_a_zstd_window_beyond_the_limit_is_refused(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=25, enable_ldm=True)
    path = write("w.ndjson.zst", zstandard.ZstdCompressor(compression_params=parameters).compress(line() * 400_000))
    with pytest.raises(FormatError, match="zstd"):
        read(path, limits=Limits(zstd_window_bytes=1 << 20))


def test_a_line_of_100_mb_is_one_reject(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    path = write("long.ndjson", line(id="a") + b'{"id":"' + b"x" * (100 << 20) + b'"}\n' + line(id="b"))
    got = read(path)
    assert (got.source.rows_read, got.source.rows_kept) == (3, 2)
    assert [(r["row"], "line_bytes" in r["reason"]) for r in got.rows("rejects")] == [(2, True)]


def test_deep_json_is_bounded(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    deep = (
        b'{"author":"x","subreddit":"s","title":"t","id":"d","created_utc":1571647834,"z":'
        + b"[" * 100_000
        + b"]" * 100_000
        + b"}\n"
    )
    got = read(write("deep.ndjson", line() + deep + b"[" * 50_000 + b"\n"))
    assert got.source.rows_read == 3
    assert got.source.rows_kept >= 1
    array = read(write("deep.json", b"[" + line().strip() + b"," + b'{"a":' * 100_000), out="array")
    assert array.source.rows_kept == 1
    assert array.source.rows_rejected == 1


def test_a_deep_document_names_its_limit(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    text = '{\n"name":"x",\n"type":"t",\n"messages":' + "[" * 900 + "]" * 900 + "}"
    with pytest.raises(LimitError, match="json_depth"):
        read(write("deep.json", text))


def test_nul_and_bytes_that_are_no_utf8_are_replaced_and_counted(
    read: Callable[..., Any], write: Callable[..., Path]
) -> None:
    got = read(
        write(
            "n.ndjson",
            line(id="a", title="A\x42")
            + line(id="b").replace(b'"t"', b'"\xff\xfe\xc3"')
            + line(id="c").replace(b'"x"', b'"n\x00l"'),
        )
    )
    assert got.source.rows_kept == 3
    texts = {p["post_id"]: (p["title"], p["text"]) for p in got.rows("posts")}
    assert texts["b"][0] == "\ufffd\ufffd\ufffd" and texts["c"][1] == "n\ufffdl"
    assert "were not UTF-8" in got.source.notes and "1 NUL" in got.source.notes


def test_utf16_is_read(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    got = read(
        write("u.csv", "id,who,t\n1,ana é,1571647834\n".encode("utf-16")),
        map={"post_id": "id", "account_id": "who", "happened_at": "t"},
    )
    assert got.rows("posts")[0]["account_id"] == "ana é"
    assert "UTF-16" in got.source.notes


CSV = "id,who,t\n1,ana é,1571647834\n2,ben,1571647835\n"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (CSV.encode("utf-16-le"), "UTF-16, told by its NULs"),
        (CSV.encode("utf-16-be"), "UTF-16, told by its NULs"),
        (CSV.encode("utf-32"), "UTF-32"),
        (CSV.encode("utf-8-sig"), ""),
        (CSV.replace("\n", "\r").encode(), "carriage returns alone"),
        (CSV.replace("\n", "\r\n").encode(), ""),
        (CSV.replace("\n", "\r").encode("utf-16"), "carriage returns alone"),
    ],
    ids=["utf-16-le", "utf-16-be", "utf-32", "mark", "cr", "crlf", "utf-16-cr"],
)
def test_codings_and_line_ends(read: Callable[..., Any], write: Callable[..., Path], data: bytes, said: str) -> None:
    got = read(write("c.csv", data), map=TOLD)
    assert [p["account_id"] for p in got.rows("posts")] == ["ana é", "ben"]
    assert said in got.source.notes


def test_ndjson_whose_lines_end_with_carriage_returns_alone(
    read: Callable[..., Any], write: Callable[..., Path]
) -> None:
    got = read(write("c.ndjson", (line(id="a") + line(id="b")).replace(b"\n", b"\r")))
    assert [p["post_id"] for p in got.rows("posts")] == ["a", "b"]


def test_a_carriage_return_inside_a_text_ends_no_row(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    got = read(write("c.csv", 'id,who,t,x\n1,ana,1571647834,"one\rtwo"\n'), map={**TOLD, "text": "x"})
    assert [p["text"] for p in got.rows("posts")] == ["one\rtwo"]


def test_a_column_that_occurs_twice_is_told(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    got = read(write("c.csv", "id,who,Who,t\n1,ana,ben,1571647834\n"), map=TOLD)
    assert got.rows("posts")[0]["account_id"] == "ana"
    assert "the column 'who' occurs 2 times: the first is read" in got.source.notes


def test_an_empty_file_is_told(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    assert "the file is empty" in read(write("c.csv", ""), map=TOLD).source.notes
    with pytest.raises(FormatError, match="no rows that could be read"):
        read(write("d.csv", ""))


def test_a_quote_that_is_never_closed_swallows_no_row(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    rows = "".join(f"{i},cy,1571647834\n" for i in range(3, 3000))
    got = read(write("q.csv", f'id,who,t\n1,ana,1571647834\n2,"ben,1571647835\n{rows}'), map=TOLD)
    assert (got.source.rows_read, got.source.rows_kept) == (2999, 2998)
    assert got.rows("rejects")[0]["excerpt"] == '2,"ben,1571647835'
    closed = f'id,who,t\n1,ana,1571647834\n2,"ben,1571647835\n{rows}9000,d"x,1571647834\n9001,eve,1571647834\n'
    again = read(write("r.csv", closed), map=TOLD, out="closed")
    assert again.source.rows_kept >= 2999
    text = 'id,who,t\n1,"over\nthree\nlines",1571647834\n2,ben,1571647835\n3\n'
    sound = read(write("s.csv", text), map=TOLD, out="sound")
    assert {p["account_id"] for p in sound.rows("posts")} == {"over\nthree\nlines", "ben"}


def test_many_quotes_that_are_never_closed_end_in_bounded_time(
    read: Callable[..., Any], write: Callable[..., Path]
) -> None:
    got = read(write("q.csv", "id,who,t\n" + ('"' + "x" * 40 + "\n") * 60_001), map=TOLD)
    assert got.source.rows_kept == 0 and 0 < got.source.rows_rejected <= 60_001


def test_numbers_beyond_all_measure(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    huge = b"9" * 400
    body = b"".join(
        line(id=str(i)).replace(b"1571647834", told)
        for i, told in enumerate((huge, b"1e400", b"-1", b"0", b"NaN", b"Infinity", b"-62135596800", b"253402300800"))
    )
    got = read(write("n.ndjson", body + line(id="ok", score=0).replace(b'"score": 0', b'"score": ' + huge)))
    assert [p["post_id"] for p in got.rows("posts")] == ["ok"]
    assert got.source.rows_rejected == 8


def test_of_two_equal_keys_one_is_taken_always_the_same(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    twice = line().replace(b'"author": "ana"', b'"author": "ana", "author": "ben"')
    assert [p["account_id"] for p in read(write("k.ndjson", twice)).rows("posts")] == ["ana"]


def test_an_escaped_nul_is_none(read: Callable[..., Any], write: Callable[..., Path], tmp_path: Path) -> None:
    told = line(id="a", author="x\x00\x00\x00y", title="\x00") + line(id="b", author="z", title="\\u0000 in words")
    posts = {p["post_id"]: p for p in read(write("n.ndjson", told)).rows("posts")}
    assert (posts["a"]["account_id"], posts["a"]["title"]) == ("x\ufffd\ufffd\ufffdy", "\ufffd")
    assert posts["b"]["title"] == "\\u0000 in words"
    pq.write_table(pa.table({"id": ["1"], "who": ["a\x00b"], "t": ["1571647834"]}), tmp_path / "n.parquet")
    assert read(tmp_path / "n.parquet", map=TOLD, out="p").rows("posts")[0]["account_id"] == "a\ufffdb"


def test_lone_surrogates_are_mended(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    half = line(author="x?").replace(b"x?", b"x\\ud800")
    got = read(write("s.ndjson", half))
    assert "half of a surrogate pair" in got.source.notes
    assert got.rows("posts")[0]["account_id"].encode("utf-8")


@pytest.mark.parametrize(
    "name", ["'; DROP TABLE posts; --.ndjson", "%s{0}$x.ndjson", "a\nb.ndjson", "x\u202egnp.ndjson", "g*[ab]?.ndjson"]
)
def test_names_of_files_are_only_names(read: Callable[..., Any], write: Callable[..., Path], name: str) -> None:
    write("gabc.ndjson", b"another file that a pattern would find")
    got = read(write(name, line()))
    assert got.source.path == name
    assert got.engine.scalar("SELECT count(*) FROM posts") == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rtl", "user\u202egnp.exe"),
        ("homoglyph", "аdmin"),
        ("zero", "ad\u200bmin"),
        ("sql", "x'; DROP TABLE posts; --"),
        ("quote", 'x"y'),
        ("formula", "=cmd|' /C calc'!A0"),
        ("html", "<script>alert(1)</script>"),
        ("tab", "a\tb"),
    ],
)
def test_handles_stay_exactly_what_they_are(
    read: Callable[..., Any], write: Callable[..., Path], name: str, text: str
) -> None:
    got = read(write("h.ndjson", line(author=text, id=name)))
    assert [p["account_id"] for p in got.rows("posts")] == [text]
    assert got.engine.scalar("SELECT count(*) FROM posts") == 1


def test_sql_in_column_names(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    nasty = [
        'a"); DROP TABLE sources; --',
        "x'y",
        "{happened_at}",
        "$p",
        "row",
        "part",
        "bad",
        "excerpt",
        "f:id",
        "select",
    ]
    header = ",".join('"' + n.replace('"', '""') + '"' for n in nasty)
    path = write("s.csv", f"id,{header}\n1,{','.join(str(1571647834 + i) for i in range(len(nasty)))}\n")
    for at, name in enumerate(nasty):
        got = read(path, out=f"o{at}", map={"post_id": "id", "account_id": name, "happened_at": name})
        assert got.rows("posts")[0]["account_id"] == str(1571647834 + at), name


def test_columns_beyond_the_limit(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    path = write("wide.csv", ",".join(f"c{i}" for i in range(5000)) + "\n")
    with pytest.raises(LimitError, match="columns"):
        read(path, map={"account_id": "c1", "text": "c2"})


def test_a_cell_beyond_the_limit_is_a_reject(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    path = write("cell.csv", "id,who,t\n1,ana,1571647834\n2," + "x" * 5000 + ",1571647834\n3,cy,1571647834\n")
    got = read(path, map={"post_id": "id", "account_id": "who", "happened_at": "t"}, limits=Limits(cell_bytes=1000))
    assert got.source.rows_kept == 2
    assert "cell_bytes" in got.reasons[0]


@pytest.mark.parametrize(
    "row",
    ['2,"never closed,1571647834\n', "2,too,many,1571647834\n", "2\n", '2,a,"1571647834"x"\n'],
    ids=["quote", "more", "fewer", "stray"],
)
def test_a_csv_row_amiss_is_refused_and_the_others_are_read(
    read: Callable[..., Any], write: Callable[..., Path], row: str
) -> None:
    got = read(
        write("c.csv", f"id,who,t\n1,ana,1571647834\n{row}"),
        map={"post_id": "id", "account_id": "who", "happened_at": "t"},
    )
    assert [p["post_id"] for p in got.rows("posts")] == ["1"]
    assert got.source.rows_rejected == 1
    assert got.rows("rejects")[0]["row"] == 2


def test_a_comma_at_the_end_of_a_row_is_no_cell(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    told = {"post_id": "id", "account_id": "who", "happened_at": "t"}
    bulk = read(write("c.csv", "id,who,t\n1,ana,1571647834\n2,ben,1571647834,\n"), map=told)
    assert bulk.source.rows_kept == 2
    slow = read(write("d.csv", "id,who,t\n1,ana,1571647834\n2,ben,1571647834,\n3\n"), map=told, out="slow")
    assert (slow.source.rows_kept, slow.source.rows_rejected) == (2, 1)


def test_an_empty_url_cell_is_no_url(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    cells = ["", " ", "[]", "['']", "[None]", "nan", '""']
    body = "".join(f'{i},ana,1571647834,"{c.replace(chr(34), chr(34) * 2)}"\n' for i, c in enumerate(cells))
    got = read(
        write("u.csv", "id,who,t,u\n" + body),
        map={"post_id": "id", "account_id": "who", "happened_at": "t", "urls": "u"},
    )
    assert [p["urls"] for p in got.rows("posts")] == [None] * len(cells)


def test_a_link_out_of_the_case_is_refused(engine: DuckEngine, tmp_path: Path) -> None:
    case = tmp_path / "case"
    case.mkdir()
    secret = tmp_path / "secret.ndjson"
    secret.write_bytes(line())
    (case / "posts.ndjson").symlink_to(secret)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "more.ndjson").write_bytes(line())
    (case / "folder").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (case / "nowhere.ndjson").symlink_to(tmp_path / "not there")
    names = ("posts.ndjson", "../secret.ndjson", "folder/more.ndjson", "nowhere.ndjson")
    for path in (*map(Path, names), case / "posts.ndjson", case / "folder" / "more.ndjson"):
        with pytest.raises(DataError, match="leads out of"):
            ingest([FileSpec(path=path)], engine, tmp_path / "out", root=case)
    (case / "round").symlink_to(case / "round")
    with pytest.raises(DataError, match="cannot look at"):
        ingest([FileSpec(path=Path("round"))], engine, tmp_path / "out", root=case)


def test_a_map_may_not_lead_out_either(engine: DuckEngine, tmp_path: Path) -> None:
    case = tmp_path / "case"
    case.mkdir()
    (case / "t.csv").write_text("a,b\n1,2\n")
    (tmp_path / "m.toml").write_text('account_id = "a"\n')
    with pytest.raises(DataError, match="leads out of"):
        ingest([FileSpec(path=Path("t.csv"), map=Path("../m.toml"))], engine, tmp_path / "out", root=case)


def test_no_device_or_folder_is_read(engine: DuckEngine, tmp_path: Path) -> None:
    for path in (Path("/dev/zero"), tmp_path):
        with pytest.raises(DataError, match="not a regular file"):
            ingest([FileSpec(path=path)], engine, tmp_path / "out", root=tmp_path)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with pytest.raises(DataError, match="not a regular file"):
        ingest([FileSpec(path=fifo)], engine, tmp_path / "out", root=tmp_path)


def test_missing_and_optional(engine: DuckEngine, tmp_path: Path) -> None:
    with pytest.raises(SourceMissing, match="check the path"):
        ingest([FileSpec(path=Path("no.csv"))], engine, tmp_path / "out", root=tmp_path)
    result = ingest([FileSpec(path=Path("no.csv"), optional=True)], engine, tmp_path / "out", root=tmp_path)
    assert result.missing == ("no.csv",)
    assert set(result.rows.values()) == {0}


def archive(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        for name, data in members.items():
            box.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize("name", ["../../../evil.ndjson", "/tmp/evil.ndjson", "C:\\evil.ndjson", "..\\..\\evil.ndjson"])
def test_zip_members_are_never_paths(
    read: Callable[..., Any], write: Callable[..., Path], tmp_path: Path, name: str
) -> None:
    got = read(write("z.zip", archive({name: line()})))
    assert got.source.rows_kept == 1
    assert not list(tmp_path.parent.glob("**/*evil.ndjson")) and not Path("/tmp/evil.ndjson").exists()


def test_a_link_inside_a_zip_is_only_its_bytes(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as box:
        link = zipfile.ZipInfo("posts.ndjson")
        link.external_attr = 0o120777 << 16
        box.writestr(link, "/etc/passwd")
    with pytest.raises(FormatError, match="in no format"):
        read(write("link.zip", out.getvalue()))


def test_a_zip_of_several_files_or_with_a_password_says_so(
    read: Callable[..., Any], write: Callable[..., Path]
) -> None:
    with pytest.raises(FormatError, match="unpack it"):
        read(write("two.zip", archive({"a.csv": b"1", "b.csv": b"2"})))
    locked = bytearray(archive({"a.ndjson": line()}))
    locked[6] |= 1
    locked[locked.find(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(FormatError, match="password"):
        read(write("locked.zip", bytes(locked)))
    with pytest.raises(FormatError, match="gzip inside gzip"):
        read(write("twice.ndjson.gz", gzip.compress(gzip.compress(line()))))


def laughs(part: bytes, word: bytes) -> bytes:
    """A part of an Office file with a billion laughs where a word was; the declaration stands behind 300 KB of comment."""
    levels = b"".join(b'<!ENTITY l%d "%s">' % (i, b"&l%d;" % (i - 1) * 10) for i in range(1, 10))
    head = b'<?xml version="1.0"?><!--' + b"x" * 300_000 + b'--><!DOCTYPE lolz [<!ENTITY l0 "ha">' + levels + b"]>"
    return head + part.partition(b"?>")[2].replace(word, b"&l9;")


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as box:
        return {n: box.read(n) for n in box.namelist()}


def test_a_docx_bomb_and_a_docx_with_entities(
    read: Callable[..., Any], write: Callable[..., Path], samples: Path
) -> None:
    members = parts(samples / "document.docx")
    with pytest.raises(LimitError, match="expansion_ratio"):
        read(write("bomb.docx", archive({**members, "word/media/x.xml": b" " * (50 << 20)})))
    with pytest.raises(FormatError, match="declares XML entities"):
        read(write("lol.docx", archive({**members, "word/document.xml": laughs(members["word/document.xml"], b"e")})))
    hidden = members["word/document.xml"].partition(b"?>")[2]
    coded = b'<?xml version="1.0" encoding="UTF-7"?>' + hidden
    with pytest.raises(FormatError, match="declares XML entities"):
        read(write("coded.docx", archive({**members, "word/document.xml": coded})))


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    for row in (["id", "who", "t"], ["1", "=cmd|' /C calc'!A0", 1571647834], ["2", "ana", 1571647834]):
        book.active.append(row)
    book.save(tmp_path / "sheet.xlsx")
    return tmp_path / "sheet.xlsx"


TOLD = {"post_id": "id", "account_id": "who", "happened_at": "t"}


def test_an_xlsx_with_entities_or_outside_files_is_refused(
    read: Callable[..., Any], write: Callable[..., Path], sheet: Path
) -> None:
    members = parts(sheet)
    (name,) = (n for n in members if n.endswith("sheet1.xml"))
    with pytest.raises(FormatError, match="declares XML entities"):
        read(write("lol.xlsx", archive({**members, name: laughs(members[name], b"ana")})), map=TOLD)
    outside = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    stolen = outside + members[name].partition(b"?>")[2].replace(b"ana", b"&e;")
    with pytest.raises(FormatError, match="declares XML entities"):
        read(write("xxe.xlsx", archive({**members, name: stolen})), map=TOLD)
    with pytest.raises(LimitError, match="expansion_ratio"):
        read(write("bomb.xlsx", archive({**members, "xl/media/x.bin": b"\0" * (50 << 20)})), map=TOLD)


def test_a_formula_in_a_sheet_is_never_computed(read: Callable[..., Any], sheet: Path) -> None:
    got = read(sheet, map=TOLD)
    assert [p["account_id"] for p in got.rows("posts")] == ["ana"]
    assert got.reasons == ["no account_id (who is empty)"]


def test_entities_in_plain_xml_and_html_are_never_expanded(
    read: Callable[..., Any], write: Callable[..., Path]
) -> None:
    levels = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    with pytest.raises(FormatError, match="in no format"):
        read(write("laughs.xml", f'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY l0 "ha">{levels}]><lolz>&l9;</lolz>'))
    body = "The ferry was late again on Monday. " * 20
    page = f'<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">{levels}]><html><body><p>{body}&x;&l9;</p></body></html>'
    (article,) = read(write("page.html", page)).rows("articles")
    assert "root:" not in article["text"] and len(article["text"]) < 2 * len(body)


def test_a_parquet_file_whose_rows_repeat_one_long_text_is_stopped(read: Callable[..., Any], tmp_path: Path) -> None:
    """A dictionary holds the text once: a few KB stand for gigabytes."""
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 500_000, pa.int32()), ["A" * 5000])
    pq.write_table(pa.table({"id": column, "who": column, "t": column}), tmp_path / "rows.parquet", compression="zstd")
    assert (tmp_path / "rows.parquet").stat().st_size < 100_000
    with pytest.raises(LimitError, match="limit: expansion_ratio"):
        read(tmp_path / "rows.parquet", map=TOLD)
    honest = pa.table({"id": ["1", "2"], "who": ["ana", "ana"], "t": ["1571647834", "1571647835"]})
    pq.write_table(honest, tmp_path / "honest.parquet")
    assert read(tmp_path / "honest.parquet", map=TOLD, out="honest").source.rows_kept == 2


def test_hostile_pdfs(read: Callable[..., Any], write: Callable[..., Path], samples: Path) -> None:
    good = (samples / "document.pdf").read_bytes()
    for at, bad in enumerate(
        (
            good[:200],
            b"%PDF-1.7\n" + b"\x00" * 5000,
            good.replace(b"/Count 1", b"/Count 999999999"),
            good.replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]"),
        )
    ):
        try:
            assert read(write(f"p{at}.pdf", bad), out=f"p{at}").source.rows_kept == 1
        except (FormatError, LimitError) as why:
            assert f"p{at}.pdf" in str(why)


def test_an_encrypted_pdf_says_so(read: Callable[..., Any], write: Callable[..., Path], samples: Path) -> None:
    good = (samples / "document.pdf").read_bytes()
    locked = good.replace(
        b"trailer\n<< ",
        b"trailer\n<< /Encrypt << /Filter /Standard /V 1 /R 2 /O <"
        + b"41" * 32
        + b"> /U <"
        + b"42" * 32
        + b"> /P -4 >> /ID [<00><00>] ",
    )
    with pytest.raises(FormatError, match="password"):
        read(write("locked.pdf", locked))


TELEGRAM = {
    "name": "c", "type": "public_channel", "id": 1,
    "messages": [{
        "id": 1, "type": "message", "date": "2019-10-21T08:50:34", "date_unixtime": "1571647834", "from": "C",
        "from_id": "channel1", "photo": "../../../../etc/passwd", "file": "C:\\windows\\x", "thumbnail": "/etc/shadow", "text": "hi",
    }],
}  # fmt: skip
MAIL = b"""From: a@x.example\r\nDate: Mon, 21 Oct 2019 08:50:34 +0000\r\nSubject: s\r\nMIME-Version: 1.0\r
Message-ID: <../../../etc/x>\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello\r
--b\r\nContent-Type: application/octet-stream; name="../../../tmp/evil"\r
Content-Disposition: attachment; filename="/etc/cron.d/x"\r\n\r\nabc\r\n--b--\r\n"""


@pytest.mark.parametrize(
    ("name", "data"), [("t.json", json.dumps(TELEGRAM, indent=1).encode()), ("m.eml", MAIL)], ids=["telegram", "mail"]
)
def test_media_names_with_path_tricks_are_never_opened(
    read: Callable[..., Any], write: Callable[..., Path], tmp_path: Path, name: str, data: bytes
) -> None:
    opened: list[str] = []
    path = write(name, data)
    _WATCHED.append(opened)
    try:
        (post,) = read(path).rows("posts")
    finally:
        _WATCHED.clear()
    assert not [p for p in opened if any(bad in p for bad in ("passwd", "shadow", "windows", "evil", "cron"))]
    assert all(h.startswith("sha256:") for h in post["media_hashes"] or [])
    assert not (tmp_path / "etc").exists()


_WATCHED: list[list[str]] = []


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and _WATCHED and isinstance(arguments[0], (str, bytes, os.PathLike)):
        _WATCHED[0].append(os.fsdecode(arguments[0]))


sys.addaudithook(_watch)


def test_a_mail_nested_without_end_is_a_reject(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    deep = b"text"
    for i in range(2000):
        deep = b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n%s\r\n--b%d--\r\n' % (i, i, deep, i)
    got = read(write("deep.eml", MAIL.partition(b"Content-Type")[0] + deep))
    assert (got.source.rows_read, got.source.rows_rejected) == (1, 1)


def test_a_page_that_unpacks_without_end_is_cut(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n"
    body += gzip.compress(b"<html>" + b" " * (40 << 20))
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://x.example/\r\nWARC-Date: 2020-01-01T00:00:00Z\r\nContent-Length: {len(body)}\r\n\r\n"
    got = read(write("b.warc", head.encode() + body + b"\r\n\r\n"), limits=Limits(document_bytes=1 << 20))
    assert (got.source.rows_kept, got.source.rows_rejected) == (0, 1)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        b"{",
        b"[",
        b"[]",
        b"{}",
        b"\x00" * 100,
        b"PAR1PAR1",
        b"PK\x03\x04",
        b"\x1f\x8b",
        b"\x28\xb5\x2f\xfd\x00",
        b"WARC/1.0\r\n",
        b"From x\nFrom: a",
    ],
)
def test_scraps_are_refused_in_words(read: Callable[..., Any], write: Callable[..., Path], data: bytes) -> None:
    try:
        got = read(write("scrap.bin", data))
    except (DataError, UsageError) as why:
        assert str(why)
    else:
        assert got.source.rows_read == got.source.rows_kept + got.source.rows_rejected


def test_a_truncated_gzip_is_named(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    packed = gzip.compress(b"".join(line(id=str(i), title=os.urandom(20).hex()) for i in range(20_000)))
    with pytest.raises(FormatError, match="cannot be unpacked"):
        read(write("cut.ndjson.gz", packed[: len(packed) // 2]))


def test_unknown_columns_are_listed_and_a_map_is_proposed(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    with pytest.raises(FormatError) as why:
        read(write("t.csv", "tweet_id,screen_name,created_at,body,mood\n1,ana,2019-10-21,x,y\n"))
    assert 'account_id = "screen_name"' in str(why.value) and "not used: mood" in str(why.value)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"acount_id": "who"}, 'did you mean "account_id"'),
        ({"account_id": "whom"}, 'did you mean "who"'),
        ({"columns": {"account_id": "who"}, "zonne": "UTC"}, 'did you mean "zone"'),
        ({"columns": {"account_id": 3}}, "must be the name"),
        ({"columns": {"account_id": "who"}, "table": "poosts"}, "a map can give"),
    ],
)
def test_a_wrong_map_is_explained(
    read: Callable[..., Any], write: Callable[..., Path], told: dict[str, Any], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        read(write("t.csv", "id,who,t\n1,ana,1571647834\n"), map=told)


def test_unknown_format(read: Callable[..., Any]) -> None:
    with pytest.raises(UsageError, match='did you mean "mastodon"'):
        read("mastodon.json", format="mastodn")


def test_a_json_document_that_is_no_list_names_its_limit(read: Callable[..., Any], write: Callable[..., Path]) -> None:
    """Such a document is read whole, so its size is limited; a list of the same size is streamed."""
    items = ",".join(line(id=str(i)).decode().strip() for i in range(400))
    limits = Limits(json_document_bytes=20_000)
    document = '{\n"author": "ana",\n"submissions": [' + items + '],\n"comments": []\n}'
    with pytest.raises(LimitError, match=r"20,000 bytes.*json_document_bytes"):
        read(write("one.json", document), limits=limits)
    assert read(write("one.json", document), out="within").source.rows_kept >= 400
    assert read(write("list.json", f"[{items}]"), out="list", limits=limits).source.rows_kept == 400


def test_a_first_record_longer_than_the_look_is_recognised(
    read: Callable[..., Any], write: Callable[..., Path]
) -> None:
    done = read(write("long.txt", line(id="b", selftext="word " * 80_000) + line()))
    assert done.source.format == "reddit-pushshift" and done.source.rows_kept == 2
    alone = write("one.json", json.dumps({"name": "x", "more": "word " * 80_000}).encode())
    with pytest.raises(FormatError):
        read(alone)


def test_rows_of_hundreds_of_kilobytes_are_sorted_within_little_memory(write: Callable[..., Path]) -> None:
    path = write("wide.ndjson", b"".join(line(id=f"{at:x}", selftext=f"{at} " * 20_000) for at in range(1200)))
    with DuckEngine(memory="150MB", threads=2) as engine:
        result = ingest([FileSpec(path=path)], engine, path.parent / "out", root=path.parent)
        assert result.sources[0].rows_kept == 1200
        groups = pq.ParquetFile(path.parent / "out" / "posts.parquet").metadata
        assert groups.num_row_groups > 5
