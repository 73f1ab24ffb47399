"""The command line: one verb, one module, each a thin call of a public function."""

from unfog.cli.app import main

__all__ = ["main"]
