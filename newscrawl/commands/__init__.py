"""Commands of the project: `scrapy crawl`, `scrapy corpus`, `scrapy mongo`."""
