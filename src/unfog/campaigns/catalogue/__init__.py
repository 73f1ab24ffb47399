"""The catalogue of known campaigns and benign controls: in our own words, with sources and dates.

Each ``*.json`` beside this file is one :class:`Entry`. Facts were gathered from the sources that each entry names; what
a person coded (a DISARM id, a word of a vocabulary) says who coded it.
"""

from unfog.campaigns.catalogue.entry import (
    Attribution,
    Entry,
    EntryIndicator,
    Klass,
    Source,
    Trait,
    was_public,
)
from unfog.campaigns.catalogue.load import check_catalogue, read_entry, root_of

__all__ = [
    "Attribution",
    "Entry",
    "EntryIndicator",
    "Klass",
    "Source",
    "Trait",
    "check_catalogue",
    "read_entry",
    "root_of",
    "was_public",
]
