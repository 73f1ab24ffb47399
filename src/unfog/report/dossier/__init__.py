"""The dossier: a folder that a hostile reader can check offline, to the byte and to the sum."""

from unfog.report.dossier.redact import case_key
from unfog.report.dossier.seal import Profile, Sealed, Sealing, open_commitment, seal
from unfog.report.dossier.sign import check_signature, new_key, sign
from unfog.report.dossier.verify import verify as verify_dossier

__all__ = [
    "Profile",
    "Sealed",
    "Sealing",
    "case_key",
    "check_signature",
    "new_key",
    "open_commitment",
    "seal",
    "sign",
    "verify_dossier",
]
