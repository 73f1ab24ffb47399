"""The public face of the room: what it names is there, documented, and sorted."""

from __future__ import annotations

from unfog import campaigns


def test_the_face_is_what_it_says() -> None:
    names = campaigns.__all__
    assert len(names) == len(set(names))
    for name in names:
        assert getattr(campaigns, name, None) is not None, name
    for name in ("investigate", "Options", "load_catalogue", "compare", "link", "networks", "importers", "indicators"):
        assert name in names
        assert getattr(campaigns, name).__doc__, name


def test_options_have_documented_defaults() -> None:
    options = campaigns.Options()
    assert options.min_traits == 3 and options.rho == 0.6 and options.roles == ("operator",)
    for name in campaigns.Options.model_fields:
        assert f"{name}:" in (campaigns.Options.__doc__ or ""), name


def test_every_kind_says_what_it_costs_to_imitate() -> None:
    for id_, kind in campaigns.KINDS.items():
        assert kind.id == id_ and kind.says and kind.spoofing_cost in ("low", "medium", "high")
        assert (kind.compare == "word") <= bool(kind.vocabulary)
