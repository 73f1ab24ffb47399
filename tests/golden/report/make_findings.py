"""Write findings.json: one finding of every kind, on an invented case in an invented country. Run it to remake the file."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from unfog.model import Estimate, Figure, Finding, Findings, Gap, InputRef, RowsRef, StepRef, Verdict
from unfog.model.finding import TableRef
from unfog.report.page import canonical
from unfog.text.writer import likelihood_sentence, wording
from unfog.text.yardstick import yardstick

HERE = Path(__file__).parent
SCALE = yardstick("phia")


def fig(
    name: str,
    value: float,
    unit: str,
    low: float | None = None,
    high: float | None = None,
    basis: str = "counted",
    note: str = "",
) -> Figure:
    span = Estimate(value=value, low=value if low is None else low, high=value if high is None else high)
    return Figure.model_validate({"name": name, "value": span, "unit": unit, "basis": basis, "note": note})


def finding(id_: str, sentence: str, data: dict[str, Any] | None = None, *figures: Figure, **more: Any) -> Finding:
    room, kind = id_.split(".")[:2]
    kind = str(more.pop("kind", kind))
    base: dict[str, Any] = {
        "id": id_, "room": room, "kind": kind, "sentence": sentence, "figures": figures, "data": data or {},
        "method": "Counted in the posts table after the as-of filter; ties are ordered by platform and post id.",
        "assumption": "Posts removed before capture are not in the archive.",
        "population": "every archived post of the 38 accounts that the platform named; no baseline sample",
        "steps": (StepRef(name=f"count_{kind.replace('-', '_')}", rows=12,
                          sql="SELECT platform, date_trunc('day', happened_at) AS day, count(*) AS n\nFROM appearances\nWHERE public_from <= TIMESTAMP '2031-03-14 23:59:59.999999'\nGROUP BY ALL"),),
        "rows": (RowsRef(table="appearances", keys=(("forum", "a1"), ("forum", "a7")), total=12),),
        "inputs": (InputRef(source_id="posts-1", sha256=hashlib.sha256(b"posts").hexdigest(), path="data:posts.jsonl.gz"),),
    }  # fmt: skip
    return Finding.model_validate({**base, **more})


def estimate(value: float, low: float, high: float) -> dict[str, float]:
    return {"value": value, "low": low, "high": high}


def answer(
    pid: str, says: str, percent: float, low: float, high: float, level: str, prior: tuple[float, float]
) -> Finding:
    middle = (prior[0] + prior[1]) / 2
    odds = (percent / (100 - percent)) / (middle / (1 - middle))
    curve = []
    for i in range(1, 40):
        p = i / 40
        o = p / (1 - p) * odds
        curve.append([p, o / 4 / (1 + o / 4), o / (1 + o), o * 4 / (1 + o * 4)])
    drivers = [
        {
            "id": "E04",
            "statement": "The same rare forums, in the same order",
            "basis": "measured",
            "log10_lr": 0.92,
            "low": 0.61,
            "high": 1.1,
            "group": "case tables",
        },
        {
            "id": "E11",
            "statement": "Posting hours fit one office shift",
            "basis": "measured",
            "log10_lr": 0.61,
            "low": 0.3,
            "high": 0.8,
            "group": "case tables",
        },
        {
            "id": "E17",
            "statement": "Sentence patterns of one first language",
            "basis": "argued",
            "log10_lr": 0.55,
            "low": 0.2,
            "high": 0.9,
            "group": "Marrow Institute",
        },
        {
            "id": "E21",
            "statement": "One account kept its name on three platforms",
            "basis": "argued",
            "log10_lr": -0.38,
            "low": -0.7,
            "high": -0.1,
            "group": "Evening Ledger",
        },
    ]
    caps = ["E17: argued item: at most 10"]
    words = wording(SCALE, percent, low, high).model_dump(mode="json")
    data = {
        "proposition": pid, "says": says, "status": "answered", "reason": "", "standard": "phia", "words": words, "wording": words,
        "percent": percent, "interval": [low, high], "posterior": estimate(percent / 100, low / 100, high / 100),
        "prior": estimate(middle, prior[0], prior[1]), "log10_lr": estimate(1.9, 1.2, 2.4), "prior_curve": curve,
        "word_begins": [{"word": "likely", "edge": 55.0, "prior_needed": 1.6}, {"word": "almost certain", "edge": 95.0, "prior_needed": 22.4}],
        "drivers": drivers, "caps": caps, "caps_that_bit": caps,
        "confidence_sentence": f"Analytic confidence is {level}: reliability moderate, range low, responsiveness moderate.",
        "confidence": {
            "level": level,
            "reliability": {"value": 0.58, "level": "moderate", "meaning": "share of the weight that comes from independent, archived sources graded A or B"},
            "range": {"value": 0.31, "level": "moderate", "meaning": "spread over priors, dependence settings and raters"},
            "responsiveness": {"value": 0.24, "level": "low", "meaning": "largest move when one group of evidence goes"},
            "gates": ["one group of evidence carries the result"], "kinds": ["behavioural", "technical"], "carrying": "case tables",
        },
        "flips": [{"what": "without the group “case tables”", "kind": "group", "at": None, "word": "realistic possibility"}, {"what": "a prior below 4 %", "kind": "prior", "at": 0.04, "word": "likely"}],
        "removals": [{"group": "case tables", "percent": 44.0, "move": -0.44, "log10_lr": 0.9, "word": "realistic possibility"}, {"group": "Marrow Institute", "percent": 81.0, "move": -0.07, "log10_lr": 1.5, "word": "highly likely"}],
        "tornado": [
            {"what": "group case tables", "kind": "group", "low": 0.44, "high": 0.91},
            {"what": "prior of operator", "kind": "prior", "low": 0.52, "high": 0.9},
            {"what": "ρ from 0.3 to 0.9", "kind": "rho", "low": 0.6, "high": 0.88},
        ],
        "rho_shown": {"0.3": 0.9, "0.6": percent / 100, "0.9": 0.79}, "raters": {"ana": 0.9, "ben": 0.83},
    }  # fmt: skip
    data["leave_one_group_out"] = data["removals"]
    return finding(
        f"judgement.answer.{pid.lower()}", likelihood_sentence(SCALE, says, percent, low, high), data,
        fig("probability", percent, "%", low, high, "argued"), fig("prior", 100 * middle, "%", 100 * prior[0], 100 * prior[1], "argued"),
        fig("log10_lr", 1.9, "log10 LR", 1.2, 2.4, "argued", "; ".join(caps)),
        method="Prior odds times likelihood ratios over all worlds; groups of shared origin combined with ρ = 0.6.",
        assumption="The values of each variable are exhaustive; the priors are those of the case file.",
        population="", derived_from=("judgement.evidence",), evidence=("E04", "E11", "E17", "E21"), steps=(), rows=(),
    )  # fmt: skip


def item(
    id_: str,
    statement: str,
    basis: str,
    kind: str,
    origin: str,
    grade: str,
    lr: float,
    low: float,
    high: float,
    **more: Any,
) -> dict[str, Any]:
    value = "lantern"
    return {
        "id": id_, "statement": statement, "kind": kind, "basis": basis, "variable": "operator", "group": origin, "origin": origin, "grade": grade,
        "reliability": 0.85, "public_from": "2031-03-01", "raw": {value: lr + 0.1, "other": 0.0}, "used": {value: lr, "other": 0.0},
        "low": {value: low, "other": 0.0}, "high": {value: high, "other": 0.0},
        "raters": {} if basis == "measured" else {"ana": {value: high}, "ben": {value: low}}, "calibrator": "hours/1" if basis == "measured" else "",
        "is_bound": False, "cap": "", "cap_bit": False, "left_out": "", "notes": [], "merged": [], "sources": [["Evening Ledger", "https://ledger.example/a", "2031-03-03"]],
        "caveats": [], **more,
    }  # fmt: skip


def findings() -> Findings:
    found = [
        answer("P1", "One controller stood behind the accounts that posted the papers", 88, 76, 95, "moderate", (0.05, 0.3)),
        answer("P2", "The accounts belong to the operation known as Paper Lantern", 71, 48, 86, "low", (0.01, 0.1)),
        answer("P3", "The operation was run from the country of Vessia", 43, 17, 70, "low", (0.02, 0.2)),
        finding("judgement.answer.p5", "Not assessable: The operation changed the result of the vote: no voter was asked.",
                {"proposition": "P5", "says": "The operation changed the result of the vote", "status": "not assessable", "reason": "no voter was asked",
                 "standard": "phia", "words": None, "percent": None, "interval": None, "prior_curve": [], "drivers": [], "confidence": None},
                method="No item of evidence speaks to this variable.", verdict=Verdict.CANNOT_TELL),
        finding("judgement.evidence", "4 of 5 items of evidence were weighed, in 3 groups: 3 measured and 2 argued.",
                {"rows": [
                    item("E04", "The same rare forums, in the same order", "measured", "behavioural", "case tables", "A2", 0.92, 0.61, 1.1),
                    item("E11", "Posting hours fit one office shift", "measured", "behavioural", "case tables", "A2", 0.61, 0.3, 0.8),
                    item("E17", "Sentence patterns of one first language", "argued", "technical", "Marrow Institute", "B3", 0.55, 0.2, 0.9, cap="argued item: at most 10", cap_bit=True),
                    item("E19", "Names made from one list", "measured", "technical", "case tables", "A2", 0.84, 0.0, 0.84, is_bound=True),
                    item("E21", "One account kept its name on three platforms", "argued", "behavioural", "Evening Ledger", "F6", -0.38, -0.7, -0.1, left_out="not graded (F6: missing, which is not the same as middling)", used={}),
                ], "groups": [{"id": "case tables", "items": ["E04", "E11", "E19"], "ties": ["origin:case tables"], "kinds": ["behavioural", "technical"], "split_because": [], "support": {"operator": {"lantern": 1.2, "other": 0.0}}, "cap": "", "cap_bit": False}],
                "grade_table": {"A": 0.95, "B": 0.85, "F": None}, "rater_gaps": [], "settings": {"rho": 0.6, "standard": "phia"}}, fig("weighed", 4, "items"), fig("measured", 3, "items"), fig("argued", 2, "items"), kind="evidence-table"),
        finding("judgement.through-time", "Public evidence changed on 4 dates, from 2031-02-28 to 2031-03-14.",
                {"points": {
                    p: [{"date": d, "percent": 100 * v, "low": 100 * lo, "high": 100 * hi, "log10_lr": 0.5, "new": ["E04"]} for d, v, lo, hi in series]
                    for p, series in {
                        "P1": [("2031-02-28", 0.31, 0.12, 0.55), ("2031-03-05", 0.62, 0.4, 0.8), ("2031-03-10", 0.86, 0.7, 0.94), ("2031-03-14", 0.88, 0.76, 0.95)],
                        "P2": [("2031-02-28", 0.06, 0.01, 0.2), ("2031-03-05", 0.4, 0.2, 0.63), ("2031-03-10", 0.66, 0.42, 0.83), ("2031-03-14", 0.71, 0.48, 0.86)],
                    }.items()}, "standard": "phia"}, fig("dates", 4, "dates")),
        finding("judgement.next-best", "The platform's vote logs would move P1 most: by 0.18 bits in expectation.",
                {"rows": [{"id": "U1", "statement": "vote logs of the platform", "bits": {"P1": 0.18, "P2": 0.02}, "outcomes": {"a pocket of votes": {"P1": 0.97}, "none": {"P1": 0.6}}}]}, fig("expected_gain", 0.18, "bits", 0.1, 0.25, "argued")),
        finding("judgement.circular", "3 of 9 press reports go back to the same briefing and count once.",
                {"circles": [{"origin": "Marrow Institute briefing", "items": ["E06", "E08", "E09"], "publishers": ["Evening Ledger"], "chain": ["E09 <- E06"], "false_corroboration": []}]}, fig("reports", 9, "reports"), fig("shared", 3, "reports"), kind="circular-reporting"),
        finding("spread.first-seen.harbour-papers", "The papers were first seen, as a document, on 21 February 2031 at 08:50:34 UTC; part of the content was disclosed in the press 19 days earlier.",
                {"rows": [
                    {"layer": "disclosure", "status": "proven", "when": "2031-02-02", "precision": "day", "who": "Evening Ledger", "where": "press", "removed": False, "searched": "3 press archives"},
                    {"layer": "document", "status": "proven", "when": "2031-02-21 08:50:34 UTC", "precision": "second", "who": "account A-7", "where": "r/OpenDrawer", "removed": True, "searched": "archive of the forum"},
                    {"layer": "document", "status": "claimed", "when": "2031-02-18", "precision": "day", "who": "unnamed source", "where": "file host", "removed": None, "searched": "tokens in addresses"},
                    {"layer": "narrative", "status": "proven", "when": "2031-02-04", "precision": "day", "who": "a member of parliament", "where": "speech", "removed": False, "searched": "official record"},
                ]}, fig("lead_of_disclosure", 19 * 86400.0, "s")),
        finding("spread.appearances.harbour-papers", "56 appearances on 5 platforms between 2 February and 12 March 2031.",
                {"by_platform_day": [{"platform": p, "day": f"2031-{m:02d}-{d:02d}", "count": n} for p, m, d, n in
                 [("forum", 2, 21, 2), ("forum", 2, 25, 1), ("forum", 3, 8, 11), ("microblog", 2, 23, 6), ("microblog", 3, 8, 17), ("blog", 2, 23, 2), ("press", 2, 2, 1), ("press", 3, 8, 9), ("press", 3, 12, 4), ("video", 3, 9, 3)]]},
                fig("appearances", 56, "appearances"), fig("platforms", 5, "platforms")),
        finding("spread.attempts.harbour-papers", "4 attempts before 8 March found no audience.",
                {"rows": [{"attempt_id": f"t{i}", "from": a, "to": b, "platforms": p, "appearances": n, "replies": r} for i, (a, b, p, n, r) in
                          enumerate([("2031-02-21", "2031-02-21", "forum", 2, 5), ("2031-02-23", "2031-02-25", "microblog, blog", 8, 1), ("2031-02-25", "2031-02-25", "forum", 1, 0), ("2031-03-01", "2031-03-01", "blog", 1, 0)], 1)]},
                fig("attempts", 4, "attempts")),
        finding("spread.breakout.harbour-papers", "The papers stayed at Breakout category 2 until 7 March and reached 5 on 8 March by the hand of a party leader.",
                {"days": [{"from": "2031-02-21", "to": "2031-02-22", "low": 1, "high": 1, "criterion": "one community", "by_whom": "operator accounts"},
                          {"from": "2031-02-23", "to": "2031-03-07", "low": 2, "high": 3, "criterion": "several platforms, one community each", "by_whom": "operator accounts"},
                          {"from": "2031-03-08", "to": "2031-03-12", "low": 5, "high": 5, "criterion": "public figure", "by_whom": "public figure"}]},
                fig("category", 5, "category")),
        finding("spread.handover.harbour-papers", "97 % of the engagement that was captured came after and downstream of the press conference.", {"before": {"replies": 6}, "after": {"replies": 212}},
                fig("share_after", 0.972, "share", 0.94, 0.99)),
        finding("spread.engagement.harbour-papers", "Engagement as captured: 218 replies in all.", {"rows": [{"platform": "forum", "captured_at": "2031-03-15", "replies": 218, "likes": 40}]}, fig("replies", 218, "replies")),
        finding("spread.conflicts", "Sources contradict each other on 2 points.",
                {"rows": [{"point": "number of accounts", "one": "38 (platform, 10 March)", "other": "31 (platform, June)", "resolution": "unresolved"},
                          {"point": "when the papers left the ministry", "one": "before 2 February", "other": "after 12 February", "resolution": "both can be true: two leaks"}]}, fig("conflicts", 2, "points")),
        finding("spread.explicit-tree", "The longest chain of explicit links has 4 steps.", {"rows": [{"from": "forum/a1", "to": "microblog/m4", "how": "link"}, {"from": "microblog/m4", "to": "press/p2", "how": "named"}]}, fig("depth", 4, "steps")),
        finding("spread.reach-by-actor", "Operator accounts account for 2 % of captured views.", {"rows": [{"actor": "operator accounts", "views": 410}, {"actor": "press", "views": 20100}]}, fig("share_operator", 0.02, "share", 0.015, 0.026)),
        finding("accounts.hours", "All 207 posts fall between 06 and 15 o'clock UTC.",
                {"hours": [0, 0, 0, 0, 0, 0, 4, 18, 31, 37, 29, 26, 33, 22, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0], "weekdays": [41, 44, 39, 37, 38, 8, 0]},
                fig("posts", 207, "posts"), fig("log10_lr", 0.61, "log10 LR", 0.3, 0.8, "measured"), verdict=Verdict.DESCRIPTIVE,
                caveats=("A scheduler sets its own hours.",)),
        finding("accounts.single-use", "29 of 38 accounts were used once.", {"rows": [{"posts_per_account": 1, "accounts": 29}, {"posts_per_account": 2, "accounts": 6}, {"posts_per_account": 20, "accounts": 3}]}, fig("single_use", 29, "accounts"), fig("share", 29 / 38, "share", 0.63, 0.87)),
        finding("accounts.pacing", "Gaps between posts of one account are what the platform's rate limit explains.", {"median_gap_s": 612}, fig("median_gap", 612, "s")),
        finding("accounts.creation", "12 accounts were registered within 3 days; chance gives that once in 4,000 such sets.", {}, fig("p", 0.00025, "p", basis="bound"), fig("log10_lr", 1.25, "log10 LR", 0.0, 1.25, "bound", "−1/(e·p·ln p)"), verdict=Verdict.INAUTHENTIC),
        finding("accounts.handles", "Handles of 17 accounts follow one pattern that 3 in 1,000 ordinary handles follow.", {}, fig("log10_lr", 0.84, "log10 LR", 0.5, 1.1, "measured")),
        finding("accounts.census", "Counts of the accounts differ by a factor of 40 with the definition.",
                {"rows": [{"definition_id": "D1", "definition": "named by the platform in March", "unit": "accounts", "value": 38, "low": None, "high": None, "origin": "platform", "computed": "published"},
                          {"definition_id": "D2", "definition": "touched the papers", "unit": "accounts", "value": 3, "low": 3, "high": 5, "origin": "case tables", "computed": "computed"},
                          {"definition_id": "D3", "definition": "would be called automated by a detector with 5 % false alarms", "unit": "accounts", "value": 121, "low": 60, "high": 190, "origin": "study", "computed": "published"}]}, fig("smallest", 3, "accounts", 3, 5), fig("largest", 121, "accounts", 60, 190)),
        finding("coordination.groups", "One group of 9 accounts acts together more than news bursts and fandom explain.",
                {"rows": [{"group_id": "g1", "size": 9, "signals": ["link", "near-text"], "p_group": 3e-6, "log10_lr": 1.6, "log10_lr_low": 1.1, "log10_lr_high": 2.0, "basis": "measured", "explanation": "none found"},
                          {"group_id": "g2", "size": 22, "signals": ["hashtags"], "p_group": 0.04, "log10_lr": 0.1, "log10_lr_low": -0.4, "log10_lr_high": 0.5, "basis": "measured", "explanation": "followers of one club on match day"}]},
                fig("accounts", 9, "accounts"), fig("q_value", 0.002, "p"), fig("log10_lr", 1.6, "log10 LR", 1.1, 2.0, "measured"), verdict=Verdict.COORDINATED),
        finding("coordination.breadth", "Between 8 and 14 accounts take part, by how strictly one counts.", {}, fig("accounts", 9, "accounts", 8, 14)),
        finding("coordination.power", "An operation of 6 accounts sharing 4 links would have been found with probability 0.9.", {}, fig("smallest", 6, "accounts", basis="bound")),
        finding("coordination.explanations", "A shared newsroom tool is not ruled out for 2 accounts.", {"rows": [{"explanation": "shared tool", "accounts": 2, "fits": True}]}, fig("accounts", 2, "accounts")),
        finding("campaigns.link.paper-lantern", "Against Paper Lantern the traits weigh 18 times for the same operator over an unrelated one; against a mimic they hardly weigh.",
                {"waterfall": [{"trait": "rare forums in order", "log10_lr": 0.92}, {"trait": "single-use accounts", "log10_lr": 0.44}, {"trait": "first-language errors", "log10_lr": 0.28}, {"trait": "kept name", "log10_lr": -0.38}],
                 "mimic": {"log10_lr": 0.12, "note": "traits public since 2030-06-22"}},
                fig("unrelated", 1.26, "log10 LR", 0.7, 1.7, "measured"), fig("mimic", 0.12, "log10 LR", -0.2, 0.4, "measured"), verdict=Verdict.ATTRIBUTABLE),
        finding("statements.ledger", "11 statements by 6 speakers; 4 use a word of certainty without saying what it rests on.",
                {"rows": [{"said_on": "2031-03-02", "speaker": "Minister of Trade", "on_behalf_of": "government", "certainty": "almost certain", "content": "that foreign actors sought to interfere", "evidence_shown": "none"},
                          {"said_on": "2031-03-11", "speaker": "Leader of the Harbour Party", "on_behalf_of": "opposition", "certainty": "", "content": "produce the facts", "evidence_shown": "none"}]}, fig("statements", 11, "statements")),
        finding("statements.certainty", "On one day the same government said “almost certain” in writing and “reasonable confidence” on camera.", {"rows": [{"register": "written", "words": "almost certain"}, {"register": "spoken", "words": "reasonable confidence"}]}),
        finding("statements.demands", "3 demands for evidence stand open.", {"rows": [{"by": "Harbour Party", "on": "2031-03-11", "asks": "the facts behind the ministry's words"}]}, fig("open", 3, "demands")),
        finding("statements.contradictions", "One pair of statements of one speaker cannot both be true.", {"rows": [{"one": "S04", "other": "S09", "about": "when the ministry knew"}]}, fig("pairs", 1, "pairs")),
        finding("statements.quantities", "Five figures are in circulation for “how many accounts”.", {"rows": [{"value": 38, "unit": "accounts", "of": "named", "origin": "platform"}]}, fig("figures", 5, "figures")),
        finding("statements.audit", "The ministry's wording of 2 March went beyond the public evidence of its day.", {"rows": [{"statement": "S01", "said": "almost certain", "band": "95 to 100 %", "public_evidence_then": "realistic possibility (40 %)", "verdict": "beyond the public evidence"}]}),
    ]  # fmt: skip
    return Findings(
        case="harbour-papers-2031", title="Who pushed the leaked Harbour Papers, and how sure can we be?",
        question="Were the trade papers that surfaced before the vote spread by one controller, by a known operation, or by people who simply found them?",
        as_of="2031-03-14", unfog="0.1.0", findings=tuple(sorted(found, key=lambda f: f.id)),
        gaps=(
            Gap(id="accounts.no-baseline", room="accounts", sentence="Whether the hours are unusual for the forum as a whole cannot be known, because only posts of the named accounts are at hand.", mend="a random sample of posts of the same communities and weeks"),
            Gap(id="spread.removed", room="spread", sentence="How many posts were removed before the archive was made cannot be known.", mend="the platform's removal log"),
        ),
        inputs=(InputRef(source_id="posts-1", sha256=hashlib.sha256(b"posts").hexdigest(), path="data:posts.jsonl.gz"), InputRef(source_id="obs-1", sha256=hashlib.sha256(b"obs").hexdigest(), path="case:observations.jsonl")),
        tables=(TableRef(name="appearances", file="tables/appearances.parquet", sha256=hashlib.sha256(b"app").hexdigest(), rows=56, grain="one row per appearance"),),
    )  # fmt: skip


if __name__ == "__main__":
    (HERE / "findings.json").write_bytes(canonical(findings()))
