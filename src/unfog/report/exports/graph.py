"""GEXF 1.3 and GraphML: accounts as nodes, pairs as edges, written as a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

Row = Mapping[str, Any]
_EDGE = (
    ("signal", "string"),
    ("shared_objects", "long"),
    ("co_actions", "long"),
    ("q_value", "double"),
    ("log10_lr", "double"),
)
_NODE = (("group", "string"), ("role", "string"))


def clean(text: object) -> str:
    """A text without the characters that XML 1.0 cannot hold."""
    return "".join(
        c if c in "\t\n\r" or 0x20 <= ord(c) <= 0xD7FF or 0xE000 <= ord(c) <= 0xFFFD or ord(c) > 0xFFFF else "\ufffd"
        for c in str(text)
    )


def nodes_of(groups: Iterable[Row]) -> dict[str, dict[str, str]]:
    """Node -> attributes: all accounts of the groups."""
    return {
        f"{g['platform']}:{g['account_id']}": {"group": str(g["group_id"]), "role": str(g.get("role") or "")}
        for g in groups
    }


def meet(nodes: dict[str, dict[str, str]], pair: Row) -> None:
    """Take in both ends of a pair that are in no group."""
    for end in ("account_a", "account_b"):
        nodes.setdefault(str(pair[end]), {"group": "", "role": "outside of all groups"})


def gexf(nodes: Mapping[str, Mapping[str, str]], edges: Iterable[Row], about: str) -> Iterator[str]:
    """The graph as GEXF 1.3, line by line."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<gexf xmlns="http://gexf.net/1.3" version="1.3">\n'
    yield f" <meta><creator>unfog</creator><description>{escape(clean(about))}</description></meta>\n"
    yield ' <graph defaultedgetype="undirected" mode="static">\n  <attributes class="node">\n'
    for i, (name, kind) in enumerate(_NODE):
        yield f'   <attribute id="{i}" title="{name}" type="{kind}"/>\n'
    yield '  </attributes>\n  <attributes class="edge">\n'
    for i, (name, kind) in enumerate(_EDGE):
        yield f'   <attribute id="{i}" title="{name}" type="{kind}"/>\n'
    yield "  </attributes>\n  <nodes>\n"
    for node, values in nodes.items():
        inner = "".join(f'<attvalue for="{i}" value={quoteattr(clean(values[n]))}/>' for i, (n, _) in enumerate(_NODE))
        name = quoteattr(clean(node))
        yield f"   <node id={name} label={name}><attvalues>{inner}</attvalues></node>\n"
    yield "  </nodes>\n  <edges>\n"
    for k, e in enumerate(edges):
        known = [(i, e.get(n)) for i, (n, _) in enumerate(_EDGE) if e.get(n) is not None]
        inner = "".join(f'<attvalue for="{i}" value={quoteattr(clean(v))}/>' for i, v in known)
        a, b = quoteattr(clean(e["account_a"])), quoteattr(clean(e["account_b"]))
        weight = float(e.get("shared_objects") or 1)
        yield f'   <edge id="{k}" source={a} target={b} weight="{weight}"><attvalues>{inner}</attvalues></edge>\n'
    yield "  </edges>\n </graph>\n</gexf>\n"


def graphml(nodes: Mapping[str, Mapping[str, str]], edges: Iterable[Row], about: str) -> Iterator[str]:
    """The graph as GraphML, line by line."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    for name, kind in _NODE:
        yield f' <key id="n_{name}" for="node" attr.name="{name}" attr.type="{kind}"/>\n'
    for name, kind in _EDGE:
        yield f' <key id="e_{name}" for="edge" attr.name="{name}" attr.type="{kind}"/>\n'
    yield f' <graph id="G" edgedefault="undirected">\n  <desc>{escape(clean(about))}</desc>\n'
    for node, values in nodes.items():
        inner = "".join(f'<data key="n_{n}">{escape(clean(values[n]))}</data>' for n, _ in _NODE)
        yield f"  <node id={quoteattr(clean(node))}>{inner}</node>\n"
    for k, e in enumerate(edges):
        inner = "".join(f'<data key="e_{n}">{escape(clean(e[n]))}</data>' for n, _ in _EDGE if e.get(n) is not None)
        a, b = quoteattr(clean(e["account_a"])), quoteattr(clean(e["account_b"]))
        yield f'  <edge id="{k}" source={a} target={b}>{inner}</edge>\n'
    yield " </graph>\n</graphml>\n"


FORMATS: dict[str, Callable[[Mapping[str, Mapping[str, str]], Iterable[Row], str], Iterator[str]]] = {
    "gexf": gexf,
    "graphml": graphml,
}
