"""Campaigns: have we seen this operation before? A likelihood ratio against each known campaign, or "cannot tell".

* :func:`investigate` with :class:`Options`: the set of a case against every entry of the catalogue, as of a date.
* ``catalogue``: :func:`load_catalogue`, :class:`Entry` and its parts; benign controls are entries.
* ``importers``: DISARM and VIGINUM STIX, MISP galaxy, Meta's CSVs, DFRLab, EUvsDisinfo, Disinfo Laundromat, domain
lists.
* ``indicators``: a million observed indicators against a catalogue, in seconds.
* ``networks``: which sites share an operator, with tiers that are likelihood ratios.
"""

from unfog.campaigns import importers, indicators, networks, techniques
from unfog.campaigns.acts import Observed
from unfog.campaigns.catalogue import Attribution, Entry, EntryIndicator, Klass, Source, Trait
from unfog.campaigns.folder import load_catalogue
from unfog.campaigns.kinds import KINDS, TraitKind
from unfog.campaigns.link import Link, Part, compare, link
from unfog.campaigns.observe import ObservedSet, observe
from unfog.campaigns.options import Coded, Options
from unfog.campaigns.passages import passage_keys
from unfog.campaigns.stage import investigate

__all__ = [
    "KINDS",
    "Attribution",
    "Coded",
    "Entry",
    "EntryIndicator",
    "Klass",
    "Link",
    "Observed",
    "ObservedSet",
    "Options",
    "Part",
    "Source",
    "Trait",
    "TraitKind",
    "compare",
    "importers",
    "indicators",
    "investigate",
    "link",
    "load_catalogue",
    "networks",
    "observe",
    "passage_keys",
    "techniques",
]
