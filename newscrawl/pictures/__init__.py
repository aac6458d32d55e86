"""Graphs and timelines as interactive pictures: figures for a notebook, or pages of one file that need nothing else.

>>> from newscrawl.corpus import Corpus
>>> from newscrawl.pictures import graph_figure, timeline_html
>>> with Corpus.open() as corpus:
...     graph_figure(corpus.graph("bbc:21817201")).show()
...     page = timeline_html(corpus.timeline("bbc:21817201"))
"""

from newscrawl.pictures.graphs import graph_figure, graph_html
from newscrawl.pictures.timelines import timeline_figure, timeline_html

__all__ = ["graph_figure", "graph_html", "timeline_figure", "timeline_html"]
