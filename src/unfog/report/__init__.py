"""Paper: findings in; page, charts, dossier and exports out. Reads nothing but findings.

``page`` and ``write`` draw the report; ``unfog.report.dossier`` seals and checks; ``unfog.report.exports`` hands over.
"""

from unfog.report.page import page, write

__all__ = ["page", "write"]
