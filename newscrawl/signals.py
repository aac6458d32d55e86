"""Signals of newscrawl's own, sent through Scrapy's signal manager."""

crawl_begun = object()
"""The store is open and the seeds are about to be asked for. Sent with ``max_stories`` and ``stored`` (by earlier runs)."""

visit_settled = object()
"""A visit has ended and is written. Sent with ``record`` (storage.PageRecord)."""
