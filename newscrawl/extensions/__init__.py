"""Scrapy extensions: what a user sees of a crawl."""
