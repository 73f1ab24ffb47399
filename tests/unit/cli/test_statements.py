from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import unfog.cli.statements  # noqa: F401  registers the verb
from unfog.cli.app import app
from unfog.errors import LimitError, UsageError

PAGE = """<!doctype html><html lang="en"><head><title>Harbour closed</title>
<meta property="article:published_time" content="2020-07-16T09:00:00Z"><script>var x = "she said 'no'";</script></head><body>
<nav><a href="/">Home</a></nav><article><h1>Harbour closed for the winter</h1>
<p>Port minister Anna Hale said on Thursday that the harbour would stay closed for the whole of the long winter ahead.</p>
<p>"It is highly likely that the ice will hold until the month of May," she said in a long interview with reporters.</p>
<p>The union leader Tom Brandt denied that the crews had left early, and he asked for more evidence of the danger.</p>
</article><footer>All rights reserved</footer></body></html>"""


def run(*args: str) -> dict[str, object]:
    result = CliRunner().invoke(app, ["statements", *args, "--json"], catch_exceptions=False)
    assert result.exit_code == 0
    document: dict[str, object] = json.loads(result.stdout)
    return document


@pytest.mark.filterwarnings("ignore:SOCKS support")  # urllib3, where PySocks is not installed
def test_html_page_to_jsonl(tmp_path: Path) -> None:
    page = tmp_path / "harbour.html"
    page.write_text(PAGE, encoding="utf-8")
    out = tmp_path / "found" / "statements.jsonl"
    told = run(str(page), "--out", str(out), "--html", str(tmp_path / "views"))
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert told["statements"] == len(rows) >= 3
    (sure,) = [r for r in rows if "ice will hold" in r["content"]]
    assert sure["speaker"]["name"] == "Anna Hale"
    assert sure["said_on"] == "2020-07-16"
    assert (sure["certainty"][0]["low"], sure["certainty"][0]["standard"]) == (80, "phia")
    assert set(sure) >= {
        "id", "article", "span", "speaker", "cue", "content", "kind", "said_on", "said_on_precision", "certainty", "stance",
        "propositions", "quantities", "demands", "review",
    }  # fmt: skip
    view = (tmp_path / "views" / "harbour.html").read_text(encoding="utf-8")
    assert "<script" not in view
    assert '<mark class="certainty"' in view


def test_an_undated_article_says_what_it_cannot_do(tmp_path: Path) -> None:
    page = tmp_path / "a.txt"
    page.write_text(
        "The Prime Minister said that the harbour would stay closed for the whole of the winter.", encoding="utf-8"
    )
    told = run(str(page), "--out", str(tmp_path / "o.jsonl"))
    assert any("no date" in p for p in told["problems"])  # type: ignore[attr-defined]
    told = run(str(page), "--out", str(tmp_path / "o.jsonl"), "--published", "2018-03-12")
    assert told["problems"] == []


def test_another_language_is_unsupported_and_no_error(tmp_path: Path) -> None:
    page = tmp_path / "de.txt"
    page.write_text(
        "Der Minister sagte am Donnerstag, der Hafen bleibe wegen des Eises noch lange geschlossen.", encoding="utf-8"
    )
    told = run(str(page), "--out", str(tmp_path / "o.jsonl"), "--published", "2020-07-16")
    assert told["statements"] == 0
    assert "not supported" in told["problems"][0]  # type: ignore[index]


def test_a_page_of_50_megabytes_is_refused_by_name_and_the_others_are_read(tmp_path: Path) -> None:
    big, small, out = tmp_path / "big.html", tmp_path / "small.html", str(tmp_path / "o.jsonl")
    with big.open("wb") as file:
        file.write(PAGE.encode())
        file.truncate(50 * 1024 * 1024)
    small.write_text(PAGE, encoding="utf-8")
    with pytest.raises(LimitError, match=r"big\.html has 52,428,800 bytes.*save its text as TXT.*document_bytes"):
        CliRunner().invoke(app, ["statements", str(big), "--out", out], catch_exceptions=False)
    told = run(str(big), str(small), "--out", out)
    assert told["articles"] == 1
    assert [p for p in told["problems"] if "big.html" in p]  # type: ignore[attr-defined]


def test_a_page_of_boilerplate_alone_says_so(tmp_path: Path) -> None:
    page = tmp_path / "menu.html"
    page.write_text(
        "<html><body><nav><a href='/'>Home</a> <a href='/news'>News</a></nav><footer>All rights reserved</footer></body></html>",
        encoding="utf-8",
    )
    result = CliRunner().invoke(app, ["statements", str(page), "--out", str(tmp_path / "o.jsonl"), "--json"])
    told = str(result.exception) if result.exception else result.stdout
    assert "no readable article text" in told or "no running text" in told


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["missing.html"], "not there"),
        (["--tagger", "magic"], "crf, neural"),
        (["--standard", "phiaa"], "phia"),
        (["--published", "2020"], "coarser than a day"),
    ],
)
def test_wrong_usage_says_what_to_do(tmp_path: Path, args: list[str], words: str) -> None:
    page = tmp_path / "a.txt"
    page.write_text("The minister said that the harbour would stay closed.", encoding="utf-8")
    named = [] if args == ["missing.html"] else [str(page)]
    with pytest.raises((UsageError, FileNotFoundError), match=words):
        CliRunner().invoke(
            app, ["statements", *named, *args, "--out", str(tmp_path / "o.jsonl")], catch_exceptions=False
        )
