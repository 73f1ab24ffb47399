"""One typed spelling of numba's ``njit`` for the kernels that read text (compiled at first use, then cached)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compile a function of numpy arrays and numbers; it releases the GIL and its machine code is cached."""
    return cast(F, numba.njit(cache=True, nogil=True)(function))
