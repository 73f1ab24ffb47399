"""Exports: the same findings and tables, in the formats that other people's tools read."""

from unfog.report.exports.write import FORMATS, export

__all__ = ["FORMATS", "export"]
