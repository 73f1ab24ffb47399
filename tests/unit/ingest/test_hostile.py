"""Nothing let in: bombs, giants, depth, bytes that are no text, paths, formulas, entities, SQL, links out of the case."""

from __future__ import annotations

import gzip
import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard

from unfog.engine import DuckEngine
from unfog.errors import DataError, FormatError, LimitError, SourceMissing, UsageError
from unfog.ingest import FileSpec, Limits, ingest

GOOD = {"id": "a", "author": "ana", "subreddit": "s", "created_utc": 1571647834, "title": "t", "selftext": "x"}


def line(**more: Any) -> bytes:
    return json.dumps({**GOOD, **more}, ensure_ascii=False).encode() + b"\n"


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress], ids=["gzip", "zstd"])
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
    for path in (Path("posts.ndjson"), Path("../secret.ndjson"), case / "posts.ndjson"):
        with pytest.raises(DataError, match="leads out of"):
            ingest([FileSpec(path=path)], engine, tmp_path / "out", root=case)


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


def test_zip_members_are_never_paths(read: Callable[..., Any], write: Callable[..., Path], tmp_path: Path) -> None:
    got = read(write("z.zip", archive({"../../../evil.ndjson": line()})))
    assert got.source.rows_kept == 1
    assert not list(tmp_path.parent.glob("**/evil.ndjson"))
    with pytest.raises(FormatError, match="unpack it"):
        read(write("two.zip", archive({"a.csv": b"1", "b.csv": b"2"})), out="two")


def test_a_docx_bomb_and_a_docx_with_entities(
    read: Callable[..., Any], write: Callable[..., Path], samples: Path
) -> None:
    whole = zipfile.ZipFile(samples / "document.docx")
    members = {n: whole.read(n) for n in whole.namelist()}
    bomb = {**members, "word/media/x.xml": b" " * (50 << 20)}
    with pytest.raises(LimitError, match="expansion_ratio"):
        read(write("bomb.docx", archive(bomb)))
    lol = b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><w:document>&b;</w:document>'
    with pytest.raises(FormatError, match="declares XML entities"):
        read(write("lol.docx", archive({**members, "word/document.xml": lol})))


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


def test_media_names_with_path_tricks_stay_text(read: Callable[..., Any], tmp_path: Path) -> None:
    post = read("mail.eml").rows("posts")[0]
    assert post["media_hashes"] and all(h.startswith("sha256:") for h in post["media_hashes"])
    assert not (tmp_path / "etc").exists()


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
