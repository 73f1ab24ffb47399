"""Readers of other people's knowledge bases. A bad row never raises: it goes to ``rejects`` with its reason."""

from unfog.campaigns.importers.misp import read_misp_galaxy
from unfog.campaigns.importers.result import Imported, Rejected
from unfog.campaigns.importers.stix import read_stix
from unfog.campaigns.importers.tables import (
    read_dfrlab,
    read_domain_list,
    read_euvsdisinfo,
    read_laundromat,
    read_meta,
    read_sites_of_concern,
)

__all__ = [
    "Imported",
    "Rejected",
    "read_dfrlab",
    "read_domain_list",
    "read_euvsdisinfo",
    "read_laundromat",
    "read_meta",
    "read_misp_galaxy",
    "read_sites_of_concern",
    "read_stix",
]
