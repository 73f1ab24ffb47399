"""Near-duplicate texts as objects: each cluster of texts is one thing that accounts can share."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from unfog.engine.kernels.minhash import near_duplicates

LEAST = 0.5
"""Jaccard similarity of the sets of folded words from which two texts count as nearly one."""


def cluster(texts: Sequence[str], least: float = LEAST) -> list[str]:
    """Name of each text's cluster; texts without any word have the empty name (they are no object)."""
    first = near_duplicates(pa.array(texts, pa.large_string()), least)
    return ["" if k < 0 else f"text:{k}" for k in first.tolist()]
