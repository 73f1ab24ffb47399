"""What can be imported is what is promised, and every promise can be kept."""

from __future__ import annotations

import importlib
import types
from pathlib import Path

import pytest

import unfog
from unfog import Case

ROOMS = sorted(set(unfog.__all__) - {"Case", "__version__"})


def test_the_package_holds_what_it_promises() -> None:
    folders = {p.parent.name for p in Path(unfog.__file__).parent.glob("*/__init__.py")} | {"errors"}
    assert set(ROOMS) == folders - {"cli", "web"}
    assert unfog.__version__.count(".") == 2
    with pytest.raises(AttributeError):
        unfog.nothing_of_the_kind  # noqa: B018


@pytest.mark.parametrize("room", ROOMS)
def test_every_name_of_a_room_is_there_and_documented(room: str) -> None:
    module = importlib.import_module(f"unfog.{room}")
    assert module.__doc__
    names = getattr(module, "__all__", ())
    assert names
    assert len(set(names)) == len(names)
    for name in names:
        value = getattr(module, name)
        if isinstance(value, type | types.FunctionType):
            assert value.__doc__, f"unfog.{room}.{name} has no docstring"


def test_a_case_object_only_remembers_paths(tmp_path: Path) -> None:
    folder = unfog.case.new_case(tmp_path / "c").parent
    case = Case(folder)
    assert case.check().case.name == "c"
    case.review("E1", "unsure", "a reason", "ana")
    assert [r.by for r in case.reviews] == ["ana"]
