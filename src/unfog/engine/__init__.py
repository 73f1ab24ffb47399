"""The only door to DuckDB and Spark: named SQL steps, handles to tables, and generic kernels that a step may name."""

from unfog.engine.door import Engine, Handle
from unfog.engine.duck import DuckEngine
from unfog.engine.sql import identifier, literal, quoted_path
from unfog.engine.step import Step

__all__ = ["DuckEngine", "Engine", "Handle", "Step", "identifier", "literal", "quoted_path"]
