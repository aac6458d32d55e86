"""What ``scrapy crawl`` does beside Scrapy's own: arguments checked before any request, a summary and an exit code after."""
