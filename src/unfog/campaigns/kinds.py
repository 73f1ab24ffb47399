"""The kinds of traits: what each means, what it may say, what it costs to imitate, and how it is compared.

Kinds whose vocabulary every entry of the catalogue is coded in can be counted: the other entries are the background in
which the word is rare or common. Kinds without such a background are shown and carry no weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from unfog.model import Kind

Cost = Literal["low", "medium", "high"]
Compare = Literal["word", "rare-sites", "indicators", "techniques", "window", "shown"]


@dataclass(frozen=True, slots=True)
class TraitKind:
    """One kind of trait.

    Attributes:
        id: Name in entries and findings.
        says: What it tells.
        compare: ``word`` (same word of the vocabulary), ``rare-sites`` (a shared site that few use), ``indicators``
            (shared technical indicators), ``techniques`` (overlap of DISARM ids), ``window`` (hours), or ``shown``
            (told, never weighed).
        kind: technical, behavioural or contextual.
        spoofing_cost: What it would cost an imitator who has read of it.
        vocabulary: The words that may be its value; empty where it takes hosts, languages or ids.
    """

    id: str
    says: str
    compare: Compare
    kind: Kind
    spoofing_cost: Cost
    vocabulary: frozenset[str] = frozenset()


USES = frozenset({"single-use", "bulk", "cultivated", "few-personas", "compromised", "identified", "ordinary", "none"})
YES_NO = frozenset({"yes", "no"})

KINDS: dict[str, TraitKind] = {
    k.id: k
    for k in (
        TraitKind(
            "sites",
            "Sites that it publishes on, of which the rare ones tell something.",
            "rare-sites",
            Kind.BEHAVIOURAL,
            "low",
        ),
        TraitKind(
            "site-order",
            "Kind of site on which a story is placed first.",
            "word",
            Kind.BEHAVIOURAL,
            "low",
            frozenset(
                {
                    "self-publishing",
                    "forum",
                    "social",
                    "own-site",
                    "cloned-site",
                    "hacked-site",
                    "press",
                    "image-board",
                    "messenger",
                }
            ),
        ),
        TraitKind("account-use", "How most of its accounts are used.", "word", Kind.BEHAVIOURAL, "low", USES),
        TraitKind(
            "lead-account",
            "How the account that placed the story first is used, against what is usual there.",
            "word",
            Kind.BEHAVIOURAL,
            "low",
            USES,
        ),
        TraitKind(
            "names",
            "How its accounts are named.",
            "word",
            Kind.BEHAVIOURAL,
            "low",
            frozenset({"person", "outlet", "random", "brand", "group", "none"}),
        ),
        TraitKind(
            "documents",
            "What papers it shows.",
            "word",
            Kind.BEHAVIOURAL,
            "medium",
            frozenset({"genuine", "forged", "mixed", "none"}),
        ),
        TraitKind(
            "translations",
            "Whether one story is carried into further languages.",
            "word",
            Kind.BEHAVIOURAL,
            "low",
            YES_NO,
        ),
        TraitKind(
            "retry",
            "Whether it places a story again elsewhere after nobody took it up.",
            "word",
            Kind.BEHAVIOURAL,
            "low",
            YES_NO,
        ),
        TraitKind("languages", "Languages that it writes in.", "shown", Kind.BEHAVIOURAL, "low"),
        TraitKind(
            "language-count",
            "In how many languages it writes: one, few (2 to 4) or many (5 or more).",
            "word",
            Kind.BEHAVIOURAL,
            "medium",
            frozenset({"one", "few", "many"}),
        ),
        TraitKind("shift", "Hours (UTC) in which it posts, as HH:MM-HH:MM.", "window", Kind.BEHAVIOURAL, "medium"),
        TraitKind(
            "account-age",
            "Whether its accounts are made for it (new) or had a life before (aged).",
            "word",
            Kind.BEHAVIOURAL,
            "medium",
            frozenset({"new", "aged"}),
        ),
        TraitKind(
            "traction",
            "What response it usually finds.",
            "word",
            Kind.BEHAVIOURAL,
            "medium",
            frozenset({"none", "low", "some", "large"}),
        ),
        TraitKind("language-errors", "Errors of a particular mother tongue.", "shown", Kind.BEHAVIOURAL, "medium"),
        TraitKind("disarm", "DISARM techniques, as coded by a person.", "techniques", Kind.BEHAVIOURAL, "low"),
        TraitKind(
            "indicators",
            "Shared domains, addresses, hosts, analytics ids, hashes, handles, sentences.",
            "indicators",
            Kind.TECHNICAL,
            "medium",
        ),
    )
}
"""All kinds by id."""
