"""A graph in the formats of other programs."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import networkx

if TYPE_CHECKING:
    from collections.abc import Callable

    from newscrawl.corpus import Graph


def graphml(graph: Graph) -> str:
    """Return GraphML, for Gephi, yEd, Cytoscape and igraph."""
    written = io.BytesIO()
    networkx.write_graphml(graph.to_networkx(), written)
    return written.getvalue().decode()


def gexf(graph: Graph) -> str:
    """Return GEXF, Gephi's own."""
    written = io.BytesIO()
    networkx.write_gexf(graph.to_networkx(), written)
    return written.getvalue().decode()


def dot(graph: Graph) -> str:
    """Return DOT, for Graphviz."""
    named = networkx.relabel_nodes(graph.to_networkx(), _quoted)
    for *_, attributes in [*named.nodes(data=True), *named.edges(data=True)]:
        attributes.update({name: _quoted(str(value)) for name, value in attributes.items()})
    return str(networkx.nx_pydot.to_pydot(named).to_string())


def _quoted(text: str) -> str:
    """Return a text as a quoted string of DOT: bare, the colon of a story id would begin a port."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def node_link(graph: Graph) -> str:
    """Return JSON of nodes and links, for D3 and ``networkx.node_link_graph``."""
    return json.dumps(networkx.node_link_data(graph.to_networkx(), edges="links"), ensure_ascii=False, indent=1) + "\n"


FORMATS: dict[str, Callable[[Graph], str]] = {"graphml": graphml, "gexf": gexf, "dot": dot, "json": node_link}
