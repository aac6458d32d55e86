"""The spiders: where a crawl starts and which links it follows."""
