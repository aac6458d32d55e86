"""Signals of newscrawl's own, sent through Scrapy's signal manager."""

visit_settled = object()
"""A visit has ended and is written. Sent with ``record`` (storage.PageRecord)."""
