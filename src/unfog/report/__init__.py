"""Paper: findings in; page, charts, dossier and exports out. Reads nothing but findings."""

from unfog.report.page import page, write

__all__ = ["page", "write"]
